# What the benchmark and the experiments share: words of the command line, the run itself, and where its report goes.
package Bench::Main;
use strict;
use warnings;
use Exporter 'import';
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Getopt::Long qw(:config no_ignore_case);
use POSIX ();
use Bench::Held;
use Bench::Once;
use Bench::Plot;
use Bench::Progress;
use Bench::Rates;
use Bench::Report;
use Bench::Results;
use Bench::Server;
use Bench::System;
our @EXPORT = qw(run_plan choose);

my %measure = (rates => \&Bench::Rates::measure, growth => \&Bench::Rates::measure, held => \&Bench::Held::measure, start => \&Bench::Once::measure_start,
  calls => \&Bench::Once::measure_calls, sizes => \&Bench::Once::measure_sizes);

sub usage
{
  my ($program, $ids) = @_;
  return <<"END";
usage: $program [--quick] [--publish] [--output=DIR] [--only=ID,ID...] [--rounds=N] [--seconds=S]
  --quick     under two minutes: fewer scenarios, peers and rounds, with wider ranges
  --publish   write the report into doc/bench of the source tree, too
  --output    where the report goes (BUILD/bench)
  --only      some of: $ids
  --rounds    rounds of each scenario
  --seconds   length of one measurement
Our servers are found in \$SALLYPORT_BIN; other builds of them in \$BENCH_ALSO, NAME=DIR NAME=DIR...;
peers in \$BENCH_PATH, and then in the system's directories.
END
}

# Servers of a family, all or the named ones. Other builds of ours go wherever ours goes.
sub choose
{
  my ($servers, $family, @names) = @_;
  my %named = map { $_ => 1 } @names;
  return grep { $_->{$family} && (!@names || $named{$_->{name}} || $_->{also}) } @$servers;
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

# Levels that this machine cannot hold are left out, and it is said why.
sub fit_levels
{
  my ($results, $scenario) = @_;
  my ($most, $why) = most_clients();
  my @too_many = grep { $_ > $most } @{$scenario->{levels}} or return;
  $scenario->{levels} = [grep { $_ <= $most } @{$scenario->{levels}}];
  $results->note("no more than $most clients can be held here, because of $why: left out " . join ', ', @too_many);
}

# undef when all is there that the scenario needs, else why it is skipped.
sub why_skipped
{
  my ($scenario) = @_;
  return 'its handler could not be compiled here' if $scenario->{handler} && !-x "$ENV{BENCH_TOOLS}/$scenario->{handler}";
  return 'strace is not installed' if $scenario->{kind} eq 'calls' && !find_program('strace');
  return undef;
}

sub fit
{
  my ($results, $option, @scenarios) = @_;
  my %only = map { $_ => 1 } split /,/, $option->{only} || '';
  my @fit;
  for my $s (@scenarios)
  {
    next unless %only ? $only{$s->{id}} || $only{$s->{id} =~ s/-.*//r} : !($option->{quick} && $s->{slow});
    my $why = why_skipped($s);
    $results->note("\"$s->{title}\": skipped, $why"), next if $why;
    $s->{rounds} = $option->{rounds} if $option->{rounds};
    $s->{seconds} = $option->{seconds} if $option->{seconds} && $s->{seconds};
    fit_levels($results, $s) if $s->{levels};
    push @fit, $s;
  }
  return @fit;
}

sub expected_seconds
{
  my $sum = 0;
  for my $s (@_)
  {
    my $servers = @{$s->{servers} || []};
    if ($s->{kind} =~ /^(?:rates|growth)$/) { $sum += $servers * $s->{rounds} * $s->{seconds} }
    elsif ($s->{kind} eq 'held') { $sum += $servers * $s->{rounds} * ($s->{seconds} + $_ / 2500) for @{$s->{levels}} }
    elsif ($s->{kind} eq 'start') { $sum += 0.5 * $s->{rounds} }
    elsif ($s->{kind} eq 'calls') { $sum += $servers }
  }
  return $sum;
}

sub heading
{
  my ($option, $stolen, $others) = @_;
  return sprintf "- Machine: %s\n- Processor time during the run: %.1f %% went to other virtual machines, %.0f %% to other programs%s\n- Run: %s, %s\n",
    describe_machine(), 100 * $stolen, 100 * $others, $stolen + $others > 0.1 ? ': **too much for figures that mean something**' : '',
    $option->{quick} ? 'quick' : 'full', POSIX::strftime('%Y-%m-%d', gmtime);
}

sub write_report
{
  my ($dir, $name, $results, $text, @scenarios) = @_;
  make_path($dir);
  for my $s (grep { $results->{figures}{$_->{id}} } @scenarios)
  {
    my $plot = { held => \&Bench::Plot::plot_held, rates => \&Bench::Plot::plot_rates, growth => \&Bench::Plot::plot_growth }->{$s->{kind}} or next;
    next if $s->{metric} && $s->{metric} ne 'rate';
    $plot->($results, $s, "$dir/$name-$s->{id}.svg") and $text =~ s/^(## \Q$s->{title}\E\n)/$1\n![$s->{title}]($name-$s->{id}.svg)\n/m;
  }
  open my $file, '>', "$dir/$name.md" or die "bench: fatal: unable to write $dir/$name.md: $!\n";
  print $file $text;
  close $file;
  print "\nWritten to $dir: $name.md, and pictures when gnuplot is installed.\n";
}

# Returns the shares of processor time that others had meanwhile.
sub measure_all
{
  my ($results, @scenarios) = @_;
  my $dir = tempdir('bench.XXXXXX', TMPDIR => 1, CLEANUP => 1);
  my $bench = { results => $results, dir => $dir, progress => Bench::Progress->new(expected_seconds(@scenarios)) };
  my %before = ticks();
  $bench->{progress}->say_words($_) for @{$results->{notes}};
  $measure{$_->{kind}}->($bench, $_) for @scenarios;
  $bench->{progress}->end;
  my %after = ticks();
  return shares_of_others(\%before, \%after);
}

# plan: program (for the usage), name (of the report's files), title, words, servers, scenarios: a sub that gets the servers that
# are there and whether to be quick. Returns the exit code.
sub run_plan
{
  my (%plan) = @_;
  my %option;
  my $usage = usage($plan{program}, join ' ', map { $_->{id} } $plan{scenarios}->([], 0));
  GetOptions(\%option, 'quick', 'publish', 'output=s', 'only=s', 'rounds=i', 'seconds=f', 'help') && !@ARGV or do { print STDERR $usage; return 100 };
  if ($option{help}) { print $usage; return 0 }
  my $results = Bench::Results->new;
  my @servers = leave_out_absent($results, @{$plan{servers}});
  my @scenarios = fit($results, \%option, $plan{scenarios}->(\@servers, $option{quick}));
  my @others = measure_all($results, @scenarios);
  my $text = Bench::Report::report($results, $plan{title}, "$plan{words}\n\n" . heading(\%option, @others), @scenarios);
  print $text;
  my $dir = $option{output} || "$ENV{SALLYPORT_BUILD}/bench";
  write_report($_, $plan{name}, $results, $text, @scenarios) for $dir, $option{publish} ? "$ENV{SALLYPORT_SRC}/doc/bench" : ();
  $results->write_csv("$dir/$plan{name}.csv");
  return 0;
}

$SIG{$_} = sub { exit 111 } for qw(INT TERM HUP);
END { my $code = $?; Bench::Server::stop_all(); $? = $code }

1;
