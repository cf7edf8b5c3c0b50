#!/usr/bin/env perl
# skd: a datagram socket belongs to skd and its programs together: whatever a program leaves on it, and whatever a sender
# passes, later datagrams are served as the first one was.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Skd;
use Sallyport::Unix;
use IO::Socket::IP;
use Socket;

page('skd');

my $told = built_for_linux();

# A program that answers with the address that the datagram was sent to, and runs these statements with the socket on
# fd 0 before it ends.
sub leaves { return answer_with('$out = ($ENV{UDPLOCALIP} // $ENV{UNIXLOCALPATH}) . " $in"; ' . "END { $_[0] }") }

page_says('Whatever else prog leaves on the socket, in options or in the flags of the open file, is undone before the next prog.');
page_says('is as before for the next prog.');
# level, name, value: what would delay, falsify or lose datagrams, or what the next program would notice.
my %left = (
  'a time to wait' => 'setsockopt STDIN, 1, 20, pack "qq", 0, 1000',
  'a lower bound' => 'setsockopt STDIN, 1, 18, pack "i", 100',
  'every stamp' => 'setsockopt STDIN, 1, 37, pack "i", $_ for reverse map { (1 << $_) - 1 } 1 .. 20; setsockopt STDIN, 1, 29, pack "i", 1; setsockopt STDIN, 1, 64, pack "i", 1',
  'more messages' => 'setsockopt STDIN, 0, $_, pack "i", 1 for 6, 7, 8, 11, 12, 13, 18, 20, 23, 25; setsockopt STDIN, 1, 40, pack "i", 1',
  'an offset for looks' => 'setsockopt STDIN, 1, 42, pack "i", 3',
  'a filter for everything' => 'my $code = pack "SCCL", 6, 0, 0, 0; setsockopt STDIN, 1, 26, pack "SxxxxxxP", 1, $code',
  'small buffers' => 'setsockopt STDIN, 1, $_, pack "i", 1 for 7, 8',
  'a cork' => 'setsockopt STDIN, 17, 1, pack "i", 1',
  'segments' => 'setsockopt STDIN, 17, 103, pack "i", 1; setsockopt STDIN, 17, 104, pack "i", 1',
  'another protocol inside' => 'setsockopt STDIN, 17, 100, pack "i", 2',
  'flags' => 'require Fcntl; fcntl STDIN, 4, 04000 | 020000',
  'errors' => 'setsockopt STDIN, 0, 11, pack "i", 1; send STDOUT, "x", 0, pack_sockaddr_in(9, inet_aton("127.0.0.1")); select undef, undef, undef, 0.1',
  'a connection' => 'connect STDIN, $from',
  'the end of reading' => 'shutdown STDIN, 0',
);
for my $what (sort keys %left)
{
  SKIP:
  {
    skip 'these are options of Linux', 4 unless $^O eq 'linux';
    for my $ip ('127.0.0.1', '::1')
    {
      skip 'IPv6 is not available', 2 if $ip eq '::1' && !have_ipv6();
      my $family = $ip eq '::1' ? '[::1]' : '127.0.0.1';
      my $server = skd(['-vu', "$family:0"], leaves("use Socket; $left{$what}"), ip => $ip);
      for my $n (1 .. 3)
      {
        is(ask_datagram($server, "datagram$n", ip => $ip), "$ip datagram$n",
           "skd -u serves datagram $n although prog leaves $what on the socket of $ip") or diag(log_text($server));
        eventually(sub { log_count($server, qr/: end pid/) == $n });
      }
    }
  }
}

my $path = unix_path();
for my $what ('a lower bound', 'every stamp', 'an offset for looks', 'a filter for everything', 'small buffers', 'flags', 'a connection')
{
  my $mine = unix_path();
  my $server = skd_on($path, ['-vdl', $path], leaves("$left{$what}; setsockopt STDIN, 1, 16, pack 'i', 0; setsockopt STDIN, 1, \$_, pack 'i', 1 for 34, 76"));
  for my $n (1 .. 3)
  {
    my $from = unix_path();
    is(ask_datagram($server, "datagram$n", from => $from), "$path datagram$n",
       "skd -d -l serves datagram $n although prog leaves $what on the socket") or diag(log_text($server));
    eventually(sub { log_count($server, qr/: end pid/) == $n });
  }
  $server->put_down;
}

