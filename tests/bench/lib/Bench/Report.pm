# Tables: one text that reads well on a terminal and is Markdown too.
package Bench::Report;
use strict;
use warnings;
use List::Util qw(max);
use Bench::Numbers;
use Bench::Results;

# rows: the first is the heading. The first column is text, the others are figures.
sub table
{
  my (@rows) = @_;
  my @width;
  for my $row (@rows) { $width[$_] = max($width[$_] || 3, length $row->[$_]) for 0 .. $#$row }
  my $line = sub { join ' ', '|', (map { (sprintf($_ ? '%*s' : '%-*s', $_ ? ($width[$_], $_[$_]) : ($width[0], $_[0])), '|') } 0 .. $#_) };
  my $heading = shift @rows;
  my $rule = '|' . join('|', map { $_ ? '-' x ($width[$_] + 1) . ':' : '-' x ($width[0] + 2) } 0 .. $#$heading) . '|';
  return join "\n", $line->(@$heading), $rule, map({ $line->(@$_) } @rows), '';
}

sub servers_with_figures
{
  my ($results, $scenario) = @_;
  return grep { $results->has($scenario->{id}, $_) } map { $_->{name} } @{$scenario->{servers}};
}

sub rates_table
{
  my ($results, $scenario) = @_;
  my ($id, $metric) = @$scenario{qw(id metric)};
  my $base = $scenario->{base} || 'vfork floor';
  my @latencies = $metric eq 'rate' ? qw(p50 p99) : qw(p90 p99);
  my $whole = $scenario->{all_but_load} ? 'all but the load, us' : 'with its children, us';
  my @rows = (['server', $metric eq 'rate' ? 'connections/s' : 'p50, us', 'range', "to $base", 'range',
    (map { "$_, us" } @latencies), 'daemon CPU, us', $scenario->{whole_cost} ? $whole : (), $scenario->{resumed} ? 'resumed' : ()]);
  for my $server (servers_with_figures($results, $scenario))
  {
    my @ratios = $results->ratios($id, $server, $metric, $base);
    push @rows, [$server, Bench::Results::cells($results->values_of($id, $server, $metric)), Bench::Results::cells(@ratios),
      map { figure(median($results->values_of($id, $server, $_))) } @latencies, 'cpu', $scenario->{whole_cost} ? 'whole' : (),
      $scenario->{resumed} ? 'resumed' : ()];
  }
  return table(@rows);
}

sub ratio_to_each_peer
{
  my ($results, $scenario) = @_;
  my @words;
  for my $server (servers_with_figures($results, $scenario))
  {
    my @ratios = $results->ratios($scenario->{id}, 'sallyport', $scenario->{metric}, $server);
    push @words, sprintf('%s %s', figure(median(@ratios)), $server) if @ratios && $server !~ /^sallyport/;
  }
  return @words ? 'sallyport to each of the others, median of the rounds: ' . join(', ', @words) . ".\n" : '';
}

sub held_table
{
  my ($results, $scenario, $prefix) = @_;
  my $id = $scenario->{id};
  my @levels = @{$scenario->{levels}};
  my @rows = (['server', (map { "$_ held" } @levels), "at $levels[-1] / at 0", 'range']);
  for my $server (servers_with_figures($results, $scenario))
  {
    my @ratios = $results->ratios($id, $server, "${prefix}_$levels[-1]", $server, "${prefix}_0");
    push @rows, [$server, (map { figure(median($results->values_of($id, $server, "${prefix}_$_"))) } @levels), Bench::Results::cells(@ratios)];
  }
  return table(@rows);
}

sub held_memory_table
{
  my ($results, $scenario) = @_;
  my $id = $scenario->{id};
  my @levels = @{$scenario->{levels}};
  my @rows = (['server', (map { "$_ held, kB" } @levels), "bytes per client at $levels[-1]"]);
  for my $server (servers_with_figures($results, $scenario))
  {
    push @rows, [$server, map { figure(median($results->values_of($id, $server, $_))) } (map { "memory_$_" } @levels), "bytes_$levels[-1]"];
  }
  return table(@rows);
}

# columns: [metric, heading, how to write it]...
sub plain_table
{
  my ($results, $scenario, $first, @columns) = @_;
  my @servers = $scenario->{servers} ? servers_with_figures($results, $scenario) : sort keys %{$results->{figures}{$scenario->{id}} || {}};
  my @rows = ([$first, map { $_->[1] } @columns]);
  for my $server (@servers)
  {
    push @rows, [$server, map { my @v = $results->values_of($scenario->{id}, $server, $_->[0]); @v ? ($_->[2] || \&whole)->(median(@v)) : '' } @columns];
  }
  return @rows > 1 ? table(@rows) : '';
}

sub section_rates
{
  my ($results, $scenario) = @_;
  my $text = rates_table($results, $scenario) . "\n" . ratio_to_each_peer($results, $scenario);
  return $text unless $scenario->{memory};
  return $text . "\nMemory of the daemon with no client connected, kB:\n\n" . plain_table($results, $scenario, 'server',
    ['memory_rss', 'resident'], ['memory_pss', 'proportional'], ['memory_private', 'private']);
}

sub section_held
{
  my ($results, $scenario) = @_;
  return "New connections per second:\n\n" . held_table($results, $scenario, 'rate')
    . "\nProcessor time of the daemon per connection, microseconds:\n\n" . held_table($results, $scenario, 'cpu')
    . "\n99th percentile of the latency of a new connection, microseconds:\n\n" . held_table($results, $scenario, 'p99')
    . "\nMemory that the daemon itself has written (anonymous pages):\n\n" . held_memory_table($results, $scenario);
}

my %section = (
  rates => \&section_rates,
  growth => \&rates_table,
  held => \&section_held,
  start => sub { plain_table(@_, 'server', ['start', 'us from exec to listening', \&figure], ['execs', 'programs executed']) },
  calls => sub { plain_table(@_, 'server', ['parent_1', 'daemon, 1 client'], ['parent_16', 'daemon, 16 clients'],
    ['child_1', 'child, 1 client'], ['child_16', 'child, 16 clients']) },
  sizes => sub { plain_table(@_, 'program', ['bytes', 'bytes'], ['dynamic', 'dynamically linked', sub { $_[0] ? 'yes' : 'no' }]) });

# The whole report; heading: lines of prose.
sub report
{
  my ($results, $title, $heading, @scenarios) = @_;
  my $text = "# $title\n\n$heading";
  for my $scenario (@scenarios)
  {
    next unless $results->{figures}{$scenario->{id}};
    my $body = $section{$scenario->{kind}}->($results, $scenario);
    $text .= "\n## $scenario->{title}\n\n" . ($scenario->{words} ? "$scenario->{words}\n\n" : '') . $body if length $body;
  }
  my @notes = @{$results->{notes}};
  $text .= "\n## Left out, or to be known\n\n" . join('', map { chomp(my $note = $_); "- $note\n" } @notes) if @notes;
  return $text;
}

1;
