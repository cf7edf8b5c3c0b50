#!/usr/bin/env perl
# s6-tcpclient: addresses, options, variables and words. Names are tested in connect/names.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use IO::Socket::IP;

page('s6-tcpclient');
my $client = bin('s6-tcpclient');
my @facts = client_facts();
my ($listener, $port) = busy_port();
my $free = free_port();

# Without names, so that no name server has a say.
sub connected { return client_facts(run($client, '-H', @_, @facts)) }
sub code { return run($client, '-H', @_)->{code} }

# ---- the connection ----

page_says('prog reads from the connection on descriptor 6 and writes to it on descriptor 7; whatever these two were before is closed.');
page_says('The connection is blocking.');
my $got = connected('127.0.0.1', $port);
is($got->{fds}, '0 1 2 6 7', 'the connection is on descriptors 6 and 7, and nothing but the standard ones is open beside it');
is($got->{file6}, $got->{file7}, 'descriptors 6 and 7 are the same socket');
is($got->{"nonblocking$_"}, 0, "descriptor $_ of the connection is blocking") for 6, 7;
page_says('Standard descriptors that are closed are opened on /dev/null first, so that the connection never becomes one of them.');
my $file = own_dir() . '/facts';
run({ closed => [0, 1, 2] }, $client, '-H', '127.0.0.1', $port, 'sh', '-c', 'f=$1; shift; exec "$@" > "$f"', 'sh', $file, @facts);
$got = client_facts({ out => get_file($file) });
is("$got->{0} $got->{2}", '/dev/null /dev/null', 'standard descriptors that were closed at the start are /dev/null');
like($got->{file7}, qr/socket/, 'standard descriptors closed at the start: the connection is on descriptor 7');

my $server = start_server([], ['sh', '-c', 'read -r x; echo "heard $x from $TCPREMOTEPORT"']);
my $r = run($client, '-H', '127.0.0.1', $server->{port}, 'sh', '-c', 'echo hello >&7; cat <&6; echo "$TCPLOCALPORT"');
like($r->{out}, qr/\Aheard hello from (\d+)\n\1\n\z/, 'the program of s6-tcpclient and the server talk with each other');

page_says('Always "TCP".');
page_says('The local address of the connection.');
page_says('The local port of the connection.');
page_says('The address that it is connected to.');
page_says('The port that it is connected to.');
my %stale = map { $_ => 'old' } qw(PROTO TCPLOCALIP TCPLOCALPORT TCPREMOTEIP TCPREMOTEPORT TCPLOCALHOST TCPREMOTEHOST TCPREMOTEINFO);
$r = run({ only_env => { %stale, PATH => $ENV{PATH} } }, $client, '-H', '127.0.0.1', $port, 'env');
is(join("\n", sort grep { !/^TCPLOCALPORT=\d/ } split /\n/, $r->{out}), join("\n", sort "PATH=$ENV{PATH}", 'PROTO=TCP', 'TCPLOCALIP=127.0.0.1',
   'TCPREMOTEIP=127.0.0.1', "TCPREMOTEPORT=$port"), "the program's environment has the variables of the connection and no stale ones");

# ---- the host ----

page_says('If host is empty or 0, it means this machine: ::1, then 127.0.0.1.');
is(connected($_, $port)->{'env:TCPREMOTEIP'}, '127.0.0.1', "host '$_' means this machine") for '', '0';
page_says('those on the command line in their order');
is(connected('127.0.0.2,127.0.0.1', $port)->{'env:TCPREMOTEIP'}, '127.0.0.1', 'the second of two addresses is connected to when only that one answers');
my ($first, $second) = map { IO::Socket::IP->new(LocalHost => $_, LocalPort => $free, Listen => 1) } '127.0.0.3', '127.0.0.4';
is(connected('127.0.0.3,127.0.0.4', $free)->{'env:TCPREMOTEIP'}, '127.0.0.3', 'the first of two addresses is connected to when both answer');
is(connected('127.0.0.4,127.0.0.3', $free)->{'env:TCPREMOTEIP'}, '127.0.0.4', 'two addresses are tried in the order in which they are given');
close $first;
close $second;
is(code($_, $port, 'true'), 100, "host '$_' is no address") for 'localhost', '127.0.0.1,', ',', '0177.0.0.1', '127.0.0.01', '1.2.3', '0x7f.1', '2130706433', '127.0.0.1.', '127.0.0.1,localhost', '127.1', '1.2.3.4.5', 'fe80::1%nonesuch';
is(run($client, 'local host', $port, 'true')->{code}, 100, 'a host that cannot be a name is a usage error');

