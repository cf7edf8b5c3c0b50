#!/usr/bin/env perl
# s6-tcpserver: the whole super-server, and the chain that it becomes.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserver');

# The command line of a process, as a list.
sub command_of { return split /\0/, get_file("/proc/$_[0]/cmdline") }

# ---- the service ----

page_says('for each client that connects, it launches prog with the connection as standard input and standard output.');
my $server = start_server([], ['sh', '-c', 'read -r name; echo "hello $name"']);
is(ask($server, send => "world\n"), "hello world\n", 's6-tcpserver launches a program that talks with the client');

page_says('Write the port and a newline to the standard output when clients can connect, then close it.');
is($server->{ready}, "$server->{port}\n", 's6-tcpserver -1: the port of the server is announced');
page_says('The number is the real one also if port is 0.');
cmp_ok($server->{port}, '>', 0, 's6-tcpserver -1: the announced port is the real one for port 0');
is(sysread($server->out, my $rest, 10), 0, 's6-tcpserver -1: nothing follows the announced port');

page_says('Always "TCP".', 'The local address of the connection.', 'The local port of the connection.', 'The address of the client.',
          'The port of the client.', 'How many clients of the same source are being served, this one included.');
my $facts = start_server([], ['sh', '-c', 'env | grep -E "^(PROTO|TCP)" | sort']);
my $client = open_client($facts);
is(read_all($client), "PROTO=TCP\nTCPCONNNUM=1\nTCPLOCALIP=127.0.0.1\nTCPLOCALPORT=$facts->{port}\nTCPREMOTEIP=127.0.0.1\nTCPREMOTEPORT="
  . $client->sockport . "\n", 's6-tcpserver sets the variables that describe the connection');

# ---- the chain ----

page_says('The process keeps its process id all along, and is called s6-tcpserverd in the end.');
like(get_file('/proc/' . $server->pid . '/comm'), qr/\As6-tcpserverd\n\z/, 'the process of s6-tcpserver is called s6-tcpserverd in the end');

page_says('The three programs are those that were installed with s6-tcpserver, whatever PATH contains.');
SKIP:
{
  skip 'the programs were built to be found in PATH', 1 unless (command_of($server->pid))[0] =~ m{^/};
  my $decoys = own_dir() . '/decoys';
  mkdir $decoys or die;
  put_file("$decoys/$_", "#!/bin/sh\necho decoy >&2\nexit 1\n", 0755) for qw(s6-tcpserverd s6-tcpserver-socketbinder s6-applyuidgid);
  my $there = start_server(['-g', (split ' ', $))[0]], ['cat'], env => { PATH => "$decoys:$ENV{PATH}" });
  is(ask($there, send => 'x'), 'x', 's6-tcpserver does not run programs of the same name in PATH');
}

sub daemon_words
{
  my ($options, %how) = @_;
  my $one = start_server($options, ['cat'], %how);
  my (undef, @words) = command_of($one->pid);
  return join ' ', @words;
}

is(daemon_words([]), '-1 -- cat', 's6-tcpserver gives its daemon no option that was not asked for');
is(daemon_words(['-q']), '-1 -v0 -- cat', 's6-tcpserver -q reaches the daemon as -v0');
is(daemon_words(['-v']), '-1 -v2 -- cat', 's6-tcpserver -v reaches the daemon as -v2');
like(log_text($_), qr/\A\z/, 's6-tcpserver logs nothing at its start by default and with -Q') for start_server([], ['cat']),
     start_server(['-Q'], ['cat']);
page_says('Log fatal errors only.', 'Log warnings and refused clients too. This is the default.', 'Log the start, the end, each signal and each client too.');
like(log_text(start_server(['-v'], ['cat'])), qr/starting/, 's6-tcpserver -v logs the start');
page_says('If an option is given twice, the last one counts.');
like(log_text(start_server(['-q', '-v'], ['cat'])), qr/starting/, 's6-tcpserver -v after -q counts: the start is logged');
is(log_text(start_server(['-v', '-q'], ['cat'])), '', 's6-tcpserver -q after -v counts: the start is not logged');
page_says('Launch prog by posix_spawn(3) instead of the quicker way that Linux offers.');
is(daemon_words(['-c', 5, '--max-per-source=3', '--source-prefix4', 24, '--source-prefix6=56', '--portable-launch']),
   '-1 -c 5 -C 3 --source-prefix4 24 --source-prefix6 56 --portable-launch -- cat',
     's6-tcpserver passes the options of its daemon as they were given');

