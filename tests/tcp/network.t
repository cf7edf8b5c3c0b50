#!/usr/bin/env perl
# What takes addresses of one's own: IPv6 sources, link-local addresses, interfaces, ports below 1024. Runs in
# a network namespace.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

in_network_namespace();

my $ip = tool('ip');
sub add { return system("$ip $_[0] 2>/dev/null") == 0 }

my $say_and_hold = ['sh', '-c', 'echo "$TCPLOCALIP $TCPREMOTEIP $TCPCONNNUM"; exec cat'];

# ---- ports below 1024 ----

page('s6-tcpserver');
for my $port (1, 80, 1023, 65535)
{
  my $server = start_server([], ['cat'], port => $port);
  is($server->{ready}, "$port\n", "s6-tcpserver announces port $port");
  is(ask($server, send => 'x'), 'x', "s6-tcpserver serves port $port");
}

# ---- interfaces ----

page_says('Serve only clients that come in by the network interface if.');
SKIP:
{
  skip 'only Linux binds to an interface', 3 unless built_for_linux();
  skip 'the system makes no second interface', 3 unless grep { add("link add out0 type $_") } 'dummy', 'bridge', 'veth';
  add('link set out0 up') or die "cannot bring up out0\n";
  add('addr add 192.0.2.1/24 dev out0');
  my $everywhere = start_server([], ['cat'], ip => '0.0.0.0');
  is(ask($everywhere, ip => '192.0.2.1', send => 'x'), 'x', 's6-tcpserver without --device: a client is served on any interface');
  my $lo = start_server(['--device=lo'], ['cat'], ip => '0.0.0.0');
  is(ask($lo, ip => '127.0.0.1', send => 'x'), 'x', 's6-tcpserver --device=lo serves lo');
  my $out = start_server(['--device=out0'], ['cat'], ip => '0.0.0.0');
  ok(!eval { open_client($out, ip => '127.0.0.1') }, 's6-tcpserver --device=out0 does not serve lo');
}
my $none = run(bin('s6-tcpserver'), '--device=nonesuch', '127.0.0.1', 0, 'cat');
is($none->{code}, 111, 's6-tcpserver --device with an interface that is not there exits 111');

page_says('Bind also if no interface has the address ip.');
is(run(bin('s6-tcpserver'), '198.51.100.1', 80, 'cat')->{code}, 111, 's6-tcpserver exits 111 with an address of another machine');
SKIP:
{
  skip 'only Linux binds to foreign addresses', 2 unless built_for_linux();
  my $early = start_server(['--bind-to-any'], ['cat'], ip => '198.51.100.1', port => 80);
  ok(add('addr add 198.51.100.1/32 dev lo'), 's6-tcpserver --bind-to-any: the address is added after the start of the server');
  is(ask($early, send => 'x'), 'x', 's6-tcpserver --bind-to-any: the address is served when it is there');
}

# ---- IPv6 ----

