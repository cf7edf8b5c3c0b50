#!/usr/bin/env perl
# A session with every limit costs the daemon some bytes of memory, and nothing while nothing happens. Only memory is judged, with room for
# tables that double and for what malloc keeps; SESSIONS=15000 QUIET=10 in the environment makes more sessions, and prints what they cost and
# the processor time of 10 seconds.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

my $sessions = $ENV{SESSIONS} // 1500;
plan skip_all => 'a sanitizer has memory of its own for each allocation' if variant() eq 'sanitize';
my $first = 300;
my $quiet = $ENV{QUIET} // 0;
my $program = echo_program();
plan skip_all => 'the compiler makes no program for the clients' unless $program && c_program('clients');
my @idle = platform() eq 'linux' ? '--max-idle=86400' : ();

my @limits = ('-Q', '-c', 2 * $sessions, '-C', 2 * $sessions, '--source-rate=1000000/1000', '--rate-sources=1024', '--rate=1000000/1', '--penalty=60', '--exempt=192.0.2.0/24', '--first-data=60',
  '--max-session=86400', '--kill-after=20', '--kill-group', '--refuse-with=busy\n', @idle, split ' ', $ENV{OPTIONS} // '');

# So many more come, each after the ones before it are served.
my @crowds;
sub sessions_come
{
  my ($server, $count, @from) = @_;
  for (my $left = $count; $left > 0; $left -= 300)
  {
    push @crowds, crowd_of($server, $left < 300 ? $left : 300, '-a', 300, '-k', 'h', '-s', $left, @from);
    $server->{sessions} += $left < 300 ? $left : 300;
    eventually(sub { number_of($server, 'clients') == $server->{sessions} }, 4 * deadline()) or die "sessions are missing\n" . run(bin('s6-serverstat'), $server->{status})->{out};
  }
}

sub number_of
{
  my ($server, $name) = @_;
  return counters_of($server->{status})->{$name} // -1;
}

# Then the daemon has the memory for as many clients without a program as come at the same time later.
sub silent_ones_come
{
  my ($server) = @_;
  my @silent = map { quick_client($server, reset => 1) } 1 .. 300;
  eventually(sub { number_of($server, 'pending') == @silent }) or die "they do not wait\n" . run(bin('s6-serverstat'), $server->{status})->{out};
  close $_ for splice @silent;
  eventually(sub { number_of($server, 'pending') == 0 }) or die "they still wait\n";
}

for my $way (['a few sources'], ['many sources', '-S'])
{
  my ($name, @from) = @$way;
  my $status = own_dir() . '/status.' . @from;
  my $server = start_server(['-b', 1000, "--status-socket=$status", @limits], [$program]);
  @$server{qw(status sessions)} = ($status, 0);
  silent_ones_come($server);
  sessions_come($server, $first, @from);
  my $before = memory($server->pid);
  sessions_come($server, $sessions - $first, @from);
  my $with = memory($server->pid);
  my $bytes = 1024 * ($with - $before) / ($sessions - $first);
  diag(sprintf '%s: %d kB for %d sessions, %d kB for %d, %.0f bytes for each further one', $name, $before, $first, $with, $sessions, $bytes) if $ENV{SESSIONS};
  if ($quiet)
  {
    my $began = cpu_seconds($server->pid);
    sleep $quiet;
    diag(sprintf '%s: %.4f s of processor time in %d s', $name, cpu_seconds($server->pid) - $began, $quiet);
  }
  cmp_ok($bytes, '<', 700, "s6-tcpserverd with sessions of $name: a further session costs the daemon fewer than 700 bytes");
  $_->signal('TERM'), $_->wait(60) for splice @crowds;
}
done_testing;
