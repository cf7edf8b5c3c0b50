#!/usr/bin/env perl
# Clients that behave badly: whatever they do, others are served, and afterwards every count is exact.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Socket qw(SOL_SOCKET SO_RCVBUF);

page('s6-tcpserverd');

skip_all_unless('a C compiler', c_program('clients') && echo_program());

# 10,000 connections that are reset, where the variant is quick; less where another one has seen them.
my $many = { default => 10_000, sanitize => 600 }->{variant()} // 2000;
my @ways = (['s6-tcpserverd'], ['s6-tcpserverd --portable-launch', '--portable-launch']);

# So many clients of these kinds (tests/soak/client.c), 64 at a time: what became of them.
sub crowd
{
  my ($server, $count, $kinds, @options) = @_;
  return crowd_result(crowd_of($server, $count, '-k', $kinds, @options), 4 * deadline());
}

sub is_exact
{
  my ($server, $name, $max) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  ok(eventually(sub { !$server->served && !zombies($server->pid) }), "$name: no child and no zombie is left");
  ok(eventually(sub { ((log_lines($server))[-1] // '') =~ m{status: 0/$max$} }), "$name: the last line of the log has the status 0/$max")
    or diag((log_lines($server))[-1]);
  # The last of them may still be coming out of the backlog.
  my ($accepted, $ended);
  eventually(sub { ($accepted, $ended) = (log_count($server, qr/info: accept /), log_count($server, qr/info: end /)); $accepted == $ended });
  is($ended, $accepted, "$name: the log has an end for each accepted client");
  ok($server->alive, "$name: the daemon lives");
}

for (@ways)
{
  my ($name, @options) = @$_;
  my $server = start_server(['-v', '-c', 20, '-C', 20, @options], [echo_program()]);
  ask($server);
  my $before = fd_targets($server->pid);

  # The other launcher sees a tenth: what happens before it is the same.
  my $resets = @options ? $many / 10 : $many;
  my $result = crowd($server, $resets, 'r');
  is($result->{gone}, $resets, "$name: $resets clients connect and reset at once");
  is(ask($server, send => 'x'), 'x', "$name: a client is served after $resets that reset their connections");
  is_exact($server, "$name, clients that connect and reset", 20);
  $result = crowd($server, $resets / 4, 'rvt', '-s', $$);
  cmp_ok($result->{gone}, '>', $resets / 16, "$name: $result->{gone} connect and vanish, some with a reset, while others talk");
  is("$result->{stuck} $result->{wrong} $result->{refused}", '0 0 0', "$name: the clients that talk while others vanish are answered");
  is_exact($server, "$name, clients that connect and vanish", 20);
  quick_client($server, hurry => 1) for 1 .. 100;
  quick_client($server, hurry => 1, reset => 1) for 1 .. 100;
  is_exact($server, "$name, clients that are gone before they are connected", 20);
  # The last of them may still be coming out of the backlog.
  my $after;
  eventually(sub { $after = fd_targets($server->pid); keys %$after == keys %$before });
  is_deeply($after, $before, "$name: no descriptor is left of clients that vanished");

  # They vanish while they wait in the backlog: the limit is 20.
  my @busy = map { open_client($server) } 1 .. 20;
  say_to($_, "x\n"), read_line($_) for @busy;
  quick_client($server, reset => 1) for 1 .. 60;
  my $patient = open_client($server);
  say_to($patient, "patient\n");
  stop_sending($_) for @busy;
  is(read_line($patient), "patient\n", "$name: a client after those that vanished in the backlog is served");
  close $_ for @busy, $patient;
  is_exact($server, "$name, clients that vanish in the backlog", 20);
}

# Half-open, silent, and slow ones stay; thousands of others are served meanwhile, and all that was said arrives.
{
  my $server = start_server(['-v', '-c', 100, '-C', 100], [echo_program()]);
  my @half = map { open_client($server) } 1 .. 5;
  my @silent = map { open_client($server) } 1 .. 10;
  stop_sending($_) for @half;
  my $slow = crowd_of($server, 20, '-a', 20, '-k', 'b');
  ok(eventually(sub { $server->served == @silent + 20 }), 's6-tcpserverd runs a program for each silent and slow client');
  my $others = crowd($server, $many / 5, 'tf', '-a', 10);
  is($others->{answered}, $many / 5, "s6-tcpserverd serves $others->{answered} other clients while 20 write a byte per second");
  is(crowd_result($slow, 4 * deadline())->{answered}, 20, 's6-tcpserverd answers all 20 clients that write a byte per second');

  # A client that asks for much and reads nothing stops no other client.
  my $deaf = open_client($server);
  setsockopt $deaf, SOL_SOCKET, SO_RCVBUF, pack 'i', 4096;
  $deaf->blocking(0);
  1 while syswrite $deaf, 'y' x 65536;
  is(ask($server, send => 'x'), 'x', 's6-tcpserverd serves a client while another one reads nothing');
  close $_ for @half, @silent, $deaf;
  is_exact($server, 's6-tcpserverd, half-open and slow clients', 100);
}

# A port scan: connections that are closed at once, without a byte, in bursts, and some that send rubbish.
{
  my $server = start_server(['-v'], ['cat']);
  for my $burst (1 .. 20)
  {
    my @burst = map { quick_client($server, hurry => $_ % 2, reset => $_ % 3 == 0) } 1 .. 30;
    syswrite $_, "\0\xff\x16\x03\x01" for @burst[0 .. 4];
  }
  is(ask($server, send => 'x', from => '127.0.0.2'), 'x', 's6-tcpserverd serves another client after a port scan');
  is_exact($server, 's6-tcpserverd after a port scan', 40);
}

done_testing();
