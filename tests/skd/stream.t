#!/usr/bin/env perl
# skd: stream sockets, TCP and Unix-domain: where they are bound, who is served, what a program is given.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;
use Sallyport::Unix;
use IO::Socket::IP;
use Socket;

page('skd');

my $env = [tool('env')];
my @plain = (only_env => { PATH => $ENV{PATH}, TOKEN => 'a b' });

sub variables { return { map { /\A(.*?)=(.*)\z/s } split /\n/, $_[0] } }

sub ask_variables { return variables(ask(@_)) }

sub bound_families
{
  my ($server) = @_;
  return [sort map { /bound (?:for datagrams )?to (?:ip )?([0-9a-f.:]+)/ ? $1 : () } log_lines($server)];
}

# ---- an echo server as in the manual ----

page_says('The connection is the standard input and the standard output of prog.');
page_says('Bind a Unix-domain socket.');
page_says('Log the start, the end, each signal, each connection and each first datagram.');
page_says('A Unix-domain echo server in the foreground, with a line for each connection:');
my $path = unix_path();
my $echo = skd_on($path, ['-vl', $path], ['cat']);
is(ask($echo, send => "hello\n"), "hello\n", 'skd -l serves an echo client on a Unix-domain socket');
my $uid = $>;
my ($gid) = split ' ', $);
log_says($echo, qr/^skd: info: starting - bound to \Q$path\E$/, 'skd -v -l logs the path that it is bound to');
log_says($echo, qr/^skd: info: accept $uid:$gid pid \d+ count 1\/1000000$/, 'skd -v -l logs the user and group of a client and the pid of prog');
log_says($echo, qr/^skd: info: end pid \d+ exitcode 0 count 0\/1000000 source=uid:$uid ms=\d+$/,
         'skd -v -l logs the end of prog with its exit code and source');

page_says('does not wait for prog to end before it accepts the next client.');
my @clients = map { open_client($echo) } 1 .. 3;
say_to($clients[$_], "word $_\n") for 2, 0, 1;
is(join('', map { read_line($_) } @clients), "word 0\nword 1\nword 2\n", 'skd -l serves three clients at once');
close $_ for @clients;

# ---- the environment ----

page_says('Of a Unix-domain socket: the path that it is bound to.');
page_says('Of a Unix-domain socket: the process, the user and the group of the client, or of the sender of the first datagram.');
page_says('Those of these variables that do not apply, and TCPLOCALHOST, TCPREMOTEHOST and TCPREMOTEINFO, are removed.');
my @stale = map { $_ => 'stale' } qw(PROTO TCPLOCALIP TCPLOCALPORT TCPREMOTEIP TCPREMOTEPORT TCPCONNNUM TCPLOCALHOST TCPREMOTEHOST TCPREMOTEINFO
  UDPLOCALIP UDPLOCALPORT UDPREMOTEIP UDPREMOTEPORT UNIXLOCALPATH UNIXREMOTEPATH PEERPID PEERUID PEERGID);
my %stale = (only_env => { PATH => $ENV{PATH}, TOKEN => 'a b', @stale });
$path = unix_path();
my $local = skd_on($path, ['-l', $path], $env, %stale);
page_says('What the system does not provide is left unset.');
my $told = ask_variables($local);
$told->{PEERPID} //= $$ unless variant() eq 'default';  # where the portable way knows no process id
is_deeply($told, { PATH => $ENV{PATH}, TOKEN => 'a b', PROTO => 'UNIX-STREAM', UNIXLOCALPATH => $path, PEERPID => $$, PEERUID => $uid, PEERGID => $gid },
          'prog of skd -l has exactly the expected environment for a Unix-domain client');

page_says('Bind a TCP socket, as -s -i does.');
page_says('Of a TCP connection: its local address and port, and those of the client.');
page_says('Of a TCP connection: the number of clients of the same source that are being served, this one included.');
my $tcp = skd(['-t', '127.0.0.1:0'], $env, %stale);
my $client = open_client($tcp, from => '127.0.0.3');
is_deeply(variables(read_all($client)), { PATH => $ENV{PATH}, TOKEN => 'a b', PROTO => 'TCP', TCPLOCALIP => '127.0.0.1', TCPLOCALPORT => $tcp->port,
          TCPREMOTEIP => '127.0.0.3', TCPREMOTEPORT => $client->sockport, TCPCONNNUM => 1 },
          'prog of skd -t has exactly the expected environment for a TCP client');
