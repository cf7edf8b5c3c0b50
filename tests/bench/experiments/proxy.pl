#!/usr/bin/env perl
# What a PROXY header costs: clients served one after another, in a second, without a header, with one that the daemon reads,
# with one beside 10,000 clients who are silent, and with one that proxy-server reads. To be compared with each other
# only: most of it is the launch and this script. Best on a machine that does nothing else.
# usage: SALLYPORT_BIN=DIRECTORY tests/bench/experiments/proxy.pl [ROUNDS [SILENT]]

use strict;
use warnings;
use Socket qw(:all);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($rounds, $crowd) = (@ARGV, 5, 10000)[0, @ARGV > 1 ? 1 : @ARGV ? 2 : 1];
my $bin = $ENV{SALLYPORT_BIN} // die "SALLYPORT_BIN is not set\n";
my $header = "PROXY TCP4 192.0.2.7 198.51.100.1 40112 7000\r\n";
my @reads = ('--proxy=1', '--proxy-from=127.0.0.1', '--proxy-deadline=600', '--max-pending=' . (2 * $crowd));

my @rows = (
  ['no header', [], ['cat'], 0, ''],
  ['--proxy', \@reads, ['cat'], 0, $header],
  ["--proxy beside $crowd silent", \@reads, ['cat'], $crowd, $header],
  ['proxy-server', [], ["$bin/proxy-server", 'cat'], 0, $header],
);

sub client
{
  my ($port) = @_;
  socket my $socket, PF_INET, SOCK_STREAM, 0 or die "no socket: $!\n";
  connect $socket, pack_sockaddr_in($port, INADDR_LOOPBACK) or die "cannot connect: $!\n";
  return $socket;
}

sub serve
{
  my ($options, $prog) = @_;
  socket my $listener, PF_INET, SOCK_STREAM, 0 or die;
  bind $listener, pack_sockaddr_in(0, INADDR_LOOPBACK) or die;
  listen $listener, SOMAXCONN or die;
  my $pid = fork // die;
  if (!$pid)
  {
    open STDIN, '<&', $listener or die;
    exec "$bin/s6-tcpserverd", '-v0', @$options, @$prog or die;
  }
  return ($pid, (unpack_sockaddr_in(getsockname $listener))[0]);
}

sub rate
{
  my (undef, $options, $prog, $silent, $first) = @{$_[0]};
  my ($pid, $port) = serve($options, $prog);
  my @silent = map { client($port) } 1 .. $silent;
  my ($n, $end) = (0, clock_gettime(CLOCK_MONOTONIC) + 1);
  while (clock_gettime(CLOCK_MONOTONIC) < $end)
  {
    my $client = client($port);
    syswrite $client, "${first}x";
    shutdown $client, SHUT_WR;
    sysread $client, my $answer, 10;
    die "no answer\n" unless ($answer // '') eq 'x';
    $n++;
  }
  kill 'TERM', $pid;
  waitpid $pid, 0;
  return $n;
}

my %best;
for (1 .. $rounds)
{
  for my $row (@rows)
  {
    my $rate = rate($row);
    $best{$row->[0]} = $rate if $rate > ($best{$row->[0]} // 0);
  }
}
printf "%6d a second: %s\n", $best{$_->[0]}, $_->[0] for @rows;
