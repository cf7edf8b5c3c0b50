# Making the system fail on demand: limits, and system calls that say no.
package Sallyport::Faults;

use strict;
use warnings;

use Errno qw(EINPROGRESS);
use Exporter qw(import);
use Socket qw(AF_INET SOCK_STREAM SOL_SOCKET SO_LINGER inet_aton pack_sockaddr_in);
use Test::More;

use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(ticks memory can_inject inject end_injection set_limit free_uid quick_client);

# Processor time that a process has used, in ticks.
sub ticks
{
  my @fields = split ' ', get_file("/proc/$_[0]/stat") =~ s/.*\) //sr;
  return $fields[11] + $fields[12];
}

# Kilobytes of memory that a process has written to.
sub memory { return (split ' ', status_field($_[0], 'RssAnon') // status_field($_[0], 'VmData') // 0)[0] }

# Why no system call can be made to fail here, or nothing.
my $why;
sub can_inject
{
  return $why if defined $why;
  my $strace = tool('strace');
  return $why = 'strace, to make system calls fail with, is not installed' unless $strace;
  my $child = start(command => ['sleep', 60]);
  my $trial = run($strace, '-e', 'inject=getpid:error=EPERM', 'true');
  my $try = start(command => [$strace, '-p', $child->pid]);
  my $may = !$trial->{code} && defined log_has($try, qr/attached|ptrace|permit/) && !log_count($try, qr/ptrace|permit/);
  $_->put_down for $try, $child;
  return $why = $may ? '' : 'strace may not trace here';
}

# From now on these system calls of a process that runs already end as told:
#   inject($server, 'accept4,?accept', 'error=EMFILE')
# Names with a question mark may be unknown to the processor at hand. end_injection() returns how many calls there were.
sub inject
{
  my ($server, $calls, $result) = @_;
  my $file = own_dir() . '/injected.' . $server->pid;
  my $strace = start(command => [tool('strace'), '-o', $file, '-e', "trace=$calls", '-e', "inject=$calls:$result", '-p', $server->pid]);
  log_has($strace, qr/attached/) or die "strace is not attached\n" . log_text($strace);
  return { strace => $strace, file => $file };
}

sub end_injection
{
  my ($injection) = @_;
  $injection->{strace}->signal('INT');
  $injection->{strace}->wait or die "strace does not end\n";
  return scalar grep { /INJECTED/ } split /\n/, get_file($injection->{file});
}

# Changes a soft limit of a running process: set_limit($server, 'nofile', 4).
sub set_limit
{
  my ($server, $name, $limit) = @_;
  system(tool('prlimit'), '--pid', $server->pid, "--$name=$limit:") == 0 or die "prlimit failed\n";
}

# A plain TCP socket, much quicker than an object: connected, or on its way.
#   from => "127.0.0.2", hurry => 1 does not wait for the connection, reset => 1: closing it sends a reset
sub quick_client
{
  my ($server, %how) = @_;
  socket my $socket, AF_INET, SOCK_STREAM, 0 or die "socket: $!\n";
  if (defined $how{from}) { bind $socket, pack_sockaddr_in(0, inet_aton($how{from})) or die "bind: $!\n" }
  $socket->blocking(0) if $how{hurry};
  connect $socket, pack_sockaddr_in($server->{port}, inet_aton($server->{ip})) or $! == EINPROGRESS or die "connect: $!\n";
  setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0 if $how{reset};
  return $socket;
}

# A user id that no other test has processes of.
my $uids = 0;
sub free_uid { return 1_000_000_000 + $$ * 16 + $uids++ }

1;
