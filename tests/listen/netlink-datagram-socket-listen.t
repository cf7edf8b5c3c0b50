#!/usr/bin/env perl
# netlink-datagram-socket-listen: real messages of the kernel, in a network namespace of our own.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;

plan(skip_all => 'needs this: netlink, which only Linux has') unless built_for_linux();
in_network_namespace();
page('netlink-datagram-socket-listen');
my $listen = bin('netlink-datagram-socket-listen');
my $ip = tool('ip');

# ---- the socket ----

page_says('makes a netlink socket, over which the Linux kernel sends messages, and subscribes it to groups of protocol.');
page_says('The socket is on descriptor 3,');
page_says('The socket is in blocking mode.');
my $plain = handed($listen, 'route', 1);
is("@{$plain->{fd}{3}}{qw(family type protocol groups nonblock)}", 'netlink dgram 0 1 0',
   'netlink-datagram-socket-listen has a blocking socket of the protocol and the group on descriptor 3');
is("$plain->{open} $plain->{err}", '0 1 2 3 ', 'netlink-datagram-socket-listen leaves no other descriptor open and prints nothing on stderr');

page_says('Make a raw socket.');
is(handed($listen, '--raw', 'route', 1)->{fd}{3}{type}, 'raw', 'netlink-datagram-socket-listen --raw makes a raw socket');

page_says('or the number of a protocol');
is(handed($listen, 15, 1)->{fd}{3}{protocol}, 15, 'netlink-datagram-socket-listen takes a protocol by its number');
page_says('route, usersock, firewall, inet-diag, sock-diag, nflog, xfrm, selinux, iscsi, audit, fib-lookup, connector, netfilter, ip6-fw, ' .
          'dnrtmsg, kobject-uevent, generic, scsitransport, ecryptfs, rdma, crypto, smc.');
