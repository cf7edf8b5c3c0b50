#!/usr/bin/env perl
# One IPv6 network that takes all it can get: it gets --max-per-source, and others are served meanwhile. Runs in a
# network namespace, where there are addresses enough.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

in_network_namespace();
plan skip_all => 'IPv6 is not available' unless have_ipv6();

my $ip = tool('ip');
# Every address of these networks is ours.
for my $network ('2001:db8:1::/64', '2001:db8:2::/64')
{
  plan skip_all => 'addresses cannot be added here' if system("$ip -6 route add local $network dev lo 2>/dev/null");
}
put_file('/proc/sys/net/ipv6/ip_nonlocal_bind', "1\n") if -w '/proc/sys/net/ipv6/ip_nonlocal_bind';
plan skip_all => 'addresses cannot be chosen here' unless eval { IO::Socket::IP->new(LocalHost => '2001:db8:1::77', LocalPort => 0, Listen => 1, ReuseAddr => 1) };

page('s6-tcpserverd');
page_says('A source is an IPv4 address, or all the IPv6 addresses that share their first 64 bits.');
page_says('Clients of other sources are served meanwhile.');

for my $way ([], ['--portable-launch'])
{
  my $server = start_server(['-v', '-c', 100, '-C', 5, @$way], ['sh', '-c', 'echo "$TCPCONNNUM"; exec cat'], ip => '2001:db8:2::1');
  my $name = join ' ', 's6-tcpserver -C 5', @$way;
  my (@held, %numbers);
  my $refused = 0;
  for my $i (1 .. 200)
  {
    my $client = open_client($server, from => sprintf '2001:db8:1::%x:%x', int rand 65536, $i);
    my $line = read_line($client) // '';
    if ($line eq '') { $refused++ }
    else { chomp $line; $numbers{$line} = 1; push @held, $client }
    is(ask($server, from => "2001:db8:2::$i"), "1\n",
      "$name serves a client of another network while one network takes all it can get") if $i % 50 == 0;
  }
  is(scalar(@held), 5, "$name serves five clients of a greedy IPv6 network");
  is(join(' ', sort keys %numbers), '1 2 3 4 5', "$name numbers the clients of a greedy IPv6 network from 1 to 5");
  is($refused, 195, "$name refuses all further clients of a greedy IPv6 network");
  my $told = sub
  {
    my $n = 0;
    for (log_lines($server)) { $n += $1 // 1 if m{info: refuse 2001:db8:1:.* count 5/5 source \(-C 5\)(?: repeated=(\d+))?$} }
    return $n == 195;
  };
  ok(eventually($told), "$name counts all refused clients of a greedy IPv6 network in the log");
  cmp_ok(log_count($server, qr/refuse/), '<', 40, "$name logs the refused clients of a greedy IPv6 network in few lines");
  stop_sending($_) for @held;
  ok(eventually(sub { (log_lines($server))[-1] =~ m{status: 0/100$} && !zombies($server->pid) }),
    "$name has neither a client nor a zombie when a greedy IPv6 network has left");
  is(read_line(open_client($server, from => '2001:db8:1::1')), "1\n", "$name serves a network again whose clients have left");
}

done_testing();
