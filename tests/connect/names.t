#!/usr/bin/env perl
# Names, several addresses, silence: in a machine of its own, where every address is known. For
# tcp-socket-connect and udp-socket-connect, which ask the system, and for s6-tcpclient, which asks name servers.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use IO::Socket::IP;

in_own_machine();
my $connect = bin('tcp-socket-connect');
my $client = bin('s6-tcpclient');
my @facts = client_facts();
my ($listener, $port) = busy_port('127.0.0.1');

# Both connectors, told to be patient.
my @both = ([$connect, '--timeout=60000'], [$client, '-t', 60, '-l', 'x']);

sub remote_of
{
  my ($r) = @_;
  my $facts = client_facts($r);
  return $facts->{'env:TCPREMOTEIP'} // "code " . ($r->{code} // 'none') . ": $r->{err}";
}

# ---- the hosts file ----

page('tcp-socket-connect');
page_says('Names are looked up as the system is configured to do it.');
hosts_file("127.0.0.1 localhost one\n127.0.0.7 seven\n");
is(remote_of(run($connect, 'one', $port, @facts)), '127.0.0.1', 'tcp-socket-connect finds a name in the hosts file');
is(run(bin('udp-socket-connect'), 'seven', 9, 'sh', '-c', 'echo "$UDPREMOTEIP"')->{out}, "127.0.0.7\n",
  'udp-socket-connect finds a name in the hosts file');
my $unknown = run($connect, 'nonesuch.test', $port, 'true');
cmp_ok($unknown->{code}, '>=', 100, 'tcp-socket-connect exits with an error for a name that does not exist');
like($unknown->{err}, qr/unable to look up nonesuch\.test: ./, 'tcp-socket-connect reports why it is unable to look up a name that does not exist');

# ---- a name server ----

