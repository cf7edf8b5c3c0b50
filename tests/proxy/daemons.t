#!/usr/bin/env perl
# Daemons that read a PROXY header: which sender is trusted, which client is counted, what the program and the log get, and how long a client
# may wait. What is a header and what is none: vectors.t.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Proxy;
use Sallyport::Unix;
use Socket qw(:DEFAULT MSG_NOSIGNAL);

page('s6-tcpserverd');

my @from = ('--proxy=any', '--proxy-from=127.0.0.1,' . $>);
my $local = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
my $env = [tool('env')];

sub service { return stream_daemon('s6-tcpserver', ['-v2', '--proxy-deadline=60', @from, @{$_[0]}], @_[1 .. $#_]) }
sub variables { return { map { /\A(.*?)=(.*)\z/s } split /\n/, $_[0] } }
sub launched { return log_count($_[0], qr/: (?:accept|allow) /) }

# ---- command lines ----

page_says('Read a header of the PROXY protocol from each connection before anything else is done for it: version 1, version 2, or any of the two.');
page_says('--proxy needs it.');
for my $name ('s6-tcpserver', 's6-tcpserverd', 's6-ipcserver', 's6-ipcserverd', 'tcp-socket-accept', 'local-stream-socket-accept', 'skd')
{
  my @rest = $name eq 's6-tcpserver' ? ('127.0.0.1', 0, 'true') : $name eq 's6-ipcserver' ? (unix_path(), 'true') : ('true');
  my $r = run(bin($name), '--proxy=any', @rest);
  is("$r->{code} $r->{err}", "100 $name: usage: --proxy needs --proxy-from (try $name --help)\n",
    "$name --proxy without --proxy-from is a usage error");
  $r = run(bin($name), '--proxy-from=::/0', @rest);
  is("$r->{code} $r->{err}", "100 $name: usage: --proxy-from needs --proxy (try $name --help)\n",
    "$name --proxy-from without --proxy is a usage error");
}
like(run(bin('s6-tcpserver'), @$_, '127.0.0.1', 0, 'true')->{err}, qr/usage: \Q$$_[0]\E needs --proxy /,
  "s6-tcpserver $$_[0] without --proxy is a usage error")
  for ['--proxy-direct'], ['--proxy-close-local'], ['--proxy-variables'], ['--proxy-deadline', 5];

# ---- who is believed ----

page_says('The senders whose header is trusted: at most 64 addresses, prefixes such as 192.0.2.0/24, and user ids for Unix-domain listeners, separated by commas.');
page_says('No other client is served.');
my $server = service(['--proxy-from=127.0.0.3,127.0.1.0/24'], ['sh', '-c', 'echo "$TCPREMOTEIP"']);
is(ask($server, from => $_, send => proxy_header('192.0.2.7', 1)), "192.0.2.7\n", "s6-tcpserver --proxy-from trusts the header of $_")
  for '127.0.0.3', '127.0.1.200';
ok(closed_by_server(open_client($server, from => '127.0.0.4')), 's6-tcpserver --proxy-from does not serve another sender');
log_says($server, qr/info: refuse 127\.0\.0\.4_\d+ not a proxy$/, 's6-tcpserver --proxy-from logs that another sender is not a proxy');
is(launched($server), 2, 's6-tcpserver --proxy-from launches nothing for another sender');

page_says('Serve the clients who are not named in --proxy-from, as if there were no --proxy.');
page_says('Nothing is read from their connections.');
my $direct = service(['--proxy-from=127.0.0.3', '--proxy-direct'], ['sh', '-c', 'echo "$TCPREMOTEIP"; cat']);
is(ask($direct, from => '127.0.0.4', send => 'x'), "127.0.0.4\nx", 's6-tcpserver --proxy-direct serves a client who is no proxy');
is(ask($direct, from => '127.0.0.4', send => proxy_header('192.0.2.7', 1)), "127.0.0.4\n" . proxy_header('192.0.2.7', 1),
  's6-tcpserver --proxy-direct reads no header from a client who is no proxy');
is(ask($direct, from => '127.0.0.3', send => proxy_header('192.0.2.7', 1)), "192.0.2.7\n",
  's6-tcpserver --proxy-direct trusts the header of a proxy');
my $greeting = open_client($direct, from => '127.0.0.4');
is(read_line($greeting), "127.0.0.4\n", 's6-tcpserver --proxy-direct serves a client who is no proxy and sends nothing');

# ---- who is counted and judged ----

page_says('The client is then the one that the header names: limits, rules, the log and the variables are about it.');
my $limited = service(['-C1'], ['cat']);
my @held = map { open_client($limited) } 1 .. 3;
say_to($held[$_], proxy_header("192.0.2.$_", 40112) . "x\n") for 0 .. 2;
is(read_line($_), "x\n", 's6-tcpserver --proxy -C1 serves three clients of one balancer') for @held;
my $second = open_client($limited);
say_to($second, proxy_header('192.0.2.1', 40113));
ok(closed_by_server($second), 's6-tcpserver --proxy -C1 refuses a second connection of a client of a balancer');
log_says($limited, qr{info: refuse 192\.0\.2\.1_40113 count 1/1 source \(-C 1\) via=127\.0\.0\.1_\d+$},
  's6-tcpserver --proxy -C1 logs the client and the sender that it refuses');
log_says($limited, qr{info: accept 192\.0\.2\.2_40112 pid \d+ count 1/1 via=127\.0\.0\.1_\d+$},
  's6-tcpserver --proxy -C1 logs the client and the sender that it serves');
is(ask($limited, send => proxy_header('192.0.2.9', 1) . 'y'), 'y', 's6-tcpserver --proxy -C1 serves another client of a balancer after a refusal');

my $rules = own_dir() . '/rules';
mkdir "$rules$_" or die for '', '/ip4', '/ip4/192.0.2.7_32', '/ip4/127.0.0.1_32', '/uid', '/uid/default';
put_file('rules/ip4/192.0.2.7_32/allow', '');
put_file('rules/ip4/127.0.0.1_32/deny', '');
put_file('rules/uid/default/deny', '');
for my $name ('s6-tcpserverd', 's6-ipcserverd')
{
  my $judged = stream_daemon($name, ['-v2', @from, '-i', $rules], ['cat']);
  is(ask($judged, send => proxy_header('192.0.2.7', 1) . 'x'), 'x', "$name --proxy -i allows a client that the header names");
  is(ask($judged, send => proxy_header('192.0.2.8', 1) . 'x'), '', "$name --proxy -i refuses a client that the header names and no rule allows");
  log_says($judged, qr/info: refuse 192\.0\.2\.8_1 rule=none via=(?:127\.0\.0\.1_\d+|uid:$>)$/,
    "$name --proxy -i logs the client and the sender that it refuses");
}

# ---- what the program is told ----

page_says('TCPPROXYIP and TCPPROXYPORT are set to the address and port of the sender of the header.');
page_says('If --proxy was given and the header names no client, they are removed.');
my %stale = map { $_ => 'old' } qw(TCPPROXYIP TCPPROXYPORT SSL_TLS_SNI_SERVERNAME SSL_PROTOCOL SSL_PEER_CERT_CN SSL_CIPHER PROXY_UNIQUE_ID PROXY_ALPN TCPREMOTEHOST);
my $telling = service([], $env, env => \%stale);
my $told = variables(ask($telling, send => proxy_header('2001:DB8::7', 40112)));
is(join(' ', map { "$_=$told->{$_}" } sort grep { /^(TCP|PROTO|PROXY|SSL_[TPC])/ && !/PROXYPORT|SSL_CERT/ } keys %$told),
  'PROTO=TCP TCPCONNNUM=1 TCPLOCALIP=2001:db8::1 TCPLOCALPORT=7000 TCPPROXYIP=127.0.0.1 TCPREMOTEIP=2001:db8::7 TCPREMOTEPORT=40112',
  's6-tcpserver --proxy sets the variables to the client that the header names, and removes old ones');
like($told->{TCPPROXYPORT}, qr/\A\d+\z/, 's6-tcpserver --proxy sets TCPPROXYPORT to the port of the sender');
$told = variables(ask($telling, send => $local));
is(join(' ', map { "$_=$told->{$_}" } sort grep { /^(TCPREMOTEIP|SSL_[TPC]|PROXY|TCPPROXY)/ && !/SSL_CERT/ } keys %$told), 'TCPREMOTEIP=127.0.0.1',
  's6-tcpserver --proxy removes old variables for a header that names no client');
my $untouched = variables(ask(start_server([], $env, env => \%stale)));
is($untouched->{$_}, 'old', "s6-tcpserver without --proxy leaves $_ as it is") for qw(TCPPROXYIP SSL_PROTOCOL PROXY_ALPN);

page_says('Set the variables SSL_TLS_SNI_SERVERNAME, SSL_PROTOCOL, SSL_PEER_CERT_CN, SSL_CIPHER, PROXY_UNIQUE_ID and PROXY_ALPN to what the header has, if that is at most 255 bytes of printable ASCII.');
page_says('SSL_PEER_CERT_CN is set only if the sender has verified the certificate.');
page_says('With --proxy, these variables are removed for every client for which they are not set.');
sub tlv { return pack('C n', $_[0], length $_[1]) . $_[1] }
sub header2
{
  my $tlvs = join '', @_;
  return "\r\n\r\n\0\r\nQUIT\n\x21\x11" . pack('n', 12 + length $tlvs) . pack('C8 n2', 192, 0, 2, 7, 198, 51, 100, 1, 40112, 7000) . $tlvs;
}
my $session = tlv(0x20, pack('C N', 1, 0) . tlv(0x21, 'TLSv1.3') . tlv(0x22, 'alice b') . tlv(0x23, 'TLS_X'));
my $rich = header2(tlv(2, 'www.example.org'), $session, tlv(5, 'id 7'), tlv(1, 'h2'));
my $full = service(['--proxy-variables'], $env, env => \%stale);
$told = variables(ask($full, send => $rich));
is(join(' ', map { "$_=$told->{$_}" } sort grep { /^(SSL_[TPC]|PROXY_)/ && !/SSL_CERT/ } keys %$told),
  'PROXY_ALPN=h2 PROXY_UNIQUE_ID=id 7 SSL_CIPHER=TLS_X SSL_PEER_CERT_CN=alice b SSL_PROTOCOL=TLSv1.3 SSL_TLS_SNI_SERVERNAME=www.example.org',
  's6-tcpserver --proxy-variables sets the variables to what the header has');
$told = variables(ask($full, send => header2(tlv(2, "a\nb"), tlv(5, 'x' x 128), tlv(0x20, pack('C N', 1, 1) . tlv(0x22, 'mallory')))));
is(join(' ', map { "$_=$told->{$_}" } sort grep { /^(SSL_[TPC]|PROXY_)/ && !/SSL_CERT/ } keys %$told), 'PROXY_UNIQUE_ID=' . 'x' x 128,
  's6-tcpserver --proxy-variables leaves out what is not printable or not verified');
is(scalar(grep { defined variables(ask($telling, send => $rich))->{$_} } qw(SSL_PROTOCOL PROXY_ALPN)), 0,
  's6-tcpserver --proxy without --proxy-variables sets none of these variables');
my $long = header2(map { tlv($_, chr(96 + $_) x 255) } 1, 2);
$told = variables(ask($full, send => $long));
is(length $told->{PROXY_ALPN}, 255, 's6-tcpserver --proxy-variables sets a variable to a value of 255 bytes');

# The program finds the socket as it would be without all this, also if its header took several pieces.
my $mark = service([], [$^X, '-e', 'print unpack("i", getsockopt(STDIN, ' . SOL_SOCKET . ', ' . SO_RCVLOWAT . ')), "\n"']);
is(ask($mark, send => proxy_header('192.0.2.7', 1)), "1\n", 's6-tcpserver --proxy passes on a socket whose SO_RCVLOWAT is 1');
my $slow = open_client($mark);
say_to($slow, substr header2(), 0, 17);
select undef, undef, undef, 0.1;
say_to($slow, substr header2(), 17);
is(read_all($slow), "1\n", 's6-tcpserver --proxy passes on a socket whose SO_RCVLOWAT is 1 after a header that came in pieces');

# ---- checks ----

page_says('After a header that names no client, LOCAL, UNKNOWN or UNSPEC, close the connection and launch nothing.');
my $quiet = service(['--proxy-close-local'], ['cat']);
is(ask($quiet, send => $_), '', 's6-tcpserver --proxy-close-local closes a connection whose header names no client')
  for $local, "PROXY UNKNOWN\r\n", "\r\n\r\n\0\r\nQUIT\n\x21\0\0\0";
is(ask($quiet, send => header2() . 'x'), 'x', 's6-tcpserver --proxy-close-local serves a client that the header names');
is(launched($quiet), 1, 's6-tcpserver --proxy-close-local launches nothing for a header that names no client');
page_says('It is counted under a reason of its own, check, and is not logged below verbosity 3.');
is(log_count($quiet, qr/refuse/), 0, 's6-tcpserver -v2 --proxy-close-local logs no refusal for a header that names no client');
{
  my $counters = unix_path();
  my $detailed = stream_daemon('s6-tcpserverd', ['-v3', @from, '--proxy-close-local', "--status-socket=$counters"], ['cat']);
  is(ask($detailed, send => $local), '', 's6-tcpserver -v3 --proxy-close-local closes a connection whose header names no client');
  log_says($detailed, qr/info: refuse 127\.0\.0\.1_\d+ a header that names no client$/,
    's6-tcpserver -v3 --proxy-close-local logs a header that names no client');
  my $stat = counters_of($counters);
  is($stat->{'refused_total{reason="check"}'}, 1, 's6-tcpserver --proxy-close-local counts a header that names no client as a check');
  is($stat->{'refused_total{reason="proxy"}'}, 0, 's6-tcpserver --proxy-close-local does not count a header that names no client as a bad one');
}
is(ask($telling, send => $local) =~ /^PROTO=TCP$/m, 1, 's6-tcpserver without --proxy-close-local serves a connection whose header names no client');

# ---- bad headers ----

page_says('A connection without a complete and correct header is closed, and nothing is launched for it.');
my $strict = service([], ['cat']);
for (["GET / HTTP/1.0\r\n", 'bad proxy header: neither version 1 nor version 2'], ["PROXY TCP4 1.2.3.4 1.2.3.400 1 1\r\n", 'bad proxy header: bad destination address or port'],
  ['', 'no proxy header'], ['PROXY TCP4 ', 'bad proxy header: it ends too early'])
{
  my ($bytes, $why) = @$_;
  is(ask($strict, send => $bytes), '', "s6-tcpserver --proxy closes a connection with $why");
  log_says($strict, qr/info: refuse 127\.0\.0\.1_\d+ \Q$why\E$/, "s6-tcpserver --proxy logs why it refuses a connection with $why");
}
is(launched($strict), 0, 's6-tcpserver --proxy launches nothing for bad headers');
ask($strict, send => 'x') for 1 .. 5;
log_says($strict, qr/refuse 127\.0\.0\.1 bad proxy header: neither version 1 nor version 2 repeated=\d+$/,
  's6-tcpserver --proxy sums up bad headers of a sender in its log');
is(ask($strict, send => header2() . 'y'), 'y', 's6-tcpserver --proxy serves a good header after bad ones');

# ---- packets ----

page('local-seqpacket-socket-accept');
page_says('On a seqpacket socket it is a packet of its own.');
{
  my $path = unix_path();
  socket my $listener, AF_UNIX, SOCK_SEQPACKET, 0 or die "no socket: $!\n";
  bind $listener, pack_sockaddr_un($path) or die "cannot bind: $!\n";
  listen $listener, 16 or die "cannot listen: $!\n";
  my $packets = start(command => [bin('local-seqpacket-socket-accept'), '-v', @from, 'sh', '-c', 'printf "%s " "$TCPREMOTEIP"; exec cat'], fds => { 3 => $listener });
  log_says($packets, qr/starting/, 'local-seqpacket-socket-accept --proxy logs its start');
  my $outcome = sub
  {
    socket my $client, AF_UNIX, SOCK_SEQPACKET, 0 or die;
    connect $client, pack_sockaddr_un($path) or die "cannot connect: $!\n";
    send $client, $_, MSG_NOSIGNAL for @_;
    stop_sending($client);
    return read_all($client);
  };
  my $header = proxy_header('192.0.2.7', 1);
  is($outcome->($header, 'x'), '192.0.2.7 x',
    'local-seqpacket-socket-accept --proxy serves a header of version 1 in a packet of its own, and then data');
  is($outcome->(header2(), 'x', 'y'), '192.0.2.7 xy',
    'local-seqpacket-socket-accept --proxy serves a header of version 2 in a packet of its own, and then data');
  is($outcome->("${header}x"), '', 'local-seqpacket-socket-accept --proxy refuses a header and data in one packet');
  log_says($packets, qr/info: refuse \S+ bad proxy header: it is not a packet of its own$/,
    'local-seqpacket-socket-accept --proxy logs that a header is not a packet of its own');
  is($outcome->(substr($header, 0, 20), substr($header, 20)), '', 'local-seqpacket-socket-accept --proxy refuses a header in two packets');
  log_says($packets, qr/info: refuse \S+ bad proxy header: its packet ends too early$/,
    'local-seqpacket-socket-accept --proxy logs that the packet of a header ends too early');
  is($outcome->($header . 'x' x 5000), '', 'local-seqpacket-socket-accept --proxy refuses a packet that is longer than any header');
  log_says($packets, qr/info: refuse \S+ bad proxy header: its packet is too long$/,
    'local-seqpacket-socket-accept --proxy logs that the packet of a header is too long');
  is($outcome->(), '', 'local-seqpacket-socket-accept --proxy refuses an end without a header');
  is($outcome->($header, 'z'), '192.0.2.7 z', 'local-seqpacket-socket-accept --proxy serves a good header after bad ones');
}
page('s6-tcpserverd');

# ---- waiting ----

page_says('Close a connection whose header is not complete after so many seconds.');
my $hurried = service(['--proxy-deadline=1'], ['cat']);
for my $bytes ('', 'PROXY ', substr(header2(), 0, 20))
{
  my $client = open_client($hurried);
  say_to($client, $bytes);
  ok(closed_by_server($client), 's6-tcpserver --proxy-deadline closes a connection that has sent ' . length($bytes) . ' bytes');
}
log_says($hurried, qr/info: refuse 127\.0\.0\.1_\d+ no proxy header within 1 s$/,
  's6-tcpserver --proxy-deadline logs how long it waited for a header');
is(launched($hurried), 0, 's6-tcpserver --proxy-deadline launches nothing for a header that is not complete');

# Many who are silent, or stop in the middle, cost no processor time, and the others are served.
my $patient = service(['--max-pending=300'], ['cat']);
my @silent = map { open_client($patient) } 1 .. 200;
say_to($silent[$_], substr header2(), 0, 1 + $_ % 27) for 0 .. 99;
is(ask($patient, send => header2() . 'x'), 'x', 's6-tcpserver --proxy serves a client while 200 have sent no complete header');
my $before = processor_ticks($patient->pid);
select undef, undef, undef, 0.5;
cmp_ok(processor_ticks($patient->pid) - $before, '<', 10, 's6-tcpserver --proxy does not spin while 200 clients have sent no complete header');
say_to($silent[0], substr header2() . 'z', 1);
stop_sending($silent[0]);
is(read_all($silent[0]), 'z', 's6-tcpserver --proxy serves a client that completes its header late');

page_says('Let at most n clients wait while they have no program:');
page_says('At n, the oldest one that waits for its first data or for its end gives way; where all wait for a header, further clients stay in the backlog.');
page_says('They do not count in the other limits.');
my $narrow = service(['--max-pending=2', '-c1', '--proxy-deadline=60'], ['cat']);
my $sockets = sub { scalar grep { /^socket/ } values %{fd_targets($narrow->pid)} };
my $at_start = $sockets->();
my @waiting = map { open_client($narrow) } 1, 2;
ok(eventually(sub { $sockets->() == $at_start + 2 }), 's6-tcpserver --proxy --max-pending=2 lets two clients wait for their header');
my $third = open_client($narrow);
say_to($third, header2() . "x\n");
is(read_line($third, 0.5), undef, 's6-tcpserver --proxy --max-pending=2 leaves a third client in the backlog, though its header is there');
close $waiting[0];
is(read_line($third), "x\n", 's6-tcpserver --proxy --max-pending=2 serves the third client when one that waits has left');

# While all slots are taken, no time limit runs.
page_says('While the limit of all clients is reached, this time does not count.');
my $busy = service(['-c1', '--proxy-deadline=1'], ['cat']);
my $first = open_client($busy);
my $next = open_client($busy);
say_to($first, header2() . "x\n");
is(read_line($first), "x\n", 's6-tcpserver --proxy -c1 serves a client');
select undef, undef, undef, 1.5;
is(log_count($busy, qr/no proxy header within/), 0, 's6-tcpserver --proxy-deadline -c1 does not count the time of the next client while it is full');
say_to($next, header2() . "y\n");
stop_sending($first);
is(read_all($first), '', 's6-tcpserver --proxy -c1 ends the session of a client that leaves');
is(read_line($next), "y\n", 's6-tcpserver --proxy -c1 serves the next client when one has left');

page_says('The default is 1024; it is lowered to what the limit of descriptors leaves.');
SKIP:
{
  skip 'prlimit is not installed', 2 unless tool('prlimit');
  my $short = service(['--proxy-deadline=1'], ['cat'], under => [tool('prlimit'), '--nofile=40:']);
  my @many = map { open_client($short) } 1 .. 60;
  is(ask($short, send => header2() . 'x'), 'x', 's6-tcpserver --proxy with few descriptors serves a client beside a crowd of silent ones');
  is(log_count($short, qr/holding clients/), 0, 's6-tcpserver --proxy with few descriptors has no shortage while a crowd of clients is silent');
}

# ---- Unix-domain listeners ----

page('s6-ipcserverd');
page_says('PROTO is TCP, and the variables are those of a TCP client');
for my $name ('s6-ipcserver', 'local-stream-socket-accept', 'skd -l')
{
  my $unix = stream_daemon($name, ['-v2', @from], $env, env => { TCPPROXYIP => 'old' });
  $told = variables(ask($unix, send => header2()));
  is(join(' ', map { "$_=$told->{$_}" } sort grep { /^(TCP|IPC|UNIX|PROTO|PEER)/ } keys %$told),
    'PROTO=TCP TCPCONNNUM=1 TCPLOCALIP=198.51.100.1 TCPLOCALPORT=7000 TCPREMOTEIP=192.0.2.7 TCPREMOTEPORT=40112',
    "$name --proxy sets the variables of an IP client that the header names");
  log_says($unix, qr/(?:accept|allow) 192\.0\.2\.7_40112 pid \d+ count \S+ via=uid:$>$/,
    "$name --proxy logs an IP client and the user id of the sender");
  $told = variables(ask($unix, send => $local));
  like($told->{PROTO}, qr/\A(?:IPC|UNIX|UNIX-STREAM)\z/, "$name --proxy sets PROTO as for a local client if the header names no client");
}
SKIP:
{
  skip 'changing ids takes root', 2 unless can_change_ids();
  my $mine = stream_daemon('s6-ipcserverd', ['-v2', '--proxy=any', '--proxy-from=0'], ['cat']);
  my $other = as_user(65533, 65532, sub { open_client($mine) });
  ok(closed_by_server($other), 's6-ipcserverd --proxy-from=0 does not serve another user');
  log_says($mine, qr/info: refuse 65533:65532 not a proxy$/, 's6-ipcserverd --proxy-from=0 logs that another user is not a proxy');
}

done_testing();
