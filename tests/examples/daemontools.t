#!/usr/bin/env perl
# examples/daemontools: a service with its log, under svscan.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

for my $tool (qw(svscan supervise svc svstat multilog))
{
  skip_all_unless("$tool, of daemontools, is installed", tool($tool));
}

# A directory of services, which has links to where they are.
my $services = own_dir() . '/service';
mkdir $services or die;
my $service = "$services/http";
symlink examples() . '/daemontools/http', $service or die;
my $svscan = start(command => [tool('svscan'), $services], env => { PORT => 0 });
$svscan->{log} = "$service/log/main/current";

my $port = port_of($svscan);
ok($port, 'examples/daemontools starts under svscan and logs to multilog') or diag(get_file($svscan->log_file));
like(ask({ ip => '127.0.0.1', port => $port }, send => "GET / HTTP/1.0\r\n\r\n"), qr{\AHTTP/1\.0 200 OK\r\n}, 'examples/daemontools serves its page');
log_says($svscan, qr/^\@[0-9a-f]{24} s6-tcpserverd: info: accept 127\.0\.0\.1_/, 'examples/daemontools logs the client with its time');
my ($pid) = run(tool('svstat'), $service)->{out} =~ /: up \(pid (\d+)\)/;
like(get_file("/proc/$pid/comm"), qr/\As6-tcpserverd/, 'the process that supervise runs is s6-tcpserverd');

run(tool('svc'), '-d', $service);
log_says($svscan, qr/received SIGTERM, quitting$/, 'svc -d ends the service by SIGTERM');
ok(eventually(sub { run(tool('svstat'), $service)->{out} =~ /: down / }), 'the service stays down after svc -d');
run(tool('svc'), '-u', $service);
ok(eventually(sub { log_count($svscan, qr/starting - bound/) == 2 }), 'svc -u starts the service again');

# svscan looks for the services no more, then they come to their end, the log last.
$svscan->signal('TERM');
$svscan->wait;
run(tool('svc'), '-dx', $service, "$service/log");
ok(eventually(sub { run(tool('svstat'), "$service/log")->{out} =~ /supervise not running/ }), 'svc -dx ends the service and its log');

done_testing();
