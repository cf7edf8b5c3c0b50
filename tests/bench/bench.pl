# The benchmark's plan: which scenarios, with which servers, for how long, and where the report goes. Started by `run`.
use strict;
use warnings;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Getopt::Long qw(:config no_ignore_case);
use Bench::Held;
use Bench::Once;
use Bench::Peers;
use Bench::Plot;
use Bench::Progress;
use Bench::Rates;
use Bench::Report;
use Bench::Results;
use Bench::System;

my $USAGE = <<'END';
usage: tests/bench/run [--quick] [--publish] [--output=DIR] [--only=ID,ID...] [--rounds=N] [--seconds=S]
  --quick     under two minutes, with wider ranges
  --publish   write the report into doc/bench of the source tree, too
  --output    where the report goes (BUILD/bench)
  --only      some of: static dynamic sh libc unix latency held start calls sizes
  --rounds    rounds of each scenario
  --seconds   length of one measurement
The server is found by $SALLYPORT_BIN, a directory; peers in $BENCH_PATH and then in the system's directories.
END

sub choose { my ($servers, $family, @names) = @_; return grep { my $s = $_; $s->{$family} && (!@names || grep { $_ eq $s->{name} } @names) } @$servers }

sub rate_scenarios
{
  my ($servers, $quick) = @_;
  my @few = ('vfork floor', 'clone floor', 'sallyport', 's6-tcpserver', 'tcpserver', $quick ? () : ('tcpsvd', 'xinetd', 'openbsd-inetd'));
  my @common = (kind => 'rates', family => 'tcp', handler => 'handler_nolibc', clients => 16, metric => 'rate',
    rounds => $quick ? 3 : 9, seconds => $quick ? 0.5 : 1.5);
  return (
    { @common, id => 'static', title => 'Static do-nothing handler, 16 clients at a time', servers => [choose($servers, 'tcp')], memory => 1,
      words => 'The handler is one system call without libc, so the figures are those of the servers and of the kernel.' },
    { @common, id => 'dynamic', title => 'Dynamically linked handler, 16 clients at a time', handler => 'handler_dynamic',
      servers => [choose($servers, 'tcp', @few)] },
    { @common, id => 'libc', title => 'Handler linked statically with libc, 16 clients at a time', handler => 'handler_static',
      servers => [choose($servers, 'tcp', @few)], slow => 1 },
    { @common, id => 'sh', title => 'Shell script as handler, 16 clients at a time', handler => 'handler_sh',
      servers => [choose($servers, 'tcp', @few)] },
    { @common, id => 'unix', title => 'Unix-domain socket, static handler, 16 clients at a time', family => 'unix',
      servers => [choose($servers, 'unix')], memory => 1 },
    { @common, id => 'latency', title => 'Latency of a single client, static handler', clients => 1, metric => 'p50',
      servers => [choose($servers, 'tcp', @few)], words => 'From connect() to end of file, one after the other. Less is better.' });
}

sub held_scenarios
{
  my ($servers, $quick) = @_;
  my @levels = $quick ? (0, 1000, 5000) : (0, 1000, 5000, 15000);
  my @common = (kind => 'held', handler => 'handler_hold', clients => 16, rounds => $quick ? 1 : 3, seconds => $quick ? 0.5 : 2,
    levels => \@levels, sources => $levels[-1]);
  return (
    { @common, id => 'held', title => 'New connections while others are held open, TCP', family => 'tcp',
      servers => [choose($servers, 'tcp', 'sallyport', 's6-tcpserver', 'tcpserver')],
      words => "Each held client has a live handler and, over TCP, a source address of its own." },
    { @common, id => 'held-unix', title => 'New connections while others are held open, Unix-domain socket', family => 'unix',
      servers => [choose($servers, 'unix', 'sallyport', 's6-ipcserver')] });
}

sub chain_programs
{
  my @ours = map { "$ENV{SALLYPORT_BIN}/$_" } qw(s6-tcpserver s6-tcpserver-socketbinder s6-tcpserverd s6-ipcserver s6-ipcserver-socketbinder s6-ipcserverd)
    if $ENV{SALLYPORT_BIN};
  my @theirs = map { find_program($_) } qw(s6-tcpserverd s6-ipcserverd tcpserver tcpsvd unixserver xinetd inetd socat systemd-socket-activate);
  return [grep { defined && -x } @ours, @theirs];
}

sub other_scenarios
{
  my ($servers, $quick) = @_;
  return (
    { id => 'start', kind => 'start', title => 'Start', rounds => $quick ? 3 : 9, count => 50, servers => [grep { $_->{start} } @$servers],
      words => 'From exec of the command line to the line that announces the port.' },
    { id => 'calls', kind => 'calls', title => 'System calls per connection', rounds => 1, count => 200, handler => 'handler_nolibc', family => 'tcp',
      servers => [choose($servers, 'tcp', 'vfork floor', 'clone floor', 'sallyport', 's6-tcpserver', 'tcpserver')],
      words => 'Counted by strace, in the daemon and in the child up to its execve.' },
    { id => 'sizes', kind => 'sizes', title => 'Sizes of the binaries', programs => chain_programs() });
}

# Levels that this machine cannot hold are left out, and it is said why.
sub fit_levels
{
  my ($results, @scenarios) = @_;
  my ($most, $why) = most_clients();
  for my $scenario (grep { $_->{kind} eq 'held' } @scenarios)
  {
    my @too_many = grep { $_ > $most } @{$scenario->{levels}};
    next unless @too_many;
    $scenario->{levels} = [grep { $_ <= $most } @{$scenario->{levels}}];
    $results->note("no more than $most clients can be held here, because of $why: left out " . join ', ', @too_many);
  }
}

