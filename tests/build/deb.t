#!/usr/bin/perl
# make deb: a package whose names are its own, which lintian accepts.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

skip_all_unless('dpkg-deb, dpkg and objdump are installed', tool('dpkg-deb') && tool('dpkg') && tool('objdump'));

my $dir = own_dir();
my $end = run({ dir => $dir, deadline => 240, env => { MAKEFLAGS => undef, DEB_MAINTAINER => 'A Packager <packager@debian.org>' } }, source_file('tools/deb.sh'));
is $end->{code}, 0, 'built' or BAIL_OUT($end->{err});
my ($deb) = $end->{out} =~ /^made: (.*\.deb)$/m;
ok -f $deb, 'and says where it is';

my ($version) = get_file(source_file('package/info')) =~ /^version=(.*)$/m;
is run('dpkg-deb', '-f', $deb, 'Version')->{out}, "$version\n", 'the version is that of package/info';
like run('dpkg-deb', '-f', $deb, 'Depends')->{out}, qr/\blibc6 \(>= .*\bexecline\b/, 'it depends on what it is linked with, and on execline';

my $tree = "$dir/tree";
is run('dpkg-deb', '-x', $deb, $tree)->{code}, 0, 'unpacked';
my @programs = sort map { m{/(.*)} } programs_built();
is_deeply [map { s{.*/}{}r } sort glob "$tree/usr/bin/*"], [map { "sallyport-$_" } @programs], 'every program, and no name in /usr/bin that is not ours';
for my $program (@programs)
{
  my $link = "$tree/usr/lib/sallyport/bin/$program";
  ok -x $link, "$program has its plain name in /usr/lib/sallyport/bin";
}
my @foreign = grep { !/^sallyport/ } map { s{.*/}{}r } glob "$tree/usr/share/man/man1/*";
is "@foreign", '', 'no page has a name of another package';
is run("$tree/usr/lib/sallyport/bin/s6-tcpserver", '--help')->{code}, 0, 'a program runs';

SKIP:
{
  skip 'lintian is not installed', 1 unless tool('lintian');
  my $verdict = run({ deadline => 120 }, tool('lintian'), (is_root() ? '--allow-root' : ()), '--fail-on', 'error,warning', $deb);
  is $verdict->{code}, 0, 'lintian accepts it' or diag $verdict->{out};
}

done_testing;
