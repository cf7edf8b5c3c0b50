#!/usr/bin/env perl
# No listener keeps another one waiting: at the client limit they are served in turn, whatever the queues look like. And no
# client overtakes those who came before it, whether they are held, wait without a program, or are still in the backlog.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

my @announce = ('sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh');

# The first client keeps its program, and the only slot, until it stops sending; every client is noted in the file, in the
# order of the launches.
sub handler { return ('sh', '-c', 'echo "$TCPLOCALPORT" >> "$0"; echo served; exec cat', $_[0]) }

sub server_on
{
  my ($program, $listeners, $file) = @_;
  my %fds = map { 3 + $_ => $listeners->[$_] } 0 .. $#$listeners;
  my @options = $program eq 's6-tcpserverd' ? ('--listen-fds', '-c1', '-C1') : ('-c1', '-C1');
  my $server = start(command => [@announce, bin($program), @options, handler($file)], fds => \%fds, env => { LISTEN_FDS => scalar @$listeners });
  $server->{ip} = '127.0.0.1';
  return $server;
}

# queue: how many clients wait at each listener before the first one leaves.
sub order_of_service
{
  my ($program, @queue) = @_;
  my $file = own_dir() . "/order.$program." . join '.', @queue;
  my @listeners = map { (busy_port())[0] } @queue;
  my $server = server_on($program, \@listeners, $file);
  my $first = open_client($server, port => $listeners[0]->sockport);
  read_line($first);
  my @waiting;
  for my $n (0 .. $#queue) { push @waiting, map { open_client($server, port => $listeners[$n]->sockport) } 1 .. $queue[$n] }
  stop_sending($_) for @waiting, $first;
  read_all($_) for $first, @waiting;
  my %number = map { $listeners[$_]->sockport => $_ } 0 .. $#listeners;
  return join ' ', map { $number{$_} } split /\n/, get_file($file);
}

page('s6-tcpserverd');
page_says('The listeners take turns: none waits while another one is served twice.');
for my $program (qw(s6-tcpserverd tcp-socket-accept))
{
  is(order_of_service($program, 3, 3), '0 1 0 1 0 1 0', "$program: two listeners with three clients each are served in turn");
  is(order_of_service($program, 6, 1), '0 1 0 0 0 0 0 0', "$program: one client at the second listener does not wait for the six at the first one");
  is(order_of_service($program, 2, 2, 2), '0 1 2 0 1 2 0', "$program: three listeners are served in turn");
}

# ---- held, pending and new clients ----

# --first-data on two listeners, with --status-socket: (server, the two ports).
sub patient_server
{
  my ($file, $limit, @program) = @_;
  my @listeners = map { (busy_port())[0] } 0, 1;
  my %fds = map { 3 + $_ => $listeners[$_] } 0, 1;
  my @options = ('--listen-fds', '-v2', "-c$limit", '-C1000', '--first-data=600', "--status-socket=$file");
  my $server = start(command => [@announce, bin('s6-tcpserverd'), @options, @program], fds => \%fds, env => { LISTEN_FDS => 2 });
  $server->{ip} = '127.0.0.1';
  log_has($server, qr/status: 0/);
  return ($server, map { $_->sockport } @listeners);
}

sub pending { return counters_of($_[0])->{pending} // -1 }

SKIP:
{
  skip 'system calls cannot be made to fail here: ' . can_inject(), 1 if can_inject();
  skip 'the leak check of the sanitizer cannot work under strace', 1 if variant() eq 'sanitize';
  my ($file, $status) = map { own_dir() . "/$_" } 'order', 'status';
  my ($server, @ports) = patient_server($status, 1, 'sh', '-c', 'read -r who; echo "$who" >> "$0"; echo served; exec cat', $file);
  my %client = map { $_->[0] => open_client($server, port => $ports[$_->[1]]) } ['silent 1', 0], ['silent 2', 1];
  eventually(sub { pending($status) == 2 }) or diag log_text($server);
  my $first = open_client($server, port => $ports[0]);
  say_to($first, "first\n");
  read_line($first);
  say_to($client{$_}, "$_\n") for 'silent 1', 'silent 2';
  for (['new 1', 0], ['new 2', 0], ['new 3', 1])
  {
    $client{$_->[0]} = open_client($server, port => $ports[$_->[1]]);
    say_to($client{$_->[0]}, "$_->[0]\n");
  }
  stop_sending($_) for values %client;
  my $injection = inject($server, '?clone,?clone3,?vfork,?fork', 'error=EAGAIN');
  stop_sending($first);
  log_has($server, qr/unable to launch: .*holding clients/);
  end_injection($injection);
  read_all($_) for values %client;
  like(get_file($file) =~ s/\n/, /gr, qr/\Afirst, (?:silent 1, silent 2|silent 2, silent 1), (?:new 1, new 3|new 3, new 1), new 2, \z/,
       's6-tcpserverd serves those who waited without a program, one of them held, before the backlogs, which take turns, after a shortage');
}

SKIP:
{
  skip 'the clients cannot be compiled here', 3 unless c_program('clients') && echo_program();
  my $status = own_dir() . '/status.load';
  my ($server, @ports) = patient_server($status, 2, echo_program());
  my @silent = map { open_client($server, port => $ports[$_ % 2]) } 1 .. 20;
  eventually(sub { pending($status) == @silent }) or diag log_text($server);
  my $greedy = crowd_of({ ip => '127.0.0.1', port => $ports[0] }, 0, '-a', 100, '-k', 't');
  my $modest = crowd_of({ ip => '127.0.0.1', port => $ports[1] }, 500, '-a', 10, '-k', 't');
  my $answered = 0;
  for my $client (@silent)
  {
    say_to($client, "silent\nq");
    $answered++ if (read_line($client) // '') eq "silent\n";
  }
  is($answered, @silent, 's6-tcpserverd -c 2 serves also those who were silent for long while two crowds keep it full');
  is(crowd_result($modest, 4 * deadline())->{answered}, 500,
    's6-tcpserverd serves a small crowd at the second listener while a large one never ends at the first');
  $greedy->signal('TERM');
  cmp_ok(crowd_result($greedy)->{answered}, '>', 0, 's6-tcpserverd serves a large crowd at the first listener while a small one comes to the second');
}

done_testing();
