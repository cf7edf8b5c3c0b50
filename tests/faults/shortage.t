#!/usr/bin/env perl
# Shortages of every kind, by real limits and by system calls that fail: no client is lost, nothing spins, and the
# log says it twice: when it begins and when it is over.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

page('s6-tcpserverd');
page_says('A shortage of processes, memory or descriptors never costs a client.');
page_says('tries again each time a child ends and after a delay that grows from 10 milliseconds to 1 second.');
page_says('The log gets one line when this begins and one when it is over.');

my @ways = (['quick'], ['portable', '--portable-launch']);
my $begins = qr/^s6-tcpserverd: warning: unable to .+: holding clients until it passes$/;
my $over = qr/^s6-tcpserverd: warning: no longer holding clients after \d+ ms$/;

# `clients` conversations, `at_once` of them open at any time. Returns how many got the answer.
sub crowd
{
  my ($server, $clients, $at_once, $answer) = @_;
  my ($good, @open) = (0);
  while ($clients || @open)
  {
    push(@open, open_client($server)), $clients-- while $clients && @open < $at_once;
    $good++ if (read_all(shift @open) // '') eq $answer;
  }
  return $good;
}

# ---- processes: 20 for this user, 100 clients, 60 at a time ----

SKIP:
{
  skip 'needs the right to change the user id', 1 unless can_change_ids();
  for (@ways)
  {
    my ($name, @options) = @$_;
    my $uid = free_uid();
    my $server = start_server(['-c', 1000, '-C', 1000, '-b', 200, '-u', $uid, '-g', $uid, @options], [$^X, '-e', 'select undef, undef, undef, 0.3; print "served\n"'],
                              under => [with_rlimit(u => 20)]);
    my $before = ticks($server->pid);
    is(crowd($server, 100, 60, "served\n"), 100,
      "s6-tcpserverd with the $name launcher and a limit of 20 processes serves 100 clients, 60 at a time");
    cmp_ok(ticks($server->pid) - $before, '<', 100, "s6-tcpserverd with the $name launcher and a limit of 20 processes does not spin");
    log_says($server, $over, "s6-tcpserverd with the $name launcher logs that the shortage of processes is over");
    my @own = grep { /^s6-tcpserverd: / } log_lines($server);
    is(scalar(grep { $_ =~ $begins } @own), scalar(grep { $_ =~ $over } @own),
      "s6-tcpserverd with the $name launcher logs the end of a shortage of processes as often as its beginning");
    cmp_ok(scalar(@own), '<=', 10, "s6-tcpserverd with the $name launcher logs 10 lines at most about a shortage of processes");
    is_deeply([zombies($server->pid)], [], "s6-tcpserverd with the $name launcher leaves no zombie after a shortage of processes");
  }
}

# ---- shortages that last: all of them at once, each for a server of its own ----

my @shortages;

# A shortage for three clients, which begins and ends with these subs. The log then says what is short.
sub shortage
{
  my ($name, $server, $words, $begin, $end, $clients) = @_;
  my $self = { name => $name, server => $server, words => $words, end => $end, lines => scalar(log_lines($server)) };
  $begin->();
  $self->{clients} = [map { open_client($server) } 1 .. $clients // 3];
  say_to($self->{clients}[$_], "client $_\n") for 0 .. $#{$self->{clients}};
  $self->{said} = eventually(sub { (grep { $_ =~ $begins } new_lines($self))[0] });
  $self->{began} = now();
  $self->{before} = cpu_seconds($server->pid);
  push @shortages, $self;
  return $self;
}

sub new_lines
{
  my ($self) = @_;
  my @lines = log_lines($self->{server});
  return splice @lines, $self->{lines};
}

sub measure
{
  my ($self) = @_;
  $self->{used} = cpu_seconds($self->{server}->pid) - $self->{before};
  $self->{lasted} = now() - $self->{began};
}

sub is_weathered
{
  my ($self) = @_;
  my ($name, $server, $clients) = @$self{qw(name server clients)};
  my $share = 100 * $self->{used} / $self->{lasted};
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  like($self->{said} // '', $self->{words}, "$name: the log names what fails");
  cmp_ok($share, '<', 1, sprintf '%s: %.2f %% of a processor is used while the shortage lasts', $name, $share);
  is(scalar(grep { (read_line($clients->[$_]) // '') eq "client $_\n" } 0 .. $#$clients), scalar(@$clients), "$name: no client is lost");
  ok(eventually(sub { grep { $_ =~ $over } new_lines($self) }), "$name: the log has that the shortage is over");
  my @new = grep { /^s6-tcpserverd: / } new_lines($self);
  is(scalar(@new), 2, "$name: the log has two lines about the shortage") or diag(join "\n", @new);
  ok($server->alive, "$name: the daemon lives");
}

# A process that never wants to sleep longer than a second looks again within a second, however busy the machine is.
sub is_quick_to_return
{
  my ($self) = @_;
  my ($name, $injection) = @$self{qw(name injection)};
  my @waits = waits_of($injection);
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  pop @waits if @waits && $waits[-1] == -1;  # when all is over
  my ($longest) = sort { $b <=> $a } @waits;
  cmp_ok($longest // 99, '<=', 1, "$name: the daemon tries again after a second at most");
  ok(!(grep { $_ == -1 } @waits), "$name: the daemon never waits without a next try");
  cmp_ok($self->{tries}, '<', $self->{most}->($self->{lasted}), "$name: the delay between tries grows");
}

# ---- by limits ----

# No page more than the daemon has: its tables are made for the first client.
sub short_of_memory
{
  my ($name, @options) = @_;
  my $server = start_server(['-c', 1000, '-C', 1000, @options], ['cat']);
  my ($size) = status_field($server->pid, 'VmSize') =~ /(\d+)/;
  shortage("s6-tcpserverd with the $name launcher, short of address space", $server, qr/unable to launch: /,
           sub { set_limit($server, 'as', 1024 * $size) }, sub { set_limit($server, 'as', 'unlimited') });
}

# No descriptor more than are open, so that accept fails; or fewer, so that poll does.
sub short_of_descriptors
{
  my ($name, $limit, $words) = @_;
  my $server = start_server([], ['cat']);
  ask($server);
  eventually(sub { !$server->served && !zombies($server->pid) });  # now nothing of that client is open
  my ($highest) = sort { $b <=> $a } keys %{fd_targets($server->pid)};
  shortage("s6-tcpserverd, short of descriptors ($name)", $server, $words,
           sub { set_limit($server, 'nofile', $limit // $highest + 1) }, sub { set_limit($server, 'nofile', $highest + 20) });
}

# A client at hand whose descriptor is above what is allowed meanwhile: it waits for its program, which a process writes to.
sub short_behind_a_client
{
  my ($name, @options) = @_;
  my $program = own_dir() . "/cat.$name";
  system('cp', tool('cat'), $program) == 0 or die;
  my $server = start_server(\@options, [$program]);
  my $writer;
  my $self = shortage("s6-tcpserverd with the $name launcher, short of descriptors after a client", $server, qr/unable to launch: /,
                      sub { open $writer, '+<', $program or die }, sub { set_limit($server, 'nofile', 20) }, 1);
  set_limit($server, 'nofile', 4);
  close $writer;
}

# All processes that this user may have are there: some clients are served, the others wait for them.
sub short_of_processes
{
  my ($name, @options) = @_;
  my $uid = free_uid();
  my $server = start_server(['-c', 1000, '-C', 1000, '-u', $uid, '-g', $uid, @options], ['cat'], under => [with_rlimit(u => 20)]);
  my $self;
  $self = shortage("s6-tcpserverd with the $name launcher, short of processes", $server, qr/unable to launch: /,
                   sub { }, sub { stop_sending($_) for @{$self->{clients}} }, 30);
}

SKIP:
{
  skip 'prlimit, to end the shortage with, is not installed', 1 unless tool('prlimit');
  short_of_descriptors('none is free', undef, qr/unable to accept: /);
  short_of_descriptors('fewer than are open', 1, qr/unable to (?:accept|wait for events): /);  # poll looks at the limit when it is called
  short_behind_a_client('portable', '--portable-launch');
  skip 'a sanitizer reserves all of the address space', 1 if variant() eq 'sanitize';
  short_of_memory(@$_) for @ways;
}
SKIP:
{
  skip 'needs the right to change the user id', 1 unless can_change_ids();
  short_of_processes(@$_) for @ways;
}

# ---- by system calls that fail ----

my $seldom = sub { return 20 + 4 * $_[0] };
my %calls = (
  accept => ['?accept4,?accept', qr/unable to accept: /, [qw(EMFILE ENFILE ENOBUFS ENOMEM)], $seldom],
  launch => ['?clone,?clone3,?vfork,?fork', qr/unable to launch: /, [qw(EAGAIN ENOMEM)], $seldom],
  poll => ['?poll,?ppoll,?ppoll_time64', qr/unable to wait for events: /, [qw(ENOMEM EINVAL)], sub { return 20 + 11 * $_[0] }],
);

sub short_by_injection
{
  my ($name, $what, $error, @options) = @_;
  my ($calls, $words, undef, $most) = @{$calls{$what}};
  my $server = start_server(['-c', 1000, '-C', 1000, @options], ['cat']);
  my $injection;
  my $self = shortage("s6-tcpserverd with the $name launcher, $what fails with $error", $server, $words,
                      sub { $injection = inject($server, $calls, "error=$error") }, sub { });
  @$self{qw(injection most)} = ($injection, $most);
  $self->{end} = sub { $self->{tries} = end_injection($injection) };
}

SKIP:
{
  skip can_inject(), 1 if can_inject();
  skip 'a sanitizer makes system calls of its own', 1 if variant() eq 'sanitize';
  for (@ways)
  {
    my ($name, @options) = @$_;
    for my $what (sort keys %calls)
    {
      my @errors = @{$calls{$what}[2]};
      splice @errors, 1 if @options && $what ne 'launch';  # the launchers differ in nothing else
      short_by_injection($name, $what, $_, @options) for @errors;
    }
    my $server = start_server(\@options, ['cat']);
    my $injection = inject($server, $calls{poll}[0], 'error=ENOMEM');
    my $client = open_client($server);  # ends the call that waits now
    log_has($server, qr/wait for events/);
    $server->signal('TERM');
    is_deeply($server->wait, { code => 0, signal => 0 }, "s6-tcpserverd with the $name launcher exits 0 on SIGTERM while poll fails");
    end_injection($injection);
  }
}

# ---- they last for three seconds ----

select undef, undef, undef, 3;
measure($_) for @shortages;
$_->{end}->() for @shortages;
is_weathered($_) for @shortages;
is_quick_to_return($_) for grep { $_->{injection} } @shortages;

done_testing();
