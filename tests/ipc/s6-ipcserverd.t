#!/usr/bin/env perl
# s6-ipcserverd: who the client is, what a served program is given, how the program is found.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

page('s6-ipcserverd');
my $dir = own_dir();

# ---- the connection ----

page_says('accepts the clients of a listening Unix-domain socket and launches prog once for each of them.');
page_says('The connection is the standard input and the standard output of prog.');
my $server = ipc_daemon(unix_listener(), ['-v2'], ['cat']);
is(ask($server, send => "hello\n"), "hello\n", 's6-ipcserverd gives the connection to prog as stdin and stdout');
my ($one, $two) = (open_client($server), open_client($server));
say_to($one, "one\n");
say_to($two, "two\n");
is(read_line($one) . read_line($two), "one\ntwo\n", 's6-ipcserverd serves two clients at once');
ok(eventually(sub { $server->served == 2 }), 's6-ipcserverd launches a program for each of two clients');

page_says('The listener, a stream or seqpacket socket, is the standard input of s6-ipcserverd,');
my $packets = ipc_daemon(unix_listener(Type => SOCK_SEQPACKET), [], ['dd', 'bs=100', 'count=2', 'status=none']);
my $packet_client = IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => $packets->{path}) or die "cannot connect: $!";
syswrite $packet_client, $_ for 'first', 'second';
my @packets = map { my $packet; sysread $packet_client, $packet, 100; $packet } 1 .. 2;
is("@packets", 'first second', 's6-ipcserverd on a seqpacket listener serves a client message by message');

page_says('Usually s6-ipcserver-socketbinder(1) made it,');
is(ask(start_server([], ['cat'], path => "$dir/made"), send => 'x'), 'x', 's6-ipcserverd serves the listener that s6-ipcserver-socketbinder made');

# ---- the environment ----

page_says('Always "IPC".');
page_says('The effective user id that the client had when it connected.');
page_says('The effective group id that the client had when it connected.');
page_says('The process id that the client had when it connected.');
page_says('It is empty if there is none, which is the usual case.');
page_says('The path that the listener is bound to.');
page_says('All other variables are passed to prog as they are.');
page_says('Variables of these names that s6-ipcserverd itself was given are removed: they would describe something else.');
page_says('So are LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES.');
my %outer = (PATH => '/bin:/usr/bin', TOKEN => 'a=b c', EMPTY => '', IPCREMOTEPATHX => 'stays', LISTEN_FDNAMES => 'x', LISTEN_FDS => 1,
             LISTEN_PID => 1, PROTO => 'OLD', map { ("IPC$_", 'old') } qw(LOCALPATH REMOTEPATH REMOTEEUID REMOTEEGID REMOTEPID CONNNUM));
my @same = ('PATH=/bin:/usr/bin', 'TOKEN=a=b c', 'EMPTY=', 'IPCREMOTEPATHX=stays', 'PROTO=IPC', 'IPCREMOTEPATH=', 'IPCCONNNUM=1');
my $env = ipc_daemon(unix_listener(), [], [tool('env')], only_env => \%outer);
my ($gid) = split ' ', $);
my @pid = built_for_linux() ? ("IPCREMOTEPID=$$") : ();
is_deeply([sort split /\n/, ask($env)], [sort @same, "IPCREMOTEEUID=$>", "IPCREMOTEEGID=$gid", @pid, "IPCLOCALPATH=$env->{path}"],
          's6-ipcserverd sets the variables of a client, passes on the others, and removes old ones');
is(scalar(split /\n/, ask(ipc_daemon(unix_listener(), [], [tool('env')], only_env => {}))), 6 + @pid,
  's6-ipcserverd adds only the variables of a client to an empty environment');