# A process that outlives the program may do it at any time.
my $late = skd(['-vu', '127.0.0.1:0'], answer_with('$out = $in; if (!fork) { select undef, undef, undef, 0.2; setsockopt STDIN, 1, 42, pack "i", 3; require Fcntl; fcntl STDIN, 4, 04000; exit }'));
for my $n (1 .. 3)
{
  is(ask_datagram($late, "datagram$n"), "datagram$n", "skd -u serves datagram $n while a child of prog changes the socket");
  select undef, undef, undef, 0.3;
}

page_says('If prog shuts the socket down, skd exits 111.');
page_says('A UDP socket that is shut down for reading only is replaced by a new one.');
for my $how (0, 1, 2)
{
  next if !$how && !built_for_linux();  # it takes a poll event that is Linux's own
  my $server = skd_on($path, ['-vdl', $path], answer_with("shutdown STDIN, $how"));
  send_datagram(datagram_client($server), 'x');
  my $end = $server->wait;
  is($end && $end->{code}, 111, "skd -d -l exits 111 after prog called shutdown with $how on the socket") or diag(log_text($server));
  like(log_text($server), qr/^skd: fatal: unable to receive: a program has shut the socket down$/m,
       "skd -d -l reports that a program has shut the socket down, after shutdown with $how");
  $server->put_down;
}

page_says('One that is shut down for writing only looks as before: programs can receive from it and cannot answer.');
{
  my $file = own_dir() . '/received';
  my $server = skd(['-vu', '127.0.0.1:0'], answer_with('open my $f, ">>", "' . $file . '"; print $f defined(send STDOUT, "x", 0, $from) ? "answers " : "cannot "; shutdown STDIN, 1'));
  for my $n (1, 2)
  {
    send_datagram(datagram_client($server), 'x');
    eventually(sub { log_count($server, qr/: end pid/) == $n });
  }
  is(get_file($file), 'answers cannot ', 'prog of skd -u is unable to answer on a socket that the prog before it shut down for writing');
}

# ---- what senders pass ----

page_says('Descriptors that a sender passes are not taken: they are for prog.');
my $pid_file = own_dir() . '/pid';
my $passer = c_program('passer');
SKIP:
{
  skip 'a compiler is needed', 6 unless $passer;
  my $server = skd_on($path, ['-vdP', $pid_file, '-l', $path], answer_with('$out = $in; open my $f, ">", "' . own_dir() . '/served"'));
  my $descriptors = join ' ', sort keys %{fd_targets($server->pid)};
  is(run($passer, $path, $pid_file)->{code}, 0, 'a process passes descriptors of the pid file to skd -d -l');
  ok(eventually(sub { -e own_dir() . '/served' }), 'skd -d -l serves a datagram that has descriptors with it');
  ok(eventually(sub { log_count($server, qr/: end pid/) == 1 }), 'skd -d -l logs the end of prog for a datagram that has descriptors with it');
  is(join(' ', sort keys %{fd_targets($server->pid)}), $descriptors, 'skd -d -l keeps no descriptor that a sender passed');
  my $second = run(bin('skd'), '-P', $pid_file, 'true');
  like($second->{err}, qr/belongs to the living process @{[$server->pid]}$/,
       'skd -d -l -P keeps the lock on its pid file after a sender passed descriptors of it');
  is(get_file($pid_file), $server->pid . "\n", 'skd -d -l -P keeps its pid in the file after a sender passed descriptors of it');
}

# ---- two that look the same ----

page_says('A client that sends the same datagram twice is served twice, at once.');
my $twice = skd(['-vu', '127.0.0.1:0'], answer_with('$out = $in'));
my $client = datagram_client($twice);
send_datagram($client, 'same') for 1 .. 5;
is(join(' ', map { next_datagram($client) // '' } 1 .. 5), join(' ', ('same') x 5), 'skd -u has five equal datagrams of one client answered');
is(log_count($twice, qr/unread/), 0, 'skd -u logs none of five equal datagrams as left unread') if $told;

done_testing();
