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
  is(read_line($client), "ready\n", 'a client is served');
  send_datagram(datagram_client($server, port => $server->{ports}[1]), 'x');
  ok(eventually(sub { log_count($server, qr/: receive /) }), 'and a datagram');
  return ($server, $client);
}

page_says('Exit. The children are left alone, and serve their clients to the end.');
for my $signal (qw(TERM INT))
{
  my $go = own_dir() . "/go.$signal";
  my ($server, $client) = both(prog => ['sh', '-c', 'case $PROTO in TCP) echo ready; read x; echo "got $x";; *) while test ! -e $0; do sleep 0.02; done; touch $0.done;; esac', $go]);
  $server->signal($signal);
  is_deeply(ended($server), $clean, "SIG$signal: exit 0");
  is(log_count($server, qr/: received SIG$signal, quitting$/), 1, 'the log says so');
  is(log_count($server, qr/: exiting$/), 1, 'and that it exits');
  say_to($client, "word\n");
  is(read_all($client), "got word\n", 'a stream child serves on');
  put_file($go, '');
  ok(eventually(sub { -e "$go.done" }), 'and so does a datagram child');
}

page_says('A SIGINT that the caller ignored stays ignored.');
my $deaf = skd(['-t', '127.0.0.1:0'], ['cat'], ignore => ['INT']);
$deaf->signal('INT');
is(ask($deaf, send => 'x'), 'x', 'a daemon started in the background of a script');
ok(signal_in_mask(status_field($deaf->pid, 'SigIgn'), 2), 'SIGINT is still ignored');

page_says('Children are left alone: this is not what the signal means to s6-tcpserverd(1).');
my ($server, $client) = both();
eventually(sub { told() eq 'ready ready' });
$server->signal('HUP');
log_says($server, qr/: received SIGHUP, opening the log again$/, 'SIGHUP');
is(told(), 'ready ready', 'no child gets a signal');

page_says('Send SIGTERM and SIGCONT to every child, and exit.');
$server->signal('QUIT');
is_deeply(ended($server), $clean, 'SIGQUIT: exit 0');
ok(eventually(sub { join(' ', sort split ' ', told()) eq 'CONT CONT TERM TERM ready ready' }), 'both children get both signals') or diag(told());
log_says($server, qr/: received SIGQUIT, sending SIGTERM and SIGCONT to all connections and quitting$/, 'the log says so');

page_says('Send SIGKILL to every child, and exit.');
($server, $client) = both();
my @children = $server->served;
is(scalar @children, 2, 'two children');
$server->signal('ABRT');
is_deeply(ended($server), $clean, 'SIGABRT: exit 0');
ok(eventually(sub { !grep { is_live($_) } @children }), 'both children are gone');
is(log_count($server, qr/: received SIGABRT, sending SIGKILL to all connections and quitting$/), 1, 'the log says so');

# Also if the caller had blocked them.
for my $signal (qw(TERM INT QUIT ABRT))
{
  my $blocked = skd(['-u', '127.0.0.1:0'], ['cat'], block => [$signal]);
  $blocked->signal($signal);
  is_deeply(ended($blocked), $clean, "SIG$signal, blocked by the caller");
}

# What is not ours is as it was.
my $mortal = skd(['-t', '127.0.0.1:0'], ['cat']);
$mortal->signal('ALRM');
is_deeply(ended($mortal), [{ code => 0, signal => 14 }], 'SIGALRM kills it, as it does');

page_says('A signal made skd to exit, or, with -B, all is ready.');

done_testing();
