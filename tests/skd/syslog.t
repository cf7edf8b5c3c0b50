#!/usr/bin/env perl
# skd -L with the system log: a log daemon of the test's own, its absence, the death of the logger.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM SOCK_STREAM);

own_system_log();
page('skd');

sub log_daemon
{
  unlink '/dev/log';
  my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => '/dev/log') or die "cannot bind /dev/log: $!\n";
  chmod 0666, '/dev/log';
  return $socket;
}

page_says('If the system log cannot be reached at the start, skd goes on with a warning; lines are lost until it is there.');
for my $options ([], ['-B'], ['-t', '127.0.0.1:0'])
{
  next if @$options && $options->[0] eq '-t';
  my $mute = run(bin('skd'), @$options, '-L', 'tag', 'true');
  is($mute->{code}, 0, join(' ', 'skd', @$options, '-L tag exits 0 without a log daemon'));
  is($mute->{err}, "skd: warning: unable to connect to the system log at /dev/log: No such file or directory\n",
     join(' ', 'skd', @$options, '-L tag warns that it is unable to connect to the system log'));
}
{
  my $early = skd(['-vt', '127.0.0.1:0', '-L', 'early'], ['cat']);
  is(ask($early, send => $_), $_, "skd -L tag serves client $_ without a log daemon") for 1, 2;
  my $there = log_daemon();
  is(ask($early, send => 'x'), 'x', 'skd -L tag serves a client when the log daemon is there');
  my @got = system_log_lines($there, qr/ accept /);
  ok(scalar(grep { /early: skd: info: accept / } @got), 'skd -L tag logs a client to a log daemon that came after its start') or diag(@got);
  ok(scalar(grep { /early: skd: warning: lost \d+ log lines: the system log did not take them$/ } @got),
     'skd -L tag logs the number of lines that were lost before the log daemon was there') or diag(@got);
  $early->put_down;
  unlink '/dev/log';
}

# True if a logger has read all there is in its pipe, and waits for more.
sub is_idle
{
  my ($pid) = @_;
  open my $pipe, '<', "/proc/$pid/fd/0" or return 0;
  my $waiting = pack 'i', 0;
  ioctl $pipe, 0x541B, $waiting or die "cannot look into a pipe: $!\n";  # FIONREAD
  return unpack('i', $waiting) == 0 && process_state($pid) eq 'S';
}

my $syslog = log_daemon();
my $stamp = qr/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 123]\d \d\d:\d\d:\d\d/;

page_says('Each line goes to the system log at /dev/log, with this tag, by a logger: another process, which reads a pipe.');
page_says('Without them, the log gets daemon.notice.');
page_says('The names are those of syslog(3), in upper or lower case, or numbers.');
for my $case (['tag', 29], ['tag:', 29], ['tag:daemon.info', 30], ['tag:LOCAL0.Err', 131], ['tag:4.7', 39], ['tag:kern.0', 0])
{
  my ($spec, $priority) = @$case;
  run(bin('skd'), '-L', $spec, 'sh', '-c', 'echo a line >&2');
  my ($line) = system_log_lines($syslog, qr/a line/);
  like($line, qr/\A<$priority>$stamp tag: a line\z/, "skd -L $spec sends the stderr of prog with the tag and the priority $priority");
}

