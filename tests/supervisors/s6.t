#!/usr/bin/env perl
# A TCP and a Unix-domain service with their logs under s6-svscan: start and readiness, reload, stop, crash.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Supervisor;

my ($svscan, $svc, $svwait, $svstat) = map { tool($_) } qw(s6-svscan s6-svc s6-svwait s6-svstat);
skip_all_unless('s6 and execline are installed', $svscan && $svc && $svwait && $svstat && tool('s6-log') && -x '/bin/execlineb');

my $dir = own_dir();
my $tcp = own_endpoint();
my $path = "$dir/socket";
my $milliseconds = 900 * deadline();

sub run_script { return "#!/bin/execlineb -P\nfdmove -c 2 1\nfdmove 1 3\n$_[0] cat\n" }
sub log_script { return "#!/bin/execlineb -P\ns6-log -- t $_[0]\n" }

# The run script is the one of the pages, with a log beside it.
page('s6-tcpserver');
page_says('the supervisor takes the announced port as the sign that the service is ready.');
page('s6-ipcserver');
page_says('the supervisor takes the announced path as the sign that the service is ready.');

sub s6_service
{
  my ($name, $command, $client) = @_;
  my $place = service("scan/$name", run => run_script($command), 'notification-fd' => "3\n", 'log/run' => log_script("$dir/log/$name"));
  return {
    name => "s6, $name", client => $client, log => "$dir/log/$name/current",
    start => sub { run($svc, '-u', $place)->{code} == 0 && run($svwait, '-U', '-t', $milliseconds, $place)->{code} == 0 },
    hup => sub { run($svc, '-h', $place)->{code} == 0 },
    stop => sub { run($svc, '-wD', '-T', $milliseconds, '-d', $place)->{code} == 0 },
    pid => sub { my $pid = run($svstat, '-o', 'pid', $place)->{out} + 0; $pid > 0 ? $pid : 0 },
  };
}

mkdir "$dir/log";
my @services = (
  s6_service('tcp', "s6-tcpserver -1 -v -- $tcp->{ip} $tcp->{port}", $tcp),
  s6_service('ipc', "s6-ipcserver -1 -v -- $path", { path => $path }),
);
my $scanner = supervise($svscan, "$dir/scan");
ok(eventually(sub { 2 == grep { run(tool('s6-svok'), "$dir/scan/$_")->{code} == 0 } 'tcp', 'ipc' }),
   's6-svscan starts a supervisor for each of two services') or diag(log_text($scanner));

page('s6-tcpserverd');
page_says('SIGTERM Exit. The children are left alone, and serve their clients to the end.');
page_says('SIGHUP Send SIGTERM and SIGCONT to every child, and go on.');
lives_under_supervision($_) for @services;

like(run($svstat, "$dir/scan/tcp")->{out}, qr/\Aup .*, ready/, 's6-svstat shows that s6-tcpserverd is up and ready');
my $daemon = $services[0]{pid}->();
# Those of the standard, the signals, and a log descriptor of its own.
is_deeply([sort keys %{fd_targets($daemon)}], [0 .. 4], 's6-tcpserverd does not keep the notification descriptor under s6-supervise') if $daemon;
like(get_file($services[0]{log}), qr/^\@[0-9a-f]{24} s6-tcpserverd: info: /m, 's6-log writes its time before the lines of s6-tcpserverd');

is(run(tool('s6-svscanctl'), '-t', "$dir/scan")->{code}, 0, 's6-svscanctl -t reaches s6-svscan');
is_deeply($scanner->wait, { code => 0, signal => 0 }, 's6-svscan exits 0 after s6-svscanctl -t');
ok(log_count({ log => $_->{log} }, qr/received SIGTERM, quitting$/) == 2, "$_->{name}: each of two ends of the daemon is in the log") for @services;

done_testing();
