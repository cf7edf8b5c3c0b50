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
is($daemon->{code}, 0, 'the command exits 0');
ok($daemon->{port}, 'the port is announced by then');
ok($daemon->{pid}, 'the pid file is written by then');
like(get_file($log), qr/^skd: info: starting - bound to ip 127\.0\.0\.1 port $daemon->{port}$/m, 'the log has been begun');
is($daemon->{err}, '', 'nothing is said');
is(ask($daemon), "welcome\n", 'clients are served');

page_says('starts a session of its own, and has no controlling terminal.');
my $is = stat_of($daemon->{pid});
is($is->{session}, $daemon->{pid}, 'it leads a session');
is($is->{group}, $daemon->{pid}, 'and a process group');
is($is->{terminal}, 0, 'it has no terminal');
isnt($is->{parent}, $$, 'it is not our child');
page_says('With a socket, its standard input and standard output become /dev/null.');
my $fds = fd_targets($daemon->{pid});
is($fds->{0}, '/dev/null', 'stdin');
is($fds->{1}, '/dev/null', 'stdout');
is($fds->{2}, $log, 'stderr is the log');
is(join(' ', grep { /^socket:/ } values %$fds), (grep { /^socket:/ } values %$fds)[0], 'the listener is its only socket');
ok(end_daemon($daemon), 'SIGTERM ends it');
like(get_file($log), qr/^skd: info: exiting$/m, 'in an orderly way');
ok(!-e $daemon->{pid_file}, 'and the pid file is gone');

# ---- nothing keeps the caller waiting ----

for my $options ([], ['-S'], ['-t', '127.0.0.1:0'], ['-u', '127.0.0.1:0'])
{
  for my $logs ([], ['-L', ">$log"])
  {
    my $name = "@$options @$logs";
    my $end = skd_background({}, [@$options, @$logs], ['sleep', '60']);
    is($end->{code}, 0, "the command ends: $name");
    my $wanted = grep { /0\.1/ } @$options;
    ok(eventually(sub { $wanted == grep { /^socket:/ } values %{fd_targets($end->{pid})} }), 'no end of the way to the parent is left open');
    end_daemon($end, 'QUIT');
  }
}
my $piped = start(command => [bin('skd'), '-BP', own_dir() . '/piped', '-t', '127.0.0.1:0', 'cat']);
my $all = read_all($piped->out);
like($all // 'open', qr/\A\d+\n\z/, 'a reader of stdout sees the port and the end of file');
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
  my $end = skd_background({ env => $env // {} }, $options, $prog);
  is($end->{code}, $code, "@$options @$prog: $code");
  like($end->{err}, qr/\Askd: .*$words.*\n\z/, 'its message is on stderr') or diag(explain($end));
  is($end->{out}, '', 'no port is announced');
  ok(!-s $end->{pid_file}, 'no pid is left');
}
is(run(bin('skd'), '-B', '-P', $nowhere, 'cat')->{code}, 111, 'no place for a pid file: 111');

# A daemon that is killed before it is ready: it waits for a lock on its path, which we hold.
SKIP:
{
  skip 'strace, to stop the daemon in time, is not installed', 2 unless tool('strace');
  my $early = run({ deadline => 30 }, tool('strace'), '-f', '-qq', '-o', own_dir() . '/trace', '-e', 'trace=setsid', '-e', 'inject=setsid:signal=KILL', bin('skd'), '-B', '-t', '127.0.0.1:0', 'cat');
  is($early->{code}, 111, 'a daemon killed at its start: 111');
  like($early->{err}, qr/^skd: fatal: the daemon was killed by signal 9 before it was ready$/m, 'in words');
}

# ---- without a socket ----

page_says('Without one, those of the two that are a terminal do.');
page_says('The working directory, the umask and the standard error stay as they are.');
my $facts = own_dir() . '/facts';
my $end = skd_background({ stdin => "word\n", dir => '/', umask => 027 }, [], ['sh', '-c', 'read x; echo "$x $PWD $(umask)"; echo err >&2; : > "$0"; exec sleep 60', $facts]);
ok(eventually(sub { -e $facts }), 'prog runs');
is(fd_targets($end->{pid})->{0} =~ m{/in\.\d+$} ? 'file' : 'other', 'file', 'a stdin that is no terminal stays');
my $out = fd_targets($end->{pid})->{1};
is(get_file($out), "word / 0027\n", 'so do stdout, directory and umask');
is(get_file(fd_targets($end->{pid})->{2}), "err\n", 'and stderr');
is(stat_of($end->{pid})->{session}, $end->{pid}, 'prog leads the session');
end_daemon($end);

SKIP:
{
  my $tool = tool('script');
  skip 'script, to have a terminal, is not installed', 3 unless $tool && run($tool, '--version')->{out} =~ /util-linux/;
  skip 'this system has no pseudo-terminals', 3 if run($tool, '-qc', 'true', '/dev/null')->{code};
  my $file = own_dir() . '/tty';
  run($tool, '-qc', bin('skd') . " -BP $file sleep 60", '/dev/null');
  my ($on_tty) = get_file($file) =~ /(\d+)/;
  is(fd_targets($on_tty // 0)->{0}, '/dev/null', 'stdin was a terminal');
  is(fd_targets($on_tty // 0)->{1}, '/dev/null', 'stdout was a terminal');
  is(stat_of($on_tty // 0)->{terminal}, 0, 'there is no controlling terminal');
  kill 'KILL', $on_tty if $on_tty;
}

# ---- a caller with ignored SIGCHLD, and one that does not wait ----

for my $options ([], ['-t', '127.0.0.1:0'])
{
  my $end = skd_background({ ignore => ['CHLD'] }, $options, ['sleep', '60']);
  is($end->{code}, 0, "with SIGCHLD ignored: 0 (@$options)");
  ok(signal_in_mask(status_field($end->{pid}, 'SigIgn'), 17), 'and prog finds it ignored') unless @$options;
  end_daemon($end);
  is(skd_background({ ignore => ['CHLD'] }, [@$options, '-L', ">$nowhere"], ['cat'])->{code}, 111, 'with a failure: 111');
}

page_says('In a pipeline, the next command reads on until the daemon has closed what it was given: without a socket its standard output, and its standard error if that goes into the pipe, too.');
{
  my $file = own_dir() . '/in-a-pipeline';
  my $ends = run('sh', '-c', '"$0" -BP "$1" -t 127.0.0.1:0 -- cat | cat', bin('skd'), $file);
  is($ends->{code}, 0, 'with a socket the pipeline ends');
  like($ends->{out}, qr/\A\d+\n\z/, 'with the port');
  my ($pid) = get_file($file) =~ /(\d+)/;
  ok($pid && is_live($pid), 'and the daemon lives');
  kill 'TERM', $pid if $pid;
  eventually(sub { !is_live($pid) }) if $pid;  # the next daemon wants its pid file
  my $waits = start(command => ['sh', '-c', '"$0" -BP "$1" -t 127.0.0.1:0 -- cat 2>&1 | cat', bin('skd'), $file]);
  eventually(sub { get_file($file) =~ /(\d+)/ && $1 ne ($pid // '') });
  ($pid) = get_file($file) =~ /(\d+)/;
  ok(!$waits->wait(0.3), 'a standard error in the pipe keeps it open');
  kill 'TERM', $pid if $pid;
  ok($waits->wait, 'until the daemon ends');
}

done_testing();
