#!/usr/bin/env perl
# s6-tcpserver-socketbinder: the socket that its program finds on fd 0.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Socket qw(SOCK_STREAM SOCK_DGRAM);

page('s6-tcpserver-socketbinder');

my @look = ($^X, source_file('tests/lib/socket-facts'));

sub bind_it
{
  my ($options, $ip, $port, %how) = @_;
  my $r = run(\%how, bin('s6-tcpserver-socketbinder'), @$options, '--', $ip, $port, @look);
  $r->{is} = { map { /^([\w-]+)=(.*)$/ ? ($1 => $2) : () } split /\n/, $r->{out} };
  return $r;
}

sub facts { return bind_it(@_)->{is} }

sub some
{
  my ($facts, @names) = @_;
  return { map { $_ => $facts->{$_} } @names };
}

# ---- by default ----

page_says('makes a TCP socket, binds it to the address ip and to port, and makes it listen.');
page_says('The socket is non-blocking.');
my $usual = facts([], '127.0.0.1', 0);
is_deeply(some($usual, qw(type listening reuse-address nonblocking cloexec ip)),
          { type => SOCK_STREAM, listening => 1, 'reuse-address' => 1, nonblocking => 1, cloexec => 0, ip => '127.0.0.1' },
          's6-tcpserver-socketbinder by default gives its program a TCP socket that listens, on descriptor 0');
is_deeply(some($usual, qw(reuse-port keepalive freebind defer device)),
          { 'reuse-port' => 0, keepalive => 0, freebind => 0, defer => 0, device => '' },
            's6-tcpserver-socketbinder by default gives the socket no option that was not asked for');
page_says('With 0, the system chooses a free port.');
cmp_ok($usual->{port}, '>', 0, 's6-tcpserver-socketbinder binds to a real port for port 0');
page_says('0.0.0.0 stands for all IPv4 addresses of the machine, and :: for all its IPv6 addresses.');
is(facts([], '0.0.0.0', 0)->{ip}, '0.0.0.0', 's6-tcpserver-socketbinder binds to all IPv4 addresses for 0.0.0.0');

page_says('All other descriptors, the environment and the process id stay as they are.');
open my $null, '<', '/dev/null' or die;
my @chain = (bin('s6-tcpserver-socketbinder'), '127.0.0.1', '0');
is(run({ fds => { 5 => $null } }, @chain, 'sh', '-c', 'ls /proc/$$/fd; :')->{out}, "0\n1\n2\n5\n",
   's6-tcpserver-socketbinder adds or loses no other descriptor');
is_deeply([sort split /\n/, run({ only_env => { A => 1, B => '' } }, @chain, tool('env'))->{out}], ['A=1', 'B='],
  's6-tcpserver-socketbinder gives its program the environment of the caller');
my $process = start(command => [@chain, 'sh', '-c', 'echo $$']);
is(readline($process->out), $process->pid . "\n", 'the program of s6-tcpserver-socketbinder has its process id');
page_says('changes no variable.');
page_says('leaves all signals as they are.');
my $signals = run({ ignore => ['USR1'], block => ['USR2'] }, @chain, 'grep', '-E', '^Sig(Blk|Ign)', '/proc/self/status')->{out};
like($signals, qr/SigBlk:\s*0*800$/m, 's6-tcpserver-socketbinder leaves a blocked signal blocked');
my ($mask) = $signals =~ /SigIgn:\s*(\w+)/;
ok(signal_in_mask($mask, 10), 's6-tcpserver-socketbinder leaves an ignored signal ignored');

# ---- options ----

