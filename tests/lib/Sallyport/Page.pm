# Quoting manual pages, so that a page and its tests cannot part.
package Sallyport::Page;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

use Sallyport::System;

our @EXPORT = qw(page page_says page_text);

my ($name, $text);

# The rendered page on one line. A hyphen may end a line there, so blanks after it mean nothing.
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
  my ($file) = grep { -f } map { page_file("$name.$_") } 1, 5, 7, 8;
  die "there is no page for $name\n" unless $file;
  $text = tool('mandoc') ? page_text($file) : undef;
}

# Passes for each sentence that the page says, word for word, as a reader sees it. tools/unquoted-sentences reads
# these calls in the source: their arguments are literal strings.
sub page_says
{
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  for my $sentence (@_)
  {
    SKIP:
    {
      skip 'mandoc, to read the page with, is not installed', 1 unless defined $text;
      ok(index($text, squeeze($sentence)) >= 0, "$name says: $sentence");
    }
  }
}

1;
