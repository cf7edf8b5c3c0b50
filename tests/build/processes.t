#!/usr/bin/env perl
# The numbers of processes are used again. What a test ends must be its own, also when the number of a process that has ended
# belongs to another one by now. In a PID namespace the next number can be chosen.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use POSIX ();
use Sallyport;

my $last = '/proc/sys/kernel/ns_last_pid';
if ($$ != 1)
{
  my ($unshare, @flags) = (tool('unshare') // 'none', '--pid', '--fork', '--kill-child', '--mount-proc');
  skip_all_unless('root, unshare, and the right to choose process ids in a namespace',
    is_root() && !(run($unshare, @flags, 'sh', '-c', "echo 500 > $last")->{code} // 1));
  exec $unshare, @flags, $^X, $0 or die "cannot execute unshare: $!\n";
}

# A process of the number given that leads a group of that number, or undef if that number is taken.
sub process_with
{
  my ($pid) = @_;
  put_in($last, $pid - 1);
  my $child = fork // die "cannot fork: $!\n";
  if (!$child)
  {
    sleep 1000;
    POSIX::_exit(0);
  }
  POSIX::setpgid($child, $child);
  return $child if $child == $pid;
  kill 'KILL', $child;
  waitpid $child, 0;
  return undef;
}

sub put_in
{
  my ($file, $text) = @_;
  open my $out, '>', $file or die "cannot write $file: $!\n";
  print $out $text;
  close $out or die "cannot write $file: $!\n";
}

sub lives { return process_state($_[0]) =~ /\A[RSD]/ }

{
  my $ended = start(command => ['true']);
  ok($ended->wait, 'wait() of a process returns when a process has ended');
  my $other = process_with($ended->pid);
  is($other, $ended->pid, 'another process gets the number of a process that has ended');
  $ended->put_down;
  ok(lives($other), 'put_down() of a process does not kill another process that has the number of one that has ended');
  kill 'KILL', $other;
  waitpid $other, 0;
}

{
  my $leader = start(command => ['sh', '-c', 'sleep 1000 > /dev/null & echo $!']);
  my ($member) = read_all($leader->out) =~ /(\d+)/;
  ok($leader->wait, 'wait() of a process returns when the leader of a group has ended and a member lives on');
  is_deeply([$leader->left], [$member], 'left() of a process returns the member of a group whose leader has ended');
  is(process_with($leader->pid), undef, 'no other process gets the number of a group that has a member');
  kill 'KILL', $member;
  ok(eventually(sub { !$leader->left }), 'left() of a process returns nothing after the last member of a group has ended');
  is(process_with($leader->pid), undef, 'no other process gets the number of a leader before put_down');
  $leader->put_down;
}

{
  my $leader = start(command => ['sh', '-c', 'sleep 1000 > /dev/null & echo $!']);
  my ($member) = read_all($leader->out) =~ /(\d+)/;
  ok($leader->wait, 'wait() of a process returns when the leader of another group has ended and a member lives on');
  $leader->put_down;
  ok(eventually(sub { !lives($member) }), 'put_down() of a process ends the member of a group whose leader has ended');
}

done_testing;