page_says('Let n clients wait to be accepted. The default is the largest number that the system allows.');
page_says('With 0, the socket is bound and does not listen.');
is(facts(['-b', 0], '127.0.0.1', 0)->{listening}, 0, 's6-tcpserver-socketbinder -b 0 makes a socket that does not listen');
cmp_ok(facts(['-b', 0], '127.0.0.1', 0)->{port}, '>', 0, 's6-tcpserver-socketbinder -b 0 binds the socket to a port');
is(facts(['--backlog=3'], '127.0.0.1', 0)->{listening}, 1, 's6-tcpserver-socketbinder --backlog=3 makes a socket that listens');
SKIP:
{
  my $ss = tool('ss');
  skip 'ss, to read a backlog with, is not installed', 2 unless $ss;
  my $max = get_file('/proc/sys/net/core/somaxconn') + 0;
  for ([['-b', 3], 3], [[], $max])
  {
    my ($options, $expected) = @$_;
    my $r = run(bin('s6-tcpserver-socketbinder'), @$options, '127.0.0.1', 0, 'sh', '-c',
                "p=\$($^X $look[1] | sed -n s/^port=//p); $ss -Hltn \"sport = :\$p\"");
    like($r->{out}, qr/^LISTEN\s+0\s+$expected\s/, "s6-tcpserver-socketbinder with options '@$options': the backlog is $expected");
  }
}

page_says('Allow binding to a port whose old connections still linger. This is the default.');
page_says('Do not allow binding to a port whose old connections still linger.');
page_says('If an option is given twice, the last one counts.');
is(facts([$_->[0]], '127.0.0.1', 0)->{'reuse-address'}, $_->[1], "s6-tcpserver-socketbinder $_->[0]: SO_REUSEADDR is $_->[1]")
  for ['-d', 1], ['--reuse-address', 1], ['-D', 0], ['--no-reuse-address', 0], ['-dD', 0], ['-Dd', 1];
{
  # A connection that the server side closed first lingers in TIME_WAIT on the server's port.
  my ($old, $port) = busy_port();
  my $client = open_client({ ip => '127.0.0.1', port => $port });
  close $old->accept;
  read_all($client);
  close $_ for $client, $old;
  my $refused = bind_it(['-D'], '127.0.0.1', $port);
  is($refused->{code}, 111, 's6-tcpserver-socketbinder -D: a port whose old connections linger is not free');
  like($refused->{err}, qr/\A\S+: fatal: unable to bind to 127\.0\.0\.1 port $port: Address already in use\n\z/,
    's6-tcpserver-socketbinder -D: the message has that the port is not free');
  is(facts(['-d'], '127.0.0.1', $port)->{port}, $port, 's6-tcpserver-socketbinder -d: a port whose old connections linger can be bound');
}

page_says('Make a TCP socket. This is the default.');
page_says('Make a UDP socket.');
page_says('It does not listen, unless a backlog is given; the system refuses that.');
is_deeply(some(facts([$_], '127.0.0.1', 0), qw(type listening)), { type => SOCK_DGRAM, listening => 0 },
          "s6-tcpserver-socketbinder $_ makes a UDP socket that does not listen") for '-m', '--udp', '-Mm';
is_deeply(some(facts([$_], '127.0.0.1', 0), qw(type listening)), { type => SOCK_STREAM, listening => 1 },
          "s6-tcpserver-socketbinder $_ makes a TCP socket that listens") for '-M', '--tcp', '-mM';
is(facts(['-m', '-b0'], '127.0.0.1', 0)->{type}, SOCK_DGRAM, 's6-tcpserver-socketbinder -m -b0 makes a UDP socket');
my $listens = bind_it(['-m', '-b5'], '127.0.0.1', 0);
is($listens->{code}, 111, 's6-tcpserver-socketbinder -m -b5, a UDP socket that would listen: exit 111');
like($listens->{err}, qr/\A\S+: fatal: unable to listen to 127\.0\.0\.1 port 0: .+\n\z/,
     's6-tcpserver-socketbinder -m -b5: the message has the cause');

page_says('Make the socket blocking.');
is(facts([$_], '127.0.0.1', 0)->{nonblocking}, 0, "s6-tcpserver-socketbinder $_: the socket is blocking") for '-B', '--block', '-mB';

