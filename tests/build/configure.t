#!/usr/bin/perl
# configure: every option does what its help says, and what is wrong or missing is said in words.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $configure = source_file('configure');
my $count = 0;
my $here;

# In a new directory each time, unless told otherwise, without flags from outside.
sub configure
{
  my %how = ref $_[0] ? %{shift()} : ();
  $here = $how{dir} // own_dir() . '/' . $count++;
  mkdir $here;
  my %clean = map { $_ => undef } qw(CC AR CPPFLAGS CFLAGS LDFLAGS LDLIBS);
  return run({ dir => $here, env => { %clean, %{$how{env} // {}} }, deadline => build_deadline() }, '/bin/sh', $how{script} // $configure, @_);
}

sub header { return get_file("$here/config.h") }
sub setting { return get_file("$here/config.mak") =~ /^\Q$_[0]\E := (.*)$/m ? $1 : undef }

# A compiler that has not got a header.
sub compiler_without
{
  my ($header) = @_;
  return put_file(own_dir() . '/cc-without-' . $header =~ tr{/}{-}r, <<"END", 0755);
#!/bin/sh
for word; do
  case \$word in *.c) if grep -q '<$header>' "\$word"; then echo "$header: No such file or directory" >&2; exit 1; fi ;; esac
done
exec cc "\$@"
END
}

subtest 'configure --help lists every option' => sub
{
  my $help = configure('--help');
  is $help->{code}, 0, 'configure --help exits 0';
  is $help->{err}, '', 'configure --help prints nothing on stderr';
  ok !(grep { length > 100 } split /\n/, $help->{out}), 'configure --help prints no line of more than 100 characters';
  my @documented = sort { $a cmp $b } keys %{{ map { $_ => 1 } $help->{out} =~ /(--[a-z][a-z-]+)/g }};
  my @known = sort { $a cmp $b } grep { !/^--(?:help|enable-fast-launch|enable-linux|enable-absolute-paths|disable-static-libc|enable-sandbox)$/ }
    keys %{{ map { $_ => 1 } get_file($configure) =~ /^ +(--[a-z-]+)(?:=\*|\)|\|)/mg }};
  is_deeply \@documented, \@known, 'configure --help lists every option except those that only undo another';
  ok !-e "$here/config.mak", 'configure --help writes no config.mak';
};

subtest 'configure refuses wrong words' => sub
{
  for my $case (['--frobnicate', '--frobnicate'], ['--enable-frob=yes', '--enable-frob'], ['-x', '-x'], ['FROB=1', 'FROB'], ['frob', 'frob'],
                ['--prefix', '--prefix'], ['--prefix=usr', 'usr'], ['--bindir=/a b', '/a b'], ['--program-prefix=a/b', 'a/b'], ['--with-lib=lib', 'lib'])
  {
    my ($word, $named) = @$case;
    my $end = configure($word);
    is $end->{code}, 100, "configure $word exits 100";
    like $end->{err}, qr/^configure: usage: .*\Q$named\E/, "configure $word names $named in its usage error";
    ok !-e "$here/config.mak", "configure $word writes no config.mak";
  }
};

subtest 'configure without words takes the defaults' => sub
{
  is configure()->{code}, 0, 'configure without words succeeds';
  is setting('bindir'), '/usr/local/bin', 'configure without words installs programs in /usr/local/bin';
  is setting('mandir'), '/usr/local/share/man', 'configure without words installs pages in /usr/local/share/man';
  is setting('docdir'), '/usr/local/share/doc/sallyport', 'configure without words installs HTML in /usr/local/share/doc/sallyport';
  like header(), qr{^#define SALLYPORT_BINPREFIX "/usr/local/bin/"$}m, 'configure without words lets programs find each other by absolute path';
  like header(), qr{^#define SALLYPORT_VERSION "\d+(?:\.\d+)+"$}m, 'configure without words sets the version in config.h';
  like setting('SKALIBS_LIB'), qr/libskarnet\.a|-lskarnet/, 'configure without words finds skalibs';
  my $written = (stat "$here/config.h")[1];
  configure({ dir => $here });
  is +(stat "$here/config.h")[1], $written, 'configure leaves config.h alone in a second run with the same answers';
};

subtest 'configure sets directories and names of programs' => sub
{
  configure('--prefix=/p', '--exec-prefix=/e/', '--datadir=/d');
  is setting('bindir'), '/e/bin', 'configure --exec-prefix=/e/ installs programs in /e/bin';
  is setting('libexecdir'), '/e/libexec', 'configure --exec-prefix=/e/ sets libexecdir to /e/libexec';
  is setting('mandir'), '/d/man', 'configure --datadir=/d installs pages in /d/man';
  is setting('sysconfdir'), '/p/etc', 'configure --prefix=/p sets sysconfdir to /p/etc';
  configure('--prefix=/p', map { "--$_=/x/$_" } qw(bindir libexecdir libdir mandir docdir sysconfdir datadir));
  is setting($_), "/x/$_", "configure --$_ overrides --prefix" for qw(bindir libexecdir libdir mandir docdir sysconfdir datadir);
  configure('--prefix=/');
  is setting('bindir'), '/bin', 'configure --prefix=/ installs programs in /bin';
  configure('--program-prefix=sp-', '--prefix=/p');
  like header(), qr{^#define SALLYPORT_BINPREFIX "/p/bin/sp-"$}m,
    'configure --program-prefix=sp- puts sp- into the path by which programs find each other';
  like header(), qr{^#define SALLYPORT_PROGRAM_PREFIX "sp-"$}m, 'configure --program-prefix=sp- sets the prefix in config.h';
  configure('--program-prefix=sp-', '--disable-absolute-paths');
  like header(), qr{^#define SALLYPORT_BINPREFIX "sp-"$}m, 'configure --disable-absolute-paths lets programs find each other by name';
};

subtest 'configure chooses the launcher and the libraries' => sub
{
  configure('--disable-fast-launch', '--disable-dns');
  is setting('platform'), 'posix', 'configure --disable-fast-launch chooses the portable launcher';
  is setting('CARES_LIB'), '', 'configure --disable-dns links no c-ares';
  like header(), qr/^#define SALLYPORT_WITH_DNS 0$/m, 'configure --disable-dns sets SALLYPORT_WITH_DNS to 0 in config.h';
  my $end = configure('CC=' . compiler_without('ares.h'));
  is $end->{code}, 0, 'configure without c-ares succeeds';
  like $end->{out}, qr/c-ares: not here .*libc-ares-dev/, 'configure without c-ares prints that c-ares is missing and names its package';
  $end = configure('CC=' . compiler_without('ares.h'), '--enable-dns');
  is $end->{code}, 111, 'configure --enable-dns without c-ares exits 111';
  like $end->{err}, qr/apt-get install libc-ares-dev\n.*apk add c-ares-dev\n.*dnf install c-ares-devel\n/,
    'configure --enable-dns without c-ares names the packages of three distributions';
};

subtest 'configure names what is missing' => sub
{
  my $end = configure('CC=' . compiler_without('skalibs/strerr.h'));
  is $end->{code}, 111, 'configure without skalibs exits 111';
  like $end->{err},
    qr/^configure: fatal: unable to find skalibs.*\n.*apt-get install skalibs-dev\n.*apk add skalibs-dev.*\n.*dnf install skalibs-devel\n/,
    'configure without skalibs names the packages of three distributions';
  ok !-e "$here/config.mak" && !-e "$here/config.trial", 'configure without skalibs leaves no file but its log';
  $end = configure('CC=' . compiler_without('execline/config.h'));
  is $end->{code}, 111, 'configure without execline exits 111';
  like $end->{err}, qr/unable to find execline.*\n.*apt-get install libexecline-dev/, 'configure without execline names its package';
  $end = configure('CC=/nonexistent/cc');
  is $end->{code}, 111, 'configure exits 111 with a CC that does not exist';
  like $end->{err}, qr{/nonexistent/cc}, 'configure names a CC that does not exist';
  $end = configure('--with-sysdeps=/nonexistent');
  is $end->{code}, 111, 'configure exits 111 with a --with-sysdeps that does not exist';

  my $old = own_dir() . '/old';
  mkdir $_ for $old, "$old/skalibs";
  put_file("$old/skalibs/config.h", qq{#define SKALIBS_VERSION "2.9.3.0"\n});
  put_file("$old/skalibs/strerr.h", "\n");
  $end = configure("--with-include=$old");
  is $end->{code}, 111, 'configure exits 111 with a skalibs that is too old';
  like $end->{err}, qr/skalibs 2\.9\.3\.0 is too old: 2\.13\.1\.1/,
    'configure names the version of a skalibs that is too old and the oldest one that it takes';
};

subtest 'configure keeps flags, also when make runs it again' => sub
{
  configure({ env => { CFLAGS => '-O0 -DX="a b"', CC => 'cc' } }, 'LDFLAGS=-L/x$y');
  is setting('CFLAGS'), '-O0 -DX="a b"', 'configure keeps CFLAGS of the environment as it was given';
  is setting('LDFLAGS'), '-L/x$$y', 'configure writes a dollar of LDFLAGS so that it survives make';
  my $before = get_file("$here/config.mak");
  my $again = run({ dir => $here, deadline => build_deadline() }, 'make', '-s', '-W', $configure, 'config.mak');
  is $again->{code}, 0, 'make runs configure again when configure is newer';
  is get_file("$here/config.mak"), $before, 'make runs configure again with the same words';
};

done_testing;
