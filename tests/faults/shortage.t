#!/usr/bin/env perl
# Shortages of every kind, by real limits and by system calls that fail: nobody is lost, nothing spins, and the
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
    is(crowd($server, 100, 60, "served\n"), 100, "$name, 20 processes: 100 clients, 60 at a time, are served");
    cmp_ok(ticks($server->pid) - $before, '<', 100, "$name: at little cost");
    ok(log_has($server, $over), "$name: the log says that it is over");
    my @own = grep { /^s6-tcpserverd: / } log_lines($server);
    is(scalar(grep { $_ =~ $begins } @own), scalar(grep { $_ =~ $over } @own), "$name: as often as it began");
    cmp_ok(scalar(@own), '<=', 10, "$name: 10 lines at most");
    is_deeply([zombies($server->pid)], [], "$name: no zombie");
  }
}

# ---- memory: no page more than the daemon has ----

SKIP:
{
  skip 'a sanitizer reserves all of the address space', 1 if variant() eq 'sanitize';
  skip 'prlimit, to end the shortage with, is not installed', 1 unless tool('prlimit');
  for (@ways)
  {
    my ($name, @options) = @$_;
    my $server = start_server(['-c', 1000, '-C', 1000, @options], ['sh', '-c', 'echo served; exec cat']);
    my ($size) = status_field($server->pid, 'VmSize') =~ /(\d+)/;
    # The limit goes to the children too: sh must still fit, and the tables of 150 clients must not.
    set_limit($server, 'as', 1024 * $size);
    my @clients = map { open_client($server) } 1 .. 3;
    my $held = log_has($server, $begins, 1);
    set_limit($server, 'as', 'unlimited');
    my $served = grep { (read_line($_) // '') ne '' } @clients;
    ok($server->alive, "$name, address space: the daemon lives");
    is($served, 3, "$name, address space: whoever had to wait was served") if $held && $held =~ /launch|accept/;
    is(read_line(open_client($server)), "served\n", "$name, address space: service goes on");
  }
}

# ---- system calls that fail ----

my %calls = (
  accept => ['?accept4,?accept', qr/unable to accept: /, [qw(EMFILE ENFILE ENOBUFS ENOMEM)]],
  launch => ['?clone,?clone3,?vfork,?fork', qr/unable to launch: /, [qw(EAGAIN ENOMEM)]],
  poll => ['?poll,?ppoll', qr/unable to wait for events: /, [qw(ENOMEM EINVAL)]],
);

sub new_lines
{
  my ($server, $known) = @_;
  my @lines = log_lines($server);
  return splice @lines, $known;
}

# The process that strace stops does not tell how much time it would have used: its calls are counted too.
sub endures
{
  my ($server, $what, $error, $name) = @_;
  my ($calls, $words) = @{$calls{$what}};
  my $lines = log_lines($server);
  my $injection = inject($server, $calls, "error=$error");
  my @clients = map { open_client($server) } 1 .. 3;
  say_to($clients[$_], "client $_\n") for 0 .. 2;
  my $said = eventually(sub { (grep { $_ =~ $begins } new_lines($server, $lines))[0] });
  my $before = ticks($server->pid);
  my $began = now();
  select undef, undef, undef, 0.4;
  my ($used, $lasted) = (ticks($server->pid) - $before, now() - $began);
  my $tries = end_injection($injection);
  like($said // '', $words, "$name: the log says what is short");
  cmp_ok($used, '<', 10 + $lasted * 5, "$name: no spin");
  cmp_ok($tries, '<', 20 + 11 * $lasted, "$name: the delay grows");
  is(read_line($clients[$_]), "client $_\n", "$name: client $_ is served afterwards") for 0 .. 2;
  ok(eventually(sub { grep { $_ =~ $over } new_lines($server, $lines) }), "$name: it is over");
  my @new = new_lines($server, $lines);
  is(scalar(@new), 2, "$name: two lines in the log") or diag(join "\n", @new);
}

SKIP:
{
  skip can_inject(), 1 if can_inject();
  skip 'a sanitizer makes system calls of its own', 1 if variant() eq 'sanitize';
  for (@ways)
  {
    my ($name, @options) = @$_;
    my $server = start_server(['-c', 1000, '-C', 1000, @options], ['cat']);
    for my $what (sort keys %calls)
    {
      my @errors = @{$calls{$what}[2]};
      splice @errors, 1 if @options && $what ne 'launch';  # the launchers differ in nothing else
      endures($server, $what, $_, "$name, $what says $_") for @errors;
    }
    my $injection = inject($server, $calls{poll}[0], 'error=ENOMEM');
    log_has($server, qr/wait for events/);
    $server->signal('TERM');
    is_deeply($server->wait, { code => 0, signal => 0 }, "$name: SIGTERM is obeyed while poll fails");
    end_injection($injection);
  }
}

# ---- descriptors: as many as are open ----

SKIP:
{
  skip 'prlimit, to end the shortage with, is not installed', 1 unless tool('prlimit');
  my $server = start_server([], ['cat']);
  my $open = keys %{fd_targets($server->pid)};
  set_limit($server, 'nofile', 1);
  select undef, undef, undef, 0.05;
  my $before = ticks($server->pid);
  my $client = open_client($server);
  say_to($client, "waiting\n");
  ok(log_has($server, $begins), 'one descriptor is allowed: the log says so');
  select undef, undef, undef, 0.3;
  cmp_ok(ticks($server->pid) - $before, '<', 15, 'no spin');
  ok($server->alive, 'the daemon lives');
  set_limit($server, 'nofile', $open + 8);
  is(read_line($client), "waiting\n", 'the client is served when there are more again');
}

done_testing();
