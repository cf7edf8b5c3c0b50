#!/usr/bin/env perl
# skd: datagram sockets: one program at a time, which has the socket; what it is told, and what it may do wrong.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Skd;
use Sallyport::Unix;
use IO::Select;
use IO::Socket::IP;

page('skd');

my $echo = answer_with('$out = $in');
my $env = answer_with('$out = join "", map { "$_=$ENV{$_}\n" } sort keys %ENV');

sub variables { return { map { /\A(.*?)=(.*)\z/s } split /\n/, $_[0] } }

# ---- the first datagram ----

page_says('waits for a datagram and leaves it in the socket.');
page_says('The socket itself is the standard input and the standard output of prog, which receives the datagram, and may receive others.');
page_says('Bind a UDP socket, as -d -i does.');
my $server = skd(['-vu', '127.0.0.1:0'], $echo);
is(ask_datagram($server, "hello $_"), "hello $_", "datagram $_ is answered") for 1 .. 3;
log_says($server, qr/^skd: info: starting - bound for datagrams to 127\.0\.0\.1_$server->{port}$/, 'the log has the start');
my $line = log_has($server, qr/^skd: info: receive /);
like($line, qr/^skd: info: receive 127\.0\.0\.1_\d+ pid \d+ at 127\.0\.0\.1_$server->{port}$/, 'the sender');
log_says($server, qr/^skd: info: end pid \d+ exitcode 0 at 127\.0\.0\.1_$server->{port}$/, 'and the end');
is(scalar(grep { /status/ } log_lines($server)), 0, 'there is no limit to speak of');

is(ask_datagram(skd(['-di', '127.0.0.1:0'], $echo), 'x'), 'x', '-d -i is UDP');
my $two = skd(['-u', '127.0.0.1:0'], [$^X, '-e', 'for (1, 2) { my $from = recv STDIN, my $in, 100, 0; send STDOUT, "$$ $in", 0, $from }']);
my $client = datagram_client($two);
send_datagram($client, $_) for 'a', 'b';
my ($first, $second) = map { next_datagram($client) } 1, 2;
is(join(' ', sort map { (split ' ', $_)[1] } $first, $second), 'a b', 'both datagrams are answered');
is((split ' ', $first)[0], (split ' ', $second)[0], 'by the same process');

