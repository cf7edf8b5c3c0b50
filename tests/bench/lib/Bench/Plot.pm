# Pictures, by gnuplot: rates against clients held open, and rates of all servers as bars.
package Bench::Plot;
use strict;
use warnings;
use Bench::Numbers;
use Bench::Report;
use Bench::System;

sub draw
{
  my ($script) = @_;
  my $gnuplot = find_program('gnuplot') or return 0;
  open my $pipe, '|-', $gnuplot, '-' or return 0;
  print $pipe $script;
  return close $pipe;
}

sub block
{
  my ($name, @lines) = @_;
  return join "\n", "\$$name << END", @lines, "END\n";
}

# Rates in thousands, with the range of the rounds as error bars.
sub plot_held
{
  my ($results, $scenario, $file) = @_;
  my @servers = Bench::Report::servers_with_figures($results, $scenario);
  return 0 unless @servers && @{$scenario->{levels}} > 1;
  my ($data, @plots) = ('');
  for my $i (0 .. $#servers)
  {
    my @lines;
    for my $level (@{$scenario->{levels}})
    {
      my @rates = $results->values_of($scenario->{id}, $servers[$i], "rate_$level") or next;
      push @lines, join ' ', $level, map { $_ / 1000 } spread(@rates);
    }
    $data .= block("data$i", @lines);
    push @plots, sprintf '$data%d using 1:2:3:4 with yerrorlines lw 2 pt 7 ps 0.6 title "%s"', $i, $servers[$i];
  }
  return draw($data . <<"END" . 'plot ' . join(', ', @plots) . "\n");
set terminal svg size 760,420 dynamic font "sans-serif,13" background "white"
set output "$file"
set title "$scenario->{title}" noenhanced
set xlabel "clients held open"
set ylabel "new connections per second, thousands"
set yrange [0:*]
set grid lc rgb "#dddddd"
set key outside right top noenhanced
END
}

sub plot_rates
{
  my ($results, $scenario, $file) = @_;
  my @servers = Bench::Report::servers_with_figures($results, $scenario) or return 0;
  my @lines;
  for my $server (reverse @servers)
  {
    my @rates = $results->values_of($scenario->{id}, $server, 'rate') or next;
    my $y = @lines;
    push @lines, join ' ', $y, "\"$server\"", (map { $_ / 1000 } spread(@rates)), $server =~ /^sallyport/ ? '0x2a6f97' : '0xb0b8bf';
  }
  my $height = 110 + 26 * @lines;
  return draw(block('data', @lines) . <<"END");
set terminal svg size 760,$height dynamic font "sans-serif,13" background "white"
set output "$file"
set title "$scenario->{title}" noenhanced
set xlabel "thousands of connections per second, median and range"
set xrange [0:*]
set yrange [-0.6:@{[@lines - 0.4]}]
set grid x lc rgb "#dddddd"
set border 3
set rmargin 4
unset key
set tics nomirror
plot \$data using (0):1:(0):3:(\$1-0.35):(\$1+0.35):6:ytic(2) with boxxyerror fs solid lc rgb variable, \\
  \$data using 3:1:4:5 with xerrorbars pt 0 lw 1.5 lc rgb "black"
END
}

1;
