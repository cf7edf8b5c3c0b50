# The rate of new short connections, the processor time each costs and the memory of the daemon while many clients are held open.
package Bench::Held;
use strict;
use warnings;
use Bench::Load;
use Bench::Rates;
use Bench::System;

sub hold
{
  my ($bench, $scenario, $name, $load, $level) = @_;
  my %held = $load->hold($level);
  return 1 if %held && $held{held} == $level && !$held{lost};
  $bench->{results}->note(sprintf '%s, "%s": asked to hold %d clients, it held %s; the higher levels are left out',
    $name, $scenario->{title}, $level, %held ? $held{held} - $held{lost} : 'an unknown number');
  return 0;
}

# Levels rise within one life of the daemon, so that each is compared with the idle rate of the same process.
sub measure_server
{
  my ($bench, $scenario, $server, $round) = @_;
  my $started = Bench::Rates::start_server($bench, $scenario, $server) or return;
  my $load = Bench::Load->new('-s', 'q', '-S', $scenario->{sources}, $started->{address});
  my $pid = $started->{pid};
  my %warm = $load->run($scenario->{clients}, 0.3);
  my $idle;
  for my $level (@{$scenario->{levels}})
  {
    hold($bench, $scenario, $server->{name}, $load, $level) or last;
    my %kb = memory_of($pid);
    $idle = $kb{Anonymous} unless defined $idle;
    my $cpu = cpu_seconds_of($pid);
    my %got = $load->run($scenario->{clients}, $scenario->{seconds});
    my $after = cpu_seconds_of($pid);
    last unless $got{connections} && defined $after;
    $bench->{results}->add($scenario->{id}, $server->{name}, $round, "rate_$level" => $got{rate}, "p99_$level" => $got{p99},
      "cpu_$level" => 1e6 * ($after - $cpu) / $got{connections}, "memory_$level" => $kb{Anonymous},
      $level ? ("bytes_$level" => 1024 * ($kb{Anonymous} - $idle) / $level) : ());
    $bench->{progress}->step($scenario->{seconds} + $level / 2500, sprintf '%s, round %d of %d, %s with %d held %.0f/s',
      $scenario->{title}, $round, $scenario->{rounds}, $server->{name}, $level, $got{rate});
  }
  $load->stop;
  $started->wait_until_childless;
  $started->stop;
}

sub measure
{
  my ($bench, $scenario) = @_;
  my @servers = @{$scenario->{servers}};
  for my $round (1 .. $scenario->{rounds})
  {
    measure_server($bench, $scenario, $_, $round) for @servers;
    push @servers, shift @servers if @servers;
  }
}

1;
