#!/usr/bin/env perl
# The pages and the programs say the same, option by option.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $r = run(source_file('tools/check-pages.sh'), $ENV{SALLYPORT_SRC}, $ENV{SALLYPORT_BIN});
is($r->{code}, 0, 'every option, program and page is where it belongs') or diag($r->{err});
note($r->{out});

# The check itself notices what is wrong.
my $source = own_dir() . '/source';
mkdir $_ or die for $source, "$source/doc", "$source/package";
symlink source_file($_), "$source/$_" or die for 'tests', 'tools';
put_file("$source/package/targets.mak", "PROGRAMS := \\\n  tcp/s6-tcpserverd \\\n");
my $page = get_file(source_file('doc/s6-tcpserverd.1'));

sub complaint
{
  my ($text) = @_;
  put_file("$source/doc/s6-tcpserverd.1", $text);
  my $end = run(source_file('tools/check-pages.sh'), $source, $ENV{SALLYPORT_BIN});
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
like(run(source_file('tools/check-pages.sh'), $source, $ENV{SALLYPORT_BIN})->{err}, qr/s6-tcpserverd has no page/, 'a program without a page');

done_testing();