page_says('The path that the client has bound its own end to.');
my $who = ipc_daemon(unix_listener(), [], ['sh', '-c', 'printf "%s|" "$IPCREMOTEPATH"; cat']);
my $client = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => "$dir/client", Peer => $who->{path}) or die "cannot connect: $!";
stop_sending($client);
is(read_all($client), "$dir/client|", 's6-ipcserverd sets IPCREMOTEPATH to the path that a client has bound');
page_says('it may be any bytes, newlines and control characters included,');
my $odd = "$dir/\n\x01\e[31m=\xff\xc3 ;\$(x)";
$client = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $odd, Peer => $who->{path}) or die "cannot connect: $!";
stop_sending($client);
is(read_all($client), "$odd|", 's6-ipcserverd sets IPCREMOTEPATH to a path of arbitrary bytes');
page_says('and it may claim to be a path that belongs to someone else.');
unlink "$dir/client";
$client = bound_client("$dir/client", $who->{path});
unlink "$dir/client";
put_file('client', '');
stop_sending($client);
is(read_all($client), "$dir/client|", 's6-ipcserverd sets IPCREMOTEPATH to a path that is another file by now');
my $long = "$dir/" . 'x' x (107 - 1 - length $dir);
$client = bound_client($long, $who->{path});
stop_sending($client);
is(read_all($client), "$long|", 's6-ipcserverd sets IPCREMOTEPATH to a path of 107 bytes');

page_says('An abstract name is written with a leading @, and a NUL in it as @ too.');
my $longest = substr("sallyport-$$-" . 'y' x 107, 0, 107);
for (["\0sallyport-$$", "\@sallyport-$$"], ["\0sallyport\0$$\n\0\0", "\@sallyport\@$$\n\@\@"], ["\0$longest", "\@$longest"])
{
  $client = bound_client($_->[0], $who->{path});
  stop_sending($client);
  is(read_all($client), "$_->[1]|", 's6-ipcserverd sets IPCREMOTEPATH to an abstract name of ' . length($_->[0]) . ' bytes');
}
my $abstract = unix_listener(Local => "\0sallyport-listener-$$");
my $local = ipc_daemon($abstract, [], ['sh', '-c', 'printf "%s" "$IPCLOCALPATH"']);
is(ask({ path => "\0sallyport-listener-$$" }), "\@sallyport-listener-$$", 's6-ipcserverd sets IPCLOCALPATH to the abstract name of its listener');
is($local->{ready}, "\@sallyport-listener-$$\n", 's6-ipcserverd -1 announces the abstract name of its listener');

page_says('The number of clients of the same effective user id that are being served, this one included: the first client of a user sees 1.');
my $count = ipc_daemon(unix_listener(), [], ['sh', '-c', 'echo "$IPCCONNNUM"; exec cat']);
my @clients = map { open_client($count) } 1 .. 3;
is(join('', map { read_line($_) } @clients), "1\n2\n3\n", 's6-ipcserverd sets IPCCONNNUM to the number of clients, each itself included');
stop_sending($_), read_all($_) for splice @clients, 0, 2;
ok(eventually(sub { scalar($count->served) == 1 }), 's6-ipcserverd has one child when two of three clients have left');
is(read_line(open_client($count)), "2\n", 's6-ipcserverd does not count clients that have left in IPCCONNNUM');

page_says('With -P, IPCREMOTEEUID, IPCREMOTEEGID and IPCREMOTEPID are not set.');
my $nobody = ipc_daemon(unix_listener(), ['-P'], [tool('env')], only_env => \%outer);
is_deeply([sort split /\n/, ask($nobody)], [sort @same, "IPCLOCALPATH=$nobody->{path}"],
  's6-ipcserverd -P sets no ids of a client, and removes old ones');
page_says('Do not look up the ids of the clients.');
page_says('Look up the ids of the clients. This is the default.');
page_says('If an option is given twice, the last one counts.');
my $again = ipc_daemon(unix_listener(), ['-P', '-p'], [tool('env')]);
like(ask($again), qr/^IPCREMOTEEUID=$>$/m, 's6-ipcserverd -P -p looks up the ids of a client');

