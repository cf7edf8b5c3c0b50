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
is($got->{fds}, '0 1 2 6 7', 's6-tcpclient gives its program the connection on descriptors 6 and 7, and no others but the standard ones');
is($got->{file6}, $got->{file7}, 'descriptors 6 and 7 of the program of s6-tcpclient are the same socket');
is($got->{"nonblocking$_"}, 0, "descriptor $_ of the program of s6-tcpclient is blocking") for 6, 7;
page_says('Standard descriptors that are closed are opened on /dev/null first, so that the connection never becomes one of them.');
my $file = own_dir() . '/facts';
run({ closed => [0, 1, 2] }, $client, '-H', '127.0.0.1', $port, 'sh', '-c', 'f=$1; shift; exec "$@" > "$f"', 'sh', $file, @facts);
$got = client_facts({ out => get_file($file) });
is("$got->{0} $got->{2}", '/dev/null /dev/null', 's6-tcpclient opens standard descriptors that were closed at its start on /dev/null');
like($got->{file7}, qr/socket/, 's6-tcpclient with standard descriptors closed at its start: the connection is on descriptor 7');

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
   'TCPREMOTEIP=127.0.0.1', "TCPREMOTEPORT=$port"),
     "the environment of the program of s6-tcpclient has the variables of the connection and no stale ones");

# ---- the host ----

page_says('If host is empty or 0, it means this machine: ::1, then 127.0.0.1.');
is(connected($_, $port)->{'env:TCPREMOTEIP'}, '127.0.0.1', "s6-tcpclient with the host '$_' connects to this machine") for '', '0';
page_says('those on the command line in their order');
is(connected('127.0.0.2,127.0.0.1', $port)->{'env:TCPREMOTEIP'}, '127.0.0.1',
   's6-tcpclient connects to the second of two addresses when only that one answers');
my ($first, $second) = map { IO::Socket::IP->new(LocalHost => $_, LocalPort => $free, Listen => 1) } '127.0.0.3', '127.0.0.4';
is(connected('127.0.0.3,127.0.0.4', $free)->{'env:TCPREMOTEIP'}, '127.0.0.3', 's6-tcpclient connects to the first of two addresses when both answer');
is(connected('127.0.0.4,127.0.0.3', $free)->{'env:TCPREMOTEIP'}, '127.0.0.4',
   's6-tcpclient tries two addresses in the order in which they are given');
close $first;
close $second;
is(code($_, $port, 'true'), 100, "s6-tcpclient -H exits 100 with the host '$_', which is no address") for 'localhost', '127.0.0.1,', ',',
   '0177.0.0.1', '127.0.0.01', '1.2.3', '0x7f.1', '2130706433', '127.0.0.1.', '127.0.0.1,localhost', '127.1', '1.2.3.4.5', 'fe80::1%nonesuch';
is(run($client, 'local host', $port, 'true')->{code}, 100, 's6-tcpclient exits 100 with a host that cannot be a name');

page_says('Connect to IPv4 addresses only.');
page_says('Connect to IPv6 addresses only.');
is(connected('-4', '0', $port)->{'env:TCPREMOTEIP'}, '127.0.0.1', 's6-tcpclient -4 connects to 127.0.0.1 for this machine');
is(code('-6', '127.0.0.1', $port, 'true'), 100, 's6-tcpclient -6 leaves IPv4 addresses out');
is(code('-4', '::1', $port, 'true'), 100, 's6-tcpclient -4 leaves IPv6 addresses out');
is(connected('-6', '-4', '127.0.0.1', $port)->{'env:TCPREMOTEIP'}, '127.0.0.1', 's6-tcpclient -4 after -6 counts');

SKIP:
{
  skip 'IPv6 is not available', 4 unless have_ipv6();
  my ($port6, $six, $four) = one_port('::1', '127.0.0.1');
  page_says('Addresses are written in their shortest form, in lower case.');
  is(connected('0:0::1', $port6)->{'env:TCPREMOTEIP'}, '::1', 's6-tcpclient sets TCPREMOTEIP to the shortest form of an IPv6 address');
  is(connected('0', $port6)->{'env:TCPREMOTEIP'}, '::1', 's6-tcpclient with the host 0 connects to ::1 before 127.0.0.1');
  page_says('Only addresses of its family are tried.');
  is(connected('-i', '127.0.0.5', '0', $port6)->{'env:TCPLOCALIP'}, '127.0.0.5', 's6-tcpclient -i decides which addresses are tried');
  is(connected('-6', '-p', $free, '0', $port6)->{'env:TCPLOCALPORT'}, $free, 's6-tcpclient -p alone suits any family');
}