sub expected_seconds
{
  my $sum = 0;
  for my $s (@_)
  {
    my $servers = @{$s->{servers} || []};
    if ($s->{kind} eq 'rates') { $sum += $servers * $s->{rounds} * $s->{seconds} }
    elsif ($s->{kind} eq 'held') { $sum += $servers * $s->{rounds} * ($s->{seconds} + $_ / 2500) for @{$s->{levels}} }
    elsif ($s->{kind} eq 'start') { $sum += 0.5 * $s->{rounds} }
    elsif ($s->{kind} eq 'calls') { $sum += $servers }
  }
  return $sum;
}

sub leave_out_absent
{
  my ($results, @servers) = @_;
  for my $s (grep { !$_->{program} } @servers)
  {
    $results->note($s->{name} . ': skipped, ' . ($s->{looked_for} || 'it') . ' is not ' . ($s->{looked_for} ? 'there' : 'installed'));
  }
  return grep { $_->{program} } @servers;
}

sub plan
{
  my ($results, $option) = @_;
  my @servers = leave_out_absent($results, find_servers());
  my @scenarios = (rate_scenarios(\@servers, $option->{quick}), held_scenarios(\@servers, $option->{quick}), other_scenarios(\@servers, $option->{quick}));
  my %only = map { $_ => 1 } split /,/, $option->{only} || '';
  @scenarios = grep { %only ? $only{$_->{id}} || $only{$_->{id} =~ s/-.*//r} : !($option->{quick} && $_->{slow}) } @scenarios;
  if (!find_program('strace')) { @scenarios = grep { $_->{kind} ne 'calls' } @scenarios; $results->note('system calls: skipped, strace is not installed') }
  for my $s (@scenarios)
  {
    $s->{rounds} = $option->{rounds} if $option->{rounds};
    $s->{seconds} = $option->{seconds} if $option->{seconds} && $s->{seconds};
    next unless $s->{handler} && !-x "$ENV{BENCH_TOOLS}/$s->{handler}";
    $results->note("\"$s->{title}\": skipped, its handler could not be compiled here");
    $s = undef;
  }
  @scenarios = grep { defined } @scenarios;
  fit_levels($results, @scenarios);
  return @scenarios;
}

sub heading
{
  my ($option, $load, $steal) = @_;
  return 'Medians over rounds in which all servers take turns, with the range of the rounds; a ratio is that of two figures of the same round,'
    . " and is the figure to look at.\nLimits, backlogs and environment are the same for everybody, and each server is in its quickest configuration"
    . " with UCSPI variables where it has them.\n\n"
    . '- Machine: ' . describe_machine() . "\n"
    . sprintf("- Load before the run: %s; processor time taken by other virtual machines: %.1f %%\n", $load, 100 * $steal)
    . '- Run: ' . ($option->{quick} ? 'quick' : 'full') . ', ' . POSIX::strftime('%Y-%m-%d', gmtime) . "\n";
}

sub write_report
{
  my ($dir, $results, $text, @scenarios) = @_;
  make_path($dir);
  $results->write_csv("$dir/rounds.csv");
  my $pictures = '';
  for my $s (grep { $results->{figures}{$_->{id}} } @scenarios)
  {
    my $plot = { held => \&Bench::Plot::plot_held, rates => \&Bench::Plot::plot_rates }->{$s->{kind}} or next;
    next if $s->{metric} && $s->{metric} ne 'rate';
    $plot->($results, $s, "$dir/$s->{id}.svg") and $text =~ s/^(## \Q$s->{title}\E\n)/$1\n![$s->{title}]($s->{id}.svg)\n/m;
  }
  open my $file, '>', "$dir/results.md" or die "bench: fatal: unable to write $dir/results.md: $!\n";
  print $file $text;
  close $file;
}

my %measure = (rates => \&Bench::Rates::measure, held => \&Bench::Held::measure, start => \&Bench::Once::measure_start,
  calls => \&Bench::Once::measure_calls, sizes => \&Bench::Once::measure_sizes);

sub main
{
  my %option;
  GetOptions(\%option, 'quick', 'publish', 'output=s', 'only=s', 'rounds=i', 'seconds=f', 'help') && !@ARGV or do { print STDERR $USAGE; return 100 };
  if ($option{help}) { print $USAGE; return 0 }
  my $results = Bench::Results->new;
  my @scenarios = plan($results, \%option);
  my $bench = { results => $results, dir => tempdir('bench.XXXXXX', TMPDIR => 1, CLEANUP => 1), progress => Bench::Progress->new(expected_seconds(@scenarios)) };
  my ($load) = contents('/proc/loadavg') =~ /^(\S+)/;
  my @before = steal_share();
  $bench->{progress}->say_words($_) for @{$results->{notes}};
  $measure{$_->{kind}}->($bench, $_) for @scenarios;
  $bench->{progress}->end;
  my @after = steal_share();
  my $steal = $after[1] > $before[1] ? ($after[0] - $before[0]) / ($after[1] - $before[1]) : 0;
  my $text = Bench::Report::report($results, heading(\%option, $load, $steal), @scenarios);
  print $text;
  for my $dir ($option{output} || "$ENV{SALLYPORT_BUILD}/bench", $option{publish} ? "$ENV{SALLYPORT_SRC}/doc/bench" : ())
  {
    write_report($dir, $results, $text, @scenarios);
    print "\nWritten to $dir: results.md, rounds.csv, pictures when gnuplot is installed.\n";
  }
  return 0;
}

$SIG{$_} = sub { exit 111 } for qw(INT TERM HUP);
END { my $code = $?; Bench::Server::stop_all(); $? = $code }
exit main();
