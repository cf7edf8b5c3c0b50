#!/usr/bin/env perl
# The status socket of the daemons, and s6-serverstat in all its forms.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;
use IO::Socket::UNIX;
use IO::Socket::IP;
use Socket qw(SOCK_STREAM);

my $stat = bin('s6-serverstat');
sub show { return run($stat, @_) }

# All that the socket says, as { 'name{labels}' => value }.
sub raw
{
  my ($path) = @_;
  my $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) or return undef;
  return read_all($socket);
}
sub counts { my ($path) = @_; return { (raw($path) // '') =~ /^(sallyport_\S+?(?:\{.*?\})?) (\S+)$/mg } }
sub becomes { my ($path, $name, $value) = @_; return eventually(sub { (counts($path)->{"sallyport_$name"} // '') eq $value }) }

# ---- the socket ----

page('s6-tcpserverd');
page_says('Every connection gets all of them, in the text format of Prometheus, and is closed;', 'with mode 0600, which the daemon removes when it ends if it may.');
my $path = unix_path();
my $server = start_server(['-v', '-c', 3, '-C', 2, "--status-socket=$path"], ['sh', '-c', 'echo hello; read -r code; test "$code" != die || kill -KILL $$; exit "$code"']);
is((stat $path)[2] & 07777, 0600, 'the status socket of s6-tcpserverd has mode 0600');
my $fresh = counts($path);
is($fresh->{"sallyport_$_"}, 0, "the status socket of s6-tcpserverd has 0 for $_ at the start")
  for qw(clients sources pending draining holding accepted_total launched_total log_lines_lost_total session_seconds_count),
  map { "refused_total{reason=\"$_\"}" } qw(source rate penalty rules proxy check silent handshake full unidentified unjudged);
is($fresh->{sallyport_clients_limit}, 3, 'the status socket of s6-tcpserverd has the limit of all clients');
is($fresh->{sallyport_source_clients_limit}, 2, 'the status socket of s6-tcpserverd has the limit of clients of one source');
like(raw($path), qr/^sallyport_info\{program="s6-tcpserverd",version="[0-9.]+"\} 1$/m,
     'the status socket of s6-tcpserverd has the program and its version');
cmp_ok(abs($fresh->{sallyport_start_time_seconds} - time), '<', 100, 'the status socket of s6-tcpserverd has the time of the start');
is($fresh->{"sallyport_backlog{listener=\"127.0.0.1_$server->{port}\"}"}, 0, 'the status socket of s6-tcpserverd has the backlog of the listener')
  if platform() eq 'linux';

my @clients = map { open_client($server) } 1, 2;
read_line($_) for @clients;
ok(closed_by_server(open_client($server)), 's6-tcpserver -C 2 --status-socket refuses a third client of a source');
is(counts($path)->{sallyport_clients}, 2, 'the status socket of s6-tcpserverd counts two clients that are served');
is(counts($path)->{'sallyport_refused_total{reason="source"}'}, 1, 'the status socket of s6-tcpserverd counts a refusal by its reason');
is(counts($path)->{'sallyport_source_clients{source="127.0.0.1"}'}, 2, 'the status socket of s6-tcpserverd names the source with most clients');
is(counts($path)->{sallyport_accepted_total}, 3, 'the status socket of s6-tcpserverd counts a refused client as accepted, too');
is(show('--check', $path)->{code}, 0, 's6-serverstat --check exits 0 while new clients are served');
my $third = open_client($server, from => '127.0.0.2');
read_line($third);
is(show('--check', $path)->{code}, 1, 's6-serverstat --check exits 1 when the server is full');
like(show($path)->{out}, qr/^\Q$path\E: full$/m, 's6-serverstat shows that the server is full');
say_to($clients[0], "0\n");
say_to($clients[1], "5\n");
say_to($third, "die\n");
read_all($_) for @clients, $third;
ok(becomes($path, 'ended_total{how="ok"}', 1), 'the status socket of s6-tcpserverd counts an end with exit code 0');
ok(becomes($path, 'ended_total{how="code"}', 1), 'the status socket of s6-tcpserverd counts an end with another exit code');
ok(becomes($path, 'ended_total{how="signal"}', 1), 'the status socket of s6-tcpserverd counts an end by a signal');
ok(becomes($path, 'session_seconds_count', 3), 'the status socket of s6-tcpserverd counts the sessions that have ended');
is(counts($path)->{'sallyport_session_seconds_bucket{le="+Inf"}'}, 3,
   'the last bucket of session seconds on the status socket of s6-tcpserverd has all sessions');

page_says('Nothing is read from it, and it never makes the daemon wait.');
my @idle = map { IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path) } 1 .. 30;
is(ask($server, send => "0\n"), "hello\n", 's6-tcpserverd serves a client while 30 connections to the status socket read nothing');
my $chatty = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path);
say_to($chatty, 'x' x 1000);
is(ask($server, send => "0\n"), "hello\n", 's6-tcpserverd serves a client while a connection sends data to the status socket');
is(log_count($server, qr/status\.|sockets/), 0, 's6-tcpserverd logs nothing about connections to the status socket');
my $accepted = counts($path)->{sallyport_accepted_total};
is(counts($path)->{sallyport_accepted_total}, $accepted, 's6-tcpserverd does not count connections to the status socket as clients');

page_says('A socket that another process serves is not replaced.');
my $second = run(bin('s6-tcpserver'), "--status-socket=$path", '127.0.0.1', 0, 'true');
is($second->{code}, 111, 's6-tcpserver exits 111 if another server has the same status socket');
like($second->{err}, qr/^s6-tcpserver: fatal: unable to bind to \Q$path\E: /,
     's6-tcpserver prints that it is unable to bind to the status socket if another server has the same one');
$server->signal('TERM');
$server->wait;
ok(!-e $path, 's6-tcpserverd removes its status socket when it ends');
my $stale = stale_socket($path);
my $again = start_server(["--status-socket=$path"], ['true']);
ok(counts($path)->{sallyport_clients_limit}, 's6-tcpserver replaces a status socket that no process serves');

SKIP:
{
  skip 'needs the right to change the user id', 2 unless can_change_ids();
  my $mine = unix_path();
  my $other = start_server(['-u', 65534, '-g', 65534, "--status-socket=$mine"], ['true']);
  ok(counts($mine)->{sallyport_clients_limit}, 's6-tcpserver -u serves its status socket after it has changed its user');
  is((stat $mine)[4], 0, 'the status socket of s6-tcpserver -u belongs to the user who started the server');
}

# ---- no child has it ----

my $fds = unix_path();
my $lister = start_server(["--status-socket=$fds"], ['sh', '-c', 'ls -l /proc/$$/fd']);
unlike(ask($lister), qr/ (?:[3-9]|\d\d+) -> socket/, 'the program of a client of s6-tcpserverd does not inherit the status socket')
  if -d '/proc/self/fd';

# ---- every daemon ----

my $u = unix_path();
my $ipc = start_server(["--status-socket=$u"], ['echo', 'hello'], path => unix_path());
ask($ipc);
ok(becomes($u, 'launched_total', 1), 'the status socket of s6-ipcserverd counts a program that was launched');
my $s = unix_path();
my $skd = start_listening(ip => '127.0.0.1', command => [bin('skd'), "--status-socket=$s", '-t', '127.0.0.1:0', '--', 'echo', 'hello']);
ask($skd);
ok(becomes($s, 'launched_total', 1), 'the status socket of skd counts a program that was launched');
my $a = unix_path();
my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 64, ReuseAddr => 1) or die;
my $acceptor = start(fds => { 3 => $listener }, command => [bin('tcp-socket-accept'), "--status-socket=$a", 'echo', 'hello']);
ask({ ip => '127.0.0.1', port => $listener->sockport });
ok(becomes($a, 'launched_total', 1), 'the status socket of tcp-socket-accept counts a program that was launched');
my $given = unix_listener(Local => my $f = unix_path());
my $by_fd = start(fds => { 0 => IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 8, ReuseAddr => 1), 5 => $given }, command => [bin('s6-tcpserverd'), '--status-fd=5', 'true']);
ok(eventually(sub { counts($f)->{sallyport_clients_limit} }), 's6-tcpserverd --status-fd serves a status socket that another program has made');
for (['--status-fd=2', 'must be a descriptor from 3'], ['--status-fd=77', 'must be a Unix-domain socket that listens'], ['--status-socket=x', '--status-fd=5', 'cannot be given together'])
{
  my @words = @$_;
  my $words = pop @words;
  my $end = run({ fds => { 0 => IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 8, ReuseAddr => 1) } }, bin('s6-tcpserverd'), @words, 'true');
  is($end->{code}, 100, "s6-tcpserverd @words exits 100 with a usage error");
  like($end->{err}, qr/\Q$words\E/, "s6-tcpserverd @words prints: $words");
}

# ---- the forms ----

page('s6-serverstat');
my $text = show('-l', 'web', $u)->{out};
like($text, qr/^web: serving$/m, 's6-serverstat -l begins its text with the name and the state');
like($text, qr/^  clients +\[ {40}\] 0 of 40$/m, 's6-serverstat shows the number of clients with a bar');
like($text, qr/^  accepted +1, of which 1 were served and 0 refused$/m, 's6-serverstat shows how many clients were accepted, served and refused');
my @lines = split /\n/, $text;
cmp_ok(scalar @lines, '<=', 24, 's6-serverstat shows one service in 24 lines');
is(scalar(grep { length > 80 } @lines), 0, 's6-serverstat shows one service in 80 columns');

my $metrics = show('-f', 'prometheus', '-l', 'one', '-l', 'two', $u, $s);
is($metrics->{code}, 0, 's6-serverstat -f prometheus exits 0 with two services');
like($metrics->{out}, qr/^sallyport_up\{service="one"\} 1\nsallyport_up\{service="two"\} 1$/m,
     's6-serverstat -f prometheus prints the samples of a family together');
like($metrics->{out}, qr/^sallyport_refused_total\{service="two",reason="source"\} 0$/m,
     's6-serverstat -f prometheus adds the label of the service to other labels');
my %seen;
$seen{$_}++ for $metrics->{out} =~ /^# TYPE (\S+)/mg;
is(join(' ', grep { $seen{$_} > 1 } keys %seen), '', 's6-serverstat -f prometheus prints one TYPE for each family of two services');
my ($family, %done, @broken) = ('');
for (split /\n/, $metrics->{out})
{
  if (/^# HELP (\S+)/) { push @broken, $1 if $done{$1}++; $family = $1 }
  elsif (/^(sallyport_\w+)/) { push @broken, $_ unless $1 =~ /^\Q$family\E(?:_bucket|_sum|_count)?$/ }
}
is("@broken", '', 's6-serverstat -f prometheus interleaves no family of two services with another one');

my $open = show('-f', 'openmetrics', $u)->{out};
like($open, qr/^# TYPE sallyport_accepted counter\nsallyport_accepted_total 1$/m,
     's6-serverstat -f openmetrics prints the family of a counter without _total');
like($open, qr/\n# EOF\n\z/, 's6-serverstat -f openmetrics ends its output with EOF');

page_says('or not within the time.');
my $none = unix_path();
my $missing = show('-l', 'gone', $none);
is($missing->{code}, 111, 's6-serverstat exits 111 if the status socket does not exist');
like($missing->{out}, qr/^gone: no answer\n +No such file or directory$/m,
     's6-serverstat shows that a service does not answer, and the reason');
is(show('--check', $none)->{code}, 111, 's6-serverstat --check exits 111 if the status socket does not exist');
is(show('--check', $u, $none)->{code}, 1, 's6-serverstat --check exits 1 if one of two services does not answer');
my $mute = unix_listener(Local => my $m = unix_path());
is(show('-t', 100, $m)->{code}, 111, 's6-serverstat -t 100 exits 111 if a status socket does not answer');

page_says('drain', 'at least 1%.');
like(show('-f', 'agent', $u)->{out}, qr/\Aready 100%\n\z/, 's6-serverstat -f agent prints ready 100% for a server without clients');
is(show('-f', 'agent', $none)->{out}, "drain\n", 's6-serverstat -f agent prints drain if the service does not answer');

my $html = show('-f', 'html', '-l', 'web', '-l', 'gone', $u, $none)->{out};
like($html, qr/<!DOCTYPE html>.*<h2>web<\/h2>.*<span class="state no answer">.*<h2>gone<\/h2>/s,
     's6-serverstat -f html prints a section for each service, and one that does not answer is marked');
unlike($html, qr/(?:src|href)=|<script|url\(/, 's6-serverstat -f html prints a page that fetches nothing from elsewhere');
like($html, qr/prefers-color-scheme: dark/, 's6-serverstat -f html prints a page with colours for a dark screen');

my $scrape = start_server([], [$stat, '-f', 'http', $u]);
my $answer = ask($scrape, send => "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
like($answer, qr/\AHTTP\/1\.0 200 OK\r\nContent-Type: text\/plain; version=0\.0\.4; charset=utf-8\r\nContent-Length: (\d+)\r\n/,
     's6-serverstat -f http answers a request with the header of HTTP');
my ($length, $body) = $answer =~ /Content-Length: (\d+)\r\n.*?\r\n\r\n(.*)\z/s;
is(length $body, $length, 's6-serverstat -f http answers a request with as many bytes as its Content-Length');

page_says('Of several services, one without a name has its path as the label.');
{
  my $odd = own_dir() . '/odd"\\name';
  my @several = (start_server(["--status-socket=$odd"], ['cat']), start_server(['--status-socket=' . own_dir() . '/plain'], ['cat']));
  my $out = show('-f', 'prometheus', $odd, own_dir() . '/plain')->{out};
  my $escaped = $odd =~ s/(["\\])/\\$1/gr;
  like($out, qr/^sallyport_clients\{service="\Q$escaped\E"\} 0$/m, 's6-serverstat -f prometheus escapes quotes in the path of a service');
  like($out, qr/^sallyport_clients\{service="\Q${\own_dir()}\E\/plain"\} 0$/m,
       's6-serverstat -f prometheus labels one of several services without a name by its path');
  my %seen;
  is(join(' ', grep { $seen{$_}++ } $out =~ /^(sallyport_\S+) /mg), '',
     's6-serverstat -f prometheus prints no sample of several services without names twice');
  my $read = reads('parser', $out);
  is($read ? $read->{code} : 0, 0, 'the reader of Prometheus accepts the output of s6-serverstat for several services without names');
}

# Prometheus' own readers of its formats.
sub reads
{
  my ($parser, $text) = @_;
  my ($python) = grep { defined && (run($_, '-c', 'import prometheus_client')->{code} // -1) == 0 } tool('python3'), '/usr/bin/python3';
  return unless $python;
  my $script = "import sys\nfrom prometheus_client.$parser import text_string_to_metric_families as read\n"
    . "for family in read(open(sys.argv[1]).read()):\n  for sample in family.samples: print(family.name, family.type, sample.name, *sorted(sample.labels.items()))\n";
  return run($python, '-c', $script, put_file('read', $text));
}

SKIP:
{
  my $read = reads('parser', $metrics->{out});
  skip 'prometheus_client is not installed for python3', 6 unless $read;
  is($read->{code}, 0, 'the reader of Prometheus accepts the output of s6-serverstat for two services') or diag($read->{err});
  like($read->{out}, qr/^sallyport_accepted(?:_total)? counter sallyport_accepted_total \('service', /m,
       'the reader of Prometheus finds a counter of accepted clients in the output of s6-serverstat');
  like($read->{out}, qr/^sallyport_clients gauge sallyport_clients /m,
       'the reader of Prometheus finds a gauge of clients in the output of s6-serverstat');
  like($read->{out}, qr/^sallyport_session_seconds histogram sallyport_session_seconds_bucket \('le', '\+Inf'\)/m,
       'the reader of Prometheus finds a histogram of session seconds in the output of s6-serverstat');
  my $open = reads('openmetrics.parser', show('-f', 'openmetrics', '-l', 'one', $u)->{out});
  is($open->{code}, 0, 'the reader of OpenMetrics accepts the output of s6-serverstat -f openmetrics') or diag($open->{err});
  is(reads('parser', raw($u))->{code}, 0, 'the reader of Prometheus accepts the output of the status socket of s6-ipcserverd');
}

SKIP:
{
  my $promtool = tool('promtool');
  skip 'promtool is not installed', 2 unless $promtool;
  for (['s6-serverstat -f prometheus', put_file('one.prom', $metrics->{out})], ['a status socket', put_file('raw.prom', raw($u))])
  {
    my ($what, $file) = @$_;
    my $end = run({ fds => { 0 => $file } }, $promtool, 'check', 'metrics');
    is($end->{code}, 0, "promtool accepts the output of $what") or diag $end->{out}, $end->{err};
  }
}

for (['-f', 'xml', 'must be text'], ['-l', 'a b', 'must be printable'], ['-w', 0, 'must be seconds'], ['path...'], ['-l', 'a', '-l', 'b', $u, 'more labels than paths'])
{
  my @words = @$_;
  my $words = pop @words;
  my $end = show(@words, $words =~ /labels|path/ ? () : $u);
  is($end->{code}, 100, "s6-serverstat @words exits 100 with a usage error");
  like($end->{err}, qr/\Q$words\E/, "s6-serverstat @words prints: $words");
}

done_testing;
