#!/usr/bin/env perl
# Hosts and services by name, where all ports are free and the addresses are ours to choose.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;
use IO::Socket::IP;

in_network_namespace();
page('tcp-socket-listen');
my $listen = bin('tcp-socket-listen');
my $loopback = '127.0.0.1';
my $ip = tool('ip');
my $have_ipv6 = have_ipv6();  # asked before the interfaces change what the answer would be

# ---- services ----

SKIP:
{
  skip 'the system knows no service http', 2 unless getservbyname('http', 'tcp');
  page_says('is the name of a service, which is looked up,');
  is(handed($listen, $loopback, 'http')->{fd}{3}{port}, 80, 'tcp-socket-listen binds port 80 for the service http');
}
SKIP:
{
  skip 'the system knows no service domain', 1 unless getservbyname('domain', 'udp');
  is(handed(bin('udp-socket-listen'), $loopback, 'domain')->{fd}{3}{port}, 53, 'udp-socket-listen binds port 53 for the service domain');
}
is(handed($listen, $loopback, $_)->{fd}{3}{port}, $_, "tcp-socket-listen binds port $_") for 1, 65535;
is(run($listen, $loopback, $_, 'true')->{code}, 100, "tcp-socket-listen exits 100 for port $_") for '0080', '00', '08';

# ---- a name with several addresses ----

# A hosts file of our own, for one command.
my $hosts = put_file('hosts', "127.0.0.5 several\n127.0.0.6 several\n::1 both\n127.0.0.7 both\n192.0.2.9 foreign\n127.0.0.8 foreign\n192.0.2.9 lost\n");
my @with_hosts = ('unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', $hosts);
SKIP:
{
  skip 'a hosts file of our own cannot be mounted here', 11 if run(@with_hosts, 'grep', '-q', 'several', '/etc/hosts')->{code} != 0;
  page_says('If a name has several addresses, the first one that can be bound is taken; if none can, the message is about the last one.');
  my ($first) = map { $_ && $_->{fd}{3}{ip} } handed(@with_hosts, $listen, 'several', 700);
  my ($second) = grep { $_ ne $first } '127.0.0.5', '127.0.0.6';
  like($first, qr/\A127\.0\.0\.[56]\z/, 'tcp-socket-listen binds one of two addresses of a name');
  my $taken = IO::Socket::IP->new(LocalHost => $first, LocalPort => 700, Listen => 1) or die "cannot listen: $@\n";
  is(handed(@with_hosts, $listen, 'several', 700)->{fd}{3}{ip}, $second,
     'tcp-socket-listen binds the second address of a name if the first is in use');
  my $other = IO::Socket::IP->new(LocalHost => $second, LocalPort => 700, Listen => 1) or die "cannot listen: $@\n";
  my $none = run(@with_hosts, $listen, 'several', 700, 'true');
  is($none->{code}, 111, 'tcp-socket-listen exits 111 if both addresses of a name are in use');
  is($none->{err}, "tcp-socket-listen: fatal: unable to bind to several ($second) port 700: Address already in use\n",
     'tcp-socket-listen reports the last of two addresses of a name that are in use');
  is(handed(@with_hosts, $listen, 'foreign', 0)->{fd}{3}{ip}, '127.0.0.8',
     'tcp-socket-listen skips an address of a name that this machine does not have');
  is(handed(@with_hosts, $listen, '--bind-to-any', 'lost', 0)->{fd}{3}{ip}, built_for_linux() ? '192.0.2.9' : undef,
     'tcp-socket-listen --bind-to-any binds an address that this machine does not have, where the system is able to');
  skip 'IPv6 is not available', 2 unless $have_ipv6;
  is(handed(@with_hosts, $listen, '--combine4and6', 'both', 0)->{fd}{3}{ip}, '::1',
     'tcp-socket-listen --combine4and6 binds the IPv6 address of a name with IPv4 and IPv6 addresses');
  is(run(@with_hosts, $listen, '--combine4and6', 'several', 0, 'true')->{code}, 100,
     'tcp-socket-listen --combine4and6 exits 100 for a name without an IPv6 address');
}

# ---- interfaces ----

