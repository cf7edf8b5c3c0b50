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
  is_page(get_page($server->{port}, '/'), 'examples/http/page under s6-tcpserver answers a GET request with a page');
  my $page = get_page($server->{port}, '/<script>&"');
  like($page, qr{<code>/&lt;script&gt;&amp;&quot;</code>}, 'examples/http/page under s6-tcpserver escapes markup in the path of a request');
  is(ask($server), '', 'examples/http/page under s6-tcpserver answers nothing to a client that sends nothing');
  like(ask($server, send => "GET /\n"), qr{\AHTTP/1\.0 400 }, 'examples/http/page under s6-tcpserver answers 400 to a request that is not HTTP');
  like(ask($server, send => "POST / HTTP/1.0\r\n\r\n"), qr{\AHTTP/1\.0 405 }, 'examples/http/page under s6-tcpserver answers 405 to a POST request');
  like(ask($server, send => "HEAD / HTTP/1.0\r\n\r\n"), qr{\AHTTP/1\.0 200 OK\r\n.*\r\n\r\n\z}s,
       'examples/http/page under s6-tcpserver answers a HEAD request without a body');
  my $endless = open_client($server);
  say_to($endless, "GET / HTTP/1.0\r\n" . "Header: value\r\n" x 100);
  like(read_line($endless), qr{\AHTTP/1\.0 431 }, 'examples/http/page under s6-tcpserver answers 431 to a request with too many lines');
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
    ok($port, "examples/chain/$script starts the server") or diag(log_text($server));
    is_page(get_page($port, '/'), "examples/chain/$script serves the page") if $port;
    is(status_field($server->pid, 'NoNewPrivs'), 1, "examples/chain/$script forbids new privileges");
    is(status_field($server->pid, 'Uid'), join("\t", (65534) x 4), "examples/chain/$script gives up root") if $script eq 'sh' && can_change_ids();
    $server->signal('TERM');
    is_deeply($server->wait, { code => 0, signal => 0 }, "examples/chain/$script exits 0 at a SIGTERM");
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
  ok(eventually(sub { run(tool('s6-svok'), $service)->{code} == 0 }), 's6-supervise starts with examples/s6/http');
  is(run(tool('s6-svwait'), '-U', '-t', $milliseconds, $service)->{code}, 0, 's6-svwait finds that examples/s6/http is ready');
  my $port = port_of($supervise);
  is_page(get_page($port, '/'), 'examples/s6/http under s6-supervise serves the page');
  like(run(tool('s6-svstat'), $service)->{out}, qr/\Aup .*, ready/, 's6-svstat shows that examples/s6/http is up and ready');
  my ($daemon) = run(tool('s6-svstat'), '-o', 'pid', $service)->{out} =~ /(\d+)/;
  is_deeply([sort keys %{fd_targets($daemon)}], [0 .. 3], 'the daemon of examples/s6/http does not keep the notification descriptor');
  is(run(tool('s6-svc'), '-wD', '-T', $milliseconds, '-d', $service)->{code}, 0, 's6-svc -d stops examples/s6/http');
  like(run(tool('s6-svstat'), $service)->{out}, qr/\Adown \(exitcode 0\)/,
       's6-svstat shows that examples/s6/http is down with exit code 0 after s6-svc -d');
  log_says($supervise, qr/received SIGTERM, quitting$/, 'the daemon of examples/s6/http logs that SIGTERM ends it after s6-svc -d');
  is(run(tool('s6-svc'), '-wU', '-T', $milliseconds, '-u', $service)->{code}, 0, 's6-svc -u starts examples/s6/http again');
  run(tool('s6-svc'), '-wD', '-T', $milliseconds, '-dx', $service);
  ok($supervise->wait, 's6-supervise ends after s6-svc -dx of examples/s6/http');
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
  ok($port, 'runsv starts examples/runit/http');
  is_page(get_page($port, '/'), 'examples/runit/http under runsv serves the page');
  my ($daemon) = run(tool('sv'), 'status', $service)->{out} =~ /\(pid (\d+)\)/;
  like(get_file("/proc/$daemon/comm"), qr/\As6-tcpserverd/, 'the process of examples/runit/http under runsv is the daemon itself');
  is(run(tool('sv'), '-w', deadline(), 'down', $service)->{code}, 0, 'sv down stops examples/runit/http');
  log_says($runsv, qr/received SIGTERM, quitting$/, 'the daemon of examples/runit/http logs that SIGTERM ends it after sv down');
  run(tool('sv'), '-w', deadline(), 'exit', $service);
  ok($runsv->wait, 'runsv ends after sv exit of examples/runit/http');
}

done_testing();
