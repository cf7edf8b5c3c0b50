# Pictures, by gnuplot: figures against what grows, and rates of all servers as bars.
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

# Lines with the range of the rounds, several pictures side by side. figures: x, log (whether the x axis is logarithmic), title, file;
# panels: [heading, [name, [x, median, low, high]...]...]...
sub plot_lines
{
  my ($figures, @panels) = @_;
  my ($text, $data, $number) = ('', '', 0);
  for my $panel (@panels)
  {
    my ($heading, @series) = @$panel;
    my @plots;
    for (grep { @$_ > 1 } @series)
    {
      my ($name, @points) = @$_;
      $data .= block('data' . ++$number, map { join ' ', @$_ } @points);
      push @plots, sprintf '$data%d using 1:2:3:4 with yerrorlines lw 2 pt 7 ps 0.5 title "%s"', $number, @series > 1 ? $name : '';
    }
    $text .= "set title \"$heading\" noenhanced\nplot " . join(', ', @plots) . "\n" if @plots;
  }
  return 0 unless $number;
  my $height = 60 + 300 * int((@panels + 1) / 2);
  return draw($data . <<"END" . $text . "unset multiplot\n");
set terminal svg size 860,$height dynamic font "sans-serif,12" background "white"
set output "$figures->{file}"
set multiplot layout @{[int((@panels + 1) / 2)]},2 title "$figures->{title}" noenhanced
set xlabel "$figures->{x}"
set yrange [0:*]
set grid lc rgb "#dddddd"
set key below noenhanced
@{[$figures->{log} ? 'set logscale x' : '']}
END
}

# One line for each server: the values of a metric at each level, divided by scale.
sub held_series
{
  my ($results, $scenario, $metric, $scale) = @_;
  return map
  {
    my $server = $_;
    [$server, map
    {
      my @values = $results->values_of($scenario->{id}, $server, "${metric}_$_");
      @values ? [$_, map { $_ / $scale } spread(@values)] : ()
    } @{$scenario->{levels}}]
  } Bench::Report::servers_with_figures($results, $scenario);
}

sub plot_held
{
  my ($results, $scenario, $file) = @_;
  return 0 unless @{$scenario->{levels}} > 1;
  my @metrics = (['rate', 1000, 'new connections per second, thousands'], ['cpu', 1, 'processor time of the daemon per connection, us'],
    ['p99', 1000, '99th percentile of latency, ms'], ['memory', 1024, 'memory of the daemon, MB']);
  return plot_lines({ file => $file, title => $scenario->{title}, x => 'clients held open' },
    map { [$_->[2], held_series($results, $scenario, @$_[0, 1])] } @metrics);
}

# One line: the values of a metric for the server of each level.
sub plot_growth
{
  my ($results, $scenario, $file) = @_;
  my @panels = map
  {
    my ($metric, $scale, $heading) = @$_;
    [$heading, ['', map { my @v = $results->values_of($scenario->{id}, $_->{name}, $metric); @v ? [$_->{level}, map { $_ / $scale } spread(@v)] : () } @{$scenario->{servers}}]]
  } (['cpu', 1, 'processor time of the daemon per connection, us'], ['p99', 1000, '99th percentile of latency, ms']);
  return plot_lines({ file => $file, title => $scenario->{title}, x => $scenario->{xlabel}, log => 1 }, @panels);
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
