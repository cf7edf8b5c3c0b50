#!/usr/bin/env perl
# examples/haproxy: haproxy on a port that tcp-socket-listen bound, before a Unix-domain service, whose health it
# sees.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

my $haproxy = tool('haproxy');
skip_all_unless('haproxy is installed', $haproxy);
my $version = run($haproxy, '-v');
skip_all_unless('haproxy has the libraries that it needs', ($version->{code} // -1) == 0);
skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());

# The service first. The balancer and the service of the same user: its socket is in a directory that this user owns.
my $dir = own_dir() . '/run';
mkdir $dir or die;
my $socket = "$dir/socket";
my $page = start_example('haproxy/page', PORT => '', WEB => $socket);
log_says($page, qr/info: starting - bound to /, 'examples/haproxy/page starts') or BAIL_OUT(log_text($page));

my $balancer = start_example('haproxy/balancer', PORT => 0, WEB => $socket, PATH => "$ENV{PATH}:" . $haproxy =~ s{/[^/]*\z}{}r);
$balancer->{port} = eventually(sub { ((log_lines($balancer))[0] // '') =~ /^(\d+)$/ ? $1 : 0 });
ok($balancer->{port}, 'examples/haproxy/balancer starts') or BAIL_OUT(log_text($balancer));
ok(eventually(sub { (split ' ', status_field($balancer->pid, 'Uid'))[0] == started_as() }), 'examples/haproxy/balancer does not run as root');

sub get_page { return eval { ask($balancer, send => "GET /a HTTP/1.0\r\n\r\n") } // '' }
my $good = qr{\AHTTP/1\.0 200 OK\r\n.*<code>/a</code>.*^TCPREMOTEIP=127\.0\.0\.1$}ms;
like(eventually(sub { my $got = get_page(); $got =~ $good && $got }) || get_page(), $good,
  'a TCP client of the balancer gets the page of the Unix-domain service') or diag(log_text($balancer));
ok(eventually(sub { log_count($page, qr/info: end pid \d+ exitcode 0 /) >= 3 }),
  'examples/haproxy/page logs the ends of health checks') or diag(log_text($page), log_text($balancer));
is(log_count($page, qr/info: end pid (?!\d+ exitcode 0 )/), 0, 'examples/haproxy/page has no session that ends with an error');

my @many = map { open_client($balancer) } 1 .. 30;
say_to($_, "GET /a HTTP/1.0\r\n\r\n") for @many;
is(scalar(grep { (read_all($_) // '') =~ $good } @many), 30, 'the balancer serves 30 clients at once');

log_says($page, qr{info: allow 127\.0\.0\.1_\d+ pid \d+ count \d+/50 via=uid:${\started_as()}$},
  'examples/haproxy/page counts and logs the client, not the balancer');

# Health: gone, noticed, back, noticed.
$page->signal('TERM');
ok($page->wait, 'examples/haproxy/page ends after SIGTERM');
log_says($balancer, qr{^\[?.*pages/page is DOWN}, 'haproxy logs that the service is down');
is(get_page(), '', 'haproxy gives clients no page while the service is down');
$page = start_example('haproxy/page', PORT => '', WEB => $socket);
log_says($balancer, qr{pages/page is UP}, 'haproxy logs that the service is up again');
like(get_page(), $good, 'haproxy serves clients when the service is up again');

$balancer->signal('TERM');
ok($balancer->wait, 'examples/haproxy/balancer ends after SIGTERM');
unlike(log_text($balancer), qr/\[(?:WARNING|ALERT)\].*(?:config|parsing)/i, 'haproxy finds nothing wrong with its configuration');

done_testing();
