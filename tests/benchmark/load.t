#!/usr/bin/perl
# The benchmark's load generator counts what really happened: a figure of a server that refuses or ends early would be worth nothing.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $bench = "$ENV{SALLYPORT_SRC}/tests/bench";
my $dir = tempdir(CLEANUP => 1);
my @pids;
END { my $code = $?; kill 'KILL', @pids if @pids; waitpid $_, 0 for @pids; $? = $code }

sub compile
{
  local $ENV{CC} = $ENV{CC} || 'cc';
  system("$bench/compile '$dir' 2> '$dir/compile.log'") == 0;
}

# A path is there as soon as it is bound, and refuses until the server listens.
sub accepts
{
  my ($path) = @_;
  return IO::Socket::UNIX->new(Peer => $path);
}

# A listening server in the background, ended with the script. Returns when it listens.
sub serve
{
  my (@command) = @_;
  my $pid = fork;
  die "fork: $!" unless defined $pid;
  if (!$pid)
  {
    open STDERR, '>', '/dev/null';
    exec @command or POSIX::_exit(127);
  }
  push @pids, $pid;
  my $deadline = time + 10;
  until (accepts($command[1] =~ s/^unix://r))
  {
    die "$command[0] does not listen" if time > $deadline || waitpid($pid, POSIX::WNOHANG) == $pid;
    sleep 0.005;
  }
}

sub load
{
  my (@words) = @_;
  open my $pipe, '-|', "$dir/load", @words or die "load: $!";
  my %answer = map { /(\w+)=(\S+)/g } <$pipe>;
  close $pipe;
  return \%answer;
}

if (!compile())
{
  plan skip_all => 'the programs of the benchmark could not be compiled here';
}

my $unix = "unix:$dir/socket";
serve("$dir/floor_vfork", $unix, "$dir/handler_dynamic");
my $all = load($unix, 'count', 4, 50);
is($all->{connections}, 50, 'the load generator completes as many connections as asked for');
is("$all->{refused} $all->{short} $all->{errors}", '0 0 0', 'the load generator counts no connection as failed with a good server');
ok($all->{p50} > 0 && $all->{p50} <= $all->{p99} && $all->{p99} <= $all->{max}, 'the load generator reports times whose percentiles rise');

my $short = load('-e', 1, $unix, 'count', 4, 20);
is($short->{short}, 20, 'the load generator counts a handler that ends before its bytes have come as short');
is($short->{connections}, 0, 'the load generator does not count a connection that ends early as complete');

my $nobody = load("unix:$dir/nobody", 'count', 2, 10);
is($nobody->{refused}, 10, 'the load generator counts each connection without a server as refused');

SKIP:
{
  skip 'no system calls without libc for this processor', 3 unless -x "$dir/handler_hold" && -x "$dir/floor_clone";
  my $clone = "unix:$dir/clone";
  serve("$dir/floor_clone", $clone, "$dir/handler_hold");
  is(load('-s', 'q', $clone, 'count', 4, 50)->{connections}, 50, 'the load generator completes all connections to the benchmark server floor_clone');
  is(load('-s', 'hiq', '-e', 2, $clone, 'count', 1, 5)->{connections}, 5,
     'the load generator completes a connection when the expected number of bytes has come');
  my $held = load($clone, 'hold', 40);
  is("$held->{held} $held->{failed}", '40 0', 'the load generator holds 40 clients that their handlers have answered');
}

is(load($unix, 'hold', 3)->{held}, 0, 'the load generator holds no client of a server whose handlers do not answer');

done_testing;
