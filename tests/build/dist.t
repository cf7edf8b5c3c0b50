#!/usr/bin/perl
# make dist: the same bytes from the same tree, and a tarball that builds.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $git = tool('git');
skip_all_unless('git is installed, and the source tree is a clone', $git && -e source_file('.git')
  && run($git, '-C', $ENV{SALLYPORT_SRC}, 'rev-parse', 'HEAD')->{code} == 0);

my ($version) = get_file(source_file('package/info')) =~ /^version=(.*)$/m;
my $name = "sallyport-$version";

# Makes the tarball of a tree in a new directory: its bytes.
sub dist
{
  my ($from, $directory, $umask) = @_;
  mkdir $directory;
  my $end = run({ dir => $directory, umask => $umask, deadline => build_deadline() }, '/bin/sh', source_file('tools/dist.sh'), $from);
  my $of = $from eq $ENV{SALLYPORT_SRC} ? 'the clone' : 'the unpacked tarball';
  is $end->{code}, 0, sprintf('tools/dist.sh makes a tarball of %s with umask %03o', $of, $umask) or diag $end->{err};
  return get_file("$directory/$name.tar.gz");
}

my $first = dist($ENV{SALLYPORT_SRC}, own_dir() . '/a', 022);
my $second = dist($ENV{SALLYPORT_SRC}, own_dir() . '/b', 077);
ok length $first > 10000, 'the tarball of tools/dist.sh has more than 10000 bytes';
ok $first eq $second, 'tools/dist.sh makes the same bytes twice';

is run({ dir => own_dir() }, 'tar', 'xzf', own_dir() . "/a/$name.tar.gz")->{code}, 0, 'tar unpacks the tarball of tools/dist.sh';
my $tree = own_dir() . "/$name";
ok -x "$tree/$_", "the tarball of tools/dist.sh has an executable $_" for qw(configure quickstart);
ok !-e "$tree/$_", "the tarball of tools/dist.sh has no $_" for qw(.git config.mak obj build);
like get_file("$tree/doc/dates"), qr/^20\d\d-\d\d-\d\d sallyport\.7$/m, 'doc/dates of the tarball has the dates of the pages';

SKIP:
{
  skip 'GNU tar is not installed', 3 unless run('tar', '--version')->{out} =~ /GNU tar/;
  my $third = dist($tree, own_dir() . '/c', 022);
  ok $third eq dist($tree, own_dir() . '/d', 077), 'tools/dist.sh makes the same bytes twice from the unpacked tarball';
}

# A gzip that fails at its end, as on a full disk, must not leave a tarball that looks finished.
mkdir own_dir() . "/$_" for qw(tools half);
chmod 0755, put_file(own_dir() . '/tools/gzip', "#!/bin/sh\nhead -c 100\ncat > /dev/null\nexit 1\n");
my $half = run({ dir => own_dir() . '/half', env => { PATH => own_dir() . "/tools:$ENV{PATH}" } }, '/bin/sh', source_file('tools/dist.sh'), $ENV{SALLYPORT_SRC});
is $half->{code}, 111, 'tools/dist.sh exits 111 when gzip fails';
is join(' ', glob own_dir() . '/half/*'), '', 'tools/dist.sh leaves no part of a tarball when gzip fails';

done_testing;
