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
is(ask_datagram($server, "hello $_"), "hello $_", "skd -u has datagram $_ answered by prog") for 1 .. 3;
log_says($server, qr/^skd: info: starting - bound for datagrams to 127\.0\.0\.1_$server->{port}$/,
         'skd -v -u logs the address that it is bound to for datagrams');
my $line = log_has($server, qr/^skd: info: receive /);
like($line, qr/^skd: info: receive 127\.0\.0\.1_\d+ pid \d+ at 127\.0\.0\.1_$server->{port}$/,
     'skd -v -u logs the sender of a datagram and the pid of prog');
log_says($server, qr/^skd: info: end pid \d+ exitcode 0 at 127\.0\.0\.1_$server->{port}$/, 'skd -v -u logs the end of prog with its exit code');
is(scalar(grep { /status/ } log_lines($server)), 0, 'skd -v -u logs no status lines');

is(ask_datagram(skd(['-di', '127.0.0.1:0'], $echo), 'x'), 'x', 'skd -d -i binds a UDP socket');
my $two = skd(['-u', '127.0.0.1:0'], [$^X, '-e', 'for (1, 2) { my $from = recv STDIN, my $in, 100, 0; send STDOUT, "$$ $in", 0, $from }']);
my $client = datagram_client($two);
send_datagram($client, $_) for 'a', 'b';
my ($first, $second) = map { next_datagram($client) } 1, 2;
is(join(' ', sort map { (split ' ', $_)[1] } $first, $second), 'a b',
   'skd -u leaves two datagrams to a prog that receives two, and both are answered');
is((split ' ', $first)[0], (split ' ', $second)[0], 'skd -u leaves the second datagram to the prog that received the first one');

page_says('Until prog ends, skd does not look at this socket, and starts no other prog for it.');
my $gate = own_dir() . '/gate';
my $slow = skd(['-vu', '127.0.0.1:0'], answer_with('$out = $in; select undef, undef, undef, 0.01 until -e "' . $gate . '"'));
$client = datagram_client($slow);
send_datagram($client, $_) for 1 .. 5;
log_says($slow, qr/: receive /, 'skd -u starts prog for the first of five datagrams');
ok(!IO::Select->new($client)->can_read(0.3), 'skd -u sends no answer to five datagrams while prog waits');
is(log_count($slow, qr/: receive /), 1, 'skd -u logs no other datagram while prog runs');
is_serving($slow, 1, 'skd -u has one child while more datagrams wait');
put_file('gate', '');
is(join('', map { next_datagram($client) // '' } 1 .. 5), '12345',
   'skd -u has the waiting datagrams served, each by a prog, when the first prog ends');
is(log_count($slow, qr/unread/), 0, 'skd -u logs none of five served datagrams as left unread');

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
              UDPREMOTEIP => $client->sockhost, UDPREMOTEPORT => $client->sockport },
              "prog of skd -u has exactly the expected environment for a datagram to $ip");
  }
}
SKIP:
{
  skip 'IPv6 is not available', 2 unless have_ipv6();
  page_says('an IPv4 client of [::] has an IPv4 address.');
  my $any = skd(['-u', '[::]:0'], $env);
  my $v = variables(ask_datagram($any, 'x') // '');
  is("$v->{UDPLOCALIP} $v->{UDPREMOTEIP}", (built_for_linux() ? '127.0.0.1' : '::') . ' 127.0.0.1',
     'prog of skd -u on [::] has IPv4 addresses in its environment for an IPv4 datagram');
}

page_says('Of a Unix-domain datagram socket: the path that the sender of the first datagram is bound to, if it has one.');
page_says('or of the sender of the first datagram.');
my $path = unix_path();
my $local = skd_on($path, ['-vdl', $path], $env, %stale);
my $mine = unix_path();
my ($gid) = split ' ', $);
is_deeply(variables(ask_datagram($local, 'x', from => $mine) // ''), { PATH => $ENV{PATH}, PROTO => 'UNIX-DGRAM', UNIXLOCALPATH => $path, UNIXREMOTEPATH => $mine,
          built_for_linux() ? (PEERPID => $$, PEERUID => $>, PEERGID => $gid) : () },
          'prog of skd -d -l has exactly the expected environment for a datagram of a sender with a path');
