# What Linux says about itself and about a process: /proc, read and nothing more.
package Bench::System;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(contents is_listening memory_of cpu_seconds_of cpu_seconds_of_children cpu_seconds_of_all forks ticks shares_of_others describe_machine most_clients find_program);

sub contents
{
  my ($path) = @_;
  open my $file, '<', $path or return '';
  local $/;
  my $text = <$file>;
  return defined $text ? $text : '';
}

# An absolute path, or undef. Directories of $BENCH_PATH come first: for peers built by hand.
sub find_program
{
  my ($name) = @_;
  my @path = (split(/:/, $ENV{BENCH_PATH} || ''), qw(/usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin));
  for my $dir (@path) { return "$dir/$name" if -x "$dir/$name" && -f _ }
  return undef;
}

# Asked of the kernel: a trial connection would have a handler of its own.
sub is_listening
{
  my ($address) = @_;
  if ($address =~ /^unix:(.*)/)
  {
    my $path = quotemeta $1;
    return contents('/proc/net/unix') =~ /^\S+ \S+ \S+ 00010000 .* $path$/m;
  }
  my ($ip, $port) = $address =~ /^tcp:([\d.]+):(\d+)$/ or die "bench: no such address: $address\n";
  my $hex = sprintf '%08X:%04X', unpack('L', pack 'C4', split /\./, $ip), $port;
  return contents('/proc/net/tcp') =~ /^\s*\d+: $hex \S+ 0A /m;
}

# kB by name: Rss, Pss, Private (what one more process costs), Anonymous (what the process has written, shared with no file).
sub memory_of
{
  my ($pid) = @_;
  my %kb = contents("/proc/$pid/smaps_rollup") =~ /^(\w+):\s+(\d+) kB/mg;
  return unless defined $kb{Rss};
  $kb{Private} = $kb{Private_Clean} + $kb{Private_Dirty};
  return %kb;
}

# Of the process itself, not of its children. The scheduler's nanoseconds when there are any, else clock ticks.
sub cpu_seconds_of
{
  my ($pid) = @_;
  my ($ns) = contents("/proc/$pid/schedstat") =~ /^(\d+)/;
  return $ns / 1e9 if $ns;
  my $stat = contents("/proc/$pid/stat");
  $stat =~ s/.*\) //;
  my @field = split / /, $stat;
  return @field > 12 ? ($field[11] + $field[12]) / 100 : undef;
}

# Of the children that a process has reaped. The kernel keeps it exactly and tells it in clock ticks.
sub cpu_seconds_of_children
{
  my ($pid) = @_;
  my $stat = contents("/proc/$pid/stat");
  $stat =~ s/.*\) //;
  my @field = split / /, $stat;
  return @field > 14 ? ($field[13] + $field[14]) / 100 : 0;
}

# Of all programs of this machine.
sub cpu_seconds_of_all
{
  my @ticks = split ' ', (contents('/proc/stat') =~ /^cpu +(.*)/m)[0] || '';
  my $sum = 0;
  $sum += $_ for @ticks[0 .. 2, 5, 6];
  return $sum / 100;
}

# Processes created since the system started.
sub forks
{
  my ($n) = contents('/proc/stat') =~ /^processes (\d+)/m;
  return $n || 0;
}

# Clock ticks of all processors so far, by name: all, idle, stolen (given to other virtual machines), own (us and children that we have waited for,
# which includes the servers and the handlers that these have waited for).
sub ticks
{
  my @ticks = split ' ', (contents('/proc/stat') =~ /^cpu +(.*)/m)[0] || '';
  my $own = 0;
  $own += $_ for times;
  my $all = 0;
  $all += $_ for @ticks[0 .. 7];
  return (all => $all, idle => $ticks[3] + $ticks[4], stolen => $ticks[7], own => 100 * $own);
}

# What others did between two such readings, as shares of all: (stolen by other machines, used by other programs of this one).
sub shares_of_others
{
  my ($before, $after) = @_;
  my %spent = map { $_ => $after->{$_} - $before->{$_} } keys %$after;
  return (0, 0) unless $spent{all} > 0;
  my $others = $spent{all} - $spent{idle} - $spent{stolen} - $spent{own};
  return ($spent{stolen} / $spent{all}, $others > 0 ? $others / $spent{all} : 0);
}

sub describe_machine
{
  my $cpuinfo = contents('/proc/cpuinfo');
  my ($model) = $cpuinfo =~ /^model name\s*:\s*(.*)/m;
  my $cores = () = $cpuinfo =~ /^processor\s*:/mg;
  my ($kernel) = contents('/proc/version') =~ /^(Linux version \S+)/;
  my ($os) = contents('/etc/os-release') =~ /^PRETTY_NAME="?([^"\n]*)/m;
  my ($ram) = contents('/proc/meminfo') =~ /^MemTotal:\s+(\d+)/m;
  my $virtual = $cpuinfo =~ /^flags\s*:.*\bhypervisor\b/m ? ', virtual machine' : '';
  $kernel =~ s/ version//;
  return sprintf '%d x %s%s, %.0f GB, %s, %s', $cores, $model || 'processor of unknown name', $virtual, $ram / 1e6,
    $kernel, $os || 'unknown system';
}

sub own_pids_limit
{
  my $line = contents('/proc/self/cgroup');
  my ($v1) = $line =~ /^\d+:(?:\S*,)?pids(?:,\S*)?:(.*)/m;
  my ($v2) = $line =~ /^0::(.*)/m;
  for my $file (defined $v1 ? "/sys/fs/cgroup/pids$v1/pids.max" : (), defined $v2 ? "/sys/fs/cgroup$v2/pids.max" : ())
  {
    return $1 if contents($file) =~ /^(\d+)/;
  }
  return undef;
}

# How many clients can be held here, and the words for what sets that limit.
sub most_clients
{
  my $limits = contents('/proc/self/limits');
  my ($files) = $limits =~ /^Max open files\s+(\d+)/m;
  my ($processes) = $> ? $limits =~ /^Max processes\s+(\d+)/m : ();
  my ($free) = contents('/proc/meminfo') =~ /^MemAvailable:\s+(\d+)/m;
  my $cgroup = own_pids_limit();
  my @limit = (
    [(contents('/proc/sys/kernel/pid_max') || 32768) - 2000, 'kernel.pid_max'],
    [(contents('/proc/sys/kernel/threads-max') || 32768) - 2000, 'kernel.threads-max'],
    [int($free / 150), 'the memory that is free, at 150 kB a process'],
    defined $files ? [$files - 100, 'the limit on open files (ulimit -n)'] : (),
    defined $processes ? [$processes - 500, 'the limit on processes (ulimit -u)'] : (),
    defined $cgroup ? [$cgroup - 500, "the control group's limit on processes"] : ());
  return @{(sort { $a->[0] <=> $b->[0] } @limit)[0]};
}

1;
