#!/usr/bin/env perl
# The page of s6-serverstat --format=html in a real browser: it fits a phone, can be read in light and dark, fetches nothing from elsewhere, and
# shows itself again.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Browser;
use Sallyport::Examples;

plan skip_all => 'chromium is not installed' unless browser();
my $path = own_dir() . '/service.status';
my $server = start_server(['-c', 2, "--status-socket=$path"], ['cat']);
my @clients = map { open_client($server) } 1 .. 2;
say_to($_, "x\n"), read_line($_) for @clients;

# ---- how it looks ----

put_file('page.html', run(bin('s6-serverstat'), '--format=html', $path)->{out});
put_file('measure.html', <<'PAGE');
<iframe id="f" width="390" height="844" style="border: 0" src="page.html"></iframe>
<pre id="result"></pre>
<script>
function light(colour)
{
  const [r, g, b] = colour.match(/[\d.]+/g).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(e)
{
  while (e && getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)') e = e.parentElement;
  return e ? getComputedStyle(e).backgroundColor : 'rgb(255, 255, 255)';
}
function contrast(e)
{
  const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
const frame = document.getElementById('f');
frame.onload = () =>
{
  const d = frame.contentDocument;
  const words = [...d.body.querySelectorAll('*')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  document.getElementById('result').textContent = [
    `title=${d.title}`,
    `width=${d.documentElement.scrollWidth}`,
    `paper=${light(getComputedStyle(d.body).backgroundColor) > 0.5 ? 'light' : 'dark'}`,
    `words=${words.length}`,
    `faint=${words.filter(e => contrast(e) < 4.5).length}`,
    `fetched=${frame.contentWindow.performance.getEntriesByType('resource').length}`].join('\n');
};
</script>
PAGE

for my $scheme (['light'], ['dark', '--blink-settings=preferredColorScheme=0'])
{
  my ($name, @options) = @$scheme;
  my %got = document('file://' . own_dir() . '/measure.html', @options) =~ /^(?:<pre id="result">)?(\w+)=([^\n<]*)/mg;
  is($got{title}, 'sallyport: services', "a browser that prefers $name pages shows the page of s6-serverstat");
  is($got{paper}, $name, "the page of s6-serverstat is $name in a browser that prefers $name pages");
  cmp_ok($got{width} // 9999, '<=', 390, "the $name page of s6-serverstat is no wider than a phone of 390 pixels");
  cmp_ok($got{words} // 0, '>', 10, "the $name page of s6-serverstat has words to measure");
  is($got{faint}, 0, "every word of the $name page of s6-serverstat has a contrast of at least 4.5 to 1");
  is($got{fetched}, 0, "the $name page of s6-serverstat fetches nothing: no script, style or picture");
}

# ---- what it does ----

my $page = start_example('status', STATUS => $path);
ok($page->{port}, 'examples/status starts') or BAIL_OUT(log_text($page));
my $url = "http://127.0.0.1:$page->{port}/";
like(document($url), qr/\Q$path\E/, 'a browser shows the page of examples/status');
my $before = log_count($page, qr/info: accept /);
my $browser = start(browser_command('--remote-debugging-port=0', $url));
ok(eventually(sub { log_count($page, qr/info: accept /) >= $before + 2 }, 3 * deadline()),
   'a browser fetches the page of examples/status again after a while') or diag(log_text($page));
$browser->put_down;

done_testing;
