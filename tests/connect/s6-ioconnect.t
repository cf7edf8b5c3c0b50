#!/usr/bin/env perl
# s6-ioconnect: both directions, their ends, and what is left of the descriptors it shares.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Fcntl;
use IO::Socket::UNIX;
use IO::Socket::IP;
use Socket qw(:all);

page('s6-ioconnect');
my $bridge = bin('s6-ioconnect');

# ---- what to put on the descriptors ----

sub pair { return IO::Socket::UNIX->socketpair(AF_UNIX, SOCK_STREAM, PF_UNSPEC) }

sub tcp_pair
{
  my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 1, ReuseAddr => 1) or die;
  my $one = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $listener->sockport) or die;
  return ($one, scalar $listener->accept);
}

sub new_pipe
{
  pipe my $read, my $write or die;
  return ($read, $write);
}

# A pseudoterminal without echo: (what the user types into, what programs see), or nothing.
sub terminal
{
  return unless $^O eq 'linux';
  sysopen my $master, '/dev/ptmx', O_RDWR | O_NOCTTY or return;
  my ($unlock, $number) = (pack('i', 0), pack('i', 0));
  return unless ioctl($master, 0x40045431, $unlock) && ioctl($master, 0x80045430, $number);
  sysopen my $slave, '/dev/pts/' . unpack('i', $number), O_RDWR | O_NOCTTY or return;
  my $modes = POSIX::Termios->new;
  $modes->getattr(fileno $slave);
  $modes->setlflag($modes->getlflag & ~(POSIX::ECHO() | POSIX::ICANON()));
  $modes->setoflag($modes->getoflag & ~POSIX::OPOST());
  $modes->setattr(fileno $slave, POSIX::TCSANOW());
  return ($master, $slave);
}

sub nonblocking { return fcntl($_[0], F_GETFL, 0) & O_NONBLOCK ? 1 : 0 }

sub bridge_on
{
  my ($in, $out, $from, $to, @options) = @_;
  return start(command => [$bridge, @options], fds => { 0 => $in, 1 => $out, 6 => $from, 7 => $to });
}

# Copies bytes in a process of its own, so that both directions are busy at once.
sub feed
{
  my ($handle, $data) = @_;
  my $pid = fork // die;
  return $pid if $pid;
  say_to($handle, $$data);
  shutdown $handle, SHUT_WR;
  POSIX::_exit(0);
}

# ---- much data in both directions, over everything ----

