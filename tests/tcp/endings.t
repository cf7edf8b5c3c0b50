#!/usr/bin/env perl
# How connections end: words for the refused, resets, the first data, and answers that arrive whole.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Rules;
use Sallyport::Unix;
use Errno qw(ECONNRESET);
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(MSG_DONTWAIT SOCK_DGRAM);

page('s6-tcpserverd');
my $hold = ['sh', '-c', 'echo hello; exec cat'];

# Everything until the end, and the error that came instead of it.
sub to_the_end
{
  my ($client) = @_;
  my $text = '';
  for (;;)
  {
    my $n = sysread $client, $text, 65536, length $text;
    return ($text, $! + 0) unless defined $n;
    return ($text, 0) unless $n;
  }
}

# The same of a client that sends a lot meanwhile.
sub to_the_end_of_a_talker
{
  my ($client, $bytes) = @_;
  my $writer = fork // die;
  if (!$writer) { say_to($client, 'y' x $bytes); POSIX::_exit(0) }
  my @end = to_the_end($client);
  kill 'KILL', $writer;
  waitpid $writer, 0;
  return @end;
}

# ---- words ----

page_says('Send text to a client that is refused because of a limit, a rate, a penalty or a rule, and end its connection so that the text arrives.');
my $server = start_server(['-v', '-C', 1, '--refuse-with=421 busy\r\n'], $hold);
my $first = open_client($server);
read_line($first);
is_deeply([to_the_end(open_client($server))], ["421 busy\r\n", 0], 's6-tcpserver --refuse-with: a refused client gets the text and a clean end');
for (1 .. 20)
{
  my ($text, $error) = to_the_end_of_a_talker(open_client($server), 50_000);
  is("$text|$error", "421 busy\r\n|0", "s6-tcpserver --refuse-with: refused client $_, which sends a lot, gets the text and no reset");
}
my $rules = new_rules('none', 'ip4/127.0.0.1_32/deny' => '');
my $strict = start_server(['-i', $rules, '--refuse-with=no'], $hold);
is((to_the_end(open_client($strict)))[0], 'no', 's6-tcpserver --refuse-with: a client that a rule refuses gets the text');
my $rated = start_server(['--source-rate=1/3600', '--refuse-with=later'], ['true']);
ask($rated);
is((to_the_end(open_client($rated)))[0], 'later', 's6-tcpserver --refuse-with: a client above the rate gets the text');
my $unix = start_server(['-C', 1, '--refuse-with=\\\\\\t'], $hold, path => unix_path());
my $holder = open_client($unix);
read_line($holder);
is((to_the_end(open_client($unix)))[0], "\\\t", 's6-tcpserver --refuse-with: a refused Unix-domain client gets the text, with every escape');

page_says('Refuse a client that comes while the limit of all clients is reached; without this option it waits in the backlog.');
my $full = start_server(['-v', '-c', 1, '--refuse-when-full', '--refuse-with=full'], $hold);
my $one = open_client($full);
read_line($one);
is((to_the_end(open_client($full)))[0], 'full',
   's6-tcpserver --refuse-when-full: a client that comes at the client limit is refused with the text of --refuse-with');
log_says($full, qr/info: refuse 127\.0\.0\.1_\d+ full \(-c\)$/, 's6-tcpserver --refuse-when-full: the log has the reason of the refusal');
log_says($full, qr/warning: the client limit 1 is reached: further clients are refused$/,
  's6-tcpserver --refuse-when-full: the log has that further clients are refused');
stop_sending($one);
read_all($one);
log_says($full, qr/ end pid /, 's6-tcpserver --refuse-when-full: a client that leaves ends its program');
is(read_line(open_client($full)), "hello\n", 's6-tcpserver --refuse-when-full: a client that comes when a place is free is served');

page_says('Reset the TCP connection of a refused client');
my $reset = start_server(['-C', 1, '--reset-refused'], $hold);
my $kept = open_client($reset);
read_line($kept);
# It may come as soon as the connection is made, and is then the connection's error.
my $hit = eval { open_client($reset) };
is($hit ? (to_the_end($hit))[1] : $! + 0, ECONNRESET, 's6-tcpserver --reset-refused: the connection of a refused client is reset');

# ---- first data ----

page_says('Launch no program for a client before it has sent something', 'The end of its stream counts as data.');
my $lazy = start_server(['-v', '--first-data=1000'], ['cat']);
my $silent = open_client($lazy);
my $speaks = open_client($lazy);
say_to($speaks, "hello\n");
is(read_line($speaks), "hello\n", 's6-tcpserver --first-data: a client that speaks is served');
is(log_count($lazy, qr/accept /), 1, 's6-tcpserver --first-data: no program is launched for a silent client');
say_to($silent, "at last\n");
is(read_line($silent), "at last\n", 's6-tcpserver --first-data: a silent client is served when it speaks, with all that it has sent');
my $ends = open_client($lazy);
stop_sending($ends);
is(read_all($ends), '', 's6-tcpserver --first-data: a client that ends its stream is served');
ok(eventually(sub { log_count($lazy, qr/accept /) == 3 }), 's6-tcpserver --first-data: a program is launched for a client that ends its stream');

