#!/usr/bin/env perl
# Shortages: no client is lost, nothing spins, two lines in the log.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserverd');
page_says('A shortage of processes, memory or descriptors never costs a client.');
page_says('holds the client at hand, stops accepting, and tries again each time a child ends and after a delay that grows from 10 milliseconds to 1 second.');
page_says('The clients after it wait in the backlog.');
page_says('The log gets one line when this begins and one when it is over.');

my $begins = qr/^s6-tcpserverd: warning: unable to (\w+): .+: holding clients until it passes$/;
my $over = qr/^s6-tcpserverd: warning: no longer holding clients after \d+ ms$/;

my $prlimit = tool('prlimit');

# Descriptors: the daemon uses 0 to 3; once 4 is forbidden, accept fails.
sub forbid_descriptors
{
  my ($server, $limit) = @_;
  system($prlimit, "--pid", $server->pid, "--nofile=$limit:") == 0 or die "prlimit failed\n";
}

SKIP:
{
  skip 'prlimit, to end the shortage with, is not installed', 8 unless $prlimit;
  my $server = start_server(['-v'], ['cat']);
  forbid_descriptors($server, 4);
  my @clients = map { open_client($server) } 1 .. 3;
  say_to($clients[$_], "client $_\n") for 0 .. 2;
  my $said = log_has($server, $begins);
  ok($said, 's6-tcpserverd short of descriptors: the log has that clients are held');
  like($said // '', qr/unable to accept: Too many open files/, 's6-tcpserverd short of descriptors: the log has what is short');
  is_serving($server, 0, 's6-tcpserverd short of descriptors: no client is served');
  my $before = processor_ticks($server->pid);
  select undef, undef, undef, 0.3;
  cmp_ok(processor_ticks($server->pid) - $before, '<', 15, 's6-tcpserverd short of descriptors: the daemon does not spin');
  ok(!defined log_has($server, qr/info: accept|refuse/, 0), 's6-tcpserverd short of descriptors: no client is accepted or refused');
  forbid_descriptors($server, 64);
  is(read_line($clients[$_]), "client $_\n", 's6-tcpserverd after a shortage of descriptors: a client that waited is served') for 0 .. 2;
  log_says($server, $over, 's6-tcpserverd after a shortage of descriptors: the log has the end of the shortage');
  is(log_count($server, qr/warning/), 2, 's6-tcpserverd logs a shortage of descriptors in two lines');
  is(ask($server, send => 'x'), 'x', 's6-tcpserverd after a shortage of descriptors: a new client is served');
}

# Signals are obeyed while clients are held.
page_says('These signals are obeyed also if the caller had blocked or ignored them, and while clients are held.');
for my $signal ($prlimit ? qw(TERM QUIT ABRT) : ())
{
  my $server = start_server([], ['cat']);
  forbid_descriptors($server, 4);
  my $client = open_client($server);
  log_says($server, $begins, "s6-tcpserverd short of descriptors before SIG$signal: the log has that clients are held");
  $server->signal($signal);
  is_deeply($server->wait, { code => 0, signal => 0 }, "SIG$signal ends s6-tcpserverd while it holds clients");
}

# Processes: a user of our own may have three, one of which is the daemon.
SKIP:
{
  skip 'needs the right to change the user id', 9 unless can_change_ids();
  for my $way (['quick'], ['portable', '--portable-launch'])
  {
    my ($name, @options) = @$way;
    my $uid = 1_000_000 + $$ * 2 + @options;
    my $server = start_server(['-v', '-u', $uid, '-g', $uid, @options], ['cat'], under => [with_rlimit(u => 3)]);
    log_says($server, qr/warning: the client limit 40 is above what this user may run: 3 processes/,
      "s6-tcpserverd, $name launch: a client limit above the user's limit of processes is logged at the start");
    my @clients = map { open_client($server) } 1 .. 4;
    say_to($clients[$_], "client $_\n") for 0 .. 3;
    is(read_line($clients[$_]), "client $_\n", "s6-tcpserverd, $name launch: the two clients for which there are processes are served") for 0, 1;
    my $said = log_has($server, $begins);
    like($said // '', qr/unable to launch: Resource temporarily unavailable/,
         "s6-tcpserverd, $name launch: the log has that processes are short at the third client");
    is_serving($server, 2, "s6-tcpserverd, $name launch: two clients are served while processes are short");
    stop_sending($clients[0]);
    is(read_line($clients[2]), "client 2\n", "s6-tcpserverd, $name launch: the third client is served when the first has gone");
    stop_sending($clients[1]);
    is(read_line($clients[3]), "client 3\n", "s6-tcpserverd, $name launch: the fourth client is served when the second has gone");
    log_says($server, $over, "s6-tcpserverd, $name launch: the log has that the shortage of processes is over");
    is(log_count($server, qr/holding/), 2, "s6-tcpserverd, $name launch: the shortage of processes is logged in two lines");
    is(log_count($server, qr/info: accept/), 4, "s6-tcpserverd, $name launch: each of four clients is accepted once in a shortage of processes");
  }
}

# A small stack and closed descriptors are no shortage.
my $small = start_server(['-v', '-c', 100000, '-C', 100000], ['cat'], under => [with_rlimit(s => 256)]);
is(ask($small, send => 'x'), 'x', 's6-tcpserverd with a stack of 256 KiB serves a client');

done_testing();
