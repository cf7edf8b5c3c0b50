# What needs no rounds of load: time to start, system calls per connection, sizes of the binaries.
package Bench::Once;
use strict;
use warnings;
use Time::HiRes qw(sleep time);
use Bench::Load;
use Bench::Rates;
use Bench::Server;
use Bench::System;

# strace -D leaves the server its pid, and so ends a little later than the server. Returns what it wrote.
sub trace_of
{
  my ($file, $pid) = @_;
  my $deadline = time + 5;
  my $text = '';
  until ($text =~ /^$pid\s+\+\+\+ /m || time > $deadline)
  {
    $text = contents($file);
    sleep 0.01;
  }
  return $text;
}

# How many programs the chain goes through until it announces its port, the handler not counted.
sub count_execs
{
  my ($bench, @command) = @_;
  my $strace = find_program('strace') or return undef;
  my $file = "$bench->{dir}/execs";
  time_starts(1, $strace, '-D', '-f', '-q', '-e', 'trace=execve', '-e', 'signal=none', '-o', $file, @command);
  my $n = () = trace_of($file, '\\d+') =~ /execve\(.*= 0$/mg;
  return $n || undef;
}

sub time_starts
{
  my ($count, @command) = @_;
  open my $startup, '-|', "$ENV{BENCH_TOOLS}/startup", $count, @command or return;
  my $line = readline $startup;
  close $startup;
  return defined $line ? $line =~ /(\w+)=(\S+)/g : ();
}

sub measure_start
{
  my ($bench, $scenario) = @_;
  for my $round (1 .. $scenario->{rounds})
  {
    for my $server (@{$scenario->{servers}})
    {
      my @where = $scenario->{family} eq 'unix' ? "$bench->{dir}/start" : ('127.0.0.1', '0');
      my @command = (@{$server->{start}}, @where, "$ENV{BENCH_TOOLS}/handler_dynamic");
      my %us = time_starts($scenario->{count}, @command);
      $bench->{results}->add($scenario->{id}, $server->{name}, $round, start => $us{p50});
      $bench->{results}->note("$server->{name}: its start could not be timed") unless %us;
      next if $round > 1 || !%us;
      $bench->{results}->add($scenario->{id}, $server->{name}, 1, execs => count_execs($bench, @command));
    }
    $bench->{progress}->step(0.5, "start, round $round of $scenario->{rounds}");
  }
}

# One line of strace: (pid, call that begins here, call that succeeds here), each undef when not.
sub parse_call
{
  my ($line) = @_;
  my ($pid, $begins, $resumed) = $line =~ /^(\d+)\s+(?:(\w+)\(|<\.\.\. (\w+) resumed>)/ or return;
  my $succeeds = $line =~ /= \d+\b[^=]*$/ ? $begins || $resumed : undef;
  return ($pid, $begins, $succeeds);
}

# Calls per connection by the daemon itself, from its first accepted connection to its last, and by each child up to its execve.
sub count_calls
{
  my ($text, $daemon) = @_;
  my ($accepted, $parent, $since, $child, $children) = (0, 0, 0, 0, 0);
  my %execed;
  for (split /\n/, $text)
  {
    my ($pid, $begins, $succeeds) = parse_call($_) or next;
    if ($pid == $daemon)
    {
      $since++ if $accepted && $begins;
      next unless $succeeds && $succeeds =~ /^accept4?$/;
      ($parent, $since) = ($parent + $since, 0);
      $accepted++;
    }
    elsif ($begins && $accepted && !$execed{$pid})
    {
      $child++;
      $children += $execed{$pid} = 1 if $begins eq 'execve';
    }
  }
  return unless $accepted > 1 && $children;
  return (parent => $parent / ($accepted - 1), child => $child / $children);
}

sub measure_calls_of
{
  my ($bench, $scenario, $server, $clients) = @_;
  my $file = "$bench->{dir}/calls";
  my $strace = find_program('strace');
  my %traced = (%$server, tcp => sub { ($strace, '-D', '-f', '-q', '-e', 'signal=none', '-o', $file, $server->{tcp}->(@_)) });
  my $started = Bench::Rates::start_server($bench, $scenario, \%traced) or return;
  my $load = Bench::Load->new($started->{address});
  $load->count($clients, $scenario->{count});
  $load->stop;
  $started->stop;
  my %calls = count_calls(trace_of($file, $started->{had_pid}), $started->{had_pid});
  $bench->{results}->add($scenario->{id}, $server->{name}, 1, map { ("${_}_$clients" => $calls{$_}) } keys %calls);
}

sub measure_calls
{
  my ($bench, $scenario) = @_;
  for my $server (@{$scenario->{servers}})
  {
    measure_calls_of($bench, $scenario, $server, $_) for 1, 16;
    $bench->{progress}->step(1, "system calls of $server->{name}");
  }
}

# Bytes, and whether it needs the dynamic linker.
sub measure_sizes
{
  my ($bench, $scenario) = @_;
  for my $path (@{$scenario->{programs}})
  {
    (my $name = $path) =~ s{.*/}{};
    my $ours = $scenario->{builds}{$path =~ s{/[^/]*\z}{}r};
    $name = "$ours $name" if $ours;
    my $head = substr contents($path), 0, 4096;
    $bench->{results}->add($scenario->{id}, $name, 1, bytes => -s $path, dynamic => $head =~ m{/ld[-.\w]*\.so} ? 1 : 0);
  }
}

1;
