#!/usr/bin/env perl
# examples/ as a whole: each directory is in the list of what is there, is installed as it is here, and is run by a test.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use File::Find;

my $examples = source_file('examples');
my @directories = sort map { -d ? m{([^/]+)\z} : () } glob "$examples/*";
my @files;
find({ no_chdir => 1, wanted => sub { push @files, substr $_, 1 + length $examples if -f } }, $examples);
@files = sort grep { !m{(?:~|^\.|/\..*)\z} } @files;

my $readme = get_file("$examples/README");
is_deeply([sort $readme =~ /^  (\S+)  /mg], \@directories, 'examples/README lists every directory of examples, and no other');
for my $line ($readme =~ /^  (\S+ .*)$/mg)
{
  my ($directory, $names) = $line =~ /^(\S+) +(?:([\w-]+(?:, [\w-]+)*):)?/;
  ok(-e "$examples/$directory/$_", "examples/$directory/$_, which examples/README lists, exists") for split /, /, $names // '';
}

page('sallyport');
page_says('Services to start from are in /usr/local/share/sallyport/examples, or below another directory if the package was configured for that.',
  'The README there describes each file.');
my ($listed) = get_file(page_file('sallyport.7')) =~ /^\.Ss Examples\n(.*?)^\.Ss /ms;
is_deeply([sort map { split / , / } $listed =~ /^\.It Pa (.*)$/mg], \@directories, 'sallyport(7) lists every directory of examples, and no other');

# A test that starts a file of a directory names it in its first lines or by start_example.
my $tests = '';
find({ no_chdir => 1, wanted => sub { $tests .= get_file($_) if /\.t\z/ && !m{examples/all\.t\z} } }, source_file('tests'));
for my $directory (@directories)
{
  like($tests, qr{examples(?:'\))?[^\n]{0,12}/$directory\b|start_example\('$directory\b}, "a test starts examples/$directory");
}

my $installed = "$ENV{SALLYPORT_BIN}/../share/sallyport/examples";
for my $file (@files)
{
  my $mode = -x "$examples/$file" ? 0755 : 0644;
  is((stat "$installed/$file")[2] & 07777, $mode, sprintf 'examples/%s is installed with mode %04o', $file, $mode);
  my ($first) = get_file("$examples/$file") =~ /\A(.*)/;
  is($mode, $first =~ /^#!/ ? 0755 : 0644, "examples/$file is executable only if it is a script");
  is(run('sh', '-n', "$examples/$file")->{code}, 0, "sh finds no error of syntax in examples/$file") if $first =~ m{^#!/bin/sh};
}

done_testing();