SKIP:
{
  skip 'IPv6 is not available', 1 unless have_ipv6();
  add("addr add $_ dev lo nodad") for '2001:db8:1::1/128', '2001:db8:1::2/128', '2001:db8:1:0:ffff::3/128', '2001:db8:2::1/128', 'fe80::1/64';

  # An address is of use a moment after it was added.
  my ($probe, $probe_port) = busy_port('::');
  for my $from ('2001:db8:1::1', '2001:db8:1::2', '2001:db8:1:0:ffff::3', '2001:db8:2::1', 'fe80::1%lo')
  {
    my $to = $from =~ /^fe80/ ? $from : '2001:db8:2::1';
    eventually(sub { eval { open_client({ ip => $to, port => $probe_port }, from => $from) } }) or die "$from is of no use: $@";
  }
  page('s6-tcpserverd');
  page_says('A source is an IPv4 address, or all the IPv6 addresses that share their first 64 bits.');
  page_says('Count IPv6 clients that share their first len bits as one source.');
  page_says('The default is 64, and 128 is the largest.');
  page_says('With 0, all IPv6 clients are one source.');
  page('sallyport-log');
  page_says('a network as 2001:db8::/64 where the prefix groups several addresses');
  page('s6-tcpserverd');
  my $six = start_server(['-v', '-C', 2], $say_and_hold, ip => '::');
  my $first = open_client($six, ip => '2001:db8:2::1', from => '2001:db8:1::1');
  is(read_line($first), "2001:db8:2::1 2001:db8:1::1 1\n", 's6-tcpserver, IPv6: the program gets the remote and the local address of its client');
  my $second = open_client($six, ip => '2001:db8:2::1', from => '2001:db8:1::2');
  is(read_line($second), "2001:db8:2::1 2001:db8:1::2 2\n", 's6-tcpserver -C 2, IPv6: a second client of the same /64 counts as the same source');
  ok(closed_by_server(open_client($six, ip => '2001:db8:2::1', from => '2001:db8:1:0:ffff::3')),
     's6-tcpserver -C 2, IPv6: a third client of the same /64 is refused');
  log_says($six, qr{info: refuse 2001:db8:1:0:ffff::3_\d+ count 2/2 source \(-C 2\)$},
    's6-tcpserver -C 2, IPv6: the log names the address of the refused client');
  my $other = open_client($six, ip => '2001:db8:2::1', from => '2001:db8:2::1');
  is(read_line($other), "2001:db8:2::1 2001:db8:2::1 1\n", 's6-tcpserver -C 2, IPv6: a client of another /64 is served');
  stop_sending($first);
  read_all($first);
  log_says($six, qr{info: end pid \d+ exitcode 0 count 1/2 source=2001:db8:1::/64 ms=\d+$},
    's6-tcpserver -C 2, IPv6: the line of a client that leaves names its source, the /64');
  my $again = open_client($six, ip => '2001:db8:2::1', from => '2001:db8:1::1');
  is(read_line($again), "2001:db8:2::1 2001:db8:1::1 2\n",
     's6-tcpserver -C 2, IPv6: the place of a client that left is taken by another of its source');
  ok(eventually(sub
  {
    closed_by_server(open_client($six, ip => '2001:db8:2::1', from => '2001:db8:1::1')) for 1 .. 3;
    log_count($six, qr{info: refuse 2001:db8:1::/64 count 2/2 source \(-C 2\) repeated=\d+$});
  }), 's6-tcpserver -C 2, IPv6: the sum of refusals names the source');

  my $each = start_server(['-v', '-C', 1, '--source-prefix6=128'], $say_and_hold, ip => '::');
  my @apart = map { open_client($each, ip => '2001:db8:2::1', from => "2001:db8:1::$_") } 1, 2;
  is(join('', map { read_line($_) } @apart), "2001:db8:2::1 2001:db8:1::1 1\n2001:db8:2::1 2001:db8:1::2 1\n",
    's6-tcpserver --source-prefix6=128: each address is a source of its own');
  stop_sending($apart[0]);
  log_says($each, qr{source=2001:db8:1::1 ms=\d+$}, 's6-tcpserver --source-prefix6=128: the log names the address alone');
  my $all = start_server(['-v', '-C', 1, '--source-prefix6=0'], $say_and_hold, ip => '::');
  my $only = open_client($all, ip => '2001:db8:2::1', from => '2001:db8:1::1');
  read_line($only);
  ok(closed_by_server(open_client($all, ip => '::1')), 's6-tcpserver --source-prefix6=0: all addresses together are one source');
  stop_sending($only);
  log_says($all, qr{source=::/0 ms=\d+$}, 's6-tcpserver --source-prefix6=0: the log names ::/0 as the source');

  # IPv4 clients of a dual-stack listener are grouped as IPv4, whatever the IPv6 prefix is.
  my $both = start_server(['-v', '-C', 1, '--combine4and6', '--source-prefix6=0'], $say_and_hold, ip => '::');
  my @fours = map { open_client($both, ip => '127.0.0.1', from => "127.0.0.$_") } 1, 2;
  is(join('', map { read_line($_) } @fours), "127.0.0.1 127.0.0.1 1\n127.0.0.1 127.0.0.2 1\n",
    's6-tcpserver --combine4and6 --source-prefix6=0: two IPv4 clients are two sources');

  # ---- link-local addresses ----

  page('s6-tcpserver');
  page_says('A link-local IPv6 address is followed by % and the interface, as in fe80::1%eth0.');
  page('s6-tcpserver-socketbinder');
  page_says('A link-local IPv6 address is followed by % and the name or number of the interface, as in fe80::1%eth0.');
  page('s6-tcpserverd');
  page_says('A link-local address is followed by % and the name of the interface.');
  for my $scope ('lo', 1)
  {
    my $link = start_server(['-v'], $say_and_hold, ip => "fe80::1%$scope");
    log_says($link, qr{bound to ip fe80::1%lo port \d+$}, "s6-tcpserver binds to fe80::1%$scope");
    my $client = open_client($link, ip => 'fe80::1%lo');
    is(read_line($client), "fe80::1%lo fe80::1%lo 1\n", "s6-tcpserver on fe80::1%$scope: the program gets the addresses with the interface");
    log_says($link, qr{info: accept fe80::1%lo_\d+ }, "s6-tcpserver on fe80::1%$scope: the log has the client's address with the interface");
  }
}

# ---- systemd-socket-activate ----

SKIP:
{
  my $activate = tool('systemd-socket-activate');
  skip 'systemd-socket-activate is not installed', 2 unless $activate;
  my $server = start(command => [$activate, '-l', '127.0.0.1:7001', '-l', '127.0.0.1:7002', bin('s6-tcpserverd'), '--listen-fds', '-v2', @$say_and_hold]);
  log_says($server, qr/Listening on 127\.0\.0\.1:7002/, 'systemd-socket-activate listens on its second socket');
  my @clients = map { open_client({ ip => '127.0.0.1', port => $_ }) } 7001, 7002;
  is(join('', map { read_line($_) // '' } @clients), "127.0.0.1 127.0.0.1 1\n127.0.0.1 127.0.0.1 2\n",
    's6-tcpserverd --listen-fds serves both sockets of systemd-socket-activate')
    or diag(log_text($server));
}

done_testing();
