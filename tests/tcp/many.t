#!/usr/bin/env perl
# s6-tcpserverd over many connections: all are served and counted, and nothing remains.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserverd');
page_says('Launch prog by posix_spawn(3) instead of the quicker way that Linux offers. What a client sees is the same.');

for my $way (['quick'], ['portable', '--portable-launch'])
{
  my ($name, @options) = @$way;

  # One after the other.
  my $server = start_server(['-v', @options], ['echo', 'served']);
  ask($server);
  my $before = fd_targets($server->pid);
  my $good = grep { ask($server) eq "served\n" } 1 .. 499;
  is($good, 499, "s6-tcpserver, $name launch: 500 clients, one after the other, are served");
  ok(eventually(sub { log_count($server, qr/info: end /) == 500 }), "s6-tcpserver, $name launch: the log has the ends of 500 clients");
  is(log_count($server, qr/info: accept /), 500, "s6-tcpserver, $name launch: 500 clients, one after the other, are accepted");
  is(log_count($server, qr/refuse|warning/), 0, "s6-tcpserver, $name launch: none of 500 clients, one after the other, is refused");
  like((log_lines($server))[-1], qr{status: 0/40$}, "s6-tcpserver, $name launch: the status line has no client left after 500");
  is_deeply([zombies($server->pid)], [], "s6-tcpserver, $name launch: no zombie is left after 500 clients, one after the other");
  is_deeply(fd_targets($server->pid), $before, "s6-tcpserver, $name launch: no descriptor is leaked by 500 clients");

  # All at once, and half of them leave in a random order.
  my $crowd = start_server(['-v', '-c', 300, '-C', 300, @options], ['sh', '-c', 'echo "$TCPCONNNUM"; exec cat']);
  my @clients = map { open_client($crowd) } 1 .. 200;
  my %numbers = map { (read_line($_) // '') => 1 } @clients;
  is(scalar(keys %numbers), 200, "s6-tcpserver, $name launch: 200 clients at once have 200 numbers");
  is_serving($crowd, 200, "s6-tcpserver, $name launch: 200 clients at once have 200 children");
  my @staying;
  for (@clients) { push @staying, rand() < 0.5 ? $_ : () }
  my %stays = map { $_ => 1 } @staying;
  my @leaving = grep { !$stays{$_} } @clients;
  stop_sending($_) for @leaving;
  read_all($_) for @leaving;
  my $left = @staying;
  log_says($crowd, qr{status: $left/300$}, "s6-tcpserver, $name launch: the log counts the clients that stay when others of 200 leave");
  is(scalar(grep { say_to($_, "still\n"); (read_line($_) // '') eq "still\n" } @staying), $left,
    "s6-tcpserver, $name launch: all clients that stay when others of 200 leave are still served");
  stop_sending($_) for @staying;
  read_all($_) for @staying;
  ok(eventually(sub { (log_lines($crowd))[-1] =~ m{status: 0/300$} }),
     "s6-tcpserver, $name launch: the status line has no client left after 200 at once");
  is_deeply([zombies($crowd->pid)], [], "s6-tcpserver, $name launch: no zombie is left after 200 clients at once");
}

done_testing();
