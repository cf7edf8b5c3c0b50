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
is($plain->{code}, 0, 'the next program runs');
is("@$socket{qw(family type ip acceptconn nonblock)}", "inet stream $loopback 1 0", 'its descriptor 3 is a blocking listener');
is($plain->{open}, '0 1 2 3', 'and nothing else is open');
is($plain->{err}, '', 'nothing is said');

page_says('With 0, the system chooses a free port.');
cmp_ok($socket->{port}, '>', 0, 'port 0 is a free port');

page_says('All other descriptors and the process id stay as they are.');
open my $file, '<', '/dev/null' or die;
my $same = run({ fds => { 5 => $file } }, 'sh', '-c', 'echo $$; exec "$@"', 'sh', $listen, $loopback, 0, probe());
my ($before, $after) = $same->{out} =~ /\A(\d+)\n.*^pid=(\d+)$/ms;
is($after, $before, 'the process stays the same');
like($same->{out}, qr/^open=0 1 2 3 5$/m, 'descriptor 5 stays open');

page_says('Whatever else that descriptor was is closed.');
my $instead = handed({ fds => { 3 => $file } }, $listen, $loopback, 0);
is("$instead->{fd}{3}{is} $instead->{open}", 'socket 0 1 2 3', 'the socket takes the place of what was on 3');
is($instead->{err}, '', 'without a word');

page_says('A standard descriptor that is closed becomes /dev/null.');
for my $closed ([0], [2], [0, 2])
{
  my $end = handed({ closed => $closed }, $listen, $loopback, 0);
  is("$end->{open} $end->{fd}{3}{ip}", "0 1 2 3 $loopback", "with @$closed closed the socket is on 3 all the same");
}

page_says('What follows prog belongs to it.');
my $own = run($listen, '-b7', $loopback, 0, 'echo', '-n', '--backlog=9', '-b');
is($own->{out}, '--backlog=9 -b', 'options of the next program are left alone');

# ---- hosts ----

page_says('is a name, which is looked up, or an IPv4 or IPv6 address in numbers.');
SKIP:
{
  skip 'localhost is no name here', 1 unless have_localhost();
  my $name = handed($listen, 'localhost', 0);
  like($name->{fd}{3}{ip} // $name->{err}, qr/\A(127\.0\.0\.1|::1)\z/, 'localhost is looked up');
}

page_says('Every IPv4 address of the machine, and no IPv6 address.');
my %anywhere = ('0.0.0.0' => 'inet 0.0.0.0', '0' => 'inet 0.0.0.0');
is(join(' ', @{handed($listen, $_, 0)->{fd}{3}}{qw(family ip)}), $anywhere{$_}, "host $_") for sort keys %anywhere;

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
      is(join(' ', @{handed($listen, @$options, $every, 0)->{fd}{3}}{qw(family ip v6only)}), 'inet6 :: 0', "@$options host '$every'");
    }
  }
  page_says('Every IPv6 address of the machine, and with --combine4and6 every IPv4 address too.');
  page_says('Without this option, an IPv6 socket serves IPv6 only, whatever the default of the system is.');
  is(join(' ', @{handed($listen, '::', 0)->{fd}{3}}{qw(ip v6only)}), ':: 1', 'host :: is IPv6 only');
  is(join(' ', @{handed($listen, '--combine4and6', '::', 0)->{fd}{3}}{qw(ip v6only)}), ':: 0', 'with --combine4and6 it serves both');

  my $six = IO::Socket::IP->new(LocalHost => '::', LocalPort => 0, Listen => 1, V6Only => 1, ReuseAddr => 1) or die "cannot listen: $@\n";
  my $port = $six->sockport;
  my $half = run($listen, '*', $port, 'true');
  is($half->{code}, 111, 'if the port is taken for one IP version, the other is not taken alone');
  like($half->{err}, qr/unable to bind to \* \(::\) port $port: Address already in use/, 'and the message says so');
}

page_says('A host without an IPv6 address is a usage error then.');
my $four = run($listen, '--combine4and6', $loopback, 0, 'true');
is($four->{code}, 100, '--combine4and6 with an IPv4 address is a usage error');
like($four->{err}, qr/\Atcp-socket-listen: usage: .*--combine4and6.*\Q$loopback\E.*\n\z/, 'that says why');

