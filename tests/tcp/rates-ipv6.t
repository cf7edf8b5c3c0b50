#!/usr/bin/env perl
# Rates and penalties of IPv6 sources, which are networks. Runs in a network namespace.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;

in_network_namespace();
skip_all_unless('IPv6', have_ipv6());

my $ip = tool('ip');
my @addresses = ('2001:db8:1::1', '2001:db8:1::2', '2001:db8:1:0:ffff::3', '2001:db8:1:1::1', '2001:db8:2::1', '2001:db8:3::1');
system("$ip addr add $_/128 dev lo nodad") == 0 or die "cannot add $_\n" for @addresses;

# An address is of use a moment after it was added.
my ($probe, $probe_port) = busy_port('::');
for my $from (@addresses, '::1') { eventually(sub { eval { open_client({ ip => '::1', port => $probe_port }, from => $from) } }) or die "$from is of no use: $@" }

my $hello = ['sh', '-c', 'echo hello'];
sub served { return (ask($_[0], ip => '::1', from => $_[1]) // '') eq "hello\n" }
sub which { my ($server, @from) = @_; return join ' ', map { served($server, $_) ? 'served' : 'refused' } @from }
sub settled { my ($server, $n) = @_; return eventually(sub { log_count($server, qr/ end pid /) >= $n }) }
sub bad_client { my ($server, $from) = @_; my $c = open_client($server, ip => '::1', from => $from); say_to($c, "1\n"); return read_all($c) }

# ---- rates ----

page('s6-tcpserverd');
page_says('A source is an IPv4 address, or all the IPv6 addresses that share their first 64 bits.');
my $server = start_server(['-v', '--source-rate=2/3600'], $hello, ip => '::');
is(which($server, @addresses[0, 1, 2]), 'served served refused',
   's6-tcpserver --source-rate serves two clients of a /64, and no third, whatever the rest of its address is');
log_says($server, qr{info: refuse 2001:db8:1:0:ffff::3_\d+ rate 2/3600$},
  's6-tcpserver --source-rate, IPv6: the log has the address of the refused client');
is(which($server, $addresses[1]), 'refused', 's6-tcpserver --source-rate, IPv6: a fourth client of the /64 is refused');
log_says($server, qr{info: refuse 2001:db8:1::/64 rate 2/3600 repeated=1$},
  's6-tcpserver --source-rate, IPv6: a repeated refusal is counted for the network');
is(which($server, ($addresses[3]) x 3, ($addresses[4]) x 3), 'served served refused served served refused',
  's6-tcpserver --source-rate, IPv6: every other /64 has a budget of its own');
is(which($server, ('::1') x 3), 'served served refused', 's6-tcpserver --source-rate, IPv6: ::1 has a budget of its own');

$server = start_server(['-v', '--source-rate=2/3600', '--source-prefix6=48'], $hello, ip => '::');
is(which($server, @addresses[0, 3, 1]), 'served served refused', 's6-tcpserver --source-prefix6=48: two networks of 64 bits have one budget');
is(which($server, $addresses[4]), 'served', 's6-tcpserver --source-prefix6=48: another network has its own budget');
$server = start_server(['-v', '--source-rate=1/3600', '--source-prefix6=128'], $hello, ip => '::');
is(which($server, @addresses[0, 1, 0, 1]), 'served served refused refused', 's6-tcpserver --source-prefix6=128: each address has its own budget');
$server = start_server(['-v', '--source-rate=1/3600', '--source-prefix6=0'], $hello, ip => '::');
is(which($server, '::1', @addresses[0, 5]), 'served refused refused', 's6-tcpserver --source-prefix6=0: all addresses together have one budget');

$server = start_server(['-v', '--source-rate=1/3600', '--combine4and6'], $hello, ip => '::');
is(join(' ', map { (ask($server, ip => '127.0.0.1', from => "127.0.0.$_") // '') eq "hello\n" ? 'served' : 'refused' } 2, 3, 2, 3), 'served served refused refused',
  's6-tcpserver --combine4and6 --source-rate: IPv4 clients are sources of IPv4, and not all in ::ffff:0:0/64');
is(which($server, '::1'), 'served', 's6-tcpserver --combine4and6 --source-rate: IPv4 clients cost IPv6 clients no budget');

# ---- penalties ----

my $bad = ['sh', '-c', 'read -r code; exit "$code"'];
$server = start_server(['-v', '--penalty=600'], $bad, ip => '::');
bad_client($server, $addresses[0]);
log_says($server, qr{info: penalty 2001:db8:1::/64 585 s exitcode 1$}, 's6-tcpserver --penalty, IPv6: a penalty is for the network of 64 bits');
ok(closed_by_server(open_client($server, ip => '::1', from => $addresses[2])),
   's6-tcpserver --penalty, IPv6: another address of a network with a penalty is refused');
log_says($server, qr{info: refuse 2001:db8:1:0:ffff::3_\d+ penalty 5\d\d s$},
  's6-tcpserver --penalty, IPv6: the log has the penalty as the reason of the refusal');
bad_client($server, $addresses[4]);
ok(settled($server, 2), 's6-tcpserver --penalty, IPv6: another network than the one with a penalty is served');
$server = start_server(['-v', '--penalty=600', '--source-prefix6=128'], $bad, ip => '::');
bad_client($server, $addresses[0]);
log_says($server, qr{info: penalty 2001:db8:1::1 585 s exitcode 1$}, 's6-tcpserver --source-prefix6=128: a penalty is for the address');
bad_client($server, $addresses[1]);
ok(settled($server, 2), 's6-tcpserver --source-prefix6=128: the neighbour of an address with a penalty is served');

# ---- exemptions ----

page_says('has at most 64 addresses, prefixes as 192.0.2.0/24');
$server = start_server(['-v', '-C', 1, '--source-rate=1/3600', '--exempt=2001:db8:1::/48,::1,2001:db8:3::1'], $hello, ip => '::');
is(which($server, (@addresses[0, 2, 3, 5], '::1') x 2), join(' ', ('served') x 10),
   's6-tcpserver --exempt: IPv6 prefixes and addresses in the list are exempt');
is(which($server, ($addresses[4]) x 2), 'served refused', 's6-tcpserver --exempt: an IPv6 address that is not in the list is not exempt');

# ---- a rule's rate ----

page('sallyport-rules');
page_says('TCPRATE');
my $rules = new_rules('six', 'ip6/::_0/allow' => '', 'ip6/2001:db8:1::_64/allow' => '', 'ip6/2001:db8:1::_64/env/TCPRATE' => "2/3600\n");
$server = start_server(['-v', '-i', $rules], $hello, ip => '::');
is(which($server, @addresses[0 .. 2]), 'served served refused', 'TCPRATE in an IPv6 rule sets a rate for its network');
is(which($server, ($addresses[3]) x 3), 'served served served', 'TCPRATE in an IPv6 rule sets no rate for another network');

done_testing;
