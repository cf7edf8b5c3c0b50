#!/usr/bin/env perl
# s6-linger: answers arrive whole, though the program reads nothing of what its client sends.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;
use Socket qw(MSG_DONTWAIT);

page('s6-linger');

my $answer = 'x' x 200_000;
my $file = put_file('answer', $answer);

# A client that sends a lot before it reads, and its system refuses no more: it is reset where it is not read.
sub ask_with_body
{
  my ($server, $bytes) = @_;
  my $client = open_client($server);
  my $writer = fork // die;
  if (!$writer) { say_to($client, 'y' x $bytes); POSIX::_exit(0) }
  my $text = '';
  my $error = 0;
  while (1)
  {
    my $n = sysread $client, $text, 65536, length $text;
    $error = $! + 0, last unless defined $n;
    last unless $n;
  }
  kill 'KILL', $writer;
  waitpid $writer, 0;
  return ($text, $error);
}

page_says('sends the end of the stream, and then reads and throws away what the client still sends');
for my $way (['around a program', 's6-linger', 'cat', $file], ['as the last word', 'sh', '-c', "cat '$file'; exec \"\$0\"", 's6-linger'])
{
  my ($name, @words) = @$way;
  @words = map { $_ eq 's6-linger' ? bin('s6-linger') : $_ } @words;
  my $server = start_server([], [@words]);
  my @whole = grep { my ($text, $error) = ask_with_body($server, 300_000); $text eq $answer && !$error } 1 .. 20;
  is(scalar(@whole), 20, "s6-linger $name: 20 of 20 answers to requests of 300 kB are whole, and end without an error");
}
my $unix = start_server([], [bin('s6-linger'), 'cat', $file], path => unix_path());
is((ask_with_body($unix, 100_000))[0], $answer, 's6-linger: the answer to a client that sends more than is read is whole over a Unix-domain socket');

page_says('until the client\'s end or for 2 seconds in all.', 'Wait at most so many seconds for the client\'s end.');
for my $seconds (0, 1)
{
  my $server = start_server(['-v'], [bin('s6-linger'), '-t', $seconds, 'echo', 'hello']);
  my $silent = open_client($server);
  is(read_line($silent), "hello\n", "s6-linger -t $seconds: a client that sends nothing gets its answer");
  log_says($server, qr/ end pid \d+ exitcode 0 /, "s6-linger -t $seconds ends although a client does not end its side");
}
my $endless = start_server(['-v'], [bin('s6-linger'), '-t', 1, 'true']);
my $talker = open_client($endless);
my $writer = fork // die;
if (!$writer) { 1 while say_to($talker, 'z' x 65536); POSIX::_exit(0) }
log_says($endless, qr/ end pid \d+ exitcode 0 /, 's6-linger -t 1 ends although a client sends for ever');
kill 'KILL', $writer;
waitpid $writer, 0;

page_says('Then it exits with the exit code of prog.', 'or 128 and the number of the signal that ended it.');
is(run({ fds => { 0 => '/dev/null' } }, bin('s6-linger'), 'sh', '-c', "exit $_")->{code}, $_, "s6-linger has the exit code $_ of its program") for 0,
   1, 7, 255;
is(run({ fds => { 0 => '/dev/null' } }, bin('s6-linger'), 'sh', '-c', 'kill -KILL $$')->{code}, 137,
   's6-linger exits 137 if SIGKILL ends its program');
is(run({ fds => { 0 => '/dev/null' } }, bin('s6-linger'), '/nonexistent/program')->{code}, 127, 's6-linger exits 127 if its program does not exist');
is(run({ fds => { 0 => '/dev/null' } }, bin('s6-linger'), put_file('plain', ''))->{code}, 126,
   's6-linger exits 126 if its program cannot be executed');
is(run({ fds => { 0 => '/dev/null' } }, bin('s6-linger'))->{code}, 0, 's6-linger exits 0 without a program');

page_says('are sent on to prog while it runs.');
for my $signal (qw(TERM HUP INT QUIT USR1 USR2))
{
  my $lingers = start(command => [bin('s6-linger'), 'sh', '-c', "trap 'echo got $signal >&2; exit 3' $signal; echo ready >&2; while :; do sleep 0.1; done"], fds => { 0 => '/dev/null' });
  log_says($lingers, qr/^ready$/, "the program of s6-linger runs before SIG$signal");
  $lingers->signal($signal);
  log_says($lingers, qr/^got $signal$/, "s6-linger sends SIG$signal on to its program");
  is(($lingers->wait // {})->{code}, 3, "s6-linger has the exit code of its program that SIG$signal ends");
}

for (['--timeout=x', 'x'], ['-t', ''], ['--nonesuch', 'nonesuch'])
{
  my $end = run(bin('s6-linger'), @$_);
  is($end->{code}, 100, "s6-linger exits 100 with a usage error: @$_");
}

SKIP:
{
  skip 'curl is not installed', 2 unless tool('curl');
  my $page = put_file('page', "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n" . 'p' x 5000);
  my $server = start_server(['-c', 100, '-C', 100], [bin('s6-linger'), 'cat', $page]);
  my $post = put_file('post', 'b' x 300_000);
  my @codes = map { run(tool('curl'), '-s', '-o', '/dev/null', '--max-time', 30, "http://127.0.0.1:$server->{port}/")->{code} } 1 .. 50;
  is(join(',', grep { $_ } @codes), '', 'curl has no error in 50 requests to s6-linger');
  @codes = map { run(tool('curl'), '-s', '-o', '/dev/null', '--max-time', 30, '-H', 'Expect:', '--data-binary', "\@$post", "http://127.0.0.1:$server->{port}/")->{code} } 1 .. 20;
  is(join(',', grep { $_ } @codes), '', 'curl has no error in 20 posts of 300 kB to s6-linger');
}

done_testing;
