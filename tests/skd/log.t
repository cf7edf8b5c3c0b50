#!/usr/bin/env perl
# skd -L with files: what goes there, and what SIGHUP does.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;
use Fcntl;
use IO::Socket::UNIX;
use POSIX ();

page('skd');

my $log = own_dir() . '/skd.log';

sub lines_in
{
  my ($file, $regex) = @_;
  return eventually(sub { scalar grep { $_ =~ $regex } split /\n/, get_file($file) });
}

page_says('Make file empty, and write to its end.');
page_says('Write to the end of file.');
for my $case (['>', 'new'], ['>>', 'old new'], ['> ', 'new'], [">>\t ", 'old new'])
{
  my ($arrows, $wanted) = @$case;
  put_file($log, "old\n");
  my $end = run(bin('skd'), '-L', "$arrows$log", 'sh', '-c', 'echo new >&2');
  is($end->{err}, '', "skd -L '${arrows}FILE' prints nothing on stderr");
  is(join(' ', split /\n/, get_file($log)), $wanted, "skd -L '${arrows}FILE' writes the stderr of prog to its log file");
}
unlink $log;
run({ umask => 027 }, bin('skd'), '-L', ">$log", 'true');
is(sprintf('%04o', (stat $log)[2] & 07777), '0640', 'skd -L makes a log file of mode 0640 with the umask 027');
page_says('A new file has mode 0644 without the bits of the umask.');
unlink $log;
run({ umask => 0 }, bin('skd'), '-L', ">$log", 'true');
is(sprintf('%04o', (stat $log)[2] & 07777), '0644', 'skd -L makes a log file of mode 0644 with the umask 0');
is(run({ dir => own_dir() }, bin('skd'), '-L', '>relative', 'sh', '-c', 'echo word >&2')->{code}, 0, 'skd -L takes a relative file name');
is(get_file(own_dir() . '/relative'), "word\n", 'skd -L looks a relative file name up in its working directory');

page_says('The standard error of skd is its log, and the standard error of every prog.');
unlink $log;
my $server = skd(['-vt', '127.0.0.1:0', '-L', ">$log"], ['sh', '-c', 'echo a word from the child >&2; cat']);
ask($server);
ok(lines_in($log, qr/^skd: info: accept /), 'skd -L writes its own lines to its log file');
ok(lines_in($log, qr/^a word from the child$/), 'skd -L writes the stderr of its children to its log file');
is(log_text($server), '', 'skd -L prints nothing on the stderr that it was started with');

# Several writers do not overwrite one another.
my @clients = map { open_client($server) } 1 .. 5;
ok(eventually(sub { (grep { /^a word/ } split /\n/, get_file($log)) == 6 }), 'skd -L has a line of each of six children in its log file');
close $_ for @clients;

page_says('Open the log file of -L again, by its name, with the identity and the root directory that skd has by then.');
page_says('The file is not made empty.');
$server->signal('HUP');
ok(lines_in($log, qr/^skd: info: received SIGHUP, opening the log again$/), 'skd -L logs a SIGHUP');
ok(lines_in($log, qr/^skd: info: accept /), 'skd -L keeps the lines of a log file that is still there at a SIGHUP');
rename $log, "$log.1" or die;
ask($server);
ok(!-e $log, 'skd -L makes no new log file when the old one is renamed');
$server->signal('HUP');
ok(eventually(sub { -e $log }), 'skd -L makes a new log file at a SIGHUP if the old one was renamed');
ask($server);
ok(lines_in($log, qr/^a word from the child$/), 'skd -L writes the stderr of children to the new log file after a SIGHUP');

page_says('Children are left alone: this is not what the signal means to s6-tcpserverd(1).');
my $client = open_client($server);
say_to($client, "one\n");
is(read_line($client), "one\n", 'skd -L serves a client before a SIGHUP');
$server->signal('HUP');
ask($server);
say_to($client, "two\n");
is(read_line($client), "two\n", 'skd -L goes on serving a client that was connected before a SIGHUP');
close $client;

page_says('If that fails, the log stays where it is, with a line about it.');
rename $log, "$log.2" or die;
mkdir $log or die;
$server->signal('HUP');
ok(lines_in("$log.2", qr/^skd: warning: unable to open the log file \Q$log\E: Is a directory$/),
   'skd -L logs to the old file that a directory is in the place of its log file at a SIGHUP');
ask($server);
ok($server->alive, 'skd -L goes on when it is unable to open its log file at a SIGHUP');
rmdir $log;

