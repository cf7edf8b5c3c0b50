#!/usr/bin/perl
# Shell scripts and the variables of a caller that mean something else: cd obeys CDPATH, goes elsewhere and prints where.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use File::Find;

my @scripts;
find({ no_chdir => 1, wanted => sub { push @scripts, $_ if -f && -r _ && !-l && !m{/\.git/|/build/} && is_shell_script($_) } },
  map { source_file($_) } qw(configure quickstart tools tests examples packaging));

sub is_shell_script { my ($file) = @_; open my $handle, '<', $file or return; my $first = <$handle> // ''; return $first =~ m{\A#!.*\bsh\b} }

ok @scripts > 10, 'the tree has more than 10 shell scripts: ' . scalar @scripts;
for my $script (@scripts)
{
  my ($is_safe, @wrong);
  for my $line (split /\n/, get_file($script))
  {
    $is_safe = 1 if $line =~ /^\s*unset CDPATH\b/;
    next if $line =~ /^\s*#/;
    push @wrong, $line if !$is_safe && $line =~ m{(?<!CDPATH= )(?:^|[;&|(]\s*|\bthen |\bdo )cd (?!--? ?/|/|"\.{0,2}/|\./)};
  }
  is join("\n", @wrong), '', substr($script, 1 + length $ENV{SALLYPORT_SRC}) . ' is safe from CDPATH in every cd';
}

done_testing;
