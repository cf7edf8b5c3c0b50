#!/usr/bin/env perl
# What every program says when it is asked: --help on a narrow terminal, --version, a mistyped option.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my @programs = map { s{.*/}{}r } glob "$ENV{SALLYPORT_BIN}/*";
ok(@programs >= 25, 'at least 25 programs are built');

for my $program (@programs)
{
  my $help = run(bin($program), '--help');
  is("$help->{code}$help->{err}", '0', "$program --help exits 0 and prints nothing on stderr");
  like($help->{out}, qr/\Ausage: \Q$program\E \[options\].*\n[A-Z].*\.\n\n/, "$program --help shows the usage and the purpose");
  is(join("\n", grep { length > 80 } split /\n/, $help->{out}), '', "$program --help fits 80 columns");
  my $version = run(bin($program), '--version');
  like($version->{out}, qr/\A\Q$program\E \(sallyport\) \d+\.\d+\.\d+\n\z/, "$program --version shows the name of the program and the version");
  for my $option ($help->{out} =~ /^ .{5}--([A-Za-z0-9-]{6,})/mg)
  {
    my $typo = $option =~ s/(.)(.)\z/$2$1/r;
    next if $typo eq $option;
    my $run = run(bin($program), "--$typo");
    is($run->{code}, 100, "$program --$typo is a usage error");
    like($run->{err}, qr/\A\Q$program\E: usage: unknown option --\Q$typo\E: did you mean --[A-Za-z0-9-]+\? /,
      "$program --$typo suggests an option that is like it");
  }
}

# A word that is short for several options.
for (['s6-tcpserver', '--max=3', '--max-clients', '--max-per-source'], ['tcp-socket-accept', '--ver', '--verbose', '--version'])
{
  my ($program, $word, $one, $other) = @$_;
  my $r = run(bin($program), $word, '127.0.0.1', 0, 'true');
  is($r->{code}, 100, "$program $word is a usage error");
  is($r->{err}, "$program: usage: option $word is short for both $one and $other (try $program --help)\n",
    "$program $word names both options that it is short for");
}
is(run(bin('s6-tcpserverd'), '--max-c=x', 'true')->{err} =~ s/ \(try.*//sr, "s6-tcpserverd: usage: --max-clients must be a number from 0 to 1000000, not 'x'",
  's6-tcpserverd takes --max-c for --max-clients');

# The first word that is wrong is the one that is named.
is(run(bin('s6-tcpserver'), '127.0.0.1:80', 'cat', 'foo')->{err} =~ s/ \(try.*//sr, "s6-tcpserver: usage: ip must be an IPv4 or IPv6 address, not '127.0.0.1:80': address and port are two words",
  's6-tcpserver reports address and port in one word');
is(run({ env => { UID => undef } }, bin('s6-applyuidgid'), '-U', 'true')->{err}, "s6-applyuidgid: fatal: UID not set: option -U needs it, and s6-envuidgid sets it\n",
  's6-applyuidgid -U reports that UID is not set and which program sets it');
is(run({ env => { UID => 'nobody' } }, bin('s6-applyuidgid'), '-U', 'true')->{err}, "s6-applyuidgid: fatal: invalid \$UID: it must be an id in numbers, from 0 to 4294967294, not 'nobody'\n",
  's6-applyuidgid -U reports a UID that is no number');

done_testing;
