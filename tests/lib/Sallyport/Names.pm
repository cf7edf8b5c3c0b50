# Names that mean what a test wants them to: a machine of its own, with its own hosts file, name servers and
# addresses that swallow everything. Not part of the common vocabulary: use Sallyport::Names.
package Sallyport::Names;

use strict;
use warnings;

use Exporter qw(import);
use IO::Socket::INET;
use IO::Socket::IP;
use Test::More;

use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(in_own_machine hosts_file name_server own_name_server silent_name_server black_hole silent_listener free_port one_port client_facts built_with_cares);

# Starts the script again where the network and the files of the resolver are its own; skips it, in words,
# where that is not allowed.
sub in_own_machine
{
  if (!$ENV{SALLYPORT_OWN_MACHINE})
  {
    my ($unshare, $mount) = (tool('unshare'), tool('mount'));
    skip_all_unless('unshare, mount and ip are installed', $unshare && $mount && tool('ip'));
    my @flags = (is_root() ? () : '-r', '-n', '-m');
    skip_all_unless('the right to make namespaces and to mount in them',
      system("$unshare @flags $mount --bind /etc/hosts /etc/hosts 2>/dev/null") == 0);
    $ENV{SALLYPORT_OWN_MACHINE} = $ENV{SALLYPORT_IN_NAMESPACE} = 1;
    exec $unshare, @flags, $^X, $0, @ARGV or die "cannot execute unshare: $!\n";
  }
  system(tool('ip'), 'link', 'set', 'lo', 'up') == 0 or die "cannot bring up lo\n";
  lay_over('/etc/nsswitch.conf', "hosts: files dns\nservices: files\n") if -f '/etc/nsswitch.conf';
  hosts_file("127.0.0.1 localhost\n");
  name_servers();
}

# Puts a file of ours over one of the system, for this script and what it starts.
sub lay_over
{
  my ($file, $content) = @_;
  (my $name = $file) =~ s{/}{_}g;
  my $there = -e own_dir() . "/$name";
  my $ours = put_file($name, $content);
  return if $there;  # mounted already, and now with other words
  system(tool('mount'), '--bind', $ours, $file) == 0 or die "cannot mount over $file\n";
}

sub hosts_file { lay_over('/etc/hosts', $_[0]) }

sub name_servers { lay_over('/etc/resolv.conf', join('', map { "nameserver $_\n" } @_) . "search test\n") }

# dnsmasq on an address of its own, and the only one to ask; records as its options have them:
#   name_server("host-record=two.test,127.0.0.2,::1", ...). undef if it is not installed or not allowed to run.
sub name_server
{
  my (@records) = @_;
  my $dnsmasq = tool('dnsmasq') or return undef;
  my $conf = put_file('dnsmasq.conf', join "\n", 'listen-address=127.0.0.53', 'bind-interfaces', 'no-resolv', 'no-hosts', 'no-dhcp-interface=lo',
    'user=root', 'group=root', 'pid-file=', 'log-facility=-', 'local=/one/', 'local=/test/', 'local=/in-addr.arpa/', 'local=/ip6.arpa/', @records, '');
  my $server = start(command => [$dnsmasq, '-k', '-C', $conf]);
  return undef unless eventually(sub { log_text($server) =~ /started, version/ || !$server->alive }) && $server->alive;
  name_servers('127.0.0.53');
  return $server;
}

# Our own, for what no honest server does: own_name_server("name type hex", ...); type is a number, hex "!" is
# silence. All other names do not exist.
sub own_name_server
{
  my (@records) = @_;
  my $file = put_file('records', join "\n", @records, '');
  my $server = start_listening(command => [$^X, source_file('tests/lib/name-server'), '127.0.0.54', $file]);
  name_servers('127.0.0.54');
  return $server;
}

# One that hears everything and never answers. Keep the socket.
sub silent_name_server
{
  my $socket = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.55', LocalPort => 53) or die "cannot bind: $@\n";
  name_servers('127.0.0.55');
  return $socket;
}

# Whether the programs under test ask name servers themselves.
sub built_with_cares { return get_file("$ENV{SALLYPORT_BUILD}/config.h") =~ /SALLYPORT_WITH_DNS 1/ }

my $holes = 0;

# Makes the addresses reachable by an interface without a server: what is sent there vanishes. False
# where there is no such interface.
sub black_hole
{
  my (@addresses) = @_;
  my $ip = tool('ip');
  my $name = 'hole' . $holes++;
  return 0 if system("$ip link add $name type veth peer name ${name}x 2>/dev/null && $ip link set $name up && $ip link set ${name}x up") != 0;
  system("$ip addr add 198.18.$holes.1/24 dev $name; $ip -6 addr add 2001:db8:$holes\::1/64 dev $name nodad") == 0 or return 0;
  for my $address (@addresses)
  {
    my $length = $address =~ /:/ ? 128 : 32;
    system("$ip route add $address/$length dev $name && $ip neigh add $address lladdr 02:00:00:00:00:01 dev $name nud permanent") == 0 or return 0;
  }
  return 1;
}

# A listener whose queue is full, which is as silent: (port, what to keep).
sub silent_listener
{
  my ($address, $port) = @_;
  my $listener = IO::Socket::IP->new(LocalHost => $address, LocalPort => $port // 0, Listen => 1) or die "cannot listen: $@\n";
  my @clients = map { IO::Socket::IP->new(PeerHost => $address, PeerPort => $listener->sockport, Blocking => 0) } 1 .. 8;
  return ($listener->sockport, [$listener, @clients]);
}

# A port of an address where no server listens, and that the system gives only to a process that asks for it by number.
sub free_port
{
  my ($ip) = @_;
  my ($least) = split ' ', get_file('/proc/sys/net/ipv4/ip_local_port_range');
  $least = 32768 unless defined $least && $least > 4000;
  for (1 .. 100)
  {
    my $port = 2000 + int rand($least - 2000);
    my $socket = IO::Socket::IP->new(LocalHost => $ip // '127.0.0.1', LocalPort => $port, Listen => 1) or next;
    return $port;
  }
  die "no port is free\n";
}

# A port, and a listener at it for each of these addresses. A port that the system chooses at one address may be taken at another.
sub one_port
{
  my (@ips) = @_;
  for (1 .. 100)
  {
    my $port = free_port($ips[0]);
    my @listeners = grep { $_ } map { IO::Socket::IP->new(LocalHost => $_, LocalPort => $port, Listen => 100) } @ips;
    return ($port, @listeners) if @listeners == @ips;
  }
  die "no port is free at all of @ips\n";
}

# A command that says, as name=value lines, what a client program was given; and how to read that.
sub client_facts
{
  my ($r) = @_;
  return ($^X, source_file('tests/lib/client-facts')) unless $r;
  my %facts = $r->{out} =~ /^([^=\n]+)=(.*)$/mg;
  return \%facts;
}

1;
