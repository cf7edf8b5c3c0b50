#!/usr/bin/env perl
# skd -L with files: what goes there, and what SIGHUP does.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;

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
  is($end->{err}, '', "$arrows: nothing on stderr");
  is(join(' ', split /\n/, get_file($log)), $wanted, 'in the file');
}
unlink $log;
run({ umask => 027 }, bin('skd'), '-L', ">$log", 'true');
is(sprintf('%04o', (stat $log)[2] & 07777), '0640', 'a new file has what the umask leaves of 0666');
is(run({ dir => own_dir() }, bin('skd'), '-L', '>relative', 'sh', '-c', 'echo word >&2')->{code}, 0, 'a relative name');
is(get_file(own_dir() . '/relative'), "word\n", 'is one of the working directory');

page_says('The standard error of skd is its log, and the standard error of every prog.');
unlink $log;
my $server = skd(['-vt', '127.0.0.1:0', '-L', ">$log"], ['sh', '-c', 'echo a word from the child >&2; cat']);
ask($server);
ok(lines_in($log, qr/^skd: info: accept /), 'the log of skd');
ok(lines_in($log, qr/^a word from the child$/), 'and of its children');
is(log_text($server), '', 'and nothing on stderr as it was');

# Several writers do not overwrite one another.
my @clients = map { open_client($server) } 1 .. 5;
ok(eventually(sub { (grep { /^a word/ } split /\n/, get_file($log)) == 6 }), 'every line of six children is there');
close $_ for @clients;

page_says('Open the log file of -L again, by its name, with the identity and the root directory that skd has by then.');
page_says('The file is not made empty.');
$server->signal('HUP');
ok(lines_in($log, qr/^skd: info: received SIGHUP, opening the log again$/), 'SIGHUP is logged');
ok(lines_in($log, qr/^skd: info: accept /), 'and a file that is still there keeps its lines');
rename $log, "$log.1" or die;
ask($server);
ok(!-e $log, 'a renamed file stays the log');
$server->signal('HUP');
ok(eventually(sub { -e $log }), 'until SIGHUP');
ask($server);
ok(lines_in($log, qr/^a word from the child$/), 'then the new one is, for children too');

page_says('Children are left alone: this is not what the signal means to s6-tcpserverd(1).');
my $client = open_client($server);
say_to($client, "one\n");
is(read_line($client), "one\n", 'a client');
$server->signal('HUP');
ask($server);
say_to($client, "two\n");
is(read_line($client), "two\n", 'is served through a SIGHUP');
close $client;

page_says('If that fails, the log stays where it is, and says so.');
rename $log, "$log.2" or die;
mkdir $log or die;
$server->signal('HUP');
ok(lines_in("$log.2", qr/^skd: warning: unable to open the log file \Q$log\E: Is a directory$/), 'it says so');
ask($server);
ok($server->alive, 'and goes on');
rmdir $log;

my $nowhere = skd(['-t', '127.0.0.1:0'], ['cat']);
$nowhere->signal('HUP');
is(ask($nowhere, send => 'x'), 'x', 'SIGHUP without a log file changes nothing');

# A start that fails, because the daemon runs already, does not cost its log.
my $pid = own_dir() . '/pid';
unlink $log;
my $first = skd(['-vt', '127.0.0.1:0', '-P', $pid, '-L', ">$log"], ['cat']);
ask($first);
my $lines = get_file($log);
is(run(bin('skd'), '-t', '127.0.0.1:0', '-P', $pid, '-L', ">$log", 'cat')->{code}, 111, 'a second daemon with the same files');
is(substr(get_file($log), 0, length $lines), $lines, 'leaves the log of the first alone');

# A log that takes nothing must not stop the service.
SKIP:
{
  skip '/dev/full is not there', 2 unless -c '/dev/full';
  my $full = skd(['-vt', '127.0.0.1:0', '-L', '>>/dev/full'], ['cat']);
  is(ask($full, send => $_), $_, "client $_ with a full disk under the log") for 1, 2;
}

page_says('what keeps skd from starting is said on the standard error as it was.');
my $end = run(bin('skd'), '-L', ">$log", '/nonexistent/program');
like($end->{err}, qr/unable to exec/, 'a program that does not exist');
is($end->{code}, 127, 'exit 127');
is(run(bin('skd'), '-L', '>/nonexistent/log', 'true')->{err}, "skd: fatal: unable to open the log file /nonexistent/log: No such file or directory\n", 'a directory that does not exist');

done_testing();
