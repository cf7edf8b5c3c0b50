# Making the system fail on demand: limits, and system calls that say no.
package Sallyport::Faults;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(ticks memory can_inject inject end_injection set_limit free_uid);

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

# A user id that no other test has processes of.
my $uids = 0;
sub free_uid { return 1_000_000_000 + $$ * 16 + $uids++ }

1;
