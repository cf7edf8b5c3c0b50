#!/usr/bin/env perl
# tcp-socket-listen: which socket, bound to what, on which descriptor, and what is printed when it cannot be.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;
use Socket qw(AF_INET);

page('tcp-socket-listen');
my $listen = bin('tcp-socket-listen');
my $loopback = '127.0.0.1';

# ---- the socket ----

page_says('makes a TCP socket, binds it to host and service, and makes it listen.');
page_says('The socket is on descriptor 3,');
page_says('The socket is in blocking mode.');
my $plain = handed($listen, $loopback, 0);
my $socket = $plain->{fd}{3};
is($plain->{code}, 0, 'tcp-socket-listen exits 0 when prog does');
is("@$socket{qw(family type ip acceptconn nonblock)}", "inet stream $loopback 1 0", 'tcp-socket-listen has a blocking listener on descriptor 3');
is($plain->{open}, '0 1 2 3', 'tcp-socket-listen leaves no other descriptor open');
is($plain->{err}, '', 'tcp-socket-listen prints nothing on stderr');

page_says('With 0, the system chooses a free port.');
cmp_ok($socket->{port}, '>', 0, 'tcp-socket-listen with port 0 has a port that the system chose');

page_says('All other descriptors and the process id stay as they are.');
open my $file, '<', '/dev/null' or die;
my $same = run({ fds => { 5 => $file } }, 'sh', '-c', 'echo $$; exec "$@"', 'sh', $listen, $loopback, 0, probe());
my ($before, $after) = $same->{out} =~ /\A(\d+)\n.*^pid=(\d+)$/ms;
is($after, $before, 'tcp-socket-listen becomes prog: the process is the same');
like($same->{out}, qr/^open=0 1 2 3 5$/m, 'tcp-socket-listen leaves descriptor 5 of its caller open');

page_says('Whatever else that descriptor was is closed.');
my $instead = handed({ fds => { 3 => $file } }, $listen, $loopback, 0);
is("$instead->{fd}{3}{is} $instead->{open}", 'socket 0 1 2 3', 'tcp-socket-listen puts its socket in the place of a file on descriptor 3');
is($instead->{err}, '', 'tcp-socket-listen replaces a file on descriptor 3 without a message');

page_says('A standard descriptor that is closed becomes /dev/null.');
for my $closed ([0], [2], [0, 2])
{
  my $end = handed({ closed => $closed }, $listen, $loopback, 0);
  is("$end->{open} $end->{fd}{3}{ip}", "0 1 2 3 $loopback", "tcp-socket-listen with descriptors @$closed closed has its socket on descriptor 3");
}

page_says('What follows prog belongs to it.');
my $own = run($listen, '-b7', $loopback, 0, 'echo', '-n', '--backlog=9', '-b');
is($own->{out}, '--backlog=9 -b', 'tcp-socket-listen leaves the options after prog to prog');

# ---- hosts ----

