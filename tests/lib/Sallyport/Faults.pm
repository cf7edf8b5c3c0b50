# Making the system fail on demand: limits, and system calls that say no.
package Sallyport::Faults;

use strict;
use warnings;

use Errno qw(EINPROGRESS);
use Exporter qw(import);
use POSIX ();
use Socket qw(AF_INET SOCK_STREAM SOL_SOCKET SO_LINGER inet_aton pack_sockaddr_in);
use Test::More;

use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(ticks cpu_seconds memory can_inject inject end_injection waits_of set_limit server_of_busy_program free_uid
  quick_client c_program echo_program crowd_of crowd_result);

# Processor time that a process has used, in ticks.
sub ticks
{
  my @fields = split ' ', get_file("/proc/$_[0]/stat") =~ s/.*\) //sr;
  return $fields[11] + $fields[12];
}

# The same in seconds, as the scheduler counts it: to the nanosecond, where the kernel tells.
sub cpu_seconds
{
  my ($ns) = get_file("/proc/$_[0]/schedstat") =~ /\A([1-9]\d*) /;
  return defined $ns ? $ns / 1e9 : ticks($_[0]) / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

# Kilobytes of memory that a process has written to. What status says is a sum that each processor adds to when it
# likes; smaps_rollup counts the pages.
sub memory
{
  my %pages = get_file("/proc/$_[0]/smaps_rollup") =~ /^(Anonymous|Swap):\s+(\d+) kB/mg;
  return $pages{Anonymous} + ($pages{Swap} // 0) if defined $pages{Anonymous};
  return (split ' ', status_field($_[0], 'RssAnon') // status_field($_[0], 'VmData') // 0)[0];
}

# Seconds for strace to attach and to detach, which no verdict depends on: a busy machine may take long.
use constant PATIENCE => 120;

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
# Names with a question mark may be unknown to the processor at hand. end_injection() returns how many calls there were,
# waits_of() how long the process wanted to sleep meanwhile, in seconds, -1 for ever: one number for each time.
my $sleeps = '?poll,?ppoll,?ppoll_time64,?nanosleep,?clock_nanosleep,?clock_nanosleep_time64';
sub inject
{
  my ($server, $calls, $result) = @_;
  my $file = own_dir() . '/injected.' . $server->pid;
  my $strace = start(command => [tool('strace'), '-o', $file, '-e', "trace=$calls,$sleeps", '-e', "inject=$calls:$result", '-p', $server->pid]);
  eventually(sub { log_count($strace, qr/attached/) || $strace->reap }, PATIENCE);
  log_count($strace, qr/attached/) or die 'strace is not attached: ' . log_text($strace) . log_text($server);
  return { strace => $strace, file => $file };
}

sub end_injection
{
  my ($injection) = @_;
  $injection->{strace}->signal('INT');
  $injection->{strace}->wait(PATIENCE) or die "strace does not end\n" . log_text($injection->{strace});
  return scalar grep { /INJECTED/ } split /\n/, get_file($injection->{file});
}

sub wait_of
{
  my ($line) = @_;
  return $1 < 0 ? -1 : $1 / 1000 if $line =~ /\Apoll\(.*\], \d+, (-?\d+)\)? /;
  return $1 + $2 / 1e9 if $line =~ /\A\w*(?:ppoll|nanosleep)\w*\(.*?\{tv_sec=(\d+), tv_nsec=(\d+)\}/;
  return $line =~ /\Appoll.*NULL/ ? -1 : ();
}

sub waits_of { return map { wait_of($_) } grep { !/INJECTED/ } split /\n/, get_file($_[0]{file}) }

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

# ---- crowds of clients, in C ----

# The sources of programs of the tests, and flags to try in turn.
my %sources = (passer => [[qw(tests/soak/passer.c)], ['-O2']],
               wall_clock => [[qw(tests/faults/wall_clock.c)], [qw(-O2 -shared -fPIC)]],
               clients => [[qw(tests/soak/clients.c tests/soak/client.c tests/soak/clients.h)], ['-O2']],
               handler => [[qw(tests/soak/handler.c)], ['-O2', '-static'], ['-O2']],
               echo => [[qw(tests/bench/handler_hold.c tests/bench/nolibc.h)],
                        [qw(-Os -static -nostdlib -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables)]]);

# The path of such a program, compiled when it is first wanted; undef if that cannot be done here.
sub c_program
{
  my ($name) = @_;
  my ($sources, @ways) = @{$sources{$name}};
  my @files = map { source_file($_) } @$sources;
  my $dir = $ENV{SALLYPORT_HELPERS} // own_dir() . '/helpers';  # other users can enter it
  mkdir $dir;
  my $made = -M "$dir/$name";
  return "$dir/$name" if defined $made && !grep { -M $_ < $made } @files;
  for my $flags (@ways)
  {
    my @command = (split(' ', $ENV{CC} || 'cc'), @$flags, '-o', "$dir/$name.$$", grep { /\.c\z/ } @files);
    next if run(@command)->{code};
    rename "$dir/$name.$$", "$dir/$name" or die "cannot rename $name: $!\n";
    return "$dir/$name";
  }
  return undef;
}

# The quickest program there is that echoes up to the letter q.
sub echo_program { return c_program('echo') // c_program('handler') }

# So many clients of a server, in the background: crowd_of($server, 5000, options of tests/soak/clients.c...). When they
# are through, or are no longer wanted: crowd_result($crowd) is { clients => ..., answered => ... }.
sub crowd_of
{
  my ($server, $count, @options) = @_;
  return start(command => [c_program('clients'), @options, $server->{ip}, $server->{port}, $count]);
}

sub crowd_result
{
  my ($crowd, $seconds) = @_;
  my $end = $crowd->wait($seconds);
  die 'the crowd does not end well: ' . log_text($crowd) . "\n" if !$end || $end->{code} || $end->{signal};
  return { readline($crowd->out) =~ /(\w+)=(\d+)/g };
}

# A server whose program a process writes to, so that it cannot be executed for the moment (ETXTBSY): (server, handle). The program is
# that of cat; it can be executed when the handle is closed.
sub server_of_busy_program
{
  my (@options) = @_;
  my $program = own_dir() . '/program.' . rand;
  system('cp', tool('cat'), $program) == 0 or die "cannot copy cat\n";
  my $server = start_server(['-v', @options], [$program]);
  open my $writer, '+<', $program or die "cannot write to $program: $!\n";
  return ($server, $writer);
}

# A user id that no other test has processes of.
my $uids = 0;
sub free_uid { return 1_000_000_000 + $$ * 16 + $uids++ }

1;
