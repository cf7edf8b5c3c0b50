#!/usr/bin/env perl
# udp-socket-listen: what differs from TCP.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;
use IO::Socket::IP;
use Socket qw(SOCK_DGRAM);

page('udp-socket-listen');
my $listen = bin('udp-socket-listen');
my $loopback = '127.0.0.1';

page_says('makes a UDP socket and binds it to host and service.');
page_says('The socket is on descriptor 3,');
page_says('The socket is in blocking mode.');
my $plain = handed($listen, $loopback, 0);
is("@{$plain->{fd}{3}}{qw(family type ip acceptconn nonblock)}", "inet dgram $loopback 0 0",
   'udp-socket-listen has a blocking UDP socket on descriptor 3');
is("$plain->{open} $plain->{err}", '0 1 2 3 ', 'udp-socket-listen leaves no other descriptor open and prints nothing on stderr');

page_says('which receives and sends the messages itself.');
my $receive = 'open my $s, "+<&=", 3; my $from = recv $s, my $m, 100, 0; send $s, "back: $m", 0, $from';
my $echo = start_listening(ip => $loopback, command => [$listen, '--announce', $loopback, 0, $^X, '-e', $receive]);
my $client = IO::Socket::IP->new(PeerHost => $loopback, PeerPort => $echo->{port}, Type => SOCK_DGRAM) or die "no socket: $!\n";
$client->send('hello');
ok(IO::Select->new($client)->can_read(deadline()), 'prog of udp-socket-listen answers a message');
$client->recv(my $answer, 100);
is($answer, 'back: hello', 'prog of udp-socket-listen receives the text of a message');

page_says('Write the port of the socket and a newline to the standard output when messages can come.');
my $told = handed($listen, '-1', $loopback, 0);
is($told->{announced}, $told->{fd}{3}{port}, 'udp-socket-listen -1 writes the port of its socket to stdout');

page_says('Keep the address and port for this socket alone. This is the default.');
is(handed($listen, $loopback, 0)->{fd}{3}{reuseaddr}, 0, 'udp-socket-listen does not share its address');
is(handed($listen, '--reuse-address', $loopback, 0)->{fd}{3}{reuseaddr}, 1, 'udp-socket-listen --reuse-address shares its address');
is(handed($listen, '--reuse-address', '--no-reuse-address', $loopback, 0)->{fd}{3}{reuseaddr}, 0,
   'udp-socket-listen --reuse-address --no-reuse-address does not share its address');
my $busy = start_listening(command => [$listen, '--announce', $loopback, 0, 'sleep', deadline()]);
my $second = run($listen, $loopback, $busy->{port}, 'true');
is($second->{code}, 111, 'udp-socket-listen exits 111 with the port of another one');
like($second->{err}, qr/\Audp-socket-listen: fatal: unable to bind to \Q$loopback\E port $busy->{port}: Address already in use\n\z/,
     'udp-socket-listen reports that the port is in use');
page_says('Let several sockets that all have this option share the same address and port; each message comes to one of them.');
page_says('Let several sockets that all have this option share the same address and port; the system spreads the senders over them.');
for my $option ('--reuse-address', '--reuse-port')
{
  my $first = start_listening(command => [$listen, '--announce', $option, $loopback, 0, 'sleep', deadline()]);
  is(run($listen, $option, $loopback, $first->{port}, 'true')->{code}, 0, "two udp-socket-listen $option share a port");
  is(run($listen, $loopback, $first->{port}, 'true')->{code}, 111, "udp-socket-listen exits 111 with the port of another one that has $option");
}

SKIP:
{
  skip 'IPv6 is not available', 3 unless have_ipv6();
  page_says('Every IPv4 and every IPv6 address of the machine.');
  is("@{handed($listen, '*', 0)->{fd}{3}}{qw(ip v6only)}", ':: 0', 'udp-socket-listen with host * binds every IPv4 and IPv6 address');
  is("@{handed($listen, '::', 0)->{fd}{3}}{qw(ip v6only)}", ':: 1', 'udp-socket-listen with host :: binds every IPv6 address and no IPv4 address');
}

page_says('Every operand and every argument of an option is checked as a whole before anything is made.');
is(run($listen, @$_)->{code}, 100, "udp-socket-listen exits 100 with these words: @$_")
  for [], [$loopback, 0], [$loopback, 65536, 'true'], ['--backlog=5', $loopback, 0, 'true'], ['-H', 'localhost', 0, 'true'];
is(run($listen, $loopback, 0, '/no/such/program')->{code}, 127, 'udp-socket-listen exits 127 for a prog that does not exist');

done_testing;
