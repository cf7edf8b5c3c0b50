#!/usr/bin/env perl
# The log: which lines a number of clients follows, and who is refused at the limit.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('sallyport-log');

page_says('How many clients are served now: at the start, and after each accept, allow and end.');
my $stubborn = ['sh', '-c', 'trap "" TERM; echo hello; while read -r line; do :; done; while :; do sleep 1; done'];
my $server = start_server(['-v', '--max-session=1', '--kill-after=1'], $stubborn);
my $client = open_client($server);
read_line($client);
log_says($server, qr/status: 0\/40$/, 'the start has a status');
log_says($server, qr/ending pid \d+ after [1-9]\d* s: session$/, 'the log has that a session is told to end');
log_says($server, qr/killing pid \d+: it did not end within 1 s$/, 'the log has that its program is killed');
log_says($server, qr/end pid \d+ signal 9 /, 'the log has its end');
$server->signal('TERM');
$server->wait;
is(join(' ', map { /info: (accept|ending|end|status)|warning: (killing)/ ? $1 // $2 : () } log_lines($server)), 'status accept status ending killing end status',
  'a status follows the start, each accept and each end, and nothing else');

page_says('Clients wait because of these; none is refused, except with --refuse-when-full.');
for my $options ([], ['--refuse-when-full'])
{
  $server = start_server(['-v', '-c', 1, @$options], ['cat']);
  my @clients = map { open_client($server) } 1, 2;
  say_to($_, "a\n") for @clients;
  is(read_line($clients[0]), "a\n", "-c 1 @$options: the first client is served");
  if (@$options) { ok(closed_by_server($clients[1]), '-c 1 --refuse-when-full: the second client is refused') }
  else
  {
    stop_sending($clients[0]);
    is(read_line($clients[1]), "a\n", '-c 1: the second client is served after the first');
    is(log_count($server, qr/ refuse /), 0, '-c 1: no client is refused');
  }
}

page_says('Refusals, penalties and warnings about clients are logged at once the first time.');
$server = start_server(['-v', '-C', 1], ['cat']);
$client = open_client($server);
say_to($client, "a\n");
read_line($client);
closed_by_server(open_client($server)) for 1, 2;
$server->signal('TERM');
$server->wait;
my ($first) = grep { / refuse / } log_lines($server);
unlike($first, qr/repeated=/, 'the first refusal has a line of its own');

done_testing();
