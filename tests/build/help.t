#!/usr/bin/env perl
# What every program says when it is asked: --help on a narrow terminal, --version, a mistyped option.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my @programs = map { s{.*/}{}r } glob "$ENV{SALLYPORT_BIN}/*";
ok(@programs >= 25, 'the programs are there');

for my $program (@programs)
{
  my $help = run(bin($program), '--help');
  is("$help->{code}$help->{err}", '0', "$program --help succeeds and complains of nothing");
  like($help->{out}, qr/\Ausage: \Q$program\E \[options\].*\n[A-Z].*\.\n\n/, "$program --help says how it is used and what it does");
  is(join("\n", grep { length > 80 } split /\n/, $help->{out}), '', "$program --help fits 80 columns");
  my $version = run(bin($program), '--version');
  like($version->{out}, qr/\A\Q$program\E \(sallyport\) \d+\.\d+\.\d+\n\z/, "$program --version says who it is");
  for my $option ($help->{out} =~ /^ .{5}--([A-Za-z0-9-]{6,})/mg)
  {
    my $typo = $option =~ s/(.)(.)\z/$2$1/r;
    next if $typo eq $option;
    my $run = run(bin($program), "--$typo");
    is($run->{code}, 100, "$program --$typo is a usage error");
    like($run->{err}, qr/\A\Q$program\E: usage: unknown option --\Q$typo\E: did you mean --[A-Za-z0-9-]+\? /, 'and the near one is suggested');
  }
}

done_testing;
