#!/usr/bin/env perl
# udp-socket-connect: a socket with one peer, and what the next program is told about it.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use IO::Socket::IP;
use Socket qw(SOCK_DGRAM);

page('udp-socket-connect');
my $connect = bin('udp-socket-connect');
my @facts = client_facts();

sub peer { return IO::Socket::IP->new(LocalHost => $_[0], LocalPort => 0, Type => SOCK_DGRAM) || die "cannot bind: $@\n" }

my $peer = peer('127.0.0.1');
my $port = $peer->sockport;

page_says('prog receives from the peer on descriptor 6 and sends to it on descriptor 7; whatever these two were before is closed.');
page_says('The socket is blocking.');
my $got = client_facts(run($connect, '127.0.0.1', $port, @facts));
is($got->{fds}, '0 1 2 6 7', 'udp-socket-connect has the socket on 6 and 7 and nothing else open');
is($got->{"nonblocking$_"}, 0, "udp-socket-connect leaves descriptor $_ blocking") for 6, 7;
is($got->{file6}, $got->{file7}, 'udp-socket-connect has the same socket on 6 and 7');

my $echo = start(command => [$connect, '127.0.0.1', $port, 'perl', '-e',
  'open my $s, "+<&=", 7; syswrite $s, "question"; sysread $s, my $answer, 100; print $answer']);
my $from = recv $peer, my $question, 100, 0;
is($question, 'question', 'prog of udp-socket-connect sends a datagram to the peer');
send $peer, 'answer', 0, $from;
is(read_all($echo->out), 'answer', 'prog of udp-socket-connect receives the answer of the peer');

page_says('The local address of the socket.');
page_says('The local port of the socket.');
page_says('The address that it is connected to.');
page_says('The port that it is connected to.');
page_says('The argument of -l; removed without it.');
page_says('Always "UDP".');
page_says('Connect from this local address.');
page_says('Connect from this local port, a number from 0 to 65535.');
page_says('are removed: they would describe something else.');
my %stale = map { $_ => 'old' } qw(PROTO UDPLOCALIP UDPLOCALPORT UDPREMOTEIP UDPREMOTEPORT UDPLOCALHOST UDPLOCALINFO UDPREMOTEHOST UDPREMOTEINFO);
my $free = free_port();
my $r = run({ only_env => { %stale, PATH => $ENV{PATH} } }, $connect, '-i', '127.0.0.5', '-p', $free, '127.0.0.1', $port, 'env');
is(join("\n", sort split /\n/, $r->{out}), join("\n", sort "PATH=$ENV{PATH}", 'PROTO=UDP', 'UDPLOCALIP=127.0.0.5', "UDPLOCALPORT=$free",
   'UDPREMOTEIP=127.0.0.1', "UDPREMOTEPORT=$port"), 'udp-socket-connect sets exactly the variables that its page lists');
page_says('Set UDPLOCALHOST to name.');
page_says('The same as --local-name.');
page_says('If an option is given twice, the last one counts.');
is(client_facts(run($connect, '--local-host=a', '--local-name', 'b', '127.0.0.1', $port, @facts))->{'env:UDPLOCALHOST'},
  'b', 'udp-socket-connect takes --local-name after --local-host');
page_says('Ignored: a new socket has no IPv4 options, such as source routes, that could be removed.');
is(client_facts(run($connect, '-o', '-H', '--numeric-service', '127.0.0.1', $port, @facts))->{'ip-options'}, '',
  'udp-socket-connect accepts -o -H --numeric-service');
page_says('Take host for an address, and look up no name.');
is(run($connect, '-H', 'localhost', $port, 'true')->{code}, 100, 'udp-socket-connect -H exits 100 for the name of a host');
page_says('Take service for a port number, and look up no name.');
is(run($connect, '--numeric-service', '127.0.0.1', 'domain', 'true')->{code},
  100, 'udp-socket-connect --numeric-service exits 100 for the name of a service');
page_says('With 0, the system chooses.');
isnt(client_facts(run($connect, '-p', 0, '127.0.0.1', $port, @facts))->{'env:UDPLOCALPORT'},
  0, 'udp-socket-connect -p 0 lets the system choose the port');

