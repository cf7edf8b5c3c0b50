#!/usr/bin/env perl
# The log of s6-tcpserverd: its lines, word for word, and what happens when it has no reader.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserverd');

# ---- the lines of one client ----

page('sallyport-log');
page_says('info: starting - bound to ip IP port PORT');
page_says('info: accept CLIENT pid PID count N/MAX');
page_says('info: end pid PID exitcode CODE count N/MAX source=SOURCE');
page_says('info: status: N/MAX');
page('s6-tcpserverd');
page_says('With 2 or more, the start, the end, each signal and each client are logged too.');
my $server = start_server(['-v'], ['sh', '-c', 'echo $$; read -r how; eval "$how"']);
my $client = open_client($server);
my $pid = read_line($client);
chomp $pid;
my $from = $client->sockport;
say_to($client, "exit 3\n");
is(read_all($client), '', 's6-tcpserver -v serves a client whose program exits 3');
my @expected = (
  "info: starting - bound to ip 127.0.0.1 port $server->{port}", 'info: status: 0/40',
  "info: accept 127.0.0.1_$from pid $pid count 1/40", 'info: status: 1/40',
  "info: end pid $pid exitcode 3 count 0/40 source=127.0.0.1", 'info: status: 0/40',
);
ok(eventually(sub { log_lines($server) == 6 }), 's6-tcpserver -v: one client from start to end makes six lines');
is_deeply([map { s{ ms=\d+\z}{}r } log_lines($server)], [map { "s6-tcpserverd: $_" } @expected],
  's6-tcpserver -v: the lines of the start and of one client are as expected');

page('sallyport-log');
page_says('info: end pid PID signal NUMBER count N/MAX source=SOURCE');
$client = open_client($server);
chomp($pid = read_line($client));
say_to($client, "kill -9 \$\$\n");
read_all($client);
log_says($server, qr{^s6-tcpserverd: info: end pid $pid signal 9 count 0/40 source=127\.0\.0\.1 ms=\d+$},
  's6-tcpserver -v logs a child that is killed with its signal');

# Every exit code is passed on as it is.
my $codes = start_server(['-v'], ['sh', '-c', 'read -r code; exit "$code"']);
ask($codes, send => "$_\n") for 0 .. 255;
ok(eventually(sub { log_count($codes, qr/ end pid \d+ exitcode \d+ /) == 256 }),
   's6-tcpserver -v logs the ends of 256 children with different exit codes')
  or diag(log_count($codes, qr/ end pid/));
my %seen = map { / exitcode (\d+) / ? ($1 => 1) : () } log_lines($codes);
is_deeply([sort { $a <=> $b } keys %seen], [0 .. 255], 's6-tcpserver -v logs each of 256 exit codes as it is');

page_says('After the word status, the clients being served, and the limit of all.');
page_says('After the word count, those of the same source, and the limit of each source.');
my $two = start_server(['-v', '-c', 7, '-C', 5], ['cat']);
my @clients = map { open_client($two, from => "127.0.0.$_") } 1, 1, 2;
log_says($two, qr{status: 3/7$}, 's6-tcpserver -c 7 -C 5: the status line has three clients of seven');
log_says($two, qr{accept 127\.0\.0\.1_\d+ pid \d+ count 2/5$}, 's6-tcpserver -c 7 -C 5: the line of a client has two of five of the first source');
log_says($two, qr{accept 127\.0\.0\.2_\d+ pid \d+ count 1/5$}, 's6-tcpserver -c 7 -C 5: the line of a client has one of five of the second source');

page('s6-tcpserverd');
page_says('Log this much. With 0, only fatal errors are logged.');
page_says('With 1, which is the default, warnings and refused clients are logged too.');
for (['-q', 0], ['-Q', 1], [undef, 1], ['-v', 2])
{
  my ($option, $level) = @$_;
  my $name = $option // 'without -q and -v';
  my $one = start_server(['-C', 1, defined $option ? $option : ()], ['sh', '-c', 'echo; exec cat']);
  my $first = open_client($one);
  read_line($first);
  ok(closed_by_server(open_client($one)), "s6-tcpserver $name: a client is refused");
  log_says($one, qr/refuse/, "s6-tcpserver $name: the refusal is logged") if $level;
  is(log_count($one, qr/accept/), $level > 1 ? 1 : 0, "s6-tcpserver $name: connections are " . ($level > 1 ? '' : 'not ') . 'logged');
  is(log_count($one, qr/./), 0, "s6-tcpserver $name: nothing is logged") unless $level;
}

page('sallyport-log');
page_says('whole lines, one event each.');
page_says('A line begins with the name of the program and a level:');
is(scalar(grep { !/^s6-tcpserverd: (?:info|warning|fatal): / } map { log_lines($_) } $server, $codes, $two), 0,
  's6-tcpserverd begins all lines of its log with its name and a level');

# ---- no reader ----

page('s6-tcpserverd');
page_says('The log itself does not stop the service.');
page_says('lines are dropped, and their number is logged when the reader is back.');
page('sallyport-log');
page_says('warning: lost N log lines: their reader was too slow or gone');
sub server_with_log
{
  my ($log) = @_;
  my $silent = start_server(['-v', '-c', 1000, '-C', 1000], ['cat'], fds => { 2 => $log });
  my $good = 0;
  for (1 .. 400) { $good++ if ask($silent, send => $_) eq $_ }
  is($good, 400, 's6-tcpserverd serves 400 clients although nothing reads its log');
  return $silent;
}

pipe my $reader, my $writer or die;
fcntl $writer, 1031, 4096;  # F_SETPIPE_SZ: the smaller, the sooner it is full
my $slow = server_with_log($writer);
close $writer;
my $text = '';
my $told = eventually(sub
{
  $reader->blocking(0);
  while (sysread $reader, my $part, 65536) { $text .= $part }
  return $text =~ /^s6-tcpserverd: warning: lost (\d+) log lines: their reader was too slow or gone$/m ? $1 : 0;
});
cmp_ok($told, '>', 0, 's6-tcpserverd with a slow reader of its log: the lost lines are counted when it is back');
my $lines = () = $text =~ /\n/g;
my $whole = () = $text =~ /^s6-tcpserverd: (?:info|warning): .*\n/mg;
is($whole, $lines, 's6-tcpserverd with a slow reader of its log: all lines that are not lost are whole');
$slow->signal('TERM');
is_deeply($slow->wait, { code => 0, signal => 0 }, 's6-tcpserverd with a slow reader of its log: SIGTERM ends the daemon');

pipe $reader, $writer or die;
my $deserted = start_server(['-v'], ['cat'], fds => { 2 => $writer });
close $writer;
close $reader;
my $good = grep { ask($deserted, send => $_) eq $_ } 1 .. 50;
is($good, 50, 's6-tcpserverd without a reader of its log: 50 clients are served');
ok($deserted->alive, 's6-tcpserverd without a reader of its log: the daemon is alive');

SKIP:
{
  skip '/dev/full is not there', 1 unless -c '/dev/full';
  server_with_log('/dev/full');
}

done_testing();