my $longest = 'x' x 1023;
run({ stdin => "one\n\n\ntwo\n${longest}yyy\n\0\e[31m\nlast without newline" }, bin('skd'), '-L', 't', 'sh', '-c', 'cat >&2');
my @lines = map { s/\A<\d+>$stamp t: //r } system_log_lines($syslog, qr/last/);
is_deeply(\@lines, ['one', 'two', $longest, 'yyy', "\0\e[31m", 'last without newline'],
          'skd -L tag sends lines as they are, without empty ones, and cuts long ones');

page_says('The logger ends when the last process that has the pipe as its standard error has ended.');

# ---- as in the manual ----

page_says('A message of the day on port 3000');
my $motd = put_file('motd', "welcome\n");
my $daemon = skd_background({}, ['-vt', '127.0.0.1:0', '-L', 'motd:daemon.info'], ['cat', $motd]);
is($daemon->{code}, 0, 'skd -B -L tag exits 0');
is(ask($daemon), "welcome\n", 'skd -B -L tag serves a client');
@lines = system_log_lines($syslog, qr/ end pid/);
like($lines[0], qr/\A<30>$stamp motd: skd: info: starting - bound to ip 127\.0\.0\.1 port $daemon->{port}\z/,
     'skd -B -L tag logs its start to the system log');
is(scalar(grep { /motd: skd: info: accept 127\.0\.0\.1_\d+ pid \d+ count 1\/1000000\z/ } @lines), 1,
   'skd -B -L tag logs a client to the system log');

my $logger = logger_of($daemon->{pid});
ok($logger, 'skd -B -L tag has a logger process');
is(join(' ', sort { $a <=> $b } keys %{fd_targets($logger)}), '0 1 2 3', 'the logger of skd has four descriptors open and no other');
is(readlink("/proc/$logger/cwd"), '/', 'the logger of skd has / as its working directory');

page_says('If it is killed, skd starts another one, and what was written meanwhile is in the pipe.');
for my $n (1 .. 3)
{
  kill 'KILL', $logger;
  eventually(sub { !is_live($logger) });  # what it has read by now dies with it
  is(ask($daemon), "welcome\n", "skd -L tag serves a client with its logger dead: death $n");
  @lines = system_log_lines($syslog, qr/ end pid/);
  is(scalar(grep { /motd: skd: warning: the logger ended with signal 9: starting it again\z/ } @lines), 1,
     "skd -L tag logs once that it starts the killed logger again: death $n");
  is(scalar(grep { /: accept / } @lines), 1, "skd -L tag logs the client that was served with its logger dead: death $n");
  ok(eventually(sub { my $next = logger_of($daemon->{pid}); $next && $next != $logger && ($logger = $next) }),
     "skd -L tag has a new logger after the old one was killed: death $n");
}
system_log_lines($syslog, qr/status: 0/, 1);

# Signals to the whole session are not for the logger.
kill 'TERM', $logger;
kill 'HUP', $logger;
ask($daemon);
system_log_lines($syslog, qr/ end pid/);
is(logger_of($daemon->{pid}), $logger, 'SIGTERM and SIGHUP do not end the logger of skd');

page_says('A log daemon that is away or stuck loses lines, which are counted, and never stops the service;');
undef $syslog;
is(ask($daemon), "welcome\n", 'skd -L tag serves a client after the log daemon ended');
# Now those lines are given up: the last one was written when the child was reaped.
eventually(sub { children($daemon->{pid}) == 1 && !zombies($daemon->{pid}) });
eventually(sub { is_idle($logger) && is_idle($logger) });
$syslog = log_daemon();
is(ask($daemon), "welcome\n", 'skd -L tag serves a client when the log daemon is back');
@lines = system_log_lines($syslog, qr/: accept /);
like($lines[0], qr/\A<30>$stamp motd: skd: warning: lost [1-9]\d* log lines: the system log did not take them\z/,
     'skd -L tag logs the number of lines that were lost while the log daemon was away');
like($lines[-1], qr/: accept /, 'skd -L tag logs the next client when the log daemon is back');

# There is no reader: the queue of the socket fills up.
is(ask($daemon), "welcome\n", "skd -L tag serves client $_ with a stuck log daemon") for 1 .. 20;
my $flood = skd(['-t', '127.0.0.1:0', '-L', 'flood'], ['sh', '-c', 'i=0; while test $i -lt 3000; do echo $i; i=$((i+1)); done >&2; echo done']);
is(ask($flood, deadline => 60), "done\n", 'skd -L tag serves a client to the end whose prog writes 3000 lines with a stuck log daemon');
@lines = system_log_lines($syslog, qr/nonesuch/, 0.5);
$flood->signal('TERM');
$flood->wait;

ok(end_daemon($daemon), 'SIGTERM ends skd -B -L tag');
ok(eventually(sub { !is_live($logger) }), 'the logger of skd ends when skd has ended');
@lines = system_log_lines($syslog, qr/skd: info: exiting/);
like($lines[-1] // '', qr/exiting\z/, 'the logger of skd sends the line about the exit of skd before it ends');

# A child that outlives the daemon is logged to its end.
$daemon = skd_background({}, ['-t', '127.0.0.1:0', '-L', 'late'], ['sh', '-c', 'echo ready; read x; echo last words >&2']);
my $client = open_client($daemon);
read_line($client);
$logger = logger_of($daemon->{pid});
end_daemon($daemon);
say_to($client, "x\n");
@lines = system_log_lines($syslog, qr/last words/);
like($lines[-1] // '', qr/late: last words\z/, 'a child that outlives skd -L tag is logged to the system log');
ok(eventually(sub { !is_live($logger) }), 'the logger of skd ends when the last child has ended');

# ---- with privileges given up ----

page_says('The logger has the same user and groups, and stays outside of ROOT.');
page_says('if the logger must be started again inside ROOT, it finds the log daemon as long as that is not started again.');
SKIP:
{
  skip 'giving up privileges takes root', 6 unless can_change_ids();
  my $busybox = tool('busybox');
  skip 'busybox is not installed', 6 unless $busybox;
  my $root = own_dir() . '/root';
  mkdir $root or die;
  put_in_root($root, $busybox, '/busybox');
  my $jail = skd_background({ env => { UID => 1234, GID => 2345, ROOT => $root } }, ['-vU', '-t', '127.0.0.1:0', '-L', 'jail'], ['/busybox', 'echo', 'hello']);
  is($jail->{code}, 0, 'skd -B -U -L tag with ROOT exits 0') or diag(explain($jail));
  $logger = logger_of($jail->{pid});
  eventually(sub { (status_field($logger, 'Uid') // '') =~ /1234/ });
  is(status_field($logger, 'Uid'), join("\t", (1234) x 4), 'the logger of skd -U has the user UID');
  is(status_field($logger, 'Groups'), '2345', 'the logger of skd -U has no groups but GID');
  is(readlink("/proc/$logger/root"), '/', 'the logger of skd -U stays outside of ROOT');
  kill 'KILL', $logger;
  eventually(sub { !is_live($logger) });
  is(ask($jail), "hello\n", 'skd -U -L tag inside ROOT serves a client after its logger was killed');
  like((system_log_lines($syslog, qr/: accept /))[-1], qr/jail: skd: info: accept /,
       'skd -U -L tag inside ROOT logs a client after its logger was killed');
  end_daemon($jail);
}

# ---- without a socket ----

page_says('Without a socket, a second process does that, which lives as long as the logger.');
my $go = own_dir() . '/go';
my $end = skd_background({}, ['-L', 'plain'], ['sh', '-c', 'echo first >&2; while test ! -e "$0"; do sleep 0.05; done; echo second >&2; exec sleep 60', $go]);
is($end->{code}, 0, 'skd -B -L tag without a socket exits 0');
like((system_log_lines($syslog, qr/first/))[-1], qr/plain: first\z/, 'skd -B -L tag without a socket sends the stderr of prog to the system log');
is(scalar(grep { get_file("/proc/$_/cmdline") =~ /\bskd\b/ } children($end->{pid})), 0,
   'prog of skd -B -L tag without a socket has no child that it did not make');
my @ours = grep { get_file("/proc/$_/cmdline") =~ /-L\0plain/ && $_ != $end->{pid} } descendants($end->{pid}, $end->{pid}),
           descendants((split ' ', get_file("/proc/$$/stat"))[4], (split ' ', get_file("/proc/$$/stat"))[5]);
my %parent = map { my $pid = $_; $pid => status_field($pid, 'PPid') } @ours;
my ($worker) = grep { exists $parent{$parent{$_}} } @ours;
is(scalar @ours, 2, 'skd -B -L tag without a socket has a logger and a process that keeps it') or diag(explain(\%parent));
kill 'KILL', $worker if $worker;
put_file($go, '');
like((system_log_lines($syslog, qr/second/))[-1], qr/plain: second\z/, 'skd -B -L tag without a socket replaces a killed logger and loses no line');
end_daemon($end);
ok(eventually(sub { !grep { is_live($_) } @ours }), 'the logger of skd -B -L tag without a socket and its keeper end with prog');

# ---- a log daemon that listens for connections ----

undef $syslog;
unlink '/dev/log';
my $stream = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => '/dev/log', Listen => 5) or die;
my $over = start(command => [bin('skd'), '-L', 'stream', 'sh', '-c', 'echo one >&2; echo two >&2']);
my $connection = $stream->accept;
my $text = read_all($connection);
like($text // '', qr/\A<29>$stamp stream: one\0<29>$stamp stream: two\0\z/, 'skd -L tag ends its lines with a NUL if /dev/log is a stream socket');

# ---- logger(1), the program, to the same daemon ----

SKIP:
{
  my $tool = tool('logger');
  skip 'logger is not installed', 1 unless $tool && run($tool, '--version')->{out} =~ /util-linux/;
  $stream->close;
  $syslog = log_daemon();
  run(bin('skd'), '-L', 'same:local3.warn', 'sh', '-c', 'echo from skd >&2');
  run($tool, '-t', 'same', '-p', 'local3.warn', 'from logger');
  my ($ours, $theirs) = system_log_lines($syslog, qr/from logger/);
  s/$stamp/STAMP/, s/from \w+/WORDS/ for $ours, $theirs;
  is($ours, $theirs, 'skd -L tag sends to the system log what logger sends');
}

done_testing();