page_says('the process id, the local address and port, the remote address and port.');
$r = run($connect, '--verbose', '127.0.0.1', $port, 'sh', '-c', 'echo "$$ $UDPLOCALIP $UDPLOCALPORT $UDPREMOTEIP $UDPREMOTEPORT"');
is($r->{err}, "udp-socket-connect: $r->{out}", 'udp-socket-connect --verbose prints what the variables have');

page_says('Nothing is sent to connect a UDP socket, so success does not mean that a server is there.');
is(run($connect, '127.0.0.1', $free, 'true')->{code}, 0, 'udp-socket-connect exits 0 where no server listens');
my $empty = '';
is(defined recv($peer, $empty, 1, Socket::MSG_DONTWAIT()) ? 'something' : 'nothing',
  'nothing', 'udp-socket-connect sends nothing to connect its socket');

page_says('If none is made, the message names the address that failed last, and the reason.');
$r = run($connect, '-i', '127.0.0.1', '255.255.255.255', 9, 'true');
is($r->{code}, 111, 'udp-socket-connect exits 111 for an address that the system does not accept');
like($r->{err}, qr/^udp-socket-connect: fatal: unable to connect to 255\.255\.255\.255 port 9: \S.*$/,
  'udp-socket-connect reports an address that the system does not accept');
page_says('With 0, which is the default, only the limits of the system apply.');
is(run($connect, '--timeout=0', '127.0.0.1', 9, 'true')->{code}, 0, 'udp-socket-connect --timeout=0 exits 0');
page_says('There is no socket: a lookup took too long, or the system refused something.');
page_says('Only addresses of its family are tried.');
is(run($connect, '-i', '::1', '127.0.0.1', 9, 'true')->{code}, 111, 'udp-socket-connect exits 111 for an -i of another family');
page_says('The command line is wrong, or there is no such service.');
is(run($connect, '127.0.0.1', 'nonesuch', 'true')->{code}, 100, 'udp-socket-connect exits 100 for a service that does not exist');
is(run($connect, '127.0.0.1', $port)->{code}, 100, 'udp-socket-connect exits 100 without prog');
is(run($connect, '-k', '127.0.0.1', $port, 'true')->{code}, 100, 'udp-socket-connect exits 100 for -k, which is an option for TCP');
page_says('was found, and cannot be executed.');
is(run($connect, '127.0.0.1', $port, '/')->{code}, 126, 'udp-socket-connect exits 126 for a prog that cannot be executed');
page_says('was not found.');
is(run($connect, '127.0.0.1', $port, '/nonexistent/program')->{code}, 127, 'udp-socket-connect exits 127 for a prog that does not exist');
page_says('Options come before host.');
is(run($connect, '127.0.0.1', $port, 'echo', '-H')->{out}, "-H\n", 'udp-socket-connect leaves the options after prog to prog');
page_says('leaves all signals as they are.');
$r = run({ ignore => ['HUP'] }, $connect, '127.0.0.1', $port, 'grep', '^SigIgn', '/proc/self/status');
like($r->{out}, qr/^SigIgn:\s+[0-9a-f]{8}[08]0{6}1$/m, 'udp-socket-connect leaves SIGHUP ignored');
is(run($connect, '127.0.0.1', $port, 'sh', '-c', 'exit 3')->{code}, 3, 'udp-socket-connect exits as prog does');

SKIP:
{
  skip 'the system knows no service domain', 1 unless getservbyname('domain', 'udp');
  is(client_facts(run($connect, '127.0.0.1', 'domain', @facts))->{'env:UDPREMOTEPORT'}, 53, 'udp-socket-connect takes the name of a service');
}
SKIP:
{
  skip 'IPv6 is not available', 1 unless have_ipv6();
  page_says('Addresses are written in their shortest form, in lower case.');
is(client_facts(run($connect, '::1', peer('::1')->sockport, @facts))->{'env:UDPLOCALIP'},
  '::1', 'udp-socket-connect sets UDPLOCALIP to an IPv6 address');
}

done_testing();
