#!/usr/bin/env perl
# examples/keepalived: the check shows whether the service serves, and keepalived understands the file.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $text = get_file(source_file('examples/keepalived/keepalived.conf'));
my ($script) = $text =~ /^  script "([^"]+)"$/m;
ok($script, 'there is a check') or BAIL_OUT('no check');
my ($program, @words) = split ' ', $script;
is($program, '/usr/local/bin/s6-serverstat', 'it is ours, by the path of a usual installation');
is($words[-1], '/run/web.status', 'for the status socket that the text names');
like($text, qr/--status-socket=\Q$words[-1]\E/, 'which is an option of the service');

my $status = own_dir() . '/status';
my $check = sub { return run(bin('s6-serverstat'), @words[0 .. $#words - 1], $status)->{code} };
isnt($check->(), 0, 'without a service the check fails');
my $server = start_server(['-c', 1, "--status-socket=$status"], ['cat']);
is($check->(), 0, 'with a service that serves it passes');
my $client = open_client($server);
ok(eventually(sub { $check->() == 1 }), 'while the service is full it fails');
stop_sending($client);
ok(eventually(sub { $check->() == 0 }), 'when the client has gone it passes again');
my $last = open_client($server);
ok(eventually(sub { count_children($server) == 1 }), 'a client is served');
$server->signal('USR1');
ok(eventually(sub { $check->() == 1 }), 'while the service drains it fails');

SKIP:
{
  my $keepalived = tool('keepalived');
  skip 'keepalived is not installed, or lacks a library', 1 unless $keepalived && (run($keepalived, '--version')->{code} // -1) == 0;
  (my $here = $text) =~ s/^  script "\S+/'  script "' . bin('s6-serverstat')/me;
  my @alone = (tool('unshare') // 'unshare', is_root() ? () : '-r', '-n', 'sh', '-c', 'ip link add eth0 type veth peer name other && ip link set eth0 up && exec "$@"', 'sh');
  skip 'the right to make a network namespace with an interface is missing', 1 unless (run(@alone, 'true')->{code} // 1) == 0;
  my $end = run(@alone, $keepalived, '--config-test', '--use-file', put_file('keepalived.conf', $here, 0644));
  is($end->{code}, 0, 'keepalived finds nothing wrong with the file') or diag($end->{out}, $end->{err});
}

sub count_children { return scalar(my @all = $_[0]->served) }

done_testing;
