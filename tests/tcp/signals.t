#!/usr/bin/env perl
# s6-tcpserverd and signals: which exit, which reach the children, from which state.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserverd');

# Says hello, then how it ends.
my $mortal = ['sh', '-c', 'trap "echo terminated; exit" TERM; echo hello; while read -r line; do echo "$line"; done'];
my $stubborn = ['sh', '-c', 'trap "" TERM; echo hello; while read -r line; do echo "$line"; done'];

sub greeted_by
{
  my ($server) = @_;
  my $client = open_client($server);
  is(read_line($client), "hello\n", 'a client of the daemon that gets signals is served');
  return $client;
}

sub exits_well
{
  my ($server, $signal) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  is_deeply($server->wait, { code => 0, signal => 0 }, "SIG$signal: the daemon exits 0");
}

page_says('SIGTERM Exit. The children are left alone, and serve their clients to the end.');
page_says('A signal made s6-tcpserverd exit.');
{
  my $server = start_server(['-v'], $mortal);
  my $client = greeted_by($server);
  $server->signal('TERM');
  exits_well($server, 'TERM');
  say_to($client, "still there\n");
  is(read_line($client), "still there\n", 'SIGTERM: the child goes on to serve its client');
  like(log_text($server), qr/info: received SIGTERM, quitting\ns6-tcpserverd: info: exiting\n\z/, 'SIGTERM: the log has the signal and the end');
}

page_says('Send SIGTERM and SIGCONT to every child, and go on.');
{
  my $server = start_server(['-v'], $mortal);
  my @clients = map { greeted_by($server) } 1 .. 3;
  my ($stopped) = $server->served;
  kill 'STOP', $stopped;
  ok(eventually(sub { process_state($stopped) eq 'T' }), 'one of three children is stopped before SIGHUP');
  $server->signal('HUP');
  is(read_all($_), "terminated\n", 'SIGHUP: each child gets SIGTERM and ends, a stopped one too') for @clients;
  log_says($server, qr/info: received SIGHUP, sending SIGTERM and SIGCONT to all connections$/, 'SIGHUP: the log has the signal');
  log_says($server, qr{status: 0/40$}, 'SIGHUP: the status line has no client left');
  greeted_by($server);
  ok($server->alive, 'SIGHUP: the daemon goes on');
}

page_says('Send SIGTERM and SIGCONT to every child, and exit.');
{
  my $server = start_server(['-v'], $mortal);
  my @clients = map { greeted_by($server) } 1 .. 2;
  my ($stopped) = $server->served;
  kill 'STOP', $stopped;
  ok(eventually(sub { process_state($stopped) eq 'T' }), 'one of two children is stopped before SIGQUIT');
  $server->signal('QUIT');
  is(read_all($_), "terminated\n", 'SIGQUIT: each child gets SIGTERM and ends, a stopped one too') for @clients;
  exits_well($server, 'QUIT');
  like(log_text($server), qr/info: received SIGQUIT, sending SIGTERM and SIGCONT to all connections and quitting\n.*info: exiting\n\z/s,
       'SIGQUIT: the log has the signal and the end');
}

page_says('Send SIGKILL to every child, and exit.');
{
  my $server = start_server(['-v'], $stubborn);
  my @clients = map { greeted_by($server) } 1 .. 2;
  $server->signal('HUP');
  log_says($server, qr/SIGHUP/, 'SIGHUP is logged by a daemon whose children ignore SIGTERM');
  say_to($_, "here\n"), is(read_line($_), "here\n", 'SIGHUP: a child that ignores SIGTERM still serves its client') for @clients;
  $server->signal('ABRT');
  is(read_all($_), '', 'SIGABRT: each child that ignores SIGTERM ends') for @clients;
  exits_well($server, 'ABRT');
  like(log_text($server), qr/info: received SIGABRT, sending SIGKILL to all connections and quitting\n.*info: exiting\n\z/s,
       'SIGABRT: the log has the signal and the end');
}

page_says('These signals are obeyed also if the caller had blocked or ignored them, and while clients are held.');
for my $signal (qw(TERM QUIT ABRT))
{
  my $server = start_server([], $mortal, block => [$signal, 'CHLD'], ignore => ['TERM', 'HUP', 'QUIT', 'ABRT', 'CHLD']);
  $server->signal($signal);
  exits_well($server, $signal);
}
{
  my $server = start_server(['-c', 1], ['cat'], block => ['CHLD'], ignore => ['CHLD']);
  is(ask($server, send => $_), $_, 'a caller that ignored SIGCHLD: children are noticed') for 1 .. 5;
}
for my $signal (qw(TERM QUIT ABRT))
{
  my $server = start_server(['-c', 1], $mortal);
  my $client = greeted_by($server);
  my $waiting = open_client($server);
  $server->signal($signal);
  exits_well($server, $signal);
}

page_says('All other signals are as the caller left them.');
{
  my $server = start_server([], ['cat']);
  $server->signal('INT');
  is($server->wait->{signal}, 2, 'SIGINT ends the daemon as usual');
  my $deaf = start_server([], ['cat'], ignore => ['INT']);
  $deaf->signal('INT');
  is(ask($deaf, send => 'x'), 'x', 'SIGINT is ignored if the caller ignored it');
}

# A child that is stopped and continued is not taken for one that ended.
{
  my $server = start_server(['-v'], ['cat']);
  my $client = open_client($server);
  say_to($client, 'a'), sysread($client, my $a, 1);
  my ($child) = $server->served;
  kill 'STOP', $child;
  ok(eventually(sub { process_state($child) eq 'T' }), 'a child with a client is stopped');
  kill 'CONT', $child;
  say_to($client, "b\n");
  is(read_line($client), "b\n", 'a child that was stopped and continued serves its client');
  is(ask($server, send => 'x'), 'x', 'another client is served after a child was stopped and continued');
  log_says($server, qr{status: 1/40$}, 'the client of a child that was stopped and continued is still counted');
  is(log_count($server, qr/info: end pid $child /), 0, 'a child that was stopped and continued is not logged as ended');
}

# Children of the caller, inherited across exec, are reaped and never counted.
{
  my $server = start_server(['-v'], ['cat'], under => ['sh', '-c', '(exec sleep 0.1) & exec "$@"', 'sh']);
  is(ask($server, send => 'x'), 'x', 'a client of a daemon that has inherited a child is served');
  ok(eventually(sub { !children($server->pid) && !zombies($server->pid) }), 'a child that the daemon has inherited from its caller is reaped');
  is(log_count($server, qr/info: end /), 1, 'the end of a child that the daemon has inherited is not logged');
}

# All of this was seen through s6-tcpserver, whose page says the same.
page('s6-tcpserver');
page_says(
  'Exit. The children are left alone, and serve their clients to the end.',
  'Send SIGTERM and SIGCONT to every child, and go on.',
  'Send SIGTERM and SIGCONT to every child, and exit.',
  'Send SIGKILL to every child, and exit.');

done_testing();
