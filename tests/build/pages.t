#!/usr/bin/env perl
# The pages and the programs say the same, option by option.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my $r = run(source_file('tools/check-pages.sh'), $ENV{SALLYPORT_SRC}, $ENV{SALLYPORT_BIN}, page_file(''));
is($r->{code}, 0, 'tools/check-pages.sh finds that the pages and the programs have the same options') or diag($r->{err});
note($r->{out});

# SEE ALSO: all pages of ours that are mentioned above it, by section and name. The overview mentions everything.
my %section = map { m{/([^/]+)\.(\d)$} ? ($1 => $2) : () } glob page_file('*.[1-8]');
sub see_also
{
  my ($name, $text) = @_;
  my ($body, $see) = $text =~ /\A(.*)^\.Sh SEE ALSO\n(.*?)(?=^\.Sh |\z)/ms or return 'no SEE ALSO';
  my @seen = $see =~ /^\.Xr (\S+ \d)/mg;
  my %seen = map { $_ => 1 } @seen;
  my @sorted = map { join ' ', reverse split / / } sort map { join ' ', reverse split / / } @seen;
  return 'not in order' if "@seen" ne "@sorted";
  my @wanted = $name eq 'sallyport' ? map { "$_ 1" } grep { $section{$_} == 1 } sort keys %section : ('sallyport 7', $body =~ /\bXr (\S+ \d)/g);
  return join ', ', grep { my ($page) = split / /; $section{$page} && $page ne $name && !$seen{$_} } @wanted;
}
is(see_also($_, get_file(page_file("$_.$section{$_}"))), '', "SEE ALSO of $_ has every page that $_ mentions, in order") for sort keys %section;
is(see_also('x', ".Xr s6-tcpserver 1\n.Sh SEE ALSO\n.Xr sallyport 7\n"), 's6-tcpserver 1',
  'the check of SEE ALSO finds a page that is missing there');

# ---- how the pages look: in mandoc and in groff, which man uses on most systems, on a terminal of 80 columns ----

my %installed = map { m{/([^/]+)$} ? ($1 => $_) : () } glob man_file('*.[1-8]');
is(join(' ', sort keys %installed), join(' ', sort map { "$_.$section{$_}" } keys %section), 'the build has made every page');

# A site file for groff that makes the worst of each character, as some versions and systems do.
put_file('mdoc.local', join '', map { ".char $_->[0] \\[$_->[1]]\n" } ['-', 'u2010'], ["'", 'u2019'], ['`', 'u2018'], ['^', 'u02C6'], ['~', 'u02DC']);

