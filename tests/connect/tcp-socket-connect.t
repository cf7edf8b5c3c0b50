#!/usr/bin/env perl
# tcp-socket-connect: the connection and the variables that the next program gets, and every way to get none.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use IO::Socket::IP;

page('tcp-socket-connect');
my $connect = bin('tcp-socket-connect');
my @facts = client_facts();
my ($listener, $port) = busy_port();

sub connected { return client_facts(run($connect, @_, @facts)) }

# What goes wrong is one line: level, words, exit code.
sub fails
{
  my ($code, $words, $name, @command) = @_;
  my $r = run(ref $command[0] ? shift @command : {}, @command);
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  ok(defined $r->{code} && $r->{code} == $code && $r->{err} =~ $words && $r->{err} !~ /\n./, $name) or diag(explain($r));
}

# ---- descriptors ----

page_says('prog reads from the connection on descriptor 6 and writes to it on descriptor 7; whatever these two were before is closed.');
my $got = connected('127.0.0.1', $port);
is($got->{fds}, '0 1 2 6 7', 'tcp-socket-connect has the connection on 6 and 7 and nothing else open');
is($got->{file6}, $got->{file7}, 'tcp-socket-connect has the same socket on 6 and 7');
open my $old6, '<', '/dev/null' or die;
my $r = run({ fds => { 6 => $old6, 7 => $old6, 9 => $old6 } }, $connect, '127.0.0.1', $port, @facts);
is(client_facts($r)->{fds}, '0 1 2 6 7 9', 'tcp-socket-connect closes what was on 6 and 7 and leaves the rest open');
like(client_facts($r)->{"file$_"}, qr/socket/, "tcp-socket-connect has the connection on $_ when $_ was open before") for 6, 7;
page_says('The connection is blocking.');
is($got->{"nonblocking$_"}, 0, "tcp-socket-connect leaves descriptor $_ blocking") for 6, 7;

page_says('Standard descriptors that are closed are opened on /dev/null first, so that the connection never becomes one of them.');
for my $closed ([0], [1], [2], [0, 2], [0, 1, 2])
{
  my $file = own_dir() . '/facts';
  run({ closed => $closed }, $connect, '127.0.0.1', $port, 'sh', '-c', 'f=$1; shift; exec "$@" > "$f"', 'sh', $file, @facts);
  my $facts = client_facts({ out => get_file($file) });
  is(join(' ', map { $_ == 1 ? '/dev/null' : $facts->{$_} } @$closed), join(' ', map { '/dev/null' } @$closed),
    "tcp-socket-connect opens closed standard descriptors on /dev/null: @$closed");
  like($facts->{file7}, qr/socket/, "tcp-socket-connect has the connection on 7 with these descriptors closed: @$closed");
}

# ---- a conversation ----

my $server = start_server([], ['sh', '-c', 'read -r line; echo "heard $line"']);
is(run($connect, '127.0.0.1', $server->{port}, 'sh', '-c', 'echo hello >&7; cat <&6')->{out}, "heard hello\n",
  'prog of tcp-socket-connect and the server exchange a line');

# ---- variables ----

page_says('The local address of the connection.');
page_says('The local port of the connection.');
page_says('The address that it is connected to.');
page_says('The port that it is connected to.');
page_says('Always "TCP".');
page_says('removed without it.');
page_says('are removed: they would describe something else.');
my %stale = map { $_ => 'old' } qw(PROTO TCPLOCALIP TCPLOCALPORT TCPREMOTEIP TCPREMOTEPORT TCPLOCALHOST TCPLOCALINFO TCPREMOTEHOST TCPREMOTEINFO);
$r = run({ only_env => { %stale, PATH => $ENV{PATH}, HOME => '/h' } }, $connect, '-p0', '127.0.0.1', $port, 'env');
like($r->{out}, qr/^TCPLOCALPORT=\d+$/m, 'tcp-socket-connect sets TCPLOCALPORT to a number');
is(join("\n", sort grep { !/^TCPLOCALPORT/ } split /\n/, $r->{out}), join("\n", sort "PATH=$ENV{PATH}", 'HOME=/h', 'PROTO=TCP', 'TCPLOCALIP=127.0.0.1',
   'TCPREMOTEIP=127.0.0.1', "TCPREMOTEPORT=$port"), 'tcp-socket-connect sets exactly the variables that its page lists');

