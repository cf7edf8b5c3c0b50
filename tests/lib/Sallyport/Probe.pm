# The program that a listener runs in the tests: it tells which sockets and variables it was handed. It loads
# nothing that opens descriptors of its own.
package Sallyport::Probe;

use strict;
use warnings;

use Fcntl;
use Socket qw(:all);

# Options of Linux that Perl has no names for.
my %options = (
  acceptconn => [SOL_SOCKET, SO_ACCEPTCONN], reuseaddr => [SOL_SOCKET, SO_REUSEADDR], reuseport => [SOL_SOCKET, SO_REUSEPORT],
  passcred => [SOL_SOCKET, 16], passsec => [SOL_SOCKET, 34], rcvbuf => [SOL_SOCKET, SO_RCVBUF], protocol => [SOL_SOCKET, SO_PROTOCOL],
  freebind => [0, 15],
  v6only => [IPPROTO_IPV6, IPV6_V6ONLY],
);
my %families = (AF_UNIX() => 'unix', AF_INET() => 'inet', AF_INET6() => 'inet6', 16 => 'netlink');
my %types = (SOCK_STREAM() => 'stream', SOCK_DGRAM() => 'dgram', SOCK_RAW() => 'raw', 5 => 'seqpacket');

sub put_name
{
  my ($tell, $family, $name) = @_;
  return if $family eq 'unknown';
  if ($family eq 'inet') { my ($port, $ip) = unpack_sockaddr_in($name); $tell->(port => $port); $tell->(ip => inet_ntoa($ip)) }
  if ($family eq 'inet6') { my ($port, $ip) = unpack_sockaddr_in6($name); $tell->(port => $port); $tell->(ip => inet_ntop(AF_INET6, $ip)) }
  if ($family eq 'unix') { (my $path = substr $name, 2) =~ s/\0+\z//; $path =~ s/\A\0/@/; $tell->(path => $path) }
  if ($family eq 'netlink') { my (undef, undef, $id, $groups) = unpack 'SSLL', $name; $tell->(id => $id); $tell->(groups => $groups) }
}

sub tell_socket
{
  my ($fd) = @_;
  open my $socket, '+<&=', $fd or return print "$fd.is=closed\n";
  binmode $socket;
  my $tell = sub { print "$fd.$_[0]=$_[1]\n" };
  my $name = getsockname $socket;
  return $tell->(is => 'file') unless defined $name;
  my $family = $families{sockaddr_family($name)} // 'unknown';
  $tell->(is => 'socket');
  $tell->(family => $family);
  $tell->(type => $types{unpack 'i', getsockopt($socket, SOL_SOCKET, SO_TYPE)});
  put_name($tell, $family, $name);
  for my $option (sort keys %options)
  {
    my $value = getsockopt $socket, $options{$option}[0], $options{$option}[1];
    $tell->($option => unpack 'i', $value) if defined $value && length $value >= 4;
  }
  $tell->(nonblock => fcntl($socket, F_GETFL, 0) & O_NONBLOCK ? 1 : 0);
}

sub open_fds
{
  opendir my $fds, '/proc/self/fd' or die "cannot read /proc/self/fd: $!\n";
  my @open = sort { $a <=> $b } grep /^\d+$/, readdir $fds;
  closedir $fds;
  return grep { defined readlink "/proc/self/fd/$_" } @open;
}

sub tell
{
  my @open = open_fds();
  print "open=@open\n", "pid=$$\n", map { "env.$_=$ENV{$_}\n" } sort keys %ENV;
  tell_socket($_) for grep { $_ > 2 && $_ < 100 } @open;
}

1;
