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
  is(join('', map { read_line($_) } @clients), "ready\nready\n", 'two children are ready');
  return @clients;
}

page_says('A signal made s6-ipcserverd exit.');
page_says('Exit. The children are left alone, and serve their clients to the end.');
my $server = ipc_daemon(unix_listener(), ['-v2'], ['sh', '-c', 'echo ready; read x; echo "got $x"']);
my @clients = two_clients($server);
$server->signal('TERM');
is_deeply(ended($server), $clean, 'SIGTERM: exit 0');
say_to($_, "word\n") for @clients;
is(join('', map { read_all($_) } @clients), "got word\ngot word\n", 'its children serve on');
is(log_count($server, qr/: received SIGTERM, quitting$/), 1, 'the log says so');

page_says('Send SIGTERM and SIGCONT to every child, and go on.');
$server = ipc_daemon(unix_listener(), ['-v2'], $trap);
@clients = two_clients($server);
$server->signal('HUP');
is_deeply([sort map { read_line($_) } @clients, @clients], ["CONT\n", "CONT\n", "TERM\n", "TERM\n"], 'SIGHUP: each child gets both');
ok($server->alive, 'the server goes on');
log_says($server, qr/: received SIGHUP, sending SIGTERM and SIGCONT to all connections$/, 'the log says so');

page_says('Send SIGTERM and SIGCONT to every child, and exit.');
$server->signal('QUIT');
is_deeply(ended($server), $clean, 'SIGQUIT: exit 0');
is_deeply([sort map { read_line($_) } @clients, @clients], ["CONT\n", "CONT\n", "TERM\n", "TERM\n"], 'each child gets both');
is(log_count($server, qr/: received SIGQUIT, sending SIGTERM and SIGCONT to all connections and quitting$/), 1, 'the log says so');
close $_ for @clients;

