# Quoting manual pages, so that a page and its tests cannot part.
package Sallyport::Page;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

use Sallyport::System;

our @EXPORT = qw(page page_says page_text);

my ($name, $text);

# The rendered page on one line. A hyphen may end a line there, so blanks behind it mean nothing.
sub squeeze
{
  my ($words) = @_;
  $words =~ s/.\x08//g;
  $words =~ s/\s+/ /g;
  $words =~ s/- /-/g;
  return $words;
}

sub page_text
{
  my ($file) = @_;
  open my $out, '-|', 'mandoc', '-T', 'ascii', '-O', 'width=1000', $file or die "cannot run mandoc: $!\n";
  local $/;
  return squeeze(<$out> // '');
}

# The page that is quoted from now on.
sub page
{
  ($name) = @_;
  my ($file) = grep { -f } map { source_file("doc/$name.$_") } 1, 7, 8;
  die "there is no page for $name\n" unless $file;
  $text = tool('mandoc') ? page_text($file) : undef;
}

# Passes if the page says so, word for word, as a reader sees it.
sub page_says
{
  my ($sentence) = @_;
  my $squeezed = squeeze($sentence);
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  SKIP:
  {
    skip 'mandoc, to read the page with, is not installed', 1 unless defined $text;
    ok(index($text, $squeezed) >= 0, "$name says: $sentence");
  }
}

1;