log_says($local, qr/^skd: info: receive \Q$mine\E pid \d+ at \Q$path\E$/, 'skd -d -l logs the path of the sender and its own path');
$path = unix_path();
my $out = own_dir() . '/anonymous';
my $nameless = skd_on($path, ['-vdl', $path], [$^X, '-e', 'recv STDIN, my $in, 100, 0; open my $o, ">", "' . $out . '"; print $o join " ", $in, map { $ENV{$_} // "unset" } "UNIXREMOTEPATH", "PEERPID"']);
send_datagram(datagram_client($nameless), 'word');
log_says($nameless, qr/^skd: info: receive anonymous pid/, 'skd -d -l logs a sender without a path as anonymous');
ok(eventually(sub { get_file($out) eq 'word unset ' . (built_for_linux() ? $$ : 'unset') }),
   'prog of skd -d -l has PEERPID of a sender without a path, where the system provides it') or diag(get_file($out));
page_says('set, and so has that of prog.');

# ---- a program that leaves its datagram alone ----

page_says('If prog ends and the datagram that it was started for is still there, or if it cannot be executed, it is started again at most 4 times a second.');
page_says('This is logged at most once a minute.');
for my $portable ([], ['--portable-launch'])
{
  my $skd = join ' ', 'skd -u', @$portable;
  my $began = now();
  my $lazy = skd(['-vu', '127.0.0.1:0', @$portable], ['true']);
  my $sent = datagram_client($lazy);
  send_datagram($sent, 'x');
  ok(eventually(sub { log_count($lazy, qr/: receive /) >= 6 }), "$skd starts prog again while prog leaves its datagram unread");
  my $starts = log_count($lazy, qr/: receive /);
  cmp_ok($starts, '<=', 1 + 4 * (now() - $began), "$skd starts a prog that leaves its datagram unread at most 4 times a second");
  is(log_count($lazy, qr/^skd: warning: true ended and left the datagram of 127\.0\.0\.1_\d+ at 127\.0\.0\.1_\d+ unread: trying at most 4 times a second$/), 1,
     "$skd logs once that prog left its datagram unread");

  my $program = put_file('comes-and-goes', "#!$^X\nrecv STDIN, my \$in, 100, 0; kill 'KILL', \$\$ if \$in eq 'die'\n", 0755);
  my $gone = skd(['-vu', '127.0.0.1:0', @$portable], [$program]);
  unlink $program;
  $sent = datagram_client($gone);
  send_datagram($sent, 'x');
  log_says($gone, qr/^skd: warning: unable to launch \Q$program\E: No such file or directory: trying at most 4 times a second$/,
           "$skd logs that it is unable to launch a prog that was removed");
  select undef, undef, undef, 0.6;
  is(log_count($gone, qr/unable to launch/), 1, "$skd logs once that it is unable to launch a prog that was removed");
  put_file($program, get_file($^X) ? "#!$^X\nrecv STDIN, my \$in, 100, 0; print STDERR \"back \$in\\n\"\n" : '', 0755);
  log_says($gone, qr/^back x$/, "$skd has the datagram served when the removed prog is back");
  send_datagram($sent, 'y');
  log_says($gone, qr/^back y$/, "$skd has the next datagram served, too, when the removed prog is back");
}
my $dies = skd(['-vu', '127.0.0.1:0'], [$^X, '-e', 'recv STDIN, my $in, 100, 0; kill 9, $$']);
send_datagram(datagram_client($dies), 'x');
log_says($dies, qr/^skd: info: end pid \d+ signal 9 at /, 'skd -v -u logs the signal that killed prog');

# ---- what a program does to the socket ----

