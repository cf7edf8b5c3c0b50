#!/usr/bin/env perl
# Signals at random moments and in awkward states: a storm under load, children killed or stopped on their way to
# the program, a daemon that is stopped and continued. ROUNDS says how many storms.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

page('s6-tcpserverd');
page_says('These signals are obeyed also if the caller had blocked or ignored them, and while clients are held.');

my $rounds = $ENV{ROUNDS} // { default => 150, portable => 60 }->{variant()} // 20;
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

# One listener, clients that never cease, and one daemon after the other. Some clients stay until the server ends
# them, or until all of those are told to leave.
sub weather
{
  my ($round, $listener, $crowd) = @_;
  my ($name, @options) = @{$ways[$round % 2]};
  my $last = (qw(TERM QUIT ABRT))[rand 3];
  my $server = start_listening(command => [bin('s6-tcpserverd'), '-1', '-v2', '-c', 10, '-C', 10, @options, echo_program()], fds => { 0 => $listener });
  for (1 .. 2 + rand 6)
  {
    $server->signal((qw(HUP CHLD HUP CHLD CONT))[rand 5]);
    select undef, undef, undef, rand 0.002;
  }
  $server->signal($last);
  my $end = $server->wait;
  # With TERM the children stay until their clients leave; with the others no client is left.
  $crowd->signal('USR1') if $last eq 'TERM';
  my $gone = eventually(sub { !$server->left });
  my $text = log_text($server);
  my $good = $gone && $end && !$end->{code} && !$end->{signal} && $text =~ /received SIG$last.*\n(?:.*\n)*s6-tcpserverd: info: exiting\n\z/;
  diag("round $round, $name, $last: end " . ($end ? "$end->{code}/$end->{signal}" : 'never') . ', gone ' . ($gone ? 1 : 0) . "\n" . substr $text, -500) unless $good;
  close $server->out;
  unlink $server->log_file;
  return ($good ? 1 : 0, scalar(() = $text =~ /info: accept /g));
}

SKIP:
{
  skip 'the clients cannot be compiled here', 4 unless c_program('clients') && echo_program();
  my ($listener, $port) = busy_port();
  my $crowd = crowd_of({ ip => '127.0.0.1', port => $port }, 0, '-a', 15, '-k', 'tttfffrvlh', '-s', $$);
  IO::Select->new($listener)->can_read(deadline());  # the first of them waits: the crowd obeys signals by now
  my ($good, $accepted) = (0, 0);
  for my $round (1 .. $rounds)
  {
    my ($one, $more) = weather($round, $listener, $crowd);
    $good += $one;
    $accepted += $more;
  }
  is($good, $rounds, "s6-tcpserverd in $rounds storms of signals exits 0 each time, and its children are gone");
  cmp_ok($accepted, '>', $rounds, "s6-tcpserverd in $rounds storms of signals accepts clients meanwhile ($accepted)");
  # A client that still waits is served by the last one.
  my $server = start(command => [bin('s6-tcpserverd'), '-c', 100, '-C', 100, echo_program()], fds => { 0 => $listener });
  $crowd->signal('TERM');
  my $result = crowd_result($crowd, 60);
  is("$result->{stuck} $result->{wrong} $result->{refused}", '0 0 0', 'every client of s6-tcpserverd in storms of signals gets an answer or an end');
  cmp_ok($result->{answered}, '>', $rounds / 2, "many clients of s6-tcpserverd in storms of signals get the whole answer ($result->{answered})");
}

# Without an end: after the storm every count is exact, also with upgrades in it.
for my $case (map { my $way = $_; map { [$way, @$_] } [' launcher', qw(HUP CHLD CHLD CONT)],
  [' launcher and upgrades', qw(HUP CHLD CONT USR2)] } @ways)
{
  my ($way, $with, @signals) = @$case;
  my ($name, @options) = @$way;
  $name .= $with;
  my $server = start_server(['-v', '-c', 10, '-C', 10, @options], ['cat']);
  my $storm = storm($server, 0.5, @signals);
  my ($stuck, @open) = load($server, 0.5);
  waitpid $storm, 0;
  is($stuck, 0, "s6-tcpserverd in a storm of signals, $name: no client is stuck");
  close $_ for @open;
  @open = ();
  ask($server, send => 'x');  # the last SIGHUP of the storm may be read after this client has come, and ends its program
  is(ask($server, send => 'x'), 'x', "s6-tcpserverd after a storm of signals, $name: a client is served");
  ok(eventually(sub { (log_lines($server))[-1] =~ m{status: 0/10$} && !zombies($server->pid) }),
    "s6-tcpserverd after a storm of signals, $name: no client and no zombie is left");
  is(log_count($server, qr/info: accept /), log_count($server, qr/info: end /),
    "s6-tcpserverd after a storm of signals, $name: the log has an end for each accepted client");
}

# ---- at the start, as after an upgrade: all signals are blocked, and come before they are taken over ----