page_says('Connect to IPv4 addresses only.');
page_says('Connect to IPv6 addresses only.');
is(connected('-4', '0', $port)->{'env:TCPREMOTEIP'}, '127.0.0.1', '-4 connects to 127.0.0.1 for this machine');
is(code('-6', '127.0.0.1', $port, 'true'), 100, '-6 leaves IPv4 addresses out');
is(code('-4', '::1', $port, 'true'), 100, '-4 leaves IPv6 addresses out');
is(connected('-6', '-4', '127.0.0.1', $port)->{'env:TCPREMOTEIP'}, '127.0.0.1', '-4 after -6 counts');

SKIP:
{
  skip 'IPv6 is not available', 4 unless have_ipv6();
  my ($listener6, $port6) = busy_port('::1');
  page_says('Addresses are written in their shortest form, in lower case.');
  is(connected('0:0::1', $port6)->{'env:TCPREMOTEIP'}, '::1', 'an IPv6 address is in its shortest form in TCPREMOTEIP');
  my $four = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => $port6, Listen => 1) or die;
  is(connected('0', $port6)->{'env:TCPREMOTEIP'}, '::1', 'host 0 means ::1 before 127.0.0.1');
  page_says('Only addresses of its family are tried.');
  is(connected('-i', '127.0.0.5', '0', $port6)->{'env:TCPLOCALIP'}, '127.0.0.5', '-i decides which addresses are tried');
  is(connected('-6', '-p', $free, '0', $port6)->{'env:TCPLOCALPORT'}, $free, '-p alone suits any family');
}

# ---- options of the socket ----

page_says('Let TCP collect small pieces of data. This is the default.');
page_says('Send small pieces of data at once instead of collecting them.');
is(connected('127.0.0.1', $port)->{'no-delay'}, 0, 'TCP_NODELAY is not set by default');
is(connected('-D', '127.0.0.1', $port)->{'no-delay'}, 1, '-D sets TCP_NODELAY');
is(connected('-D', '-d', '127.0.0.1', $port)->{'no-delay'}, 0, '-d after -D leaves TCP_NODELAY unset');
page_says('Connect from this local address.');
is(connected('-i', '127.0.0.6', '127.0.0.1', $port)->{'env:TCPLOCALIP'}, '127.0.0.6', '-i sets the local address');
page_says('Connect from this local port, a number from 0 to 65535.');
is(connected('-p', $free, '127.0.0.1', $port)->{'env:TCPLOCALPORT'}, $free, '-p sets the local port');
my ($elsewhere, $other) = busy_port();
is(connected('-p', $free, '127.0.0.1', $other)->{'env:TCPLOCALPORT'}, $free, '-p with the same port connects to another server at once');
page_says('With 0, the system chooses.');
isnt(connected('-p', $free, '-p', 0, '127.0.0.1', $port)->{'env:TCPLOCALPORT'}, $free, '-p 0 lets the system choose the local port');
$r = run($client, '-H', '-i', '::1', '127.0.0.1', $port, 'true');
is($r->{code}, 111, '-i of another family than the host exits 111');
like($r->{err}, qr/unable to connect to 127\.0\.0\.1: it has no address of the family of the local address$/,
  '-i of another family than the host: the message has the cause');