page_says('and refuse it if it sends nothing for s seconds.');
my $hasty = start_server(['-v', '--first-data=1'], ['cat']);
ok(closed_by_server(open_client($hasty)), 's6-tcpserver --first-data=1: a client that stays silent is refused');
log_says($hasty, qr/info: refuse 127\.0\.0\.1_\d+ silent for 1 s$/,
  's6-tcpserver --first-data=1: the log has the reason why a silent client is refused');

page_says('At --max-pending of them, the oldest one gives way.');
my $crowded = start_server(['-v', '--first-data=1000', '--max-pending=3'], ['cat']);
my @waiting = map { open_client($crowded) } 1 .. 4;
ok(closed_by_server($waiting[0]), 's6-tcpserver --max-pending=3: the oldest of four silent clients gives way');
log_says($crowded, qr/ silent while many others came$/, 's6-tcpserver --max-pending=3: the silent client that gives way is logged');
for (1 .. 3)
{
  say_to($waiting[$_], "$_\n");
  is(read_line($waiting[$_]), "$_\n", "s6-tcpserver --max-pending=3: client $_ of the three that still wait is served");
}

page_says('While the limit of all clients is reached they wait, and this time does not count.');
my $limited = start_server(['-v', '-c', 1, '--first-data=1'], ['cat']);
my $served = open_client($limited);
say_to($served, "a\n");
read_line($served);
my @later = map { my $c = open_client($limited); say_to($c, "b\n"); $c } 1 .. 3;
stop_sending($served);
read_all($served);
is(read_line($later[0]), "b\n", 's6-tcpserver --first-data=1: a client that waits for a place at the client limit is not refused for it');

# ---- linger ----

page_says('When the program of a client has ended, end its connection so that the whole answer arrives');
my $answer = 'z' x 200_000;
my $file = put_file('answer', $answer);
for my $way ([], ['--portable-launch'])
{
  my $name = @$way ? 'portable' : 'quick';
  my $gentle = start_server(['-c', 100, '-C', 100, '--linger=10', @$way], ['cat', $file]);
  my @whole = grep { my ($text, $error) = to_the_end_of_a_talker(open_client($gentle), 300_000); $text eq $answer && !$error } 1 .. 20;
  is(scalar(@whole), 20, "s6-tcpserver --linger, $name launch: 20 of 20 answers to requests that are not read arrive whole");
  ok(eventually(sub { scalar(my @fds = glob '/proc/' . $gentle->pid . '/fd/*') < 15 }),
     "s6-tcpserver --linger, $name launch: no descriptor is left after 20 clients") if -d '/proc/self/fd';
}
page_says('The end of the program is then the end of the connection');
my $fifo = own_dir() . '/fifo';
POSIX::mkfifo($fifo, 0600) or die;
my $closes = start_server(['--linger=10'], ['sh', '-c', 'echo closing; exec 1>&- 0<&-; read -r line < "$0"', $fifo]);
my $waits = open_client($closes);
is(read_line($waits), "closing\n", 's6-tcpserver --linger: a program writes to its client before it closes its connection');
ok(!IO::Select->new($waits)->can_read(0.2),
   's6-tcpserver --linger: no end is seen by the client of a program that closes its connection and goes on');
open my $go, '>', $fifo or die;
print $go "go\n";
close $go;
is(read_all($waits), '', 's6-tcpserver --linger: the end of the program is the end of its connection');

my $crowd = start_server(['-c', 2000, '-C', 2000, '--linger=10'], ['true']);
is(scalar(grep { defined $_ && $_ eq '' } map { ask($crowd) } 1 .. 300), 300,
   's6-tcpserver --linger: 300 clients, one after the other, see the end of their connections');

# ---- notify ----

page_says('The programs of clients do not inherit it.');
my $where = unix_path();
my $manager = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $where) or die;
sub next_message { my $message = ''; eventually(sub { recv $manager, $message, 100, MSG_DONTWAIT; $message ne '' }); return $message }
my $noted = start_server(['--notify'], ['sh', '-c', 'echo "${NOTIFY_SOCKET-unset}"'], env => { NOTIFY_SOCKET => $where });
is(next_message(), "READY=1\n", 's6-tcpserver --notify: the manager learns that the daemon is ready');
is(ask($noted), "unset\n", 's6-tcpserver --notify: programs do not have the variable NOTIFY_SOCKET');
$noted->signal('TERM');
$noted->wait;
is(next_message(), "STOPPING=1\n", 's6-tcpserver --notify: the manager learns that the daemon ends');
my $plain = start_server([], ['sh', '-c', 'echo "${NOTIFY_SOCKET-unset}"'], env => { NOTIFY_SOCKET => $where });
is(ask($plain), "$where\n", 's6-tcpserver without --notify: the variable NOTIFY_SOCKET is passed on to programs');

for (['--reset-refused', '--refuse-with=x', '--reset-refused and --refuse-with cannot be given together'], ['--refuse-with=\\x', 'refuse-with must be'], ['--first-data=x', 'first-data must be'])
{
  my @words = @$_;
  my $words = pop @words;
  my $end = run(bin('s6-tcpserver'), @words, '127.0.0.1', 0, 'true');
  is($end->{code}, 100, "s6-tcpserver @words is a usage error");
  like($end->{err}, qr/\Q$words\E/, "s6-tcpserver @words: the message explains the usage error");
}

done_testing;