page_says('copies what it reads from the standard input to descriptor 7, and what it reads from descriptor 6 to the standard output, both at the same time.');
page_says('When an input ends, all that was read from it is written first, then the matching output is closed;');
my $up = join '', map { pack 'N', $_ * 2654435761 % 4294967296 } 1 .. 2_621_440;  # 10 MB
my $down = reverse $up;
my %kinds = ('Unix-domain sockets' => \&pair, 'TCP' => \&tcp_pair);
for my $kind (sort keys %kinds)
{
  my ($user, $ours) = $kinds{$kind}->();
  my ($theirs, $server) = $kinds{$kind}->();
  my $process = bridge_on($ours, $ours, $theirs, $theirs);
  close $ours;
  close $theirs;
  my @feeders = (feed($user, \$up), feed($server, \$down));
  my $reader = fork // die;
  POSIX::_exit((read_all($server) // '') eq $up ? 0 : 1) if !$reader;
  my $got = read_all($user, 60);
  ok(defined $got && $got eq $down, "s6-ioconnect on $kind copies 10 MB to the standard output");
  waitpid $reader, 0;
  is($?, 0, "s6-ioconnect on $kind copies 10 MB from the standard input");
  waitpid $_, 0 for @feeders;
  close $user;
  close $server;
  my $end = $process->wait;
  is($end && $end->{code}, 0, "s6-ioconnect on $kind exits 0 after 10 MB in both directions") or diag(log_text($process));
  is(log_text($process), '', "s6-ioconnect on $kind logs nothing for 10 MB in both directions");
}

{
  my ($in, $to_in) = new_pipe();
  my ($from_out, $out) = new_pipe();
  my ($from, $to_from) = new_pipe();
  my ($from_to, $to) = new_pipe();
  my $process = bridge_on($in, $out, $from, $to);
  page_says('Sockets and pipes are not made non-blocking at all where the system has another way.');
  my @mine = map { fileno $_ } $in, $out, $from, $to;
  my @feeders = map { my ($h, $d) = @$_; my $pid = fork // die; if (!$pid) { say_to($h, $$d); POSIX::_exit(0) } close $h; $pid } [$to_in, \$up], [$to_from, \$down];
  close $_ for $in, $from;
  # Our copies of the outputs share their flags with what the bridge was given.
  ok(eventually(sub { scalar grep { /pipe/ } values %{fd_targets($process->pid)} }), 's6-ioconnect on pipes runs');
  my $reader = fork // die;
  if (!$reader)
  {
    close $_ for $out, $to;
    POSIX::_exit((read_all($from_to) // '') eq $up ? 0 : 1);
  }
  my $got = '';
  my $flags = 0;
  while (length $got < length $down)
  {
    my $n = sysread $from_out, $got, 65536, length $got;
    last unless $n;
    $flags ||= nonblocking($out) || nonblocking($to);
  }
  ok($got eq $down, 's6-ioconnect on pipes copies 10 MB to the standard output');
  is($flags, 0, 's6-ioconnect never makes pipes non-blocking') if -e '/proc/self/fd';
  close $_ for $out, $to;
  is(sysread($from_out, my $rest, 1), 0, 's6-ioconnect on pipes closes the standard output at the end of input');
  waitpid $reader, 0;
  is($?, 0, 's6-ioconnect on pipes copies 10 MB from the standard input');
  waitpid $_, 0 for @feeders;
  is($process->wait->{code}, 0, 's6-ioconnect on pipes exits 0');
}

# ---- half-closes ----

page_says('a socket is shut down for writing, so that the other side sees the end while it can still send.');
page_says('The other direction goes on until it ends too.');
for my $kind (sort keys %kinds)
{
  my ($user, $ours) = $kinds{$kind}->();
  my ($theirs, $server) = $kinds{$kind}->();
  my $process = bridge_on($ours, $ours, $theirs, $theirs);
  say_to($user, "question\n");
  stop_sending($user);
  is(read_all($server), "question\n", "s6-ioconnect on $kind passes data and a half-close on to the server");
  say_to($server, "answer\n");
  is(read_line($user), "answer\n", "s6-ioconnect on $kind copies an answer after a half-close");
  ok($process->alive, "s6-ioconnect on $kind runs after a half-close");
  stop_sending($server);
  close $_ for $ours, $theirs;
  is(read_all($user), '', "s6-ioconnect on $kind passes the end of the server on after a half-close");
  is($process->wait->{code}, 0, "s6-ioconnect on $kind exits 0 when both sides have ended");
}

{
  my ($user, $ours) = pair();
  my ($theirs, $server) = tcp_pair();
  my $process = bridge_on($ours, $ours, $theirs, $theirs);
  stop_sending($server);
  close $_ for $ours, $theirs;
  is(read_all($user), '', 's6-ioconnect passes the end of a server that ends first on');
  say_to($user, 'more');
  stop_sending($user);
  is(read_all($server), 'more', 's6-ioconnect copies to a server that ended first');
  is($process->wait->{code}, 0, 's6-ioconnect exits 0 when the server ends first and the user ends later');
}

page_says('Both directions have ended, and all that was read was written.');
page_says('When an output is gone, the matching input is closed.');
{
  my ($read_out, $out) = new_pipe();
  my ($theirs, $server) = pair();
  my $process = bridge_on('/dev/null', $out, $theirs, $theirs);
  close $_ for $out, $theirs, $read_out;
  is($process->wait->{code}, 0, 's6-ioconnect exits 0 when the standard output has no reader and no data is lost') or diag(log_text($process));
}
{
  my ($read_out, $out) = new_pipe();
  my ($theirs, $server) = pair();
  my ($in, $type) = new_pipe();
  close $read_out;
  say_to($server, 'lost');
  my $process = bridge_on($in, $out, $theirs, $theirs);
  close $_ for $out, $theirs, $in;
  page_says('Reading failed, or something read could not be written.');
  # Whether the death of the output or the data are seen first is chance.
  ok(eventually(sub { !say_to($server, 'x') }), 's6-ioconnect closes the connection when the standard output has no reader');
  close $type;
  my $end = $process->wait;
  my $words = log_text($process);
  ok($end->{code} == 111 ? $words =~ /\As6-ioconnect: warning: unable to write to fd 1: Broken pipe\n\z/ : $end->{code} == 0 && $words eq '',
     's6-ioconnect reports what it was unable to write') or diag("$end->{code} $words");
}
{
  my ($user, $ours) = pair();
  my ($theirs, $server) = tcp_pair();
  my $process = bridge_on($ours, $ours, $theirs, $theirs);
  close $_ for $ours, $theirs;
  setsockopt $server, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0);
  close $server;
  ok(closed_by_server($user), 's6-ioconnect closes the standard output after a reset of the connection');
  my $end = $process->wait;
  is($end->{code}, 111, 's6-ioconnect exits 111 after a reset of the connection');
  like(log_text($process), qr/\As6-ioconnect: warning: unable to read from fd 6: Connection reset by peer\n\z/,
    's6-ioconnect reports a reset of the connection');
  page_says('With 1 and 111, a message gives the reason.');
}

# ---- terminals, and whatever else has to be made non-blocking ----

SKIP:
{
  my ($typed, $tty) = terminal();
  skip 'no pseudoterminal can be made here', 24 unless $typed;
  my $master = $typed;
  page_says('one that has to be made non-blocking gets its flags back when s6-ioconnect ends, is ended by a signal that can be caught, or is stopped by SIGTSTP.');

  my ($theirs, $server) = pair();
  my $on_terminal = sub
  {
    ($theirs, $server) = pair();
    my $process = bridge_on($tty, $tty, $theirs, $theirs, @_);
    close $theirs;
    syswrite $master, 'x';
    sysread $server, my $got, 1;
    return $process;
  };

  my $process = $on_terminal->();
  is(nonblocking($tty), 1, 's6-ioconnect makes a terminal non-blocking');
  say_to($server, 'word');
  is(sysread($master, my $word, 100), 4, 's6-ioconnect copies to a terminal');
  $process->signal('TSTP');
  ok(eventually(sub { process_state($process->pid) eq 'T' }), 's6-ioconnect stops by SIGTSTP');
  is(nonblocking($tty), 0, 's6-ioconnect makes the terminal blocking again when SIGTSTP stops it');
  $process->signal('CONT');
  ok(eventually(sub { nonblocking($tty) }), 's6-ioconnect makes the terminal non-blocking again after SIGCONT');
  syswrite $master, 'y';
  is(sysread($server, my $again, 10), 1, 's6-ioconnect copies from a terminal after SIGCONT');

  page_says('Stop until SIGCONT.');
  page_says('Read once more from both inputs what is there, then treat them as ended.');
  $process->signal('TERM');
  is(read_all($server), '', 's6-ioconnect on a terminal passes the end on to the server after SIGTERM');
  is($process->wait->{code}, 0, 's6-ioconnect on a terminal exits 0 after SIGTERM');
  is(nonblocking($tty), 0, 's6-ioconnect makes the terminal blocking again after SIGTERM');

  page_says('End at once, killed by the signal.');
  for my $signal (qw(INT HUP QUIT))
  {
    $process = $on_terminal->();
    $process->signal($signal);
    is($process->wait->{signal}, POSIX->can("SIG$signal")->(), "SIG$signal kills s6-ioconnect");
    is(nonblocking($tty), 0, "s6-ioconnect makes the terminal blocking again before SIG$signal kills it");
  }

  $process = $on_terminal->();
  close $server;
  is($process->wait->{code}, 0, 's6-ioconnect on a terminal exits 0 when the server closes') or diag(log_text($process));
  is(nonblocking($tty), 0, 's6-ioconnect makes the terminal blocking again when the server closes');

  $process = $on_terminal->('-t', 100);
  is($process->wait->{code}, 1, 's6-ioconnect -t on a terminal exits 1');
  is(nonblocking($tty), 0, 's6-ioconnect -t makes the terminal blocking again when its time is over');

  fcntl $tty, F_SETFL, fcntl($tty, F_GETFL, 0) | O_NONBLOCK;
  $process = $on_terminal->();
  $process->signal('TERM');
  $process->wait;
  is(nonblocking($tty), 1, 's6-ioconnect leaves a terminal non-blocking that was non-blocking before');
}

# ---- signals ----

page_says('A signal that was ignored when s6-ioconnect started stays ignored.');
{
  my ($user, $ours) = pair();
  my ($theirs, $server) = pair();
  my $process = start(command => [$bridge], fds => { 0 => $ours, 1 => $ours, 6 => $theirs, 7 => $theirs }, ignore => ['HUP', 'INT']);
  say_to($user, 'a');
  sysread $server, my $a, 1;
  $process->signal($_) for qw(HUP INT);
  say_to($user, 'b');
  sysread $server, my $b, 1;
  is($b, 'b', 's6-ioconnect leaves SIGHUP and SIGINT ignored');
  close $_ for $ours, $theirs;

  # A stuck output: the first SIGTERM waits for it, the second does not.
  page_says('A second one ends s6-ioconnect at once.');
  my $fill = 'z' x 65536;
  $user->blocking(0);
  my $stuck = 0;
  eventually(sub { my $n = syswrite $user, $fill; $stuck = defined $n ? 0 : $stuck + 1; return $stuck > 20 });
  $process->signal('TERM');
  # When it has obeyed, it hears no more from us: our end is told.
  ok(eventually(sub { local $SIG{PIPE} = 'IGNORE'; !defined syswrite($user, $fill) && $!{EPIPE} }),
    's6-ioconnect closes its inputs after the first SIGTERM');
  ok($process->alive, 's6-ioconnect waits for a slow reader after the first SIGTERM');
  $process->signal('TERM');
  is($process->wait->{signal}, POSIX::SIGTERM(), 'a second SIGTERM kills s6-ioconnect');
}

# ---- time ----

page_says('End when nothing has come from either side for so many milliseconds.');
{
  my ($user, $ours) = pair();
  my ($theirs, $server) = pair();
  my $process = bridge_on($ours, $ours, $theirs, $theirs, '-t', 50);
  page_says('The time of -t was over.');
  is($process->wait->{code}, 1, 's6-ioconnect -t exits 1 when nothing comes in time');
  is(log_text($process), "s6-ioconnect: warning: timed out: nothing came for 50 milliseconds\n", 's6-ioconnect -t reports that nothing came in time');

  page_says('The time that a slow reader needs for data that has already come does not count.');
  ($user, $ours) = pair();
  ($theirs, $server) = pair();
  # More than fits on the way to the reader, sent before the clock begins to run.
  setsockopt $ours, SOL_SOCKET, SO_SNDBUF, 4096;
  $server->blocking(0);
  my $sent = 0;
  while (my $n = syswrite $server, 'z' x 4096) { $sent += $n }
  my $patient = bridge_on($ours, $ours, $theirs, $theirs, '--timeout=50');
  close $_ for $ours, $theirs;
  select undef, undef, undef, 0.4;  # time has to pass for nothing to happen in it
  my $got = read_all($user);
  is(length($got // ''), $sent, 's6-ioconnect --timeout copies all data to a slow reader');
  is($patient->wait->{code}, 1, 's6-ioconnect --timeout exits 1 after the data for a slow reader');
}

# ---- descriptors and options ----

page_says('Read from this descriptor instead of 6; it is 3 or more.');
page_says('Write to this descriptor instead of 7; it is 3 or more.');
{
  my ($user, $ours) = pair();
  my ($theirs, $server) = pair();
  my $process = start(command => [$bridge, '-r', 3, '-w', 4], fds => { 0 => $ours, 1 => $ours, 3 => $theirs, 4 => $theirs });
  close $_ for $ours, $theirs;
  say_to($user, "x\n");
  is(read_line($server), "x\n", 's6-ioconnect -r 3 -w 4 copies to descriptor 4');
  close $server;
  is($process->wait->{code}, 0, 's6-ioconnect -r 3 -w 4 exits 0 when the server closes');

  ($user, $ours) = pair();
  ($theirs, $server) = pair();
  $process = start(command => [$bridge, '--read-fd=5', '--write-fd', 5], fds => { 0 => $ours, 1 => $ours, 5 => $theirs });
  close $_ for $ours, $theirs;
  say_to($user, "up\n");
  stop_sending($user);
  is(read_all($server), "up\n", 's6-ioconnect copies to the server with one descriptor for --read-fd and --write-fd');
  say_to($server, "down\n");
  close $server;
  is(read_all($user), "down\n", 's6-ioconnect copies from the server after a half-close with one descriptor for --read-fd and --write-fd');
  is($process->wait->{code}, 0, 's6-ioconnect exits 0 with one descriptor for --read-fd and --write-fd');
}
page_says('Ignored. In earlier versions of such programs, these named the descriptors that are sockets.');
is(run({ fds => { 6 => '/dev/null', 7 => '/dev/null' } }, $bridge, '-0167')->{code}, 0, 's6-ioconnect accepts -0 -1 -6 -7');
is(run($bridge)->{code}, 100, 's6-ioconnect exits 100 when 6 and 7 are not open');
is(run($bridge)->{err},
  "s6-ioconnect: usage: fd 6 is not open: s6-tcpclient and the programs called ...-socket-connect put a connection on 6 and 7"
  . " (try s6-ioconnect --help)\n",
  's6-ioconnect reports that 6 is not open');
is(run({ closed => [0], fds => { 6 => '/dev/null', 7 => '/dev/null' } }, $bridge)->{err},
  "s6-ioconnect: usage: fd 0 is not open (try s6-ioconnect --help)\n",
  's6-ioconnect reports that 0 is not open');
is(run($bridge, '-r', $_)->{code}, 100, "s6-ioconnect -r '$_' exits 100") for '', 'x', 0, 2, '-3', '3x', 1048576;
is(run($bridge, '-w', $_)->{code}, 100, "s6-ioconnect -w '$_' exits 100") for 1, 'y';
is(run($bridge, '-t', $_)->{code}, 100, "s6-ioconnect -t '$_' exits 100") for '', 'x', '-1', '1.5';
page_says('The command line is wrong, or a descriptor is not open.');
is(run($bridge, 'operand')->{code}, 100, 's6-ioconnect exits 100 for an operand');
page_says('If an option is given twice, the last one counts.');
page_says('With 0, which is the default, the wait has no limit.');
is(run({ fds => { 6 => '/dev/null', 7 => '/dev/null' } }, $bridge, '-t', 1, '-t', 0)->{code}, 0, 's6-ioconnect -t 1 -t 0 has no limit');
is(run($bridge, '-x')->{code}, 100, 's6-ioconnect exits 100 for an unknown option');

# Files at both ends.
my $file = put_file('file', $up);
my $copy = own_dir() . '/copy';
is(run({ fds => { 0 => $file, 6 => '/dev/null', 7 => $copy } }, $bridge)->{code}, 0, 's6-ioconnect exits 0 from a file to a file');
ok(get_file($copy) eq $up, 's6-ioconnect copies a file');
my $full = run({ fds => { 0 => $file, 6 => '/dev/null', 7 => '/dev/full' } }, $bridge);
is($full->{code}, 111, 's6-ioconnect exits 111 when the disk is full');
is($full->{err}, "s6-ioconnect: warning: unable to write to fd 7: No space left on device\n", 's6-ioconnect reports that the disk is full');

# ---- messages ----

page_says('What is too long for one message, a message of the other side or what was read from a pipe, is written in several.');
page_says('Datagrams and other messages stay whole from one socket of messages to another.');

# Everything that comes until nothing more does: the messages.
sub messages
{
  my ($socket, $wanted) = @_;
  my ($length, @all) = (0);
  vec(my $bits = '', fileno $socket, 1) = 1;
  while ($length < $wanted && select(my $ready = $bits, undef, undef, deadline()))
  {
    defined recv $socket, my $message, 1 << 20, 0 or last;
    last if $message eq '';
    push @all, $message;
    $length += length $message;
  }
  return @all;
}

sub udp_pair
{
  my $one = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Type => SOCK_DGRAM) or die;
  $one->setsockopt(SOL_SOCKET, SO_RCVBUF, 1 << 20);
  my $other = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $one->sockport, Type => SOCK_DGRAM) or die;
  return ($one, $other);
}

sub unix_pair
{
  my ($type) = @_;
  socketpair my $one, my $other, AF_UNIX, $type, 0 or die "socketpair: $!\n";
  setsockopt $other, SOL_SOCKET, SO_SNDBUF, pack('i', 8192);
  return ($one, $other);
}

my $long = join '', map { sprintf '%09d ', $_ } 1 .. 9_000;
for my $kind (['UDP', sub { udp_pair() }], ['Unix datagrams', sub { unix_pair(SOCK_DGRAM) }], ['seqpacket', sub { unix_pair(SOCK_SEQPACKET) }])
{
  my ($name, $make) = @$kind;
  my ($far, $near) = $make->();
  my ($in, $out, $null) = (put_file('long', $long));
  open my $file, '<', $in or die;
  open $null, '+<', '/dev/null' or die;
  my $process = bridge_on($file, $null, $null, $near);
  my @got = messages($far, length $long);
  ok(join('', @got) eq $long, "s6-ioconnect copies all of a long input to $name") or diag(length(join '', @got) . " of " . length $long);
  cmp_ok(scalar @got, '>', 1, "s6-ioconnect copies a long input to $name in several messages");
}
{
  my ($far, $near) = unix_pair(SOCK_SEQPACKET);
  my ($sender, $in) = unix_pair(SOCK_SEQPACKET);
  open my $null, '+<', '/dev/null' or die;
  setsockopt $sender, SOL_SOCKET, SO_SNDBUF, pack('i', 1 << 17);
  my $process = bridge_on($in, $null, $null, $near);
  my @sent = (substr($long, 0, 30_000), 'short', substr($long, 0, 3000), 'x');
  defined send $sender, $_, 0 or die "send: $!\n" for @sent;
  my @got = messages($far, length join '', @sent);
  is(join('', @got), join('', @sent), 's6-ioconnect copies all of messages that are longer than the output takes');
  is_deeply([@got[-3 .. -1]], [@sent[1 .. 3]], 's6-ioconnect keeps messages whole that fit');
}

done_testing();
