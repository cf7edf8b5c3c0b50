#!/usr/bin/env perl
# A program that cannot be executed because it is being written: its clients wait, and whatever waits holds nothing but its own
# connection. Each daemon, both ways to launch.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Listeners;
use Sallyport::Skd;

page('s6-tcpserverd');
page_says('A program that is being written cannot be executed.');
page_says('Its clients wait as in a shortage, but for a minute at most: after that the log gets a line and they are closed, until the program can be executed again.');
page_says('ends while a client waits, nothing of its listeners stays open.');

my @ways = (['quick'], ['portable', '--portable-launch']);
my $begins = qr/warning: unable to launch: Text file busy: holding clients until it passes$/;

# One descriptor that the daemon is given by its caller, and that its children get.
open my $given, '<', '/dev/null' or die;

my $programs = 0;
sub new_program
{
  my $program = own_dir() . '/cat.' . $programs++;
  system('cp', tool('cat'), $program) == 0 or die;
  return $program;
}

my %daemons = (
  's6-tcpserverd' => sub { my ($program, %how) = @_; start_server(['-v', @{$how{options}}], [$program], port => $how{port}, fds => { 9 => $given }) },
  'skd' => sub
  {
    my ($program, %how) = @_;
    return skd(['-vt127.0.0.1:0', @{$how{options}}], [$program], fds => { 9 => $given }) unless $how{port};
    my $server = start(command => [bin('skd'), "-vt127.0.0.1:$how{port}", @{$how{options}}, $program]);  # it announces no port that was asked for
    @$server{qw(ip port)} = ('127.0.0.1', $how{port});
    log_has($server, qr/starting/);
    return $server;
  },
  'tcp-socket-accept' => sub
  {
    my ($program, %how) = @_;
    start_listening(ip => '127.0.0.1', fds => { 9 => $given },
      command => [bin('tcp-socket-listen'), '-1', '127.0.0.1', $how{port} // 0, bin('tcp-socket-accept'), '-v', @{$how{options}}, $program]);
  },
);

# Descriptors of what a daemon has launched: children that are on their way, if this way has such.
sub descriptors_of_waiting
{
  my ($server) = @_;
  my ($child) = $server->served;
  return $child && join ' ', sort { $a <=> $b } keys %{fd_targets($child)};
}

sub served_after_all
{
  my ($start, $name, @options) = @_;
  my $program = new_program();
  my $server = $start->($program, options => \@options);
  open my $writer, '+<', $program or die;
  my @clients = map { open_client($server) } 1 .. 3;
  say_to($clients[$_], "client $_\n") for 0 .. 2;
  log_says($server, $begins, "$name: the log has why clients wait while the program is being written");
  if (!@options && variant() eq 'default')
  {
    ok(eventually(sub { (descriptors_of_waiting($server) // '') eq '0 1 2 9' }),
      "$name: a child that waits for its program has its connection and the descriptors that were given, nothing else")
      or diag(descriptors_of_waiting($server) // 'no child');
  }
  select undef, undef, undef, 1.5;  # longer than an episode lasts without news
  is(log_count($server, qr/holding clients/), 1, "$name: the log has once that clients are held while the program is being written");
  close $writer;
  is(scalar(grep { (read_line($clients[$_]) // '') eq "client $_\n" } 0 .. 2), 3,
    "$name: all held clients are served when the program has been written");
  log_says($server, qr/no longer holding clients after \d+ ms$/,
    "$name: the log has that clients are no longer held when the program has been written");
  is(log_count($server, qr/unable to/), 1, "$name: the log has one warning for a program that is being written");
}

sub ended_meanwhile
{
  my ($start, $name, @options) = @_;
  my $program = new_program();
  my $server = $start->($program, options => \@options);
  open my $writer, '+<', $program or die;
  my @clients = map { open_client($server) } 1 .. 2;
  log_has($server, $begins);
  $server->signal('TERM');
  is_deeply($server->wait, { code => 0, signal => 0 }, "$name: SIGTERM ends the daemon while a client waits for the program");
  my $late = eval { open_client($server, deadline => 1) };
  ok(!$late, "$name: no server listens when SIGTERM has ended it while a client waited");
  my $next = eval { $start->(new_program(), options => \@options, port => $server->{port}) };
  ok($next, "$name: the next daemon gets the port of one that ended while a client waited") or diag($@);
  is($next && ask($next, send => 'x'), 'x', "$name: the next daemon serves on the port of one that ended while a client waited");
  close $writer;
  stop_sending($_) for @clients;
  is(scalar(grep { defined read_all($_) } @clients), 2, "$name: clients that waited for the program get an end when the daemon has ended");
}

for my $daemon (sort keys %daemons)
{
  for (@ways)
  {
    my ($name, @options) = @$_;
    served_after_all($daemons{$daemon}, "$daemon with the $name launcher", @options);
    ended_meanwhile($daemons{$daemon}, "$daemon with the $name launcher", @options);
  }
}

done_testing();
