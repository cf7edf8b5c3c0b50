#!/usr/bin/env perl
# As PID 1 of a PID namespace the daemons get every orphan: they wait for all of them, however many die at once and however
# many clients are being served, and SIGINT ends them.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $unshare = tool('unshare');
skip_all_unless('unshare is installed', $unshare);
my @under = ($unshare, (is_root() ? () : '-r'), '-p', '--fork', '--mount-proc');
skip_all_unless('the right to make a PID namespace', (run(@under, 'true')->{code} // 1) == 0);

my $orphans = 300;

sub count { return scalar @_ }

# Leaves children that live until no process has the fifo open for writing.
my $leave = q{open F, "<", shift; for (1 .. shift) { next if fork; <F>; exit } };
sub handler
{
  my ($fifo) = @_;
  return ($^X, '-e', 'if (<STDIN> eq "leave\n") { ' . $leave . ' syswrite STDOUT, "left\n"; exit } syswrite STDOUT, "held\n"; <STDIN>', $fifo, $orphans);
}

sub new_fifo
{
  my $fifo = own_dir() . '/fifo.' . $_[0];
  POSIX::mkfifo($fifo, 0666) or die "cannot make a fifo: $!\n";
  open my $open, '+<', $fifo or die "cannot open it: $!\n";
  return ($fifo, $open);
}

# The daemon itself: PID 1 there, a child of unshare here.
sub daemon_of
{
  my ($process) = @_;
  return eventually(sub { (children($process->pid))[0] });
}

sub talk
{
  my ($server, $words) = @_;
  my $client = open_client($server);
  say_to($client, $words);
  return read_line($client) ? $client : undef;
}

page('s6-ipcserverd');
page_says('As the first process of a PID namespace, s6-ipcserverd waits for every orphan, and SIGINT means what SIGTERM means elsewhere.');

my %program = (
  's6-ipcserver' => sub { ('-c', 1000, '-C', 1000, $_[0]) },
  'skd' => sub { ('-l', $_[0], '--') });
my $n = 0;
for my $program (sort keys %program)
{
  for my $held (0, 140)
  {
    my $name = "$program as PID 1 with $held clients";
    my ($fifo, $open) = new_fifo($n);
    my $path = own_dir() . '/socket.' . $n++;
    my $server = start(command => [@under, bin($program), $program{$program}->($path), handler($fifo)]);
    $server->{path} = $path;
    my $daemon = daemon_of($server);
    ok(eventually(sub { eval { talk($server, "ask\n") } }), "$name serves");
    my @clients = map { talk($server, "stay\n") } 1 .. $held;
    is(scalar(grep { defined } @clients), $held, "$name holds all of them");
    talk($server, "leave\n");
    ok(eventually(sub { count(children($daemon)) >= $held + $orphans }), "$name gets the orphans as its children");
    close $open;
    ok(eventually(sub { count(children($daemon)) == $held && !zombies($daemon) }), "$name waits for all the orphans")
      or diag count(zombies($daemon)), ' zombies';
    kill 'INT', $daemon;
    is(($server->wait // {})->{code}, 0, "$name exits 0 on SIGINT");
  }
}

# A supervised program that leaves orphans.
my ($fifo, $open) = new_fifo('supervised');
my $mark = own_dir() . '/left';
my $supervisor = start(command => [@under, bin('skd'), '-S', '--', $^X, '-e', $leave . ' open M, ">", shift; close M; sleep 1 while 1', $fifo, $orphans, $mark]);
my $daemon = daemon_of($supervisor);
ok(eventually(sub { -e $mark }), 'skd -S as PID 1 starts a program that has children');
my ($program) = children($daemon);
kill 'KILL', $program;
ok(eventually(sub { count(children($daemon)) >= $orphans }), 'skd -S as PID 1 gets the orphans of its program when that is killed');
close $open;
ok(eventually(sub { count(children($daemon)) <= 1 && !zombies($daemon) }), 'skd -S as PID 1 waits for all the orphans of its program');

done_testing();