page_says('Use IPv4 addresses only if an interface has one, and IPv6 addresses only if an interface has one.');
my ($type) = grep { system("$ip link add sally0 type $_ 2>/dev/null") == 0 } qw(dummy ifb bridge veth);
SKIP:
{
  skip 'musl asks for a route, not for an address of an interface', 12 if built_with_musl();
  skip 'the kernel has no type of interface that a test can make', 12 unless $type;
  put_file('/proc/sys/net/ipv6/conf/sally0/disable_ipv6', 1) if -w '/proc/sys/net/ipv6/conf/sally0/disable_ipv6';
  system("$ip addr add 192.0.2.1/24 dev sally0; $ip link set sally0 up");
  for my $host ('*', '')
  {
    my $end = handed($listen, '--check-interfaces', $host, 0);
    is("@{$end->{fd}{3}}{qw(family ip)}", 'inet 0.0.0.0',
       "tcp-socket-listen --check-interfaces makes an IPv4 socket for host '$host' with IPv4 addresses only");
  }
  is(handed($listen, '--check-interfaces', '192.0.2.1', 0)->{code}, 0,
     'tcp-socket-listen --check-interfaces binds an IPv4 address with IPv4 addresses only');
  my $six = run($listen, '--check-interfaces', '::', 0, 'true');
  is($six->{code}, 111, 'tcp-socket-listen --check-interfaces exits 111 for host :: with IPv4 addresses only');
  like($six->{err}, qr/\Atcp-socket-listen: fatal: unable to look up ::: .+\n\z/,
       'tcp-socket-listen --check-interfaces reports that it is unable to look up :: with IPv4 addresses only');

  skip 'IPv6 is not available', 6 unless $have_ipv6;
  put_file('/proc/sys/net/ipv6/conf/sally0/disable_ipv6', 0);
  system("$ip addr flush dev sally0; $ip addr add fe80::1/64 dev sally0 nodad; $ip addr add 2001:db8::1/64 dev sally0 nodad");
  is("@{handed($listen, '--check-interfaces', '*', 0)->{fd}{3}}{qw(ip v6only)}", ':: 1',
     'tcp-socket-listen --check-interfaces makes a socket for IPv6 alone for host * with IPv6 addresses only');
  is(run($listen, '--check-interfaces', '192.0.2.1', 0, 'true')->{code}, 111,
     'tcp-socket-listen --check-interfaces exits 111 for an IPv4 address with IPv6 addresses only');
  page_says('A link-local IPv6 address is followed by % and the name of the interface, as in fe80::1%eth0.');
  is((handed($listen, 'fe80::1%sally0', 0)->{fd}{3}{ip} // ''), 'fe80::1',
     'tcp-socket-listen binds a link-local address with the name of its interface');
  like(run($listen, 'fe80::1', 0, 'true')->{err}, qr/usage: host 'fe80::1' is link-local: it needs a % and an interface after it/,
       'tcp-socket-listen reports a link-local address without an interface');
  like(run($listen, 'fe80::1%nothing', 0, 'true')->{err}, qr/usage: host 'fe80::1%nothing' names an interface that does not exist/,
       'tcp-socket-listen reports a link-local address with an interface that does not exist');
}

# ---- who can connect ----

page_says('Let a socket on :: serve IPv4 too.');
my @echo = (tool('fdmove') // 'fdmove', '0', '3', bin('s6-tcpserverd'), 'cat');
SKIP:
{
  skip 'IPv6 is not available', 6 unless $have_ipv6;
  skip 'fdmove, of execline, is not installed', 6 unless tool('fdmove');
  my %reached = ('*' => '46', '::' => '6', '0.0.0.0' => '4');
  for my $host (sort keys %reached)
  {
    my $server = start_listening(ip => $loopback, command => [$listen, '-1', $host, 0, @echo]);
    for my $peer (['4', $loopback], ['6', '::1'])
    {
      my $answer = eval { ask($server, ip => $peer->[1], send => "hello\n") } // 'none';
      is($answer, index($reached{$host}, $peer->[0]) >= 0 ? "hello\n" : 'none',
         "a client by IPv$peer->[0] is " . (index($reached{$host}, $peer->[0]) < 0 ? 'not ' : '') .
         "served by s6-tcpserverd after tcp-socket-listen $host");
    }
  }
}

done_testing;
