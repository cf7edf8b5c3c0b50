#!/usr/bin/env perl
# Who a client is, and whether the rules let it in, cannot always be found out: in a shortage it waits, and for
# any other cause it is refused with one line a second. A system that never accepts is not asked without end.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Rules;
use Sallyport::Unix;

page('s6-tcpserverd');
page_says('A shortage of processes, memory or descriptors never costs a client.');
page_says('The log gets one line when this begins and one when it is over.');

# ---- rules that a shortage keeps from being read ----

page_says('If a shortage keeps the rules from being read, the client waits, as described below.');
SKIP:
{
  skip 'prlimit, to end the shortage with, is not installed', 1 unless tool('prlimit');
  my $rules = new_rules('in', 'ip4/127.0.0.0_8/allow' => '');
  my $server = start_server(['-i', $rules], ['cat']);
  my $open = keys %{fd_targets($server->pid)};
  set_limit($server, 'nofile', $open + 1);  # accept has one, the rules have none
  my @clients = map { open_client($server) } 1 .. 3;
  say_to($_, "let me in\n") for @clients;
  log_says($server, qr/^s6-tcpserverd: warning: unable to read the access rules: Too many open files: holding clients until it passes$/,
    's6-tcpserverd logs that a shortage keeps it from reading the rules');
  set_limit($server, 'nofile', $open + 8);
  is(read_line($_), "let me in\n", 's6-tcpserverd serves a client that waited because the rules could not be read') for @clients;
  is(log_count($server, qr/refuse/), 0, 's6-tcpserverd refuses no client because of a shortage that keeps it from reading the rules');
}

# ---- who it is ----

skip_rest() if can_inject() || variant() eq 'sanitize';

sub skip_rest
{
  note(can_inject() || 'a sanitizer makes system calls of its own');
  done_testing();
  exit 0;
}

my $wild = start_server([], ['cat'], ip => '0.0.0.0');
my $ipc = start_server([], ['cat'], path => unix_path('who'));
for (['s6-tcpserverd', $wild, 'getsockname'], ['s6-ipcserverd', $ipc, 'getsockopt'])
{
  my ($what, $server, $call) = @$_;
  my $injection = inject($server, $call, 'error=ENOBUFS');
  my @clients = map { open_client($server) } 1 .. 3;
  say_to($_, "who am I\n") for @clients;
  log_says($server, qr/unable to identify a client: No buffer space available: holding clients until it passes$/,
    "$what logs a shortage that keeps it from identifying a client");
  end_injection($injection);
  is(read_line($_), "who am I\n", "$what serves a client that waited because it could not be identified") for @clients;
  log_says($server, qr/no longer holding clients/, "$what logs that the shortage is over that kept it from identifying clients");

  my $before = log_lines($server);
  $injection = inject($server, $call, 'error=EINVAL');
  @clients = map { open_client($server) } 1 .. 30;
  is(read_all($_) // 'nothing', '', "$what refuses a client that it cannot identify") for @clients;
  my $sum = qr/unable to identify a client: Invalid argument repeated=\d+$/;
  log_says($server, $sum, "$what sums up clients that it cannot identify in its log");
  my $told = 0;
  eventually(sub { $told = 0; $told += /repeated=(\d+)/ ? $1 : 1 for grep { /Invalid argument/ } log_lines($server); $told >= 30 });
  is($told, 30, "$what counts all 30 clients that it cannot identify in its log");
  cmp_ok(log_lines($server) - $before, '<', 15, "$what logs 30 clients that it cannot identify in few lines");
  end_injection($injection);
  is(ask($server, send => "and I\n"), "and I\n", "$what serves a client that it can identify again");
}

# ---- a sandbox that forbids accept ----

page_says('An error that accepting a connection meets 64 times in a row is treated the same way.');
my $server = start_server([], ['cat']);
my $injection = inject($server, '?accept4,?accept', 'error=EPERM');
my $client = open_client($server);
say_to($client, "finally\n");
log_says($server, qr/unable to accept: Operation not permitted: holding clients until it passes$/,
  's6-tcpserverd logs the error of accept in a sandbox that forbids it');
my $before = now();
eventually(sub { now() > $before + 0.3 });
my $lasted = now() - $before;
# Each try is two calls: where accept4 is forbidden, accept may not be.
cmp_ok(end_injection($injection), '<', 2 * (64 + 30 + 11 * $lasted), 's6-tcpserverd does not spin in a sandbox that forbids accept');
is(read_line($client), "finally\n", 's6-tcpserverd serves a client when accept is no longer forbidden');

done_testing();