# ---- options of the socket ----

page_says('Let TCP collect small pieces of data. This is the default.');
page_says('Send small pieces of data at once instead of collecting them.');
is(connected('127.0.0.1', $port)->{'no-delay'}, 0, 's6-tcpclient does not set TCP_NODELAY by default');
is(connected('-D', '127.0.0.1', $port)->{'no-delay'}, 1, 's6-tcpclient -D sets TCP_NODELAY');
is(connected('-D', '-d', '127.0.0.1', $port)->{'no-delay'}, 0, 's6-tcpclient -d after -D leaves TCP_NODELAY unset');
page_says('Connect from this local address.');
is(connected('-i', '127.0.0.6', '127.0.0.1', $port)->{'env:TCPLOCALIP'}, '127.0.0.6', 's6-tcpclient -i sets the local address');
page_says('Connect from this local port, a number from 0 to 65535.');
is(connected('-p', $free, '127.0.0.1', $port)->{'env:TCPLOCALPORT'}, $free, 's6-tcpclient -p sets the local port');
my ($elsewhere, $other) = busy_port();
is(connected('-p', $free, '127.0.0.1', $other)->{'env:TCPLOCALPORT'}, $free, 's6-tcpclient -p with the same port connects to another server at once');
page_says('With 0, the system chooses.');
isnt(connected('-p', $free, '-p', 0, '127.0.0.1', $port)->{'env:TCPLOCALPORT'}, $free, 's6-tcpclient -p 0 lets the system choose the local port');
$r = run($client, '-H', '-i', '::1', '127.0.0.1', $port, 'true');
is($r->{code}, 111, 's6-tcpclient -i of another family than the host exits 111');
like($r->{err}, qr/unable to connect to 127\.0\.0\.1: it has no address of the family of the local address$/,
  's6-tcpclient -i of another family than the host: the message has the cause');
