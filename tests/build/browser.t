#!/usr/bin/env perl
# The HTML pages in a browser as wide as a phone: no page scrolls sideways, text is not tiny, and the picture fits.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Browser;

use constant WIDTH => 390;

skip_all_unless('mandoc is installed', tool('mandoc'));
skip_all_unless('chromium is installed', browser());

my $dir = own_dir();

sub seen_in_browser
{
  my ($page) = @_;
  return document("file://$page", '--virtual-time-budget=60000');
}

my $probe = put_file('probe.html', '<!DOCTYPE html><script>document.write("<p>" + 6 * 7)</script>');
skip_all_unless('a chromium that starts here', seen_in_browser($probe) =~ /<p>42/);

my $made = run({ deadline => build_deadline() }, source_file('tools/render-doc.sh'), page_file(''), "$dir/html");
is($made->{code}, 0, 'tools/render-doc.sh renders the pages') or diag($made->{err});

# A page that is too wide, that the check itself is checked by.
put_file('html/wide.html', get_file("$dir/html/sallyport.html") =~ s/<body>/<body><div style="width: 500px; font-size: 9px">x<\/div>/r);

# Opens the pages in a frame as wide as a phone, one after the other. Leaves a line for each: its name and what is wrong.
my @pages = glob "$dir/html/*.html";
my $names = join ', ', map { m{([^/]+)$} ? "'$1'" : () } @pages;
put_file('look.html', <<"END" . <<'END');
<!DOCTYPE html><body><pre id="found"></pre><script>
const pages = [$names], width = ${\ WIDTH};
END
const found = document.getElementById('found');
function faults(frame)
{
  const page = frame.contentDocument, list = [];
  if (page.documentElement.scrollWidth > width) list.push('scrolls to ' + page.documentElement.scrollWidth);
  for (const part of page.querySelectorAll('body, p, pre, dd, td, code, div'))
    if (parseFloat(frame.contentWindow.getComputedStyle(part).fontSize) < 11) { list.push('tiny ' + part.tagName); break; }
  for (const picture of page.images)
    if (!picture.naturalWidth || picture.getBoundingClientRect().right > width) list.push('picture ' + picture.src);
  return list.join(', ') || 'good';
}
function look(n)
{
  if (n == pages.length) return;
  const frame = document.createElement('iframe');
  frame.width = width;
  frame.height = 844;
  frame.style.border = 0;
  frame.onload = () => { found.append('@' + pages[n] + ': ' + faults(frame) + '\n'); frame.remove(); look(n + 1); };
  frame.src = 'html/' + pages[n];
  document.body.append(frame);
}
look(0);
</script>
END

my %said = seen_in_browser("$dir/look.html") =~ /^.*?\@(\S+\.html): (.*)$/mg;
is(scalar keys %said, scalar @pages, 'the browser opens every HTML page');
like(delete $said{'wide.html'}, qr/^scrolls to 5\d\d, tiny DIV$/, 'the browser check finds a page that is too wide and has tiny text');
is(join("\n", map { "$_: $said{$_}" } grep { $said{$_} ne 'good' } sort keys %said), '',
  'no HTML page scrolls sideways, has tiny text or a broken picture on a screen as wide as a phone');

done_testing();
