#!/usr/bin/perl
# make, make install and make uninstall, under another prefix and outside the source tree.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use File::Find;

my $build = own_dir() . '/build';
my $stage = own_dir() . '/stage';
mkdir $build;

# What an environment may have for other purposes: shells and make obey it.
my %others = (CDPATH => '.:/tmp', WERROR => 1, POSIXLY_CORRECT => 1, LC_ALL => 'C', ENV => '/nonexistent', GREP_OPTIONS => '-v', TAR_OPTIONS => '--nonesuch');
sub make { return run({ dir => $build, deadline => build_deadline(), env => { %others, MAKEFLAGS => undef, DESTDIR => undef } }, 'make', '-s', @_) }

sub files
{
  my ($directory) = @_;
  my @files;
  find({ no_chdir => 1, wanted => sub { push @files, $File::Find::name if -f } }, $directory) if -d $directory;
  return sort map { substr $_, length $directory } @files;
}

my @configure = ('/bin/sh', source_file('configure'), '--prefix=/opt/sp', '--program-prefix=sp-', '--mandir=/m', '--enable-static-libc', 'CFLAGS=-O0');
my $end = run({ dir => $build, deadline => build_deadline(), env => \%others }, @configure);
is $end->{code}, 0, 'configure succeeds with --prefix, --program-prefix and --enable-static-libc' or BAIL_OUT($end->{err});
$end = make('-j2');
is $end->{code}, 0, 'make builds static programs' or BAIL_OUT($end->{err});
unlike $end->{err}, qr/warning/, 'make builds static programs without a warning' unless $end->{err} =~ /statically linked applications/;

# The static libraries of OpenSSL may need others that are not here: then the static build has no TLS programs.
my $with_tls = get_file("$build/config.mak") =~ /^tls := yes$/m;
my %left_out = map { s{.*/}{}r => scalar(!$with_tls && m{/s6-(?:ucspi)?tls}) } programs_built();
my @programs = sort grep { !$left_out{$_} } keys %left_out;
ok @programs >= 4, 'at least 4 programs are built: ' . scalar @programs;

# The types of the program headers of an ELF file.
sub elf_headers
{
  my ($bytes) = @_;
  my $wide = ord(substr $bytes, 4, 1) == 2;
  my ($offset, $size, $count) = $wide ? (unpack('Q', substr $bytes, 32, 8), unpack('S2', substr $bytes, 54, 4))
                                      : (unpack('L', substr $bytes, 28, 4), unpack('S2', substr $bytes, 42, 4));
  return map { unpack 'L', substr $bytes, $offset + $_ * $size, 4 } 0 .. $count - 1;
}

subtest 'the programs of --enable-static-libc are static' => sub
{
  for my $program (@programs)
  {
    my $bytes = get_file("$build/bin/$program");
    like $bytes, qr/\A\x7fELF/, "$program is an ELF file";
    ok !(grep { $_ == 3 } elf_headers($bytes)), "$program needs no dynamic loader";
  }
};

subtest 'make install puts every file in its place' => sub
{
  is make('install', "DESTDIR=$stage")->{code}, 0, 'make install exits 0';
  my @installed = files($stage);
  my @wanted = map { "/opt/sp/bin/sp-$_" } @programs;
  is_deeply [grep { m{/bin/} } @installed], \@wanted, 'make install puts every program in place with its prefix, and nothing else';
  is +(stat "$stage$_")[2] & 07777, 0755, "make install gives $_ mode 0755" for @wanted;
  is +(stat "$stage/opt/sp/share/doc/sallyport/README")[2] & 07777, 0644, 'make install gives README mode 0644';
  my @pages = map { m{/([^/]+)\.(\d)$} ? [$1, $2] : () } glob page_file('*.[1-8]');
  for my $page (@pages)
  {
    my ($name, $section) = @$page;
    next if $left_out{$name};
    my $installed = (grep { $_ eq $name } @programs) ? "sp-$name" : $name;
    ok -f "$stage/m/man$section/$installed.$section", "make install puts the page $installed($section) in place";
  }
  my @outside = grep { !m{^/(?:opt/sp|m)/} } @installed;
  is "@outside", '', 'make install writes nothing outside prefix and mandir';
  ok !(grep { m{/\.} } @installed), 'make install leaves no temporary file';
};