page_says('is a name, which is looked up, or an IPv4 or IPv6 address in numbers.');
SKIP:
{
  skip 'localhost is no name here', 1 unless have_localhost();
  my $name = handed($listen, 'localhost', 0);
  like($name->{fd}{3}{ip} // $name->{err}, qr/\A(127\.0\.0\.1|::1)\z/, 'tcp-socket-listen looks localhost up');
}

page_says('Every IPv4 address of the machine, and no IPv6 address.');
my %anywhere = ('0.0.0.0' => 'inet 0.0.0.0', '0' => 'inet 0.0.0.0');
is(join(' ', @{handed($listen, $_, 0)->{fd}{3}}{qw(family ip)}), $anywhere{$_},
   "tcp-socket-listen with host $_ binds every IPv4 address") for sort keys %anywhere;

SKIP:
{
  skip 'IPv6 is not available', 16 unless have_ipv6();
  page_says('Every IPv4 and every IPv6 address of the machine.');
  page_says('The socket is an IPv6 one that serves IPv4 too,');
  page_says('An empty host means the same.');
  for my $every ('*', '')
  {
    for my $options ([], ['-H'], ['--combine4and6'])
    {
      is(join(' ', @{handed($listen, @$options, $every, 0)->{fd}{3}}{qw(family ip v6only)}), 'inet6 :: 0',
         join(' ', 'tcp-socket-listen', @$options, "with host '$every' binds every IPv4 and every IPv6 address"));
    }
  }
  page_says('Every IPv6 address of the machine, and with --combine4and6 every IPv4 address too.');
  page_says('Without this option, an IPv6 socket serves IPv6 only, whatever the default of the system is.');
  is(join(' ', @{handed($listen, '::', 0)->{fd}{3}}{qw(ip v6only)}), ':: 1',
     'tcp-socket-listen with host :: binds every IPv6 address and no IPv4 address');
  is(join(' ', @{handed($listen, '--combine4and6', '::', 0)->{fd}{3}}{qw(ip v6only)}), ':: 0',
     'tcp-socket-listen --combine4and6 with host :: binds every IPv4 and every IPv6 address');

  my $six = IO::Socket::IP->new(LocalHost => '::', LocalPort => 0, Listen => 1, V6Only => 1, ReuseAddr => 1) or die "cannot listen: $@\n";
  my $port = $six->sockport;
  my $half = run($listen, '*', $port, 'true');
  is($half->{code}, 111, 'tcp-socket-listen with host * exits 111 if the port is in use for IPv6 alone');
  like($half->{err}, qr/unable to bind to \* \(::\) port $port: Address already in use/,
       'tcp-socket-listen with host * reports that the port is in use for IPv6');
}

page_says('A host without an IPv6 address is a usage error then.');
my $four = run($listen, '--combine4and6', $loopback, 0, 'true');
is($four->{code}, 100, 'tcp-socket-listen --combine4and6 exits 100 for an IPv4 address');
like($four->{err}, qr/\Atcp-socket-listen: usage: .*--combine4and6.*\Q$loopback\E.*\n\z/,
     'tcp-socket-listen --combine4and6 names the option and the IPv4 address that is wrong');

page_says('Do not look up host: it must be an IPv4 or IPv6 address in numbers, or stand for every address.');
my $numeric = run($listen, '--numeric-host', 'localhost', 0, 'true');
is($numeric->{code}, 100, 'tcp-socket-listen --numeric-host exits 100 for a name');
like($numeric->{err}, qr/usage: host .*'localhost'/, 'tcp-socket-listen --numeric-host reports the name that is no address');
is(handed($listen, '-H', $loopback, 0)->{fd}{3}{ip}, $loopback, 'tcp-socket-listen -H binds an address');

my $unknown = run($listen, 'no-such-host.invalid', 0, 'true');
is($unknown->{code}, 111, 'tcp-socket-listen exits 111 for a name that does not exist');
like($unknown->{err}, qr/\Atcp-socket-listen: fatal: unable to look up no-such-host.invalid: .+\n\z/,
     'tcp-socket-listen reports that it is unable to look up a name that does not exist');
for my $host ('0177.0.0.1', '127.1', '1.2.3', '0x7f.0.0.1', '2130706433', '127.0.0.01', '127.0.0.1.', '127.0.0.1:80', '[::1]')
{
  like(run($listen, @$_, $host, 0, 'true')->{err}, qr/\Atcp-socket-listen: usage: host must be [^\n]*, not '\Q$host\E'/,
       join(' ', 'tcp-socket-listen', @$_, "reports that $host is no host")) for [], ['-H'];
}

# ---- services ----

page_says('is the name of a service, which is looked up, or a port number from 0 to 65535.');
for my $wrong ('65536', '4294967296', '-1', '80x', ' 80', '+80', '', '0x50', 'no-such-service')
{
  my $end = run($listen, $loopback, $wrong, 'true');
  is($end->{code}, 100, "tcp-socket-listen exits 100 for the service '$wrong'");
  like($end->{err}, qr/usage: .*service.*\Q$wrong\E/, "tcp-socket-listen names the wrong service '$wrong'");
}
page_says('Do not look up service: it must be a port number.');
my $service = run($listen, '--numeric-service', $loopback, 'http', 'true');
is($service->{code}, 100, 'tcp-socket-listen --numeric-service exits 100 for the name of a service');
like($service->{err}, qr/usage: service .*'http'/, 'tcp-socket-listen --numeric-service reports the name that is no port');
my (undef, $busy) = my @busy = busy_port();
my $taken = run($listen, $loopback, $busy, 'true');
is($taken->{code}, 111, 'tcp-socket-listen exits 111 for a port that is in use');
like($taken->{err}, qr/\Atcp-socket-listen: fatal: unable to bind to \Q$loopback\E port $busy: Address already in use\n\z/,
     'tcp-socket-listen reports a port that is in use');
my $taken_name = run($listen, 'localhost', $busy, 'true');
like($taken_name->{err}, qr/unable to bind to localhost \(\S+\) port $busy: /,
     'tcp-socket-listen reports the address that it tried for a name if the port is in use') if $taken_name->{code} && have_localhost();

# ---- options of the socket ----

sub option_is
{
  my ($option, $value, @words) = @_;
  my $end = handed($listen, @words, $loopback, 0);
  is($end->{fd}{3}{$option}, $value, join(' ', 'tcp-socket-listen', @words, "makes a socket with $option=$value"));
}

page_says('Allow binding to a port whose old connections still linger. This is the default.');
page_says('Do not allow binding to a port whose old connections still linger.');
option_is(reuseaddr => 1);
option_is(reuseaddr => 0, '--no-reuse-address');
option_is(reuseaddr => 1, '--no-reuse-address', '--reuse-address');
option_is(reuseaddr => 0, '--reuse-address', '--no-reuse-address');
page_says('Let several sockets that all have this option share the same address and port; the system spreads the clients over them.');
option_is(reuseport => 0);
option_is(reuseport => 1, '--reuse-port');
page_says('Bind also if no interface has the address.');
option_is(freebind => 0);
option_is(freebind => 1, '--bind-to-any') if built_for_linux();
is(run($listen, '192.0.2.1', 0, 'true')->{code}, 111, 'tcp-socket-listen exits 111 for an address that this machine does not have');
SKIP:
{
  skip 'only Linux binds to foreign addresses', 1 unless built_for_linux();
  is(handed($listen, '--bind-to-any', '192.0.2.1', 0)->{fd}{3}{ip}, '192.0.2.1',
     'tcp-socket-listen --bind-to-any binds an address that this machine does not have');
}

SKIP:
{
  my $ss = tool('ss') or skip 'ss, to look at the backlog, is not installed', 8;
  page_says('The default is 5.');
  page_says('0 means 1.');
  my %backlogs = ('' => 5, '-b 7' => 7, '-b7' => 7, '--backlog=8' => 8, '--backlog 9' => 9, '-b 0' => 1);
  for my $words (sort keys %backlogs)
  {
    my $show = start_listening(command => [$listen, '-1', split(' ', $words), $loopback, 0, 'sleep', deadline()]);
    my ($line) = grep { /:$show->{port}\s/ } `$ss -Hltn`;
    is((split ' ', $line // '')[2], $backlogs{$words}, "tcp-socket-listen with '$words' has a backlog of $backlogs{$words}");
    $show->signal('KILL');
  }
}

# ---- the announcement of the port ----

page_says('Write the port of the socket and a newline to the standard output when clients can connect.');
page_says('The number is the real one also if service was 0.');
page_says('The standard output stays open for prog.');
for my $option ('-1', '--announce')
{
  my $told = handed($listen, $option, $loopback, 0);
  is($told->{announced}, $told->{fd}{3}{port}, "tcp-socket-listen $option writes the port to stdout");
}
page_says('If it is closed, tcp-socket-listen exits 100.');
my $mute = run_with_closed_fds([1], $listen, '-1', $loopback, 0, 'true');
is($mute->{code}, 100, 'tcp-socket-listen -1 exits 100 with stdout closed');
like($mute->{err}, qr/usage: .*stdout/, 'tcp-socket-listen -1 reports that stdout is closed');

# ---- exit codes ----

page_says('Every operand and every argument of an option is checked as a whole before anything is made.');
my %usage = (
  'no operand' => [[], qr/operands/], 'one operand' => [[$loopback], qr/operands/], 'no program' => [[$loopback, 0], qr/operands/],
  'an empty program' => [[$loopback, 0, ''], qr/program/], 'an unknown option' => [['--reuse-pork', $loopback, 0, 'true'], qr/--reuse-port/],
  'a backlog in words' => [['-b', 'many', $loopback, 0, 'true'], qr/backlog.*many/],
  'a switch with an argument' => [['--reuse-port=1', $loopback, 0, 'true'], qr/--reuse-port=1/],
);
for my $what (sort keys %usage)
{
  my $end = run($listen, @{$usage{$what}[0]});
  is($end->{code}, 100, "tcp-socket-listen exits 100 for $what");
  like($end->{err}, $usage{$what}[1], "tcp-socket-listen reports what is wrong with $what");
}
page_says('was not found.');
is(run($listen, $loopback, 0, '/no/such/program')->{code}, 127, 'tcp-socket-listen exits 127 for a prog that does not exist');
page_says('was found, and cannot be executed.');
is(run($listen, $loopback, 0, put_file('plain', "text\n", 0644))->{code}, 126, 'tcp-socket-listen exits 126 for a prog that is not executable');
page_says('has the exit code of prog,');
is(run($listen, $loopback, 0, 'sh', '-c', 'exit 42')->{code}, 42, 'tcp-socket-listen has the exit code of prog');

for my $option (help_options('tcp-socket-listen'))
{
  next unless defined $option->{argument};
  is(run($listen, "--$option->{name}")->{code}, 100, "tcp-socket-listen exits 100 for --$option->{name} without its argument");
}

done_testing;