# What the binder does is seen in the socket that the daemon serves.
my @look = ($^X, source_file('tests/lib/socket-facts'));
page_says('Without this option, :: serves IPv6 clients only.');
page_says('Let an IPv6 listener on :: serve IPv4 clients too.');
SKIP:
{
  skip 'IPv6 is not available', 5 unless have_ipv6();
  my $ends = ['sh', '-c', 'echo "$TCPREMOTEIP $TCPLOCALIP $TCPCONNNUM"; exec cat'];
  my $six = start_server(['-v'], $ends, ip => '::');
  is(ask($six, ip => '::1'), "::1 ::1 1\n", 's6-tcpserver on :: serves an IPv6 client');
  log_says($six, qr/starting - bound to ip :: port $six->{port}$/, 's6-tcpserver on ::: the log has the address and port that it is bound to');
  ok(!eval { open_client($six, ip => '127.0.0.1') }, 's6-tcpserver on :: does not serve an IPv4 client by default');
  my $both = start_server(['-v', '--combine4and6', '-C', 1], $ends, ip => '::');
  my $four = open_client($both, ip => '127.0.0.1');
  is(read_line($four), "127.0.0.1 127.0.0.1 1\n", 's6-tcpserver --combine4and6: an IPv4 client has IPv4 addresses');
  is(ask($both, ip => '::1'), "::1 ::1 1\n", 's6-tcpserver --combine4and6: an IPv6 client has IPv6 addresses');
  log_says($both, qr{info: accept 127\.0\.0\.1_\d+ pid \d+ count 1/1$},
    's6-tcpserver --combine4and6: the log has the IPv4 address of an IPv4 client');
  ok(closed_by_server(open_client($both, ip => '127.0.0.1')),
     's6-tcpserver --combine4and6 -C 1: a second client of the same IPv4 address is refused');
  is(read_line(open_client($both, ip => '127.0.0.1', from => '127.0.0.2')), "127.0.0.2 127.0.0.1 1\n",
    's6-tcpserver --combine4and6 -C 1: a client of another IPv4 address is served');
  log_says($both, qr{info: refuse 127\.0\.0\.1_\d+ count 1/1 source \(-C 1\)$},
    's6-tcpserver --combine4and6 -C 1: the log has the IPv4 address of the refused client');
}

page_says('Let several listeners that all have this option share the same address and port.');
my $first = start_server(['--reuse-port'], ['cat']);
my $second = start_server(['--reuse-port'], ['cat'], port => $first->{port});
is($second->{port}, $first->{port}, 's6-tcpserver --reuse-port: two servers share a port');

page_says('Allow binding to a port whose old connections still linger. This is the default.');
my $again = start_server([], ['true']);
ask($again);
$again->signal('TERM');
$again->wait;
is(start_server([], ['cat'], port => $again->{port})->{port}, $again->{port}, 's6-tcpserver can be started again at once on the port that it had');

page_says('Do not allow binding to a port whose old connections still linger.');
is(run(bin('s6-tcpserver'), '-D', '127.0.0.1', lingering_port(), 'cat')->{code}, 111,
   's6-tcpserver -D: a port whose old connections linger cannot be bound');

page_says('Let n clients wait to be accepted. The default is the largest number that the system allows.');
SKIP:
{
  my $ss = tool('ss');
  skip 'ss, to read a backlog with, is not installed', 2 unless $ss;
  for ([['-b', 3], 3], [['--backlog=4'], 4], [[], get_file('/proc/sys/net/core/somaxconn') + 0])
  {
    my ($options, $expected) = @$_;
    my $one = start_server($options, ['cat']);
    like(run($ss, '-Hltn', "sport = :$one->{port}")->{out}, qr/^LISTEN\s+0\s+$expected\s/,
         "s6-tcpserver with options '@$options': the backlog is $expected");
  }
}

page_says('Bind also if no interface has the address ip.');
SKIP:
{
  skip 'only Linux binds to foreign addresses', 1 unless built_for_linux();
  ok(start_server(['--bind-to-any'], ['cat'], ip => '192.0.2.1')->{port}, 's6-tcpserver --bind-to-any: a server starts on a foreign address');
}

