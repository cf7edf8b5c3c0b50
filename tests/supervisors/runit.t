#!/usr/bin/env perl
# A TCP service with its log under runsv: start, reload, stop, crash. sv asks the service's check, a client of ours,
# whether it is ready.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Supervisor;

my ($runsv, $sv) = map { tool($_) } qw(runsv sv);
skip_all_unless('runit is installed', $runsv && $sv && tool('svlogd'));

my $dir = own_dir();
my $tcp = own_endpoint();
mkdir "$dir/log";
my $place = service('service',
  run => "#!/bin/sh\nexec 2>&1\nexec s6-tcpserver -v -- $tcp->{ip} $tcp->{port} cat\n",
  check => "#!/bin/sh\nexec s6-tcpclient $tcp->{ip} $tcp->{port} true\n",
  'log/run' => "#!/bin/sh\nexec svlogd $dir/log\n",
  down => '',
);

sub sv { return run($sv, "-w", int(0.9 * deadline()), $_[0], $place)->{code} == 0 }
sub pid { return run($sv, 'status', $place)->{out} =~ /^run: \S+ \(pid (\d+)\)/ ? $1 : 0 }

my $supervisor = supervise($runsv, $place);
ok(eventually(sub { run($sv, 'status', $place)->{out} =~ /^down: .*; run: log: / }),
   'runsv keeps a service with a file down stopped and starts its log') or diag(log_text($supervisor));
is(pid(), 0, 'sv status shows no process of a service with a file down');

page('s6-tcpserverd');
page_says('SIGTERM Exit. The children are left alone, and serve their clients to the end.');
page_says('SIGHUP Send SIGTERM and SIGCONT to every child, and go on.');
lives_under_supervision({
  name => 'runit', client => $tcp, log => "$dir/log/current", pid => \&pid,
  start => sub { sv('start') }, hup => sub { sv('hup') }, stop => sub { sv('stop') },
});

ok(sv('exit'), 'sv exit reaches runsv');
is_deeply($supervisor->wait, { code => 0, signal => 0 }, 'runsv exits 0 after sv exit');
is(log_count({ log => "$dir/log/current" }, qr/received SIGTERM, quitting$/), 2, 'each of two ends of s6-tcpserverd under runsv is in the log');

done_testing();