my $count = skd(['-t', '127.0.0.1:0'], ['sh', '-c', 'echo $TCPCONNNUM; cat']);
@clients = map { open_client($count) } 1 .. 3;
is(join('', map { read_line($_) } @clients), "1\n2\n3\n", 'prog of skd -t has the number of clients of the same source in TCPCONNNUM');
close $_ for @clients;

# ---- where ----

page_says('If port is 0, the system chooses one, the same for all the addresses of this option, and skd writes it and a newline to the standard output when the socket is bound.');
is($tcp->{ready}, $tcp->port . "\n", 'skd -t with port 0 writes its port to stdout');
is(sysread($tcp->out, my $rest, 10), 0, 'skd -t with port 0 writes nothing but its port to stdout');
page_says('With a socket, the standard output of skd becomes /dev/null when it is ready.');
is(fd_targets($tcp->pid)->{1}, '/dev/null', 'skd -t has /dev/null as its stdout when it is ready');
my $two = skd(['-t', '127.0.0.1:0', '-t', '127.0.0.2:0', '-l', unix_path()], $env);
is(scalar @{$two->{ports}}, 2, 'skd with two -t of port 0 announces two ports');
is(ask_variables($two, ip => '127.0.0.1', port => $two->{ports}[0])->{TCPLOCALIP}, '127.0.0.1',
   'skd with two -t of port 0 announces the port of the first one first');
is(ask_variables($two, ip => '127.0.0.2', port => $two->{ports}[1])->{TCPLOCALIP}, '127.0.0.2',
   'skd with two -t of port 0 announces the port of the second one second');

page_says('Bind an internet socket.');
page_says('host is an address or a name.');
is(ask(skd(['-i', '127.0.0.1:0'], ['cat']), send => 'x'), 'x', 'skd -i binds a TCP socket');
SKIP:
{
  skip 'localhost is no name here', 1 unless have_localhost();
  is(ask(skd(['-i', 'localhost:0'], ['cat']), send => 'x'), 'x', 'skd -i localhost:0 serves a TCP client');
}
page_says('Without host, or with an empty one, clients of both families are served, by two sockets: one for IPv4 and one for IPv6.');
SKIP:
{
  skip 'IPv6 is not available', 25 unless have_ipv6();
  for my $bare ('0', ':0', '[]:0')
  {
    my $both = skd(['-vt', $bare], $env);
    is_deeply(bound_families($both), ['0.0.0.0', '::'], "skd -t $bare binds two sockets, one for IPv4 and one for IPv6");
    is($both->{ready}, $both->port . "\n", "skd -t $bare has the same port on both sockets");
    is(ask_variables($both, ip => '127.0.0.1')->{TCPREMOTEIP}, '127.0.0.1', "skd -t $bare serves an IPv4 client");
    is(ask_variables($both, ip => '::1')->{TCPREMOTEIP}, '::1', "skd -t $bare serves an IPv6 client");
  }
  page_says('An IPv6 address may stand in brackets, as [::1]:80, or without them, as ::1:80: the last colon is the one before port.');
  for my $six ('[::1]:0', '::1:0')
  {
    my $server = skd(['-vt', $six], $env, ip => '::1');
    is_deeply(bound_families($server), ['::1'], "skd -t $six binds one socket, to ::1");
    is(ask_variables($server)->{TCPLOCALIP}, '::1', "skd -t $six serves an IPv6 client");
  }
  page_says('The socket of [::] serves IPv4 clients too, unless another option asks for the same port.');
  page_says('an IPv4 client of [::] has an IPv4 address.');
  for my $any ('[::]:0', ':::0')
  {
    my $server = skd(['-vt', $any], $env);
    is_deeply(bound_families($server), ['::'], "skd -t $any binds one socket, to ::");
    my $v = ask_variables($server, ip => '127.0.0.1', from => '127.0.0.9');
    is("$v->{TCPLOCALIP} $v->{TCPREMOTEIP}", '127.0.0.1 127.0.0.9', "prog of skd -t $any has IPv4 addresses in its environment for an IPv4 client");
    log_says($server, qr/accept 127\.0\.0\.9_/, "skd -t $any logs the IPv4 address of an IPv4 client");
  }
}

