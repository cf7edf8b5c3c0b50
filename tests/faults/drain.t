#!/usr/bin/env perl
# SIGUSR1: what waits in the backlog is served, the listeners are closed, sessions end by themselves, and then the daemon
# does. Every daemon, whatever it is doing at that moment.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;

page('s6-tcpserverd');
page_says('Drain: serve the clients that wait in the backlog, close the listeners, and exit 0 when the last client has ended.');
page_says('No client is refused or cut short.');

my $clean = { code => 0, signal => 0 };
my $hold = ['sh', '-c', 'echo served; exec cat'];

sub is_closed_to_clients
{
  my ($server) = @_;
  return eventually(sub { !eval { open_client($server); 1 } });
}

# True if the client still has its session.
sub echoes
{
  my ($client) = @_;
  say_to($client, "still there?\n");
  return (read_line($client) // '') eq "still there?\n";
}

sub leave
{
  my ($client) = @_;
  stop_sending($client);
  return read_all($client);
}

# ---- every daemon ----

my @announce = ('sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh');

sub acceptor
{
  my (@options) = @_;
  my ($listener) = busy_port();
  my $server = start(command => [@announce, bin('tcp-socket-accept'), @options, '--', @$hold], fds => { 3 => $listener }, env => { LISTEN_FDS => 1 });
  @$server{qw(ip port)} = ('127.0.0.1', $listener->sockport);
  close $listener;
  return $server;
}

my $paths = 0;
my %start = (
  's6-tcpserver' => sub { start_server(['-v', @_], $hold) },
  's6-ipcserver' => sub { start_server(['-v', @_], $hold, path => own_dir() . '/path.' . $paths++) },
  'tcp-socket-accept' => sub { acceptor('-v', @_) },
  'skd' => sub { skd(['-v', '-t', '127.0.0.1:0', @_], $hold) });

for my $program (sort keys %start)
{
  my $idle = $start{$program}->();
  log_says($idle, qr/: info: starting/, "$program logs its start");
  $idle->signal('USR1');
  is_deeply($idle->wait, $clean, "$program ends at once on SIGUSR1 when it has no client");
  ok(log_has($idle, qr/: info: received SIGUSR1, draining: 0 clients$/) && log_has($idle, qr/: info: drained$/),
    "$program logs the beginning and the end of a drain");

  my $server = $start{$program}->();
  my @clients = map { open_client($server) } 1 .. 3;
  read_line($_) for @clients;
  $server->signal('USR1');
  log_says($server, qr/draining: 3 clients$/, "$program logs the number of clients when it drains");
  ok(is_closed_to_clients($server), "$program: new clients are refused by the system during a drain");
  is(scalar(grep { echoes($_) } @clients), 3, "$program: sessions go on during a drain");
  $server->signal('USR1');
  leave($_) for @clients[0, 1];
  ok(echoes($clients[2]), "$program: the last session goes on during a drain, and a second SIGUSR1 changes nothing");
  ok($server->alive, "$program waits for the last client of a drain");
  leave($clients[2]);
  is_deeply($server->wait, $clean, "$program ends with the last client of a drain");

  my $full = $start{$program}->('-c', 1);
  my @waiting = map { open_client($full) } 1 .. 6;
  read_line($waiting[0]);
  $full->signal('USR1');
  ok(is_closed_to_clients($full), "$program closes its listener on SIGUSR1 also at its client limit");
  is(join('', map { leave($_) // 'nothing' } @waiting), "served\n" x 5,
    "$program -c 1: clients that wait in the backlog when a drain begins are served one after the other");
  is_deeply($full->wait, $clean, "$program -c 1 ends when the clients of its backlog have been served");

  my $final = $start{$program}->();
  my $client = open_client($final);
  read_line($client);
  $final->signal('USR1');
  log_says($final, qr/draining/, "$program logs that it is draining");
  $final->signal('TERM');
  is_deeply($final->wait, $clean, "$program: SIGTERM ends a drain at once");
  ok(echoes($client), "$program: SIGTERM during a drain leaves the session alone");
}
page_says('The other signals keep their meaning meanwhile.');

# ---- the options ----

page_says('go on accepting for so long before the listeners are closed, so that a balancer can notice first.');
my $graceful = start_server(['-v', '--drain-grace=1'], $hold);
$graceful->signal('USR1');
log_says($graceful, qr/draining: 0 clients$/, 's6-tcpserver --drain-grace logs that a drain begins');
my $late = open_client($graceful);
is(read_line($late), "served\n", 's6-tcpserver --drain-grace accepts clients during the time of grace');
ok(is_closed_to_clients($graceful), 's6-tcpserver --drain-grace closes its listener when the time of grace is over');
ok(echoes($late), 's6-tcpserver --drain-grace goes on serving a client that came in the time of grace');
leave($late);
is_deeply($graceful->wait, $clean, 's6-tcpserver --drain-grace ends with its last client');

page_says('End the clients that are still served so long after a drain has closed the listeners: their programs get SIGTERM and SIGCONT, and 10 seconds later SIGKILL.');
my $impatient = start_server(['--drain-deadline=1'], $hold);
my @long = map { open_client($impatient) } 1, 2;
read_line($_) for @long;
$impatient->signal('USR1');
is_deeply($impatient->wait, $clean, 's6-tcpserver --drain-deadline ends when the deadline is reached');
log_says($impatient, qr/: warning: the drain deadline is reached: ending 2 clients$/, 's6-tcpserver --drain-deadline logs how many clients it ends');
is(join('', map { read_all($_) // 'open' } @long), '', 's6-tcpserver --drain-deadline ends the sessions of its clients');

for my $wrong (['--drain-grace=x'], ['--drain-deadline=-1'], ['--drain-deadline='])
{
  my $end = run(bin('s6-tcpserver'), @$wrong, '127.0.0.1', 0, 'true');
  is($end->{code}, 100, "s6-tcpserver @$wrong is a usage error");
  like($end->{err}, qr/--drain-\w+ must be seconds from 0 to 1000000/, "s6-tcpserver @$wrong prints which values the option may have");
}

# ---- datagrams ----

my $datagrams = skd(['-v', '-u', '127.0.0.1:0'], answer_with('<STDERR>; $out = $in; sleep 1'));
send_datagram(datagram_client($datagrams), 'x');
log_says($datagrams, qr/info: receive/, 'skd -u logs that it receives a datagram');
$datagrams->signal('USR1');
is_deeply($datagrams->wait, $clean, 'skd -u that drains waits for the programs of datagrams');
log_says($datagrams, qr/info: end pid \d+ exitcode 0 at/, 'skd -u that drains lets the programs of datagrams end by themselves');

# ---- under load: one server after the other on the same listener, which the test holds ----

my ($listener) = busy_port();
sub on_listener
{
  my $server = start(command => [bin('s6-tcpserverd'), '-v2', '-c', 20, '-C', 20, 'sh', '-c', 'read x; echo "$x"'], fds => { 0 => $listener });
  @$server{qw(ip port)} = ('127.0.0.1', $listener->sockport);
  log_has($server, qr/info: starting/);
  return $server;
}

my ($lost, $served) = (0, 0);
my $current = on_listener();
for my $round (1 .. 5)
{
  my $load = open my $results, '-|';
  die "cannot fork: $!\n" unless defined $load;
  if (!$load)
  {
    my @open;
    for my $n (1 .. 200)
    {
      push @open, open_client($current);
      next if @open < 40;
      my $one = shift @open;
      say_to($one, "$n\n");
      print +((read_all($one) // '') eq "$n\n" ? "good\n" : "lost\n");
    }
    for my $one (@open) { say_to($one, "end\n"); print +((read_all($one) // '') eq "end\n" ? "good\n" : "lost\n") }
    close STDOUT;
    POSIX::_exit(0);
  }
  select undef, undef, undef, 0.02 * $round;
  my $next = on_listener();
  $current->signal('USR1');
  while (<$results>) { $served++ if $_ eq "good\n"; $lost++ if $_ eq "lost\n" }
  is_deeply($current->wait, $clean, "s6-tcpserverd under load ends after SIGUSR1 when the next one has its listener, round $round");
  $current = $next;
}
is("$served $lost", '1000 0', 'five s6-tcpserverd one after the other on a held listener serve every client');

# ---- PID 1 ----

SKIP:
{
  my $unshare = tool('unshare');
  my @under = ($unshare // '', (is_root() ? () : '-r'), '-p', '--fork', '--mount-proc');
  skip 'the right to make a PID namespace is missing', 6 unless $unshare && (run(@under, 'true')->{code} // 1) == 0;
  page_says('with a deadline of 10 seconds unless --drain-deadline is given; a second SIGTERM is final.');
  for my $second (0, 1)
  {
    my $first = start_server(['-v', '--drain-deadline=0'], $hold, under => \@under);
    my ($daemon) = children($first->pid);
    my $session = open_client($first);
    read_line($session);
    kill 'TERM', $daemon;
    log_says($first, qr/received SIGTERM, draining: 1 clients$/, 's6-tcpserver as PID 1 drains on SIGTERM');
    ok(echoes($session), 's6-tcpserver as PID 1: a session goes on during a drain');
    if ($second) { kill 'TERM', $daemon } else { leave($session) }
    is_deeply($first->wait, $clean,
      $second ? 's6-tcpserver as PID 1 ends at once on a second SIGTERM' : 's6-tcpserver as PID 1 that drains ends with its last client');
  }
}

done_testing();