page_says('Let several sockets that all have this option share the same address and port.');
{
  my $first = start(command => [bin('s6-tcpserver-socketbinder'), '--reuse-port', '127.0.0.1', 0, 'sh', '-c', "@look; exec sleep 100"]);
  my ($port) = map { /^port=(\d+)/ ? $1 : () } map { scalar readline $first->out } 1 .. 18;
  is(facts(['--reuse-port'], '127.0.0.1', $port)->{port}, $port,
     's6-tcpserver-socketbinder --reuse-port: a second socket with the option may bind to the same port');
  is(bind_it([], '127.0.0.1', $port)->{code}, 111, 's6-tcpserver-socketbinder without --reuse-port: a second socket may not bind to the same port');
}

page_says('Bind also if no interface has the address ip.');
SKIP:
{
  skip 'only Linux binds to foreign addresses', 1 unless built_for_linux();
  is(facts(['--bind-to-any'], '192.0.2.1', 0)->{ip}, '192.0.2.1', 's6-tcpserver-socketbinder --bind-to-any: a foreign address can be bound');
}
my $foreign = bind_it([], '192.0.2.1', 0);
is($foreign->{code}, 111, 's6-tcpserver-socketbinder without --bind-to-any: a foreign address cannot be bound');
like($foreign->{err}, qr/\A\S+: fatal: unable to bind to 192\.0\.2\.1 port 0: .+\n\z/,
     's6-tcpserver-socketbinder without --bind-to-any: the message names the foreign address');
page_says('With 111, it names what was tried for which ip and port, and what the system answered.');

page_says('Let the system probe idle connections.');
is(facts(['--keepalive'], '127.0.0.1', 0)->{keepalive}, 1, 's6-tcpserver-socketbinder --keepalive switches probing on');

page_says('Each of these three options alone switches probing on.');
SKIP:
{
  skip 'only Linux has all of them', 5 unless $^O eq 'linux';
  my @names = qw(keepalive keepalive-after keepalive-every keepalive-count user-timeout);
  is_deeply(some(facts([qw(--keepalive-after=60 --keepalive-every=7 --keepalive-count=3 --user-timeout=20)], '127.0.0.1', 0), @names),
            { 'keepalive' => 1, 'keepalive-after' => 60, 'keepalive-every' => 7, 'keepalive-count' => 3, 'user-timeout' => 20000 },
              's6-tcpserver-socketbinder sets the keepalive options of the listener that connections inherit');
  is(facts(["--keepalive-$_=2"], '127.0.0.1', 0)->{keepalive}, 1, "s6-tcpserver-socketbinder --keepalive-$_ alone switches probing on")
    for qw(after every count);
  is_deeply(some(facts(['--user-timeout=5'], '127.0.0.1', 0), qw(keepalive user-timeout)), { keepalive => 0, 'user-timeout' => 5000 },
    's6-tcpserver-socketbinder --user-timeout alone does not switch probing on');
}
for my $option ('--user-timeout=5', '--keepalive-after=5', '--keepalive-every=5', '--keepalive-count=5')
{
  my ($name) = $option =~ /(--[a-z-]+)/;
  my $r = bind_it(['-m', $option], '127.0.0.1', 0);
  is("$r->{code} $r->{err}", "100 s6-tcpserver-socketbinder: usage: $name is for TCP sockets (try s6-tcpserver-socketbinder --help)\n",
     "s6-tcpserver-socketbinder $name is a usage error with -m");
}

page_says('Take only what comes in by the network interface if.');
my $device = bind_it(['--device=lo'], '127.0.0.1', 0);
SKIP:
{
  skip 'needs the right to bind to an interface', 1 if $device->{code};
  is($device->{is}{device}, 'lo', 's6-tcpserver-socketbinder --device=lo binds to the interface lo');
}
my $nonesuch = bind_it(['--device', 'nonesuch'], '127.0.0.1', 0);
is($nonesuch->{code}, 111, 's6-tcpserver-socketbinder --device with an interface that is not there: exit 111');
like($nonesuch->{err}, qr/\A\S+: fatal: unable to bind to the device \S+ for 127\.0\.0\.1 port 0: .+\n\z/,
  's6-tcpserver-socketbinder --device with an interface that is not there: the message names what was tried');