my %numbers = (route => 0, usersock => 2, xfrm => 6, audit => 9, connector => 11, netfilter => 12, 'kobject-uevent' => 15, generic => 16, 'sock-diag' => 4);
for my $name (qw(route usersock firewall inet-diag sock-diag nflog xfrm selinux iscsi audit fib-lookup connector netfilter ip6-fw dnrtmsg kobject-uevent
                 generic scsitransport ecryptfs rdma crypto smc))
{
  my $end = handed($listen, $name, 0);
  if ($end->{code} == 0)
  {
    is($end->{fd}{3}{protocol}, $numbers{$name} // $end->{fd}{3}{protocol}, "netlink-datagram-socket-listen makes a socket of the protocol $name");
  }
  else
  {
    like($end->{err}, qr/\Anetlink-datagram-socket-listen: fatal: unable to create a netlink socket for $name groups 0: /,
         "netlink-datagram-socket-listen knows the protocol $name, which this kernel lacks");
  }
}

page_says('is a mask of 32 bits with one bit for each multicast group, as a decimal, octal (0...) or hexadecimal (0x...) number.');
my %masks = (0 => 0, 17 => 17, '0x11' => 17, '021' => 17, '0X1f' => 31);
is(handed($listen, 'route', $_)->{fd}{3}{groups}, $masks{$_}, "netlink-datagram-socket-listen takes $_ as a mask of groups") for sort keys %masks;

page_says('The system chooses the port id of the socket, so that a process can have several of the same protocol.');
my $two = handed($listen, '--systemd-compatibility', 'route', 1, $listen, '--systemd-compatibility', 'route', 1);
is($two->{code}, 0, 'two netlink-datagram-socket-listen of the same protocol start in one process');
isnt($two->{fd}{3}{id}, $two->{fd}{4}{id}, 'two netlink-datagram-socket-listen of the same protocol in one process have port ids of their own');

page_says('Let prog receive with each message the process id, user id and group id of its sender (SO_PASSCRED).');
my $passing = handed($listen, '--pass-credentials', '--pass-security', 'route', 1);
is("@{$passing->{fd}{3}}{qw(passcred passsec)}", '1 1',
   'netlink-datagram-socket-listen --pass-credentials --pass-security sets SO_PASSCRED and SO_PASSSEC');
is("@{$plain->{fd}{3}}{qw(passcred passsec)}", '0 0', 'netlink-datagram-socket-listen sets neither SO_PASSCRED nor SO_PASSSEC unless asked to');
page_says('Let the kernel queue that much, from the first message on.');
is(handed($listen, '--receive-buffer-size=65536', 'route', 1)->{fd}{3}{rcvbuf}, 131072,
   'netlink-datagram-socket-listen --receive-buffer-size sets the size, which the kernel doubles for its own needs');
SKIP:
{
  page_says('Root gets it in any case, others only up to the limit of the system');
  my $limit = get_file('/proc/sys/net/core/rmem_max') || 0;
  skip 'root of the machine is needed', 1 unless can_change_ids() && $limit && $limit < 2 ** 28;
  is(handed($listen, "--receive-buffer-size=@{[2 * $limit]}", 'route', 1)->{fd}{3}{rcvbuf}, 4 * $limit,
     'netlink-datagram-socket-listen --receive-buffer-size of root passes the limit of the system');
}

# ---- messages ----

my $receive = 'open my $s, "+<&=", 3; syswrite STDERR, "ready\n"; for (;;) { recv $s, my $m, 65536, 0; $m =~ s/[^ -~]+/ /g; syswrite STDERR, "message $m\n" }';

sub receiver
{
  my $process = start(command => [$listen, @_, $^X, '-e', $receive]);
  log_says($process, qr/ready/, "prog of netlink-datagram-socket-listen @_ starts");
  return $process;
}

# Which types there are is a matter of the kernel.
sub add_interface
{
  my ($name) = @_;
  my ($type) = grep { system("$ip link add $name type $_ 2>/dev/null") == 0 } qw(dummy ifb bridge veth);
  return $type;
}

page_says('which receives the messages.');
my $links = receiver('route', 1);
my $addresses = receiver('route', '0x10');
SKIP:
{
  my $type = add_interface('sally0') or skip 'the kernel has no type of interface that a test can make', 3;
  log_says($links, qr/message.*sally0/, "prog of netlink-datagram-socket-listen route 1 receives a message about a new interface ($type)");
  is(log_count($addresses, qr/message/), 0, 'prog of netlink-datagram-socket-listen route 0x10 receives no message about a new interface');
}
is(system($ip, 'addr', 'add', '127.0.0.9/32', 'dev', 'lo') >> 8, 0, 'ip adds an address to the loopback interface');
log_says($addresses, qr/message.*lo/, 'prog of netlink-datagram-socket-listen route 0x10 receives a message about a new address');
is(log_count($links, qr/message.*\blo\b/), 0, 'prog of netlink-datagram-socket-listen route 1 receives no message about a new address');

SKIP:
{
  my $events = receiver('kobject-uevent', 1);
  skip 'events of devices go to the root of the machine only', 1 unless can_change_ids();
  add_interface('sally1') or skip 'the kernel has no type of interface that a test can make', 1;
  log_says($events, qr/message add@.*sally1/, 'prog of netlink-datagram-socket-listen kobject-uevent 1 receives a message about a new device');
}

# ---- exit codes ----

page_says('Every operand and every argument of an option is checked as a whole before anything is made.');
my %usage = ('no operand' => [], 'no program' => ['route', 1], 'an unknown protocol' => ['rout', 1, 'true'], 'a negative protocol' => ['-1', 1, 'true'],
  'a mask in words' => ['route', 'link', 'true'], 'an empty mask' => ['route', '', 'true'], 'a mask too large' => ['route', '4294967296', 'true'],
  'half a mask' => ['route', '0x', 'true'], 'a wrong octal mask' => ['route', '08', 'true'], 'hexadecimal without a mark' => ['route', '1f', 'true'],
  'a buffer of nothing' => ['--receive-buffer-size=0', 'route', 1, 'true'], 'a buffer in words' => ['--receive-buffer-size=1k', 'route', 1, 'true']);
for my $what (sort keys %usage)
{
  my $end = run($listen, '--', @{$usage{$what}}) if $what !~ /buffer/;
  $end //= run($listen, @{$usage{$what}});
  is($end->{code}, 100, "netlink-datagram-socket-listen exits 100 for $what");
}
my $unknown = run($listen, 31, 1, 'true');
is($unknown->{code}, 111, 'netlink-datagram-socket-listen exits 111 for a protocol that the kernel does not have');
like($unknown->{err}, qr/\Anetlink-datagram-socket-listen: fatal: unable to create a netlink socket for 31 groups 1: Protocol not supported\n\z/,
     'netlink-datagram-socket-listen reports a protocol that the kernel does not have');
is(run($listen, 'route', 1, '/no/such/program')->{code}, 127, 'netlink-datagram-socket-listen exits 127 for a prog that does not exist');

done_testing;