page_says('It is not set if the client lives in a process namespace that s6-ipcserverd does not see, or if the system does not provide it.');
SKIP:
{
  my @inside = (tool('unshare') // 'unshare', is_root() ? () : '-r', '--pid', '--fork');
  skip 'a process namespace takes unshare and the right to make one', 1 unless system("@inside true 2>/dev/null") == 0;
  my $listener = unix_listener();
  my $blind = start_listening(command => [@inside, bin('s6-ipcserverd'), '-1', tool('env')], fds => { 0 => $listener });
  unlike(ask($blind), qr/^IPCREMOTEPID=/m, 's6-ipcserverd sets no IPCREMOTEPID for a client outside of its process namespace');
}

# ---- descriptors and signals of a child ----

page_says('inherits the descriptors that the caller left open, and none that s6-ipcserverd opened.');
my $list = ['sh', '-c', 'ls /proc/$$/fd; :'];
is(ask(ipc_daemon(unix_listener(), [], $list)), "0\n1\n2\n", 's6-ipcserverd passes none of its descriptors on to a child');
open my $null, '<', '/dev/null' or die;
is(ask(ipc_daemon(unix_listener(), [], $list, fds => { 7 => $null })), "0\n1\n2\n7\n",
  's6-ipcserverd passes a descriptor that the caller left open on to a child');

page_says('The standard error of s6-ipcserverd is its log, and the standard error of every prog.');
my $noisy = ipc_daemon(unix_listener(), [], ['sh', '-c', 'echo a word from the child >&2']);
ask($noisy);
log_says($noisy, qr/^a word from the child$/, 's6-ipcserverd has its log as the stderr of a child');

page_says('The connection is in blocking mode.');
page_says('A child starts with no signal blocked.');
my $facts = ipc_daemon(unix_listener(), [], [qw(grep -hE ^(flags|SigBlk): /proc/self/fdinfo/0 /proc/self/status)],
                       block => ['TERM', 'USR1', 'CHLD'], ignore => ['CHLD']);
my $answer = ask($facts);
my ($flags) = $answer =~ /^flags:\s*([0-7]+)$/m;
is(oct($flags) & 04000, 0, 's6-ipcserverd gives a child a blocking connection');
like($answer, qr/^SigBlk:\s*0+$/m, 's6-ipcserverd starts a child with no signal blocked');
page_says('All other signals are as the caller left them.');
my $ignored = ipc_daemon(unix_listener(), [], ['grep', '^SigIgn', '/proc/self/status'], ignore => ['USR2', 'INT']);
my ($mask) = ask($ignored) =~ /(\w+)$/;
is_deeply([grep { signal_in_mask($mask, $_) } 1 .. 31], [2, 12],
  's6-ipcserverd starts a child that ignores the signals which the caller ignored, and no others');

# ---- the standard output of the daemon ----

page_says('Write the path of the listener and a newline to the standard output when clients can connect, then close it.');
is($server->{ready}, "$server->{path}\n", 's6-ipcserverd -1 writes the path of its listener and a newline');
is(sysread($server->out, my $rest, 10), 0, 's6-ipcserverd -1 closes stdout after the path');
page_says('becomes /dev/null when the daemon is ready.');
is(fd_targets($server->pid)->{1}, '/dev/null', 's6-ipcserverd has /dev/null as stdout when it is ready');
my $quiet = start(command => [bin('s6-ipcserverd'), 'cat'], fds => { 0 => unix_listener() });
is(sysread($quiet->out, $rest, 10), 0, 's6-ipcserverd without -1 writes nothing to stdout');

page_says('If the standard output is closed, s6-ipcserverd exits 100.');
my $mute = run({ fds => { 0 => unix_listener() }, closed => [1] }, bin('s6-ipcserverd'), '-1', 'true');
is($mute->{code}, 100, 's6-ipcserverd -1 with stdout closed exits 100');
like($mute->{err}, qr/^s6-ipcserverd: usage: .*stdout/, 's6-ipcserverd -1 with stdout closed prints a usage error about stdout');

page_says('A standard descriptor that is closed at the start becomes /dev/null.');
my $socket = unix_listener();
my $closed = start(command => [bin('s6-ipcserverd'), '-v2', @$list], fds => { 0 => $socket }, closed => [1, 2]);
is(ask({ path => $socket->hostpath }), "0\n1\n2\n", 's6-ipcserverd with stdout and stderr closed serves a client, and passes on three descriptors');
is(fd_targets($closed->pid)->{2}, '/dev/null', 's6-ipcserverd with stdout and stderr closed has /dev/null as stderr');

# ---- what is no listener ----

page_says('The command line or the announcement is wrong, or the listener is not a listening Unix-domain socket.');
my %wrong = ('a file' => '/dev/null', 'a connected socket' => open_client($server), 'a TCP listener' => (busy_port())[0],
  'a datagram socket' => IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "$dir/datagram"),
  'a socket that does not listen' => IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => "$dir/idle"));