page_says('All the addresses that a name has are bound; one that this machine does not have is skipped if there is another.');
SKIP:
{
  skip 'localhost is no name here', 2 unless have_localhost();
  my $name = skd(['-vt', 'localhost:0'], $env);
  my (undef, @found) = Socket::getaddrinfo('localhost', '', { socktype => Socket::SOCK_STREAM() });
  my %wanted = map { (Socket::getnameinfo($_->{addr}, Socket::NI_NUMERICHOST()))[1] => 1 } @found;
  my @wanted = grep { IO::Socket::IP->new(LocalHost => $_, LocalPort => 0, Listen => 1, ReuseAddr => 1) } sort keys %wanted;
  is_deeply(bound_families($name), \@wanted, "skd -t localhost:0 binds @wanted");
  is(ask_variables($name, ip => $_)->{TCPLOCALIP}, $_, "skd -t localhost:0 serves a client of $_") for @wanted;
}
page_says('port is a number, or the name of a service.');
my $service = run(bin('skd'), '-t', '127.0.0.1:http', '-t', "127.0.0.1:0", '/nonexistent/program');
ok($service->{code} == 127 || $service->{err} =~ /port 80:/ || $service->{err} =~ /no service/,
   'skd -t takes http as port 80, where there are services') or diag(explain($service));

page_says('Several socket options may be given, of any kind; all the sockets are served by one process.');
page_says('The same as -l.');
page_says('"TCP", "UDP", "UNIX-STREAM" or "UNIX-DGRAM".');
my ($a, $b) = (unix_path(), unix_path());
my $many = skd(['-vt', '127.0.0.1:0', '-l', $a, '-x', $b, '-i', '127.0.0.1:0', '-u', '127.0.0.1:0', '-c', 3], ['sh', '-c', 'echo $PROTO; cat']);
@clients = (open_client($many), open_client({ path => $a }), open_client({ path => $b }));
is(join('', map { read_line($_) } @clients), "TCP\nUNIX-STREAM\nUNIX-STREAM\n",
   'skd with -t, -l and -x serves clients of all three sockets at once');
page_says('Serve at most n clients of stream sockets at once, all sockets together. Further clients wait in the backlog.');
my $waiting = open_client({ path => $b });
log_says($many, qr/^skd: warning: the client limit 3 is reached/, 'skd -c 3 logs that the limit is reached when three clients are served');
ok(!IO::Select->new($waiting)->can_read(0.3), 'skd -c 3 lets a fourth client wait');
close shift @clients;
is(read_line($waiting), "UNIX-STREAM\n", 'skd -c 3 serves the fourth client when another one leaves');
ok(!grep({ /port \d+/ && /datagram/ } log_lines($many)) , 'skd with stream and datagram sockets logs no TCP socket as a datagram socket');
close $_ for @clients, $waiting;

# ---- -s and -d ----

