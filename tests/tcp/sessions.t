#!/usr/bin/env perl
# Sessions that last too long are ended, and with --kill-group all that they started.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;
use IO::Socket::IP;
use Socket qw(SOL_SOCKET SO_LINGER);

page('s6-tcpserverd');

page_says('End a session that has lasted for s seconds, at most a second later: send SIGTERM and SIGCONT to its program.');
my $server = start_server(['-v', '--max-session=1'], ['sh', '-c', 'echo "$$"; exec sleep 1000']);
my @clients = map { open_client($server) } 1 .. 3;
my @pids = map { my $line = read_line($_); chomp $line; $line } @clients;
is(read_all($_), '', 's6-tcpserver --max-session=1: a session is ended when its time is over') for @clients;
for my $pid (@pids)
{
  log_says($server, qr/info: ending pid $pid after \d+ s: session$/,
    's6-tcpserver --max-session=1: the log has the pid of an ended session and how long it ran');
  log_says($server, qr/info: end pid $pid signal 15 count \d+\/40 source=127\.0\.0\.1 ms=[1-9]\d{3,}$/,
    's6-tcpserver --max-session=1: the log has that the program ended by SIGTERM, and after how many milliseconds');
}
is(log_count($server, qr/killing/), 0, 's6-tcpserver --max-session=1: no program that obeys SIGTERM is killed');

my $stopped = start_server(['-v', '--max-session=1'], ['sh', '-c', 'kill -STOP $$; exec sleep 1000']);
is(read_all(open_client($stopped)), '', 's6-tcpserver --max-session=1: a program that is stopped is ended');

page_says('Send SIGKILL to a program that has not ended s seconds after it was asked to.', 'The default is 10.');
my $stubborn = start_server(['-v', '--max-session=1', '--kill-after=1'], ['sh', '-c', 'trap "" TERM; echo "$$"; while :; do sleep 1000; done']);
my $client = open_client($stubborn);
my $pid = read_line($client);
chomp $pid;
log_says($stubborn, qr/warning: killing pid $pid: it did not end within 1 s$/,
  's6-tcpserver --kill-after=1: a program that ignores SIGTERM is killed');
log_says($stubborn, qr/info: end pid $pid signal 9 /, 's6-tcpserver --kill-after=1: a program that ignores SIGTERM ends by SIGKILL');
is(log_count($stubborn, qr/killing/), 1, 's6-tcpserver --kill-after=1: a program that ignores SIGTERM is killed only once');
my $never = start_server(['-v', '--max-session=1', '--kill-after=1000000'], ['sh', '-c', 'trap "" TERM; echo "$$"; while :; do sleep 1000; done']);
my $patient = open_client($never);
read_line($patient);
log_says($never, qr/ending pid/, 's6-tcpserver --kill-after=1000000: a program that ignores SIGTERM is asked to end');
is(log_count($never, qr/killing/), 0, 's6-tcpserver --kill-after=1000000: a program that ignores SIGTERM is not killed at once');
$never->signal('ABRT');

page_says('0, the default, ends none.');
my $endless = start_server(['-v', '--max-session=0'], ['cat']);
my $stays = open_client($endless);
say_to($stays, "a\n");
is(read_line($stays), "a\n", 's6-tcpserver --max-session=0: a session is served');

# ---- idle ----