for my $what (sort keys %wrong)
{
  my $r = run({ fds => { 0 => $wrong{$what} } }, bin('s6-ipcserverd'), 'true');
  is($r->{code}, 100, "s6-ipcserverd exits 100 if stdin is $what");
  like($r->{err}, qr/\As6-ipcserverd: usage: .*(?:socket|listen).*\n\z/, "s6-ipcserverd prints a usage error about the listener if stdin is $what");
}
page_says('The system refused something that s6-ipcserverd cannot do without, or the listener was shut down.');
page_says('With 111, it names what was tried, and gives the reason of the system.');
my $none = run_with_closed_fds([0], bin('s6-ipcserverd'), 'true');
is($none->{code}, 100, 's6-ipcserverd exits 100 if stdin is closed');
like($none->{err}, qr/\As6-ipcserverd: usage: fd 0 is not open: .+\n\z/, 's6-ipcserverd prints that fd 0 is not open if stdin is closed');
my $shut = unix_listener();
my $dying = ipc_daemon($shut, [], ['cat']);
shutdown $shut, 2;
is_deeply($dying->wait, { code => 111, signal => 0 }, 's6-ipcserverd exits 111 if its listener is shut down');
like(log_text($dying), qr/\As6-ipcserverd: fatal: unable to accept: [^\n]+\n\z/, 's6-ipcserverd logs one line if its listener is shut down');

# ---- the program ----

page_says('If it cannot be found or executed then, s6-ipcserverd reports it and exits before any client is accepted.');
page_says('was not found at the start.');
page_says('was found at the start, and cannot be executed.');
put_file('not-executable', "#!/bin/sh\n", 0644);
mkdir "$dir/bin" or die;
put_file('bin/greet', "#!/bin/sh\necho greetings\n", 0755);
my %programs = ('a name that is nowhere in PATH' => ['no-such-program', 127], 'a path that is not there' => ['/nonexistent/program', 127],
                'a file without the right to execute it' => ["$dir/not-executable", 126], 'a directory' => [$dir, 126]);
for my $what (sort keys %programs)
{
  my ($word, $code) = @{$programs{$what}};
  my $waiting = unix_listener();
  my $early = open_client({ path => $waiting->hostpath });
  my $r = run({ fds => { 0 => $waiting } }, bin('s6-ipcserverd'), '-1', $word);
  is($r->{code}, $code, "s6-ipcserverd exits $code if prog is $what");
  is($r->{out}, '', "s6-ipcserverd -1 announces no readiness if prog is $what");
  like($r->{err}, qr/\As6-ipcserverd: fatal: unable to exec \Q$word\E: .+\n\z/,
    "s6-ipcserverd prints that it is unable to execute prog if that is $what");
  $waiting->blocking(0);
  ok($waiting->accept, "s6-ipcserverd accepts no client if prog is $what");
}

page_says('is looked up once, when s6-ipcserverd starts.');
page_says('A name without a slash is looked for in the directories of PATH; empty elements of PATH are skipped.');
page_says('Where prog is looked for.');
is(ask(ipc_daemon(unix_listener(), [], ['greet'], env => { PATH => "/nonexistent:$dir/bin:/usr/bin:/bin" })), "greetings\n",
  's6-ipcserverd finds prog in PATH');
is(run({ fds => { 0 => unix_listener() }, dir => "$dir/bin", env => { PATH => ':/usr/bin::/bin:' } }, bin('s6-ipcserverd'), 'greet')->{code},
   127, 's6-ipcserverd does not look for prog in the current directory where PATH has empty elements');

