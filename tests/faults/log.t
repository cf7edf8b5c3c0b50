#!/usr/bin/env perl
# Whatever happens to the log, clients are served at full rate, and every line that was lost is counted.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Fcntl;
use POSIX ();

page('s6-tcpserverd');
page_says('The log itself does not stop the service.');
page_says('lines are dropped, and their number is logged when the reader is back.');

skip_all_unless('a C compiler', c_program('clients') && echo_program());

# 5,000 connections where the variant is quick, less where another one has seen them.
my $many = { default => 5000, sanitize => 200 }->{variant()} // 1000;
my $some = $many > 500 ? 500 : $many;
my @ways = (['s6-tcpserverd'], ['s6-tcpserverd --portable-launch', '--portable-launch']);

# So many clients get the whole answer. Returns the processor time of the daemon for each, in seconds.
sub serve_all
{
  my ($server, $clients, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $before = cpu_seconds($server->pid);
  my $result = crowd_result(crowd_of($server, $clients, '-a', 10, '-k', 't'), 4 * deadline());
  is($result->{answered}, $clients, "$name: $clients clients are served");
  ok(eventually(sub { !$server->served && !zombies($server->pid) }), "$name: no child and no zombie is left");
  return (cpu_seconds($server->pid) - $before) / $clients;
}

sub server_with_log
{
  my ($log, @options) = @_;
  return start_server(['-v', '-c', 1000, '-C', 1000, @options], [echo_program()], fds => { 2 => $log });
}

# At full rate: nothing is waited for, since all are served while it has no reader; and a client costs the daemon less
# than twice what it costs with a log that is read, as measured right before.
sub serves_at_full_rate
{
  my ($server, $clients, $name, @options) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $good = server_with_log(own_dir() . '/good', @options);
  my $usual = serve_all($good, $some, "$name, for comparison");
  my $cost = serve_all($server, $clients, $name);
  note(sprintf '%s: %.0f us of a processor for each client, and %.0f with a good log', $name, 1e6 * $cost, 1e6 * $usual);  # to be read: times judge nothing
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
  cmp_ok($lost, '>', 0, "$name: the number of lost lines is logged");
  is($lost + $arrived, 2 + 4 * $clients, "$name: every line of the log arrives or is counted as lost");
}

# ---- a pipe without a reader, for a while ----

for (@ways)
{
  my ($name, @options) = @$_;
  pipe my $reader, my $writer or die;
  fcntl $writer, 1031, 4096;  # F_SETPIPE_SZ: the smaller, the sooner it is full
  my $server = server_with_log($writer, @options);
  close $writer;
  my $clients = @options ? $some : $many;
  serves_at_full_rate($server, $clients, "$name logging to a full pipe", @options);
  my $text = '';
  ok(read_until($reader, \$text, qr/warning: lost \d+ log lines/),
    "$name logging to a full pipe: a reader that is back gets the number of lost lines");
  is(ask($server, send => 'x'), 'x', "$name logging to a full pipe: a client is served when the reader is back");
  # What the reader has not taken when the daemon ends is nowhere: read the last client's lines first.
  ok(read_until($reader, \$text, qr{warning: lost .*\n(?:.*\n)*.* info: end .*\n.*status: 0/1000\n\z}),
    "$name logging to a full pipe: the log is complete again when the reader is back");
  $server->signal('TERM');
  is_deeply($server->wait, { code => 0, signal => 0 }, "$name logging to a full pipe: SIGTERM ends the daemon");
  read_until($reader, \$text, qr/info: exiting\n\z/);
  $text =~ s/^.*received SIGTERM.*\n|^.*exiting\n//mg;
  accounts_for_all($text, $clients + 1, "$name logging to a full pipe");
  is(scalar(grep { !/^s6-tcpserverd: (?:info|warning): / } split /\n/, $text), 0, "$name logging to a full pipe: every line of the log is whole");
}

# ---- a pipe without a reader until the end ----

page_says('Lines that are not written when the daemon ends are lost; a last line has their number if there is room for it.');
for my $is_read (0, 1)
{
  my $name = 's6-tcpserverd logging to a pipe that is full at its end, ' . ($is_read ? 'with room for a line' : 'without room');
  pipe my $reader, my $writer or die;
  fcntl $writer, 1031, 32768;
  my $server = server_with_log($writer);
  close $writer;
  my $clients = 400;  # more lines than pipe and buffer hold
  serve_all($server, $clients, $name);
  my $text = '';
  # What is in the pipe is read while the daemon stands still: only its end finds room.
  $server->signal('STOP');
  eventually(sub { process_state($server->pid) =~ /[Tt]/ });
  read_until($reader, \$text, qr/\n.*\n/) if $is_read;
  $server->signal($_) for qw(TERM CONT);
  is_deeply($server->wait, { code => 0, signal => 0 }, "$name: SIGTERM ends the daemon, which does not wait for a reader");
  read_until($reader, \$text, $is_read ? qr/warning: lost/ : qr/\n/);
  my $odd = grep { !/^s6-tcpserverd: (?:info|warning): / } split /\n/, $text;
  cmp_ok($odd, '<=', 1 - $is_read, "$name: every line of the log is whole, but for one where the room ends");
  next unless $is_read;
  $text =~ s/^.*received SIGTERM.*\n|^.*exiting\n//mg;
  accounts_for_all($text, $clients, $name);
}

# ---- a pipe whose reader is gone ----

for (@ways)
{
  my ($name, @options) = @$_;
  pipe my $reader, my $writer or die;
  my $server = server_with_log($writer, @options);
  close $writer;
  close $reader;
  serves_at_full_rate($server, @options ? $some : $many, "$name logging to a pipe without a reader", @options);
  ok($server->alive, "$name logging to a pipe without a reader: the daemon lives");
}

# ---- a full disk ----

SKIP:
{
  skip '/dev/full is not there', 1 unless -c '/dev/full';
  serves_at_full_rate(server_with_log('/dev/full'), $some, 's6-tcpserverd logging to /dev/full');
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
  my $server = start_server(['-v', '-c', 1000, '-C', 1000], [echo_program()], under => \@under);
  serves_at_full_rate($server, $many, 's6-tcpserverd logging to a full disk');
  my $log = '/proc/' . $server->pid . '/fd/2';
  cmp_ok(-s $log, '<=', 16384, 's6-tcpserverd logging to a full disk: the log is no larger than the disk');
  # A process makes room, as a log rotation does that empties the file.
  truncate $log, 0 or die "cannot truncate: $!\n";
  is(ask($server, send => 'x'), 'x', 's6-tcpserverd logging to a full disk: a client is served when there is room again');
  my $told = eventually(sub { get_file($log) =~ /^s6-tcpserverd: warning: lost (\d+) log lines: their reader was too slow or gone$/m ? $1 : 0 });
  cmp_ok($told // 0, '>', $many, 's6-tcpserverd logging to a full disk: the number of lost lines is logged when there is room again');
}

# ---- logs that can make a writer wait: no reader for a while, then one ----

# A terminal that we hold the other end of: (master, slave).
sub terminal
{
  sysopen my $master, '/dev/ptmx', O_RDWR | O_NOCTTY or return;
  my $number = pack 'i', 0;
  ioctl $master, 0x40045431, $number or return;      # TIOCSPTLCK: unlock
  ioctl $master, 0x80045430, $number or return;      # TIOCGPTN
  sysopen my $slave, '/dev/pts/' . unpack('i', $number), O_RDWR | O_NOCTTY or return;
  return ($master, $slave);
}

sub small_pipe
{
  pipe my $reader, my $writer or die;
  fcntl $writer, 1031, 4096;  # F_SETPIPE_SZ
  return ($reader, $writer);
}

my $fifos = 0;
sub fifo
{
  my $path = own_dir() . '/fifo.' . $fifos++;
  POSIX::mkfifo($path, 0600) or die;
  sysopen my $reader, $path, O_RDONLY | O_NONBLOCK or die;
  sysopen my $writer, $path, O_WRONLY or die;
  fcntl $writer, 1031, 4096;
  return ($reader, $writer);
}

# There is no reader while so many clients come: all are served, the daemon sleeps when they are through, and the log is complete again, with
# what was lost counted, when there is a reader.
sub outlives_its_reader
{
  my ($name, $reader, $server) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  serve_all($server, $some, $name);
  my $before = cpu_seconds($server->pid);
  select undef, undef, undef, 0.3;
  cmp_ok(cpu_seconds($server->pid) - $before, '<', 0.1, "$name: the daemon does not spin");
  my $text = '';
  ok(read_until($reader, \$text, qr/warning: lost \d+ log lines/), "$name: a reader that is back gets the number of lost lines");
  is(ask($server, send => 'x'), 'x', "$name: a client is served when the reader is back");
  ok(read_until($reader, \$text, qr{warning: lost .*\n(?:.*\n)*.* info: end .*\n.*status: 0/1000\r?\n\z}),
    "$name: the log is complete again when the reader is back");
  $server->signal('TERM');
  is_deeply($server->wait, { code => 0, signal => 0 }, "$name: SIGTERM ends the daemon");
  read_until($reader, \$text, qr/info: exiting\r?\n\z/);
  $text =~ s/\r\n/\n/g;
  $text =~ s/^.*received SIGTERM.*\n|^.*exiting\n//mg;
  accounts_for_all($text, $some + 1, $name);
  return $text;
}

# There is never a reader: SIGTERM is obeyed all the same.
sub ends_without_a_reader
{
  my ($name, $server) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  serve_all($server, $some, $name);
  $server->signal('TERM');
  is_deeply($server->wait, { code => 0, signal => 0 }, "$name: SIGTERM ends the daemon while the log has no reader");
}

# The parts of a log: a sub that gives reader and writer, for each kind.
my %logs = ('a pipe' => \&small_pipe, 'a fifo' => \&fifo, 'a terminal' => \&terminal);

for my $kind (sort keys %logs)
{
  for my $reads (1, 0)
  {
    my ($reader, $writer) = $logs{$kind}->();
    last unless $writer;
    my $server = server_with_log($writer);
    close $writer;
    $reads ? outlives_its_reader("s6-tcpserverd logging to $kind without a reader", $reader, $server)
           : ends_without_a_reader("s6-tcpserverd logging to $kind that is never read", $server);
  }
}

# A child that shares the log, and takes each byte of room that there is: what poll(2) saw is gone when the daemon writes.
{
  my $greedy = own_dir() . '/greedy';
  put_file($greedy, "#!/bin/sh\nexec yes greedy >&2\n");
  chmod 0755, $greedy;
  for my $kind ('a pipe', 'a fifo')
  {
    my ($reader, $writer) = $logs{$kind}->();
    my $server = start_server(['-v', '-c', 10, '-C', 10], [$greedy], fds => { 2 => $writer });
    close $writer;
    my @clients = map { open_client($server) } 1 .. 3;
    my $bytes = 0;
    # A reader that is slow, and slower than the children: 1,000 times the race is on.
    for (1 .. 1000) { my $n = sysread $reader, my $part, 512; $bytes += $n // 0; open_client($server) if $_ % 20 == 0 }
    $server->signal('QUIT');
    is_deeply($server->wait, { code => 0, signal => 0 },
      "s6-tcpserverd logging to $kind that a child fills again and again: SIGQUIT ends the daemon");
  }
}

# A fifo whose reader is gone, and comes back.
{
  my ($reader, $writer) = fifo();
  close $reader;
  my $server = server_with_log($writer);
  close $writer;
  serve_all($server, $some, 's6-tcpserverd logging to a fifo whose reader is gone');
  sysopen $reader, own_dir() . '/fifo.' . ($fifos - 1), O_RDONLY | O_NONBLOCK or die;
  my $text = '';
  is(ask($server, send => 'x'), 'x', 's6-tcpserverd logging to a fifo: a client is served when there is a reader again');
  ok(read_until($reader, \$text, qr/warning: lost \d+ log lines.*\n(?:.*\n)*.* info: end /),
    's6-tcpserverd logging to a fifo: the next reader gets the number of lost lines');
  ends_without_a_reader('s6-tcpserverd logging to a fifo that has had a second reader', $server);
}

# ---- a log of another user, which cannot be opened a second time ----

SKIP:
{
  skip 'needs the right to change the user id', 1 unless can_change_ids();
  skip can_inject(), 1 if can_inject();
  skip 'a sanitizer makes system calls of its own', 1 if variant() eq 'sanitize';
  skip 'the portable build has no other way', 1 if platform() ne 'linux';
  for my $kind ('a pipe', 'a fifo')
  {
    for my $refused ('', 'pwritev2')
    {
      for my $reads (1, 0)
      {
        my $uid = free_uid();
        my ($reader, $writer) = $logs{$kind}->();
        my $server = server_with_log($writer, '-u', $uid, '-g', $uid);
        close $writer;
        my $injection = inject($server, $refused, 'error=EOPNOTSUPP') if $refused;
        my $name = "s6-tcpserverd logging to $kind of another user" . ($refused ? ", $refused refused" : '');
        if ($reads)
        {
          unlike(outlives_its_reader($name, $reader, $server), qr/second time/, "$name: the log has no warning that a reader may stop the service");
        }
        else { ends_without_a_reader($name, $server) }
        end_injection($injection) if $injection;
      }
    }
  }
  my ($poor_reader, $poor_writer) = small_pipe();
  my $poor = server_with_log($poor_writer, '-u', free_uid(), '-g', 1);
  close $poor_writer;
  my $injection = inject($poor, 'pwritev2,splice', 'error=EPERM');
  is(ask($poor, send => 'x'), 'x', 's6-tcpserverd logging to a pipe of another user, pwritev2 and splice refused: a client is served');
  my $poor_text = '';
  ok(read_until($poor_reader, \$poor_text, qr/\A(?=.*warning: unable to open the log a second time: Permission denied: )(?=.*info: end )/s),
    's6-tcpserverd logging to a pipe of another user, pwritev2 and splice refused: the log has a warning and goes on');
  end_injection($injection);

  page('sallyport-log');
  page_says('warning: unable to open the log a second time: REASON: a reader that stops reading may stop the service');
  my $uid = free_uid();
  my ($reader, $writer) = terminal();
  my $server = server_with_log($writer, '-u', $uid, '-g', $uid);
  is(ask($server, send => 'x'), 'x', 's6-tcpserverd logging to a terminal of another user: a client is served');
  my $text = '';
  ok(read_until($reader, \$text,
    qr/warning: unable to open the log a second time: Permission denied: a reader that stops reading may stop the service/),
    's6-tcpserverd logging to a terminal of another user: the log has a warning that a reader may stop the service');
  is(ask($server, send => 'x'), 'x', 's6-tcpserverd logging to a terminal of another user: a second client is served');
  ok(read_until($reader, \$text, qr/info: end .*info: end /s),
    's6-tcpserverd logging to a terminal of another user: the log goes on after the warning');
  is(scalar(() = $text =~ /second time/g), 1, 's6-tcpserverd logging to a terminal of another user: the log has the warning once');
}

# A terminal of another user is asked for room before each byte: alone with it, the daemon waits for no reader of it.
SKIP:
{
  skip 'needs the right to change the user id', 1 unless can_change_ids();
  for my $reads (1, 0)
  {
    my ($reader, $writer) = terminal();
    skip 'no pseudoterminal can be made here', 1 unless $writer;
    my $server = server_with_log($writer, '-u', free_uid(), '-g', 1);
    close $writer;
    my $name = 's6-tcpserverd logging to a terminal of another user without a reader';
    $reads ? outlives_its_reader($name, $reader, $server) : ends_without_a_reader($name, $server);
  }
}

# ---- a socket whose other side does not read ----

socketpair my $here, my $there, 1, 1, 0 or die;
setsockopt $there, 1, 7, pack 'i', 4096;  # SOL_SOCKET, SO_SNDBUF
my $server = server_with_log($there);
close $there;
serves_at_full_rate($server, $some, 's6-tcpserverd logging to a socket without a reader');
my $text = '';
ok(read_until($here, \$text, qr/warning: lost \d+ log lines/),
  's6-tcpserverd logging to a socket: a reader that is back gets the number of lost lines') if variant() ne 'sanitize';

done_testing();
