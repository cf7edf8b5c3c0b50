#!/usr/bin/env perl
# s6-ipcserver-socketbinder: who gets in while a server starts, and who wins when several start at once.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use POSIX ();
use Sallyport;
use Sallyport::Unix;
use Socket qw(AF_UNIX SOCK_NONBLOCK pack_sockaddr_un);

page('s6-ipcserver-socketbinder');

my $binder = bin('s6-ipcserver-socketbinder');
my $dir = own_dir() . '/place';
mkdir $dir or die;
my ($outsider, $insider) = (65533, 65532);

# ---- a client that connects without pause while servers come and go ----

# Starts it, as another user if we may choose; it counts its successes until the file `stop` is there, and tells
# them at its end, with a line for what else it met.
sub hammer
{
  my ($path, $type, $uid) = @_;
  pipe my $out, my $in or die;
  my $pid = fork // die "cannot fork: $!";
  if ($pid) { close $in; return { pid => $pid, out => $out, stop => "$path.stop" } }
  if (can_change_ids()) { $( = $) = "$uid $uid"; $< = $> = $uid; POSIX::_exit(1) unless $> == $uid }
  my $address = pack_sockaddr_un($path);
  my ($tries, $in_count, %met) = (0, 0);  # the socket is non-blocking: no server accepts, and the backlog fills up
  for (;;)
  {
    socket my $socket, AF_UNIX, $type | SOCK_NONBLOCK, 0 or POSIX::_exit(1);
    if (connect $socket, $address) { $in_count++ } else { $met{$!{EACCES} ? 'kept-out' : 'nobody'}++ }
    last if ++$tries % 100 == 0 && -e "$path.stop";
  }
  syswrite $in, join ' ', "in=$in_count", map { "$_=$met{$_}" } sort keys %met;
  POSIX::_exit(0);
}

sub stop_hammer
{
  my ($hammer) = @_;
  put_file($hammer->{stop}, '');
  my $words = read_all($hammer->{out}) // '';
  waitpid $hammer->{pid}, 0;
  unlink $hammer->{stop};
  return { map { /(.+)=(.+)/ ? ($1 => $2) : () } split / /, $words };
}

# `count` servers one after the other, each on what the last one left.
sub starts
{
  my ($count, $path, @options) = @_;
  my $failed = 0;
  for (1 .. $count) { $failed++ if run($binder, @options, $path, 'true')->{code} }
  return $failed;
}

