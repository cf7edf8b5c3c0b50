#!/usr/bin/env perl
# Process 1 that drains already, by SIGUSR1, when SIGTERM asks it to: what a runtime sends to a container that is to stop.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $unshare = tool('unshare');
my @under = ($unshare // '', (is_root() ? () : '-r'), '-p', '--fork', '--mount-proc');
skip_all_unless('unshare and the right to make a PID namespace', $unshare && (run(@under, 'true')->{code} // 1) == 0);

# A daemon with one client that is being served, in a drain that SIGUSR1 has begun.
sub draining
{
  my (@options) = @_;
  my $server = start_server(['-v', @options], ['sh', '-c', 'echo served; exec cat'], under => \@under);
  my ($daemon) = children($server->pid);
  my $client = open_client($server);
  read_line($client);
  kill 'USR1', $daemon;
  log_says($server, qr/received SIGUSR1, draining: 1 clients$/, join(' ', 's6-tcpserver', @options, 'as PID 1 drains on SIGUSR1'));
  kill 'TERM', $daemon;
  log_says($server, qr/received SIGTERM, draining: 1 clients$/, join(' ', 's6-tcpserver', @options, 'as PID 1 goes on draining on SIGTERM'));
  return ($server, $daemon, $client);
}

sub echoes
{
  my ($client) = @_;
  say_to($client, "still there?\n");
  return (read_line($client) // '') eq "still there?\n";
}

page('s6-tcpserverd');
page_says('with a deadline of 10 seconds unless --drain-deadline is given; a second SIGTERM is final.');
my $clean = { code => 0, signal => 0 };

my ($limited, undef, $late) = draining();
my ($lasting, $daemon, $client) = draining('--drain-deadline=0');
ok(echoes($client), 'PID 1: the first SIGTERM after a SIGUSR1 leaves a session alone');
kill 'TERM', $daemon;
is_deeply($lasting->wait, $clean, 'PID 1: the second SIGTERM after a SIGUSR1 ends the daemon');
is(read_all($client), '', 'PID 1: the second SIGTERM ends the sessions');

log_says($limited, qr/warning: the drain deadline is reached: ending 1 clients$/, 'PID 1: SIGTERM puts a deadline on the drain that SIGUSR1 began');
is(read_all($late), '', 'PID 1: the deadline ends a session');
is_deeply($limited->wait, $clean, 'PID 1: the daemon ends after the deadline');

done_testing();
