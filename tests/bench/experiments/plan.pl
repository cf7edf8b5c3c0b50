# The plan of the experiments: variants of the clone floor, each against the plain one in the same round.
use strict;
use warnings;
use Bench::Main;

my $program = "$ENV{BENCH_TOOLS}/clone_variants";

sub variant
{
  my ($name, @words) = @_;
  my $make = sub { ($program, @words, $_[0]{address}, $_[0]{prog}) };
  return { name => $name, program => -x $program ? $program : undef, tcp => $make, unix => $make };
}

my $plain = variant('plain');
my %group = (
  bursts => ['Accepting in bursts', variant('burst of 8', '-b', 8), variant('burst of 64', '-b', 64)],
  reaping => ['Learning who has ended', map({ variant($_->[1], '-b', 64, '-r', $_->[0]) } ['ignore', 'not at all'], ['any', 'waitpid(-1)'], ['hint', 'pid of SIGCHLD, sweep'],
    ['young', 'the same, by age'], ['pidfd', 'a pidfd per child'])],
  stacks => ['Stacks of the children', map({ variant("$_ kB", '-s', $_) } 4, 64, 1024), variant('4 kB, 16 of them', '-s', 4, '-n', 16),
    variant('16 kB, MAP_POPULATE', '-P')],
  waiting => ['Waiting for the execve or not', variant('CLONE_VFORK', '-v')],
  acceptors => ['Several acceptors, SO_REUSEPORT', variant('2 processes', '-a', 2), variant('4 processes', '-a', 4),
    variant('2 threads', '-t', 2), variant('4 threads', '-t', 4)],
  precreated => ['Children created in advance, asleep in accept', map { variant("$_ in advance", '-p', $_) } 4, 16, 48],
  closing => ['Closing descriptors in the child', variant('close_range', '-c')]);

sub groups
{
  my ($quick) = @_;
  my @common = (kind => 'rates', family => 'tcp', handler => 'handler_nolibc', clients => 16, metric => 'rate', base => 'plain',
    rounds => $quick ? 5 : 15, seconds => $quick ? 0.3 : 0.7);
  my @latency = (@common, metric => 'p50', clients => 1, id => 'latency', title => 'Latency of a single client, children created in advance',
    servers => [$plain, map { variant("$_ in advance", '-p', $_) } 1, 4, 16]);
  return ({ @latency }, map {
    my ($title, @variants) = @{$group{$_}};
    +{ @common, id => $_, title => $title, servers => [$plain, @variants] }
  } qw(bursts reaping stacks waiting acceptors precreated closing));
}

sub held
{
  my ($quick) = @_;
  my (undef, @variants) = @{$group{reaping}};
  return { kind => 'held', id => 'held', title => 'Learning who has ended, while many are alive', family => 'tcp', handler => 'handler_hold', clients => 16,
    rounds => $quick ? 1 : 3, seconds => $quick ? 0.5 : 2, levels => $quick ? [0, 1000, 5000] : [0, 1000, 5000, 15000], sources => 15000, servers => \@variants };
}

exit run_plan(program => 'tests/bench/experiments/run', name => 'variants', title => 'Variants of the clone floor', servers => [],
  scenarios => sub { my (undef, $quick) = @_; return (groups($quick), held($quick)) },
  words => <<'END');
What was tried around the clone floor: a bare loop of accept, clone(CLONE_VM) on a stack of its own and execve, which waits for nobody. Each variant differs
from the plain one by what its name says, and its ratio is to the plain one of the same round. Static do-nothing handler, 16 clients at a time,
unless it says otherwise.
END
