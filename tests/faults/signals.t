#!/usr/bin/env perl
# Signals at random moments and in awkward states: a storm under load, children killed or stopped on their way to
# the program, a daemon that is stopped and continued. ROUNDS says how many storms (30).

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

page('s6-tcpserverd');
page_says('These signals are obeyed also if the caller had blocked or ignored them, and while clients are held.');

my $rounds = $ENV{ROUNDS} // (variant() eq 'sanitize' ? 6 : 30);
my @ways = (['quick'], ['portable', '--portable-launch']);

# ---- the storm ----

# Another process that sends these signals to the server, at random moments, for so many seconds.
sub storm
{
  my ($server, $seconds, @signals) = @_;
  my $pid = fork // die;
  return $pid if $pid;
  my $end = now() + $seconds;
  while (now() < $end)
  {
    kill $signals[rand @signals], $server->pid;
    select undef, undef, undef, rand 0.004;
  }
  POSIX::_exit(0);
}

# Clients for so many seconds, some of which stay. Returns those who got no answer and no end either.
sub load
{
  my ($server, $seconds) = @_;
  my ($stuck, @open) = (0);
  my $end = now() + $seconds;
  while (now() < $end)
  {
    push @open, eval { open_client($server) } // last;
    stop_sending($open[-1]) if rand() < 0.7;
    next if @open < 8;
    my $oldest = shift @open;
    stop_sending($oldest);
    $stuck++ unless defined read_all($oldest);
  }
  return ($stuck, @open);
}

# Those of a server that has ended who live still. The dead wait for whoever adopted them, which is not our business.
sub survivors
{
  my ($server) = @_;
  return grep { process_state($_) !~ /^[ZX]?\z/ } descendants($server->pid, $server->{session});
}

my %seen;
for my $round (1 .. $rounds)
{
  my ($name, @options) = @{$ways[$round % 2]};
  my $last = (qw(TERM QUIT ABRT))[rand 3];
  my $server = start_server(['-v', '-c', 10, '-C', 10, @options], ['cat']);
  my $storm = storm($server, 0.15, qw(HUP CHLD HUP CHLD CONT));
  my ($stuck, @open) = load($server, 0.15);
  waitpid $storm, 0;
  my $final = fork // die;
  if (!$final)
  {
    select undef, undef, undef, rand 0.02;
    kill $last, $server->pid;
    POSIX::_exit(0);
  }
  (my $more, @open) = (load($server, 0.03), @open);
  waitpid $final, 0;
  my $end = $server->wait;
  my $text = log_text($server);
  my $accepted = () = $text =~ /info: accept /g;
  my $good = !$stuck && $end && !$end->{code} && !$end->{signal} && $text =~ /received SIG$last.*\n(?:.*\n)*s6-tcpserverd: info: exiting\n\z/ && $accepted;
  # With TERM the children stay until their clients leave; with the others nobody is left.
  close $_ for $last eq 'TERM' ? @open : ();
  @open = () if $last eq 'TERM';
  my $gone = eventually(sub { !survivors($server) });
  $seen{ok} += $good && $gone ? 1 : 0;
  diag("round $round, $name, $last: stuck $stuck, end " . ($end ? "$end->{code}/$end->{signal}" : 'never') . ", gone $gone\n" . substr $text, -500)
    unless $good && $gone;
}
is($seen{ok}, $rounds, "$rounds storms of signals: exit 0 each time, nobody stuck, children signalled and gone");

# Without an end: after the storm every count is exact.
for (@ways)
{
  my ($name, @options) = @$_;
  my $server = start_server(['-v', '-c', 10, '-C', 10, @options], ['cat']);
  my $storm = storm($server, 0.5, qw(HUP CHLD CHLD CONT));
  my ($stuck, @open) = load($server, 0.5);
  waitpid $storm, 0;
  is($stuck, 0, "$name, after a storm: nobody was stuck");
  close $_ for @open;
  @open = ();
  is(ask($server, send => 'x'), 'x', "$name, after a storm: service goes on");
  ok(eventually(sub { (log_lines($server))[-1] =~ m{status: 0/10$} && !zombies($server->pid) }), "$name, after a storm: nobody is left");
  is(log_count($server, qr/info: accept /), log_count($server, qr/info: end /), "$name, after a storm: all who were accepted have ended");
}

# ---- children on their way ----

# A program that somebody writes to cannot be executed for the moment (ETXTBSY): children wait on their way to it.
sub blocked_server
{
  my ($options) = @_;
  my $program = own_dir() . '/program.' . rand;
  system('cp', tool('cat'), $program) == 0 or die;
  my $server = start_server(['-v', '-c', 200, '-C', 200, '-b', 200, @$options], [$program]);
  my $writer;
  open $writer, '+<', $program or die;
  return ($server, $writer);
}

