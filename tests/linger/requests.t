#!/usr/bin/env perl
# 3,000 requests by curl, ab and HAProxy's health check to a program that answers without reading them: each answer is whole, and no
# connection is reset. With s6-linger and with --linger, with and without Content-Length, and with bodies of 300 kB.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my ($curl, $ab, $haproxy) = map { tool($_) } 'curl', 'ab', 'haproxy';
skip_all_unless('curl is installed', $curl);

my $body = join '', map { sprintf "%-63s\n", "line $_" } 1 .. 320;  # 20 kB
my $length = length $body;
put_file('with', "HTTP/1.0 200 OK\r\nContent-Length: $length\r\nConnection: close\r\n\r\n$body");
put_file('without', "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n$body");
my $upload = put_file('upload', 'u' x 300_000);

my %ways =
(
  's6-linger' => sub { start_server(['-v', '-c', 1000, '-C', 1000], [bin('s6-linger'), 'cat', $_[0]]) },
  '--linger' => sub { start_server(['-v', '-c', 1000, '-C', 1000, '--linger=5'], ['cat', $_[0]]) },
);

# How many transfers of this size ended well. curl makes a connection for each, since the server closes them.
sub good_transfers
{
  my ($server, $count, @options) = @_;
  my $r = run($curl, '-s', '-g', '-H', 'Expect:', '-o', '/dev/null', '-w', '%{http_code} %{size_download} %{exitcode}\n', @options,
    map { "http://127.0.0.1:$server->{port}/$_" } 1 .. $count);
  return scalar grep { $_ eq "200 $length 0" } split /\n/, $r->{out};
}

# -o holds for one address each: the others would be written to the standard output.
sub outputs { return map { ('-o', '/dev/null') } 2 .. $_[0] }

sub test_curl
{
  my ($name, $server) = @_;
  is(good_transfers($server, 250, outputs(250)), 250, "$name: 250 of 250 answers to curl are whole");
  is(good_transfers($server, 50, outputs(50), '--data-binary', "\@$upload"), 50, "$name: 50 of 50 answers to requests of 300 kB are whole");
}

sub test_ab
{
  my ($name, $server) = @_;
  SKIP:
  {
    skip('ab is not installed', 2) unless $ab;
    my $out = run($ab, '-q', '-n', 300, '-c', 10, "http://127.0.0.1:$server->{port}/")->{out};
    my %figures = map { /^([\w ]+): +(\d+)/ ? ($1 => $2) : () } split /\n/, $out;
    is(join(' ', map { $_ // '-' } @figures{'Complete requests', 'Failed requests', 'Write errors'}), '300 0 -', "$name: 300 of 300 answers to ab are whole") or diag($out);
    cmp_ok($figures{'HTML transferred'} // 0, '>=', 300 * $length, "$name: all answers to ab have all their bytes");  # it begins with one more
  }
}

sub test_httpchk
{
  my ($name, $server) = @_;
  SKIP:
  {
    skip('haproxy is not installed', 2) unless $haproxy && (run($haproxy, '-v')->{code} // -1) == 0;
    my $haproxy_socket = own_dir() . "/any.$server->{port}";
    my $config = put_file("haproxy.$server->{port}", <<"END");
global
  log stderr format raw local0
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  timeout check 10s
frontend any
  bind unix\@$haproxy_socket
  default_backend pages
backend pages
  log global
  option log-health-checks
  option httpchk GET /
  server page 127.0.0.1:$server->{port} check inter 10ms fall 1 rise 1
END
    my $before = log_count($server, qr/ end pid /);
    my $balancer = start(command => [$haproxy, '-db', '-f', $config]);
    ok(eventually(sub { log_count($server, qr/ end pid /) - $before >= 150 }), "$name: 150 checks by HAProxy come and go");
    $balancer->signal('INT');
    $balancer->wait;
    is(log_count($balancer, qr/DOWN|failed|reset/), 0, "$name: HAProxy finds each of its checks well") or diag(log_text($balancer));
  }
}

for my $way (sort keys %ways)
{
  for my $kind ('with', 'without')
  {
    my $server = $ways{$way}->(own_dir() . "/$kind");
    my $name = ($way eq 's6-linger' ? 's6-tcpserver with s6-linger' : 's6-tcpserver --linger') . ", $kind Content-Length";
    test_curl($name, $server);
    test_ab($name, $server);
    test_httpchk($name, $server);
    is(log_count($server, qr/ end pid \d+ (?!exitcode 0 )/), 0, "$name: every program ends with exit code 0");
  }
}

done_testing;