page_says('Do not look up host: it must be an IPv4 or IPv6 address in numbers, or stand for every address.');
my $numeric = run($listen, '--numeric-host', 'localhost', 0, 'true');
is($numeric->{code}, 100, 'with -H a name is a usage error');
like($numeric->{err}, qr/usage: host .*'localhost'/, 'that names the word');
is(handed($listen, '-H', $loopback, 0)->{fd}{3}{ip}, $loopback, 'with -H an address is as good as ever');

my $unknown = run($listen, 'no-such-host.invalid', 0, 'true');
is($unknown->{code}, 111, 'a name that does not exist is no usage error');
like($unknown->{err}, qr/\Atcp-socket-listen: fatal: unable to look up no-such-host.invalid: .+\n\z/, 'and the reason is told');
for my $host ('0177.0.0.1', '127.1', '1.2.3', '0x7f.0.0.1', '2130706433', '127.0.0.01', '127.0.0.1.', '127.0.0.1:80', '[::1]')
{
  like(run($listen, @$_, $host, 0, 'true')->{err}, qr/\Atcp-socket-listen: usage: host must be [^\n]*, not '\Q$host\E'/, "host $host @$_ is none") for [], ['-H'];
}

# ---- services ----

page_says('is the name of a service, which is looked up, or a port number from 0 to 65535.');
for my $wrong ('65536', '4294967296', '-1', '80x', ' 80', '+80', '', '0x50', 'no-such-service')
{
  my $end = run($listen, $loopback, $wrong, 'true');
  is($end->{code}, 100, "service '$wrong' is a usage error");
  like($end->{err}, qr/usage: .*service.*\Q$wrong\E/, 'that names it');
}
page_says('Do not look up service: it must be a port number.');
my $service = run($listen, '--numeric-service', $loopback, 'http', 'true');
is($service->{code}, 100, 'with --numeric-service a name is a usage error');
like($service->{err}, qr/usage: service .*'http'/, 'that names the word');
my (undef, $busy) = my @busy = busy_port();
my $taken = run($listen, $loopback, $busy, 'true');
is($taken->{code}, 111, 'a port that is taken');
like($taken->{err}, qr/\Atcp-socket-listen: fatal: unable to bind to \Q$loopback\E port $busy: Address already in use\n\z/, 'is told with its reason');
my $taken_name = run($listen, 'localhost', $busy, 'true');
like($taken_name->{err}, qr/unable to bind to localhost \(\S+\) port $busy: /, 'a name is told with the address that was tried') if $taken_name->{code} && have_localhost();

# ---- options of the socket ----

sub option_is
{
  my ($option, $value, @words) = @_;
  my $end = handed($listen, @words, $loopback, 0);
  is($end->{fd}{3}{$option}, $value, "@words: $option is $value");
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
is(run($listen, '192.0.2.1', 0, 'true')->{code}, 111, 'a foreign address is refused by the system');
SKIP:
{
  skip 'only Linux binds to foreign addresses', 1 unless built_for_linux();
  is(handed($listen, '--bind-to-any', '192.0.2.1', 0)->{fd}{3}{ip}, '192.0.2.1', 'unless --bind-to-any');
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
    is((split ' ', $line // '')[2], $backlogs{$words}, "backlog of '$words'");
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
  is($told->{announced}, $told->{fd}{3}{port}, "$option tells the port");
}
page_says('If it is closed, tcp-socket-listen exits 100.');
my $mute = run_with_closed_fds([1], $listen, '-1', $loopback, 0, 'true');
is($mute->{code}, 100, '-1 with stdout closed is a usage error');
like($mute->{err}, qr/usage: .*stdout/, 'that says so');

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
  is($end->{code}, 100, "$what is a usage error");
  like($end->{err}, $usage{$what}[1], 'that says what is wrong');
}
page_says('was not found.');
is(run($listen, $loopback, 0, '/no/such/program')->{code}, 127, 'a program that is not there');
page_says('was found, and cannot be executed.');
is(run($listen, $loopback, 0, put_file('plain', "text\n", 0644))->{code}, 126, 'a program that is none');
page_says('has the exit code of prog,');
is(run($listen, $loopback, 0, 'sh', '-c', 'exit 42')->{code}, 42, 'the code is that of the next program');

for my $option (help_options('tcp-socket-listen'))
{
  next unless defined $option->{argument};
  is(run($listen, "--$option->{name}")->{code}, 100, "--$option->{name} needs its argument");
}

done_testing;