# groff 1.24 has no warnings about .el any more.
my @warnings = map { run(tool('groff') // 'false', '-w', $_, '-T', 'utf8', '/dev/null')->{err} =~ /unrecognized/ ? () : ('-w', $_) } qw(w break el scale);
my %renderer = (
  mandoc => ['mandoc', qw(-T utf8 -O width=80)],
  groff => ['groff', '-M', own_dir(), @warnings, qw(-T utf8 -m mdoc -r cR=1 -r LL=80n -P -c -P -b -P -u -P -o)]);

# The lines of a page as a reader sees them, and what the renderer complains about.
sub rendered
{
  my ($file, @command) = @_;
  my $r = run({ deadline => build_deadline(), env => { GROFF_NO_SGR => 1 } }, @command, $file);
  my $text = $r->{out};
  utf8::decode($text);
  $text =~ s/.\x08//g;
  return ([split /\n/, $text], $r->{err});
}

# Lines that have more than 80 bytes in the 78 columns that man uses on a terminal of 80, for a reader who counts bytes,
# where the site file keeps the hyphens and apostrophes of prose as they are, as that of Debian does.
mkdir own_dir() . '/plain' or die;
put_file('plain/mdoc.local', join '', map { ".char $_->[0] \\N'$_->[1]'\n" } ['-', 45], ["'", 39], ['`', 96], ['^', 94], ['~', 126]);
my %narrow = (
  mandoc => ['mandoc', qw(-T utf8 -O width=78)],
  groff => ['groff', '-M', own_dir() . '/plain', qw(-T utf8 -m mdoc -r cR=1 -r LL=78n -P -c -P -b -P -u -P -o)]);

sub long_lines
{
  my ($by, $file) = @_;
  my ($lines) = rendered($file, @{$narrow{$by}});
  return join "\n", grep { my $bytes = $_; utf8::encode($bytes); length $bytes > 80 } @$lines;
}

# The lines of the examples of a page, as a reader who copies one of them wants it.
sub example_lines
{
  my ($file, $with_blanks) = @_;
  my @lines;
  my $source = get_file($file);
  push @lines, split /\n/, $1 // $2 while $source =~ /^\.Dl ([^\n]*)$|^\.Bd -literal[^\n]*\n(.*?)^\.Ed$/msg;
  return grep { length } map { s/\\-/-/gr =~ s/\\\((aq|ga|ha|ti)/{ aq => "'", ga => '`', ha => '^', ti => '~' }->{$1}/ger =~ s/\\&//gr
    =~ s/\\e/\\/gr =~ s/\s+$//r } map { $with_blanks ? $_ : s/^\s+//r } @lines;
}

sub looks
{
  my ($by, $file) = @_;
  my ($lines, $complaints) = rendered($file, @{$renderer{$by}});
  my %there = map { s/^\s+|\s+$//gr => 1 } @$lines;
  # The longest names leave no room after the date where the name is at the right (groff 1.24).
  my @foot = grep { /^sallyport \d+\.\d+\.\d+ +\w+ \d+, 20\d\d *\S.*$/ } @$lines;
  my @names = map { /((?:s6|tcp|udp|local|proxy)\x{2010}[a-z]\w*)/ ? $1 : () } @$lines;
  # groff 1.23 indents by 13, where 1.22 and mandoc have 11.
  return join "\n", ($complaints || ()), (map { "wide: $_" } grep { length > 80 } @$lines), (map { "wide: $_" } grep { length > 67 } example_lines($file, 1)),
    (map { "not to be copied: $_" } @names, grep { !$there{$_} } example_lines($file)), @foot == 1 ? () : 'no footer';
}

for my $by (sort keys %renderer)
{
  SKIP:
  {
    skip "$by is not installed", 1 + keys %installed unless tool($by);
    is(looks($by, $installed{$_}), '', "$_ has short lines, a footer and examples that can be copied in $by") for sort keys %installed;
    is(join("\n", map { long_lines($by, $installed{$_}) || () } sort keys %installed), '', "no line of any page has more than 80 bytes in $by");
  }
}

# The same with pages that have something of all this.
my %bad = (
  'an example that is too wide' => [".Bd -literal\n" . join(' ', ('word') x 20) . "\n.Ed", qr/^wide: /m],
  'a hyphen' => ['.Dl s6-tcpserver', qr/^not to be copied: s6-tcpserver$/m, 'groff'],
  'a quote' => ['.Dl echo \'x\'', qr/^not to be copied: echo 'x'$/m, 'groff'],
  'a macro that does not exist' => ['.Zz', qr/Zz/],
);
for my $what (sort keys %bad)
{
  my ($text, $complaint, $only) = @{$bad{$what}};
  my $bad = put_file('bad.1', ".Dd November 1, 2026\n.Dt BAD 1\n.Os sallyport 0.2.0\n.Sh NAME\n.Nm bad\n.Nd page\n.Sh DESCRIPTION\n$text\n");
  for my $by ($only // sort keys %renderer)
  {
    SKIP:
    {
      skip "$by is not installed", 1 unless tool($by);
      skip 'mandoc complains in its lint alone', 1 if $by eq 'mandoc' && $what =~ /macro/;
      like(looks($by, $bad), $complaint, "the check of the look of pages finds $what in $by");
    }
  }
}

# ---- dates and versions ----

mkdir own_dir() . "/$_" or die for qw(tree tree/package tree/doc tree/doc/parts);
put_file('tree/package/info', "package=sallyport\nversion=7.8.9\n");
put_file('tree/doc/one.1', ".Dd January 1, 2001\n.Dt ONE 1\n.Os\n.Sh NAME\n.\\\" \@include two\n");
put_file('tree/doc/parts/two.mdoc', "of a part\n");

sub assembled
{
  my $tree = own_dir() . '/tree';
  my $end = run({ dir => $tree, env => { GIT_CEILING_DIRECTORIES => own_dir() } }, '/bin/sh', source_file('tools/assemble-pages.sh'), "$tree/doc", "$tree/pages");
  is($end->{code}, 0, 'tools/assemble-pages.sh exits 0') or diag($end->{err});
  return get_file("$tree/pages/one.1");
}

is(assembled(), ".Dd January 1, 2001\n.Dt ONE 1\n.Os sallyport 7.8.9\n.Sh NAME\nof a part\n",
  'tools/assemble-pages.sh keeps the date of a page without git and doc/dates');
put_file('tree/doc/dates', "2026-03-04 one.1\n2026-02-28 parts/two.mdoc\n");
like(assembled(), qr/\A\.Dd March 4, 2026\n/, 'tools/assemble-pages.sh gives a page the date that doc/dates has for it');
put_file('tree/doc/dates', "2026-03-04 one.1\n2026-11-30 parts/two.mdoc\n");
like(assembled(), qr/\A\.Dd November 30, 2026\n/, 'tools/assemble-pages.sh gives a page the date of a part that is newer');
unlink own_dir() . '/tree/doc/dates';

put_file('tree/doc/one.1', ".Dd January 1, 2001\n.Dt ONE 1\n.Os\n.\\\" \@contact\n");
like(assembled(), qr/^This package names no address for reports: its publisher has set no contact in package\/info\.\n\z/m,
  'tools/assemble-pages.sh writes that there is no address for reports where package/info has no contact');
put_file('tree/package/info', "package=sallyport\nversion=7.8.9\ncontact='Ann <ann\@example.org>'\nurl=https://example.org/\n");
like(assembled(), qr/^The address for reports is Ann <ann\@example\.org>\.\nThe project is at https:\/\/example\.org\/\.\n\z/m,
  'tools/assemble-pages.sh writes the contact and the URL of package/info');
SKIP:
{
  my $git = tool('git');
  my @commit = ('-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'commit.gpgsign=false', 'commit', '-q', '-m', 'x');
  my %env = (HOME => own_dir(), GIT_CONFIG_NOSYSTEM => 1, map { ("GIT_${_}_DATE" => '2025-05-06T12:00:00Z') } qw(AUTHOR COMMITTER));
  skip 'git is not installed', 2 unless $git;
  run({ dir => own_dir() . '/tree', env => \%env }, $git, @$_) for ['init', '-q'], ['add', 'doc'], \@commit;
  like(assembled(), qr/\A\.Dd May 6, 2025\n/, 'tools/assemble-pages.sh gives a page the date of its last commit in a clone');
}

# ---- the check of options itself ----
my $source = own_dir() . '/source';
mkdir $_ or die for $source, "$source/doc", "$source/package";
symlink source_file($_), "$source/$_" or die for 'tests', 'tools';
put_file("$source/package/targets.mak", "PROGRAMS := \\\n  tcp/s6-tcpserverd \\\n");
my $page = get_file(page_file('s6-tcpserverd.1'));

sub complaint
{
  my ($text) = @_;
  put_file("$source/doc/s6-tcpserverd.1", $text);
  my $end = run(source_file('tools/check-pages.sh'), $source, $ENV{SALLYPORT_BIN}, "$source/doc");
  return $end->{code} ? $end->{err} : '';
}

is(complaint($page), '', 'tools/check-pages.sh accepts a page that is right');
like(complaint($page =~ s/^\.It Fl -listen-fds\n//mr), qr/disagree.*^< - listen-fds -$/ms,
  'tools/check-pages.sh reports an option that the page lacks');
like(complaint($page =~ s/^(\.It Fl -listen-fds)\n/.It Fl -nonesuch\n$1\n/mr), qr/disagree.*^> - nonesuch -$/ms,
  'tools/check-pages.sh reports an option that the program lacks');
like(complaint($page =~ s/(-max-clients Ns = Ns Ar) n/$1 m/r), qr/disagree/, 'tools/check-pages.sh reports an argument of another name');
like(complaint($page =~ s/^\.It Fl v Ar n , Fl -verb/.It Fl w Ar n , Fl -verb/mr), qr/disagree/,
  'tools/check-pages.sh reports an option of another letter');
put_file("$source/doc/nonesuch.1", $page);
like(complaint($page), qr/nonesuch\.1 is the page of no program/, 'tools/check-pages.sh reports a page without a program');
unlink "$source/doc/nonesuch.1", "$source/doc/s6-tcpserverd.1";
symlink '/nonexistent', "$source/doc/s6-tcpserverd.1";
like(run(source_file('tools/check-pages.sh'), $source, $ENV{SALLYPORT_BIN}, "$source/doc")->{err}, qr/s6-tcpserverd has no page/,
  'tools/check-pages.sh reports a program without a page');

done_testing();