page_says('instead of looking it up.');
is(connected('-l', '', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, '', '-l with an empty name sets an empty TCPLOCALHOST');
is(connected('-l', 'me', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, 'me', '-l sets TCPLOCALHOST');

# ---- words ----

page_says('If an option is given twice, the last one counts; but each -q and -v counts.');
is(run($client, '-Hqv', '127.0.0.1', $port, 'true')->{err}, '', '-q and -v undo each other');
is(run($client, '-Hqvv', '127.0.0.1', $port, 'true')->{err}, "s6-tcpclient: info: connected to 127.0.0.1 port $port\n",
  '-v after -q and -v prints the connection, as each of them counts');
page_says('Be more verbose: print the peer of the connection, and the lookups that found nothing.');
is(run($client, '-Hv', '127.0.0.1', $port, 'true')->{err}, "s6-tcpclient: info: connected to 127.0.0.1 port $port\n", '-v prints the peer of the connection');
is(run($client, '-H', '127.0.0.1', $port, 'true')->{err}, '', 'without -v nothing is printed about a connection');
page_says('If no connection is made, print the reason for each address.');
my $refused = "s6-tcpclient: fatal: unable to connect to 127.0.0.2,127.0.0.1, the last of 2 addresses being 127.0.0.1 port $free: Connection refused\n";
my $warning = "s6-tcpclient: warning: unable to connect to 127.0.0.2 port $free: Connection refused\n";
is(run($client, '-H', '127.0.0.2,127.0.0.1', $free, 'true')->{err}, $warning . $refused, 'two addresses that refuse: the reason of each is printed');
page_says('Be less verbose: leave out warnings.');
is(run($client, '-Hq', '127.0.0.2,127.0.0.1', $free, 'true')->{err}, $refused, '-q leaves the warnings out');
page_says('If no connection is made, the message names the address that failed last, and the reason.');
is(run($client, '-H', '127.0.0.1', $free, 'true')->{err}, "s6-tcpclient: fatal: unable to connect to 127.0.0.1 port $free: Connection refused\n",
  'a single address that refuses: the message names it with the reason');

# ---- exit codes ----

page_says('The command line is wrong.');
page_says('There is no such host, or no connection: no answer came in time, or the system refused something.');
is(code('127.0.0.1', $free, 'true'), 111, 'a port without a server: exit 111');
is(code('127.0.0.1', $_, 'true'), 100, "port '$_' is a usage error") for '', 'http', '65536', '-1', '80x';
is(code('-t', $_, '127.0.0.1', $port, 'true'), 100, "-t may not be '$_'") for '', 'x', '-1', '01';
is(code('-T', $_, '127.0.0.1', $port, 'true'), 100, "-T may not be '$_'") for '', 'x', '+', '1+', '+1', '1+2+3', '01', '1+01', '1 + 2';
is(code('-T', $_, '127.0.0.1', $port, 'true'), 0, "-T may be '$_'") for '0', '5', '2+58', '0+0', '1000000+1000000', '99999999999999999999999+4294967295';
is(code('-i', $_, '127.0.0.1', $port, 'true'), 100, "-i may not be '$_'") for '', 'x', '1.2.3', '::1::';
is(code('-p', $_, '127.0.0.1', $port, 'true'), 100, "-p may not be '$_'") for '', 'x', '65536';
is(code('127.0.0.1', $port), 100, 'a command line without a program is a usage error');
is(code('127.0.0.1', $port, ''), 100, 'an empty name of the program is a usage error');
page_says('was found, and cannot be executed.');
page_says('was not found.');
is(code('127.0.0.1', $port, '/'), 126, 'a program that cannot be executed: exit 126');
is(code('127.0.0.1', $port, '/nonexistent/program'), 127, 'a program that is not there: exit 127');
page_says('Otherwise the exit status is that of prog.');
is(code('127.0.0.1', $port, 'sh', '-c', 'exit 5'), 5, 'the exit status is that of the program');
page_says('Options come before host.');
is(run($client, '-H', '127.0.0.1', $port, 'echo', '-H', '--nonesuch')->{out}, "-H --nonesuch\n", 'options after the program are its own');

page_says('leaves all signals as they are.');
$r = run({ ignore => ['HUP'], block => ['USR1'] }, $client, '-H', '127.0.0.1', $port, 'grep', '^Sig[BI]', '/proc/self/status');
like($r->{out}, qr/^SigBlk:\s+0*200\n.*^SigIgn:\s+[0-9a-f]{8}[08]0{6}1$/ms, 'the program has the signals ignored and blocked that the caller had');

# ---- time ----

page_says('Give up when so many seconds have passed, name lookups included.');
page_says('in milliseconds.');
my ($silent, $keep) = silent_listener('127.0.0.1');
for my $how (['-t', 1], ['--deadline=1'], ['--timeout=100'], ['-t', 0, '--timeout=100'], ['--timeout=0', '-t', 1], ['-T', '0+1'], ['-T', 1])
{
  $r = run($client, '-H', @$how, '127.0.0.1', $silent, 'true');
  is($r->{code}, 111, "@$how ends a connection attempt that gets no answer");
  like($r->{err}, qr/unable to connect to 127\.0\.0\.1 port $silent: Connection timed out$/, "@$how: the message has that the connection attempt timed out");
}
is(connected('-T', '0+1', "127.0.0.2,127.0.0.1", $port)->{'env:TCPREMOTEPORT'}, $port, '-T 0+1: a connection that is made in time succeeds');
page_says('With 0, which is the default, only the limit of each address and those of the resolver apply.');
page_says('With 0, the system decides.');
page_says('x alone means x+0.');
is(connected('-t', 0, '--timeout=0', '-T', '0', '127.0.0.1', $port)->{'env:TCPREMOTEPORT'}, $port, '-t 0 --timeout=0 -T 0: there is no limit');

# ---- the owner of the connection ----

page_says("Ask the server's host for the owner of the connection, by the protocol of RFC 1413.");
page_says('the owner of the connection as the server\'s host reports it, or empty; removed without it.');
page_says('Do not ask. This is the default.');
is(connected('-r', '-R', '127.0.0.1', $port)->{'env:TCPREMOTEINFO'}, undef, '-R undoes -r');

done_testing();
