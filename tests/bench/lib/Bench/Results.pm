# Every figure that was measured, by scenario, server and metric, and the ratios within a round.
package Bench::Results;
use strict;
use warnings;
use Bench::Numbers;

sub new { return bless { figures => {}, order => [], notes => [] }, $_[0] }

sub add
{
  my ($self, $scenario, $server, $round, %value) = @_;
  for my $metric (sort keys %value)
  {
    next unless defined $value{$metric};
    $self->{figures}{$scenario}{$server}{$metric}{$round} = $value{$metric};
    push @{$self->{order}}, [$scenario, $server, $round, $metric, $value{$metric}];
  }
}

# What was left out or looked wrong, in words; said once.
sub note
{
  my ($self, $text) = @_;
  push @{$self->{notes}}, $text unless grep { $_ eq $text } @{$self->{notes}};
}

sub values_of
{
  my ($self, $scenario, $server, $metric) = @_;
  my $rounds = $self->{figures}{$scenario}{$server}{$metric} || {};
  return map { $rounds->{$_} } sort { $a <=> $b } keys %$rounds;
}

# Figures of one server divided by those of another (or by another metric of its own) in the same round.
sub ratios
{
  my ($self, $scenario, $server, $metric, $base_server, $base_metric) = @_;
  my $over = $self->{figures}{$scenario}{$server}{$metric} || {};
  my $under = $self->{figures}{$scenario}{$base_server}{$base_metric || $metric} || {};
  return map { $over->{$_} / $under->{$_} } grep { $under->{$_} } sort { $a <=> $b } keys %$over;
}

sub has { my ($self, $scenario, $server) = @_; return exists $self->{figures}{$scenario}{$server} }

# Text of a cell: the median, and its range unless there was but one round.
sub cells
{
  my (@values) = @_;
  return ('', '') unless @values;
  my ($median, $low, $high) = spread(@values);
  return (figure($median), @values > 1 ? range($low, $high) : '');
}

sub write_csv
{
  my ($self, $path) = @_;
  open my $file, '>', $path or die "bench: fatal: unable to write $path: $!\n";
  print $file "scenario,server,round,metric,value\n";
  print $file join(',', map { /[," ]/ ? "\"$_\"" : $_ } @$_), "\n" for @{$self->{order}};
  close $file;
}

1;
