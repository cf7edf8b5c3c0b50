# Scenarios of short connections: all servers up at once, measured in turn, round after round, each round beginning with another one.
package Bench::Rates;
use strict;
use warnings;
use IO::Socket::INET;
use Bench::Load;
use Bench::Server;
use Bench::System;

# A port that no one has, below those that the kernel gives to clients.
sub free_port
{
  for (1 .. 200)
  {
    my $port = 10000 + int rand 20000;
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Proto => 'tcp', Listen => 1, ReuseAddr => 1) or next;
    close $socket;
    return $port;
  }
  die "bench: fatal: unable to find a free port\n";
}

my $serial = 0;

# Starts one server for one scenario; returns it, or undef after a note that says why not.
sub start_server
{
  my ($bench, $scenario, $server) = @_;
  my $dir = "$bench->{dir}/" . ++$serial;
  mkdir $dir;
  my %at = (dir => $dir, prog => "$ENV{BENCH_TOOLS}/$scenario->{handler}");
  if ($scenario->{family} eq 'unix')
  {
    $at{path} = "$dir/socket";
    $at{address} = "unix:$at{path}";
  }
  else
  {
    @at{qw(ip port)} = ('127.0.0.1', free_port());
    $at{address} = "tcp:$at{ip}:$at{port}";
  }
  my $env = ref $server->{env} eq 'CODE' ? $server->{env}->() : $server->{env};
  my @command = $server->{$scenario->{family}}->(\%at);
  my $started = eval { Bench::Server->start(command => \@command, address => $at{address}, log => "$dir/log", env => $env) };
  $bench->{results}->note("$server->{name} left out of \"$scenario->{title}\": it $@") unless $started;
  $started->{at} = \%at if $started;
  return $started;
}

# Returns ([name, server, load]...) of those that are there and took a first burst of clients.
sub start_all
{
  my ($bench, $scenario) = @_;
  my @up;
  for my $server (@{$scenario->{servers}})
  {
    my $started = start_server($bench, $scenario, $server) or next;
    my $load = Bench::Load->new(@{$server->{load_words} || $scenario->{load_words} || []}, $started->{address});
    my %warm = $load->run(16, 0.1);
    if (!$warm{connections})
    {
      $bench->{results}->note("$server->{name} left out of \"$scenario->{title}\": it served no client");
      $load->stop;
      $started->stop;
      next;
    }
    my $beside = $server->{beside} ? $server->{beside}->($started->{at}, $started) : undef;
    push @up, { name => $server->{name}, refuses => $server->{refuses}, server => $started, load => $load, beside => $beside };
  }
  return @up;
}

# A server that takes connections but starts no handlers would look quick.
sub check_handlers_ran
{
  my ($bench, $scenario, $up, $got, $forks) = @_;
  my $name = $up->{name};
  my $wrong = $got->{refused} + $got->{short} + $got->{errors};
  $bench->{results}->note("$name, \"$scenario->{title}\": some of the load generator's connections failed in some of the rounds") if $wrong;
  $bench->{results}->note("$name, \"$scenario->{title}\": fewer processes than connections in one of the rounds")
    if !$up->{refuses} && $forks < 0.98 * $got->{connections};
}

# What a server and all that it starts have used. Some have processes that no parent waits for: then it is all but the load generator.
sub whole_seconds
{
  my ($scenario, $up) = @_;
  my $pid = $up->{server}{pid};
  return cpu_seconds_of_all() - (cpu_seconds_of($up->{load}{pid}) || 0) if $scenario->{all_but_load};
  return (cpu_seconds_of($pid) || 0) + cpu_seconds_of_children($pid);
}

sub measure_one
{
  my ($bench, $scenario, $up, $round) = @_;
  my $forks = forks();
  my $cpu = cpu_seconds_of($up->{server}{pid});
  my $whole = whole_seconds($scenario, $up);
  my %got = $up->{load}->run($scenario->{clients}, $scenario->{seconds});
  if (!$got{connections} || $up->{server}->has_ended)
  {
    $bench->{results}->note("$up->{name}, \"$scenario->{title}\": " . ($up->{server}->has_ended ? 'ended' : 'served no client')
      . " in round $round of $scenario->{rounds}: the round is left out. " . $up->{server}->last_words);
    return;
  }
  check_handlers_ran($bench, $scenario, $up, \%got, forks() - $forks);
  my $after = cpu_seconds_of($up->{server}{pid});
  $bench->{results}->add($scenario->{id}, $up->{name}, $round, map({ $_ => $got{$_} } qw(rate p50 p90 p99 max)), resumed => $got{resumed} / $got{connections},
    cpu => defined $after ? 1e6 * ($after - $cpu) / $got{connections} : undef,
    whole => defined $after ? 1e6 * (whole_seconds($scenario, $up) - $whole) / $got{connections} : undef);
  return $got{rate};
}

sub measure
{
  my ($bench, $scenario) = @_;
  my @up = start_all($bench, $scenario);
  for my $up (@up)
  {
    my %kb = memory_of($up->{server}{pid});
    $bench->{results}->add($scenario->{id}, $up->{name}, 1, map { ("memory_\L$_" => $kb{$_}) } qw(Rss Pss Private)) if %kb;
  }
  for my $round (1 .. $scenario->{rounds})
  {
    for my $up (@up)
    {
      my $rate = measure_one($bench, $scenario, $up, $round);
      $bench->{progress}->step($scenario->{seconds}, sprintf '%s, round %d of %d, %s %.0f/s', $scenario->{title}, $round,
        $scenario->{rounds}, $up->{name}, $rate || 0);
    }
    push @up, shift @up if @up;
  }
  for my $up (@up)
  {
    delete $up->{beside};  # first: it has copies of the pipe whose end ends the load generator
    $up->{load}->stop;
    $up->{server}->stop;
  }
}

1;