page_says('The sockets of the -i, -l and -x that follow are datagram sockets.');
page_says('The first of all -s and -d counts also for those before it.');
page_says('are stream sockets, as they are without -s and -d.');
for my $case (
  [['-l', 'A'], 's'], [['-d', '-l', 'A'], 'd'], [['-l', 'A', '-d'], 'd'], [['-l', 'A', '-s'], 's'], [['-s', '-l', 'A', '-d'], 's'],
  [['-d', '-l', 'A', '-s', '-x', 'B'], 'ds'], [['-l', 'A', '-d', '-x', 'B', '-s'], 'dd'], [['-u', '127.0.0.1:0', '-l', 'A'], 's'],
  [['-t', '127.0.0.1:0', '-d', '-l', 'A'], 'd'])
{
  my ($words, $styles) = @$case;
  my %paths = (A => unix_path(), B => unix_path());
  my @options = map { $paths{$_} // $_ } @$words;
  my $server = skd_on($paths{A}, ['-v', @options], ['cat']);
  my @lines = map { m{starting - bound (for datagrams )?to /} ? ($1 ? 'd' : 's') : () } grep { log_has($server, qr/starting/) } log_lines($server);
  is(join('', sort @lines), join('', sort split //, $styles), "skd @$words binds sockets of the styles $styles (s: stream, d: datagram)");
}

# ---- Unix-domain paths ----

page_says('A path that begins with @ is an abstract name.');
my $abstract = skd_on("\0sallyport-$$", ['-l', "\@sallyport-$$"], ['sh', '-c', 'echo $UNIXLOCALPATH']);
is(ask($abstract), "\@sallyport-$$\n", 'skd -l with an abstract name serves a client');
page_says('A socket file that no process serves any more is replaced.');
page_says('The file stays when skd exits, unless it belongs to a datagram socket that prog still has.');
$path = unix_path();
for (1, 2)
{
  my $server = skd_on($path, ['-l', $path], ['cat']);
  is(ask($server, send => 'x'), 'x', "skd -l serves a client on a path that it made or replaced: start $_");
  page_says('Any other file is left alone, and skd exits 111.') if $_ == 1;
  my $second = run(bin('skd'), '-l', $path, 'cat');
  is($second->{code}, 111, 'skd -l exits 111 with the path of another skd');
  is(ask($server, send => 'x'), 'x', 'skd -l serves a client after another skd asked for its path');
  $server->signal('TERM');
  $server->wait;
  ok(-S $path, 'skd -l leaves its socket file when SIGTERM ends it');
}
my $precious = put_file('precious', 'words');
is(run(bin('skd'), '-l', $precious, 'cat')->{code}, 111, 'skd -l exits 111 if a file that is no socket is at its path');
is(get_file($precious), 'words', 'skd -l leaves a file that is no socket at its path alone');
page_says('Without it, they are what the umask leaves of 0777.');
page_says('Give the files of -l and -x these permissions, in octal, before anyone can connect or send.');
for my $case ([[], '0755', 022], [[], '0700', 077], [['--mode', '666'], '0666', 077], [['--mode=0'], '0000', 022])
{
  my ($options, $mode, $umask) = @$case;
  $path = unix_path();
  my $server = skd_on($path, [@$options, '-l', $path], ['cat'], umask => $umask);
  is(sprintf('%04o', (stat $path)[2] & 07777), $mode,
     sprintf('skd %s makes a socket file of mode %s with the umask %03o', join(' ', @$options, '-l'), $mode, $umask));
}

# ---- limits, backlog, Nagle ----

page_says('Serve at most n clients of the same source at once. Further clients of that source are refused.');
page_says('For -C, the source of a client of a Unix-domain socket is its user.');
$path = unix_path();
my $limited = skd(['-C', 1, '-t', '127.0.0.1:0', '-l', $path], ['cat']);
my $first = open_client($limited);
say_to($first, "x\n");
is(read_line($first), "x\n", 'skd -C 1 serves the first client of an address');
ok(closed_by_server(open_client($limited)), 'skd -C 1 refuses the second client of the same address');
my $other = open_client($limited, from => '127.0.0.2');
say_to($other, "x\n");
is(read_line($other), "x\n", 'skd -C 1 serves a client of another address');
my $user = open_client({ path => $path });
say_to($user, "x\n");
is(read_line($user), "x\n", 'skd -C 1 serves a Unix-domain client of a user');
ok(closed_by_server(open_client({ path => $path })), 'skd -C 1 refuses the second Unix-domain client of the same user');
page_says('Count IPv4 clients that share their first len bits as one source.');
my $prefix = skd(['-C', 1, '--source-prefix4=8', '-t', '127.0.0.1:0'], ['cat']);
$first = open_client($prefix);
say_to($first, "x\n");
read_line($first);
ok(closed_by_server(open_client($prefix, from => '127.9.9.9')), 'skd -C 1 --source-prefix4=8 refuses the second client of a network of 8 bits');

page_says('The default is 32.');
page_says('The default is 64.');
page_says('Count IPv6 clients that share their first len bits as one source.');
for my $case ([[], '127.0.0.1', '127.0.0.1'], [['--source-prefix4=16'], '127.0.0.1', '127.0.0.0/16'], [[], '::1', '::/64'], [['--source-prefix6=128'], '::1', '::1'])
{
  SKIP:
  {
    my ($options, $ip, $source) = @$case;
    skip 'IPv6 is not available', 1 if $ip eq '::1' && !have_ipv6();
    my $server = skd(['-v', @$options, '-t', "[$ip]:0"], ['true'], ip => $ip);
    ask($server);
    log_says($server, qr/ end pid .* source=\Q$source\E ms=\d+$/, join(' ', 'skd -v', @$options, "logs $source as the source of a client of $ip"));
  }
}

page_says('but no limit is set unless -c or -C is given.');
page_says('The maximum, which is also the default, is 1000000.');
my $unlimited = skd(['-t', '127.0.0.1:0'], ['cat']);
@clients = map { my $c = open_client($unlimited); say_to($c, "x\n"); read_line($c); $c } 1 .. 50;
is_serving($unlimited, 50, 'skd without -c and -C serves 50 clients of one source at once');
is(log_text($unlimited), '', 'skd without -v logs nothing about 50 clients of one source');
close $_ for @clients;

page_says('Let n clients of a stream socket wait until they are accepted.');
page_says('The default is 10.');
SKIP:
{
  my $ss = tool('ss');
  skip 'ss, to see the backlog with, is not installed', 2 unless $ss;
  for my $case ([[], 10], [['-b', 77], 77])
  {
    my ($options, $wanted) = @$case;
    my $server = skd([@$options, '-t', '127.0.0.1:0'], ['cat']);
    my ($line) = grep { /127\.0\.0\.1:$server->{port}\b/ } split /\n/, run($ss, '-Hltn')->{out};
    is((split ' ', $line)[2], $wanted, join(' ', 'skd', @$options, "-t has a backlog of $wanted"));
  }
}

page_says('Set TCP_NODELAY on each TCP connection before prog gets it.');
my $look = ['perl', '-MSocket=IPPROTO_TCP,TCP_NODELAY', '-e', 'print unpack("i", getsockopt(STDIN, IPPROTO_TCP, TCP_NODELAY)) ? "on" : "off"'];
my $nodelay = skd(['-n', '-t', '127.0.0.1:0'], $look);
is(ask($nodelay), 'on', "skd -n sets TCP_NODELAY for client $_") for 1 .. 3;
is(ask(skd(['-t', '127.0.0.1:0'], $look)), 'off', 'skd without -n does not set TCP_NODELAY');

# ---- descriptors and signals of a child ----

page_says('A child inherits the descriptors that the caller left open, and none that skd opened.');
my $list = ['sh', '-c', 'ls /proc/$$/fd; :'];
$path = unix_path();
my @all = ('-t', '127.0.0.1:0', '-u', '127.0.0.1:0', '-l', $path, '-P', own_dir() . '/pid', '-L', '>>' . own_dir() . '/log');
is(ask(skd([@all], $list)), "0\n1\n2\n", 'a child of skd has no descriptor that skd opened');
open my $null, '<', '/dev/null' or die;
unlink $path;
is(ask(skd(['-t', '127.0.0.1:0'], $list, fds => { 7 => $null })), "0\n1\n2\n7\n", 'a child of skd inherits a descriptor that the caller left open');
is(ask(skd(['-t', '127.0.0.1:0'], $list, closed => [0, 2])), "0\n1\n2\n",
   'a child of skd that was started without stdin and stderr has descriptors 0, 1 and 2');
page_says('A child starts with no signal blocked.');
like(ask(skd(['-t', '127.0.0.1:0'], ['grep', '^SigBlk', '/proc/self/status'], block => ['TERM', 'USR1'])), qr/^SigBlk:\s*0+$/,
     'a child of skd has no signal blocked although the caller had some blocked');

page_says('Launch prog by posix_spawn(3) instead of the quicker way that Linux offers.');
is(ask(skd(['--portable-launch', '-t', '127.0.0.1:0'], ['cat']), send => 'x'), 'x', 'skd --portable-launch serves a client');

# ---- what other programs of that name got wrong ----

# A child that lives on must not keep the port.
my $survivor = skd(['-t', '127.0.0.1:0'], ['cat']);
$client = open_client($survivor);
say_to($client, "x\n");
read_line($client);
$survivor->signal('TERM');
$survivor->wait;
my $again = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => $survivor->port, Listen => 1, ReuseAddr => 1);
ok($again, 'the port of skd -t that SIGTERM ended is free although a child lives on');
say_to($client, "y\n");
is(read_line($client), "y\n", 'a child of skd -t that SIGTERM ended goes on serving its client');

# SIGCHLD ignored or blocked by the caller, with a limit.
for my $how ('ignore', 'block')
{
  my $server = skd(['-c', 1, '-t', '127.0.0.1:0'], ['cat'], $how => ['CHLD']);
  is(ask($server, send => $_), $_, "skd -c 1 serves client $_ when its caller had SIGCHLD in $how") for 1 .. 3;
}

done_testing();
