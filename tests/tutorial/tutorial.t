#!/usr/bin/env perl
# Every command of the tutorial does what the page says. The commands are read from the page; only the port changes,
# to a free one that is announced.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Text::ParseWords qw(shellwords);

my $page = get_file(page_file('sallyport-tutorial.7'));
my @blocks = map { s/\\e$/\\/mgr } $page =~ /^\.Bd -literal -offset indent\n(.*?)^\.Ed\n/msg;
is(scalar @blocks, 17, 'the page sallyport-tutorial has the 17 blocks that are tried');
my ($one, $greet, $serve, $asked, $verbose, $limits, $rules, $compile, $ruled, $root, $doors, $run, $log, $lingers, $counts, $looks, $signals) = @blocks;

my $dir = own_dir();
my %place = (dir => $dir, env => { PATH => "$ENV{SALLYPORT_BIN}:$ENV{PATH}" });

# The command of a block, listening on a port of its own.
sub served
{
  my ($command) = @_;
  $command =~ s/127\.0\.0\.1 7000/127.0.0.1 0/ or die "no port in $command";
  $command =~ s/(s6-tcpserverd?)( -|(?= 127))/$1 -1$2/;
  return start_listening(%place, ip => '127.0.0.1', command => ['/bin/sh', '-c', "exec $command"]);
}

sub done
{
  my ($server) = @_;
  $server->signal('TERM');
  is($server->wait->{code}, 0, 'the server of a step of the tutorial exits 0 at a SIGTERM');
}

my $hello = "Hello Ann, you are 127.0.0.1, connection 1\n";
my $welcome = $hello =~ s/Hello/Welcome/r;
is($asked, "\$ echo Ann | nc 127.0.0.1 7000\n$hello", 'the page sallyport-tutorial shows the answer of step 2');

my $server = served($one);
is(ask($server, send => "a line\n"), "a line\n", 'tutorial, step 1: the server with cat sends back what it gets');
my ($client) = $page =~ /^\.Ql (s6-tcpclient 127\.0\.0\.1 7000 s6-ioconnect) ,$/m or die 'no client';
is(run({ %place, stdin => "a line\n" }, shellwords($client =~ s/7000/$server->{port}/r))->{out}, "a line\n",
  'tutorial, step 1: the client of the page gets back what it sends');
done($server);

put_file("$dir/greet", $greet, 0755);
for ([$serve, 'tutorial, step 2: the service that the reader wrote answers', 0], [$verbose, 'tutorial, step 3: the service with a log answers', 1])
{
  my ($block, $name, $lines) = @$_;
  $server = served($block);
  is(ask($server, send => "Ann\n"), $hello, $name);
  if ($lines)
  {
    log_says($server, qr/^s6-tcpserverd: info: accept 127\.0\.0\.1_\d+ pid \d+ count 1\/40$/,
      'tutorial, step 3: the line of a client that comes is as the page shows it');
    log_says($server, qr/^s6-tcpserverd: info: end pid \d+ exitcode 0 count 0\/40 source=127\.0\.0\.1 ms=\d+$/,
      'tutorial, step 3: the line of a client that goes is as the page shows it');
  }
  done($server);
}

$server = served($limits);
my @two = map { open_client($server) } 1 .. 2;
ok(eventually(sub { log_count($server, qr/info: accept /) == 2 }), 'tutorial, step 4: two clients are accepted');
ok(closed_by_server(open_client($server)), 'tutorial, step 4: the third client is refused');
log_says($server, qr/info: refuse 127\.0\.0\.1_\d+ count 2\/2 source \(-C 2\)$/,
  'tutorial, step 4: the log has the reason why the third client is refused');
done($server);
close $_ for @two;

