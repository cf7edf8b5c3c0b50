#!/usr/bin/env perl
# The pages and the programs say the same, option by option.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $r = run(source_file('tools/check-pages.sh'), $ENV{SALLYPORT_SRC}, $ENV{SALLYPORT_BIN}, page_file(''));
is($r->{code}, 0, 'every option, program and page is where it belongs') or diag($r->{err});
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
is(see_also($_, get_file(page_file("$_.$section{$_}"))), '', "SEE ALSO of $_") for sort keys %section;
is(see_also('x', ".Xr s6-tcpserver 1\n.Sh SEE ALSO\n.Xr sallyport 7\n"), 's6-tcpserver 1', 'a page that is forgotten there');

# The check itself notices what is wrong.
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

is(complaint($page), '', 'a page that is right');
like(complaint($page =~ s/^\.It Fl -listen-fds\n//mr), qr/disagree.*^< - listen-fds -$/ms, 'an option that the page lacks');
like(complaint($page =~ s/^(\.It Fl -listen-fds)\n/.It Fl -nonesuch\n$1\n/mr), qr/disagree.*^> - nonesuch -$/ms, 'one that the program lacks');
like(complaint($page =~ s/(-max-clients Ns = Ns Ar) n/$1 m/r), qr/disagree/, 'an argument of another name');
like(complaint($page =~ s/^\.It Fl v Ar n , Fl -verb/.It Fl w Ar n , Fl -verb/mr), qr/disagree/, 'another letter');
put_file("$source/doc/nonesuch.1", $page);
like(complaint($page), qr/nonesuch\.1 is the page of no program/, 'a page without a program');
unlink "$source/doc/nonesuch.1", "$source/doc/s6-tcpserverd.1";
symlink '/nonexistent', "$source/doc/s6-tcpserverd.1";
like(run(source_file('tools/check-pages.sh'), $source, $ENV{SALLYPORT_BIN}, "$source/doc")->{err}, qr/s6-tcpserverd has no page/, 'a program without a page');

done_testing();
