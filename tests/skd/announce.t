#!/usr/bin/env perl
# An announcement that cannot be written costs a warning, not the service: skd with port 0, and -1 of the other daemons.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;
use IO::Socket::IP;
use IO::Socket::UNIX;

page('s6-tcpserverd');
page_says('If it cannot be written to, the log has a warning, and clients are served.');
page('s6-ipcserverd');
page_says('If it cannot be written to, the log has a warning, and clients are served.');
page('skd');

sub broken_pipe
{
  pipe my $read, my $write or die;
  close $read;
  return $write;
}

page_says('If that fails, the log has a warning.');
my %out = ('a broken pipe' => \&broken_pipe);
$out{'a full device'} = sub { open my $full, '>', '/dev/full' or die; $full } if -c '/dev/full';
for my $what (sort keys %out)
{
  my $tcp = IO::Socket::IP->new(Listen => 9, LocalHost => '127.0.0.1', LocalPort => 0) or die "cannot listen: $@\n";
  my $daemon = start(command => [bin('s6-tcpserverd'), '-1', 'cat'], fds => { 0 => $tcp, 1 => $out{$what}->() });
  is(ask({ ip => '127.0.0.1', port => $tcp->sockport }, send => 'x'), 'x', "s6-tcpserverd -1 with $what serves");
  log_says($daemon, qr/^s6-tcpserverd: warning: unable to write to stdout: /,
           "s6-tcpserverd -1 with $what logs a warning that it is unable to write to stdout");
  $daemon->put_down;

  my $path = own_dir() . '/socket';
  my $local = IO::Socket::UNIX->new(Listen => 9, Local => $path) or die "cannot listen: $!\n";
  $daemon = start(command => [bin('s6-ipcserverd'), '-1', 'cat'], fds => { 0 => $local, 1 => $out{$what}->() });
  my $client = IO::Socket::UNIX->new(Peer => $path) or die "cannot connect: $!\n";
  say_to($client, "x\n");
  is(read_line($client), "x\n", "s6-ipcserverd -1 with $what serves");
  log_says($daemon, qr/^s6-ipcserverd: warning: unable to write to stdout: /,
           "s6-ipcserverd -1 with $what logs a warning that it is unable to write to stdout");
  close $client;
  $daemon->put_down;
  unlink $path;

  my $skd = start(command => [bin('skd'), '-vt', '127.0.0.1:0', '--', 'cat'], fds => { 1 => $out{$what}->() });
  my ($port) = (log_has($skd, qr/starting - bound/) // '') =~ /port (\d+)/;
  ok($port && ask({ ip => '127.0.0.1', port => $port }, send => 'x') eq 'x', "skd with port 0 and $what serves");
  log_says($skd, qr/^skd: warning: unable to write to stdout: /, "skd with port 0 and $what logs a warning that it is unable to write to stdout");
  $skd->put_down;

  my $background = own_dir() . '/pid';
  my $end = run({ fds => { 1 => $out{$what}->() } }, bin('skd'), '-BP', $background, '-t', '127.0.0.1:0', '--', 'cat');
  is($end->{code}, 0, "skd -B with port 0 and $what exits 0") or diag($end->{err});
  my ($pid) = get_file($background) =~ /(\d+)/;
  ok($pid && kill('TERM', $pid), "skd -B with port 0 and $what leaves a daemon running");
}

done_testing();