page_says('Send SIGKILL to every child, and exit.');
$server = ipc_daemon(unix_listener(), ['-v2'], $trap);
@clients = two_clients($server);
$server->signal('ABRT');
is_deeply(ended($server), $clean, 'SIGABRT: exit 0');
is(join('', map { read_all($_) // 'alive' } @clients), '', 'the children are gone');
is(log_count($server, qr/: received SIGABRT, sending SIGKILL to all connections and quitting$/), 1, 'the log says so');
is(log_count($server, qr/: exiting$/), 1, 'and that it exits');

page_says('These signals are obeyed also if the caller had blocked or ignored them, and while clients are held.');
for my $signal (qw(TERM QUIT ABRT))
{
  for my $how ('block', 'ignore')
  {
    my $deaf = ipc_daemon(unix_listener(), [], ['cat'], $how => [$signal, 'CHLD']);
    is(ask($deaf, send => 'x'), 'x', "served with SIG$signal and SIGCHLD in $how");
    $deaf->signal($signal);
    is_deeply(ended($deaf), $clean, "SIG$signal ends it");
  }
}
SKIP:
{
  skip 'prlimit, to make a shortage with, is not installed', 2 unless tool('prlimit');
  my $poor = ipc_daemon(unix_listener(), [], ['cat']);
  allow_descriptors($poor, 4);
  my $held = open_client($poor);
  log_says($poor, qr/holding clients/, 'clients are held');
  $poor->signal('TERM');
  is_deeply(ended($poor), $clean, 'SIGTERM while clients are held');
}

page_says('All other signals are as the caller left them.');
my $mortal = ipc_daemon(unix_listener(), [], ['cat']);
$mortal->signal('ALRM');
is_deeply(ended($mortal), [{ code => 0, signal => 14 }], 'SIGALRM kills it, as it does');
my $deaf = ipc_daemon(unix_listener(), [], ['cat'], ignore => ['ALRM']);
$deaf->signal('ALRM');
is(ask($deaf, send => 'x'), 'x', 'unless the caller ignored it');

# ---- --unlink-at-exit ----

page('s6-ipcserver');
page_says('Without it, the path stays, and the next server replaces it.');
my $path = unix_path();
for (1, 2)
{
  $server = start_server([], ['cat'], path => $path);
  $server->signal('TERM');
  $server->wait;
  ok(-S $path, 'the path stays');
}
page_says('Remove path when the server ends, unless SIGKILL ends it.');
page('s6-ipcserverd');
page_says('When s6-ipcserverd ends, by a signal other than SIGKILL or by an error, remove the path of each listener.');
for my $signal (qw(TERM QUIT ABRT))
{
  $server = start_server(['--unlink-at-exit'], ['cat'], path => $path);
  is(ask($server, send => 'x'), 'x', 'served');
  $server->signal('HUP');
  is(ask($server, send => 'x'), 'x', 'SIGHUP changes nothing');
  $server->signal($signal);
  is_deeply(ended($server), $clean, "SIG$signal");
  ok(!-e $path, 'the path is gone');
  is(log_text($server), '', 'without a word');
}
my ($first, $second) = (unix_listener(), unix_listener());
$server = start_listening(command => [bin('s6-ipcserverd'), '-1', '--unlink-at-exit', '--listen-fds', 'cat'], fds => { 3 => $first, 4 => $second },
                          env => { LISTEN_FDS => 2 }, before => sub { $ENV{LISTEN_PID} = $$ });
$server->signal('TERM');
is_deeply(ended($server), $clean, 'with two listeners');
ok(!-e $_->hostpath, 'each path is gone') for $first, $second;

my $shut = unix_listener();
$server = ipc_daemon($shut, ['--unlink-at-exit'], ['cat']);
shutdown $shut, 2;
is_deeply($server->wait, { code => 111, signal => 0 }, 'an error ends the server');
ok(!-e $shut->hostpath, 'the path is gone after an error, too');
is(log_text($server), "s6-ipcserverd: fatal: unable to accept: the listener was shut down\n", 'and the log has the error without an invented reason');

page_says('A path that is another file by then is left alone, with a warning.');
for my $what ('another socket', 'a file', 'nothing')
{
  $server = start_server(['--unlink-at-exit'], ['cat'], path => $path);
  rename $path, "$path.old" or die;
  stale_socket($path) if $what eq 'another socket';
  put_file($path, 'precious') if $what eq 'a file';
  my $was = inode($path);
  $server->signal('TERM');
  is_deeply(ended($server), $clean, "$what at the path: exit 0");
  is(inode($path), $was, "$what is left alone");
  is(log_text($server), $what eq 'nothing' ? '' : "s6-ipcserverd: warning: not removing $path: another file is there now\n", 'and the log says so');
  unlink $path, "$path.old";
}

page_says('So is one that cannot be removed, usually because privileges were shed since it was bound: removing it takes the permission to write in its directory.');
page_says('The exit code is 0 all the same.');
SKIP:
{
  skip 'shedding privileges takes root', 3 unless can_change_ids();
  $server = start_server(['--unlink-at-exit', '-u65533', '-g65533'], ['cat'], path => $path);
  $server->signal('TERM');
  is_deeply(ended($server), $clean, 'exit 0');
  ok(-S $path, 'the path of a server that shed its privileges stays');
  is(log_text($server), "s6-ipcserverd: warning: unable to remove $path: Permission denied\n", 'and the log says so');
}

page_says('A relative path is removed, and looked up by clients, from the directory that the server was started in.');
my $relative = start(command => [bin('s6-ipcserver'), '-1', '--unlink-at-exit', 'relative', 'cat'], dir => own_dir());
ok(eventually(sub { -S own_dir() . '/relative' }), 'a relative path is bound');
sysread $relative->out, my $line, 100;
is($line, "relative\n", 'and announced as it was given');
$relative->signal('TERM');
is_deeply(ended($relative), $clean, 'it ends');
ok(!-e own_dir() . '/relative', 'and is removed');
my $abstract = start(command => [bin('s6-ipcserver'), '-1', '--unlink-at-exit', "\@sallyport-$$", 'cat']);
sysread $abstract->out, $line, 100;
$abstract->signal('TERM');
is_deeply(ended($abstract), $clean, 'an abstract name goes by itself');
is(log_text($abstract), '', 'without a word');

my $listening = unix_listener();
rename $listening->hostpath, unix_path() or die;
$server = ipc_daemon($listening, ['--unlink-at-exit'], ['cat']);
log_says($server, qr/^s6-ipcserverd: warning: unable to remove at exit the path .*: No such file or directory$/, 'a listener that was renamed');

done_testing();
