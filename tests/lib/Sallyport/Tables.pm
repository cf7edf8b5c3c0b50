# The tables of the pages for those who come from elsewhere: their rows, and the options of ours that a row names. Not part
# of the common vocabulary: use Sallyport::Tables.
package Sallyport::Tables;

use strict;
use warnings;

use Exporter qw(import);

use Sallyport::PageExamples;
use Sallyport::System;

our @EXPORT = qw(table_pages tables options_named unknown_options);

# { name => file } of the pages sallyport-from-NAME.
sub table_pages { return map { m{/sallyport-from-([^/]+)\.7$} ? ($1 => $_) : () } glob page_file('sallyport-from-*.7') }

# { heading => { program, rows } }: the program that a table is about, and [left, right] of each row.
sub tables
{
  my ($text) = @_;
  my %body = $text =~ /^\.Ss (.*?)\n(.*?^\.El)/msg;
  my %tables;
  for my $title (keys %body)
  {
    my ($first, @rows) = map { s/\\//gr } $body{$title} =~ /^\.It (.*)$/mg;
    my ($program) = grep { our_programs()->{$_} } $first =~ /\bXr (\S+) 1/g;
    $tables{$title} = { program => $program // '', rows => [map { /^Li "(.*?)" Ta (.*)$/ ? [$1, $2] : die "no row: $_\n" } @rows] };
  }
  return \%tables;
}

# [program, option, value] of what is named in some words: each option counts for the program that is named last before it.
sub options_in
{
  my ($text, $program) = @_;
  my @named;
  for my $word (split /[\s,]+|(?<=[a-z]):/, $text)
  {
    $program = $word if our_programs()->{$word} || $word =~ /^(?:env|exec)$/;
    my ($option, $value) = $word =~ /^--?([A-Za-z0-9-]+)(?:=(\S+))?/ or next;
    push @named, [$program, $option, $value] if our_programs()->{$program};
  }
  return @named;
}

# Those of a row. Where it has the same options, those on its left are ours, too.
sub options_named
{
  my ($row, $program) = @_;
  my @named = options_in($row->[1], $program);
  my ($same) = $row->[1] =~ /^(?:Xr (\S+) 1 : )?the same/ or return @named;
  my $left = $row->[0] =~ /-/ && $row->[0] !~ /^netlink/;
  return (@named, $left ? options_in($row->[0], $1 // $program) : ());
}

# Those that the program does not have.
sub unknown_options { return map { "$_->[0]: $_->[1]" } grep { !our_programs()->{$_->[0]}{$_->[1]} } @_ }

1;
