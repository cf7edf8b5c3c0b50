#!/usr/bin/env perl
# skd -B: when the command returns, with what, and what the daemon is then.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;
use Sallyport::Unix;
use IO::Socket::UNIX;

page('skd');

my ($busy_socket, $busy) = busy_port();
my @fields = qw(pid parent group session terminal);

# What /proc/PID/stat says.
sub stat_of
{
  my ($pid) = @_;
  return {} unless get_file("/proc/$pid/stat") =~ /\A(\d+) \(.*\) \S (\d+) (\d+) (\d+) (\d+) /s;
  my %is;
  @is{@fields} = ($1, $2, $3, $4, $5);
  return \%is;
}

# ---- the motd server of the manual ----

page_says('A message of the day on port 3000, in the background, with a pid file, and the log in the system log:');
page_says('Run in the background.');
my $motd = put_file('motd', "welcome\n");
my $log = own_dir() . '/log';
my $daemon = skd_background({}, ['-vt', '127.0.0.1:0', '-L', ">$log"], ['cat', $motd]);
page_says('The command exits 0 when skd has bound its sockets, written its pid file, opened its log and given up its privileges, or, without a socket, when it has become prog.');
is($daemon->{code}, 0, 'skd -B with a socket, a pid file and a log exits 0');
ok($daemon->{port}, 'skd -B writes its port to stdout before the command exits');
ok($daemon->{pid}, 'skd -B writes its pid file before the command exits');
like(get_file($log), qr/^skd: info: starting - bound to ip 127\.0\.0\.1 port $daemon->{port}$/m, 'skd -B logs its start before the command exits');
is($daemon->{err}, '', 'skd -B with -L prints nothing on stderr');
is(ask($daemon), "welcome\n", 'skd -B serves clients after the command exits');

page_says('starts a session of its own, and has no controlling terminal.');
my $is = stat_of($daemon->{pid});
is($is->{session}, $daemon->{pid}, 'skd -B in the background leads a session');
is($is->{group}, $daemon->{pid}, 'skd -B in the background leads a process group');
is($is->{terminal}, 0, 'skd -B in the background has no controlling terminal');
isnt($is->{parent}, $$, 'skd -B in the background is not a child of its caller');
page_says('With a socket, its standard input and standard output become /dev/null.');
my $fds = fd_targets($daemon->{pid});
is($fds->{0}, '/dev/null', 'skd -B with a socket has /dev/null as its stdin');
is($fds->{1}, '/dev/null', 'skd -B with a socket has /dev/null as its stdout');
is($fds->{2}, $log, 'skd -B with -L has its log file as its stderr');
is(join(' ', grep { /^socket:/ } values %$fds), (grep { /^socket:/ } values %$fds)[0], 'skd -B has no socket open but its listener');
ok(end_daemon($daemon), 'SIGTERM ends skd -B in the background');
like(get_file($log), qr/^skd: info: exiting$/m, 'skd -B logs its exit when SIGTERM ends it');
ok(!-e $daemon->{pid_file}, 'skd -B removes its pid file when SIGTERM ends it');

# ---- nothing keeps the caller waiting ----