page_says('Until prog ends, skd does not look at this socket, and starts no other prog for it.');
my $gate = own_dir() . '/gate';
my $slow = skd(['-vu', '127.0.0.1:0'], answer_with('$out = $in; select undef, undef, undef, 0.01 until -e "' . $gate . '"'));
$client = datagram_client($slow);
send_datagram($client, $_) for 1 .. 5;
log_says($slow, qr/: receive /, 'the first program has started');
ok(!IO::Select->new($client)->can_read(0.3), 'and is waiting');
is(log_count($slow, qr/: receive /), 1, 'no other one has');
is(scalar($slow->served), 1, 'there is one child');
put_file('gate', '');
is(join('', map { next_datagram($client) // '' } 1 .. 5), '12345', 'then all the others are served, each by a program');
is(log_count($slow, qr/unread/), 0, 'and none is taken for one that was left');

# ---- the environment ----

page_says('Of a UDP socket: where the first datagram was sent to.');
page_says('Of a UDP socket: the sender of the first datagram.');
my @stale = map { $_ => 'stale' } qw(PROTO TCPLOCALIP TCPREMOTEIP TCPREMOTEHOST UDPLOCALIP UDPREMOTEIP UNIXREMOTEPATH PEERPID PEERUID PEERGID);
my %stale = (only_env => { PATH => $ENV{PATH}, @stale });
my $bare = skd(['-vu', '0'], $env, %stale);
for my $ip ('127.0.0.1', '127.0.0.5', '::1')
{
  SKIP:
  {
    skip 'IPv6 is not available', 1 if $ip eq '::1' && !have_ipv6();
    # Not connected: the answer may come from another address of the server.
    $client = IO::Socket::IP->new(Type => SOCK_DGRAM, LocalHost => $ip eq '::1' ? '::1' : '127.0.0.1') or die "cannot bind: $@\n";
    my $to = (IO::Socket::IP->new(Type => SOCK_DGRAM, PeerHost => $ip, PeerPort => $bare->port) or die "cannot connect: $@\n")->peername;
    defined send $client, 'x', 0, $to or die "cannot send: $!\n";
    is_deeply(variables(next_datagram($client) // ''), { PATH => $ENV{PATH}, PROTO => 'UDP', UDPLOCALIP => built_for_linux() ? $ip : $ip eq '::1' ? '::' : '0.0.0.0', UDPLOCALPORT => $bare->port,
              UDPREMOTEIP => $client->sockhost, UDPREMOTEPORT => $client->sockport }, "the environment of a datagram to $ip is exactly this");
  }
}
SKIP:
{
  skip 'IPv6 is not available', 2 unless have_ipv6();
  page_says('an IPv4 client of [::] has an IPv4 address.');
  my $any = skd(['-u', '[::]:0'], $env);
  my $v = variables(ask_datagram($any, 'x') // '');
  is("$v->{UDPLOCALIP} $v->{UDPREMOTEIP}", (built_for_linux() ? '127.0.0.1' : '::') . ' 127.0.0.1', 'an IPv4 datagram to [::]');
}

page_says('Of a Unix-domain datagram socket: the path that the sender of the first datagram is bound to, if it has one.');
page_says('or of the sender of the first datagram.');
my $path = unix_path();
my $local = skd_on($path, ['-vdl', $path], $env, %stale);
my $mine = unix_path();
my ($gid) = split ' ', $);
is_deeply(variables(ask_datagram($local, 'x', from => $mine) // ''), { PATH => $ENV{PATH}, PROTO => 'UNIX-DGRAM', UNIXLOCALPATH => $path, UNIXREMOTEPATH => $mine,
          built_for_linux() ? (PEERPID => $$, PEERUID => $>, PEERGID => $gid) : () }, 'the environment of a Unix-domain datagram is exactly this');
log_says($local, qr/^skd: info: receive \Q$mine\E pid \d+ at \Q$path\E$/, 'the log has both paths');
$path = unix_path();
my $out = own_dir() . '/anonymous';
my $nameless = skd_on($path, ['-vdl', $path], [$^X, '-e', 'recv STDIN, my $in, 100, 0; open my $o, ">", "' . $out . '"; print $o join " ", $in, map { $ENV{$_} // "unset" } "UNIXREMOTEPATH", "PEERPID"']);
send_datagram(datagram_client($nameless), 'word');
log_says($nameless, qr/^skd: info: receive anonymous pid/, 'a sender without a path is anonymous');
ok(eventually(sub { get_file($out) eq 'word unset ' . (built_for_linux() ? $$ : 'unset') }), 'and has a process id, where the system tells it') or diag(get_file($out));
page_says('set, and so has that of prog.');

# ---- a program that leaves its datagram alone ----

page_says('If prog ends and the datagram that it was started for is still there, or if it cannot be executed, it is started again at most 4 times a second.');
page_says('This is logged at most once a minute.');
for my $portable ([], ['--portable-launch'])
{
  my $began = now();
  my $lazy = skd(['-vu', '127.0.0.1:0', @$portable], ['true']);
  my $sent = datagram_client($lazy);
  send_datagram($sent, 'x');
  ok(eventually(sub { log_count($lazy, qr/: receive /) >= 6 }), "it is tried again and again (@$portable)");
  my $starts = log_count($lazy, qr/: receive /);
  cmp_ok($starts, '<=', 1 + 4 * (now() - $began), 'at most 4 times a second');
  is(log_count($lazy, qr/^skd: warning: true ended and left the datagram of 127\.0\.0\.1_\d+ at 127\.0\.0\.1_\d+ unread: trying at most 4 times a second$/), 1,
     'the log says so once');

  my $program = put_file('comes-and-goes', "#!$^X\nrecv STDIN, my \$in, 100, 0; kill 'KILL', \$\$ if \$in eq 'die'\n", 0755);
  my $gone = skd(['-vu', '127.0.0.1:0', @$portable], [$program]);
  unlink $program;
  $sent = datagram_client($gone);
  send_datagram($sent, 'x');
  log_says($gone, qr/^skd: warning: unable to launch \Q$program\E: No such file or directory: trying at most 4 times a second$/, 'a program that is not there');
  select undef, undef, undef, 0.6;
  is(log_count($gone, qr/unable to launch/), 1, 'the log says so once');
  put_file($program, get_file($^X) ? "#!$^X\nrecv STDIN, my \$in, 100, 0; print STDERR \"back \$in\\n\"\n" : '', 0755);
  log_says($gone, qr/^back x$/, 'the datagram is served when it is back');
  send_datagram($sent, 'y');
  log_says($gone, qr/^back y$/, 'and so is the next one');
}
my $dies = skd(['-vu', '127.0.0.1:0'], [$^X, '-e', 'recv STDIN, my $in, 100, 0; kill 9, $$']);
send_datagram(datagram_client($dies), 'x');
log_says($dies, qr/^skd: info: end pid \d+ signal 9 at /, 'a program that is killed');

# ---- what a program does to the socket ----

page_says('A socket on which prog has set non-blocking mode, or which it has connected, is as before for the next prog.');
my $rude = skd(['-vu', '127.0.0.1:0'], [$^X, '-MFcntl', '-e', 'my $flags = fcntl STDIN, F_GETFL, 0; my $from = recv STDIN, my $in, 100, 0;
  my $connected = getpeername STDIN; connect STDIN, $from; fcntl STDIN, F_SETFL, O_NONBLOCK; syswrite STDOUT, join " ", $in, $flags & O_NONBLOCK ? "nonblocking" : "blocking", $connected ? "connected" : "free"']);
for my $n (1 .. 3)
{
  is(ask_datagram($rude, $n), "$n blocking free", "client $n finds the socket as it should be");
  eventually(sub { log_count($rude, qr/: end pid/) == $n });  # until then the system refuses what others send
}

page_says('If prog shuts the socket down, skd exits 111.');
my $shut = skd(['-u', '127.0.0.1:0'], [$^X, '-e', 'recv STDIN, my $in, 100, 0; shutdown STDIN, 2']);
send_datagram(datagram_client($shut), 'x');
my $end = $shut->wait;
is($end && $end->{code}, 111, 'exit 111');
like(log_text($shut), qr/^skd: fatal: unable to receive: a program has shut the socket down/m, 'in words');

# One direction is enough to make the system call for ever: skd may not listen to it all the time.
my $half = skd(['-vu', '127.0.0.1:0'], answer_with('$out = $in; shutdown STDIN, 0'));
is(ask_datagram($half, 'x'), 'x', 'a program that shuts down the reading half');
log_says($half, qr/: end pid/, 'ends');
my $ticks = ticks($half->pid);
select undef, undef, undef, 0.5;
cmp_ok(ticks($half->pid) - $ticks, '<', 10, 'skd does not spin');
is(ask_datagram($half, 'y'), 'y', 'and serves what comes');

# ---- with everything else ----

page_says('-b, -c and -C do not apply to datagram sockets.');
my $both = skd(['-c', 1, '-C', 1, '-b', 1, '-t', '127.0.0.1:0', '-u', '127.0.0.1:0', '-u', '127.0.0.1:0'], ['sh', '-c', 'case $PROTO in TCP) exec cat;; *) exec "$@";; esac', 'sh', @$echo]);
my @ports = @{$both->{ports}};
my $stream = open_client($both);
say_to($stream, "x\n");
is(read_line($stream), "x\n", 'a stream client fills -c 1');
is(ask_datagram($both, 'x', port => $_), 'x', "datagrams to port $_ are served all the same") for @ports[1, 2];
close $stream;
is(ask($both, send => 'y'), 'y', 'and the next stream client too');

for my $how ('ignore', 'block')
{
  my $deaf = skd(['-u', '127.0.0.1:0'], $echo, $how => ['CHLD']);
  is(ask_datagram($deaf, $_), $_, "datagram $_ with SIGCHLD in $how") for 1 .. 3;
}
my $list = skd(['-u', '127.0.0.1:0', '-t', '127.0.0.1:0'],
  answer_with('opendir my $d, "/proc/self/fd"; my @fds = grep { /\d/ } readdir $d; closedir $d; $out = join " ", sort grep { -e "/proc/self/fd/$_" } @fds'));
is(ask_datagram($list, 'x', port => $list->{ports}[0]), '0 1 2', 'a program has the socket twice, and no other descriptor');

# Two UDP servers must not share a port.
is(run(bin('skd'), '-u', '127.0.0.1:' . $server->port, 'cat')->{code}, 111, 'a busy UDP port');

done_testing();
