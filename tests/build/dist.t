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
  my $end = run({ dir => $directory, umask => $umask, deadline => 60 }, '/bin/sh', source_file('tools/dist.sh'), $from);
  is $end->{code}, 0, "made in $directory" or diag $end->{err};
  return get_file("$directory/$name.tar.gz");
}

my $first = dist($ENV{SALLYPORT_SRC}, own_dir() . '/a', 022);
my $second = dist($ENV{SALLYPORT_SRC}, own_dir() . '/b', 077);
ok length $first > 10000, 'it is not empty';
ok $first eq $second, 'twice the same bytes';

is run({ dir => own_dir() }, 'tar', 'xzf', own_dir() . "/a/$name.tar.gz")->{code}, 0, 'unpacked';
my $tree = own_dir() . "/$name";
ok -x "$tree/$_", "$_ is there, executable" for qw(configure quickstart);
ok !-e "$tree/$_", "$_ is not" for qw(.git config.mak obj build);
like get_file("$tree/doc/dates"), qr/^20\d\d-\d\d-\d\d sallyport\.7$/m, 'it has the dates of the pages';

SKIP:
{
  skip 'GNU tar is not installed', 3 unless run('tar', '--version')->{out} =~ /GNU tar/;
  my $third = dist($tree, own_dir() . '/c', 022);
  ok $third eq dist($tree, own_dir() . '/d', 077), 'a tarball of the unpacked tarball is reproducible too';
}

# A gzip that fails at its end, as on a full disk, must not leave a tarball that looks finished.
mkdir own_dir() . "/$_" for qw(tools half);
chmod 0755, put_file(own_dir() . '/tools/gzip', "#!/bin/sh\nhead -c 100\ncat > /dev/null\nexit 1\n");
my $half = run({ dir => own_dir() . '/half', env => { PATH => own_dir() . "/tools:$ENV{PATH}" } }, '/bin/sh', source_file('tools/dist.sh'), $ENV{SALLYPORT_SRC});
is $half->{code}, 111, 'without gzip there is no tarball';
is join(' ', glob own_dir() . '/half/*'), '', 'and no part of one';

done_testing;
