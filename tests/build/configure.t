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
  return run({ dir => $here, env => { %clean, %{$how{env} // {}} }, deadline => 120 }, '/bin/sh', $how{script} // $configure, @_);
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

subtest 'help' => sub
{
  my $help = configure('--help');
  is $help->{code}, 0, 'exits 0';
  is $help->{err}, '', 'nothing on stderr';
  ok !(grep { length > 100 } split /\n/, $help->{out}), 'no long line';
  my @documented = sort { $a cmp $b } keys %{{ map { $_ => 1 } $help->{out} =~ /(--[a-z][a-z-]+)/g }};
  my @known = sort { $a cmp $b } grep { !/^--(?:help|enable-fast-launch|enable-linux|enable-absolute-paths|disable-static-libc|enable-sandbox)$/ }
    keys %{{ map { $_ => 1 } get_file($configure) =~ /^ +(--[a-z-]+)(?:=\*|\)|\|)/mg }};
  is_deeply \@documented, \@known, 'it lists the options that there are (and not those that only undo)';
  ok !-e "$here/config.mak", 'writes nothing';
};

subtest 'wrong words' => sub
{
  for my $case (['--frobnicate', '--frobnicate'], ['--enable-frob=yes', '--enable-frob'], ['-x', '-x'], ['FROB=1', 'FROB'], ['frob', 'frob'],
                ['--prefix', '--prefix'], ['--prefix=usr', 'usr'], ['--bindir=/a b', '/a b'], ['--program-prefix=a/b', 'a/b'], ['--with-lib=lib', 'lib'])
  {
    my ($word, $named) = @$case;
    my $end = configure($word);
    is $end->{code}, 100, "$word: exit 100";
    like $end->{err}, qr/^configure: usage: .*\Q$named\E/, '... naming it';
    ok !-e "$here/config.mak", '... and nothing is written';
  }
};

subtest 'defaults' => sub
{
  is configure()->{code}, 0, 'succeeds without being told anything';
  is setting('bindir'), '/usr/local/bin', 'programs';
  is setting('mandir'), '/usr/local/share/man', 'pages';
  is setting('docdir'), '/usr/local/share/doc/sallyport', 'HTML';
  like header(), qr{^#define SALLYPORT_BINPREFIX "/usr/local/bin/"$}m, 'siblings are found by absolute path';
  like header(), qr{^#define SALLYPORT_VERSION "\d+(?:\.\d+)+"$}m, 'the version';
  like setting('SKALIBS_LIB'), qr/libskarnet\.a|-lskarnet/, 'skalibs is found';
  my $written = (stat "$here/config.h")[1];
  configure({ dir => $here });
  is +(stat "$here/config.h")[1], $written, 'a second run with the same answers leaves config.h alone';
};

subtest 'directories and names' => sub
{
  configure('--prefix=/p', '--exec-prefix=/e/', '--datadir=/d');
  is setting('bindir'), '/e/bin', 'bindir follows exec-prefix, a slash at the end does not matter';
  is setting('libexecdir'), '/e/libexec', 'libexecdir too';
  is setting('mandir'), '/d/man', 'mandir follows datadir';
  is setting('sysconfdir'), '/p/etc', 'sysconfdir follows prefix';
  configure('--prefix=/p', map { "--$_=/x/$_" } qw(bindir libexecdir libdir mandir docdir sysconfdir datadir));
  is setting($_), "/x/$_", $_ for qw(bindir libexecdir libdir mandir docdir sysconfdir datadir);
  configure('--prefix=/');
  is setting('bindir'), '/bin', '--prefix=/ is the root';
  configure('--program-prefix=sp-', '--prefix=/p');
  like header(), qr{^#define SALLYPORT_BINPREFIX "/p/bin/sp-"$}m, '--program-prefix is part of the path of siblings';
  like header(), qr{^#define SALLYPORT_PROGRAM_PREFIX "sp-"$}m, '... and known';
  configure('--program-prefix=sp-', '--disable-absolute-paths');
  like header(), qr{^#define SALLYPORT_BINPREFIX "sp-"$}m, '--disable-absolute-paths leaves the name';
};

subtest 'launcher and libraries' => sub
{
  configure('--disable-fast-launch', '--disable-dns');
  is setting('platform'), 'posix', '--disable-fast-launch';
  is setting('CARES_LIB'), '', '--disable-dns';
  like header(), qr/^#define SALLYPORT_WITH_DNS 0$/m, '... in config.h';
  my $end = configure('CC=' . compiler_without('ares.h'));
  is $end->{code}, 0, 'c-ares may be missing';
  like $end->{out}, qr/c-ares: not here .*libc-ares-dev/, '... and that is said';
  $end = configure('CC=' . compiler_without('ares.h'), '--enable-dns');
  is $end->{code}, 111, '... unless it is asked for';
  like $end->{err}, qr/apt-get install libc-ares-dev\n.*apk add c-ares-dev\n.*dnf install c-ares-devel\n/, '... and the packages are named';
};

subtest 'what is missing' => sub
{
  my $end = configure('CC=' . compiler_without('skalibs/strerr.h'));
  is $end->{code}, 111, 'skalibs';
  like $end->{err}, qr/^configure: fatal: unable to find skalibs.*\n.*apt-get install skalibs-dev\n.*apk add skalibs-dev.*\n.*dnf install skalibs-devel\n/, '... and its packages';
  ok !-e "$here/config.mak" && !-e "$here/config.trial", '... and nothing is left but the log';
  $end = configure('CC=' . compiler_without('execline/config.h'));
  is $end->{code}, 111, 'execline';
  like $end->{err}, qr/unable to find execline.*\n.*apt-get install libexecline-dev/, '... and its packages';
  $end = configure('CC=/nonexistent/cc');
  is $end->{code}, 111, 'the compiler that was asked for';
  like $end->{err}, qr{/nonexistent/cc}, '... by name';
  $end = configure('--with-sysdeps=/nonexistent');
  is $end->{code}, 111, 'sysdeps';

  my $old = own_dir() . '/old';
  mkdir $_ for $old, "$old/skalibs";
  put_file("$old/skalibs/config.h", qq{#define SKALIBS_VERSION "2.9.3.0"\n});
  put_file("$old/skalibs/strerr.h", "\n");
  $end = configure("--with-include=$old");
  is $end->{code}, 111, 'a skalibs that is too old';
  like $end->{err}, qr/skalibs 2\.9\.3\.0 is too old: 2\.13\.1\.1/, '... with both versions, compared as numbers';
};

subtest 'the environment' => sub
{
  configure({ env => { CFLAGS => '-O0 -DX="a b"', CC => 'cc' } }, 'LDFLAGS=-L/x$y');
  is setting('CFLAGS'), '-O0 -DX="a b"', 'CFLAGS as it was given';
  is setting('LDFLAGS'), '-L/x$$y', 'a dollar survives make';
  my $before = get_file("$here/config.mak");
  my $again = run({ dir => $here, deadline => 120 }, 'make', '-s', '-W', $configure, 'config.mak');
  is $again->{code}, 0, 'make asks again when configure is newer';
  is get_file("$here/config.mak"), $before, '... with the same words';
};

done_testing;
