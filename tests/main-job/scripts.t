#!/usr/bin/env perl
# The main job, as the examples show it: the chain written by hand in sh and in execline, under s6-supervise and
# under runsv.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

$ENV{PATH} = "$ENV{SALLYPORT_BIN}:$ENV{PATH}";
$ENV{PORT} = 0;

# The examples as a person would have them: in a directory of one's own.
my $dir = own_dir();
system('cp', '-R', source_file('examples'), "$dir/examples") == 0 or die;

sub get_page
{
  my ($port, $path) = @_;
  return ask({ ip => '127.0.0.1', port => $port }, send => "GET $path HTTP/1.1\r\nHost: test\r\n\r\n");
}

sub port_of
{
  my ($server) = @_;
  my $line = log_has($server, qr/starting - bound to ip 127\.0\.0\.1 port \d+$/) // '';
  return $line =~ /(\d+)$/ ? $1 : 0;
}

sub is_page
{
  my ($page, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  like($page // '', qr{\AHTTP/1\.0 200 OK\r\n.*\r\n\r\n<!DOCTYPE html>\n.*^TCPCONNNUM=\d+\n.*^TCPREMOTEIP=127\.0\.0\.1\n.*</html>\n\z}ms, $name);
}

# ---- the page itself ----

{
  my $server = start_server([], ["$dir/examples/http/page"]);
  is_page(get_page($server->{port}, '/'), 'the page is served');
  my $page = get_page($server->{port}, '/<script>&"');
  like($page, qr{<code>/&lt;script&gt;&amp;&quot;</code>}, 'what the client says is no markup');
  is(ask($server), '', 'a client that says nothing gets nothing');
  like(ask($server, send => "GET /\n"), qr{\AHTTP/1\.0 400 }, 'one that does not speak HTTP is told so');
  like(ask($server, send => "POST / HTTP/1.0\r\n\r\n"), qr{\AHTTP/1\.0 405 }, 'one that wants to write too');
  like(ask($server, send => "HEAD / HTTP/1.0\r\n\r\n"), qr{\AHTTP/1\.0 200 OK\r\n.*\r\n\r\n\z}s, 'HEAD has no body');
  my $endless = open_client($server);
  say_to($endless, "GET / HTTP/1.0\r\n" . "Header: value\r\n" x 100);
  like(read_line($endless), qr{\AHTTP/1\.0 431 }, 'a request with too many lines ends');
}

# ---- by hand ----

for my $script ('sh', 'execline')
{
  SKIP:
  {
    skip 'only Linux can forbid new privileges', 4 unless built_for_linux();
    skip 'execline is not installed in /bin', 4 if $script eq 'execline' && !-x '/bin/execlineb';
    my $server = start(command => ["$dir/examples/chain/$script"]);
    my $port = port_of($server);
    ok($port, "chain/$script starts") or diag(log_text($server));
    is_page(get_page($port, '/'), "chain/$script serves the page") if $port;
    is(status_field($server->pid, 'NoNewPrivs'), 1, "chain/$script forbids new privileges");
    is(status_field($server->pid, 'Uid'), join("\t", (65534) x 4), "chain/$script gives up root") if $script eq 'sh' && can_change_ids();
    $server->signal('TERM');
    is_deeply($server->wait, { code => 0, signal => 0 }, "chain/$script obeys SIGTERM");
  }
}

# ---- s6 ----

SKIP:
{
  skip 's6 and execline are not installed', 8 unless tool('s6-supervise') && tool('s6-svwait') && tool('s6-svstat') && -x '/bin/execlineb';
  my $service = "$dir/examples/s6/http";
  my $milliseconds = 1000 * deadline();
  my $log = "$dir/s6.log";
  open my $to_log, '>>', $log or die;
  my $supervise = start(command => [tool('s6-supervise'), $service], fds => { 1 => $to_log });
  $supervise->{log} = $log;
  ok(eventually(sub { run(tool('s6-svok'), $service)->{code} == 0 }), 's6-supervise runs');
  is(run(tool('s6-svwait'), '-U', '-t', $milliseconds, $service)->{code}, 0, 's6: the service is ready');
  my $port = port_of($supervise);
  is_page(get_page($port, '/'), 's6: and serves the page');
  like(run(tool('s6-svstat'), $service)->{out}, qr/\Aup .*, ready/, 's6: s6-svstat says so');
  my ($daemon) = run(tool('s6-svstat'), '-o', 'pid', $service)->{out} =~ /(\d+)/;
  is_deeply([sort keys %{fd_targets($daemon)}], [0 .. 3], 's6: the notification descriptor was not kept');
  is(run(tool('s6-svc'), '-wD', '-T', $milliseconds, '-d', $service)->{code}, 0, 's6: s6-svc -d stops it');
  like(run(tool('s6-svstat'), $service)->{out}, qr/\Adown \(exitcode 0\)/, 's6: with exit code 0');
  log_says($supervise, qr/received SIGTERM, quitting$/, 's6: by SIGTERM');
  is(run(tool('s6-svc'), '-wU', '-T', $milliseconds, '-u', $service)->{code}, 0, 's6: s6-svc -u starts it again');
  run(tool('s6-svc'), '-wD', '-T', $milliseconds, '-dx', $service);
  ok($supervise->wait, 's6: and all of it comes to an end');
}

# ---- runit ----

SKIP:
{
  skip 'runit is not installed', 5 unless tool('runsv') && tool('sv');
  my $service = "$dir/examples/runit/http";
  my $log = "$dir/runit.log";
  open my $to_log, '>>', $log or die;
  my $runsv = start(command => [tool('runsv'), $service], fds => { 1 => $to_log });
  $runsv->{log} = $log;
  my $port = port_of($runsv);
  ok($port, 'runit: the service starts');
  is_page(get_page($port, '/'), 'runit: and serves the page');
  my ($daemon) = run(tool('sv'), 'status', $service)->{out} =~ /\(pid (\d+)\)/;
  like(get_file("/proc/$daemon/comm"), qr/\As6-tcpserverd/, 'runit: the service is the daemon itself');
  is(run(tool('sv'), '-w', deadline(), 'down', $service)->{code}, 0, 'runit: sv down stops it');
  log_says($runsv, qr/received SIGTERM, quitting$/, 'runit: by SIGTERM');
  run(tool('sv'), '-w', deadline(), 'exit', $service);
  ok($runsv->wait, 'runit: and all of it comes to an end');
}

done_testing();
