#!/usr/bin/env perl
# Numbers that mean "no limit", and addresses in unusual forms, where programs of several families take them.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

# ---- one line in a verbose program ----

my @large = (4294967295, '99999999999999999999');
for my $large (@large)
{
  for my $way ([[], 0], [['-v'], 1])
  {
    my ($verbose, $lines) = @$way;
    my $server = start_server([@$verbose, '-c', $large, '-C', $large, '-b', $large], ['cat']);
    is(ask($server, send => 'x'), 'x', "s6-tcpserver with limits of $large and the options '@$verbose' serves a client");
    for my $name (qw(max-clients max-per-source))
    {
      is(log_count($server, qr/\As6-tcpserverd: info: --$name \Q$large\E counts as 1000000, the most there can be$/m), $lines,
        "s6-tcpserver @$verbose --$name $large: the number of lines that it counts as 1000000 is $lines");
    }
    is(log_count($server, qr/\As6-tcpserver: info: --backlog \Q$large\E counts as 2147483647, the most there can be$/m), $lines,
      "s6-tcpserver @$verbose --backlog $large: the number of lines that it counts as 2147483647 is $lines");
  }
}
is(log_count(start_server(['-v', '-c', 1000000, '-b', 2147483647], ['cat']), qr/counts as/), 0,
   's6-tcpserver -v does not log the largest numbers that can be as lowered');

my $path = unix_path();
my $ipc = start_server(['-v', '-a', '1700', '-c', $large[0]], ['cat'], path => $path);
is(ask($ipc, send => 'x'), 'x', 's6-ipcserver -a 1700 serves, although a socket has fewer bits');
is(sprintf('%04o', (stat $path)[2] & 07777), '0700', 's6-ipcserver -a 1700 makes a socket of mode 0700');
log_says($ipc, qr/^s6-ipcserver: info: --mode 1700 counts without the bits beyond 0777$/, 's6-ipcserver -a 1700: the log has that the other bits do not count');
log_says($ipc, qr/^s6-ipcserverd: info: --max-clients 4294967295 counts as 1000000, the most there can be$/,
  's6-ipcserver: the log has that a client limit of 4294967295 counts as 1000000');
is(run(bin('tcp-socket-listen'), '--backlog', '-1', '127.0.0.1', 0, 'true')->{code}, 0, 'tcp-socket-listen accepts a backlog of -1');

# ---- mapped addresses ----

my $mapped = start_server([], ['sh', '-c', 'echo "$TCPLOCALIP"'], ip => '::ffff:127.0.0.1');
is(ask($mapped, ip => '127.0.0.1'), "127.0.0.1\n", 's6-tcpserver binds to a mapped address as the IPv4 one that it is');
is(run(bin($_), '::ffff:127.0.0.1', 0, 'true')->{code}, 0, "$_ binds a mapped address") for qw(s6-tcpserver-socketbinder tcp-socket-listen udp-socket-listen);

done_testing;
