#!/usr/bin/env perl
# A daemon that keeps a crowd of connections while it serves: a program gets its own descriptors and what the daemon was given,
# and nothing of the crowd; each connection ends with its program; and every client of the crowd is served in the end. Also where
# the system cannot copy a part of the descriptors, and where the crowd meets the limit.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Proxy;

use constant { CROWD => 150, APART => 256 };

my @reads = ('-v', '--proxy=any', '--proxy-from=127.0.0.1', '--proxy-deadline=600');
my @program = ('perl', '-e', 'local $| = 1; opendir my $d, "/proc/self/fd" or die; my @fds = sort { $a <=> $b } grep { /\d/ && $_ != fileno $d } readdir $d; print "@fds\n"; print <STDIN>');
my $limit = (tool('prlimit') // 'prlimit');
my ($hard) = get_file('/proc/self/limits') =~ /^Max open files +\d+ +(\d+|unlimited)/m;

sub service
{
  my ($files, $fds, @before) = @_;
  my @daemon = (bin('s6-tcpserver'), '-1', @reads, '127.0.0.1', 0, @program);
  my $server = start_listening(ip => '127.0.0.1', fds => $fds, command => [$limit, "--nofile=$files:$files", @before, @daemon]);
  log_says($server, qr/starting/, "s6-tcpserver starts with a limit of $files descriptors");
  return $server;
}

sub crowd_comes
{
  my ($server, $count) = @_;
  my @crowd = map { open_client($server) } 1 .. $count;
  ask($server, send => proxy_header('192.0.2.1', 1) . "first\n") =~ /first/ or die "not served\n";  # after all of them
  return @crowd;
}

sub descriptors
{
  my ($pid) = @_;
  opendir my $dir, "/proc/$pid/fd" or return;
  return grep { /\d/ } readdir $dir;
}

sub all_are_served
{
  my ($server, $name, $given, @crowd) = @_;
  is(ask($server, send => proxy_header('192.0.2.2', 1) . "x\n"), "$given\nx\n",
    "s6-tcpserver with $name: a program has its own descriptors and those that were given, and its end ends the connection");
  my $good = 0;
  for my $client (reverse @crowd)
  {
    say_to($client, proxy_header('192.0.2.3', 1) . "of the crowd\n");
    stop_sending($client);
    $good += read_all($client) eq "$given\nof the crowd\n";
  }
  is($good, scalar(@crowd), "s6-tcpserver with $name: every client of the crowd is served, and gets no descriptor of the others");
  $server->signal('TERM');
}

plan(skip_all => 'no more than 4,096 descriptors are allowed here') if $hard ne 'unlimited' && $hard < 16 * APART;
plan(skip_all => 'prlimit is not installed') unless tool('prlimit');

{
  my $server = service(16 * APART, {});
  my @crowd = crowd_comes($server, CROWD);
  my @high = grep { $_ >= APART } descriptors($server->pid);
  SKIP:
  {
    skip('the portable launcher copies all descriptors', 1) unless built_for_linux() && variant() ne 'sanitize';
    cmp_ok(scalar(@high), '>', CROWD / 3, 's6-tcpserver gives most connections of a crowd high numbers');
  }
  all_are_served($server, 'a crowd', '0 1 2', @crowd);
}

# What the caller gave, under a number in the middle of the crowd's.
{
  put_file('given', "given\n");
  open my $given, '<', own_dir() . '/given' or die;
  my $server = service(16 * APART, { 7 => $given, 1500 => $given });
  all_are_served($server, 'a crowd and descriptors that were given', '0 1 2 7 1500', crowd_comes($server, CROWD));
}

# The crowd comes close to the limit: no number is high enough.
{
  my $server = service(APART + 40, {});
  all_are_served($server, 'a crowd and a limit just above the low numbers', '0 1 2', crowd_comes($server, CROWD));
  my $close = service(APART + 70, {});
  all_are_served($close, 'a crowd and a limit in the middle of it', '0 1 2', crowd_comes($close, CROWD));
}

# An older kernel or a sandbox.
for my $error ('ENOSYS', 'EPERM', 'EINVAL')
{
  SKIP:
  {
    skip(can_inject(), 3) if can_inject();
    skip('the leak check of the sanitizer cannot work under strace', 3) if variant() eq 'sanitize';
    my $server = service(16 * APART, {}, tool('strace'), '-D', '-qq', '-f', '-o', own_dir() . "/trace.$error", '-e', 'trace=close_range', '-e', "inject=close_range:error=$error");
    all_are_served($server, "a crowd, close_range fails with $error", '0 1 2', crowd_comes($server, CROWD));
  }
}

# --linger keeps two descriptors for each program that runs.
{
  my @daemon = (bin('s6-tcpserver'), '-1', '-v', '-c', 1000, '-C', 1000, '--linger=5', '127.0.0.1', 0, @program);
  my $server = start_listening(ip => '127.0.0.1', command => [$limit, '--nofile=' . 16 * APART, @daemon]);
  my @crowd = map { open_client($server) } 1 .. CROWD / 2;
  is(scalar(grep { (read_line($_) // '') eq "0 1 2\n" } @crowd), scalar(@crowd),
    's6-tcpserver --linger: each program of a crowd has its own descriptors');
  is(ask($server, send => "x\n"), "0 1 2\nx\n", 's6-tcpserver --linger: a program gets no descriptor that the daemon keeps for the others');
  stop_sending($_) for @crowd;
  is(scalar(grep { read_all($_) eq '' } @crowd), scalar(@crowd), 's6-tcpserver --linger: every client of a crowd sees the end of its connection');
}

done_testing;