page_says('Accept a client only when it has sent data, and let the system wait for that about seconds.');
SKIP:
{
  skip 'only Linux defers accepting', 3 unless built_for_linux();
  my $deferring = start_server(['-v', '--defer=30'], ['cat']);
  my $silent = open_client($deferring);
  is(ask($deferring, send => "talk\n"), "talk\n", 's6-tcpserver --defer: a client that talks is served');
  log_has($deferring, qr/info: accept/);
  is(log_count($deferring, qr/info: accept/), 1, 's6-tcpserver --defer: a silent client is not accepted, though it came first');
  say_to($silent, "late\n");
  is(read_line($silent), "late\n", 's6-tcpserver --defer: a silent client is served when it talks');
}

page_says('Let the system probe idle connections, so that one whose client is gone comes to an end.');
my $probing = start_server(['--keepalive'], [@look]);
like(ask($probing), qr/^keepalive=1$/m, 's6-tcpserver --keepalive reaches the connections');

page_says('Let clients use Multipath TCP. Those that do not know it are served as usual.');
SKIP:
{
  my $mptcp = eval { start_server(['--mptcp'], ['cat']) };
  skip 'the kernel does not offer Multipath TCP', 1 unless $mptcp;
  is(ask($mptcp, send => 'x'), 'x', 's6-tcpserver --mptcp serves a client of plain TCP');
}

page_says('0 is a usage error here.');
my $deaf = run(bin('s6-tcpserver'), '-b', 0, '127.0.0.1', 0, 'cat');
is($deaf->{code}, 100, 's6-tcpserver -b 0 is a usage error');
like($deaf->{err}, qr/\As6-tcpserver: usage: --backlog must be a number from 1 .*, not '0' .*\n\z/,
     's6-tcpserver -b 0: the message is one line with the cause');

# ---- the ways it can end ----

page_says('The system refused something, for example to bind to the address.', 'prog was found, and cannot be executed.', 'prog was not found.',
          'The command line or a variable is wrong.', 'With 111, it names what was tried, and gives the reason of the system.');
my ($taken, $port) = busy_port();
my $busy = run(bin('s6-tcpserver'), '127.0.0.1', $port, 'cat');
is($busy->{code}, 111, 's6-tcpserver with a port that is taken: exit 111');
is($busy->{err}, "s6-tcpserver-socketbinder: fatal: unable to bind to 127.0.0.1 port $port: Address already in use\n",
  's6-tcpserver with a port that is taken: the message has the cause');

page_says('reads PATH to find prog, and, with -U, UID, GID and GIDLIST.');
page_says('Both 126 and 127 come before any client is accepted.');
is(run(bin('s6-tcpserver'), '-1', '127.0.0.1', 0, 'no-such-program')->{code}, 127, 's6-tcpserver exits 127 if its program does not exist');
my $dead = run(bin('s6-tcpserver'), '-1', '127.0.0.1', 0, own_dir());
is($dead->{code}, 126, 's6-tcpserver exits 126 if its program cannot be executed');
is($dead->{out}, '', 's6-tcpserver -1 announces no readiness if its program cannot be executed');

page_says('A signal made the server exit.');
for my $signal (qw(TERM QUIT ABRT))
{
  my $one = start_server([], ['cat']);
  $one->signal($signal);
  is_deeply($one->wait, { code => 0, signal => 0 }, "s6-tcpserver exits 0 after SIG$signal");
}

# ---- closed descriptors ----

for my $closed ([0], [2], [0, 2])
{
  my $one = start_server([], ['cat'], closed => $closed);
  is(ask($one, send => 'x'), 'x', "s6-tcpserver with the descriptors '@$closed' closed at its start serves a client");
}
for my $closed ([1], [0, 1], [0, 1, 2])
{
  my $free = busy_port_number();
  my $one = start(command => [bin('s6-tcpserver'), '127.0.0.1', $free, 'cat'], closed => $closed);
  my $answer = eventually(sub { eval { ask({ ip => '127.0.0.1', port => $free }, send => 'x') } });
  is($answer, 'x', "s6-tcpserver with the descriptors '@$closed' closed at its start serves a client");
  is(run({ closed => $closed }, bin('s6-tcpserver'), '-1', '127.0.0.1', 0, 'cat')->{code}, 100,
     "s6-tcpserver -1 with descriptors @$closed closed is a usage error");
}

# A port with a connection that the server side has closed first.
sub lingering_port
{
  my $one = start_server([], ['true']);
  my $client = open_client($one);
  read_all($client);
  $one->signal('TERM');
  $one->wait;
  return $one->{port};
}

# A port that was free a moment ago, for servers that cannot announce theirs.
sub busy_port_number
{
  my ($socket, $number) = busy_port();
  close $socket;
  return $number;
}

done_testing();
