#!/usr/bin/env perl
# examples/relay: a service after it sees the clients' own addresses, and both directions are whole.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());

my $backend = start_server(['-v', '--proxy=2', '--proxy-from=127.0.0.1', '-C', 2], ['sh', '-c', 'echo "$TCPREMOTEIP $TCPREMOTEPORT by $TCPPROXYIP"; exec cat']);
my $relay = start_example('relay', PORT => 0, BACKEND_PORT => $backend->{port});
$relay->{port} = eventually(sub { port_of($relay) });
$relay->{ip} = '127.0.0.1';
ok($relay->{port}, 'examples/relay starts') or BAIL_OUT(log_text($relay));

my $client = open_client($relay, from => '127.0.0.7');
my $text = join '', map { "line $_\n" } 1 .. 20000;
my $writer = fork // die;
if (!$writer)
{
  say_to($client, $text);
  stop_sending($client);
  require POSIX;
  POSIX::_exit(0);
}
is(read_line($client), '127.0.0.7 ' . $client->sockport . " by 127.0.0.1\n",
  'the service that examples/relay forwards to has the address of the client');
ok(read_all($client) eq $text, 'examples/relay forwards 20000 lines in both directions');
waitpid $writer, 0;

my @held = map { open_client($relay, from => '127.0.0.8') } 1, 2;
like(read_line($_), qr/^127\.0\.0\.8 /, 'the service that examples/relay forwards to serves two connections of an address') for @held;
is(read_all(open_client($relay, from => '127.0.0.8')), '', 'the service that examples/relay forwards to refuses the third connection of an address');
like(read_line(open_client($relay, from => '127.0.0.9')), qr/^127\.0\.0\.9 /,
  'the service that examples/relay forwards to serves another address meanwhile');
log_says($backend, qr{info: refuse 127\.0\.0\.8_\d+ count 2/2 source \(-C 2\) via=127\.0\.0\.1_\d+$},
  'the service that examples/relay forwards to logs the refusal of the third connection');

done_testing();
