#!/usr/bin/env perl
# examples/keepalived: the check shows whether the service serves, and keepalived understands the file.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $text = get_file(source_file('examples/keepalived/keepalived.conf'));
my ($script) = $text =~ /^  script "([^"]+)"$/m;
ok($script, 'keepalived.conf has a script that checks') or BAIL_OUT('no check');
my ($program, @words) = split ' ', $script;
is($program, '/usr/local/bin/s6-serverstat', 'the check of keepalived.conf is /usr/local/bin/s6-serverstat');
is($words[-1], '/run/web.status', 'the check of keepalived.conf asks /run/web.status');
like($text, qr/--status-socket=\Q$words[-1]\E/, 'the comment of keepalived.conf gives the same status socket to the service');

my $status = own_dir() . '/status';
my $check = sub { return run(bin('s6-serverstat'), @words[0 .. $#words - 1], $status)->{code} };
isnt($check->(), 0, 'the check of keepalived.conf fails without a service');
my $server = start_server(['-c', 1, "--status-socket=$status"], ['cat']);
is($check->(), 0, 'the check of keepalived.conf passes with a service that serves');
my $client = open_client($server);
ok(eventually(sub { $check->() == 1 }), 'the check of keepalived.conf fails while the service is full');
stop_sending($client);
ok(eventually(sub { $check->() == 0 }), 'the check of keepalived.conf passes again when the client has gone');
my $last = open_client($server);
ok(eventually(sub { count_children($server) == 1 }), 'the service that keepalived.conf checks serves a client');
$server->signal('USR1');
ok(eventually(sub { $check->() == 1 }), 'the check of keepalived.conf fails while the service drains');

SKIP:
{
  my $keepalived = tool('keepalived');
  skip 'keepalived is not installed, or lacks a library', 1 unless $keepalived && (run($keepalived, '--version')->{code} // -1) == 0;
  (my $here = $text) =~ s/^  script "\S+/'  script "' . bin('s6-serverstat')/me;
  my @alone = (tool('unshare') // 'unshare', is_root() ? () : '-r', '-n', 'sh', '-c', 'ip link add eth0 type veth peer name other && ip link set eth0 up && exec "$@"', 'sh');
  skip 'the right to make a network namespace with an interface is missing', 1 unless (run(@alone, 'true')->{code} // 1) == 0;
  my $end = run(@alone, $keepalived, '--config-test', '--use-file', put_file('keepalived.conf', $here, 0644));
  is($end->{code}, 0, 'keepalived accepts keepalived.conf') or diag($end->{out}, $end->{err});
}

sub count_children { return scalar(my @all = $_[0]->served) }

done_testing;