page_says('Mode and owner of path are in force before anyone can connect to the socket, or send to it.');
# Without the right to choose ids, a mode that keeps its owner out does as well; but then the binder could not look at
# what it left, and each path is new.
my $can = can_change_ids();
my ($many, $some) = variant() eq 'default' ? (120, 40) : (30, 10);
my @cases = ([[], SOCK_STREAM, 'a stream', $many], [['--seqpacket'], SOCK_SEQPACKET, 'a seqpacket socket', $some], [['-m'], SOCK_DGRAM, 'a datagram socket', $some]);
for (@cases)
{
  my ($options, $type, $name, $starts) = @$_;
  my $path = "$dir/hammered";
  my @mode = $can ? ('-a', '0700') : ('-a', '0500', '-D');
  my $hammer = hammer($path, $type, $outsider);
  my $failed = 0;
  for (1 .. $starts)
  {
    unlink $path unless $can;
    $failed += starts(1, $path, @$options, @mode);
  }
  my $met = stop_hammer($hammer);
  is($failed, 0, "s6-ipcserver-socketbinder binds $name $starts times while a client connects without pause");
  is($met->{in}, 0, "s6-ipcserver-socketbinder with $name: a user that the mode keeps out never gets in");
  cmp_ok($met->{'kept-out'} // 0, '>', 0, "s6-ipcserver-socketbinder with $name: a user that the mode keeps out tries while the socket is there");
  unlink $path;
}
SKIP:
{
  skip 'giving a path to another user takes root', 9 unless $can;
  for (@cases)
  {
    my ($options, $type, $name, $starts) = @$_;
    my $hammer = hammer("$dir/owned", $type, $outsider);
    my $failed = starts($starts, "$dir/owned", @$options, "--owner=$insider:$insider", '-a', '0600');
    my $met = stop_hammer($hammer);
    is($failed, 0, "s6-ipcserver-socketbinder --owner binds $name $starts times while a client connects without pause");
    is($met->{in}, 0, "s6-ipcserver-socketbinder --owner with $name: a user that the mode keeps out never gets in");
    $hammer = hammer("$dir/owned", $type, $insider);
    my $server = start(command => [$binder, @$options, "--owner=$insider:$insider", '-a', '0600', "$dir/owned", 'sh', '-c', 'echo ready; exec sleep 1000']);
    readline $server->out;
    eventually(sub { 0 }, 0.05);
    cmp_ok(stop_hammer($hammer)->{in}, '>', 0, "s6-ipcserver-socketbinder --owner with $name: the owner gets in");
    unlink "$dir/owned";
  }
}

# ---- several servers at once ----

page_says('Of several servers that start on the same path at once, exactly one gets it, and the others fail with the message that it is taken.');

# Starts them, all waiting for the same end of file, then lets them go.
sub race
{
  my ($count, $path, $round) = @_;
  pipe my $gate, my $hold or die;
  my @servers = map
  {
    start(command => [bin('s6-ipcserver'), '-1', $path, 'sh', '-c', "echo $round.$_"], fds => { 9 => $gate },
          before => sub { my $go = POSIX::read(9, my $nothing, 1); POSIX::close(9) })
  } 1 .. $count;
  close $gate;
  close $hold;
  return @servers;
}

sub one_won
{
  my ($path, @servers) = @_;
  my @won = grep { my $line = readline $servers[$_]->out; defined $line && $line eq "$path\n" } 0 .. $#servers;
  return 'winners: ' . @won unless @won == 1;
  my $winner = $servers[$won[0]];
  for my $loser (grep { $_ != $winner } @servers)
  {
    my $end = $loser->wait;
    return 'a loser did not exit 111' unless $end && $end->{code} == 111;
    my $said = log_text($loser);
    return "a loser said: $said" unless $said eq "s6-ipcserver-socketbinder: fatal: unable to bind to $path: Address already in use\n";
  }
  my $answer = read_all(open_client({ path => $path }));
  return "the answer was $answer" unless $answer =~ /\.@{[$won[0] + 1]}\n\z/;
  $winner->signal('TERM');
  return $winner->wait->{code} == 0 ? 'right' : 'the winner did not exit 0';
}

# Processes that are left are ended: one race that went wrong does not disturb the next.
sub outcome
{
  my ($path, $count, $round) = @_;
  my @servers = race($count, $path, $round);
  my $outcome = one_won($path, @servers);
  for (@servers)
  {
    $_->put_down;
    close $_->out;
  }
  return $outcome;
}

my $path = stale_socket("$dir/race");
my %results;
$results{outcome($path, 2, $_)}++ for 1 .. 100;
is_deeply(\%results, { right => 100 }, 'exactly one s6-ipcserver of two gets a stale path, in 100 races') or diag(explain(\%results));
%results = ();
$results{outcome($path, 4, $_)}++ for 1 .. 20;
is_deeply(\%results, { right => 20 }, 'exactly one s6-ipcserver of four gets a stale path, in 20 races') or diag(explain(\%results));
%results = ();
for (1 .. 20)
{
  unlink $path;
  $results{outcome($path, 2, $_)}++;
}
is_deeply(\%results, { right => 20 }, 'exactly one s6-ipcserver of two gets a path that is free, in 20 races') or diag(explain(\%results));
is_deeply([entries($dir)], ['race'], 's6-ipcserver leaves nothing but its socket in the directory after races');

done_testing();
