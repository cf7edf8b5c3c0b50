# Unix-domain sockets in tests: listeners, clients with a name, clients of another user, daemons on a listener.
package Sallyport::Unix;

use strict;
use warnings;

use Exporter qw(import);
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM SOCK_DGRAM SOCK_SEQPACKET);

use Sallyport::Client;
use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(SOCK_STREAM SOCK_DGRAM SOCK_SEQPACKET unix_path unix_listener bound_client ipc_daemon allow_descriptors as_user stale_socket inode mode_and_owner entries);

my $paths = 0;

# A path that nothing is at, in a directory with nothing but such paths.
sub unix_path
{
  my $dir = own_dir() . '/sockets';
  mkdir $dir;
  return "$dir/" . $paths++;
}

# A listener of our own, on a new path unless told otherwise, that everyone may connect to.
sub unix_listener
{
  my (%how) = @_;
  my $listener = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => unix_path(), Listen => 128, %how) or die "cannot listen: $!\n";
  chmod 0777, $listener->hostpath unless $listener->hostpath =~ /\A\0/;
  return $listener;
}

# A client whose own end has a name; one that begins with a NUL is abstract.
sub bound_client
{
  my ($name, $path) = @_;
  return IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $name, Peer => $path) || die "cannot connect: $!\n";
}

# s6-ipcserverd on a listener, ready.
sub ipc_daemon
{
  my ($listener, $options, $prog, %how) = @_;
  return start_listening(%how, command => [bin('s6-ipcserverd'), '-1', @$options, @$prog], fds => { 0 => $listener, %{$how{fds} // {}} });
}

# Changes, by prlimit, how many descriptors a running server may have, once it has all of its own.
sub allow_descriptors
{
  my ($server, $n) = @_;
  eventually(sub { (fd_targets($server->pid)->{1} // '') eq '/dev/null' });
  system(tool('prlimit'), '--pid', $server->pid, "--nofile=$n:") == 0 or die "prlimit failed\n";
}

# Calls the sub with other effective ids, for root; "$! = ..." of the sub survives.
sub as_user
{
  my ($uid, $gid, $sub) = @_;
  my $groups = $);
  $) = "$gid $gid";
  $> = $uid;
  die "cannot become user $uid\n" unless $> == $uid;
  my @result = eval { $sub->() };
  my ($failed, $errno) = ($@, $! + 0);
  $> = $<;
  $) = $groups;
  die $failed if $failed;
  $! = $errno;
  return wantarray ? @result : $result[0];
}

# What a server that was killed leaves over.
sub stale_socket
{
  my ($path, $type) = @_;
  my $socket = IO::Socket::UNIX->new(Type => $type // SOCK_STREAM, Local => $path) or die "cannot bind $path: $!\n";
  close $socket;
  return $path;
}

sub inode { return (lstat $_[0])[1] // 0 }

# "0640 1000:100"
sub mode_and_owner
{
  my @stat = lstat $_[0] or return 'nothing';
  return sprintf '%04o %d:%d', $stat[2] & 07777, @stat[4, 5];
}

# The names in a directory, hidden ones too.
sub entries
{
  my ($dir) = @_;
  opendir my $handle, $dir or die "cannot read $dir: $!\n";
  return sort grep { $_ ne '.' && $_ ne '..' } readdir $handle;
}

1;