page_says('Let a client be accepted only when it has sent data, and let the system wait for that about seconds.');
SKIP:
{
  skip 'only Linux defers accepting', 1 unless built_for_linux();
  cmp_ok(facts(['--defer=10'], '127.0.0.1', 0)->{defer}, '>=', 10, 's6-tcpserver-socketbinder --defer=10 defers accepting for at least 10 seconds');
}
is(facts(['--defer', 0], '127.0.0.1', 0)->{defer}, 0, 's6-tcpserver-socketbinder --defer 0 does not defer accepting');

page_says('Let clients use Multipath TCP.');
SKIP:
{
  my $mptcp = bind_it(['--mptcp'], '127.0.0.1', 0);
  skip 'the kernel does not offer Multipath TCP', 1 if $mptcp->{code};
  is($mptcp->{is}{protocol}, 262, 's6-tcpserver-socketbinder --mptcp makes a socket of Multipath TCP');
}
page_says('It cannot be given with -m.');
for ('--mptcp', '--defer=5')
{
  my $r = bind_it(['-m', $_], '127.0.0.1', 0);
  my ($word) = /^(--\w+)/;
  is($r->{code}, 100, "s6-tcpserver-socketbinder -m $_ is a usage error");
  like($r->{err}, qr/\A\S+: usage: .*$word/, "s6-tcpserver-socketbinder -m $_: the message names $word");
}

# ---- IPv6 ----

SKIP:
{
  skip 'IPv6 is not available', 5 unless have_ipv6();
  is(facts([], '::1', 0)->{ip}, '::1', 's6-tcpserver-socketbinder binds to ::1');
  page_says('Without this option, an IPv6 socket serves IPv6 only, whatever the default of the system is.');
  is(facts([], '::', 0)->{v6only}, 1, 's6-tcpserver-socketbinder by default makes a socket on :: for IPv6 only');
  page_says('Let a socket on :: serve IPv4 too.');
  is(facts(['--combine4and6'], '::', 0)->{v6only}, 0, 's6-tcpserver-socketbinder --combine4and6: a socket on :: is for IPv4, too');
  is(facts(['-m', '--combine4and6'], '::', 0)->{v6only}, 0, 's6-tcpserver-socketbinder --combine4and6 -m: a UDP socket on :: is for IPv4, too');
  is(facts(['-m'], '::1', 0)->{type}, SOCK_DGRAM, 's6-tcpserver-socketbinder -m makes a UDP socket for an IPv6 address');
}

# ---- what is in the way ----

my ($taken, $port) = busy_port();
my $busy = bind_it([], '127.0.0.1', $port);
is($busy->{code}, 111, 's6-tcpserver-socketbinder with a port that is taken: exit 111');
is($busy->{err}, "s6-tcpserver-socketbinder: fatal: unable to bind to 127.0.0.1 port $port: Address already in use\n",
  's6-tcpserver-socketbinder with a port that is taken: the message has the cause');
is($busy->{out}, '', 's6-tcpserver-socketbinder with a port that is taken: the program is not run');

page_says('has the exit code of prog, unless one of these comes first');
page_says('The system refused to make, prepare or bind the socket.', 'prog was found, and cannot be executed.', 'prog was not found.');
is(run(@chain, 'sh', '-c', "exit $_")->{code}, $_, "s6-tcpserver-socketbinder has the exit code $_ of its program") for 0, 1, 100, 255;
is(run(@chain, 'no-such-program')->{code}, 127, 's6-tcpserver-socketbinder exits 127 if its program does not exist');
is(run(@chain, own_dir())->{code}, 126, 's6-tcpserver-socketbinder exits 126 if its program cannot be executed');

# ---- closed descriptors ----

for my $closed ([0], [0, 1], [0, 1, 2], [1], [2])
{
  my $out = own_dir() . '/facts';
  unlink $out;
  run({ closed => $closed }, @chain, 'sh', '-c', "$^X $look[1] > $out");
  like(get_file($out), qr/^listening=1$/m,
       "s6-tcpserver-socketbinder with the descriptors '@$closed' closed at its start: the socket is on descriptor 0");
}

done_testing();