subtest 'make install replaces what is there' => sub
{
  my $program = "$stage/opt/sp/bin/sp-$programs[0]";
  my $inode = (stat $program)[1];
  open my $running, '<', $program or die;
  is make('install', "DESTDIR=$stage")->{code}, 0, 'make install exits 0 a second time';
  isnt +(stat $program)[1], $inode, 'make install replaces a program as a whole and does not write over it';
};

subtest 'an installed program runs and has its prefix in its messages' => sub
{
  my $version = run("$stage/opt/sp/bin/sp-s6-tcpserver", '--version');
  is $version->{code}, 0, 'sp-s6-tcpserver --version exits 0';
  my ($wanted) = get_file(source_file('package/info')) =~ /^version=(.*)$/m;
  like $version->{out}, qr/\b\Q$wanted\E$/m, 'sp-s6-tcpserver --version shows the version of package/info';
  like run("$stage/opt/sp/bin/sp-s6-tcpserver", '--help')->{out}, qr/^usage: sp-s6-tcpserver \[options\]/,
    'sp-s6-tcpserver --help shows the name with the prefix';
  like run("$stage/opt/sp/bin/sp-s6-tcpserver", '--frob')->{err}, qr/^s6-tcpserver: usage: .* \(try sp-s6-tcpserver --help\)$/,
    'a usage error of sp-s6-tcpserver shows the name with the prefix';
};

subtest 'the static programs serve in a chroot with nothing but them' => sub
{
  plan(skip_all => 'needs this: root, and chroot is installed') unless is_root() && tool('chroot');
  ok !-e "$stage/$_", "the chroot of the static programs has no /$_" for qw(lib lib64 usr etc dev proc);
  my @chain = ('/opt/sp/bin/sp-s6-tcpserver', '-1', '127.0.0.1', '0', '/opt/sp/bin/sp-s6-tcpserverd', '--version');
  my $server = start_listening(ip => '127.0.0.1', command => [tool('chroot'), $stage, @chain]);
  like ask($server), qr/\bs6-tcpserverd\b/, 's6-tcpserver in a chroot with nothing but static programs serves a client';
};

subtest 'make builds only what is not up to date' => sub
{
  my $nothing = make();
  is $nothing->{out}, '', 'make prints nothing when all is built';
  is make('CFLAGS=', 'config.mak')->{code}, 0, 'make config.mak exits 0 when all is configured';
  run({ dir => $build, deadline => build_deadline() }, @configure);
  is make()->{out}, '', 'make prints nothing after configure with the same words';
  run({ dir => $build, deadline => build_deadline() }, @configure, '--disable-fast-launch', '--bindir=/elsewhere');
  like run({ dir => $build, deadline => build_deadline() }, 'make', '-n')->{out}, qr/s6-tcpserverd\.c/, 'make compiles again after configure with other words';
  run({ dir => $build, deadline => build_deadline() }, @configure);
};

subtest 'make uninstall works after make clean' => sub
{
  ok !tool('mandoc') || -f "$stage/opt/sp/share/doc/sallyport/html/index.html", 'make install installs HTML where mandoc is installed';
  is make('clean')->{code}, 0, 'make clean exits 0';
  ok -f "$build/config.mak" && !-d "$build/obj" && !-d "$build/bin" && !-d "$build/completions",
    'make clean removes what was built and leaves config.mak';
  put_file("$stage/opt/sp/bin/another", "kept\n");
  put_file("$stage/opt/sp/share/doc/sallyport/local-notes", "kept\n");
  is make('uninstall', "DESTDIR=$stage")->{code}, 0, 'make uninstall exits 0 after make clean';
  is_deeply [files($stage)], ['/opt/sp/bin/another', '/opt/sp/share/doc/sallyport/local-notes'],
    'make uninstall removes what make install put there and nothing else';
  unlink "$stage/opt/sp/share/doc/sallyport/local-notes";
  is make('uninstall', "DESTDIR=$stage")->{code}, 0, 'make uninstall exits 0 when nothing is there';
  ok !-d "$stage/opt/sp/share/doc/sallyport", 'make uninstall removes the directory of the documentation when it is empty';
};

subtest 'make distclean leaves nothing' => sub
{
  is make('distclean')->{code}, 0, 'make distclean exits 0';
  is_deeply [files($build)], [], 'make distclean leaves no file in the build directory';
};

done_testing;
