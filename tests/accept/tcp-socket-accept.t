#!/usr/bin/env perl
# tcp-socket-accept: which listeners, which limits, what a served program is given, how it ends.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;
use Socket qw(:all);
use IO::Socket::UNIX;

page('tcp-socket-accept');
my $accept = bin('tcp-socket-accept');
my $listen = bin('tcp-socket-listen');
my $loopback = '127.0.0.1';

# A served listener that tells its port.
sub service
{
  my ($options, $prog, %how) = @_;
  my $ip = delete $how{ip} // $loopback;
  return start_listening(%how, ip => $ip, command => [$listen, '-1', @{$how{listen} // []}, $ip, 0, $accept, @$options, '--', @$prog]);
}

sub variables_of { return sort grep { !/\A(PATH|TOKEN)=/ } split /\n/, $_[0] }

# ---- the connection ----

page_says('accepts the clients of one or several listening TCP sockets and launches prog once for each of them.');
page_says('The connection is the standard input and the standard output of prog.');
my $server = service(['-v'], ['cat']);
is(ask($server, send => "hello\n"), "hello\n", 'tcp-socket-accept runs cat for a client: what the client sends comes back');

page_says('The connection is in blocking mode.');
page_says('A child starts with no signal blocked.');
page_says('A child of tcp-socket-accept inherits the descriptors that the caller left open, but no listener.');
open my $null, '<', '/dev/null' or die;
my $facts = ask(service([], ['sh', '-c', 'ls /proc/$$/fd; grep ^flags /proc/$$/fdinfo/0; exec grep ^SigBlk /proc/self/status'], fds => { 7 => $null },
  block => ['TERM', 'CHLD'], ignore => ['CHLD']));
like($facts, qr/\A0\n1\n2\n7\nflags/, 'a child of tcp-socket-accept inherits the descriptors of the caller, but no listener');
is(oct(($facts =~ /^flags:\s*([0-7]+)$/m)[0]) & 04000, 0, 'the connection of a child of tcp-socket-accept is in blocking mode');
like($facts, qr/^SigBlk:\s*0+$/m, 'a child of tcp-socket-accept has no signal blocked');

page_says('The standard output of tcp-socket-accept becomes /dev/null.');
is(fd_targets($server->pid)->{1}, '/dev/null', 'the standard output of tcp-socket-accept becomes /dev/null');
page_says('They become non-blocking, so that several processes can serve the same listener.');
like(get_file('/proc/' . $server->pid . '/fdinfo/3'), qr/^flags:\s*0*[0-7]*4[0-7]{3}$/m, 'the listener of tcp-socket-accept becomes non-blocking');

# ---- the environment ----

page_says('The local address and port of this connection in one word: 192.0.2.1:80 or [2001:db8::1]:80.');
page_says('The address and port of the client in one word, likewise.');
page_says('are removed: they would describe something else.');
my %stale = map { $_ => 'old' } qw(PROTO LOCAL REMOTE TCPLOCALIP TCPLOCALPORT TCPREMOTEIP TCPREMOTEPORT TCPLOCALHOST TCPLOCALINFO TCPREMOTEHOST TCPREMOTEINFO
  TCPCONNNUM LISTEN_FDNAMES LISTEN_PIDFDID);
my $env = service([], [tool('env')], only_env => { PATH => $ENV{PATH}, TOKEN => 'a=b c', %stale, LISTEN_PID => 1, LISTEN_FDS => 9 });
my $client = open_client($env, from => '127.0.0.3');
my $port = $client->sockport;
my @expected = sort('PROTO=TCP', "LOCAL=$loopback:$env->{port}", "REMOTE=127.0.0.3:$port", "TCPLOCALIP=$loopback", "TCPLOCALPORT=$env->{port}",
  'TCPREMOTEIP=127.0.0.3', "TCPREMOTEPORT=$port", 'TCPCONNNUM=1');
is_deeply([variables_of(read_all($client))], \@expected, 'tcp-socket-accept sets and removes the variables of a child as its page describes');

page_says('The argument of -l. Without this option the variable is removed.');
for my $words ('-l here.example', '--localname=here.example', '-lother -l here.example')
{
  like(ask(service([split ' ', $words], [tool('env')], env => \%stale)), qr/^TCPLOCALHOST=here\.example$/m,
       "tcp-socket-accept $words sets TCPLOCALHOST");
}
my $long = 'x' x 5000;
like(ask(service(['-l', $long], [tool('env')])), qr/^TCPLOCALHOST=$long$/m, 'tcp-socket-accept -l sets TCPLOCALHOST to a name of 5000 bytes');
page_says('The local address of this connection, also if the listener is bound to all addresses.');
my $wild = service([], ['sh', '-c', 'echo "$LOCAL $TCPLOCALIP"'], ip => '0.0.0.0');
is(ask($wild, ip => '127.0.0.2'), "127.0.0.2:$wild->{port} 127.0.0.2\n",
   'tcp-socket-accept sets LOCAL to the local address of the connection for a listener on all addresses');

SKIP:
{
  skip 'IPv6 is not available', 4 unless have_ipv6();
  my $print = ['sh', '-c', 'echo "$PROTO $LOCAL ${REMOTE%:*} $TCPREMOTEIP"'];
  my $six = service([], $print, ip => '::1');
  is(ask($six), "TCP [::1]:$six->{port} [::1] ::1\n", 'tcp-socket-accept describes an IPv6 client by its address');
  page_says('An IPv4 client of a listener that serves both IPv6 and IPv4 is counted, logged and described by its IPv4 address.');
  my $both = service(['-v'], $print, ip => '*');
  is(ask($both, ip => $loopback), "TCP $loopback:$both->{port} $loopback $loopback\n",
     'tcp-socket-accept describes an IPv4 client of a dual-stack listener by its IPv4 address');
  is(ask($both, ip => '::1'), "TCP [::1]:$both->{port} [::1] ::1\n",
     'tcp-socket-accept describes an IPv6 client of a dual-stack listener by its IPv6 address');
  log_says($both, qr/accept 127\.0\.0\.1_\d+ pid \d+ count 1\/40$/,
    'tcp-socket-accept logs an IPv4 client of a dual-stack listener by its IPv4 address');
}

# ---- which listeners ----

page_says('or else the one on descriptor 3.');
page_says('the announcement was for another process, and the listener is on descriptor 3.');
my $foreign = service([], ['echo', 'served'], env => { LISTEN_PID => 1, LISTEN_FDS => 3 });
is(ask($foreign), "served\n", 'tcp-socket-accept serves descriptor 3 if LISTEN_PID names another process');
is(ask(service(['-l', ''], ['sh', '-c', 'echo "${TCPLOCALHOST-unset}"'])), "\n", 'tcp-socket-accept with an empty -l sets an empty TCPLOCALHOST');
page_says('Any other value is reported, and the listener is on descriptor 3.');
for my $pid ('', 'x', '1x', '-1')
{
  my $server = service([], ['sh', '-c', 'echo "served${LISTEN_FDS+bad}"'], env => { LISTEN_PID => $pid, LISTEN_FDS => 2 });
  is(ask($server), "served\n", "tcp-socket-accept serves descriptor 3, and removes LISTEN_FDS, with LISTEN_PID='$pid'");
}
for my $fds ('', 'abc', '1x', '-1', 1025, 4294967295, '99999999999999999999')
{
  my ($listener, $port) = busy_port();
  my $server = start(fds => { 3 => $listener }, command => [announced(LISTEN_FDS => $fds), $accept, '-v', 'sh', '-c', 'echo "served${LISTEN_FDS+bad}"']);
  log_says($server, qr/\Atcp-socket-accept: warning: LISTEN_FDS is not a number from 0 to 1024: serving descriptor 3$/m,
    "tcp-socket-accept warns of LISTEN_FDS='$fds'");
  log_says($server, qr/status: 0\/40/, "tcp-socket-accept starts with LISTEN_FDS='$fds'");
  is(ask({ ip => $loopback, port => $port }), "served\n", "tcp-socket-accept serves descriptor 3, and removes LISTEN_FDS, with LISTEN_FDS='$fds'");
}
page_says('by one that no other process ever gets.');
SKIP:
{
  skip 'this system has no such ids', 1 unless built_for_linux() && get_file('/proc/sys/kernel/osrelease') =~ /\A(\d+)\.(\d+)/ && $1 * 100 + $2 >= 609;
  my ($listener, $port) = busy_port();
  my $server = start(fds => { 3 => $listener }, command => [announced(LISTEN_FDS => 2, LISTEN_PIDFDID => 77), $accept, '-v', 'echo', 'served']);
  log_says($server, qr/status: 0\/40/, 'tcp-socket-accept starts if LISTEN_PIDFDID is not that of this process');
  is(ask({ ip => $loopback, port => $port }), "served\n", 'tcp-socket-accept serves descriptor 3 if LISTEN_PIDFDID is not that of this process');
}

page_says('The listeners are those that LISTEN_FDS and LISTEN_PID announce to this process, from descriptor 3 up,');
my ($first, $second) = map { (busy_port())[0] } 1, 2;
my $two = start(fds => { 3 => $first, 4 => $second }, command => [announced(LISTEN_FDS => 2), $accept, '-v', 'sh', '-c', 'echo "$TCPLOCALPORT${LISTEN_FDS+bad}${LISTEN_PID+bad}"; cat']);
log_says($two, qr/status: 0\/40/, 'tcp-socket-accept starts with two listeners that LISTEN_FDS announces');
is(log_count($two, qr/starting - bound to ip 127\.0\.0\.1 port \d+/), 2, 'tcp-socket-accept -v logs the addresses of two listeners');
my %at = map { $_ => { ip => $loopback, port => $_->sockport } } $first, $second;
is(ask($at{$_}, send => 'x'), $_->sockport . "\nx", 'tcp-socket-accept with two listeners serves the clients of both') for $first, $second, $first;

my $udp = IO::Socket::IP->new(LocalHost => $loopback, LocalPort => 0, Type => SOCK_DGRAM) or die "no socket: $!\n";
my $deaf = IO::Socket::IP->new(LocalHost => $loopback, LocalPort => 0, Type => SOCK_STREAM) or die "no socket: $!\n";
my $unix = IO::Socket::UNIX->new(Local => own_dir() . '/unix', Listen => 1) or die "no socket: $!\n";
my @wrong = (
  ['no open descriptor 3', {}, [], 100, qr/usage: fd 3 is not open: /], ['a file', { 3 => $null }, [], 100, qr/usage: fd 3 is not a socket/],
  ['a UDP socket', { 3 => $udp }, [], 100, qr/usage: .*listen/], ['a socket that does not listen', { 3 => $deaf }, [], 100, qr/usage: fd 3 is a socket that does not listen/],
  ['a Unix-domain listener', { 3 => $unix }, [], 100, qr/usage: a listener is not a TCP socket/],
  ['a listener and no open descriptor 4', { 3 => $first }, [announced(LISTEN_FDS => 2)], 100, qr/usage: .*LISTEN_FDS is not open/],
  ['a listener and a file', { 3 => $first, 4 => $null }, [announced(LISTEN_FDS => 2)], 100, qr/usage: .*LISTEN_FDS is not a socket/],
  ['a listener and one that does not listen', { 3 => $first, 4 => $deaf }, [announced(LISTEN_FDS => 2)], 100, qr/usage: fd 4 .*does not listen/],
);
for my $wrong (@wrong)
{
  my ($what, $fds, $under, $code, $words) = @$wrong;
  my $end = run({ fds => $fds }, @$under, $accept, 'true');
  is($end->{code}, $code, "tcp-socket-accept exits $code with $what in place of its listeners");
  like($end->{err}, qr/\Atcp-socket-accept: $words/, "tcp-socket-accept prints what is wrong with $what in place of its listeners");
}

# ---- limits ----

page_says('No more than --connection-limit clients are served at once, whichever listeners they come from.');
page_says('Further clients wait in the backlog until a child ends; none of them is refused.');
for my $words ('-c 2', '--connection-limit=2', '-c9 --connection-limit 2')
{
  my $small = service(['-v', split ' ', $words], ['sh', '-c', 'echo served; exec cat']);
  my @clients = map { open_client($small) } 1 .. 3;
  is(join('', map { read_line($_) } @clients[0, 1]), "served\n" x 2, "tcp-socket-accept $words serves two clients at once");
  log_says($small, qr/warning: the client limit 2 is reached/, "tcp-socket-accept $words logs that the limit is reached");
  is_serving($small, 2, "tcp-socket-accept $words has two children while a third client waits");
  stop_sending($clients[0]);
  is(read_line($clients[2]), "served\n", "tcp-socket-accept $words serves the third client when one of two has ended");
}
page_says('The default is 40. The largest n is 1000000, and 0 means 1.');
log_says(service(['-v', '-c', 0], ['cat']), qr/status: 0\/1$/, 'tcp-socket-accept -c 0 has a limit of 1');
log_says(service(['-v', '-c', 1000000], ['cat']), qr/status: 0\/1000000$/, 'tcp-socket-accept -c 1000000 has a limit of 1000000');
log_says($server, qr/status: 0\/40$/, 'tcp-socket-accept has a limit of 40 without -c');

page_says('no more than that many clients of the same source are served at once.');
page_says('Further clients of that source are refused: the connection is closed, and no program is launched. Clients of other sources are served meanwhile.');
for my $words ('-C 1', '--local-limit=1')
{
  my $fair = service([split ' ', $words], ['sh', '-c', 'echo "$TCPCONNNUM"; exec cat']);
  my $one = open_client($fair);
  is(read_line($one), "1\n", "tcp-socket-accept $words serves one client of a source");
  ok(closed_by_server(open_client($fair)), "tcp-socket-accept $words refuses a second client of a source");
  log_says($fair, qr/\Atcp-socket-accept: info: refuse 127\.0\.0\.1_\d+ count 1\/1 source \(-C 1\)$/,
           "tcp-socket-accept $words logs the refusal of a second client of a source without -v, too");
  is(read_line(open_client($fair, from => '127.0.0.2')), "1\n", "tcp-socket-accept $words serves a client of another source");
}
page_says('The default is no limit but --connection-limit.');
my $generous = service(['-c', 50], ['sh', '-c', 'echo served; exec cat']);
my @many = map { open_client($generous) } 1 .. 50;
is(join('', map { read_line($_) // 'none' } @many), "served\n" x 50, 'tcp-socket-accept -c 50 serves 50 clients of one source at once');
close $_ for @many;
page_says('With 0, all IPv4 clients are one source.');
my $all = service(['--local-limit=1', '--source-prefix4=0'], ['sh', '-c', 'echo served; exec cat']);
my $one = open_client($all);
is(read_line($one), "served\n", 'tcp-socket-accept --local-limit=1 --source-prefix4=0 serves one IPv4 client');
ok(closed_by_server(open_client($all, from => '127.9.9.9')),
   'tcp-socket-accept --local-limit=1 --source-prefix4=0 refuses a second IPv4 client of another address');

# ---- options of the connection ----

my $options = $^X . ' -MSocket -e ' . q('sub o { unpack "i", getsockopt(STDIN, $_[0], $_[1]) } printf "%d %d\n", !!o(SOL_SOCKET, SO_KEEPALIVE), !!o(6, 1)');
page_says('Let the system probe idle connections, so that clients that have vanished are noticed.');
page_says('Without either option this is as the listener has it, which is usually off.');
page_says('Send small packets at once (TCP_NODELAY).');
my %options = ('' => '0 0', '-k' => '1 0', '--keepalives' => '1 0', '--no-keepalives' => '0 0', '-k --no-keepalives' => '0 0', '--no-keepalives -k' => '1 0',
  '-D' => '0 1', '--no-delay' => '0 1', '-kD' => '1 1', '-kDo' => '1 1');
is(ask(service([split ' ', $_], ['sh', '-c', $options])), "$options{$_}\n",
   "tcp-socket-accept with the options '$_' sets keepalive and no-delay of a connection as expected") for sort keys %options;
my ($lively) = busy_port();
setsockopt $lively, SOL_SOCKET, SO_KEEPALIVE, 1;
for my $case ([[], '1 0'], [['--no-keepalives'], '0 0'])
{
  my $inherits = start(fds => { 3 => $lively }, command => [$accept, '-v', @{$case->[0]}, 'sh', '-c', $options]);
  log_has($inherits, qr/status/);
  is(ask({ ip => $loopback, port => $lively->sockport }), "$case->[1]\n",
     "tcp-socket-accept with the options '@{$case->[0]}' sets keepalive of a connection as expected if the listener has it");
  $inherits->signal('TERM');
  $inherits->wait;
}

SKIP:
{
  page_says('Without this option they are removed from the connection, so that answers do not take a route that the client chose.');
  my $timestamps = pack 'C*', 0x44, 12, 5, 0, (0) x 8;  # an IP option that travels on the loopback interface
  my $show = ['perl', '-e', 'my $o = getsockopt STDIN, 0, 4; print length $o ? "options\n" : "none\n"'];
  my %kept = ('' => 'none', '-o' => 'options', '--no-kill-IP-options' => 'options');
  for my $words (sort keys %kept)
  {
    my $server = service([split ' ', $words], $show);
    socket my $client, PF_INET, SOCK_STREAM, 0 or die "no socket: $!\n";
    setsockopt $client, 0, 4, $timestamps or skip 'this system has no IP options', 1;
    connect $client, pack_sockaddr_in($server->{port}, inet_aton($loopback)) or die "cannot connect: $!\n";
    is(read_all($client), "$kept{$words}\n", "tcp-socket-accept with the options '$words' leaves a connection with the IP options: $kept{$words}");
  }
}

# ---- the program ----

page_says('If it cannot be found or executed then, tcp-socket-accept reports it and exits before any client is accepted.');
my $missing = run({ fds => { 3 => $first }, env => { PATH => '/usr/bin:/bin' } }, $accept, 'no-such-program');
is($missing->{code}, 127, 'tcp-socket-accept exits 127 at its start if its program does not exist');
like($missing->{err}, qr/\Atcp-socket-accept: fatal: .*no-such-program: No such file/, 'tcp-socket-accept names a program that does not exist');
is(run({ fds => { 3 => $first } }, $accept, put_file('plain', "text\n", 0644))->{code}, 126,
   'tcp-socket-accept exits 126 at its start if its program cannot be executed');
is(ask(service(['--portable-launch'], ['sh', '-c', 'echo "$REMOTE"'])) =~ s/:\d+//r, "$loopback\n",
   'tcp-socket-accept --portable-launch runs the program for a client');

# ---- signals ----

page_says('Exit. The children are left alone, and serve their clients to the end.');
page_says('Send SIGTERM and SIGCONT to every child, and go on.');
page_says('Send SIGTERM and SIGCONT to every child, and exit.');
page_says('Send SIGKILL to every child, and exit.');
page_says('These signals are obeyed also if the caller had blocked or ignored them,');
my %signals = (TERM => [1, 0], HUP => [0, 1], QUIT => [0, 0], ABRT => [0, 0]);  # child stays, server stays
for my $name (sort keys %signals)
{
  my $server = service(['-v'], ['sh', '-c', 'echo served; exec cat'], block => [$name], ignore => [$name]);
  my $client = open_client($server);
  read_line($client);
  $server->signal($name);
  log_says($server, qr/info: received SIG$name,/, "tcp-socket-accept obeys a SIG$name that its caller had blocked and ignored");
  if ($signals{$name}[0])
  {
    say_to($client, "still there\n");
    is(read_line($client), "still there\n", "a child of tcp-socket-accept goes on after SIG$name");
  }
  else { is(read_line($client), '', "a child of tcp-socket-accept ends after SIG$name") }
  if ($signals{$name}[1]) { is(ask($server, send => 'x'), "served\nx", "tcp-socket-accept goes on after SIG$name") }
  else { is(($server->wait // {})->{code}, 0, "tcp-socket-accept exits 0 after SIG$name") }
}

# ---- the command line ----

my %usage = ('no program' => [[], qr/operands/], 'an empty program' => [[''], qr/program/], 'an unknown option' => [['--conection-limit=3', 'true'], qr/--connection-limit/],
  'a limit in words' => [['-c', 'all', 'true'], qr/connection-limit.*all/],
    'a limit with a leading zero' => [['-C', '010', 'true'], qr/local-limit.*010/],
  'a negative limit' => [['-c', '-1', 'true'], qr/connection-limit/],
    'a source prefix of 33 bits' => [['--source-prefix4=33', 'true'], qr/source-prefix4/]);
for my $what (sort keys %usage)
{
  my $end = run({ fds => { 3 => $first } }, $accept, @{$usage{$what}[0]});
  is($end->{code}, 100, "tcp-socket-accept exits 100 with $what");
  like($end->{err}, $usage{$what}[1], "tcp-socket-accept prints what is wrong with $what");
}
page_says('what follows prog belongs to it.');
is(ask(service([], ['echo', '-n', '-c', '0'])), '-c 0', 'tcp-socket-accept leaves the options of its program alone');

done_testing;