SKIP:
{
  skip 'system calls cannot be delayed here: ' . can_inject(), scalar @ways if can_inject();
  skip 'the leak check of the sanitizer cannot work under strace', scalar @ways if variant() eq 'sanitize';
  for (@ways)
  {
    my ($name, @options) = @$_;
    my ($listener) = busy_port();
    my @slowly = (tool('strace'), '-D', '-qq', '-o', '/dev/null', '-e', 'trace=rt_sigprocmask', '-e', 'inject=rt_sigprocmask:delay_exit=100000');
    my $server = start(command => [@slowly, bin('s6-tcpserverd'), '-v2', @options, 'cat'], fds => { 0 => $listener }, block => [qw(HUP CONT CHLD)]);
    eventually(sub { get_file('/proc/' . $server->pid . '/comm') =~ /tcpserverd/ });
    eventually(sub { $server->signal('HUP'); log_count($server, qr/: info: status/) || $server->reap });
    log_has($server, qr/received SIGHUP/);
    $server->signal('TERM');
    is_deeply($server->wait, { code => 0, signal => 0 },
      "s6-tcpserverd with the $name launcher: signals that come while it starts with all of them blocked do not end it") or diag log_text($server);
  }
}

# ---- children on their way ----

# Children wait on their way to the program.
sub blocked_server { return server_of_busy_program('-c', 200, '-C', 200, '-b', 200, @{$_[0]}) }

my $begins = qr/warning: unable to launch: .+: holding clients until it passes$/;

for (@ways)
{
  my ($name, @options) = @$_;
  my ($server, $writer) = blocked_server(\@options);
  my @clients = map { open_client($server) } 1 .. 80;
  say_to($clients[$_], "client $_\n") for 0 .. $#clients;
  log_says($server, $begins, "s6-tcpserverd with the $name launcher holds some of 80 clients while its program is busy");
  my @children = $server->served;
  cmp_ok(scalar(@children), '<=', 64, "s6-tcpserverd with the $name launcher has 64 children at most while its program is busy");
  # Of the portable launcher only attempts that fail at once can be seen: no client waits in them.
  @children = () unless $name eq 'quick' && variant() eq 'default';
  my @victims = splice @children, 0, 1;
  kill 'KILL', @victims;
  kill 'STOP', @children;
  close $writer;
  kill 'CONT', @children;
  my $served = grep { (read_line($clients[$_]) // '') eq "client $_\n" } 0 .. $#clients;
  is($served, 80 - @victims,
    "s6-tcpserverd with the $name launcher serves all held clients but those whose child was killed when its program is back");
  close $_ for @clients;
  @clients = ();
  ok(eventually(sub { (log_lines($server))[-1] =~ /no longer holding/ || log_text($server) =~ m{status: 0/200\n(?:.*no longer holding.*\n)?\z} }),
    "s6-tcpserverd with the $name launcher: no held client is left when its program is back");
  is(log_count($server, qr/info: end pid \d+ signal 9 /), scalar(@victims),
    "s6-tcpserverd with the $name launcher logs the end of each child that is killed on its way to the program");
  ok(eventually(sub { !zombies($server->pid) && !$server->served }),
    "s6-tcpserverd with the $name launcher leaves no child and no zombie after children were killed on their way");
  is(ask($server, send => 'x'), 'x', "s6-tcpserverd with the $name launcher serves a client after children were killed on their way");
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
    log_says($server, qr/SIGHUP/, "s6-tcpserverd with the $name launcher obeys SIGHUP while it holds clients");
    $server->signal($signal);
    is_deeply($server->wait, { code => 0, signal => 0 }, "s6-tcpserverd with the $name launcher exits 0 on SIG$signal while it holds clients");
    close $writer;
    close $_ for @clients;
    @clients = ();
    ok(eventually(sub { !$server->left }), "s6-tcpserverd with the $name launcher leaves no process after SIG$signal while it held clients");
  }
}

# Children that are killed as early as possible, by another process, all the time.
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
  is($stuck, 0, 's6-tcpserverd whose children are killed all the time: no client is stuck');
  is(eval { ask($server, send => 'x') }, 'x', 's6-tcpserverd whose children were killed all the time: a client is served')
    or diag($server->alive ? 'it lives: ' : join(' ', 'it has ended:', %{$server->wait}, ''), $@, substr log_text($server), -3000);
  ok(eventually(sub { (log_lines($server))[-1] =~ m{status: 0/10$} && !zombies($server->pid) }),
    's6-tcpserverd whose children were killed all the time: no client and no zombie is left');
  cmp_ok(log_count($server, qr/signal 9 /), '>', 0, 's6-tcpserverd whose children are killed all the time logs that they end by signal 9');
}

# ---- the daemon, stopped and continued ----

for (@ways)
{
  my ($name, @options) = @$_;
  my $server = start_server(['-v', '-c', 30, '-C', 30, '-b', 100, @options], ['cat']);
  my $first = open_client($server);
  say_to($first, "x\n"), read_line($first);
  $server->signal('STOP');
  ok(eventually(sub { process_state($server->pid) =~ /[Tt]/ }), "s6-tcpserverd with the $name launcher stops on SIGSTOP");
  stop_sending($first), read_all($first);
  my @clients = map { open_client($server) } 1 .. 20;
  say_to($clients[$_], "client $_\n") for 0 .. $#clients;
  $server->signal('CONT');
  is(scalar(grep { (read_line($clients[$_]) // '') eq "client $_\n" } 0 .. $#clients), 20,
    "s6-tcpserverd with the $name launcher serves clients that came while it was stopped");
  log_says($server, qr/info: end /, "s6-tcpserverd with the $name launcher logs the end of a client that left while it was stopped");
  $server->signal($_) for qw(STOP HUP TERM CONT);
  is_deeply($server->wait, { code => 0, signal => 0 }, "s6-tcpserverd with the $name launcher obeys signals that came while it was stopped");
}

done_testing();
