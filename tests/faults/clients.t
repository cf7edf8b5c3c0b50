#!/usr/bin/env perl
# Clients that behave badly: whatever they do, others are served, and afterwards every count is exact.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Socket qw(SOL_SOCKET SO_RCVBUF);

page('s6-tcpserverd');

my $many = variant() eq 'sanitize' ? 300 : 3000;
my @ways = (['quick'], ['portable', '--portable-launch']);

sub is_exact
{
  my ($server, $name, $max) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  ok(eventually(sub { !$server->served && !zombies($server->pid) }), "$name: no child and no zombie is left");
  ok(eventually(sub { ((log_lines($server))[-1] // '') =~ m{status: 0/$max$} }), "$name: the last line says 0/$max")
    or diag((log_lines($server))[-1]);
  is(log_count($server, qr/info: accept /), log_count($server, qr/info: end /), "$name: as many ended as were accepted");
  ok($server->alive, "$name: the daemon lives");
}

for (@ways)
{
  my ($name, @options) = @$_;
  my $server = start_server(['-v', '-c', 20, '-C', 20, @options], ['cat']);
  ask($server);
  my $before = fd_targets($server->pid);

  for my $how ([reset => 1], [reset => 1, hurry => 1], [hurry => 1], [])
  {
    quick_client($server, @$how) for 1 .. $many / 6;
  }
  is(ask($server, send => 'x'), 'x', "$name: after connect-and-reset, a client is served");
  is_exact($server, "$name, connect and reset", 20);
  is_deeply(fd_targets($server->pid), $before, "$name: no descriptor is left");

  # They vanish while they wait in the backlog: the limit is 20.
  my @busy = map { open_client($server) } 1 .. 20;
  say_to($_, "x\n"), read_line($_) for @busy;
  quick_client($server, reset => 1) for 1 .. 60;
  my $patient = open_client($server);
  say_to($patient, "patient\n");
  stop_sending($_) for @busy;
  is(read_line($patient), "patient\n", "$name: the one behind those who vanished is served");
  close $_ for @busy, $patient;
  is_exact($server, "$name, vanished in the backlog", 20);
}

# Half-open, silent, and slow ones stay; others are served meanwhile, and all that was said arrives.
{
  my $server = start_server(['-v', '-c', 100, '-C', 100], ['cat']);
  my @half = map { open_client($server) } 1 .. 10;
  stop_sending($_) for @half[0 .. 4];
  my @slow = map { open_client($server) } 1 .. 10;
  my $word = "slowly\n";
  for my $i (0 .. length($word) - 1)
  {
    say_to($_, substr $word, $i, 1) for @slow;
    select undef, undef, undef, 0.02;
    is(ask($server, send => 'x'), 'x', 'others are served meanwhile') if $i % 3 == 0;
  }
  is(read_line($_), $word, 'one byte at a time: all of them arrive') for @slow;

  # A client that asks for much and reads nothing stops nobody else.
  my $deaf = open_client($server);
  setsockopt $deaf, SOL_SOCKET, SO_RCVBUF, pack 'i', 4096;
  $deaf->blocking(0);
  1 while syswrite $deaf, 'y' x 65536;
  is(ask($server, send => 'x'), 'x', 'a client that reads nothing: others are served');
  close $_ for @half, @slow, $deaf;
  is_exact($server, 'half-open and slow', 100);
}

# A port scan: connections that are closed at once, without a byte, in bursts, and some that send rubbish.
{
  my $server = start_server(['-v'], ['cat']);
  for my $burst (1 .. 20)
  {
    my @burst = map { quick_client($server, hurry => $_ % 2, reset => $_ % 3 == 0) } 1 .. 30;
    syswrite $_, "\0\xff\x16\x03\x01" for @burst[0 .. 4];
  }
  is(ask($server, send => 'x', from => '127.0.0.2'), 'x', 'after a scan, somebody else is served');
  is_exact($server, 'port scan', 40);
}

done_testing();
