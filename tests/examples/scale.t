#!/usr/bin/env perl
# The page sallyport-scale: the commands have options that exist, and HAProxy accepts the configuration.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my @blocks = get_file(page_file('sallyport-scale.7')) =~ /^\.Bd -literal[^\n]*\n(.*?)^\.Ed$/msg;
my ($configuration) = grep { /^defaults$/m } @blocks;
ok($configuration, 'sallyport-scale(7) has a configuration of HAProxy') or BAIL_OUT('no configuration');

my %known;
my @commands = map { s/\\e\n//gr =~ /^(s6-.*)$/mg } @blocks;
cmp_ok(scalar @commands, '>=', 4, 'sallyport-scale(7) has at least 4 commands');
for my $command (@commands)
{
  my ($program) = $command =~ /^(\S+)/;
  $known{$program} //= { map { $_->{name} => 1 } help_options($program) };
  is(join(' ', grep { !$known{$program}{$_} } $command =~ / --([a-z0-9-]+)/g), '',
    "the options of this command of sallyport-scale(7) exist: $command");
}

my $haproxy = tool('haproxy');
SKIP:
{
  skip 'haproxy is not installed, or lacks a library', 1 unless $haproxy && (run($haproxy, '-v')->{code} // -1) == 0;
  my $end = run($haproxy, '-c', '-f', put_file('haproxy.cfg', $configuration));
  is($end->{code}, 0, 'HAProxy accepts the configuration of sallyport-scale(7)') or diag $end->{out}, $end->{err};
}

done_testing;
