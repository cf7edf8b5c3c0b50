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
is("@{$plain->{fd}{3}}{qw(family type ip acceptconn nonblock)}", "inet dgram $loopback 0 0", 'its descriptor 3 is a blocking UDP socket');
is("$plain->{open} $plain->{err}", '0 1 2 3 ', 'nothing else is open, nothing is said');

page_says('which receives and sends the messages itself.');
my $receive = 'open my $s, "+<&=", 3; my $from = recv $s, my $m, 100, 0; send $s, "back: $m", 0, $from';
my $echo = start_listening(ip => $loopback, command => [$listen, '--announce', $loopback, 0, $^X, '-e', $receive]);
my $client = IO::Socket::IP->new(PeerHost => $loopback, PeerPort => $echo->{port}, Type => SOCK_DGRAM) or die "no socket: $!\n";
$client->send('hello');
ok(IO::Select->new($client)->can_read(deadline()), 'there is an answer');
$client->recv(my $answer, 100);
is($answer, 'back: hello', 'to a real message');

page_says('Write the port of the socket and a newline to the standard output when messages can come.');
my $told = handed($listen, '-1', $loopback, 0);
is($told->{announced}, $told->{fd}{3}{port}, 'the port is told');

page_says('Keep the address and port for this socket alone. This is the default.');
is(handed($listen, $loopback, 0)->{fd}{3}{reuseaddr}, 0, 'no sharing');
is(handed($listen, '--reuse-address', $loopback, 0)->{fd}{3}{reuseaddr}, 1, 'unless it is asked for');
is(handed($listen, '--reuse-address', '--no-reuse-address', $loopback, 0)->{fd}{3}{reuseaddr}, 0, 'the last of both counts');
my $busy = start_listening(command => [$listen, '--announce', $loopback, 0, 'sleep', deadline()]);
my $second = run($listen, $loopback, $busy->{port}, 'true');
is($second->{code}, 111, 'a second one does not get the port');
like($second->{err}, qr/\Audp-socket-listen: fatal: unable to bind to \Q$loopback\E port $busy->{port}: Address already in use\n\z/, 'and says so');
page_says('Let several sockets that all have this option share the same address and port; each message comes to one of them.');
page_says('Let several sockets that all have this option share the same address and port; the system spreads the senders over them.');
for my $option ('--reuse-address', '--reuse-port')
{
  my $first = start_listening(command => [$listen, '--announce', $option, $loopback, 0, 'sleep', deadline()]);
  is(run($listen, $option, $loopback, $first->{port}, 'true')->{code}, 0, "two with $option share a port");
  is(run($listen, $loopback, $first->{port}, 'true')->{code}, 111, 'one without does not join');
}

SKIP:
{
  skip 'IPv6 is not available', 3 unless have_ipv6();
  page_says('Every IPv4 and every IPv6 address of the machine.');
  is("@{handed($listen, '*', 0)->{fd}{3}}{qw(ip v6only)}", ':: 0', 'every address of both versions');
  is("@{handed($listen, '::', 0)->{fd}{3}}{qw(ip v6only)}", ':: 1', 'every IPv6 address');
}

page_says('Every operand and every argument of an option is checked as a whole before anything is made.');
is(run($listen, @$_)->{code}, 100, "usage error: @$_") for [], [$loopback, 0], [$loopback, 65536, 'true'], ['--backlog=5', $loopback, 0, 'true'], ['-H', 'localhost', 0, 'true'];
is(run($listen, $loopback, 0, '/no/such/program')->{code}, 127, 'a program that is not there');

done_testing;
