#!/usr/bin/env perl
# skd: what signals do.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;

page('skd');

# Tells which signals come, and stays. A datagram program tells the file.
my $told = own_dir() . '/told';
my $trap = ['sh', '-c', 'trap "echo TERM; echo TERM >> $0" TERM; trap "echo CONT; echo CONT >> $0" CONT; case $PROTO in TCP) echo ready;; esac; echo ready >> $0; while :; do sleep 0.02; done', $told];

sub ended { return [$_[0]->wait // 'runs'] }
my $clean = [{ code => 0, signal => 0 }];

sub told { return join ' ', split /\n/, get_file($told) }

# A stream client and a datagram program, both with a child.
sub both
{
  my (%how) = @_;
  unlink $told;
  my $server = skd(['-vt', '127.0.0.1:0', '-u', '127.0.0.1:0'], $how{prog} // $trap, %how);
  my $client = open_client($server);
  is(read_line($client), "ready\n", 'skd -t -u serves a stream client before a signal');
  send_datagram(datagram_client($server, port => $server->{ports}[1]), 'x');
  ok(eventually(sub { log_count($server, qr/: receive /) }), 'skd -t -u starts prog for a datagram before a signal');
  return ($server, $client);
}

page_says('Exit. The children are left alone, and serve their clients to the end.');
for my $signal (qw(TERM INT))
{
  my $go = own_dir() . "/go.$signal";
  my ($server, $client) = both(prog => ['sh', '-c', 'case $PROTO in TCP) echo ready; read x; echo "got $x";; *) while test ! -e $0; do sleep 0.02; done; touch $0.done;; esac', $go]);
  $server->signal($signal);
  is_deeply(ended($server), $clean, "skd exits 0 at a SIG$signal");
  is(log_count($server, qr/: received SIG$signal, quitting$/), 1, "skd logs that it quits at a SIG$signal");
  is(log_count($server, qr/: exiting$/), 1, "skd logs that it exits at a SIG$signal");
  say_to($client, "word\n");
  is(read_all($client), "got word\n", "a stream child of skd serves its client to the end after SIG$signal ended skd");
  put_file($go, '');
  ok(eventually(sub { -e "$go.done" }), "a datagram child of skd runs to its end after SIG$signal ended skd");
}

page_says('A SIGINT that the caller ignored stays ignored.');
my $deaf = skd(['-t', '127.0.0.1:0'], ['cat'], ignore => ['INT']);
$deaf->signal('INT');
is(ask($deaf, send => 'x'), 'x', 'skd that was started with SIGINT ignored serves clients after a SIGINT');
ok(signal_in_mask(status_field($deaf->pid, 'SigIgn'), 2), 'skd that was started with SIGINT ignored still ignores it');

page_says('Children are left alone: this is not what the signal means to s6-tcpserverd(1).');
my ($server, $client) = both();
eventually(sub { told() eq 'ready ready' });
$server->signal('HUP');
log_says($server, qr/: received SIGHUP, opening the log again$/, 'skd logs that it opens the log again at a SIGHUP');
is(told(), 'ready ready', 'skd passes no signal to its children at a SIGHUP');

page_says('Send SIGTERM and SIGCONT to every child, and exit.');
$server->signal('QUIT');
is_deeply(ended($server), $clean, 'skd exits 0 at a SIGQUIT');
ok(eventually(sub { join(' ', sort split ' ', told()) eq 'CONT CONT TERM TERM ready ready' }),
   'skd sends SIGTERM and SIGCONT to its stream child and its datagram child at a SIGQUIT') or diag(told());
log_says($server, qr/: received SIGQUIT, sending SIGTERM and SIGCONT to all connections and quitting$/,
         'skd logs at a SIGQUIT that it sends SIGTERM and SIGCONT to all connections and quits');

page_says('Send SIGKILL to every child, and exit.');
($server, $client) = both();
my @children = $server->served;
is(scalar @children, 2, 'skd -t -u has a stream child and a datagram child before a SIGABRT');
$server->signal('ABRT');
is_deeply(ended($server), $clean, 'skd exits 0 at a SIGABRT');
ok(eventually(sub { !grep { is_live($_) } @children }), 'the children of skd are killed when a SIGABRT ends skd');
is(log_count($server, qr/: received SIGABRT, sending SIGKILL to all connections and quitting$/), 1,
   'skd logs at a SIGABRT that it sends SIGKILL to all connections and quits');

# Also if the caller had blocked them.
for my $signal (qw(TERM INT QUIT ABRT))
{
  my $blocked = skd(['-u', '127.0.0.1:0'], ['cat'], block => [$signal]);
  $blocked->signal($signal);
  is_deeply(ended($blocked), $clean, "skd that was started with SIG$signal blocked exits 0 at a SIG$signal");
}

# What is not ours is as it was.
my $mortal = skd(['-t', '127.0.0.1:0'], ['cat']);
$mortal->signal('ALRM');
is_deeply(ended($mortal), [{ code => 0, signal => 14 }], 'SIGALRM kills skd');

page_says('A signal made skd to exit, or, with -B, all is ready.');

done_testing();
