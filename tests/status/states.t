#!/usr/bin/env perl
# The states of a service, where options change what they mean.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

sub shown { return run(bin('s6-serverstat'), @_)->{out} }
sub check { return run(bin('s6-serverstat'), '--check', @_)->{code} }

page('s6-serverstat');

page_says('The daemon takes no new clients after its --drain-grace, and ends when the last one has gone.');
my $path = unix_path();
my $server = start_server(['-v', '--drain-grace=600', "--status-socket=$path"], ['echo', 'hello']);
is(check($path), 0, 'a service that is not draining serves');
$server->signal('USR1');
log_says($server, qr/draining: 0 clients$/, 'the log has the beginning of the drain');
like(shown($path), qr/^\Q$path\E: draining$/m, 'a service is draining from the signal on');
is(check($path), 1, '--check: a service that is draining is not to get clients');
is(ask($server), "hello\n", '--drain-grace: a client that comes all the same is served');

page_says('The client limit is reached: further clients wait in the backlog, or are refused with --refuse-when-full.');
$path = unix_path();
$server = start_server(['-c', 1, '--refuse-when-full', "--status-socket=$path"], ['cat']);
my $client = open_client($server);
say_to($client, "a\n");
is(read_line($client), "a\n", '--refuse-when-full -c 1: the first client is served');
like(shown($path), qr/^\Q$path\E: full$/m, '--refuse-when-full -c 1: the service is full');
ok(closed_by_server(open_client($server)), '--refuse-when-full -c 1: the second client is refused');

page_says('those that --max-session or --max-idle ended;');
for my $option ('--max-session=1', '--max-idle=1')
{
  SKIP:
  {
    skip '--max-idle is for Linux', 2 if $option =~ /idle/ && platform() ne 'linux';
    $path = unix_path();
    $server = start_server([$option, "--status-socket=$path"], ['cat']);
    is(counters_of($path)->{'told_to_end_total{why="session"}'}, 0, "$option: no session was told to end at the start");
    read_all(open_client($server));
    is(counters_of($path)->{'told_to_end_total{why="session"}'}, 1, "$option: the session that it ends is counted");
  }
}

# A service that says of itself that it is holding: what a real one says, with this changed.
page_says('A service that is holding counts as one that serves: a shortage passes.');
my $text = read_all(IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path)) =~ s/^(sallyport_holding) 0$/$1 1/mr;
my $holding = unix_path();
my $stand_in = start_server([], ['cat', put_file('holding', $text)], path => $holding);
like(shown($holding), qr/^\Q$holding\E: holding$/m, 'a service that is holding is shown as holding');
is(check($holding), 0, '--check: a service that is holding counts as one that serves');

done_testing();