page_says('instead of looking it up.');
is(connected('-l', '', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, '', 's6-tcpclient -l with an empty name sets an empty TCPLOCALHOST');
is(connected('-l', 'me', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, 'me', 's6-tcpclient -l sets TCPLOCALHOST');

# ---- words ----

page_says('If an option is given twice, the last one counts; but each -q and -v counts.');
is(run($client, '-Hqv', '127.0.0.1', $port, 'true')->{err}, '', 's6-tcpclient -q and -v undo each other');
is(run($client, '-Hqvv', '127.0.0.1', $port, 'true')->{err}, "s6-tcpclient: info: connected to 127.0.0.1 port $port\n",
  's6-tcpclient -v after -q and -v prints the connection, as each of them counts');
page_says('Be more verbose: print the peer of the connection, and the lookups that found nothing.');
is(run($client, '-Hv', '127.0.0.1', $port, 'true')->{err}, "s6-tcpclient: info: connected to 127.0.0.1 port $port\n",
   's6-tcpclient -v prints the peer of the connection');
is(run($client, '-H', '127.0.0.1', $port, 'true')->{err}, '', 's6-tcpclient without -v: nothing is printed about a connection');
page_says('If no connection is made, print the reason for each address.');
my $refused = "s6-tcpclient: fatal: unable to connect to 127.0.0.2,127.0.0.1, the last of 2 addresses being 127.0.0.1 port $free: Connection refused\n";
my $warning = "s6-tcpclient: warning: unable to connect to 127.0.0.2 port $free: Connection refused\n";
is(run($client, '-H', '127.0.0.2,127.0.0.1', $free, 'true')->{err}, $warning . $refused,
   's6-tcpclient prints the reason of each of two addresses that refuse');
page_says('Be less verbose: leave out warnings.');
is(run($client, '-Hq', '127.0.0.2,127.0.0.1', $free, 'true')->{err}, $refused, 's6-tcpclient -q leaves the warnings out');
page_says('If no connection is made, the message names the address that failed last, and the reason.');
is(run($client, '-H', '127.0.0.1', $free, 'true')->{err}, "s6-tcpclient: fatal: unable to connect to 127.0.0.1 port $free: Connection refused\n",
  's6-tcpclient prints a single address that refuses, and the reason');

# ---- exit codes ----

page_says('The command line is wrong.');
page_says('There is no such host, or no connection: no answer came in time, or the system refused something.');
is(code('127.0.0.1', $free, 'true'), 111, 's6-tcpclient exits 111 with a port without a server');
is(code('127.0.0.1', $_, 'true'), 100, "s6-tcpclient exits 100 with the port '$_'") for '', 'http', '65536', '-1', '80x';
is(code('-t', $_, '127.0.0.1', $port, 'true'), 100, "s6-tcpclient -t may not be '$_'") for '', 'x', '-1', '01';
is(code('-T', $_, '127.0.0.1', $port, 'true'), 100, "s6-tcpclient -T may not be '$_'") for '', 'x', '+', '1+', '+1', '1+2+3', '01', '1+01', '1 + 2';
is(code('-T', $_, '127.0.0.1', $port, 'true'), 0, "s6-tcpclient -T may be '$_'") for '0', '5', '2+58', '0+0', '1000000+1000000',
   '99999999999999999999999+4294967295';
is(code('-i', $_, '127.0.0.1', $port, 'true'), 100, "s6-tcpclient -i may not be '$_'") for '', 'x', '1.2.3', '::1::';
is(code('-p', $_, '127.0.0.1', $port, 'true'), 100, "s6-tcpclient -p may not be '$_'") for '', 'x', '65536';
is(code('127.0.0.1', $port), 100, 's6-tcpclient exits 100 without a program');
is(code('127.0.0.1', $port, ''), 100, 's6-tcpclient exits 100 with an empty name of the program');
page_says('was found, and cannot be executed.');
page_says('was not found.');
is(code('127.0.0.1', $port, '/'), 126, 's6-tcpclient exits 126 if its program cannot be executed');
is(code('127.0.0.1', $port, '/nonexistent/program'), 127, 's6-tcpclient exits 127 if its program does not exist');
page_says('Otherwise the exit status is that of prog.');
is(code('127.0.0.1', $port, 'sh', '-c', 'exit 5'), 5, 's6-tcpclient has the exit status of its program');
page_says('Options come before host.');
is(run($client, '-H', '127.0.0.1', $port, 'echo', '-H', '--nonesuch')->{out}, "-H --nonesuch\n",
   's6-tcpclient leaves the options of its program alone');

page_says('leaves all signals as they are.');
$r = run({ ignore => ['HUP'], block => ['USR1'] }, $client, '-H', '127.0.0.1', $port, 'grep', '^Sig[BI]', '/proc/self/status');
like($r->{out}, qr/^SigBlk:\s+0*200\n.*^SigIgn:\s+[0-9a-f]{8}[08]0{6}1$/ms,
     'the program of s6-tcpclient has the signals ignored and blocked that the caller had');

# ---- time ----

page_says('Give up when so many seconds have passed, name lookups included.');
page_says('in milliseconds.');
my ($silent, $keep) = silent_listener('127.0.0.1');
for my $how (['-t', 1], ['--deadline=1'], ['--timeout=100'], ['-t', 0, '--timeout=100'], ['--timeout=0', '-t', 1], ['-T', '0+1'], ['-T', 1])
{
  $r = run($client, '-H', @$how, '127.0.0.1', $silent, 'true');
  is($r->{code}, 111, "s6-tcpclient @$how ends a connection attempt that gets no answer");
  like($r->{err}, qr/unable to connect to 127\.0\.0\.1 port $silent: Connection timed out$/,
       "s6-tcpclient @$how: the message has that the connection attempt timed out");
}
is(connected('-T', '0+1', "127.0.0.2,127.0.0.1", $port)->{'env:TCPREMOTEPORT'}, $port,
   's6-tcpclient -T 0+1: a connection that is made in time succeeds');
page_says('With 0, which is the default, only the limit of each address and those of the resolver apply.');
page_says('With 0, the system decides.');
page_says('x alone means x+0.');
is(connected('-t', 0, '--timeout=0', '-T', '0', '127.0.0.1', $port)->{'env:TCPREMOTEPORT'}, $port,
   's6-tcpclient -t 0 --timeout=0 -T 0: there is no limit');

# ---- the owner of the connection ----

page_says("Ask the server's host for the owner of the connection, by the protocol of RFC 1413.");
page_says('the owner of the connection as the server\'s host reports it, or empty; removed without it.');
page_says('Do not ask. This is the default.');
is(connected('-r', '-R', '127.0.0.1', $port)->{'env:TCPREMOTEINFO'}, undef, 's6-tcpclient -R undoes -r');

done_testing();
