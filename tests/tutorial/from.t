#!/usr/bin/env perl
# What the pages for those who come from elsewhere name exists: the long options of ours, and the pages.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my %known;
for my $page (glob source_file('doc') . '/*.1')
{
  $known{$_} = 1 for get_file($page) =~ /^\.It Fl .*?-([a-z0-9-]{3,})/mgi;
}
ok($known{'max-clients'}, 'the options of the programs are known');

my @pages = glob source_file('doc') . '/sallyport-from-*.7';
is(scalar @pages, 6, 'the pages are there');
my $overview = get_file(source_file('doc/sallyport.7'));
for my $page (@pages)
{
  my $text = get_file($page);
  my ($name) = $page =~ m{/([^/]+)\.7$};
  like($overview, qr/^\.Xr \Q$name\E 7/m, "$name is linked from the overview");
  my @rows = $text =~ /^\.It Li ".*?" Ta (.*)$/mg;
  cmp_ok(scalar @rows, '>', 5, '... and has a table');
  my @unknown = grep { !$known{$_} } map { s/\\//gr =~ /(?<![\w-])--([a-z0-9-]+)/gi } @rows;
  is("@unknown", '', '... whose long options are ours');
  my @missing = grep { !-f source_file("doc/$_.1") } grep { !/^(env|nice)$/ } $text =~ /\bXr (\S+) 1/g;
  is("@missing", '', '... and whose programs have pages');
}
done_testing();
