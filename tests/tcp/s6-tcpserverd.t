#!/usr/bin/env perl
# s6-tcpserverd: what a served program is given, and how the program is found.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserverd');

sub daemon_on
{
  my ($listener, $options, $prog, %how) = @_;
  my $server = start_listening(%how, command => [bin('s6-tcpserverd'), '-1', @$options, @$prog],
                               fds => { 0 => $listener, %{$how{fds} // {}} });
  $server->{ip} = $listener->sockhost;
  return $server;
}

sub listener { return (busy_port(@_))[0] }

# ---- the connection ----

page_says('accepts the clients of a listening TCP socket and launches prog once for each of them.');
page_says('The connection is the standard input and the standard output of prog.');
my $server = daemon_on(listener(), ['-v2'], ['cat']);
is(ask($server, send => "hello\n"), "hello\n", 's6-tcpserverd with cat: what the client sends comes back');
my ($one, $two) = (open_client($server), open_client($server));
say_to($one, "one\n");
say_to($two, "two\n");
is(read_line($one) . read_line($two), "one\ntwo\n", 's6-tcpserverd runs a program for each of two clients at once');
is_serving($server, 2, 's6-tcpserverd has two children for two clients at once');

page_says('Usually s6-tcpserver-socketbinder(1) made it,');
my $made = start_server([], ['cat'], program => 's6-tcpserver');
is(ask($made, send => 'x'), 'x', 's6-tcpserverd serves the listener that s6-tcpserver-socketbinder made');

# ---- the environment ----

page_says('PROTO Always "TCP".');
page_says('The local address of this connection, also if the listener is bound to all addresses.');
page_says('The local port of this connection.');
page_says('The address of the client.');
page_says('The port of the client.');
page_says('All other variables are passed to prog as they are.');
page_says('are removed: they would describe something else.');
my $env = daemon_on(listener('0.0.0.0'), [], [tool('env')], only_env => {
  PATH => '/bin:/usr/bin', TOKEN => 'a=b c', EMPTY => '', TCPREMOTEIPX => 'stays', LISTEN_FDNAMES => 'x', LISTEN_FDS => 1,
  LISTEN_PID => 1, PROTO => 'OLD', TCPREMOTEIP => '9.9.9.9', TCPREMOTEHOST => 'old', TCPLOCALHOST => 'old', TCPREMOTEINFO => 'old',
  TCPCONNNUM => 99 });
my $client = open_client($env, ip => '127.0.0.2', from => '127.0.0.3');
my @lines = sort split /\n/, read_all($client);
is_deeply(\@lines, [sort 'PATH=/bin:/usr/bin', 'TOKEN=a=b c', 'EMPTY=', 'TCPREMOTEIPX=stays', 'PROTO=TCP', 'TCPLOCALIP=127.0.0.2',
          "TCPLOCALPORT=$env->{port}", 'TCPREMOTEIP=127.0.0.3', 'TCPREMOTEPORT=' . $client->sockport, 'TCPCONNNUM=1'],
          "the environment of a child of s6-tcpserverd has the variables of its client, and those of the caller that may stay");

my $bare = daemon_on(listener(), [], [tool('env')], only_env => {});
is(scalar(split /\n/, ask($bare)), 6, 's6-tcpserverd adds six variables to an empty environment');

page_says('The number of clients of the same source that are being served, this one included: the first client of a source sees 1.');
my $count = daemon_on(listener(), [], ['sh', '-c', 'echo "$TCPCONNNUM"; exec cat']);
my @clients = map { open_client($count) } 1 .. 3;
is(join('', map { read_line($_) } @clients), "1\n2\n3\n", 's6-tcpserverd: TCPCONNNUM counts each client of the source, itself included');
my $other = open_client($count, from => '127.0.0.2');
is(read_line($other), "1\n", 's6-tcpserverd: TCPCONNNUM of the first client of another source is 1');
stop_sending($_), read_all($_) for splice @clients, 0, 2;
ok(eventually(sub { $count->served == 2 && !zombies($count->pid) }), 's6-tcpserverd: two of three clients that TCPCONNNUM counts leave');
my $again = open_client($count);
is(read_line($again), "2\n", 's6-tcpserverd: TCPCONNNUM does not count clients that have left');

SKIP:
{
  skip 'IPv6 is not available', 1 unless have_ipv6();
  my $six = daemon_on(listener('::1'), [], ['sh', '-c', 'echo "$TCPLOCALIP $TCPREMOTEIP"']);
  page_says('Addresses are written in their shortest form, in lower case.');
  is(ask($six), "::1 ::1\n", 's6-tcpserverd sets TCPLOCALIP and TCPREMOTEIP to the shortest form of IPv6 addresses');
}

# ---- descriptors and signals of a child ----

page_says('inherits the descriptors that the caller left open, and none that s6-tcpserverd opened.');
my $list = ['sh', '-c', 'ls /proc/$$/fd; :'];
is(ask(daemon_on(listener(), [], $list)), "0\n1\n2\n", 'a child of s6-tcpserverd has no descriptor of the daemon');
open my $null, '<', '/dev/null' or die;
is(ask(daemon_on(listener(), [], $list, fds => { 7 => $null })), "0\n1\n2\n7\n",
   'a child of s6-tcpserverd has the descriptors that the caller left open');

page_says('The standard error of s6-tcpserverd is its log, and the standard error of every prog.');
my $noisy = daemon_on(listener(), [], ['sh', '-c', 'echo a word from the child >&2']);
ask($noisy);
log_says($noisy, qr/^a word from the child$/, 'what a child of s6-tcpserverd writes to its standard error is in the log');

page_says('The connection is in blocking mode.');
page_says('A child starts with no signal blocked.');
my $facts = daemon_on(listener(), [], [qw(grep -hE ^(flags|SigBlk): /proc/self/fdinfo/0 /proc/self/status)],
                      block => ['TERM', 'USR1', 'CHLD'], ignore => ['CHLD']);
my $answer = ask($facts);
my ($flags) = $answer =~ /^flags:\s*([0-7]+)$/m;
is(oct($flags) & 04000, 0, 'the connection of a child of s6-tcpserverd is blocking');
like($answer, qr/^SigBlk:\s*0+$/m, 'a child of s6-tcpserverd has no signal blocked, although the caller had blocked some');
page_says('All other signals are as the caller left them.');
my $ignored = daemon_on(listener(), [], ['grep', '^SigIgn', '/proc/self/status'], ignore => ['USR2', 'INT']);
my ($mask) = ask($ignored) =~ /(\w+)$/;
is_deeply([grep { signal_in_mask($mask, $_) } 1 .. 31], [2, 12], 'a child of s6-tcpserverd ignores what the caller ignored, and nothing else');

# ---- the standard output of the daemon ----

page_says('Write the port of the listener and a newline to the standard output when clients can connect, then close it.');
is($server->{ready}, "$server->{port}\n", 's6-tcpserverd -1: the port of the listener is announced');
page_says('The number is the real one also if the listener was bound to port 0.');
cmp_ok($server->{port}, '>', 0, 's6-tcpserverd -1: the announced port is the real one for port 0');
is(sysread($server->out, my $rest, 10), 0, 's6-tcpserverd -1: nothing follows the announced port');
page_says('becomes /dev/null when the daemon is ready.');
is(fd_targets($server->pid)->{1}, '/dev/null', 's6-tcpserverd -1: the standard output of the daemon is /dev/null when it is ready');
my $quiet = start(command => [bin('s6-tcpserverd'), 'cat'], fds => { 0 => listener() });
is(sysread($quiet->out, $rest, 10), 0, 's6-tcpserverd without -1: nothing is written to the standard output');

page_says('If the standard output is closed, s6-tcpserverd exits 100.');
my $mute = run({ fds => { 0 => listener() }, closed => [1] }, bin('s6-tcpserverd'), '-1', 'true');
is($mute->{code}, 100, 's6-tcpserverd -1 with stdout closed is a usage error');
like($mute->{err}, qr/^s6-tcpserverd: usage: .*stdout/, 's6-tcpserverd -1 with stdout closed: the message names stdout');

page_says('A standard descriptor that is closed at the start becomes /dev/null.');
my $socket = listener();
my $closed = start(command => [bin('s6-tcpserverd'), '-v2', @$list], fds => { 0 => $socket }, closed => [1, 2]);
is(ask({ ip => '127.0.0.1', port => $socket->sockport }), "0\n1\n2\n",
   's6-tcpserverd that was started with stdout and stderr closed serves a client');
is(fd_targets($closed->pid)->{2}, '/dev/null', 'the stderr of an s6-tcpserverd that was started with it closed is /dev/null');

# ---- the listener ----

page_says('The listener is made non-blocking if it was not.');
my $blocking = listener();
is($blocking->blocking, 1, 'the listener that s6-tcpserverd will get is in blocking mode');
my $brisk = daemon_on($blocking, [], ['cat']);
my ($mode) = get_file('/proc/' . $brisk->pid . '/fdinfo/0') =~ /^flags:\s*([0-7]+)$/m;
is(oct($mode) & 04000, 04000, 's6-tcpserverd makes a listener in blocking mode non-blocking');

# ---- what is no listener ----

page_says('The command line or the announcement is wrong, or the listener is not a listening TCP socket.');
my %wrong = ('a file' => '/dev/null', 'a connected socket' => open_client($server), 'a UDP socket' =>
  IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Proto => 'udp'),
  'a Unix-domain listener' => IO::Socket::UNIX->new(Local => own_dir() . '/socket', Listen => 1));
for my $what (sort keys %wrong)
{
  my $r = run({ fds => { 0 => $wrong{$what} } }, bin('s6-tcpserverd'), 'true');
  is($r->{code}, 100, "s6-tcpserverd exits 100 with $what as its standard input");
  like($r->{err}, qr/\As6-tcpserverd: usage: .*(?:socket|listen).*\n\z/, "s6-tcpserverd prints the cause with $what as its standard input");
}
page_says('The system refused something that s6-tcpserverd cannot do without, or the listener was shut down.');
my $none = run_with_closed_fds([0], bin('s6-tcpserverd'), 'true');
is($none->{code}, 100, 's6-tcpserverd exits 100 with a closed stdin');
like($none->{err}, qr/\As6-tcpserverd: usage: fd 0 is not open: .+\n\z/, 's6-tcpserverd with a closed stdin: the message names fd 0');
my $shut = listener();
my $dying = daemon_on($shut, [], ['cat']);
shutdown $shut, 2;
is_deeply($dying->wait, { code => 111, signal => 0 }, 's6-tcpserverd exits 111 if its listener is shut down');
page_says('With 111, it names what was tried, and gives the reason of the system.');
like(log_text($dying), qr/^s6-tcpserverd: fatal: unable to accept: .+$/m,
     's6-tcpserverd with a listener that is shut down: the fatal error is logged with the cause');
is(scalar(log_lines($dying)), 1, 's6-tcpserverd with a listener that is shut down: no other line is logged');

# ---- the program ----

page_says('If it cannot be found or executed then, s6-tcpserverd reports it and exits before any client is accepted.');
page_says('was not found at the start.');
page_says('was found at the start, and cannot be executed.');
put_file('not-executable', "#!/bin/sh\n", 0644);
my $dir = own_dir();
mkdir "$dir/bin" or die;
put_file('bin/greet', "#!/bin/sh\necho greetings\n", 0755);
my %programs = (
  'a name that is nowhere in PATH' => ['no-such-program', 127],
  'a path that is not there' => ['/nonexistent/program', 127],
  'a file without the right to execute it' => ["$dir/not-executable", 126],
  'a directory' => [$dir, 126],
);
for my $what (sort keys %programs)
{
  my ($word, $code) = @{$programs{$what}};
  my $waiting = listener();
  my $early = open_client({ ip => '127.0.0.1', port => $waiting->sockport });
  my $r = run({ fds => { 0 => $waiting } }, bin('s6-tcpserverd'), '-1', $word);
  is($r->{code}, $code, "s6-tcpserverd with $what as the program: exit $code");
  is($r->{out}, '', "s6-tcpserverd with $what as the program: readiness is not announced");
  like($r->{err}, qr/\As6-tcpserverd: fatal: unable to exec \Q$word\E: .+\n\z/, "s6-tcpserverd with $what as the program: the message has the cause");
  $waiting->blocking(0);
  ok($waiting->accept, "s6-tcpserverd with $what as the program: the client that waits is not accepted");
}

page_says('A name without a slash is looked for in the directories of PATH; empty elements of PATH are skipped.');
page_says('Where prog is looked for.');
is(ask(daemon_on(listener(), [], ['greet'], env => { PATH => "/nonexistent:$dir/bin:/usr/bin:/bin" })), "greetings\n",
  's6-tcpserverd finds a program in a directory of PATH');
is(run({ fds => { 0 => listener() }, dir => "$dir/bin", env => { PATH => ':/usr/bin::/bin:' } }, bin('s6-tcpserverd'), 'greet')->{code},
   127, 's6-tcpserverd does not take an empty element of PATH for the current directory');
is(ask(daemon_on(listener(), [], ['cat'], env => { PATH => undef }), send => 'x'), 'x',
   's6-tcpserverd looks for its program in the usual places without PATH');

page_says('with one warning a second, and s6-tcpserverd looks for prog again: service goes on as soon as it is back.');
put_file('bin/vanish', "#!/bin/sh\necho here\n", 0755);
my $vanish = daemon_on(listener(), [], ['vanish'], env => { PATH => "$dir/bin:$dir/elsewhere:/usr/bin:/bin" });
is(ask($vanish), "here\n", 's6-tcpserverd serves a client by a program that will vanish');
rename "$dir/bin/vanish", "$dir/vanished" or die;
ok(closed_by_server(open_client($vanish)), 's6-tcpserverd with a program that has vanished: its client is disconnected') for 1 .. 5;
log_says($vanish, qr/^s6-tcpserverd: warning: unable to launch vanish: No such file or directory$/,
  's6-tcpserverd with a program that has vanished: a warning has the cause');
log_says($vanish, qr/^s6-tcpserverd: warning: unable to launch vanish: No such file or directory repeated=\d+$/,
  's6-tcpserverd with a program that has vanished: further failures are summed up in the log');
is(scalar(grep { /unable to launch/ } log_lines($vanish)), 2,
   's6-tcpserverd with a program that has vanished: five failures are logged in two lines');
mkdir "$dir/elsewhere" or die;
rename "$dir/vanished", "$dir/elsewhere/vanish" or die;
ok(eventually(sub { ask($vanish) eq "here\n" }), 's6-tcpserverd goes on to serve when a program that had vanished is back, elsewhere in PATH');

done_testing();