page_says('with one warning a second, and s6-ipcserverd looks for prog again: service goes on as soon as it is back.');
put_file('bin/vanish', "#!/bin/sh\necho here\n", 0755);
my $vanish = ipc_daemon(unix_listener(), [], ['vanish'], env => { PATH => "$dir/bin:$dir/elsewhere:/usr/bin:/bin" });
is(ask($vanish), "here\n", 's6-ipcserverd serves while prog is there');
rename "$dir/bin/vanish", "$dir/vanished" or die;
ok(closed_by_server(open_client($vanish)), 's6-ipcserverd closes the connection of a client while prog is gone') for 1 .. 3;
log_says($vanish, qr/^s6-ipcserverd: warning: unable to launch vanish: No such file or directory$/,
  's6-ipcserverd logs a warning while prog is gone');
log_says($vanish, qr/^s6-ipcserverd: warning: unable to launch vanish: No such file or directory repeated=\d+$/,
  's6-ipcserverd sums up further warnings while prog is gone');
is(scalar(grep { /unable to launch/ } log_lines($vanish)), 2, 's6-ipcserverd logs two lines for three clients while prog is gone');
mkdir "$dir/elsewhere" or die;
rename "$dir/vanished", "$dir/elsewhere/vanish" or die;
ok(eventually(sub { ask($vanish) eq "here\n" }), 's6-ipcserverd serves again when prog is back elsewhere in PATH');

# ---- ways to be started ----

page_says('Launch prog by posix_spawn(3) instead of the quicker way that Linux offers. What a client sees is the same.');
my $portable = ipc_daemon(unix_listener(), ['--portable-launch'], [tool('env')], only_env => \%outer);
is_deeply([sort split /\n/, ask($portable)], [sort @same, "IPCREMOTEEUID=$>", "IPCREMOTEEGID=$gid", @pid, "IPCLOCALPATH=$portable->{path}"],
          's6-ipcserverd --portable-launch sets the variables of a client, and passes on the others');

page_says('Serve every socket that the caller announced by LISTEN_FDS and LISTEN_PID, instead of the standard input.');
page_says('how many listening sockets there are, from descriptor 3 up, at most 1024.');
page_says('the process id that they are meant for.');
page_says('The limits are for all of them together.');
page_says('With -1, the path of the first one is written.');
my ($first, $second) = (unix_listener(), unix_listener());
my %announced = (fds => { 3 => $first, 4 => $second }, env => { LISTEN_FDS => 2 }, before => sub { $ENV{LISTEN_PID} = $$ });
my $both = start_listening(%announced, command => [bin('s6-ipcserverd'), '-1', '-C2', '--listen-fds', 'sh', '-c', 'echo "$IPCLOCALPATH $IPCCONNNUM"; exec cat']);
is($both->{ready}, $first->hostpath . "\n", 's6-ipcserverd -1 --listen-fds announces the path of the first listener');
my @open = open_client({ path => $second->hostpath });
is(read_line($open[0]), $second->hostpath . " 1\n", 's6-ipcserverd --listen-fds serves the second listener');
push @open, open_client({ path => $first->hostpath });
is(read_line($open[1]), $first->hostpath . " 2\n", 's6-ipcserverd --listen-fds serves the first listener, and both share the count');
ok(closed_by_server(open_client({ path => $_->hostpath })), 's6-ipcserverd --listen-fds has one limit for both listeners') for $first, $second;
page_says('If it is not that of s6-ipcserverd, the announcement was for another process: s6-ipcserverd exits 100.');
is(run({ %announced, before => sub { $ENV{LISTEN_PID} = 1 } }, bin('s6-ipcserverd'), '--listen-fds', 'true')->{code}, 100,
  's6-ipcserverd --listen-fds exits 100 if LISTEN_PID is another process');
is(run({ %announced, fds => { 3 => $first, 4 => (busy_port())[0] } }, bin('s6-ipcserverd'), '--listen-fds', 'true')->{code}, 100,
  's6-ipcserverd --listen-fds exits 100 if a listener is a TCP socket');

done_testing();
