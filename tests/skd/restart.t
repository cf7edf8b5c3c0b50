#!/usr/bin/env perl
# skd: another one with the same address as soon as one has ended, while its last datagram program still has the socket; and
# no other process meanwhile.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;
use Sallyport::Unix;
use IO::Socket::IP;
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM SOL_SOCKET SO_REUSEADDR);

page('skd');

page_says('When a signal or an error ends skd while prog still has a socket, another skd can be started with the same address at once, and gets what is sent there from then on.');
my $slow = answer_with('$out = "old $in"; send STDOUT, $out, 0, $from; undef $out; sleep 60');
my $quick = answer_with('$out = "new $in"');
for my $signal (qw(TERM INT))
{
  for my $address ('127.0.0.1:0', '[::1]:0')
  {
    SKIP:
    {
      my $ip = $address =~ /::1/ ? '::1' : '127.0.0.1';
      skip 'IPv6 is not available', 5 if $ip eq '::1' && !have_ipv6();
      my $first = skd(['-vu', $address], $slow, ip => $ip);
      is(ask_datagram($first, 'x', ip => $ip), 'old x', "skd -u $address serves a datagram with a prog that keeps the socket");
      my ($child) = $first->served;
      my $port = $first->port;
      my $thief = IO::Socket::IP->new(Type => SOCK_DGRAM, LocalHost => $ip, LocalPort => $port, ReuseAddr => 1);
      ok(!$thief, "no other process is able to bind the address of skd -u $address");
      is(run(bin('skd'), '-u', ($ip eq '::1' ? '[::1]' : $ip) . ":$port", 'cat')->{code}, 111,
         "another skd exits 111 with the address of skd -u $address");
      $first->signal($signal);
      is(($first->wait // {})->{code}, 0, "skd -u $address exits 0 at a SIG$signal while prog has the socket");
      my $second = start(command => [bin('skd'), '-vu', ($ip eq '::1' ? '[::1]' : $ip) . ":$port", '--', @$quick]);
      log_says($second, qr/starting - bound/, "another skd starts at the address of skd -u $address that SIG$signal ended");
      is(ask_datagram({ ip => $ip, port => $port }, $_, ip => $ip), "new $_",
         "another skd at the address of skd -u $address that SIG$signal ended answers datagram $_") for 1, 2;
      ok(is_live($child), "prog of skd -u $address that SIG$signal ended still runs while another skd answers");
      ok(!IO::Socket::IP->new(Type => SOCK_DGRAM, LocalHost => $ip, LocalPort => $port, ReuseAddr => 1),
         "no other process is able to bind the address that another skd has after SIG$signal ended skd -u $address");
      kill 'KILL', $child;
      $second->put_down;
    }
  }
  page_says('For that, the file of a Unix-domain socket is removed, if privileges and root directory still let skd do that.');
  page_says('The file stays when skd exits, unless it belongs to a datagram socket that prog still has.');
  my $path = unix_path();
  my $first = skd_on($path, ['-vdl', $path], $slow);
  is(ask_datagram($first, 'x', from => unix_path()), 'old x', 'skd -d -l serves a datagram with a prog that keeps the socket');
  my ($child) = $first->served;
  is(run(bin('skd'), '-dl', $path, 'cat')->{code}, 111, 'another skd exits 111 with the path of skd -d -l');
  $first->signal($signal);
  $first->wait;
  ok(!-e $path, "skd -d -l removes its socket file at a SIG$signal while prog has the socket");
  my $second = skd_on($path, ['-vdl', $path], $quick);
  is(ask_datagram($second, $_, from => unix_path()), "new $_",
     "another skd at the path of skd -d -l that SIG$signal ended answers datagram $_") for 1, 2;
  ok(is_live($child), "prog of skd -d -l that SIG$signal ended still runs while another skd answers");
  kill 'KILL', $child;
  eventually(sub { log_count($second, qr/: end pid/) == 2 && !is_live($child) });
  $second->signal($signal);
  $second->wait;
  ok(-e $path, "skd -d -l leaves its socket file at a SIG$signal if no prog has the socket");
  my $third = skd_on($path, ['-vdl', $path], $slow);
  is(ask_datagram($third, 'x', from => unix_path()), 'old x', "skd -d -l replaces a socket file that an skd left at a SIG$signal");
  ($child) = $third->served;
  unlink $path;
  my $other = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "cannot bind: $!\n";
  $third->signal($signal);
  $third->wait;
  ok(-S $path, "skd -d -l leaves a socket file of another process at its path alone at a SIG$signal");
  kill 'KILL', $child;
}

page_says('After a SIGKILL, the address is in use until prog ends, and so is an abstract name after any end.');
{
  my $killed = skd(['-u', '127.0.0.1:0'], $slow);
  is(ask_datagram($killed, 'x'), 'old x', 'skd -u serves a datagram with a prog that outlives a SIGKILL');
  my ($child) = $killed->served;
  $killed->signal('KILL');
  $killed->wait;
  my @again = (bin('skd'), '-u', '127.0.0.1:' . $killed->port, 'cat');
  is(run(@again)->{code}, 111, 'another skd exits 111 with the address of a killed skd -u whose prog still has the socket');
  kill 'KILL', $child;
  eventually(sub { !is_live($child) });
  my $then = start(command => [@again[0, 1, 2], '-v', '--', 'cat']);
  log_says($then, qr/starting - bound/, 'another skd starts with the address of a killed skd -u when its prog has ended');
  $then->put_down;
}
SKIP:
{
  skip 'abstract names are of Linux', 2 unless built_for_linux();
  my $name = '@' . unix_path();
  my $first = skd_on($name, ['-dl', $name], answer_with('sleep 60'));
  my $to = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => "\0" . substr $name, 1) or die "cannot connect: $!\n";
  send_datagram($to, 'x');
  ok(eventually(sub { $first->served }), 'skd -d -l with an abstract name starts prog for a datagram');
  my ($child) = $first->served;
  $first->signal('TERM');
  $first->wait;
  is(run(bin('skd'), '-dl', $name, 'cat')->{code}, 111,
     'another skd exits 111 with an abstract name of which prog of an ended skd still has the socket');
  kill 'KILL', $child;
}

done_testing();
