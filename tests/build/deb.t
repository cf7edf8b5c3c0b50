#!/usr/bin/perl
# make deb: a package whose names are its own, which lintian accepts.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

skip_all_unless('dpkg-deb, dpkg and objdump are installed', tool('dpkg-deb') && tool('dpkg') && tool('objdump'));

my $dir = own_dir();
my $end = run({ dir => $dir, deadline => build_deadline(), env => { MAKEFLAGS => undef, DEB_MAINTAINER => 'A Packager <packager@debian.org>' } }, source_file('tools/deb.sh'));
is $end->{code}, 0, 'tools/deb.sh builds a package' or BAIL_OUT($end->{err});
my ($deb) = $end->{out} =~ /^made: (.*\.deb)$/m;
ok -f $deb, 'tools/deb.sh prints the path of the package';

my ($version) = get_file(source_file('package/info')) =~ /^version=(.*)$/m;
is run('dpkg-deb', '-f', $deb, 'Version')->{out}, "$version\n", 'the deb package has the version of package/info';
like run('dpkg-deb', '-f', $deb, 'Depends')->{out}, qr/\blibc6 \(>= .*\bexecline\b/,
  'the deb package depends on the libc of its programs and on execline';

my $tree = "$dir/tree";
is run('dpkg-deb', '-x', $deb, $tree)->{code}, 0, 'dpkg-deb unpacks the package';
my @programs = sort map { m{/(.*)} } programs_built();
is_deeply [map { s{.*/}{}r } sort glob "$tree/usr/bin/*"], [map { "sallyport-$_" } @programs],
  'the deb package has each program in /usr/bin as sallyport-NAME, and nothing else there';
for my $program (@programs)
{
  my $link = "$tree/usr/lib/sallyport/bin/$program";
  ok -x $link, "the deb package has $program by its plain name in /usr/lib/sallyport/bin";
}
my @foreign = grep { !/^sallyport/ } map { s{.*/}{}r } glob "$tree/usr/share/man/man1/*";
is "@foreign", '', 'every page of the deb package has a name that begins with sallyport';
is run("$tree/usr/lib/sallyport/bin/s6-tcpserver", '--help')->{code}, 0, 's6-tcpserver of the deb package runs';

# The examples and the pages name the paths of the package.
my $examples = "$tree/usr/share/sallyport/examples";
my $bin = '/usr/lib/sallyport/bin';
for my $file (glob "$examples/*/run $examples/*/*/run $examples/chain/*")
{
  my $text = get_file($file);
  my $name = substr $file, 1 + length $examples;
  next unless grep { my $p = $_; $text =~ /^[^#\n]*\b\Q$p\E\b/m } @programs;
  like $text, qr/\A#!.*\n(?:PATH=\Q$bin\E:\$PATH export PATH|importas -i path PATH export PATH \Q$bin\E:\$\{path\})\n/,
    "examples/$name of the deb package has $bin first in PATH";
  ok -x $file, "examples/$name of the deb package is executable";
}
unlike get_file("$examples/README"), qr/quickstart/, 'examples/README of the deb package names no quickstart';
like get_file("$examples/README"), qr/\Q$bin\E/, "examples/README of the deb package names $bin";
unlike get_file("$examples/systemd/sallyport-http.service"), qr{/usr/local}, 'the systemd unit of the deb package names no path in /usr/local';
my $overview = run('gzip', '-dc', "$tree/usr/share/man/man7/sallyport.7.gz")->{out};
unlike $overview, qr{/usr/local/share}, 'sallyport(7) of the deb package names no path in /usr/local/share';
like run('gzip', '-dc', "$tree/usr/share/man/man7/sallyport-tutorial.7.gz")->{out}, qr{\Q$bin\E}, "the tutorial of the deb package names $bin";

# Beside what this machine has in /usr, which may have an s6 of its own.
SKIP:
{
  my @installed = (tool('unshare') // 'false', '--mount', '/bin/sh', '-c', 'mount --make-rprivate / && mount -t overlay -o "lowerdir=$1:/usr" overlay /usr && shift && exec "$@"', 'sh', "$tree/usr");
  skip 'laying the package over /usr takes root and overlay', 4 unless run(@installed, "$bin/s6-tcpserver", '--help')->{code} == 0;
  my %env = (PATH => '/usr/sbin:/usr/bin:/sbin:/bin', PORT => 0, SOCKET => "$dir/socket", NOTES => "$dir/notes");
  chmod 0755, $dir;
  mkdir "$dir/notes";
  for my $case (['gopher', '/usr/bin/sallyport-s6-tcpserverd'], ['finger', '/usr/bin/sallyport-s6-tcpserverd'], ['ipc', '/usr/bin/sallyport-s6-ipcserverd'], ['chain/execline', '/usr/bin/sallyport-s6-tcpserverd'])
  {
    my ($name, $daemon) = @$case;
    my $script = "/usr/share/sallyport/examples/$name" . ($name =~ m{/} ? '' : '/run');
    my $server = start(command => [@installed, $script], env => \%env, fds => { 1 => "$dir/started" });
    my $seen = '';
    eventually(sub { $seen = readlink('/proc/' . $server->pid . '/exe') // ''; $seen eq $daemon || !$server->alive });
    is $seen, $daemon, "examples/$name of the deb package starts $daemon" or diag log_text($server), get_file("$dir/started");
    $server->put_down;
  }
}

SKIP:
{
  skip 'lintian is not installed', 1 unless tool('lintian');
  my $verdict = run({ deadline => build_deadline() }, tool('lintian'), (is_root() ? '--allow-root' : ()), '--fail-on', 'error,warning', $deb);
  is $verdict->{code}, 0, 'lintian finds no error and no warning in the deb package' or diag $verdict->{out};
}

done_testing;
