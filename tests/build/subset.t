#!/usr/bin/perl
# Only what every skalibs from 2.13.1.1 to 2.15 offers in the same form is used.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use File::Find;

my @files;
find({ no_chdir => 1, wanted => sub { push @files, $_ if /\.[ch]$/ } }, source_file('src'));
ok @files > 50, 'the tree has more than 50 sources: ' . scalar @files;

# What came later, went away or changed its arguments in between.
my $header = qr/^\s*#\s*include\s*<skalibs\/(?:cspawn|envexec|gol|prog|stat|fcntl)\.h>/;
my $name = qr/\b(?:strerr_(?:die|warn)[if]?[wfu]*\d+(?:sys|x|u|e)?|genset_iter\w*|selfpipe_fd|timed_read|socket_recv46|ip46_scan|env_get|case_str|tain_addmsec)\b/;

sub offences
{
  my ($text) = @_;
  $text =~ s{/\*.*?\*/|//[^\n]*|"(?:[^"\\\n]|\\.)*"}{}gs;
  return grep { /$header/ || /$name/ } split /\n/, $text;
}

for my $wrong ("#include <skalibs/cspawn.h>\n", "  strerr_diefu1sys(111, \"x\");\n", "  strerr_dief2x(100, a, b);\n", "x = env_get(\"A\");\n")
{
  is scalar(offences($wrong)), 1, "the check of skalibs names finds this line: $wrong" =~ s/\n//r;
}
is scalar(offences("/* env_get( */ strerr_diefusys(111, \"env_get\");\n")), 0, 'the check of skalibs names skips comments and strings';

for my $file (sort @files)
{
  my @offences = offences(get_file($file));
  is "@offences", '', substr($file, 1 + length $ENV{SALLYPORT_SRC}) . ' uses only what every supported skalibs has';
}

done_testing;
