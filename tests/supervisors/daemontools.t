#!/usr/bin/env perl
# A Unix-domain service with its log under supervise, which svscan started: start, reload, stop, crash.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Supervisor;

my ($svscan, $svc, $svstat) = map { tool($_) } qw(svscan svc svstat);
skip_all_unless('daemontools is installed', $svscan && $svc && $svstat && tool('supervise') && tool('multilog'));

my $dir = own_dir();
my $path = "$dir/socket";
mkdir "$dir/log";
my $place = service('scan/ipc',
  run => "#!/bin/sh\nexec 2>&1\nexec s6-ipcserver -v -- $path cat\n",
  'log/run' => "#!/bin/sh\nexec multilog t $dir/log\n",
  down => '',
);

sub svc { return run($svc, @_)->{code} == 0 }
sub pid { return run($svstat, $place)->{out} =~ /: up \(pid (\d+)\)/ ? $1 : 0 }

# supervise does not tell whether a service is ready: its clients find out.
sub can_connect { return eval { open_client({ path => $path }) } }

my $scanner = supervise($svscan, "$dir/scan");
ok(eventually(sub { run($svstat, $place, "$place/log")->{out} =~ /ipc: down .*\n.*log: up /s }),
   'svscan starts a supervise for the service and one for its log') or diag(log_text($scanner));
is(pid(), 0, 'supervise does not start a service with a file down');

page('s6-ipcserverd');
page_says('SIGTERM Exit. The children are left alone, and serve their clients to the end.');
page_says('SIGHUP Send SIGTERM and SIGCONT to every child, and go on.');
lives_under_supervision({
  name => 'daemontools', client => { path => $path }, log => "$dir/log/current", pid => \&pid,
  start => sub { svc('-u', $place) && eventually(\&can_connect) },
  hup => sub { svc('-h', $place) },
  stop => sub { svc('-d', $place) && eventually(sub { !pid() }) },
});

like(get_file("$dir/log/current"), qr/^\@[0-9a-f]{24} s6-ipcserverd: info: /m, 'multilog writes its time before the lines of s6-ipcserverd');

# Without svscan, and with the service down for good, no process holds the pipe to multilog any more.
$scanner->signal('TERM');
ok($scanner->wait, 'svscan ends at a SIGTERM');
ok(svc('-x', "$place/log"), 'svc -x reaches the supervise of the log');
ok(svc('-dx', $place), 'svc -dx reaches the supervise of the service');
ok(eventually(sub { !grep { run(tool('svok'), $_)->{code} == 0 } $place, "$place/log" }),
   'each supervise, for the service and for its log, ends after svc -x');
is(log_count({ log => "$dir/log/current" }, qr/received SIGTERM, quitting$/), 2, 'each of two ends of s6-ipcserverd under supervise is in the log');

done_testing();
