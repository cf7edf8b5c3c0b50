# Medians and how figures are written.
package Bench::Numbers;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(median spread figure whole range);

sub median
{
  my @sorted = sort { $a <=> $b } @_;
  return undef unless @sorted;
  my $middle = int(@sorted / 2);
  return @sorted % 2 ? $sorted[$middle] : ($sorted[$middle - 1] + $sorted[$middle]) / 2;
}

# (median, smallest, largest)
sub spread
{
  my @sorted = sort { $a <=> $b } @_;
  return @sorted ? (median(@sorted), $sorted[0], $sorted[-1]) : ();
}

# Three or four digits that mean something: 12,345  123.4  1.23
sub figure
{
  my ($value) = @_;
  return '' unless defined $value;
  my $size = abs $value;
  return sprintf '%.2f', $value if $size < 10;
  return sprintf '%.1f', $value if $size < 1000;
  my $text = sprintf '%.0f', $value;
  1 while $text =~ s/^(-?\d+)(\d{3})/$1,$2/;
  return $text;
}

# All digits of a number that was counted, not measured: 12,345; one that turned out not to be whole keeps two more.
sub whole
{
  my ($value) = @_;
  my $text = $value == int $value ? "$value" : sprintf '%.2f', $value;
  1 while $text =~ s/^(-?\d+)(\d{3})/$1,$2/;
  return $text;
}

sub range
{
  my ($low, $high) = map { figure($_) } @_;
  return $low eq $high ? $low : "$low..$high";
}

1;
