#!/usr/bin/env perl
# The HTML pages: no link leads nowhere, and every page tells a phone its width.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

skip_all_unless('mandoc is installed', tool('mandoc'));
my $out = own_dir() . '/html';
my $made = run({ deadline => build_deadline() }, source_file('tools/render-doc.sh'), page_file(''), $out);
is($made->{code}, 0, 'tools/render-doc.sh renders the pages') or diag($made->{err});

my %text = map { m{/([^/]+)$} ? ($1 => get_file($_)) : () } glob "$out/*.html";
cmp_ok(scalar keys %text, '>', 30, 'tools/render-doc.sh makes more than 30 HTML pages');
my (@dead, @narrow, $links);
for my $name (sort keys %text)
{
  push @narrow, $name unless $text{$name} =~ /<meta name="viewport" content="width=device-width/;
  for my $target ($text{$name} =~ /(?:href|src)="([^"]*)"/g)
  {
    my ($file, $place) = $target =~ /^([^#]*)(?:#(.*))?$/;
    $file = $name if $file eq '';
    $links++;
    push @dead, "$name: $target" unless -f "$out/$file" && (!defined $place || $text{$file} =~ /\bid="\Q$place\E"/);
  }
}
cmp_ok($links, '>', 200, 'the HTML pages have more than 200 links');
is(join("\n", @dead), '', 'the HTML pages have no dead link');
is("@narrow", '', 'every HTML page sets its width to that of the device');
my @stray = grep { $_ ne 'index.html' && ($text{$_} !~ /href="index\.html"/ || $text{'index.html'} !~ /href="\Q$_\E"/) } sort keys %text;
is("@stray", '', 'the HTML index links to every page, and every page to the index');
# Titles, contents and groups.
is(join(' ', grep { $text{$_} !~ m{<title>[^<]*\bsallyport\b[^<]*</title>} } sort keys %text), '', 'every title of an HTML page names the project');
is(join(' ', grep { $text{$_} !~ m{<html lang="en">} } sort keys %text), '', 'every HTML page names its language');
for my $name (sort keys %text)
{
  my ($contents) = $text{$name} =~ m{<nav class="toc">(.*?)</nav>}s;
  my @ids = grep { !/^(?:NAME|SYNOPSIS)$/ } $text{$name} =~ /<h[12] class="S[hs]"\s+id="([^"]*)"/g;
  my @listed = ($contents // '') =~ /href="#([^"]*)"/g;
  is("@listed", @ids > 3 ? "@ids" : '', "the contents of $name list its sections if they are more than 3");
}
my ($groups) = $text{'index.html'} =~ m{(<h2>.*)</dl>}s;
cmp_ok(() = $groups =~ /<h2>/g, '>', 8, 'the HTML index has more than 8 groups');
unlike($groups, qr/<h2>More pages/, 'doc/groups has every page in a group of the HTML index');
is(join(' ', grep { my $n = () = $groups =~ /href="\Q$_\E"/g; $_ ne 'index.html' && $n != 1 } sort keys %text), '',
  'the HTML index has each page once');

like($text{$_}, qr/<img src="chain\.svg"/, "$_ has the picture chain.svg") for 'index.html', 'sallyport.html';
unlike($text{'sallyport.html'}, qr/<pre>\s*s6-tcpserver 0\.0\.0\.0 80 page/, 'sallyport.html does not have the drawing for terminals');
like($text{'sallyport.html'}, qr/All of the first four are one process/, 'sallyport.html has the text that follows the drawing for terminals');
is(get_file("$out/chain.svg") =~ /^<svg .*<\/svg>\s*\z/s ? 1 : 0, 1, 'tools/render-doc.sh makes chain.svg beside the HTML pages');

done_testing();
