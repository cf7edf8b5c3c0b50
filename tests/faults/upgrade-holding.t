#!/usr/bin/env perl
# SIGUSR2 in a shortage, while clients are held: the upgrade is done or given up with its reason, and no client is lost.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

page('s6-tcpserverd');
page_says('The listeners, the programs of the clients, what is counted, and the clients that wait go over; none is refused or cut short.');

my $begins = qr/warning: unable to \w+: .+: holding clients until it passes$/;
my $resumed = qr/info: resumed with/;
my $given_up = qr/warning: unable to upgrade: .*: going on$/;
my $prlimit = tool('prlimit');

# Clients that are held, each with a line of its own to be answered. The shortage has begun.
sub clients_of
{
  my ($server, $count, $name) = @_;
  my @clients = map { open_client($server) } 1 .. $count;
  say_to($clients[$_], "client $_\n") for 0 .. $#clients;
  log_says($server, $begins, "$name: the log has that clients are held");
  return @clients;
}

# Signals, and waits for the line that tells what came of it.
sub try_to_upgrade
{
  my ($server, $expected, $name) = @_;
  my $before = log_count($server, $expected);
  $server->signal('USR2');
  ok(eventually(sub { log_count($server, $expected) > $before }), $name) or diag(log_text($server));
}

sub all_are_served
{
  my ($server, $name, @clients) = @_;
  my @answers = map { read_line($_) // 'nothing' } @clients;
  is_deeply(\@answers, [map { "client $_\n" } 0 .. $#clients], "$name: every client is served when the shortage is over");
  is(log_count($server, qr/info: refuse/), 0, "$name: no client is refused");
  stop_sending($_) for @clients;
  ok(eventually(sub { !$server->served }), "$name: no child is left");
  try_to_upgrade($server, $resumed, "$name: the daemon is upgraded after the shortage");
  is(ask($server, send => 'x'), 'x', "$name: the new daemon serves");
}

for my $way (['the portable launcher', $resumed, '--portable-launch'], ['the quick launcher', qr/$resumed|$given_up/])
{
  my ($launcher, $expected, @options) = @$way;
  my $name = "SIGUSR2 while the program of s6-tcpserverd is busy, with $launcher";
  my ($server, $writer) = server_of_busy_program('-c', 20, '-C', 20, @options);
  my @clients = clients_of($server, 5, $name);
  try_to_upgrade($server, $expected, "$name: the upgrade is done, or given up with its reason");
  push @clients, open_client($server);
  say_to($clients[5], "client 5\n");
  close $writer;
  all_are_served($server, $name, @clients);
}

SKIP:
{
  skip 'prlimit, to end the shortage with, is not installed', 1 unless $prlimit;
  my $name = 'SIGUSR2 while s6-tcpserverd is short of descriptors';
  my $server = start_server(['-v'], ['cat']);
  my $limit = sub { system($prlimit, '--pid', $server->pid, "--nofile=$_[0]:") == 0 or die "prlimit failed\n" };
  $limit->(4);
  my @clients = clients_of($server, 3, $name);
  try_to_upgrade($server, $given_up, "$name: the upgrade is given up with its reason");
  $limit->(64);
  all_are_served($server, $name, @clients);
}

SKIP:
{
  skip 'needs the right to change the user id', 1 unless can_change_ids();
  my $name = 'SIGUSR2 while s6-tcpserverd is short of processes';
  my $uid = free_uid();
  my $server = start_server(['-v', '-u', $uid, '-g', $uid], ['cat'], under => [with_rlimit(u => 3)]);
  my @clients = clients_of($server, 4, $name);
  try_to_upgrade($server, $given_up, "$name: the upgrade is given up with its reason");
  is(read_line($clients[$_]), "client $_\n", "$name: a client for which there is a process is served") for 0, 1;
  stop_sending($_) for splice @clients, 0, 2;
  is(read_line($clients[$_ - 2]), "client $_\n", "$name: a client that was held is served when others have gone") for 2, 3;
  stop_sending($_) for splice @clients;
  ok(eventually(sub { !$server->served }), "$name: no child is left");
  try_to_upgrade($server, $resumed, "$name: the daemon is upgraded after the shortage");
}

done_testing;