page_says('A socket on which prog has set non-blocking mode, or which it has connected, is as before for the next prog.');
my $rude = skd(['-vu', '127.0.0.1:0'], [$^X, '-MFcntl', '-e', 'my $flags = fcntl STDIN, F_GETFL, 0; my $from = recv STDIN, my $in, 100, 0;
  my $connected = getpeername STDIN; connect STDIN, $from; fcntl STDIN, F_SETFL, O_NONBLOCK; syswrite STDOUT, join " ", $in, $flags & O_NONBLOCK ? "nonblocking" : "blocking", $connected ? "connected" : "free"']);
for my $n (1 .. 3)
{
  is(ask_datagram($rude, $n), "$n blocking free",
     "prog number $n of skd -u finds the socket blocking and unconnected, whatever the one before it left");
  eventually(sub { log_count($rude, qr/: end pid/) == $n });  # until then the system refuses what others send
}

page_says('If prog shuts the socket down, skd exits 111.');
my $shut = skd(['-u', '127.0.0.1:0'], [$^X, '-e', 'recv STDIN, my $in, 100, 0; shutdown STDIN, 2']);
send_datagram(datagram_client($shut), 'x');
my $end = $shut->wait;
is($end && $end->{code}, 111, 'skd -u exits 111 if prog shuts the socket down');
like(log_text($shut), qr/^skd: fatal: unable to receive: a program has shut the socket down/m,
     'skd -u logs that a program has shut the socket down');

# One direction is enough to make the system call for ever: skd may not listen to it all the time.
my $half = skd(['-vu', '127.0.0.1:0'], answer_with('$out = $in; shutdown STDIN, 0'));
is(ask_datagram($half, 'x'), 'x', 'skd -u serves a datagram with a prog that shuts down the reading half of the socket');
log_says($half, qr/: end pid/, 'skd -v -u logs the end of a prog that shut down the reading half of the socket');
my $ticks = ticks($half->pid);
select undef, undef, undef, 0.5;
cmp_ok(ticks($half->pid) - $ticks, '<', 10, 'skd -u takes no processor time after prog shut down the reading half of the socket');
is(ask_datagram($half, 'y'), 'y', 'skd -u serves the next datagram after prog shut down the reading half of the socket');

# ---- with everything else ----

page_says('-b, -c and -C do not apply to datagram sockets.');
my $both = skd(['-c', 1, '-C', 1, '-b', 1, '-t', '127.0.0.1:0', '-u', '127.0.0.1:0', '-u', '127.0.0.1:0'], ['sh', '-c', 'case $PROTO in TCP) exec cat;; *) exec "$@";; esac', 'sh', @$echo]);
my @ports = @{$both->{ports}};
my $stream = open_client($both);
say_to($stream, "x\n");
is(read_line($stream), "x\n", 'skd -c 1 -t -u serves a stream client');
is(ask_datagram($both, 'x', port => $_), 'x', "skd -c 1 -t -u serves a datagram to port $_ while a stream client fills the limit") for @ports[1, 2];
close $stream;
is(ask($both, send => 'y'), 'y', 'skd -c 1 -t -u serves the next stream client when the first one has left');

for my $how ('ignore', 'block')
{
  my $deaf = skd(['-u', '127.0.0.1:0'], $echo, $how => ['CHLD']);
  is(ask_datagram($deaf, $_), $_, "skd -u serves datagram $_ when its caller had SIGCHLD in $how") for 1 .. 3;
}
my $list = skd(['-u', '127.0.0.1:0', '-t', '127.0.0.1:0'],
  answer_with('opendir my $d, "/proc/self/fd"; my @fds = grep { /\d/ } readdir $d; closedir $d; $out = join " ", sort grep { -e "/proc/self/fd/$_" } @fds'));
is(ask_datagram($list, 'x', port => $list->{ports}[0]), '0 1 2', 'prog of skd -u has descriptors 0 and 1 for the socket, 2, and no other');

# Two UDP servers must not share a port.
is(run(bin('skd'), '-u', '127.0.0.1:' . $server->port, 'cat')->{code}, 111, 'skd -u exits 111 if its UDP port is in use');

done_testing();
