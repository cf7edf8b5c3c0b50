#!/usr/bin/perl
# Every line that a daemon can log stands in sallyport-log(5), and every line on that page can be logged. The words of both
# are compared in pieces: what stands between numbers, names, placeholders in capitals and punctuation.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

# Where lines are made, and what makes them: the literal strings of these calls and members are log text.
my @files = map { glob source_file($_) } qw(src/libserver/*.c src/skd/*.c src/ipc/ipc_paths.c src/libutil/wait_status.c);
my $names = join '|', qw(
  text_string
  log_words
  log_unable
  server_die
  hold_begin
  report\w*
  leave
  warn
  refuse\w*
  fail\w*
  mistaken
  bad
  tell_to_end
  exceeds_source
  fill_rate
  die_spoiled
  strerr_warnwusys
);
my $calls = qr/\b(?:$names)\s*\(/;
my $members = qr/(?:\.(?:others|accepted)|(?:\.|->)why)\s*=|\breturn(?= "(?:skd|with TLS|a program))|\?\s(?="a program)/;

# These make other texts.
my %other = map { source_file("src/$_") => 1 } qw(skd/background.c skd/endpoint.c skd/log_spec.c skd/sockets.c libserver/status.c libserver/status_text.c);

# What a line begins with, and endings that the log adds by itself.
my %known = map { $_ => 1 } qw(info warning fatal repeated skd dev);

sub statements
{
  my ($text) = @_;
  $text =~ s{/\*.*?\*/}{}gs;
  return ($text =~ /$members\s*("(?:[^"\\]|\\.)*")/g, map { /$calls(.*)/s ? $1 : () } split /;\s*\n/, $text);
}

sub literals
{
  my ($statement) = @_;
  return grep { !/^[A-Z_]+$/ } $statement =~ /"((?:[^"\\]|\\.)*)"/g;
}

# Lower-case words of at least three letters in all, without what is around them.
sub pieces
{
  my ($words) = @_;
  $words =~ s/\\[a-z0-9]/ /g;
  $words =~ s/ repeated=.*//;
  return grep { (() = /[a-z]/g) >= 3 && !$known{$_} } map { s/^(?:[a-z]\b\s*)+|(?:\s*\b[a-z])+$//gr } map { s/^[\s,-]+|[\s,-]+$//gr } split m{[:;="/_.()0-9]|\s-\s|\b[A-Z][A-Z]+\b|\b[A-Z]\b}, $words;
}

my (%source, %page);
for my $file (grep { !$other{$_} } @files)
{
  for my $literal (map { literals($_) } statements(get_file($file)))
  {
    $source{$_} //= $file =~ s{.*/src/}{}r for pieces($literal);
  }
}
for my $line (get_file(page_file('sallyport-log.5')) =~ /^\.It Li "((?:info|warning|fatal): .*)"$/mg)
{
  $page{$_} //= $line for pieces($line);
}

# A piece of one side may consist of up to three of the other.
sub covered
{
  my ($piece, $by, $parts) = @_;
  return 1 if grep { index(" $_ ", " $piece ") >= 0 } @$by;
  return 0 if ($parts // 3) == 1;
  my @words = split / /, $piece;
  for my $n (1 .. $#words)
  {
    return 1 if covered(join(' ', @words[0 .. $n - 1]), $by, 1) && covered(join(' ', @words[$n .. $#words]), $by, ($parts // 3) - 1);
  }
  return 0;
}

cmp_ok scalar(keys %source), '>', 30, 'the check of log lines finds more than 30 pieces of log lines in the source';
ok covered($_, [keys %page]), "'$_' of $source{$_} is in sallyport-log(5)" for sort keys %source;
ok covered($_, [keys %source]), "'$_' of sallyport-log(5), in \"$page{$_}\", is in the source" for sort keys %page;
ok !covered('the moon is reached', [keys %source]), 'the check of log lines finds a line that no daemon logs';

# Each daemon's page leads there.
for my $page (qw(s6-tcpserverd s6-ipcserverd skd tcp-socket-accept local-stream-socket-accept local-seqpacket-socket-accept))
{
  like get_file(page_file("$page.1")), qr/^\.Xr sallyport-log 5/m, "$page(1) refers to sallyport-log(5)";
}

done_testing;
