#!/usr/bin/env perl
# examples/status and examples/prometheus: what services count, for a browser and for Prometheus; its configuration, alerts and
# dashboard name only what there is.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;
use JSON::PP;

my @paths = map { own_dir() . "/$_.status" } 'one', 'two';
my @services = map { start_server(["--status-socket=$_"], ['cat']) } @paths;
my $stays = open_client($services[0]);
say_to($stays, "x\n");
is(read_line($stays), "x\n", 'the service that examples/status shows serves a client');

sub get { my ($server, $rest) = @_; return ask($server, send => "GET / HTTP/1.1\r\nHost: x\r\n" . ($rest // '') . "\r\n") // '' }

my $page = start_example('status', STATUS => "@paths");
ok($page->{port}, 'examples/status starts') or BAIL_OUT(log_text($page));
my $html = get($page, 'Cookie: ' . 'c' x 20_000 . "\r\n");
like($html, qr{\AHTTP/1\.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n.*?\r\n\r\n<!DOCTYPE html>.*</html>\n\z}s,
  'examples/status sends the whole page to a browser');
like($html, qr/\Q$_\E/, "the page of examples/status names $_") for @paths;

my $metrics = start_example('prometheus', STATUS => "@paths");
ok($metrics->{port}, 'examples/prometheus starts') or BAIL_OUT(log_text($metrics));
my $text = get($metrics);
like($text, qr{\AHTTP/1\.\d 200 OK\r\n}, 'examples/prometheus answers with 200 OK');
like($text, qr/^sallyport_clients\{service="\Q$paths[0]\E"\} 1$/m, 'examples/prometheus shows one client of the first service');
like($text, qr/^sallyport_clients\{service="\Q$paths[1]\E"\} 0$/m, 'examples/prometheus shows no client of the second service');

# What alerts and panels ask for is there. A backlog only Linux tells.
my $dir = examples() . '/prometheus';
my %there = map { $_ => 1 } $text =~ /^(sallyport_\w+)/mg;
$there{sallyport_backlog} = $there{sallyport_source_clients} = 1;
my $dashboard = eval { decode_json(get_file("$dir/dashboard.json")) };
ok($dashboard, 'examples/prometheus/dashboard.json is JSON') or diag($@);
my @expressions = map { map { $_->{expr} } @{$_->{targets}} } @{$dashboard->{panels}};
cmp_ok(scalar(@expressions), '>=', 10, 'examples/prometheus/dashboard.json has at least 10 expressions');
push @expressions, get_file("$dir/alerts.yml") =~ /^ +expr: (.*)$/mg;
my %asked = map { $_ => 1 } map { /\b(sallyport_\w+)/g } @expressions;
is(join(' ', grep { !$there{$_} } sort keys %asked), '', 'the services show every figure that dashboard.json and alerts.yml ask for');
like(get_file("$dir/prometheus.yml"), qr/targets: \['127\.0\.0\.1:9115'\]/, 'examples/prometheus/prometheus.yml has the port 9115');
like(get_file("$dir/run"), qr/PORT:-9115/, 'examples/prometheus/run has the port 9115');

SKIP:
{
  my $promtool = tool('promtool');
  skip 'promtool is not installed', 2 unless $promtool;
  is(run({ dir => $dir }, $promtool, 'check', 'config', 'prometheus.yml')->{code}, 0, 'promtool accepts examples/prometheus/prometheus.yml');
  is(run({ dir => $dir }, $promtool, 'check', 'rules', 'alerts.yml')->{code}, 0, 'promtool accepts examples/prometheus/alerts.yml');
}

done_testing;
