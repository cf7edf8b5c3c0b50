#!/usr/bin/env perl
# examples/s6-rc: a source directory for s6-rc-compile, with a service that says when it is ready, and its logger.
# Where s6-rc is not installed, the two service directories run under s6-svscan, which makes the same pipe.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

for my $tool (qw(s6-svscan s6-svscanctl s6-svc s6-svok s6-svwait s6-svstat s6-log))
{
  skip_all_unless("$tool, of s6, is installed", tool($tool));
}
skip_all_unless('execline is installed in /bin', -x '/bin/execlineb');

my $source = examples() . '/s6-rc';
my $logs = own_dir() . '/logs';
my $scan = own_dir() . '/scan';
my $milliseconds = 1000 * deadline();
my $server = { ip => '127.0.0.1', log => "$logs/current" };
mkdir $scan or die;

# ---- the definitions ----

sub definition { return get_file("$source/$_[0]") =~ s/\s+\z//r }
my @names = sort map { m{([^/]+)/type\z} } glob "$source/*/type";
is_deeply(\@names, [sort map { m{([^/]+)\z} } glob "$source/*"], 'every directory of examples/s6-rc is a definition');
is(definition("$_/type"), 'longrun', "$_ of examples/s6-rc is a longrun") for @names;
is(definition('hello/producer-for'), 'hello-log', 'hello of examples/s6-rc writes to hello-log');
is(definition('hello-log/consumer-for'), 'hello', 'hello-log of examples/s6-rc reads from hello');
is(definition('hello-log/pipeline-name'), 'hello-pipeline', 'hello-log of examples/s6-rc names the pipeline hello-pipeline');

# ---- the services ----

sub svscan
{
  my $svscan = start(command => [tool('s6-svscan'), $scan], env => { PORT => 0, LOGS => $logs });
  $svscan->{log_of_svscan} = $svscan->log_file;
  return $svscan;
}

# What a service directory does while it is up, and when it goes down.
sub try_service
{
  my ($directory, $what) = @_;
  is(run(tool('s6-svwait'), '-U', '-t', $milliseconds, $directory)->{code}, 0, "$what reports that the service hello is ready");
  $server->{port} = port_of_log();
  is(ask($server), "hello, 127.0.0.1, connection 1\n", "hello under $what serves a client");
  log_says($server, qr/^\@[0-9a-f]{24} s6-tcpserverd: info: accept 127\.0\.0\.1_/, "the logger of hello under $what has the client with the time");
}

sub port_of_log
{
  my $line = log_has($server, qr/starting - bound to ip 127\.0\.0\.1 port \d+$/) // '';
  return $line =~ /(\d+)$/ ? $1 : 0;
}

SKIP:
{
  my @tools = qw(s6-rc s6-rc-init s6-rc-compile s6-rc-db);
  my @missing = grep { !tool($_) } @tools;
  skip "@missing, of s6-rc, not installed", 8 if @missing;
  my ($compiled, $live) = map { own_dir() . "/$_" } 'compiled', 'live';
  my $end = run(tool('s6-rc-compile'), $compiled, $source);
  is($end->{code}, 0, 's6-rc-compile accepts examples/s6-rc') or diag($end->{err});
  is(run(tool('s6-rc-db'), '-c', $compiled, 'contents', 'hello-pipeline')->{code}, 0, 's6-rc-db knows hello-pipeline of examples/s6-rc');
  my $svscan = svscan();
  ok(eventually(sub { -p "$scan/.s6-svscan/control" }), 's6-svscan for s6-rc runs');
  $end = run(tool('s6-rc-init'), '-c', $compiled, '-l', $live, $scan);
  is($end->{code}, 0, 's6-rc-init makes services of examples/s6-rc') or diag($end->{err});
  $end = run(tool('s6-rc'), '-l', $live, '-t', $milliseconds, '-u', 'change', 'hello-pipeline');
  is($end->{code}, 0, 's6-rc -u change waits until hello and hello-log are ready') or diag($end->{err});
  try_service("$live/servicedirs/hello", 's6-rc');
  is(run(tool('s6-rc'), '-l', $live, '-t', $milliseconds, '-da', 'change')->{code}, 0, 's6-rc -da change takes hello and hello-log down');
  log_says($server, qr/received SIGTERM, quitting$/, 's6-rc -da change ends hello by SIGTERM');
  run(tool('s6-svscanctl'), '-t', $scan);
  ok($svscan->wait, 's6-svscan for s6-rc ends after s6-svscanctl -t');
  system('rm', '-rf', $scan, $logs);
  mkdir $scan or die;
}

# The files that are s6-rc's do not disturb s6: a service and its log directory are what a pipeline becomes.
system('cp', '-R', "$source/hello", "$scan/hello") == 0 && system('cp', '-R', "$source/hello-log", "$scan/hello/log") == 0 or die;
my $svscan = svscan();
ok(eventually(sub { run(tool('s6-svok'), "$scan/hello")->{code} == 0 && run(tool('s6-svok'), "$scan/hello/log")->{code} == 0 }),
  's6-svscan runs hello and its logger without s6-rc');
is(run(tool('s6-svwait'), '-U', '-t', $milliseconds, "$scan/hello/log")->{code}, 0, 'the logger of hello is ready under s6');
try_service("$scan/hello", 's6');
my ($pid) = run(tool('s6-svstat'), '-o', 'pid', "$scan/hello")->{out} =~ /(\d+)/;
# Those of the standard, the signals, and a log descriptor of its own.
is_deeply([sort keys %{fd_targets($pid)}], [0 .. 4], 'hello under s6 keeps no notification descriptor');
is(run(tool('s6-svc'), '-wD', '-T', $milliseconds, '-d', "$scan/hello")->{code}, 0, 's6-svc -d stops hello');
log_says($server, qr/received SIGTERM, quitting$/, 's6-svc -d ends hello by SIGTERM');
run(tool('s6-svscanctl'), '-t', $scan);
ok($svscan->wait, 's6-svscan ends after s6-svscanctl -t');

done_testing();