page_says('Set TCPLOCALHOST to name.');
page_says('The same as --local-name.');
page_says('If an option is given twice, the last one counts.');
is(connected('-l', 'me', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, 'me', 'tcp-socket-connect -l sets TCPLOCALHOST');
is(connected('--local-name=me', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, 'me', 'tcp-socket-connect --local-name sets TCPLOCALHOST');
is(connected('--local-host', 'me', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, 'me', 'tcp-socket-connect --local-host sets TCPLOCALHOST');
is(connected(@$_, '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, '',
  "tcp-socket-connect @$_ sets an empty TCPLOCALHOST") for ['-l', ''], ['--local-host=a', '-l', ''];
is(connected('--local-host=a', '-l', 'b', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, 'b', 'tcp-socket-connect takes -l after --local-host');
is(connected('-l', 'a', '--local-host=b', '127.0.0.1', $port)->{'env:TCPLOCALHOST'}, 'b', 'tcp-socket-connect takes --local-host after -l');

# ---- options of the socket ----

page_says('Let the system probe the connection while it is idle, so that one whose server is gone comes to an end.');
page_says('Do not probe the connection. This is the default.');
is(connected('127.0.0.1', $port)->{keepalive}, 0, 'tcp-socket-connect sets no keepalive by default');
is(connected('-k', '127.0.0.1', $port)->{keepalive}, 1, 'tcp-socket-connect -k sets keepalive');
is(connected('--keepalives', '127.0.0.1', $port)->{keepalive}, 1, 'tcp-socket-connect --keepalives sets keepalive');
is(connected('-k', '--no-keepalives', '127.0.0.1', $port)->{keepalive}, 0, 'tcp-socket-connect -k --no-keepalives sets no keepalive');
page_says('Send small pieces of data at once instead of collecting them.');
is(connected('127.0.0.1', $port)->{'no-delay'}, 0, 'tcp-socket-connect does not set TCP_NODELAY by default');
is(connected('-D', '127.0.0.1', $port)->{'no-delay'}, 1, 'tcp-socket-connect -D sets TCP_NODELAY');
page_says('Ignored: a new socket has no IPv4 options, such as source routes, that could be removed.');
is(connected('-o', '127.0.0.1', $port)->{'ip-options'}, '', 'tcp-socket-connect -o has a socket without IP options');
is(connected('127.0.0.1', $port)->{'ip-options'}, '', 'tcp-socket-connect without -o has a socket without IP options');

page_says('Connect from this local address.');
is(connected('-i', '127.0.0.5', '127.0.0.1', $port)->{'env:TCPLOCALIP'}, '127.0.0.5', 'tcp-socket-connect -i connects from this address');
page_says('Connect from this local port, a number from 0 to 65535.');
page_says('With 0, the system chooses.');
isnt(connected('-p', $port, '-p', 0, '127.0.0.1', $port)->{'env:TCPLOCALPORT'},
  $port, 'tcp-socket-connect -p PORT -p 0 lets the system choose the port');
my $free = free_port();
is(connected('--local-port', $free, '127.0.0.1', $port)->{'env:TCPLOCALPORT'}, $free, 'tcp-socket-connect --local-port connects from this port');
is(connected('-i', '127.0.0.6', '-p', $free, '127.0.0.1', $port)->{'env:TCPLOCALIP'}, '127.0.0.6',
  'tcp-socket-connect -i -p connects from this address');
page_says('Only addresses of its family are tried.');
fails(111, qr/connect to 127\.0\.0\.1: it has no address of the family of the local address$/,
  'tcp-socket-connect reports -i of another family', $connect, '-i', '::1', '127.0.0.1', $port, 'true');
fails(111, qr/connect to 127\.0\.0\.1 port $free: Connection refused$/,
  'tcp-socket-connect does not connect a socket with itself', $connect, '-p', $free, '127.0.0.1', $free, 'true');

# ---- words ----

page_says('the process id, the local address and port, the remote address and port.');
$r = run($connect, '-v', '127.0.0.1', $port, 'sh', '-c', 'echo "$$ $TCPLOCALIP $TCPLOCALPORT $TCPREMOTEIP $TCPREMOTEPORT"');
is($r->{err}, "tcp-socket-connect: $r->{out}", 'tcp-socket-connect -v prints what the variables have');
is(run($connect, '127.0.0.1', $port, 'true')->{err}, '', 'tcp-socket-connect without -v prints nothing');

# ---- exit codes ----

page_says('The command line is wrong, or there is no such service.');
fails(100, qr/^tcp-socket-connect: usage: .*'\Q$_\E'/,
  "tcp-socket-connect exits 100 for this port: $_", $connect, '--', '127.0.0.1', $_, 'true') for 65536, '+80', ' 80', '-65456';
fails(100, qr/^tcp-socket-connect: usage: host is empty/, 'tcp-socket-connect exits 100 for an empty host', $connect, '', 80, 'true');
fails(100, qr/^tcp-socket-connect: usage: service is empty/, 'tcp-socket-connect exits 100 for an empty service', $connect, '127.0.0.1', '', 'true');
fails(100, qr/usage: there is no service called 'nonesuch' /,
  'tcp-socket-connect exits 100 for a service that does not exist', $connect, '127.0.0.1', 'nonesuch', 'true');
page_says('Take service for a port number, and look up no name.');
page_says('Take host for an address, and look up no name.');
fails(100, qr/usage: service must be a port number from 0 to 65535, not 'http'/,
  'tcp-socket-connect --numeric-service exits 100 for the name of a service', $connect, '--numeric-service', '127.0.0.1', 'http', 'true');
fails(100, qr/usage: host must be an IP address, not 'localhost'/,
  'tcp-socket-connect -H exits 100 for the name of a host', $connect, '-H', 'localhost', 80, 'true');
fails(100, qr/usage: --local-address must be .*'1.2.3'/,
  'tcp-socket-connect exits 100 for an -i that is no address', $connect, '-i', '1.2.3', '127.0.0.1', $port, 'true');
fails(100, qr/usage: --local-port must be .*'x'/,
  'tcp-socket-connect exits 100 for a -p that is no port', $connect, '-p', 'x', '127.0.0.1', $port, 'true');
fails(100, qr/usage: --timeout must be .*'1s'/,
  'tcp-socket-connect exits 100 for a --timeout that is no number', $connect, '--timeout=1s', '127.0.0.1', $port, 'true');
fails(100, qr/usage: the name of the program to run is empty/, 'tcp-socket-connect exits 100 for an empty prog', $connect, '127.0.0.1', $port, '');
fails(100, qr/usage: too few operands/, 'tcp-socket-connect exits 100 without prog', $connect, '127.0.0.1', $port);
page_says('There is no such host, or no connection: no answer came in time, or the system refused something.');
fails(111, qr/^tcp-socket-connect: fatal: unable to connect to 127\.0\.0\.1 port $free: Connection refused$/,
  'tcp-socket-connect exits 111 where no server listens', $connect, '127.0.0.1', $free, 'true');
page_says('was found, and cannot be executed.');
fails(126, qr/unable to exec/, 'tcp-socket-connect exits 126 for a prog that is a directory', $connect, '127.0.0.1', $port, '/');
page_says('was not found.');
fails(127, qr/unable to exec/, 'tcp-socket-connect exits 127 for a prog that does not exist', $connect, '127.0.0.1', $port, '/nonexistent/program');
page_says('Otherwise the exit status is that of prog.');
is(run($connect, '127.0.0.1', $port, 'sh', '-c', 'exit 7')->{code}, 7, 'tcp-socket-connect exits as prog does');
page_says('Options come before host.');
is(run($connect, '127.0.0.1', $port, 'echo', '-H', '--nonesuch')->{out}, "-H --nonesuch\n",
  'tcp-socket-connect leaves the options after prog to prog');

page_says('leaves all signals as they are.');
$r = run({ ignore => ['HUP'], block => ['USR1'] }, $connect, '127.0.0.1', $port, 'grep', '^Sig[BI]', '/proc/self/status');
like($r->{out}, qr/^SigBlk:\s+0*200\n.*^SigIgn:\s+[0-9a-f]{8}[08]0{6}1$/ms, 'tcp-socket-connect leaves signals ignored and blocked');

# ---- time ----

page_says('Give up when so many milliseconds have passed, name lookups included.');
my ($silent, $keep) = silent_listener('127.0.0.1');
fails(111, qr/unable to connect to 127\.0\.0\.1 port $silent: Connection timed out$/,
  'tcp-socket-connect --timeout=50 exits 111 with a silent server', $connect, '--timeout=50', '127.0.0.1', $silent, 'true');
page_says('With 0, which is the default, only the limits of the system apply.');
is(connected('--timeout', 0, '127.0.0.1', $port)->{'env:TCPREMOTEPORT'}, $port, 'tcp-socket-connect --timeout 0 connects');
is(connected('--timeout', 10000, '127.0.0.1', $port)->{'env:TCPREMOTEPORT'}, $port,
  'tcp-socket-connect --timeout 10000 connects to a server that answers');

SKIP:
{
  skip 'IPv6 is not available', 3 unless have_ipv6();
  my ($listener6, $port6) = busy_port('::1');
  $got = connected('::1', $port6);
  page_says('Addresses are written in their shortest form, in lower case.');
  is("$got->{'env:PROTO'} $got->{'env:TCPREMOTEIP'} $got->{'env:TCPLOCALIP'}",
    'TCP ::1 ::1', 'tcp-socket-connect sets the variables for IPv6 addresses');
  is(connected('0:0::1', $port6)->{'env:TCPREMOTEIP'}, '::1', 'tcp-socket-connect writes an IPv6 address in its shortest form');
  my $mapped = IO::Socket::IP->new(LocalHost => '::', LocalPort => 0, Listen => 1, V6Only => 0, ReuseAddr => 1);
  is(connected('::ffff:127.0.0.1', $mapped->sockport)->{'env:TCPREMOTEIP'}, '127.0.0.1', 'tcp-socket-connect writes a mapped address as IPv4');
}

done_testing();
