#!/usr/bin/env perl
# The main job: a web server that knows nothing of sockets, asked by a real client for a page and for 100 MB.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my ($busybox, $curl) = (tool('busybox'), tool('curl'));
skip_all_unless('busybox with its httpd, and curl, are installed', $busybox && $curl && `$busybox --list` =~ /^httpd$/m);

my $dir = own_dir() . '/www';
mkdir $dir or die;
put_file("$dir/index.html", "<h1>A page &amp; a half</h1>\n", 0644);

# 100 MB of which no two blocks are equal.
my $big = "$dir/big";
open my $out, '>', $big or die;
my $block = join '', map { chr(32 + $_ * 7 % 95) } 1 .. 1_048_568;
printf $out '%07d %s', $_, $block for 1 .. 100;
close $out or die;
my ($expected) = `cksum < $big` =~ /^(\d+ 10485[78]\d\d\d)/ or die;

my $server = start_server(['-v'], [$busybox, 'httpd', '-i', '-h', $dir]);
my $url = "http://127.0.0.1:$server->{port}";

sub fetch { return run({ deadline => 60 }, $curl, '-sS', '--noproxy', '*', @_) }

my $page = fetch("$url/");
is($page->{out}, "<h1>A page &amp; a half</h1>\n", 'curl fetches a page from busybox httpd under s6-tcpserver') or diag($page->{err});
my $head = fetch('-I', "$url/index.html");
like($head->{out}, qr{^HTTP/1\.[01] 200 }, 'busybox httpd under s6-tcpserver answers a HEAD request');
like(fetch("$url/nonesuch")->{out}, qr/404/, 'busybox httpd under s6-tcpserver answers 404 to a page that does not exist');

my $sum = run({ deadline => 120 }, 'sh', '-c', "$curl -sS --noproxy '*' $url/big | cksum");
is($sum->{out} =~ s/\s*\z//r, $expected, 'curl fetches 100 MB intact from busybox httpd under s6-tcpserver') or diag($sum->{err});

my $many = fetch((map { ('-o', "/dev/null", "$url/index.html") } 1 .. 20), '-w', "%{http_code}\n", '-Z');
is($many->{out}, "200\n" x 20, 'curl fetches 20 pages at a time from busybox httpd under s6-tcpserver');

ok(eventually(sub { log_count($server, qr/info: end /) == log_count($server, qr/info: accept /) }),
   's6-tcpserver logs the end of the httpd of each client');
is(log_count($server, qr/warning|refuse/), 0, 's6-tcpserver logs no warning and no refusal with the clients of httpd');

done_testing();
