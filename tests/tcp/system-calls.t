#!/usr/bin/env perl
# What serving a client costs in system calls. Counts are stable where times are not.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $strace = tool('strace');
plan skip_all => 'strace, to count with, is not installed' unless $strace;
plan skip_all => 'the portable launcher leaves the counting to libc' if variant() ne 'default';
plan skip_all => 'strace may not trace here' if run($strace, 'true')->{code};

my $trace = own_dir() . '/trace';
my $many = 200;

# Calls of the daemon and of its children up to execve, while it serves `many` clients one after another,
# after a few that warm it up.
sub count_calls
{
  my ($ip, $options, $text) = @_;
  unlink $trace;
  my $server = start_server($options // [], ['true'], ip => $ip, under => [$strace, '-f', '-o', $trace]);
  ask($server, send => $text) for 1 .. 20;
  my $from = scalar @{[trace_lines()]};
  ask($server, send => $text) for 1 .. $many;
  my ($daemon) = map { /^(\d+) +accept4\(/ ? $1 : () } trace_lines();
  kill 'TERM', $daemon;
  $server->wait;
  return tally($daemon, $from);
}

sub trace_lines { return split /\n/, get_file($trace) }

# The daemon is the process that accepts. strace splits a call that is interrupted by another process in two
# lines: the one that ends it does not count again.
sub tally
{
  my ($daemon, $from) = @_;
  my @lines = trace_lines();
  my %count = (parent => 0, child => 0, memory => 0);
  my %became;
  for my $line (@lines[$from .. $#lines])
  {
    my ($pid, $call) = $line =~ /^(\d+) +(\w+)\(/ or next;
    last if $pid == $daemon && $line =~ /si_signo=SIGTERM|"\\17\\0/;
    if ($pid == $daemon)
    {
      $count{parent}++;
      $count{calls}{$call}++;
      $count{memory}++ if $call =~ /^(brk|mmap|munmap|mremap)$/;
    }
    elsif ($call eq 'execve') { $became{$pid} = 1 }
    elsif (!$became{$pid}) { $count{child}++ }
  }
  return \%count;
}

sub is_frugal
{
  my ($count) = @_;
  return $count->{calls}{clone} == $many && $count->{parent} / $many < 8.5 && $count->{child} / $many < 5.5;
}

# On a busy machine clients overlap, and a round then costs a little more or less: the steady state is the
# best of a few.
for my $ip ('127.0.0.1', '0.0.0.0')
{
  my $count;
  for (1 .. 5)
  {
    $count = count_calls($ip);
    last if is_frugal($count);
  }
  is($count->{calls}{clone}, $many, "s6-tcpserverd on $ip: every client is seen as one new process");
  cmp_ok($count->{parent} / $many, '<', 8.5, "s6-tcpserverd on $ip: the daemon makes at most 8 system calls for a client");
  cmp_ok($count->{child} / $many, '<', 5.5, "s6-tcpserverd on $ip: the child makes at most 5 system calls before execve");
  cmp_ok($count->{child} / $many, '>', 2, "s6-tcpserverd on $ip: the system calls of the child are counted");
  note(join ' ', map { "$_=$count->{calls}{$_}" } sort keys %{$count->{calls}});
  is($count->{memory}, 0, "s6-tcpserverd on $ip: the daemon allocates no memory in its steady state");
}

# A PROXY header that is there when the client is accepted, as balancers have it: one look and one read more.
my $proxied;
for (1 .. 5)
{
  $proxied = count_calls('127.0.0.1', ['--proxy=any', '--proxy-from=127.0.0.1', '--defer=5'], "PROXY TCP4 192.0.2.7 198.51.100.1 40112 7000\r\n");
  last if $proxied->{calls}{clone} == $many && $proxied->{parent} / $many < 10.5;
}
is($proxied->{calls}{clone}, $many, 's6-tcpserverd --proxy: every client with a header is seen as one new process');
is($proxied->{calls}{recvfrom}, 2 * $many, 's6-tcpserverd --proxy costs two calls of recvfrom for each client');
cmp_ok($proxied->{parent} / $many, '<', 10.5, 's6-tcpserverd --proxy: the daemon makes at most 10 system calls for a client');
is(join(' ', grep { $proxied->{calls}{$_} } qw(epoll_ctl epoll_wait epoll_create1 setsockopt)), '',
  's6-tcpserverd --proxy: nothing is made ready to wait for a header that is already there');
note(join ' ', map { "$_=$proxied->{calls}{$_}" } sort keys %{$proxied->{calls}});

done_testing;
