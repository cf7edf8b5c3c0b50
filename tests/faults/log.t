#!/usr/bin/env perl
# Whatever happens to the log, clients are served at full rate, and every line that was lost is counted.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

page('s6-tcpserverd');
page_says('The log itself never stops the service.');
page_says('lines are given up, and how many is said when the reader is back.');

my $clients = variant() eq 'sanitize' ? 200 : 1000;
my @ways = (['quick'], ['portable', '--portable-launch']);

# Clients, ten at a time, and the four lines that each of them makes: accept, status, end, status.
sub serve_many
{
  my ($server, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $good = 0;
  for (1 .. $clients / 10)
  {
    my @open = map { quick_client($server) } 1 .. 10;
    $good += grep { (read_all($_) // '') eq "served\n" } @open;
  }
  is($good, 10 * int($clients / 10), "$name: $good clients are served");
  ok(eventually(sub { !$server->served && !zombies($server->pid) }), "$name: and all have ended");
}

sub silent_server
{
  my ($log, @options) = @_;
  return start_server(['-v', '-c', 1000, '-C', 1000, @options], ['echo', 'served'], fds => { 2 => $log });
}

# What a reader gets from now on, until it has read what it waits for.
sub read_until
{
  my ($reader, $text, $regex) = @_;
  $reader->blocking(0);
  return eventually(sub
  {
    while (sysread $reader, my $part, 65536) { $$text .= $part }
    return $$text =~ $regex;
  });
}

# Lines that arrived and lines that were lost make up all lines: 2 at the start, 4 for each client.
sub accounts_for_all
{
  my ($text, $clients, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $lost = 0;
  $lost += $_ for $text =~ /^s6-tcpserverd: warning: lost (\d+) log lines: their reader was too slow or gone$/mg;
  my $arrived = () = $text =~ /^s6-tcpserverd: info: (?:starting|status|accept|end)\b/mg;
  cmp_ok($lost, '>', 0, "$name: lost lines are told");
  is($lost + $arrived, 2 + 4 * $clients, "$name: and all others arrived");
}

# ---- a pipe that nobody reads, for a while ----

for (@ways)
{
  my ($name, @options) = @$_;
  pipe my $reader, my $writer or die;
  fcntl $writer, 1031, 4096;  # F_SETPIPE_SZ: the smaller, the sooner it is full
  my $server = silent_server($writer, @options);
  close $writer;
  serve_many($server, "$name, a full pipe");
  my $text = '';
  ok(read_until($reader, \$text, qr/warning: lost \d+ log lines/), "$name, a full pipe: the reader is back and told");
  is(ask($server), "served\n", "$name, a full pipe: service goes on");
  # What the reader has not taken when the daemon ends is nowhere: read the last client's lines first.
  ok(read_until($reader, \$text, qr{warning: lost .*\n(?:.*\n)*.* info: end .*\n.*status: 0/1000\n\z}), "$name, a full pipe: the log is complete again");
  $server->signal('TERM');
  is_deeply($server->wait, { code => 0, signal => 0 }, "$name, a full pipe: SIGTERM is obeyed");
  read_until($reader, \$text, qr/info: exiting\n\z/);
  $text =~ s/^.*received SIGTERM.*\n|^.*exiting\n//mg;
  accounts_for_all($text, 10 * int($clients / 10) + 1, "$name, a full pipe");
  is(scalar(grep { !/^s6-tcpserverd: (?:info|warning): / } split /\n/, $text), 0, "$name: every line is whole");
}

# ---- a pipe whose reader is gone ----

for (@ways)
{
  my ($name, @options) = @$_;
  pipe my $reader, my $writer or die;
  my $server = silent_server($writer, @options);
  close $writer;
  close $reader;
  serve_many($server, "$name, a closed pipe");
  ok($server->alive, "$name, a closed pipe: the daemon lives");
}

# ---- a full disk ----

SKIP:
{
  skip '/dev/full is not there', 1 unless -c '/dev/full';
  serve_many(silent_server('/dev/full'), '/dev/full');
}

SKIP:
{
  my $disk = own_dir() . '/disk';
  mkdir $disk or die;
  my $unshare = tool('unshare');
  skip 'unshare is not installed', 1 unless $unshare;
  my @under = ($unshare, (is_root() ? () : '-r'), '-m', 'sh', '-c',
               'mount -t tmpfs -o size=16k none "$0" && exec "$@" 2>> "$0/log"', $disk);
  skip 'a small file system cannot be mounted here', 1
    if run($unshare, (is_root() ? () : '-r'), '-m', 'sh', '-c', 'mount -t tmpfs -o size=16k none "$0"', $disk)->{code};
  my $server = start_server(['-v', '-c', 1000, '-C', 1000], ['echo', 'served'], under => \@under);
  serve_many($server, 'a full disk');
  my $log = '/proc/' . $server->pid . '/fd/2';
  cmp_ok(-s $log, '<=', 16384, 'the disk is full');
  # Somebody makes room, as a log rotation does that empties the file.
  truncate $log, 0 or die "cannot truncate: $!\n";
  is(ask($server), "served\n", 'somebody makes room: service goes on');
  my $told = eventually(sub { get_file($log) =~ /^s6-tcpserverd: warning: lost (\d+) log lines: their reader was too slow or gone$/m ? $1 : 0 });
  cmp_ok($told // 0, '>', $clients, 'and the log says how many lines were lost');
}

# ---- a socket whose other side does not read ----

socketpair my $here, my $there, 1, 1, 0 or die;
setsockopt $there, 1, 7, pack 'i', 4096;  # SOL_SOCKET, SO_SNDBUF
my $server = silent_server($there);
close $there;
serve_many($server, 'a socket that nobody reads');
my $text = '';
ok(read_until($here, \$text, qr/warning: lost \d+ log lines/), 'the reader is back and told') if variant() ne 'sanitize';

done_testing();