for my $options ([], ['-S'], ['-t', '127.0.0.1:0'], ['-u', '127.0.0.1:0'])
{
  for my $logs ([], ['-L', ">$log"])
  {
    my $name = join ' ', 'skd -B', @$options, @$logs, 'sleep 60';
    my $end = skd_background({}, [@$options, @$logs], ['sleep', '60']);
    is($end->{code}, 0, "$name exits 0");
    my $wanted = grep { /0\.1/ } @$options;
    ok(eventually(sub { $wanted == grep { /^socket:/ } values %{fd_targets($end->{pid})} }), "$name keeps no socket to its parent open");
    end_daemon($end, 'QUIT');
  }
}
my $piped = start(command => [bin('skd'), '-BP', own_dir() . '/piped', '-t', '127.0.0.1:0', 'cat']);
my $all = read_all($piped->out);
like($all // 'open', qr/\A\d+\n\z/, 'a reader of the stdout of skd -B gets the port and the end of file');
my ($pid) = get_file(own_dir() . '/piped') =~ /(\d+)/;
kill 'TERM', $pid;

my $mute = skd_background({ closed => [1] }, ['-x', own_dir() . '/mute'], ['cat', $motd]);
is($mute->{code}, 0, 'with a closed standard output, which no port can be written to, skd -B starts all the same');
is($mute->{err}, '', 'with a closed standard output, skd -B prints no complaint');
is(ask({ path => own_dir() . '/mute' }), "welcome\n", 'with a closed standard output, skd -B serves');
end_daemon($mute);

# ---- failures ----

page_says('If skd cannot do that, the command exits with its exit code, after its message.');
page_says('Start-up errors still go to the original standard error.');
my $nowhere = '/nonexistent/file';
my $script = put_file('script', "#!/nonexistent/interpreter\n", 0755);
for my $case (
  [111, qr/unable to bind to 127\.0\.0\.1 port $busy/, ['-t', "127.0.0.1:$busy"], ['cat']],
  [111, qr/unable to open the log file \Q$nowhere\E/, ['-t', '127.0.0.1:0', '-L', ">$nowhere"], ['cat']],
  [127, qr/unable to exec \Q$nowhere\E/, ['-t', '127.0.0.1:0'], [$nowhere]],
  [127, qr/unable to exec \Q$nowhere\E/, ['-t', '127.0.0.1:0', '-L', ">$log"], [$nowhere]],
  [127, qr/unable to exec \Q$nowhere\E/, ['-S'], [$nowhere]],
  [127, qr/unable to exec \Q$nowhere\E/, [], [$nowhere]],
  [126, qr/unable to exec \Q$motd\E/, [], [$motd]],
  [127, qr/unable to exec \Q$script\E/, [], [$script]],
  [127, qr/unable to exec \Q$script\E/, ['-L', ">$log"], [$script]],
  [100, qr/usage: .*--max-clients/, ['-c', 'many'], ['cat']],
  [111, qr/unable to open the root directory \Q$nowhere\E/, ['-U', '-t', '127.0.0.1:0'], ['cat'], { UID => $>, GID => (split ' ', $))[0], ROOT => $nowhere }])
{
  my ($code, $words, $options, $prog, $env) = @$case;
  my $command = join ' ', @$options, @$prog;
  my $end = skd_background({ env => $env // {} }, $options, $prog);
  is($end->{code}, $code, "skd -B that is unable to start exits $code: $command");
  like($end->{err}, qr/\Askd: .*$words.*\n\z/,
       "skd -B that is unable to start prints the reason on stderr: $command") or diag(explain($end));
  is($end->{out}, '', "skd -B that is unable to start announces no port: $command");
  ok(!-s $end->{pid_file}, "skd -B that is unable to start leaves no pid in its pid file: $command");
}
is(run(bin('skd'), '-B', '-P', $nowhere, 'cat')->{code}, 111, 'skd -B exits 111 if the directory of its pid file does not exist');

# A daemon that is killed before it is ready: it waits for a lock on its path, which we hold.
SKIP:
{
  skip 'strace, to stop the daemon in time, is not installed', 2 unless tool('strace');
  my $early = run({ deadline => 30 }, tool('strace'), '-f', '-qq', '-o', own_dir() . '/trace', '-e', 'trace=setsid', '-e', 'inject=setsid:signal=KILL', bin('skd'), '-B', '-t', '127.0.0.1:0', 'cat');
  is($early->{code}, 111, 'skd -B exits 111 if the daemon is killed at its start');
  like($early->{err}, qr/^skd: fatal: the daemon was killed by signal 9 before it was ready$/m,
       'skd -B reports that the daemon was killed by signal 9 before it was ready');
}

# ---- without a socket ----

page_says('Without one, those of the two that are a terminal do.');
page_says('The working directory, the umask and the standard error stay as they are.');
my $facts = own_dir() . '/facts';
my $end = skd_background({ stdin => "word\n", dir => '/', umask => 027 }, [], ['sh', '-c', 'read x; echo "$x $PWD $(umask)"; echo err >&2; : > "$0"; exec sleep 60', $facts]);
ok(eventually(sub { -e $facts }), 'skd -B without a socket runs prog in the background');
is(fd_targets($end->{pid})->{0} =~ m{/in\.\d+$} ? 'file' : 'other', 'file', 'skd -B without a socket leaves prog a stdin that is no terminal');
my $out = fd_targets($end->{pid})->{1};
is(get_file($out), "word / 0027\n", 'skd -B without a socket leaves prog its stdout, working directory and umask');
is(get_file(fd_targets($end->{pid})->{2}), "err\n", 'skd -B without a socket leaves prog its stderr');
is(stat_of($end->{pid})->{session}, $end->{pid}, 'prog of skd -B without a socket leads a session');
end_daemon($end);

SKIP:
{
  my $tool = tool('script');
  skip 'script, to have a terminal, is not installed', 3 unless $tool && run($tool, '--version')->{out} =~ /util-linux/;
  skip 'this system has no pseudo-terminals', 3 if run($tool, '-qc', 'true', '/dev/null')->{code};
  my $file = own_dir() . '/tty';
  run($tool, '-qc', bin('skd') . " -BP $file sleep 60", '/dev/null');
  my ($on_tty) = get_file($file) =~ /(\d+)/;
  is(fd_targets($on_tty // 0)->{0}, '/dev/null', 'skd -B without a socket replaces a terminal as the stdin of prog by /dev/null');
  is(fd_targets($on_tty // 0)->{1}, '/dev/null', 'skd -B without a socket replaces a terminal as the stdout of prog by /dev/null');
  is(stat_of($on_tty // 0)->{terminal}, 0, 'prog of skd -B that is run from a terminal has no controlling terminal');
  kill 'KILL', $on_tty if $on_tty;
}

# ---- a caller with ignored SIGCHLD, and one that does not wait ----

for my $options ([], ['-t', '127.0.0.1:0'])
{
  my $end = skd_background({ ignore => ['CHLD'] }, $options, ['sleep', '60']);
  is($end->{code}, 0, 'skd -B exits 0 with SIGCHLD ignored, ' . (@$options ? 'with a socket' : 'without a socket'));
  ok(signal_in_mask(status_field($end->{pid}, 'SigIgn'), 17),
     'prog of skd -B without a socket starts with SIGCHLD ignored if the caller ignored it') unless @$options;
  end_daemon($end);
  is(skd_background({ ignore => ['CHLD'] }, [@$options, '-L', ">$nowhere"], ['cat'])->{code}, 111,
     'skd -B that is unable to open its log exits 111 with SIGCHLD ignored, ' . (@$options ? 'with a socket' : 'without a socket'));
}

page_says('In a pipeline, the next command reads on until the daemon has closed what it was given: without a socket its standard output, and its standard error if that goes into the pipe, too.');
{
  my $file = own_dir() . '/in-a-pipeline';
  my $ends = run('sh', '-c', '"$0" -BP "$1" -t 127.0.0.1:0 -- cat | cat', bin('skd'), $file);
  is($ends->{code}, 0, 'skd -B with a socket lets the pipeline that it is in end');
  like($ends->{out}, qr/\A\d+\n\z/, 'skd -B in a pipeline passes its port to the next command');
  my ($pid) = get_file($file) =~ /(\d+)/;
  ok($pid && is_live($pid), 'skd -B lives on when the pipeline that it was started in has ended');
  kill 'TERM', $pid if $pid;
  eventually(sub { !is_live($pid) }) if $pid;  # the next daemon wants its pid file
  my $waits = start(command => ['sh', '-c', '"$0" -BP "$1" -t 127.0.0.1:0 -- cat 2>&1 | cat', bin('skd'), $file]);
  eventually(sub { get_file($file) =~ /(\d+)/ && $1 ne ($pid // '') });
  ($pid) = get_file($file) =~ /(\d+)/;
  ok(!$waits->wait(0.3), 'skd -B with its stderr in a pipe keeps the pipeline open');
  kill 'TERM', $pid if $pid;
  ok($waits->wait, 'a pipeline that the stderr of skd -B kept open ends when the daemon ends');
}

done_testing();