page_says('End a session in the same way when its connection has carried no data, in either direction, for s seconds.', 'The time begins with the connection.');
page_says('A client that has gone without its program noticing is idle, too.');
my $ticks = 'my $n = 0; $| = 1; while ($n++ < 8) { print "tick\n"; select undef, undef, undef, 0.4 } sleep 1000';
if (platform() eq 'linux')
{
  for my $way (['127.0.0.1', '127.0.0.1'], ['0.0.0.0', '127.0.0.1'], have_ipv6() ? (['::1', '::1'], ['::', '127.0.0.1', '--combine4and6']) : ())
  {
    my ($bound, $ip, @options) = @$way;
    my $idle = start_server(['-v', '--max-idle=1', @options], ['sh', '-c', 'echo "$$"; exec cat'], ip => $bound);
    $idle->{ip} = $ip;
    my @silent = map { open_client($idle) } 1 .. 2;
    my @pids = map { my $line = read_line($_); chomp $line; $line } @silent;
    my $busy = open_client($idle);
    read_line($busy);
    my $rounds = 0;
    until ($rounds++ >= 200 || log_count($idle, qr/: idle$/) >= 2) { say_to($busy, "x\n"); read_line($busy); select undef, undef, undef, 0.1 }
    is(read_all($_), '', "s6-tcpserver --max-idle=1 on $bound: a silent session is ended") for @silent;
    log_says($idle, qr/info: ending pid $_ after \d+ s: idle$/, "s6-tcpserver --max-idle=1 on $bound: the log has that a session was idle") for @pids;
    say_to($busy, "y\n");
    is(read_line($busy), "y\n", "s6-tcpserver --max-idle=1 on $bound: a client that sends stays");
    is(log_count($idle, qr/: idle$/), 2, "s6-tcpserver --max-idle=1 on $bound: only the two silent sessions are ended");
  }
  my $talks = start_server(['-v', '--max-idle=1'], ['perl', '-e', $ticks]);
  my $listener = open_client($talks);
  is(scalar(grep { defined read_line($listener) } 1 .. 8), 8,
     's6-tcpserver --max-idle=1: a program that sends more often is left alone for three seconds');
  is(read_all($listener), '', 's6-tcpserver --max-idle=1: a program that has sent is ended when it falls silent');

  my $deaf = start_server(['-v', '--max-idle=1', '--max-session=0'], ['sleep', 1000]);
  my $stays = open_client($deaf);
  my $gone = open_client($deaf);
  setsockopt $gone, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
  close $gone;
  ok(eventually(sub { log_count($deaf, qr/: idle$/) == 2 }),
     's6-tcpserver --max-idle=1: a client that has gone, with a program that does not look, is idle');

  my $both = start_server(['-v', '--max-session=1', '--max-idle=1000'], ['cat']);
  my $first = open_client($both);
  is(read_all($first), '', 's6-tcpserver --max-session=1 --max-idle=1000: the shorter limit ends a session');
  log_says($both, qr/: session$/, 's6-tcpserver --max-session=1 --max-idle=1000: the log names the limit that ended the session');

  my $direct = start_server(['-v', '--max-idle=0'], ['cat']);
  my $endless = open_client($direct);
  say_to($endless, "a\n");
  is(read_line($endless), "a\n", 's6-tcpserver with --max-idle=0: a session is served');

  my $proxied = start_server(['-v', '--max-idle=1', '--proxy=1', '--proxy-from=127.0.0.1'], ['cat']);
  my $proxied_client = open_client($proxied);
  say_to($proxied_client, "PROXY TCP4 192.0.2.7 192.0.2.8 1 2\r\n");
  is(read_all($proxied_client), '', 's6-tcpserver --max-idle with --proxy: a session whose sender of the header is silent is ended');
  log_says($proxied, qr/: idle$/, 's6-tcpserver --max-idle with --proxy: the log has that the session was idle');

  page_says('For TCP on Linux: a Unix-domain listener, Multipath TCP and other systems are a usage error.');
  my $r = run(bin('s6-ipcserver'), '--max-idle=5', unix_path(), 'true');
  is("$r->{code} $r->{err}", "100 s6-ipcserver: usage: --max-idle is for TCP listeners (try s6-ipcserver --help)\n",
    's6-ipcserver --max-idle is a usage error');
  $r = run({ fds => { 0 => unix_listener() } }, bin('s6-ipcserverd'), '--max-idle=5', 'true');
  is("$r->{code} $r->{err}", "100 s6-ipcserverd: usage: --max-idle is for TCP listeners (try s6-ipcserverd --help)\n",
    's6-ipcserverd --max-idle is a usage error');
  my $path = unix_path();
  $r = run(bin('skd'), '-l', $path, '--max-idle=5', 'true');
  is("$r->{code} $r->{err}", "100 skd: usage: --max-idle is for TCP listeners (try skd --help)\n",
    'skd --max-idle with a Unix-domain listener is a usage error');
  ok(!-e $path, 'skd --max-idle with a Unix-domain listener binds nothing');
  $r = run(bin('s6-tcpserver'), '--max-idle=5', '--mptcp', '127.0.0.1', 0, 'true');
  like($r->{err}, qr/^s6-tcpserver: usage: --max-idle and --mptcp cannot be given together/, 's6-tcpserver --max-idle with --mptcp is a usage error');
}
else
{
  my $r = run(bin('s6-tcpserver'), '--max-idle=5', '127.0.0.1', 0, 'true');
  is($r->{code}, 100, 's6-tcpserver --max-idle without what Linux has is a usage error');
  like($r->{err}, qr/--max-idle needs Linux/, 's6-tcpserver --max-idle without what Linux has: the message names Linux');
}

