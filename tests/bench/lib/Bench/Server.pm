# One server under test: started in a process group of its own, waited for until it listens, ended by pid.
package Bench::Server;
use strict;
use warnings;
use POSIX ();
use Time::HiRes qw(sleep time);
use Bench::System;

my %running;

# command: program and words; env: more variables. Dies with words when it does not come to listen.
sub start
{
  my ($class, %arg) = @_;
  my $self = bless { %arg }, $class;
  my $pid = fork;
  die "bench: fatal: unable to fork: $!\n" unless defined $pid;
  $self->become unless $pid;
  POSIX::setpgid($pid, $pid);
  $self->{pid} = $pid;
  $running{$pid} = $self;
  $self->wait_until_listening;
  return $self;
}

sub become
{
  my ($self) = @_;
  POSIX::setpgid(0, 0);
  open STDIN, '<', '/dev/null';
  open STDOUT, '>', '/dev/null';
  open STDERR, '>', $self->{log};
  # The same small environment for every server: its size is part of the cost of an execve.
  my $path = join ':', grep { length } $ENV{BENCH_PATH} || '', '/usr/sbin:/usr/bin:/sbin:/bin';
  %ENV = (PATH => $path, %{$self->{env} || {}});
  $SIG{INT} = $SIG{TERM} = $SIG{HUP} = $SIG{PIPE} = 'DEFAULT';
  { no warnings; exec { $self->{command}[0] } @{$self->{command}}; }
  POSIX::_exit(127);
}

sub has_ended
{
  my ($self) = @_;
  return contents("/proc/$self->{pid}/stat") !~ /\) [^ZX] /;
}

# The end of what it wrote to standard error, as a sentence.
sub last_words
{
  my ($self) = @_;
  my ($said) = contents($self->{log}) =~ /([^\n]*)\n?\z/;
  return length $said ? "It said: $said" : 'It said nothing.';
}

sub wait_until_listening
{
  my ($self) = @_;
  my $deadline = time + 10;
  until (is_listening($self->{address}))
  {
    if (waitpid($self->{pid}, POSIX::WNOHANG) == $self->{pid})
    {
      end_group($self->{pid});
      delete $running{$self->{pid}};
      die 'ended at start. ' . $self->last_words . "\n";
    }
    if (time > $deadline)
    {
      $self->stop;
      die "did not listen within 10 seconds\n";
    }
    sleep 0.005;
  }
}

sub ended_within
{
  my ($self, $seconds) = @_;
  my $deadline = time + $seconds;
  while (time < $deadline)
  {
    return 1 if waitpid($self->{pid}, POSIX::WNOHANG) != 0;
    sleep 0.005;
  }
  return 0;
}

# Waits until the server has reaped all its children, so that the next measurement does not pay for the end of this one; or until it
# does not reap any more, as a floor does not before its next client.
sub wait_until_childless
{
  my ($self) = @_;
  my ($before, $same) = (-1, 0);
  while ($same < 10)
  {
    my $left = () = contents("/proc/$self->{pid}/task/$self->{pid}/children") =~ /\d+/g;
    return unless $left;
    $same = $left == $before ? $same + 1 : 0;
    $before = $left;
    sleep 0.05;
  }
}

# Its handlers are in its process group: none survives it. Their new parent may be slow to reap thousands.
sub end_group
{
  my ($pid) = @_;
  my $deadline = time + 30;
  kill 'KILL', -$pid;
  sleep 0.005 while kill(0, -$pid) && time < $deadline;
}

sub stop
{
  my ($self) = @_;
  my $pid = $self->{pid} or return;
  kill 'TERM', $pid;
  if (!$self->ended_within(5))
  {
    kill 'KILL', $pid;
    $self->ended_within(5);
  }
  end_group($pid);
  delete $running{$pid};
  $self->{had_pid} = delete $self->{pid};
  unlink $1 if $self->{address} =~ /^unix:(.*)/;
}

sub stop_all { $_->stop for values %running }

1;