# What another user may have put there must not be written to, and must not stop the service.
page_says('file may be a FIFO or a terminal, but not a symbolic link or a block device.');
page_says('A FIFO that no process reads is not opened: skd exits 111 at the start, and keeps its log at a SIGHUP.');
my $other = put_file('precious', "words\n");
my %instead = (
  'a symbolic link' => [sub { symlink $other, $log }, 'it is a symbolic link'],
  'a link to nothing' => [sub { symlink own_dir() . '/made-by-a-link', $log }, 'it is a symbolic link'],
  'a FIFO that no process reads' => [sub { POSIX::mkfifo($log, 0600) }, 'no process reads it'],
  'a socket' => [sub { IO::Socket::UNIX->new(Listen => 1, Local => $log) }, 'no process reads it'],
);
for my $what (sort keys %instead)
{
  my ($make, $why) = @{$instead{$what}};
  my $moved = own_dir() . '/moved';
  my $living = skd(['-vt', '127.0.0.1:0', '-L', ">$log"], ['cat']);
  rename $log, $moved or die;
  my $held = $make->() or die "cannot make $what: $!\n";
  $living->signal('HUP');
  ok(lines_in($moved, qr/^skd: warning: unable to open the log file \Q$log\E: $why$/),
     "skd -L keeps its log and warns if $what is in the place of the log file at a SIGHUP");
  is(ask($living, send => 'x'), 'x', "skd -L serves clients after a SIGHUP with $what in the place of the log file");
  $living->signal('TERM');
  is(($living->wait // {})->{code}, 0, "skd -L exits 0 at a SIGTERM after a SIGHUP with $what in the place of the log file");
  my $start = run(bin('skd'), '-t', '127.0.0.1:0', '-L', ">>$log", 'cat');
  is("$start->{code} $start->{err}", "111 skd: fatal: unable to open the log file $log: $why\n",
     "skd -L exits 111 if $what is in the place of the log file at the start");
  undef $held;
  unlink $log;
}
is(get_file($other), "words\n", 'skd -L does not write to the file that a symbolic link in the place of its log file points to');
ok(!-e own_dir() . '/made-by-a-link', 'skd -L does not make the file that a symbolic link in the place of its log file points to');

# A FIFO with a reader that then does not read: programs wait for room, skd does not.
POSIX::mkfifo($log, 0600) or die;
sysopen my $reader, $log, O_RDONLY | O_NONBLOCK or die;
my $fifo = skd(['-vt', '127.0.0.1:0', '-L', ">>$log"], ['cat']);
is(ask($fifo, send => $_), $_, "skd -L with a FIFO as its log file serves client $_") for 1, 2;
my ($flags) = get_file('/proc/' . $fifo->pid . '/fdinfo/2') =~ /^flags:\s*(\d+)/m;
is(oct($flags // 0) & O_NONBLOCK, 0, 'skd -L with a FIFO as its log file has a blocking stderr for its programs');
$fifo->put_down;
close $reader;
unlink $log;

my $nowhere = skd(['-t', '127.0.0.1:0'], ['cat']);
$nowhere->signal('HUP');
is(ask($nowhere, send => 'x'), 'x', 'skd without -L serves clients after a SIGHUP');

# A start that fails, because the daemon runs already, does not cost its log.
my $pid = own_dir() . '/pid';
unlink $log;
my $first = skd(['-vt', '127.0.0.1:0', '-P', $pid, '-L', ">$log"], ['cat']);
ask($first);
my $lines = get_file($log);
is(run(bin('skd'), '-t', '127.0.0.1:0', '-P', $pid, '-L', ">$log", 'cat')->{code}, 111, 'skd -P -L exits 111 if another skd has the same pid file');
is(substr(get_file($log), 0, length $lines), $lines, 'skd -P -L that fails at a pid file in use leaves the log of the other skd alone');

# A log that takes nothing must not stop the service.
SKIP:
{
  skip '/dev/full is not there', 2 unless -c '/dev/full';
  my $full = skd(['-vt', '127.0.0.1:0', '-L', '>>/dev/full'], ['cat']);
  is(ask($full, send => $_), $_, "skd -L with a full device under its log serves client $_") for 1, 2;
}

page_says('Start-up errors still go to the original standard error.');
my $end = run(bin('skd'), '-L', ">$log", '/nonexistent/program');
like($end->{err}, qr/unable to exec/, 'skd -L reports on stderr that it is unable to exec a prog that does not exist');
is($end->{code}, 127, 'skd -L exits 127 if prog does not exist');
is(run(bin('skd'), '-L', '>/nonexistent/log', 'true')->{err}, "skd: fatal: unable to open the log file /nonexistent/log: No such file or directory\n",
   'skd -L reports on stderr a log file whose directory does not exist');

done_testing();
