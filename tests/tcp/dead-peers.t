#!/usr/bin/env perl
# Clients whose host or network is gone: --user-timeout and --keepalive-... end their connections. Each program that binds has the
# options, and its connections inherit them. The network is cut in a namespace.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;
use IO::Socket::IP;

skip_all_unless('TCP_USER_TIMEOUT', $^O eq 'linux');
in_network_namespace();

my $ip = tool('ip');
sub command { return system("$ip $_[0] 2>/dev/null") == 0 }

# What the connection on the standard input has inherited.
my $look = ['perl', '-e', 'print join(" ", unpack("i", getsockopt STDIN, 1, 9), map { unpack "i", getsockopt STDIN, 6, $_ } 4, 5, 6, 18), "\n"'];
my @all = qw(--keepalive-after=60 --keepalive-every=7 --keepalive-count=3 --user-timeout=20);
my %start =
(
  's6-tcpserver' => sub { start_server([@all], $look) },
  'tcp-socket-listen' => sub { start_listening(ip => '127.0.0.1', command => [bin('tcp-socket-listen'), '-1', @all, '127.0.0.1', 0, bin('tcp-socket-accept'), @$look]) },
  'skd' => sub { skd(['-t', '127.0.0.1:0', @all], $look) },
);
is(read_all(open_client($start{$_}->())), "1 60 7 3 20000\n", "$_: connections inherit all keepalive options and the user timeout") for sort keys %start;
my $r = run(bin('skd'), '-l', 'none', '--user-timeout=5', 'true');
is("$r->{code} $r->{err}", "100 skd: usage: --user-timeout is for TCP sockets (try skd --help)\n", 'skd --user-timeout without a TCP socket is a usage error');
ok(!-e 'none', 'skd --user-timeout without a TCP socket binds nothing');

# Two names for the loopback interface, of which one is cut: a blackhole route swallows what goes to it.
page('s6-tcpserver');
page_says('End a connection when the client has not acknowledged what was sent to it for s seconds: its host, or the network on the way, is gone.');
sub cut { command("route add blackhole $_[0]/32 table 7") && command("rule add to $_[0] table 7 pref 1") or die "cannot cut the route\n" }
command("rule del pref 0");
command("rule add pref 100 table local") or die "cannot move the rule\n";

sub ends_by
{
  my ($name, $program, @options) = @_;
  my $server = start_server(['-v', @options], $program, ip => '127.0.0.1');
  my ($cut) = "127.9.0." . ++$ENV{CUT};
  my $client = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $server->{port}, LocalHost => $cut, Proto => 'tcp', GetAddrInfoFlags => Socket::AI_NUMERICHOST()) or die "cannot connect: $@\n";
  print $client "go\n";
  $client->flush;
  is(scalar(readline $client), "ready\n", "s6-tcpserver $name: the client is served");
  cut($cut);
  log_says($server, qr/: end pid \d+ (?:signal 13|exitcode [1-9]\d*) /, "s6-tcpserver $name: the program learns that its client is gone");
}

my $writes = ['perl', '-e', '$| = 1; <STDIN>; print "ready\n"; while (print "x" x 100) { select undef, undef, undef, 0.1 } exit 1'];
my $waits = ['perl', '-e', '$| = 1; <STDIN>; print "ready\n"; exit(defined sysread(STDIN, my $x, 1) ? 0 : 1)'];
ends_by('--user-timeout=1', $writes, '--user-timeout=1');
page_says('Probe a connection that has been idle for s seconds.', 'End the connection when n probes in a row were not answered.');
ends_by('--keepalive-after=1', $waits, '--keepalive-after=1', '--keepalive-every=1', '--keepalive-count=1');
page_says('It also limits how long unanswered probes are gone on with.');
ends_by('--keepalive-after=1 with --user-timeout', $waits, '--keepalive-after=1', '--keepalive-every=1', '--keepalive-count=100', '--user-timeout=2');

done_testing;
