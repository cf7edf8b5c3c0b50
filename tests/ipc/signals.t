#!/usr/bin/env perl
# s6-ipcserverd: what signals do, and which paths are removed at the end.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

page('s6-ipcserverd');

# Tells which signals come, and stays.
my $trap = ['sh', '-c', 'trap "echo TERM" TERM; trap "echo CONT" CONT; echo ready; while :; do sleep 0.02; done'];

sub ended { return [$_[0]->wait // 'runs'] }
my $clean = [{ code => 0, signal => 0 }];

# Two children, so that "every child" is more than one.
sub two_clients
{
  my ($server) = @_;
  my @clients = map { open_client($server) } 1, 2;
  is(join('', map { read_line($_) } @clients), "ready\nready\n", 's6-ipcserverd has launched a program for each of two clients');
  return @clients;
}

page_says('A signal made s6-ipcserverd exit.');
page_says('Exit. The children are left alone, and serve their clients to the end.');
my $server = ipc_daemon(unix_listener(), ['-v2'], ['sh', '-c', 'echo ready; read x; echo "got $x"']);
my @clients = two_clients($server);
$server->signal('TERM');
is_deeply(ended($server), $clean, 's6-ipcserverd exits 0 on SIGTERM');
say_to($_, "word\n") for @clients;
is(join('', map { read_all($_) } @clients), "got word\ngot word\n", 's6-ipcserverd leaves its children alone on SIGTERM');
is(log_count($server, qr/: received SIGTERM, quitting$/), 1, 's6-ipcserverd logs that it quits on SIGTERM');

page_says('Send SIGTERM and SIGCONT to every child, and go on.');
$server = ipc_daemon(unix_listener(), ['-v2'], $trap);
@clients = two_clients($server);
$server->signal('HUP');
is_deeply([sort map { read_line($_) } @clients, @clients], ["CONT\n", "CONT\n", "TERM\n", "TERM\n"],
  's6-ipcserverd sends SIGTERM and SIGCONT to each child on SIGHUP');
ok($server->alive, 's6-ipcserverd goes on after SIGHUP');
log_says($server, qr/: received SIGHUP, sending SIGTERM and SIGCONT to all connections$/, 's6-ipcserverd logs what it does on SIGHUP');

page_says('Send SIGTERM and SIGCONT to every child, and exit.');
$server->signal('QUIT');
is_deeply(ended($server), $clean, 's6-ipcserverd exits 0 on SIGQUIT');
is_deeply([sort map { read_line($_) } @clients, @clients], ["CONT\n", "CONT\n", "TERM\n", "TERM\n"],
  's6-ipcserverd sends SIGTERM and SIGCONT to each child on SIGQUIT');
is(log_count($server, qr/: received SIGQUIT, sending SIGTERM and SIGCONT to all connections and quitting$/), 1,
  's6-ipcserverd logs what it does on SIGQUIT');
close $_ for @clients;

page_says('Send SIGKILL to every child, and exit.');
$server = ipc_daemon(unix_listener(), ['-v2'], $trap);
@clients = two_clients($server);
$server->signal('ABRT');
is_deeply(ended($server), $clean, 's6-ipcserverd exits 0 on SIGABRT');
is(join('', map { read_all($_) // 'alive' } @clients), '', 's6-ipcserverd kills its children on SIGABRT');
is(log_count($server, qr/: received SIGABRT, sending SIGKILL to all connections and quitting$/), 1, 's6-ipcserverd logs what it does on SIGABRT');
is(log_count($server, qr/: exiting$/), 1, 's6-ipcserverd logs that it exits on SIGABRT');

page_says('These signals are obeyed also if the caller had blocked or ignored them, and while clients are held.');
for my $signal (qw(TERM QUIT ABRT))
{
  for my $how ('block', 'ignore')
  {
    my $deaf = ipc_daemon(unix_listener(), [], ['cat'], $how => [$signal, 'CHLD']);
    is(ask($deaf, send => 'x'), 'x', "s6-ipcserverd serves when its caller has SIG$signal and SIGCHLD in $how");
    $deaf->signal($signal);
    is_deeply(ended($deaf), $clean, "s6-ipcserverd exits 0 on SIG$signal when its caller has that and SIGCHLD in $how");
  }
}
SKIP:
{
  skip 'prlimit, to make a shortage with, is not installed', 2 unless tool('prlimit');
  my $poor = ipc_daemon(unix_listener(), [], ['cat']);
  allow_descriptors($poor, 4);
  my $held = open_client($poor);
  log_says($poor, qr/holding clients/, 's6-ipcserverd logs that it holds clients when it has no descriptors left');
  $poor->signal('TERM');
  is_deeply(ended($poor), $clean, 's6-ipcserverd exits 0 on SIGTERM while it holds clients');
}

page_says('All other signals are as the caller left them.');
my $mortal = ipc_daemon(unix_listener(), [], ['cat']);
$mortal->signal('ALRM');
is_deeply(ended($mortal), [{ code => 0, signal => 14 }], 's6-ipcserverd is killed by SIGALRM');
my $deaf = ipc_daemon(unix_listener(), [], ['cat'], ignore => ['ALRM']);
$deaf->signal('ALRM');
is(ask($deaf, send => 'x'), 'x', 's6-ipcserverd serves on after SIGALRM if its caller ignored that');

# ---- --unlink-at-exit ----

page('s6-ipcserver');
page_says('Without it, the path stays, and the next server replaces it.');
my $path = unix_path();
for (1, 2)
{
  $server = start_server([], ['cat'], path => $path);
  $server->signal('TERM');
  $server->wait;
  ok(-S $path, 's6-ipcserver leaves its path when it ends');
}
page_says('Remove path when the server ends, unless SIGKILL ends it.');
page('s6-ipcserverd');
page_says('When s6-ipcserverd ends, by a signal other than SIGKILL or by an error, remove the path of each listener.');
for my $signal (qw(TERM QUIT ABRT))
{
  $server = start_server(['--unlink-at-exit'], ['cat'], path => $path);
  is(ask($server, send => 'x'), 'x', 's6-ipcserver --unlink-at-exit serves');
  $server->signal('HUP');
  ask($server, send => 'x');  # SIGHUP may be read after this client has come, and ends its program
  is(ask($server, send => 'x'), 'x', 's6-ipcserver --unlink-at-exit serves on its path after SIGHUP');
  $server->signal($signal);
  is_deeply(ended($server), $clean, "s6-ipcserver --unlink-at-exit exits 0 on SIG$signal");
  ok(!-e $path, "s6-ipcserver --unlink-at-exit removes its path on SIG$signal");
  is(log_text($server), '', "s6-ipcserver --unlink-at-exit logs nothing on SIG$signal");
}
my ($first, $second) = (unix_listener(), unix_listener());
$server = start_listening(command => [bin('s6-ipcserverd'), '-1', '--unlink-at-exit', '--listen-fds', 'cat'], fds => { 3 => $first, 4 => $second },
                          env => { LISTEN_FDS => 2 }, before => sub { $ENV{LISTEN_PID} = $$ });
$server->signal('TERM');
is_deeply(ended($server), $clean, 's6-ipcserverd --unlink-at-exit with two listeners exits 0 on SIGTERM');
ok(!-e $_->hostpath, 's6-ipcserverd --unlink-at-exit removes the path of each of two listeners') for $first, $second;

my $shut = unix_listener();
$server = ipc_daemon($shut, ['--unlink-at-exit'], ['cat']);
shutdown $shut, 2;
is_deeply($server->wait, { code => 111, signal => 0 }, 's6-ipcserverd exits 111 if its listener is shut down');
ok(!-e $shut->hostpath, 's6-ipcserverd --unlink-at-exit removes its path if an error ends it');
is(log_text($server), "s6-ipcserverd: fatal: unable to accept: the listener was shut down\n",
  's6-ipcserverd logs that its listener was shut down, without an invented reason');

page_says('A path that is another file by then is left alone, with a warning.');
for my $what ('another socket', 'a file', 'nothing')
{
  $server = start_server(['--unlink-at-exit'], ['cat'], path => $path);
  rename $path, "$path.old" or die;
  stale_socket($path) if $what eq 'another socket';
  put_file($path, 'precious') if $what eq 'a file';
  my $was = inode($path);
  $server->signal('TERM');
  is_deeply(ended($server), $clean, "s6-ipcserver --unlink-at-exit exits 0 on SIGTERM with $what at its path");
  is(inode($path), $was, "s6-ipcserver --unlink-at-exit leaves $what at its path alone");
  is(log_text($server), $what eq 'nothing' ? '' : "s6-ipcserverd: warning: not removing $path: another file is there now\n",
    "s6-ipcserver --unlink-at-exit logs " . ($what eq 'nothing' ? 'no warning with nothing' : "that there is $what") . ' at its path');
  unlink $path, "$path.old";
}

page_says('So is one that cannot be removed, usually because privileges were shed since it was bound: removing it takes the permission to write in its directory.');
page_says('The exit code is 0 all the same.');
SKIP:
{
  skip 'shedding privileges takes root', 3 unless can_change_ids();
  $server = start_server(['--unlink-at-exit', '-u65533', '-g65533'], ['cat'], path => $path);
  $server->signal('TERM');
  is_deeply(ended($server), $clean, 's6-ipcserver --unlink-at-exit that shed its privileges exits 0 on SIGTERM');
  ok(-S $path, 's6-ipcserver --unlink-at-exit that shed its privileges leaves its path');
  is(log_text($server), "s6-ipcserverd: warning: unable to remove $path: Permission denied\n",
    's6-ipcserver --unlink-at-exit that shed its privileges logs that it is unable to remove its path');
}

page_says('A relative path is removed, and looked up by clients, from the directory that the server was started in.');
my $relative = start(command => [bin('s6-ipcserver'), '-1', '--unlink-at-exit', 'relative', 'cat'], dir => own_dir());
ok(eventually(sub { -S own_dir() . '/relative' }), 's6-ipcserver binds a relative path');
sysread $relative->out, my $line, 100;
is($line, "relative\n", 's6-ipcserver -1 announces a relative path as it was given');
$relative->signal('TERM');
is_deeply(ended($relative), $clean, 's6-ipcserver --unlink-at-exit with a relative path exits 0 on SIGTERM');
ok(!-e own_dir() . '/relative', 's6-ipcserver --unlink-at-exit removes a relative path');
my $abstract = start(command => [bin('s6-ipcserver'), '-1', '--unlink-at-exit', "\@sallyport-$$", 'cat']);
sysread $abstract->out, $line, 100;
$abstract->signal('TERM');
is_deeply(ended($abstract), $clean, 's6-ipcserver --unlink-at-exit with an abstract name exits 0 on SIGTERM');
is(log_text($abstract), '', 's6-ipcserver --unlink-at-exit with an abstract name logs nothing');

my $listening = unix_listener();
rename $listening->hostpath, unix_path() or die;
$server = ipc_daemon($listening, ['--unlink-at-exit'], ['cat']);
log_says($server, qr/^s6-ipcserverd: warning: unable to remove at exit the path .*: No such file or directory$/,
  's6-ipcserverd --unlink-at-exit logs that it will be unable to remove the path of a listener that was renamed');

done_testing();
