#!/usr/bin/env perl
# s6-ipcserverd: limits, counted by user, what the log says of them, and what happens in a shortage.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Fcntl qw(O_RDWR);
use Sallyport;
use Sallyport::Unix;

page('s6-ipcserverd');
my $me = $>;
my ($mine) = split ' ', $);
my ($user, $group) = (65533, 65532);
my $greet = ['sh', '-c', 'echo "$IPCREMOTEEUID:$IPCREMOTEEGID $IPCCONNNUM"; exec cat'];

sub lines_of { return map { read_line($_) // 'nothing' } @_ }

# ---- all clients ----

page_says('No more than --max-clients clients are served at once.');
page_says('Further clients wait in the backlog of the listener until a child ends; none of them is refused.');
page_says('Serve at most n clients at once.');
my $two = ipc_daemon(unix_listener(), ['-v2', '-c2'], $greet);
my @clients = map { open_client($two) } 1 .. 4;
is_deeply([lines_of(@clients[0, 1])], ["$me:$mine 1\n", "$me:$mine 2\n"], 's6-ipcserverd -c 2 serves two clients');
say_to($clients[2], "patience\n");
is_serving($two, 2, 's6-ipcserverd -c 2 runs no more than two programs');
stop_sending($clients[0]);
is(read_all($clients[0]), '', 's6-ipcserverd -c 2 ends the session of a client that leaves');
is(read_line($clients[2]), "$me:$mine 2\n", 's6-ipcserverd -c 2 serves the next client when one has left');
is(read_line($clients[2]), "patience\n", 's6-ipcserverd -c 2 loses nothing that a client sends while it waits in the backlog');
log_says($two, qr/^s6-ipcserverd: warning: the client limit 2 is reached: further clients wait in the backlog$/,
  's6-ipcserverd -c 2 logs that the client limit is reached');
is(log_count($two, qr/refuse/), 0, 's6-ipcserverd -c 2 refuses no client');
page_says('The warning that the client limit is reached comes at most once a minute.');
is(log_count($two, qr/limit 2 is reached/), 1, 's6-ipcserverd -c 2 logs once that the client limit is reached');

page_says('The largest n is 1000000, and 0 means 1.');
my $zero = ipc_daemon(unix_listener(), ['-v2', '-c0', '-C0'], ['cat']);
log_says($zero, qr/status: 0\/1$/, 's6-ipcserverd takes -c 0 as -c 1');
is(ask($zero, send => 'x'), 'x', 's6-ipcserverd takes -C 0 as -C 1');
log_says(ipc_daemon(unix_listener(), ['-v2', '-c1000000'], ['cat']), qr/status: 0\/1000000$/,
  's6-ipcserverd -c1000000 has a limit of 1000000 clients');
page_says('The default is 40.');
my $usual = ipc_daemon(unix_listener(), ['-v2'], ['cat']);
is(ask($usual, send => 'x'), 'x', 's6-ipcserverd without limits serves a client');
log_says($usual, qr/status: 1\/40$/, 's6-ipcserverd serves 40 clients by default');
log_says($usual, qr/allow .* count 1\/40$/, 's6-ipcserverd serves 40 clients of a user by default');
page_says('It is lowered to --max-clients if it is above.');
my $lowered = ipc_daemon(unix_listener(), ['-v2', '-c3', '-C', 9], ['cat']);
is(ask($lowered, send => 'x'), 'x', 's6-ipcserverd -c3 -C 9 serves a client');
log_says($lowered, qr/count 1\/3$/, 's6-ipcserverd lowers -C to -c');

# ---- clients of one user ----

page_says('No more than --max-per-source clients of the same effective user id are served at once.');
page_says('Further clients of that user are refused: the connection is closed, and no program is launched.');
page_says('Serve at most n clients of the same effective user id at once.');
my $each = ipc_daemon(unix_listener(), ['-v2', '-C2'], $greet);
@clients = map { open_client($each) } 1, 2;
is_deeply([lines_of(@clients)], ["$me:$mine 1\n", "$me:$mine 2\n"], 's6-ipcserverd -C2 serves two clients of a user');
ok(closed_by_server(open_client($each)), 's6-ipcserverd -C2 refuses a third client of a user') for 1 .. 3;
is_serving($each, 2, 's6-ipcserverd -C2 launches no program for a third client of a user');
page_says('The first refusal of a user is logged at once.');
page_says('Those that follow within a second are summed up in one line, so that no client can fill the log.');
log_says($each, qr/^s6-ipcserverd: info: refuse $me:$mine count 2\/2 source \(-C 2\)$/, 's6-ipcserverd -C2 logs which client it refuses');
log_says($each, qr/^s6-ipcserverd: info: refuse uid:$me count 2\/2 source \(-C 2\) repeated=2$/,
  's6-ipcserverd -C2 logs how often it has refused clients of a user');
is(log_count($each, qr/refuse/), 2, 's6-ipcserverd -C2 logs three refusals of a user in two lines');

page_says('Clients of other users are served meanwhile.');
page_says('all clients are of one source, and --max-clients is the only limit.');
page_says('With -P, all clients are counted.');
page_says('With -P, it has no effect.');
my $all = ipc_daemon(unix_listener(), ['-v2', '-P', '-c3', '-C1'], ['sh', '-c', 'echo "$IPCCONNNUM"; exec cat']);
SKIP:
{
  skip 'becoming another user takes root', 11 unless can_change_ids();
  my @others = as_user($user, $group, sub { map { open_client($each) } 1, 2 });
  is_deeply([lines_of(@others)], ["$user:$group 1\n", "$user:$group 2\n"], 's6-ipcserverd -C2 counts clients of another user apart');
  ok(closed_by_server(as_user($user, $group, sub { open_client($each) })), 's6-ipcserverd -C2 refuses a third client of another user');
  log_says($each, qr/^s6-ipcserverd: info: refuse $user:$group count 2\/2 source \(-C 2\)$/,
    's6-ipcserverd -C2 logs that it refuses a client of another user');
  stop_sending($_), read_all($_) for @others;
  log_says($each, qr/^s6-ipcserverd: info: end pid \d+ exitcode 0 count 0\/2 source=uid:$user ms=\d+$/,
    's6-ipcserverd logs the end of a client of another user with its own source');

  page_says('A client cannot change them, and later changes of its ids do not change them either;');
  my $changed = ipc_daemon(unix_listener(), [], ['sh', '-c', 'read x; grep -q . /dev/null; echo "$IPCREMOTEEUID"']);
  my $client = as_user($user, $group, sub { open_client($changed) });
  say_to($client, "now another user\n");
  is(read_line($client), "$user\n", 's6-ipcserverd sets IPCREMOTEEUID to the user that connected');

  my $first = open_client($all);
  my $second = as_user($user, $group, sub { open_client($all) });
  my $third = open_client($all);
  is_deeply([lines_of($first, $second, $third)], ["1\n", "2\n", "3\n"],
    's6-ipcserverd -P counts clients of all users together, and -C 1 refuses no client');
  page_says('ids are written as a question mark, and the counts are those of all clients.');
  log_says($all, qr/^s6-ipcserverd: info: allow \?:\? pid \d+ count $_\/3$/, "s6-ipcserverd -P logs client number $_ without ids") for 1 .. 3;
  stop_sending($second);
  read_all($second);
  log_says($all, qr/^s6-ipcserverd: info: end pid \d+ exitcode 0 count 2\/3 source=uid:\? ms=\d+$/,
    's6-ipcserverd -P logs the end of a client without ids');
  is(read_line(as_user($user, $group, sub { open_client($each) })), "$user:$group 1\n",
    's6-ipcserverd -C2 serves a user again whose clients have left');
}

# ---- the log ----

page_says('Log this much. With 0, only fatal errors are logged.');
page_says('With 1, which is the default, warnings and refused clients are logged too.');
page_says('With 2 or more, the start, the end, each signal and each client are logged too.');
for my $verbosity (0, 1, 2, 9, undef)
{
  my @option = defined $verbosity ? "-v$verbosity" : ();
  my $level = $verbosity // 1;
  my $server = ipc_daemon(unix_listener(), [@option, '-C1'], $greet);
  my $held = open_client($server);
  read_line($held);
  ok(closed_by_server(open_client($server)), join(' ', 's6-ipcserverd', @option, '-C1 refuses a second client'));
  $server->signal('TERM');
  $server->wait;
  is(!!log_count($server, qr/: info: refuse /), $level >= 1,
    join(' ', 's6-ipcserverd', @option, $level >= 1 ? 'logs a refused client' : 'does not log a refused client'));
  is(!!log_count($server, qr/: info: (?:starting|allow|received|exiting)/), $level >= 2,
    join(' ', 's6-ipcserverd', @option, $level >= 2 ? 'logs each client' : 'does not log each client'));
  is(log_text($server), '', join(' ', 's6-ipcserverd', @option, 'logs nothing')) unless $level;
}

page('sallyport-log');
page_says('A line begins with the name of the program and a level:');
page('s6-ipcserverd');
my $chatty = ipc_daemon(unix_listener(), ['-v2'], ['sh', '-c', 'read x; test "$x" != die || kill -9 $$; exit "$x"']);
is(ask($chatty, send => "7\n"), '', 's6-ipcserverd -v2 serves a client that makes its program exit');
log_says($chatty, qr/end pid/, 's6-ipcserverd -v2 logs the end of a client');
ask($chatty, send => "die\n");
log_says($chatty, qr/signal 9/, 's6-ipcserverd -v2 logs the end of a program that a signal killed');
$chatty->signal('TERM');
$chatty->wait;
my @log = map { s{ ms=\d+\z}{}r } log_lines($chatty);
my @pids = map { /allow .* pid (\d+)/ } @log;
is_deeply(\@log, [map { "s6-ipcserverd: info: $_" } "starting - bound to $chatty->{path}", 'status: 0/40',
  "allow $me:$mine pid $pids[0] count 1/40", 'status: 1/40', "end pid $pids[0] exitcode 7 count 0/40 source=uid:$me", 'status: 0/40',
  "allow $me:$mine pid $pids[1] count 1/40", 'status: 1/40', "end pid $pids[1] signal 9 count 0/40 source=uid:$me", 'status: 0/40',
  'received SIGTERM, quitting', 'exiting'], 's6-ipcserverd -v2 logs its start, each client with its end, the signal and its own end');

my $evil = own_dir() . "/\e[2J\nfatal";
my $scrubbed = ipc_daemon(unix_listener(Local => $evil), ['-v2'], ['true']);
log_says($scrubbed, qr{starting - bound to .*/\?\[2J\?fatal$}, 's6-ipcserverd logs question marks for the control characters of its path');

page_says('If its reader is too slow, or gone, or the disk is full, lines are dropped, and their number is logged when the reader is back.');
pipe my $reader, my $writer or die;
fcntl $writer, 1031, 4096;  # F_SETPIPE_SZ: the smallest pipe there is
my $stuck = ipc_daemon(unix_listener(), ['-v2'], ['cat'], fds => { 2 => $writer });
my $served = grep { ask($stuck, send => 'x') eq 'x' } 1 .. 250;
is($served, 250, 's6-ipcserverd serves 250 clients while its log has no reader');
my $log = '';
ok(eventually(sub { my $n = sysread $reader, $log, 65536, length $log; ask($stuck, send => 'x'); $log =~ /^s6-ipcserverd: warning: lost [1-9]\d* log lines/m }),
   's6-ipcserverd logs how many lines were lost when its log has a reader again');

# ---- a shortage ----

page_says('A shortage of processes, memory or descriptors never costs a client.');
page_says('The log gets one line when this begins and one when it is over.');
page_says('and tries again each time a child ends and after a delay that grows from 10 milliseconds to 1 second.');
SKIP:
{
  skip 'prlimit, to end a shortage with, is not installed', 5 unless tool('prlimit');
  my $poor = ipc_daemon(unix_listener(), ['-v1'], ['cat']);
  allow_descriptors($poor, 4);
  my @waiting = map { open_client($poor) } 1 .. 3;
  say_to($_, "still there\n") for @waiting;
  log_says($poor, qr/^s6-ipcserverd: warning: unable to accept: Too many open files: holding clients until it passes$/,
    's6-ipcserverd logs that it holds clients when it has no descriptors left');
  allow_descriptors($poor, 64);
  is_deeply([lines_of(@waiting)], [("still there\n") x 3], 's6-ipcserverd serves held clients when there are descriptors again');
  log_says($poor, qr/^s6-ipcserverd: warning: no longer holding clients after \d+ ms$/, 's6-ipcserverd logs that a shortage of descriptors is over');
  is(log_count($poor, qr/holding/), 2, 's6-ipcserverd logs a shortage of descriptors in two lines');
}

done_testing();
