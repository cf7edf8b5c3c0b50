#!/usr/bin/env perl
# skd: files by TFTP, from tftpd-hpa as an inetd-style program, to curl and to a TFTP client.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;

my $tftpd = tool('in.tftpd');
skip_all_unless('tftpd-hpa is installed (Debian tftpd-hpa, Alpine tftp-hpa, Fedora tftp-server)', $tftpd);
skip_all_unless('root, which tftpd-hpa needs to shed its privileges', can_change_ids());
my $curl = tool('curl');
$curl = undef if $curl && run($curl, '--version')->{out} !~ /^Protocols:.*\btftp\b/m;
my $busybox = tool('busybox');
$busybox = undef if $busybox && run($busybox, '--list')->{out} !~ /^tftp$/m;
skip_all_unless('a client: curl with TFTP, or busybox with tftp', $curl || $busybox);

page('skd');
page_says('Files by TFTP, from an inetd-style server that takes over the socket:');

my $dir = own_dir() . '/files';
mkdir $dir or die;
my $content = join '', map { chr($_ * 7 % 251) } 1 .. 100000;
put_file("$dir/file", $content, 0644);
put_file("$dir/small", "hello\n", 0644);

sub fetch
{
  my ($client, $server, $name) = @_;
  my $to = own_dir() . "/got.$name";
  unlink $to;
  my $end = defined $curl && $client eq $curl ? run($curl, '-s', '-o', $to, "tftp://$server->{ip}:" . $server->port . "/$name")
    : run($busybox, 'tftp', '-g', '-l', $to, '-r', $name, $server->{ip}, $server->port);
  return $end->{code} == 0 ? get_file($to) : undef;
}

# -t 1: in.tftpd waits a second for another client before it gives the socket back.
my $server = skd(['-vu', '127.0.0.1:0'], [$tftpd, '-t', '1', '-s', $dir]);
for my $client (grep { defined } $curl, $busybox)
{
  ok((fetch($client, $server, 'file') // '') eq $content, "$client gets a large file from in.tftpd that skd -u starts");
  is(fetch($client, $server, 'small'), "hello\n", "$client gets a second file from in.tftpd that skd -u starts");
  is(fetch($client, $server, 'nonesuch'), undef, "$client gets no file that does not exist from in.tftpd that skd -u starts");
}
my $starts = log_count($server, qr/: receive /);
ok(eventually(sub { log_count($server, qr/: end pid/) == log_count($server, qr/: receive /) }),
   'in.tftpd that skd -u starts ends and gives the socket back');
is(fetch($curl // $busybox, $server, 'small'), "hello\n", 'skd -u serves the next TFTP client after in.tftpd gave the socket back');
cmp_ok(log_count($server, qr/: receive /), '>', $starts, 'skd -u starts another in.tftpd after one gave the socket back');

# The ::1 socket of a bare port is a service of its own.
SKIP:
{
  skip 'this takes curl and IPv6', 2 unless $curl && have_ipv6();
  my $both = skd(['-vu', '0'], [$tftpd, '-t', '1', '-s', $dir]);
  for my $ip ('127.0.0.1', '[::1]')
  {
    my $got = run($curl, '-s', "tftp://$ip:" . $both->port . '/small');
    is($got->{out}, "hello\n", "curl gets a file by TFTP from $ip of skd -u with a bare port");
  }
}

done_testing();
