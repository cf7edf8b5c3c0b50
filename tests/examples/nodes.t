#!/usr/bin/env perl
# examples/haproxy/nodes: haproxy before two nodes, each in a network namespace of its own. A drain and an upgrade under load lose
# no request, a node that dies is left alone, and a route that is blocked ends the sessions that go by it.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;
use IO::Socket::INET;
use IO::Socket::UNIX;

my $haproxy = tool('haproxy');
skip_all_unless('haproxy is installed', $haproxy);
skip_all_unless('haproxy has the libraries that it needs', (run($haproxy, '-v')->{code} // -1) == 0);
skip_all_unless('nsenter is installed', tool('nsenter'));
in_network_namespace();
skip_all_unless('root that can be others', !is_root() || can_change_ids());

# ---- three machines ----

use constant { BALANCER => '192.0.2.1', REQUESTS => 1000, WORKERS => 8 };
my %address = (a => '192.0.2.10', b => '192.0.2.11');
my @clients = map { "198.51.100.$_" } 1 .. 8;
my $ip = tool('ip');
sub ip { return system("$ip $_[0] 2>/dev/null") == 0 }

# A namespace that lives as long as its first process, and a cable to it.
my %machine;
sub make_machine
{
  my ($name) = @_;
  my $machine = $machine{$name} = start(command => [tool('unshare'), '-n', 'sleep', 86400]);
  my $own = readlink '/proc/self/ns/net';
  eventually(sub { (readlink("/proc/$machine->{pid}/ns/net") // $own) ne $own }) or return 0;
  return ip("link add to-$name type veth peer name eth0 netns $machine->{pid}") && ip("link set to-$name up")
    && ip("route add $address{$name}/32 dev to-$name src " . BALANCER)
    && on($name, "$ip link set lo up && $ip addr add $address{$name}/32 dev eth0 && $ip link set eth0 up && $ip route add " . BALANCER . '/32 dev eth0');
}

sub on
{
  my ($name, $command) = @_;
  return system(tool('nsenter'), '-t', $machine{$name}{pid}, '-n', 'sh', '-c', "$command 2>/dev/null") == 0;
}

ip("addr add $_/32 dev lo") for BALANCER, @clients;
skip_all_unless('the system makes pairs of network interfaces', make_machine('a') && make_machine('b'));

# ---- what runs on them ----

my (%node, %agent);
sub start_on
{
  my ($name, $example, %env) = @_;
  return start_example("haproxy/nodes/$example", ADDRESS => $address{$name}, BALANCER => BALANCER, STATUS => own_dir() . "/$name.status", %env,
    under => [tool('nsenter'), '-t', $machine{$name}{pid}, '-n']);
}

sub start_node
{
  my ($name) = @_;
  $node{$name} = start_on($name, 'node', PORT => 7000);
  log_says($node{$name}, qr/info: starting - bound to ip \Q$address{$name}\E port 7000$/, "node $name starts") or BAIL_OUT(log_text($node{$name}));
}

for my $name (qw(a b))
{
  start_node($name);
  $agent{$name} = start_on($name, 'agent', PORT => '');
}
my $balancer = start_example('haproxy/nodes/balancer', ADDRESS => '0.0.0.0', PORT => 80, PATH => "$ENV{PATH}:" . $haproxy =~ s{/[^/]*\z}{}r);
ok(eventually(sub { IO::Socket::INET->new(PeerAddr => BALANCER, PeerPort => 80, LocalAddr => $clients[7]) }),
  'examples/haproxy/nodes/balancer starts') or BAIL_OUT(log_text($balancer));

# ---- clients ----

# The reply to one request, from this address.
sub get_page
{
  my ($from, $path) = @_;
  my $s = IO::Socket::INET->new(PeerAddr => BALANCER, PeerPort => 80, LocalAddr => $from, Timeout => deadline()) or return '';
  print {$s} "GET /$path HTTP/1.0\r\n\r\n";
  my $reply = '';
  1 while sysread $s, $reply, 65536, length $reply;
  return $reply;
}

sub is_whole
{
  my ($reply, $from, $path) = @_;
  return $reply =~ m{\AHTTP/1\.0 200 OK\r\n.*<code>/\Q$path\E</code>.*^TCPREMOTEIP=\Q$from\E\n.*</html>\s*\z}ms;
}

# A process that asks until the file `enough` is there, and at least so often. Its output is the number of good replies and of bad ones.
sub worker
{
  my ($from, $least, $enough) = @_;
  my $parent = $$;
  pipe my $out, my $in or die;
  my $pid = fork // die;
  if (!$pid)
  {
    my @count = (0, 0);
    for (my $i = 0; getppid == $parent && ($i < $least || !-e $enough); $i++) { $count[is_whole(get_page($from, $i), $from, $i) ? 0 : 1]++ }
    syswrite $in, "@count\n";
    require POSIX;
    POSIX::_exit(0);
  }
  return { pid => $pid, out => $out };
}

# Does something under load: no request may fail meanwhile.
sub under_load
{
  my ($what, $act) = @_;
  my $enough = own_dir() . '/enough';
  unlink $enough;
  my @workers = map { worker($clients[$_], REQUESTS / WORKERS, $enough) } 0 .. WORKERS - 1;
  $act->();
  put_file('enough', '');
  my ($good, $bad) = (0, 0);
  for my $w (@workers)
  {
    my @count = split ' ', readline($w->{out}) // '0 1';
    waitpid $w->{pid}, 0;
    $good += $count[0];
    $bad += $count[1];
  }
  is($bad, 0, "$what: none of " . ($good + $bad) . ' requests fails') or diag(map { log_text($_) } $balancer, values %node);
  cmp_ok($good, '>=', REQUESTS, "$what: at least " . REQUESTS . ' requests were made');
}

# ---- addresses and limits ----

ok(is_whole(get_page($clients[$_], "first$_"), $clients[$_], "first$_"), "client $clients[$_] gets a page that has its own address") for 0 .. 3;
for my $name (qw(a b))
{
  ok(eventually(sub { get_page($clients[0], 'x'); log_count($node{$name}, qr/info: accept \Q$clients[0]\E_/) > 0 }), "node $name serves, and logs the client's address");
}

page('s6-tcpserverd');
my $refusal = qr/refuse \Q$clients[5]\E_\d+ .*source \(-C 20\)/;
# How many go to which node depends on the load that both have told the balancer last: one more comes when it is known what became of the one before.
# A second refusal within a second has no line of its own: the sum that follows has the source without a port.
my $judged = sub { my $n = 0; $n += log_count($node{$_}, qr/(?:accept|refuse) \Q$clients[5]\E[_ ]/) for qw(a b); return $n };
my @held;
while (@held < 200 && grep { !log_count($node{$_}, $refusal) } qw(a b))
{
  my $before = $judged->();
  push @held, IO::Socket::INET->new(PeerAddr => BALANCER, PeerPort => 80, LocalAddr => $clients[5], Timeout => deadline()) // last;
  eventually(sub { $judged->() > $before }) or last;
}
log_says($node{$_}, $refusal, "node $_ refuses a client that has 20 connections to it already") for qw(a b);
ok(is_whole(get_page($clients[6], 'other'), $clients[6], 'other'), 'another client is served while one has 20 connections to each node');
@held = ();
is(log_count($node{$_}, qr/accept \Q@{[BALANCER]}\E_/), 0, "node $_ launches nothing for the checks of the balancer") for qw(a b);

# ---- a drain, and a new start ----

under_load('a drain of node a', sub
{
  my $until = deadline() + 10;
  $node{a}->signal('USR1');
  ok($node{a}->wait($until), 'node a ends after a drain when its last client has gone');
  is($node{a}->wait->{code}, 0, 'node a exits 0 after a drain');
});
log_says($balancer, qr{nodes/a.*(?:stopped|drain|DRAIN|DOWN)}, 'the balancer knows that node a takes no clients');
start_node('a');
ok(eventually(sub { get_page($clients[1], 'again'); log_count($node{a}, qr/info: accept /) > 0 }), 'node a is served clients again after a new start');

# ---- an upgrade ----

under_load('an upgrade of node b', sub
{
  for my $n (1 .. 3)
  {
    $node{b}->signal('USR2');
    ok(eventually(sub { log_count($node{b}, qr/info: resumed with \d+ clients$/) >= $n }),
      "upgrade $n of node b is made") or diag(log_text($node{b}));
  }
});
ok($node{b}->alive, 'node b is the same process after three upgrades');

# ---- a node that dies ----

# Whether the balancer reports that of node a once more than so often.
sub reports_again
{
  my ($what, $before) = @_;
  return eventually(sub { log_count($balancer, qr{nodes/a is $what}) > $before });
}

my ($downs, $ups) = map { log_count($balancer, qr{nodes/a is $_}) } qw(DOWN UP);
$node{a}->signal('KILL');
$node{a}->wait;
my $lost = grep { !is_whole(get_page($clients[2], "dead$_"), $clients[2], "dead$_") } 1 .. 50;
is($lost, 0, 'after node a was killed, 50 requests all get their answer from node b');
ok(reports_again('DOWN', $downs), 'the balancer notices that node a is gone') or diag(log_text($balancer));
start_node('a');
ok(reports_again('UP', $ups), 'the balancer notices that node a is back') or diag(log_text($balancer));

# ---- a blocked route ----

# What node b sends gets lost on its way, what it is sent arrives: it learns nothing of that but that no answer comes.
my @options = ('-v', '--user-timeout=1', '--proxy=1', '--proxy-from=' . BALANCER);
my $far = start(command => [tool('nsenter'), '-t', $machine{b}{pid}, '-n', bin('s6-tcpserver'), @options, $address{b}, 7009, 'cat']);
log_says($far, qr/info: starting/, 'a service with --user-timeout=1 starts on node b');
my $client = IO::Socket::INET->new(PeerAddr => $address{b}, PeerPort => 7009, LocalAddr => BALANCER, Timeout => deadline()) or die "cannot connect: $!";
syswrite $client, "PROXY TCP4 198.51.100.1 192.0.2.11 4000 7009\r\nfirst\n";
is(readline($client), "first\n", 'the service with --user-timeout=1 on node b serves a client');
ok(on('b', "$ip neigh replace " . BALANCER . ' lladdr 02:00:00:00:00:99 dev eth0 nud permanent'), 'ip neigh replace blocks the way back from node b');
syswrite $client, "second\n";
log_says($far, qr/info: end pid \d+ /, 'the service with --user-timeout=1 ends a session whose route is blocked');

$balancer->signal('TERM');
ok($balancer->wait, 'examples/haproxy/nodes/balancer ends after SIGTERM');
done_testing;
