#!/usr/bin/env perl
# No listener keeps another one waiting: at the client limit they are served in turn, whatever the queues look like.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

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

done_testing();
