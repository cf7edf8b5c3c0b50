#!/usr/bin/env perl
# --send-proxy of the connectors: which header the server gets, and that it comes first and in one piece.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Proxy;
use Sallyport::Unix;
use IO::Socket::IP;
use IO::Socket::UNIX;

my ($listener, $port) = busy_port();
my $unix = unix_listener();
my %none = map { $_ => undef } qw(PROTO TCPREMOTEIP TCPREMOTEPORT TCPLOCALIP TCPLOCALPORT);
my %client = (PROTO => 'TCP', TCPREMOTEIP => '192.0.2.7', TCPREMOTEPORT => 40112, TCPLOCALIP => '198.51.100.1', TCPLOCALPORT => 7000);
my $line = proxy_header('192.0.2.7', 40112);
my $local = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
my $block = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" . pack('C8 n2', 192, 0, 2, 7, 198, 51, 100, 1, 40112, 7000);

my %connector = (
  's6-tcpclient' => [$listener, '-H', '127.0.0.1', $port], 'tcp-socket-connect' => [$listener, '127.0.0.1', $port],
  's6-ipcclient' => [$unix, $unix->hostpath], 'local-stream-socket-connect' => [$unix, $unix->hostpath],
);

# What the server reads first, with one call, and the rest.
sub received
{
  my ($name, $version, $env) = @_;
  my ($server, @operands) = @{$connector{$name}};
  my @options = $operands[0] eq '-H' ? shift @operands : ();
  my $client = start(command => [bin($name), @options, defined $version ? "--send-proxy=$version" : (), @operands, 'sh', '-c', 'printf data >&7; exec 6<&- 7>&-; echo "$PROTO"'],
    env => { %none, %$env });
  my $connection = $server->accept or die "no client came\n";
  sysread $connection, my $first, 4096;
  return ($first . (read_all($connection) // 'and no end'), $connection, $client);
}

for my $name (sort keys %connector)
{
  page($name);
  page_says('Send a header of the PROXY protocol, version 1 or 2, before prog runs, so that the server learns the address of the client.');
  page_says('The header names the client that the environment describes:');
  is((received($name, 1, \%client))[0], "${line}data", "$name --send-proxy=1 sends a header with the client of the environment");
  is((received($name, 2, \%client))[0], "${block}data", "$name --send-proxy=2 sends a header with the client of the environment");
  is((received($name, undef, \%client))[0], 'data', "$name without --send-proxy sends no header");
  is((received($name, 2, { PROTO => 'X', map { ("X$_" => $client{"TCP$_"}) } qw(REMOTEIP REMOTEPORT LOCALIP LOCALPORT) }))[0], "${block}data",
    "$name --send-proxy=2 reads the variables that begin with the value of PROTO");
  is((received($name, 1, { %client, TCPREMOTEIP => '2001:db8::7' }))[0], "PROXY TCP6 2001:db8::7 ::ffff:198.51.100.1 40112 7000\r\ndata",
    "$name --send-proxy=1 sends a header with an IPv6 and an IPv4 address as TCP6");
  for my $odd ({}, { PROTO => 'TCP' }, { %client, PROTO => 'UDP' }, { %client, TCPREMOTEIP => 'x' }, { %client, TCPREMOTEPORT => 65536 }, { %client, TCPLOCALPORT => undef },
    { %client, PROTO => 'P' x 200 })
  {
    is((received($name, 2, $odd))[0], "${local}data", "$name --send-proxy=2 sends LOCAL if the environment names no client");
    my ($got, $connection) = received($name, 1, $odd);
    my $own = $connection->isa('IO::Socket::UNIX') ? "PROXY UNKNOWN\r\n" : "PROXY TCP4 127.0.0.1 127.0.0.1 " . $connection->peerport . " $port\r\n";
    is($got, "${own}data", "$name --send-proxy=1 sends its own addresses, or UNKNOWN, if the environment names no client");
  }
  my (undef, undef, $client) = received($name, 2, \%client);
  like(join('', readline $client->out), qr/\A(?:TCP|IPC|UNIX)\n\z/, "$name --send-proxy=2 sets PROTO to that of its own connection");
  for my $word ('', 0, 3, 'any')
  {
    my $r = run(bin($name), "--send-proxy=$word", @{$connector{$name}}[1 .. $#{$connector{$name}}], 'true');
    is($r->{code}, 100, "$name --send-proxy='$word' exits 100");
    like($r->{err}, qr/\A\Q$name\E: usage: --send-proxy must be 1 or 2, not '$word' /, "$name --send-proxy='$word' prints that the version is wrong");
  }
}

# A server that is gone at once: words, and no program.
SKIP:
{
  my $gone = run(bin('s6-tcpclient'), '--send-proxy=2', '-H', '127.0.0.1', do { my ($l, $p) = busy_port(); close $l; $p }, 'echo', 'never');
  is("$gone->{code}$gone->{out}", '111', 's6-tcpclient --send-proxy exits 111 and does not run prog if no server listens');
}

# From end to end, through our own daemon.
my $server = start_server(['--proxy=any', '--proxy-from=127.0.0.1'], ['sh', '-c', 'echo "$TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT"; exec cat']);
for my $version (1, 2)
{
  my $relay = start_server([], [bin('s6-tcpclient'), '-H', "--send-proxy=$version", '127.0.0.1', $server->{port}, bin('s6-ioconnect')]);
  my $client = open_client($relay, from => '127.0.0.9');
  my $ends = '127.0.0.9 ' . $client->sockport . " 127.0.0.1 $relay->{port}\n";
  say_to($client, "hello\n");
  stop_sending($client);
  is(read_all($client), "${ends}hello\n", "s6-tcpserver --proxy after a relay with --send-proxy=$version gets the addresses of the client");
}

done_testing();
