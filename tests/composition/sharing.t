#!/usr/bin/env perl
# Several acceptors for one address: of one listener that all of them inherited, and of a listener for each.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use IO::Socket::IP;
use IO::Socket::UNIX;
use Socket qw(SOMAXCONN SOCK_STREAM);

my $loopback = '127.0.0.1';
my $listen = bin('tcp-socket-listen');
my $accept = bin('tcp-socket-accept');
my $who = ['sh', '-c', 'echo "$PPID"'];

sub ready { return log_has($_[0], qr/status: 0\//) }

# Asks until everyone of the processes has answered, or so often that it must be said that some never will.
sub answers
{
  my ($ask, $least, $most, @servers) = @_;
  my %by;
  for my $n (1 .. $most)
  {
    my $answer = $ask->() // 'nothing';
    $answer =~ s/\n//;
    $by{$answer}++;
    last if $n >= $least && @servers == grep { $by{$_->pid} } @servers;
  }
  return \%by;
}

# ---- one listener for all ----

for my $case (['TCP', $accept], ['Unix-domain', bin('local-stream-socket-accept')])
{
  my ($what, $program) = @$case;
  my $path = own_dir() . '/shared';
  my $listener = $what eq 'TCP' ? IO::Socket::IP->new(LocalHost => $loopback, LocalPort => 0, Listen => SOMAXCONN, ReuseAddr => 1) : IO::Socket::UNIX->new(Local => $path, Listen => SOMAXCONN);
  $listener->blocking(0);
  my @servers = map { start(fds => { 3 => $listener }, command => [$program, '-c', 1000, '-v', @$who]) } 1 .. 4;
  ready($_) for @servers;
  my $open = $what eq 'TCP' ? sub { open_client({ ip => $loopback, port => $listener->sockport }) } : sub { open_client({ path => $path }) };

  my $by = answers(sub { read_all($open->()) }, 200, 200, @servers);
  my $sum = 0;
  $sum += $by->{$_->pid} // 0 for @servers;
  is($sum, 200, "$what: each of 200 clients is served by one of four acceptors that share a non-blocking listener");

  # All at once, so that the processes wake up for the same clients.
  my @clients = map { $open->() } 1 .. 60;
  my %pids = map { $_->pid => 1 } @servers;
  is(scalar(grep { /\A(\d+)\n\z/ && $pids{$1} } map { read_all($_) // '' } @clients), 60,
     "$what: each of 60 clients at once is served by one of four acceptors that share a non-blocking listener");
  is(scalar(grep { $_->alive } @servers), 4, "$what: all of four acceptors that share a non-blocking listener are alive after 260 clients");
  is(join('', map { grep { !/: info: (starting|status|accept|end) / && !/: info: status:/ } log_lines($_) } @servers), '',
     "$what: none of four acceptors that share a non-blocking listener logs an error or a warning");
  for my $server (@servers)
  {
    my $accepted = log_count($server, qr/: info: accept /);
    my $ended = eventually(sub { log_count($server, qr/: info: end /) == $accepted });
    ok($ended, "$what: an acceptor that shares a non-blocking listener logs the end of each client that it accepted");
  }
  my $last = shift @servers;
  $last->signal('TERM');
  is(($last->wait // {})->{code}, 0, "$what: one of four acceptors that share a listener exits 0 at a SIGTERM");
  like(read_all($open->()), qr/\A\d+\n\z/, "$what: the others serve a client when one of four acceptors that share a listener has ended");
  $_->signal('KILL') for @servers;
}

# ---- a listener for each, on the same port ----

my $first = start_listening(ip => $loopback, command => [$listen, '-1', '--reuse-port', $loopback, 0, $accept, '-c', 1000, '-v', @$who]);
my $port = $first->{port};
my @four = ($first, map { start(command => [$listen, '--reuse-port', $loopback, $port, $accept, '-c', 1000, '-v', @$who]) } 2 .. 4);
ok(ready($_), 'tcp-socket-accept after tcp-socket-listen --reuse-port starts') for @four;
is(run($listen, $loopback, $port, 'true')->{code}, 111, 'tcp-socket-listen without --reuse-port exits 111 with a port that others share');

my $by = answers(sub { ask($first) }, 100, 2000, @four);
is(scalar(grep { $by->{$_->pid} } @four), 4, 'each of four tcp-socket-accept after tcp-socket-listen --reuse-port on one port serves a client');
is(scalar(grep { !/\A\d+\z/ } keys %$by), 0,
   'each client of four tcp-socket-accept after tcp-socket-listen --reuse-port on one port gets an answer');
is(scalar(grep { $_->alive } @four), 4, 'all of four tcp-socket-accept after tcp-socket-listen --reuse-port on one port stay alive');

done_testing;
