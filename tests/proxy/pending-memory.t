#!/usr/bin/env perl
# A client that waits without a program costs the daemon some bytes of memory, and no more than --max-pending of them. Only memory is
# judged; SILENT=10000 in the environment makes more, and prints what they cost.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

plan skip_all => 'a sanitizer has memory of its own for each allocation' if variant() eq 'sanitize';
page('s6-tcpserverd');
page_says('Each of them takes about 300 bytes of memory.');

my $silent = $ENV{SILENT} // 3000;
my @ulimit = split ' ', run('sh', '-c', 'ulimit -S -n; ulimit -H -n')->{out};
plan skip_all => 'the limit of descriptors is too low for a crowd' if $ulimit[1] ne 'unlimited' && $ulimit[1] < 2 * $silent + 100;

# The clients are of another process: their descriptors are not ours.
my $crowd = put_file('crowd', <<'END');
use Socket;
my ($port, $count) = @ARGV;
$| = 1;
for (1 .. $count)
{
  socket(my $s, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
  connect($s, pack_sockaddr_in($port, inet_aton('127.0.0.1'))) or die "connect: $!\n";
  push @s, $s;
}
print "here\n";
<STDIN>;
END

for my $way (['a header', '--proxy=any', '--proxy-from=127.0.0.0/8', '--proxy-deadline=86400'], ['first data', '--first-data=86400'])
{
  my ($what, @options) = @$way;
  my $status = own_dir() . '/status.' . @options;
  my $server = start_server(['-q', '-b', 1000, '--max-pending=' . ($silent + 100), "--status-socket=$status", @options], ['cat'], under => ['sh', '-c', 'ulimit -S -n "$(ulimit -H -n)"; exec "$@"', 'sh']);
  my @crowds;
  my $come = sub
  {
    my ($count, $total) = @_;
    pipe my $reader, my $writer or die;
    push @crowds, [start(command => ['sh', '-c', 'ulimit -S -n "$(ulimit -H -n)"; exec "$@"', 'sh', $^X, $crowd, $server->port, $count], fds => { 0 => $reader }), $writer];
    eventually(sub { (counters_of($status)->{pending} // -1) == $total }, 4 * deadline()) or die "they do not wait\n" . run(bin('s6-serverstat'), $status)->{out};
  };
  $come->(500, 500);
  my $before = memory($server->pid);
  $come->($silent - 500, $silent);
  my $bytes = 1024 * (memory($server->pid) - $before) / ($silent - 500);
  diag(sprintf '%s: %.0f bytes for each', $what, $bytes) if $ENV{SILENT};
  cmp_ok($bytes, '<=', 360, "s6-tcpserver takes about 300 bytes of memory for a client that it waits for to send $what");
}

done_testing;