my $begins = qr/warning: unable to launch: .+: holding clients until it passes$/;

for (@ways)
{
  my ($name, @options) = @$_;
  my ($server, $writer) = blocked_server(\@options);
  my @clients = map { open_client($server) } 1 .. 80;
  say_to($clients[$_], "client $_\n") for 0 .. $#clients;
  ok(log_has($server, $begins), "$name: 80 clients, no program: some are held");
  my @children = $server->served;
  cmp_ok(scalar(@children), $name eq 'quick' && variant() eq 'default' ? '==' : '<=', 64, "$name: the others are on their way");
  my @victims = splice @children, 0, 10;
  kill 'KILL', @victims;
  kill 'STOP', @children[0 .. 4] if @children > 5;
  close $writer;
  kill 'CONT', @children[0 .. 4] if @children > 5;
  my $served = grep { (read_line($clients[$_]) // '') eq "client $_\n" } 0 .. $#clients;
  is($served, 80 - @victims, "$name: the program is back: all but those whose child was killed are served");
  close $_ for @clients;
  @clients = ();
  ok(eventually(sub { (log_lines($server))[-1] =~ /no longer holding/ || log_text($server) =~ m{status: 0/200\n(?:.*no longer holding.*\n)?\z} }), "$name: nobody is left");
  is(log_count($server, qr/info: end pid \d+ signal 9 /), scalar(@victims), "$name: those who were killed were logged");
  ok(eventually(sub { !zombies($server->pid) && !$server->served }), "$name: no zombie");
  is(ask($server, send => 'x'), 'x', "$name: service goes on");
}

page_says('Send SIGTERM and SIGCONT to every child, and exit.', 'Send SIGKILL to every child, and exit.');
for (@ways)
{
  my ($name, @options) = @$_;
  for my $signal (qw(TERM QUIT ABRT))
  {
    my ($server, $writer) = blocked_server(\@options);
    my @clients = map { open_client($server) } 1 .. 70;
    log_has($server, $begins);
    $server->signal('HUP');
    ok(log_has($server, qr/SIGHUP/), "$name: SIGHUP while holding");
    $server->signal($signal);
    is_deeply($server->wait, { code => 0, signal => 0 }, "$name: SIG$signal while holding");
    close $writer;
    close $_ for @clients;
    @clients = ();
    ok(eventually(sub { !survivors($server) }), "$name: nobody is left");
  }
}

# Children that are killed as early as possible, by somebody else, all the time.
SKIP:
{
  my $server = start_server(['-v', '-c', 10, '-C', 10], ['cat'], env => { map { ("LARGE$_" => 'x' x 100_000) } 1 .. 5 });
  my $list = '/proc/' . $server->pid . '/task/' . $server->pid . '/children';
  skip 'this system does not list the children of a process', 4 unless -r $list;
  my $killer = fork // die;
  if (!$killer)
  {
    my $end = now() + 1;
    while (now() < $end) { kill 'KILL', split ' ', get_file($list) }
    POSIX::_exit(0);
  }
  my ($stuck, @open) = load($server, 1);
  waitpid $killer, 0;
  close $_ for @open;
  @open = ();
  is($stuck, 0, 'children killed all the time: nobody is stuck');
  is(ask($server, send => 'x'), 'x', 'service goes on');
  ok(eventually(sub { (log_lines($server))[-1] =~ m{status: 0/10$} && !zombies($server->pid) }), 'nobody is left');
  cmp_ok(log_count($server, qr/signal 9 /), '>', 0, 'some were killed');
}

# ---- the daemon, stopped and continued ----

for (@ways)
{
  my ($name, @options) = @$_;
  my $server = start_server(['-v', '-c', 30, '-C', 30, '-b', 100, @options], ['cat']);
  my $first = open_client($server);
  say_to($first, "x\n"), read_line($first);
  $server->signal('STOP');
  ok(eventually(sub { process_state($server->pid) =~ /[Tt]/ }), "$name: the daemon is stopped");
  stop_sending($first), read_all($first);
  my @clients = map { open_client($server) } 1 .. 20;
  say_to($clients[$_], "client $_\n") for 0 .. $#clients;
  $server->signal('CONT');
  is(scalar(grep { (read_line($clients[$_]) // '') eq "client $_\n" } 0 .. $#clients), 20, "$name: continued: whoever came meanwhile is served");
  ok(log_has($server, qr/info: end /), "$name: who ended meanwhile is noticed");
  $server->signal($_) for qw(STOP HUP TERM CONT);
  is_deeply($server->wait, { code => 0, signal => 0 }, "$name: signals that came meanwhile are obeyed");
}

done_testing();
