#!/usr/bin/env perl
# The English of the tree: words that make a sentence hard to understand at first reading do not come back. HACKING has the rules.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use File::Find;

# What to write instead, by what is not written. A subject is a user, a client, a process; a place is before or after.
my %instead = (
  qr/\bwhoever\b/i => 'the user who, the process that, every client that',
  qr/\bsomebody\b/i => 'a user, another process',
  qr/\b(?:anybody|everybody)\b/i => 'any client, every client',
  qr/\bin front of\b/i => 'before',
  qr/\bbehind\b/i => 'after',
);

# In text for readers, these too: pages, the first files, headers and comments of sources, help lines.
my %in_prose = (
  qr/\b[Nn]obody\b(?! (?:s6-tcpserver|id\b))(?<!account nobody)(?<!s6-envuidgid nobody)(?<!s6-setuidgid nobody)/ => 'no client, no process, no user',
  qr/\b(?:says|said)\b/ => 'logs, prints, reports, has',
  qr/\b(?:tells|told)\b(?!_to_end)/ => 'reports, shows, names, is',
);

my $src = $ENV{SALLYPORT_SRC};
my (@prose, @rest);
my %is_top = map { $_ => 1 } qw(README NEWS INSTALL HACKING);
find({ no_chdir => 1, preprocess => sub { sort grep { !/^(?:\.git|build|check|obj|bin|lib)$/ || $File::Find::dir =~ m{/tests$} } @_ }, wanted => sub {
  my $name = $File::Find::name =~ s{^\Q$src\E/}{}r;
  return unless -f && -T _;
  return if $name =~ m{^tests/build/words\.t$|\.csv$|\.svg$|^COPYING$};
  push @prose, $name if $is_top{$name} || $name =~ m{^(?:doc|examples)/|^src/.*\.[ch]$};
  push @rest, $name if $name =~ m{^(?:tests|tools|package|packaging)/|^(?:configure|quickstart|Makefile)$};
} }, $src);
cmp_ok(scalar @prose, '>', 300, 'the check of words finds more than 300 texts');

# Text that is not ours to choose: the name of an account, and the names of things in code.
sub without_names
{
  my ($name, $text) = @_;
  $text =~ s/[\$%@&][A-Za-z_]\w*//g if $name =~ m{^tests/};
  $text =~ s/^.*\b(?:static )?(?:void|int) (?:tell|say)\(.*$//mg;
  $text =~ s/--kill-whom//g;
  $text =~ s/^.*(?:not "in front of" and "behind"|"say" and "tell").*$//mg if $name eq 'HACKING';
  $text =~ s/^nobody .*$|\bstream\s+tcp\s+nowait\s+nobody\b|user=nobody|["']nobody["']//mg;
  return $text;
}

sub found
{
  my ($name, %words) = @_;
  my $text = without_names($name, get_file(source_file($name)));
  my @found;
  for my $word (keys %words)
  {
    while ($text =~ /$word/g)
    {
      my $line = 1 + substr($text, 0, $-[0]) =~ tr/\n//;
      push @found, "$name:$line: \"$&\": rather: $words{$word}";
    }
  }
  return @found;
}

my @found = ((map { found($_, %instead, %in_prose) } @prose), map { found($_, %instead) } @rest);
is(join("\n", sort @found), '', 'no text of the tree has a word that makes it hard to read');

# The check itself.
my $checked = 'tests/build/html.t';
is(scalar(found($checked, qr/\bchecks\b|The HTML pages/ => 'x')) > 0 ? 1 : 0, 1, 'the check of words finds a word in tests/build/html.t');

done_testing();
