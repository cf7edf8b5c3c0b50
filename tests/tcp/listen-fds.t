#!/usr/bin/env perl
# s6-tcpserverd --listen-fds: sockets that the caller announced.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserverd');

# LISTEN_PID is only known to the process that becomes the daemon.
my @announce = ('sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh');

sub listener { return (busy_port(@_))[0] }

sub announced
{
  my ($fds, $variables, @command) = @_;
  return (fds => $fds, env => $variables, command => [@announce, @command]);
}

page_says('Serve every socket that the caller announced by LISTEN_FDS and LISTEN_PID, instead of the standard input.');
page_says('With -1, the port of the first one is written.');
my @listeners = map { listener() } 1 .. 3;
my $server = start_listening(announced({ 3 => $listeners[0], 4 => $listeners[1], 5 => $listeners[2] }, { LISTEN_FDS => 3 },
  bin('s6-tcpserverd'), '--listen-fds', '-1', '-v2', '-C', 2, 'sh', '-c', 'echo "$TCPLOCALPORT $TCPCONNNUM"; exec cat'));
is($server->{port}, $listeners[0]->sockport, 's6-tcpserverd --listen-fds -1: the port of the first listener is announced');
my @ports = map { $_->sockport } @listeners;
like(ask($server, ip => '127.0.0.1', port => $_), qr{\A$_ }, "s6-tcpserverd --listen-fds: port $_ is served") for @ports;
log_says($server, qr/starting - bound to ip 127\.0\.0\.1 port $_$/, "s6-tcpserverd --listen-fds: the log names port $_") for @ports;

page_says('The limits are for all of them together.');
ok(eventually(sub { log_count($server, qr{info: end }) == 3 }), 's6-tcpserverd --listen-fds: the sessions by three listeners have ended');
my @clients = map { open_client($server, ip => '127.0.0.1', port => $_) } @ports[0, 1];
is(join('', map { read_line($_) } @clients), "$ports[0] 1\n$ports[1] 2\n",
  's6-tcpserverd --listen-fds: two clients of the same source, by two listeners, are counted together');
ok(closed_by_server(open_client($server, ip => '127.0.0.1', port => $ports[2])),
  's6-tcpserverd --listen-fds -C 2: a third client of the source is refused at the third listener');

page_says('are removed: they would describe something else.');
page_says('inherits the descriptors that the caller left open, and none that s6-tcpserverd opened.');
my $look = start_listening(announced({ 3 => listener(), 4 => listener() }, { LISTEN_FDS => 2, LISTEN_FDNAMES => 'a:b' },
  bin('s6-tcpserverd'), '--listen-fds', '-1', 'sh', '-c', 'ls /proc/$$/fd; env | grep LISTEN_; echo end'));
is(ask($look, ip => '127.0.0.1'), "0\n1\n2\nend\n", 's6-tcpserverd --listen-fds: a child has neither the listeners nor the variables about them');

my $both = start_listening(announced({ 0 => listener(), 3 => listener() }, { LISTEN_FDS => 1 }, bin('s6-tcpserverd'), '-1', 'env'));
unlike(ask($both, ip => '127.0.0.1'), qr/^LISTEN_/m, 's6-tcpserverd without --listen-fds: the variables LISTEN_... are removed too');

SKIP:
{
  skip 'IPv6 is not available', 2 unless have_ipv6();
  my ($four, $six) = (listener(), listener('::1'));
  my $dual = start_listening(announced({ 3 => $four, 4 => $six }, { LISTEN_FDS => 2 },
    bin('s6-tcpserverd'), '--listen-fds', '-1', 'sh', '-c', 'echo "$TCPLOCALIP"'));
  is(ask($dual, ip => '127.0.0.1', port => $four->sockport), "127.0.0.1\n",
     's6-tcpserverd --listen-fds with listeners of both families: the IPv4 one serves');
  is(ask($dual, ip => '::1', port => $six->sockport), "::1\n", 's6-tcpserverd --listen-fds with listeners of both families: the IPv6 one serves');
}

# ---- announcements that are wrong ----

page_says('With --listen-fds, the process id that they are meant for.');
page_says('how many listening sockets there are, from descriptor 3 up, at most 1024.');
page_says('If it is not that of s6-tcpserverd, the announcement was for another process: s6-tcpserverd exits 100.');
open my $null, '<', '/dev/null' or die;
my %wrong = (
  'no LISTEN_FDS and no socket' => [{}, { LISTEN_FDS => undef }],
  'no LISTEN_FDS and a socket' => [{ 3 => listener() }, { LISTEN_FDS => undef }],
  'a LISTEN_FDS of 0' => [{ 3 => listener() }, { LISTEN_FDS => 0 }],
  'a LISTEN_FDS that is no number' => [{ 3 => listener() }, { LISTEN_FDS => '1x' }],
  'an empty LISTEN_FDS' => [{ 3 => listener() }, { LISTEN_FDS => '' }],
  'a negative LISTEN_FDS' => [{ 3 => listener() }, { LISTEN_FDS => -1 }],
  'a LISTEN_FDS of 1025' => [{ 3 => listener() }, { LISTEN_FDS => 1025 }],
  'a LISTEN_FDS above the number of sockets' => [{ 3 => listener() }, { LISTEN_FDS => 2 }],
  'a descriptor that is no socket' => [{ 3 => $null }, { LISTEN_FDS => 1 }],
  'a second descriptor that is no socket' => [{ 3 => listener(), 4 => $null }, { LISTEN_FDS => 2 }],
  'a socket that does not listen' => [{ 3 => open_client($server, ip => '127.0.0.1') }, { LISTEN_FDS => 1 }],
  'a Unix-domain socket' => [{ 3 => IO::Socket::UNIX->new(Local => own_dir() . '/s', Listen => 1) }, { LISTEN_FDS => 1 }],
);
for my $what (sort keys %wrong)
{
  my ($fds, $variables) = @{$wrong{$what}};
  my $r = run({ fds => $fds, env => $variables }, @announce, bin('s6-tcpserverd'), '--listen-fds', 'true');
  is($r->{code}, 100, "s6-tcpserverd --listen-fds with $what: exit 100");
  like($r->{err}, qr/\As6-tcpserverd: usage: [^\n]+\n\z/, "s6-tcpserverd --listen-fds with $what: one line of usage is printed");
}
for my $pid ('1', '', 'x', '99999999999999999999')
{
  my $r = run({ fds => { 3 => listener() }, env => { LISTEN_FDS => 1, LISTEN_PID => $pid } }, bin('s6-tcpserverd'), '--listen-fds', 'true');
  is($r->{code}, 100, "s6-tcpserverd --listen-fds with LISTEN_PID='$pid': exit 100");
  like($r->{err}, qr/\As6-tcpserverd: usage: .*LISTEN_PID.*\n\z/, "s6-tcpserverd --listen-fds with LISTEN_PID='$pid': the message names LISTEN_PID");
}

done_testing();