# ---- groups ----

page_says('Let each program lead a process group of its own.', 'when the program has ended, what is left of the group gets SIGTERM and SIGCONT.');
my $leaves = ['sh', '-c', 'sleep 1000 < /dev/null > /dev/null & echo "$!"; read -r line; test "$line" != stay || exec sleep 1000'];
sub left_behind { my ($server) = @_; my $c = open_client($server); my $p = read_line($c); chomp $p; return ($c, $p) }

for my $way ([], ['--portable-launch'])
{
  my $name = @$way ? 'portable' : 'quick';
  my $group = start_server(['-v', '--kill-group', @$way], $leaves);
  my ($first, $orphan) = left_behind($group);
  say_to($first, "go\n");
  ok(eventually(sub { process_state($orphan) =~ /\A(?:Z|X|)\z/ }),
     "s6-tcpserver --kill-group, $name launch: what an ended program leaves over is ended");
  my ($second, $other) = left_behind($group);
  say_to($second, "stay\n");
  $group->signal('HUP');
  is(read_all($second), '', "s6-tcpserver --kill-group, $name launch: SIGHUP ends the program of a client");
  ok(eventually(sub { process_state($other) =~ /\A(?:Z|X|)\z/ }),
     "s6-tcpserver --kill-group, $name launch: SIGHUP ends the rest of a program's group");
}
my $limited = start_server(['-v', '--kill-group', '--max-session=1'], $leaves);
my ($third, $child) = left_behind($limited);
is(read_all($third), '', 's6-tcpserver --kill-group --max-session=1: a session that lasts too long is ended');
ok(eventually(sub { process_state($child) =~ /\A(?:Z|X|)\z/ }),
   's6-tcpserver --kill-group --max-session=1: the group of a session that lasts too long is ended');

my $alone = start_server(['-v'], $leaves);
my ($fourth, $survivor) = left_behind($alone);
say_to($fourth, "go\n");
log_says($alone, qr/ end pid /, 's6-tcpserver without --kill-group: the program of a client ends');
like(process_state($survivor), qr/\A[RSD]/, 's6-tcpserver without --kill-group: a process that an ended program leaves over lives');
kill 'KILL', $survivor;

# ---- every daemon ----

my $unix = start_server(['-v', '--max-session=1'], ['sleep', 1000], path => unix_path());
is(read_all(open_client($unix)), '', 's6-ipcserverd --max-session=1 ends a session');
my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 64, ReuseAddr => 1) or die;
my $acceptor = start(fds => { 3 => $listener }, command => [bin('tcp-socket-accept'), '-v', '--max-session=1', 'sleep', 1000]);
is(read_all(open_client({ ip => '127.0.0.1', port => $listener->sockport })), '', 'tcp-socket-accept --max-session=1 ends a session');
my $skd = start_listening(ip => '127.0.0.1', command => [bin('skd'), '-v', '--max-session=1', '-t', '127.0.0.1:0', '--', 'sleep', 1000]);
is(read_all(open_client($skd)), '', 'skd --max-session=1 ends a session');

done_testing;