SKIP:
{
  my $server = name_server(
    'host-record=one.test,127.0.0.1', 'host-record=refused.test,::1,127.0.0.1', 'host-record=hole.test,2001:db8:1::2,127.0.0.1',
    'host-record=lost.test,2001:db8:1::2,198.18.1.2', 'host-record=six.test,::1', 'ptr-record=1.0.0.127.in-addr.arpa,One.Test',
    'ptr-record=6.0.0.127.in-addr.arpa,One.Test',
    'ptr-record=9.0.0.127.in-addr.arpa,"no/name.test"', 'host-record=many.test,127.0.0.2,127.0.0.3');
  skip 'dnsmasq, which answers for these names, is not installed or cannot run here', 58 unless $server;

  page('s6-tcpclient');
  page_says('A name is looked up in the DNS, both its IPv6 and its IPv4 addresses.');
  for my $how (@both)
  {
    my ($program) = $how->[0] =~ m{([^/]+)$};
    is(remote_of(run(@$how, 'one.test', $port, @facts)), '127.0.0.1', "$program connects to a name of the DNS");
    my $r = run(@$how, 'nonesuch.test', $port, 'true');
    is($r->{code}, 111, "$program exits 111 for a name that the DNS does not have");
    is($r->{err}, "$program: fatal: unable to look up nonesuch.test: there is no such host\n", "$program reports a name that the DNS does not have");

    SKIP:
    {
      skip 'IPv6 is not available', 6 unless have_ipv6();
      is(remote_of(run(@$how, 'refused.test', $port, @facts)), '127.0.0.1', "$program connects by IPv4 when IPv6 refuses");
      my ($port6, $six, $four) = one_port('::1', '127.0.0.1');
      is(remote_of(run(@$how, 'refused.test', $port6, @facts)), '::1', "$program connects by IPv6 when both IP versions answer");
      is(remote_of(run(@$how, '-i', '127.0.0.1', 'refused.test', $port6, @facts)), '127.0.0.1',
        "$program -i with an IPv4 address tries no IPv6 address");
      close $six;
      close $four;
      $r = run(@$how, 'refused.test', $port6, 'true');
      is($r->{code}, 111, "$program exits 111 when no address of a name answers");
      like($r->{err}, qr/^[^\n]*fatal: unable to connect to refused\.test, the last of 2 addresses being 127\.0\.0\.1 port $port6: Connection refused$/m,
           "$program reports the last address that failed and its reason");
      is(scalar(() = $r->{err} =~ /unable to connect to ::1 port $port6: Connection refused$/mg), $program eq 's6-tcpclient' ? 1 : 0,
           $program eq 's6-tcpclient' ? "$program reports the other addresses" : "$program does not report the other addresses");
    }
  }

  SKIP:
  {
    my $ip = tool('ip');
    skip 'no address can be added here, or IPv6 is not available', 6 if !have_ipv6() || system("$ip addr add 198.51.100.1/32 dev lo") != 0;
    page('tcp-socket-connect');
    page_says('Ignore addresses of IP versions that no network interface has an address of.');
    skip 'musl asks for a route, not for an address of an interface', 6 if built_with_musl();
    # Addresses of the loopback interface count for this only if they are not 127.0.0.1 or ::1.
    my $free = free_port();
    like(run($connect, 'refused.test', $free, 'true')->{err}, qr/the last of 2 addresses/, 'tcp-socket-connect tries both IP versions by default');
    like(run($connect, '--check-interfaces', 'refused.test', $free, 'true')->{err}, qr/unable to connect to 127\.0\.0\.1 port $free:/,
      'tcp-socket-connect --check-interfaces leaves out an IP version that no interface has');
    page('udp-socket-connect');
    page_says('Ignore addresses of IP versions that no network interface has an address of.');
    is(run(bin('udp-socket-connect'), '--check-interfaces', 'refused.test', 9, 'sh', '-c', 'echo "$UDPREMOTEIP"')->{out}, "127.0.0.1\n",
      'udp-socket-connect --check-interfaces leaves out an IP version that no interface has');
    is(run(bin('udp-socket-connect'), 'refused.test', 9, 'sh', '-c', 'echo "$UDPREMOTEIP"')->{out}, "::1\n",
      'udp-socket-connect takes the IPv6 address of a name by default');
    system("$ip addr del 198.51.100.1/32 dev lo");
  }

  SKIP:
  {
    skip 'no interface can be made to swallow packets here', 12 unless have_ipv6() && black_hole('2001:db8:1::2', '198.18.1.2');
    page('tcp-socket-connect');
    page_says('All addresses are tried, IPv6 and IPv4 in turns, IPv6 first.');
    page_says('if it is silent, the next one is tried 250 milliseconds later while the first may still answer.');
    page_says('The first connection that is made is kept, and all others are closed.');
    for my $how (@both)
    {
      my ($program) = $how->[0] =~ m{([^/]+)$};
      my $r = run(@$how, 'hole.test', $port, @facts);
      is(remote_of($r), '127.0.0.1', "$program connects by IPv4 when IPv6 is silent");
      is(client_facts($r)->{fds}, '0 1 2 6 7', "$program leaves no descriptor of the attempt by IPv6 open");
      is(remote_of(run($how->[0], '--timeout=60000', '--local-address=::1', 'one.test', $port, 'true'))
         =~ /code 111: .*no address of the family of the local address/ ? 1 : 0, 1,
           "$program exits 111 when no address is of the family of --local-address");
      $r = run($how->[0], '--timeout=2000', 'lost.test', $port, 'true');
      is($r->{code}, 111, "$program --timeout=2000 exits 111 when all addresses are silent");
      like($r->{err}, qr/the last of 2 addresses being \S+ port $port: Connection timed out$/m,
        "$program --timeout=2000 reports that the connection timed out when all addresses are silent");
    }
    page('s6-tcpclient');
    page_says('Give up an address when it has been silent for x plus y seconds.');
    page_says('The default is 2+58.');
    my $r = run($client, '-H', '-T', '0+1', '198.18.1.2', $port, 'true');
    is($r->{code}, 111, 's6-tcpclient -T 0+1 exits 111 with a silent address');
    like($r->{err}, qr/unable to connect to 198\.18\.1\.2 port $port: Connection timed out$/,
      's6-tcpclient -T 0+1 reports that the connection timed out');
  }

  page('s6-tcpclient');
  page_says('Connect to IPv4 addresses only.');
  is(remote_of(run($client, '-4', 'refused.test', $port, @facts)), '127.0.0.1', 's6-tcpclient -4 connects by IPv4');
  is(run($client, '-4', 'six.test', $port, 'true')->{code}, 111, 's6-tcpclient -4 exits 111 for a name without an IPv4 address');
  is(run($client, '-6', 'one.test', $port, 'true')->{code}, 111, 's6-tcpclient -6 exits 111 for a name without an IPv6 address');

  page_says('Complete a short name by the search list of resolv.conf(5).');
  page_says('Look up the name as it is. This is the default.');
  page_says('Look into the hosts file before asking name servers.');
  SKIP:
  {
    skip 'built without c-ares: the system is asked, and does as it is configured', 6 unless built_with_cares();
    is(remote_of(run($client, '-n', 'one', $port, @facts)), '127.0.0.1', 's6-tcpclient -n completes a short name');
    is(run($client, 'one', $port, 'true')->{code}, 111, 's6-tcpclient without -n does not complete a short name');
    is(run($client, '-n', '-N', 'one', $port, 'true')->{code}, 111, 's6-tcpclient -n -N does not complete a short name');
    hosts_file("127.0.0.8 one.test\n127.0.0.1 mine.example\n");
    is(remote_of(run($client, '-h', 'mine.example', $port, @facts)), '127.0.0.1', 's6-tcpclient -h finds a name in the hosts file');
    is(remote_of(run($client, 'one.test', $port, @facts)), '127.0.0.1', 's6-tcpclient without -h does not read the hosts file');
    like(run($client, '-h', 'one.test', $port, 'true')->{err}, qr/127\.0\.0\.8/, 's6-tcpclient -h takes the hosts file before the DNS');
  }

  # ---- names of both ends ----

  page_says('The name that the DNS has for the remote address; removed if it has none, or with -H.');
  page_says('Such a name is not confirmed to belong to the address.');
  page_says('Names that were looked up are in lower case and end with a dot.');
  hosts_file("# nobody\n");
  my $six = IO::Socket::IP->new(LocalHost => '127.0.0.6', LocalPort => 0, Listen => 1, ReuseAddr => 1) or die "cannot listen: $@\n";
  my $got = client_facts(run($client, '-i', '127.0.0.6', '127.0.0.6', $six->sockport, @facts));
  is($got->{'env:TCPREMOTEHOST'}, 'one.test.', 's6-tcpclient sets TCPREMOTEHOST to the name of the remote address');
  is($got->{'env:TCPLOCALHOST'}, 'one.test.', 's6-tcpclient sets TCPLOCALHOST to the name of the local address');
  page_says('No name server is asked for the name localhost, nor for the name of 127.0.0.1 and of ::1, which is localhost.');
  $got = client_facts(run($client, '127.0.0.1', $port, @facts));
  is($got->{'env:TCPREMOTEHOST'}, 'localhost.', 's6-tcpclient asks no name server for the name of 127.0.0.1');
  is($got->{'env:TCPLOCALHOST'}, 'localhost.', 's6-tcpclient asks no name server for the name of this end if it is 127.0.0.1');
  page_says('instead of looking it up.');
  is(client_facts(run($client, '-l', 'Me', '127.0.0.1', $port, @facts))->{'env:TCPLOCALHOST'},
    'Me', 's6-tcpclient -l sets TCPLOCALHOST to its argument');
  page_says('A name with any other byte than letters, digits, hyphens, underscores and dots is taken for no name.');
  my $nine = IO::Socket::IP->new(LocalHost => '127.0.0.9', LocalPort => 0, Listen => 1, ReuseAddr => 1) or die "cannot listen: $@\n";
  $got = client_facts(run({ env => { TCPREMOTEHOST => 'old' } }, $client, '127.0.0.9', $nine->sockport, @facts));
  is($got->{'env:TCPREMOTEHOST'}, undef, 's6-tcpclient removes TCPREMOTEHOST when the name has a slash');
  page_says('Look up no names at all: a host that is not made of addresses is a usage error.');
  is(run($client, '-H', 'one.test', $port, 'true')->{code}, 100, 's6-tcpclient -H exits 100 for the name of a host');
  $got = client_facts(run({ env => { TCPREMOTEHOST => 'old', TCPLOCALHOST => 'old' } }, $client, '-H', '127.0.0.1', $port, @facts));
  is($got->{'env:TCPREMOTEHOST'} // $got->{'env:TCPLOCALHOST'}, undef, 's6-tcpclient -H removes TCPREMOTEHOST and TCPLOCALHOST');
  $server->signal('TERM');
  $server->wait;
}

# ---- a name server that is not honest ----

{
  my $hex = sub { join '', map { sprintf('%02x', length) . unpack 'H*', $_ } @_, '' };
  my $server = own_name_server(
    'four.test 1 7f000001', 'four.test 28 !', 'loop.test 1 7f000001',
    '2.0.0.127.in-addr.arpa 12 ' . $hex->('good', 'test'),
    '3.0.0.127.in-addr.arpa 12 ' . $hex->("good\0evil", 'test'),
    '4.0.0.127.in-addr.arpa 12 ' . $hex->("a\nb", 'test'),
    '5.0.0.127.in-addr.arpa 12 ' . $hex->('..', 'ip4', 'test'),
    '6.0.0.127.in-addr.arpa 12 ' . $hex->('a.b', 'test'),
    '7.0.0.127.in-addr.arpa 12 c00c', '8.0.0.127.in-addr.arpa 12 3f41',
    '9.0.0.127.in-addr.arpa 12 !');
  my %wanted = (2 => 'good.test.');
  for my $last (2 .. 8)
  {
    my $socket = IO::Socket::IP->new(LocalHost => "127.0.0.$last", LocalPort => 0, Listen => 1, ReuseAddr => 1) or die "cannot listen: $@\n";
    my $got = client_facts(run({ env => { TCPREMOTEHOST => 'old' } }, $client, '-l', 'x', "127.0.0.$last", $socket->sockport, @facts));
    # How a name that points at itself is read is not important, as long as it is harmless; musl reads more of them.
    my $name = $got->{'env:TCPREMOTEHOST'};
    ok($last == 7 || ($last > 2 && built_with_musl()) ? !defined $name || $name =~ /\A[a-z0-9._-]+\z/ : ($name // '') eq ($wanted{$last} // ''),
      "s6-tcpclient sets TCPREMOTEHOST for 127.0.0.$last only if its name is well-formed");
  }
  SKIP:
  {
    skip 'built without c-ares: the system decides how long it waits', 1 unless built_with_cares();
    is(remote_of(run($client, '-t', 60, 'four.test', $port, @facts)), '127.0.0.1',
      's6-tcpclient connects when the name server swallows questions for IPv6 addresses');
  }
  $server->signal('TERM');
  $server->wait;
}

# ---- a name server that is silent ----

my $silence = silent_name_server();
page('s6-tcpclient');
page_says('Give up when so many seconds have passed, name lookups included.');
for my $program ($connect, bin('udp-socket-connect'), $client)
{
  my ($page) = $program =~ m{([^/]+)$};
  page($page);
  page_says(' have passed, name lookups included.');
  my $r = run($program, '--timeout=300', 'one.test', $port, 'true');
  my ($name) = $program =~ m{([^/]+)$};
  is($r->{code}, 111, "$name --timeout=300 exits 111 when the name server is silent");
  like($r->{err}, qr/fatal: unable to look up one\.test/, "$name --timeout=300 reports that it is unable to look up a name");
}
page('s6-tcpclient');
page_says('Once there is a connection, only a failure to send the header of --send-proxy or to run prog is fatal.');
page_says('The lookups that follow it take 5 seconds at most, and what they do not find is left out.');
my $r = run({ env => { TCPREMOTEHOST => 'old', TCPLOCALHOST => 'old' } }, $client, '-v', '--timeout=500', '-i', '127.0.0.2', '127.0.0.1', $port, @facts);
is(remote_of($r), '127.0.0.1', 's6-tcpclient connects when the names of the connection cannot be found');
is(client_facts($r)->{'env:TCPLOCALHOST'}, undef, 's6-tcpclient removes TCPLOCALHOST when its name is not found');
like($r->{err}, qr/warning: no name for TCPLOCALHOST: /, 's6-tcpclient -v warns that it has no name for TCPLOCALHOST');
page_says('No name server is asked for the name localhost, nor for the name of 127.0.0.1 and of ::1, which is localhost.');
is(client_facts($r)->{'env:TCPREMOTEHOST'}, 'localhost.', 's6-tcpclient knows the name of 127.0.0.1 without a name server');
for my $how ([], ['-n'], ['-h'], ['-4'])
{
  my $known = run($client, @$how, '--timeout=30000', 'localhost', $port, @facts);
  is(remote_of($known), '127.0.0.1', "s6-tcpclient knows localhost without a name server with these options: @$how");
  is(remote_of(run($client, @$how, '--timeout=30000', 'www.LocalHost.', $port, @facts)), '127.0.0.1',
    "s6-tcpclient knows a name in localhost without a name server with these options: @$how");
}
is(remote_of(run({ deadline => 60 }, $client, '-i', '127.0.0.2', '127.0.0.1', $port, @facts)), '127.0.0.1',
  's6-tcpclient connects without --timeout when the name server is silent');

done_testing();
