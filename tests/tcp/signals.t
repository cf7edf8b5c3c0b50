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
  is(read_line($client), "hello\n", 's6-tcpserverd serves a client before or after a signal');
  return $client;
}

sub exits_well
{
  my ($server, $signal) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  is_deeply($server->wait, { code => 0, signal => 0 }, "s6-tcpserverd exits 0 after SIG$signal");
}

page_says('SIGTERM Exit. The children are left alone, and serve their clients to the end.');
page_says('A signal made s6-tcpserverd exit.');
{
  my $server = start_server(['-v'], $mortal);
  my $client = greeted_by($server);
  $server->signal('TERM');
  exits_well($server, 'TERM');
  say_to($client, "still there\n");
  is(read_line($client), "still there\n", 's6-tcpserverd, SIGTERM: the child goes on to serve its client');
  like(log_text($server), qr/info: received SIGTERM, quitting\ns6-tcpserverd: info: exiting\n\z/,
       's6-tcpserverd, SIGTERM: the log has the signal and the end');
}

page_says('Send SIGTERM and SIGCONT to every child, and go on.');
{
  my $server = start_server(['-v'], $mortal);
  my @clients = map { greeted_by($server) } 1 .. 3;
  my ($stopped) = $server->served;
  kill 'STOP', $stopped;
  ok(eventually(sub { process_state($stopped) eq 'T' }), 'one of three children of s6-tcpserverd is stopped before SIGHUP');
  $server->signal('HUP');
  is(read_all($_), "terminated\n", 's6-tcpserverd, SIGHUP: each child gets SIGTERM and ends, a stopped one too') for @clients;
  log_says($server, qr/info: received SIGHUP, sending SIGTERM and SIGCONT to all connections$/, 's6-tcpserverd, SIGHUP: the log has the signal');
  log_says($server, qr{status: 0/40$}, 's6-tcpserverd, SIGHUP: the status line has no client left');
  greeted_by($server);
  ok($server->alive, 's6-tcpserverd goes on after SIGHUP');
}

page_says('Send SIGTERM and SIGCONT to every child, and exit.');
{
  my $server = start_server(['-v'], $mortal);
  my @clients = map { greeted_by($server) } 1 .. 2;
  my ($stopped) = $server->served;
  kill 'STOP', $stopped;
  ok(eventually(sub { process_state($stopped) eq 'T' }), 'one of two children of s6-tcpserverd is stopped before SIGQUIT');
  $server->signal('QUIT');
  is(read_all($_), "terminated\n", 's6-tcpserverd, SIGQUIT: each child gets SIGTERM and ends, a stopped one too') for @clients;
  exits_well($server, 'QUIT');
  like(log_text($server), qr/info: received SIGQUIT, sending SIGTERM and SIGCONT to all connections and quitting\n.*info: exiting\n\z/s,
       's6-tcpserverd, SIGQUIT: the log has the signal and the end');
}

page_says('Send SIGKILL to every child, and exit.');
{
  my $server = start_server(['-v'], $stubborn);
  my @clients = map { greeted_by($server) } 1 .. 2;
  $server->signal('HUP');
  log_says($server, qr/SIGHUP/, 's6-tcpserverd logs SIGHUP when its children ignore SIGTERM');
  say_to($_, "here\n"), is(read_line($_), "here\n", 's6-tcpserverd, SIGHUP: a child that ignores SIGTERM still serves its client') for @clients;
  $server->signal('ABRT');
  is(read_all($_), '', 's6-tcpserverd, SIGABRT: each child that ignores SIGTERM ends') for @clients;
  exits_well($server, 'ABRT');
  like(log_text($server), qr/info: received SIGABRT, sending SIGKILL to all connections and quitting\n.*info: exiting\n\z/s,
       's6-tcpserverd, SIGABRT: the log has the signal and the end');
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
  is(ask($server, send => $_), $_, 's6-tcpserverd notices the ends of children although its caller ignored SIGCHLD') for 1 .. 5;
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
  is($server->wait->{signal}, 2, 'SIGINT ends s6-tcpserverd as usual');
  my $deaf = start_server([], ['cat'], ignore => ['INT']);
  $deaf->signal('INT');
  is(ask($deaf, send => 'x'), 'x', 's6-tcpserverd ignores SIGINT if its caller ignored it');
}

# A child that is stopped and continued is not taken for one that ended.
{
  my $server = start_server(['-v'], ['cat']);
  my $client = open_client($server);
  say_to($client, 'a'), sysread($client, my $a, 1);
  my ($child) = $server->served;
  kill 'STOP', $child;
  ok(eventually(sub { process_state($child) eq 'T' }), 'a child of s6-tcpserverd with a client is stopped');
  kill 'CONT', $child;
  say_to($client, "b\n");
  is(read_line($client), "b\n", 'a child of s6-tcpserverd that was stopped and continued serves its client');
  is(ask($server, send => 'x'), 'x', 's6-tcpserverd serves another client after a child was stopped and continued');
  log_says($server, qr{status: 1/40$}, 's6-tcpserverd still counts the client of a child that was stopped and continued');
  is(log_count($server, qr/info: end pid $child /), 0, 's6-tcpserverd does not log a child that was stopped and continued as ended');
}

# Children of the caller, inherited across exec, are reaped and never counted.
{
  my $server = start_server(['-v'], ['cat'], under => ['sh', '-c', '(exec sleep 0.1) & exec "$@"', 'sh']);
  is(ask($server, send => 'x'), 'x', 's6-tcpserverd serves a client when it has inherited a child');
  ok(eventually(sub { !children($server->pid) && !zombies($server->pid) }), 's6-tcpserverd reaps a child that it has inherited from its caller');
  is(log_count($server, qr/info: end /), 1, 's6-tcpserverd does not log the end of a child that it has inherited');
}

# All of this was seen through s6-tcpserver, whose page says the same.
page('s6-tcpserver');
page_says(
  'Exit. The children are left alone, and serve their clients to the end.',
  'Send SIGTERM and SIGCONT to every child, and go on.',
  'Send SIGTERM and SIGCONT to every child, and exit.',
  'Send SIGKILL to every child, and exit.');

done_testing();