is(run(\%place, '/bin/sh', '-ec', $rules)->{code}, 0, 'tutorial, step 5: the commands that make the rules succeed');
is(run(\%place, '/bin/sh', '-c', $compile)->{code}, 0, 'tutorial, step 5: the rules are compiled');
$server = served($ruled);
is(ask($server, send => "Ann\n"), $welcome, 'tutorial, step 5: the program of an allowed client finds GREETING from the rules');
rename "$dir/rules/ip4/127.0.0.0_8", "$dir/rules/ip4/192.0.2.0_24" or die;
is(run(\%place, '/bin/sh', '-c', $compile)->{code}, 0, 'tutorial, step 5: the changed rules are compiled');
ok(closed_by_server(open_client($server)), 'tutorial, step 5: the server refuses a client by the changed rules without a restart');
log_says($server, qr/refuse .* rule=/, 'tutorial, step 5: a client that the rules refuse is logged');
done($server);
rename "$dir/rules/ip4/192.0.2.0_24", "$dir/rules/ip4/127.0.0.0_8" or die;
is(run(\%place, '/bin/sh', '-c', $compile)->{code}, 0, 'tutorial, step 5: the rules are compiled as they were before');

SKIP:
{
  skip 'changing ids takes root', 2 unless can_change_ids();
  $server = served(built_for_linux() ? $root : $root =~ s/ --no-new-privs//r);
  is(ask($server, send => "x\n"), "x\n", 'tutorial, step 6: the server that gives up its privileges serves');
  is((split ' ', status_field($server->pid, 'Uid'))[0], 65534, 'tutorial, step 6: the server is not root any more')
    or diag(status_field($server->pid, 'Uid'));
}

$server = served($doors);
is(ask($server, send => "Ann\n"), $welcome, 'tutorial, step 7: the server that is written as a chain of programs serves');
done($server);

# The run script, as a supervisor runs it: in the service directory, with a pipe on descriptor 3.
mkdir "$dir/service" or die;
put_file("$dir/service/run", $run =~ s/127\.0\.0\.1 7000/127.0.0.1 0/r, 0755);
pipe my $ready, my $write or die;
my $service = start(%place, dir => "$dir/service", command => ['./run'], fds => { 1 => '/dev/null', 2 => "$dir/errors", 3 => $write });
close $write;
my $port = <$ready>;
like($port, qr/^\d+\n\z/, 'tutorial, step 8: the run script announces its port on descriptor 3');
chomp $port;
is(ask($service, ip => '127.0.0.1', port => $port, send => "Ann\n"), $welcome, 'tutorial, step 8: the service of the run script serves');
done($service);

SKIP:
{
  skip 's6 is not installed', 11 unless tool('s6-supervise') && tool('s6-svwait') && tool('s6-svc');
  like($page, qr/write 3 to\n\.Pa service\/notification-fd ,/, 'tutorial, step 8: the page makes the file notification-fd in the service directory');
  put_file("$dir/service/notification-fd", "3\n");
  like($page, qr/^\.Ql s6-supervise service\nruns it/m, 'tutorial, step 8: the page starts s6-supervise for the service directory');
  my $supervise = start(%place, command => [tool('s6-supervise'), 'service'], fds => { 1 => "$dir/supervised" });
  my ($ready) = eventually(sub { get_file("$dir/supervised") =~ /bound to ip 127\.0\.0\.1 port (\d+)/ });
  ok($ready, 'tutorial, step 8: the service runs under s6-supervise') or diag(get_file("$dir/supervised"), log_text($supervise));
  my %there = (ip => '127.0.0.1', port => get_file("$dir/supervised") =~ /port (\d+)/ ? $1 : 0);
  is(run(\%place, tool('s6-svwait'), '-U', '-t', '10000', 'service')->{code}, 0, 'tutorial, step 8: s6-svwait learns that the service is ready');
  is(ask({ %there }, send => "Ann\n"), $welcome, 'tutorial, step 8: the service serves under s6-supervise');
  my $waiting = open_client({ %there });
  ok(eventually(sub { get_file("$dir/supervised") =~ /accept .*accept /s }), 'tutorial, step 8: a second client, whose program waits, is accepted');
  is(run(\%place, shellwords($page =~ /^\.Ql (s6-svc -h service)$/m ? $1 : die 'no s6-svc'))->{code}, 0, 'tutorial, step 8: s6-svc -h succeeds');
  ok(closed_by_server($waiting), 'tutorial, step 8: s6-svc -h ends the session of a client that waits');
  is(ask({ %there }, send => "Ann\n"), $welcome, 'tutorial, step 8: the service serves on after s6-svc -h');
  is(run(\%place, shellwords($page =~ /^\.Ql (s6-svc -xd service)$/m ? $1 : die 'no way to end'))->{code}, 0,
     'tutorial, step 8: s6-svc -xd succeeds');
  is($supervise->wait->{code}, 0, 'tutorial, step 8: s6-supervise ends after s6-svc -xd');
}

SKIP:
{
  skip 's6-log is not installed', 3 unless tool('s6-log');
  mkdir "$dir/service/log";
  mkdir "$dir/log";
  put_file("$dir/service/log/run", $log, 0755);
  pipe my $lines, my $writer or die;
  my $logger = start(%place, dir => "$dir/service/log", command => ['./run'], fds => { 0 => $lines });
  syswrite $writer, "a line\n";
  close $writer;
  close $lines;
  is($logger->wait->{code}, 0, 'tutorial, step 8: the logger runs');
  like(get_file("$dir/log/current"), qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ +a line$/m, 'tutorial, step 8: the logger puts a time before each line');
  ok(-e "$dir/log/lock", 'tutorial, step 8: the logger has a lock in its own directory');
}

$server = served($lingers);
is(ask($server, send => "Ann\n" . 'x' x 300000), $hello, 'tutorial, step 9: an answer arrives although its program has not read everything');
done($server);
like(get_file(source_file('examples/http/page')), qr/^exec s6-linger$/m, 'tutorial, step 9: the program examples/http/page ends with s6-linger');

$server = served($counts);
is(ask($server, send => "Ann\n"), $hello, 'tutorial, step 10: a service with counters serves');
my ($screen, $check, $metrics) = split /\n/, $looks;
ok(eventually(sub { run(\%place, '/bin/sh', '-c', $metrics)->{out} =~ /^sallyport_ended_total\{.*how="ok".*\} 1$/m }),
  'tutorial, step 10: the counters count a session that ended well');
like(run(\%place, '/bin/sh', '-c', $screen)->{out}, qr/serving/, 'tutorial, step 10: the status screen shows that the service serves');
is(run(\%place, '/bin/sh', '-c', $check)->{out}, "new clients are served\n", 'tutorial, step 10: the check prints that new clients are served');
like(run(\%place, '/bin/sh', '-c', $metrics)->{out}, qr/service="greet"/, 'tutorial, step 10: a label of the counters names the service');
done($server);

# The last block, as a script; the port alone is another one. Between its lines the daemon must have done what it was told.
{
  my @lines = split /\n/, $signals =~ s/127\.0\.0\.1 7000/127.0.0.1 0/r;
  my ($first, @rest) = @lines;
  @rest = map { /^kill -USR2/ ? ($_, 'until grep -q becoming signals.log; do sleep .1; done') : $_ } @rest;
  my $ready = 'until s6-serverstat --check status 2> /dev/null; do sleep .1; done';
  my $script = put_file("$dir/signals", join("\n", 'exec 2> signals.log', $first, shift @rest, $ready, @rest) . "\n");
  my $r = run(\%place, '/bin/sh', $script);
  $r->{err} = get_file("$dir/signals.log");
  is($r->{code}, 0, 'tutorial, step 11: the daemon that was upgraded and drained exits 0') or diag($r->{err});
  like($r->{err}, qr/info: received SIGUSR2, becoming /, 'tutorial, step 11: the upgrade is in the log');
  like($r->{out}, qr/serving/, 'tutorial, step 11: the daemon serves after the upgrade');
  like($r->{err}, qr/draining/, 'tutorial, step 11: the drain is in the log');
}

done_testing();
