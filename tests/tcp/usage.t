#!/usr/bin/env perl
# Command lines that are wrong: every program of the chain, every option, every end of every range.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my ($listener, $busy) = busy_port();

# For each program: words that make it complete, up to a next program that does not exist. Its 127 then
# says that everything in front of it was found to be right.
my $nowhere = '/nonexistent/program';
my %complete = (
  's6-tcpserver' => ['127.0.0.1', 0, $nowhere],
  's6-tcpserver-socketbinder' => ['127.0.0.1', 0, $nowhere],
  's6-tcpserverd' => [$nowhere],
  's6-applyuidgid' => [$nowhere],
);

# The same where binding would fail (111), if it came to that.
my %unbindable = (%complete, map { $_ => ['127.0.0.1', $busy, $nowhere] } qw(s6-tcpserver s6-tcpserver-socketbinder));

my @not_numbers = ('', 'x', '1x', '0x10', '-1', '+1', ' 1', '1 ', '1.0', '18446744073709551617');
my %arguments = (
  'max-clients' => { good => [0, 1, '007', 1000000], bad => [@not_numbers, 1000001] },
  'max-per-source' => { good => [0, 1, 1000000], bad => [@not_numbers, 1000001] },
  'source-prefix4' => { good => [0, 32], bad => [@not_numbers, 33] },
  'source-prefix6' => { good => [0, 128], bad => [@not_numbers, 129] },
  'backlog' => { good => [1, 2147483647], bad => [@not_numbers, 2147483648] },
  'defer' => { good => [0, built_for_linux() ? (1, 1000000) : ()], bad => [@not_numbers, 1000001] },
  'verbosity' => { good => [0, 9], bad => [@not_numbers, 10] },
  'device' => { good => [], bad => ['', 'a/b', 'sixteen-letters-'] },
  'uid' => { good => [], bad => [@not_numbers, 'root', 4294967295, 4294967296] },
  'rules-dir' => { good => [], bad => [''] },
  'rules-cdb' => { good => [], bad => [''] },
  'gid' => { good => [], bad => [@not_numbers, 'root', 4294967295, 4294967296] },
  'groups' => { good => [], bad => ['x', '1,', ',1', '1,,2', '1 2', '1:2', '1,abc', '1,-1', '4294967295'] },
);

sub run_it
{
  my ($program, @words) = @_;
  return run({ fds => { 0 => $listener } }, bin($program), @words);
}

# A usage error is one line on stderr that names the program, the level and the wrong word, and exit 100.
sub usage_is
{
  my ($r, $program, $words, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $right = defined $r->{code} && $r->{code} == 100 && $r->{out} eq ''
    && $r->{err} =~ /\A\Q$program\E: usage: [^\n]*\n\z/ && index($r->{err}, $words) >= 0;
  ok($right, "$program: $name") or diag(explain($r));
}

for my $program (sort keys %complete)
{
  my @rest = @{$complete{$program}};
  my @options = help_options($program);
  ok(scalar @options, "$program lists its options");

  page($program);
  page_says('Write a summary of the options to the standard output and exit 0.');
  my $help = run(bin($program), '--help');
  is($help->{code}, 0, "$program --help exits 0");
  like($help->{out}, qr/\Ausage: \Q$program\E \[options\] .*prog\.\.\.\n/, "$program --help shows the usage");
  is($help->{err}, '', "$program --help is silent on stderr");
  my $unheard = run({ closed => [1] }, bin($program), '--help');
  is($unheard->{code}, 111, "$program --help with stdout closed exits 111");
  like($unheard->{err}, qr{\A\Q$program\E: fatal: unable to write to stdout: .+\n\z}, "and says why");

  page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
  my $version = run(bin($program), '--version');
  is($version->{code}, 0, "$program --version exits 0");
  like($version->{out}, qr/\A\Q$program\E \(sallyport\) [0-9.]+[^\n]*\n\z/, "$program --version says who it is");

  page_says('With 100, the message names the word ');
  usage_is(run_it($program, '-~', @rest), $program, '-~', 'an unknown letter');
  usage_is(run_it($program, '--nonesuch', @rest), $program, '--nonesuch', 'an unknown long option');
  usage_is(run_it($program, '--nonesuch=1', @rest), $program, '--nonesuch', 'an unknown long option with an argument');
  usage_is(run_it($program), $program, 'prog...', 'no operands');
  usage_is(run_it($program, '--'), $program, 'prog...', 'no operands after --');
  usage_is(run_it($program, @rest[0 .. $#rest - 1], ''), $program, 'empty', 'an empty program name');
  usage_is(run_it($program, @rest[0 .. $#rest - 1]), $program, 'prog...', 'no program') if @rest > 1;

  for my $option (@options)
  {
    my $long = "--$option->{name}";
    if (defined $option->{argument})
    {
      usage_is(run_it($program, $long), $program, $long, "$long without its argument");
      usage_is(run_it($program, "-$option->{letter}"), $program, "-$option->{letter}", "-$option->{letter} without its argument")
        if defined $option->{letter};
      ok($arguments{$option->{name}}, "the arguments of $long are known here");
    }
    else
    {
      usage_is(run_it($program, "$long=1", @rest), $program, $long, "$long with an argument");
    }
  }

  page_says('Every operand and every argument of an option is checked as a whole before') if @rest > 1;
  for my $option (grep { defined $_->{argument} } @options)
  {
    my ($good, $bad) = @{$arguments{$option->{name}} // {}}{qw(good bad)};
    usage_is(run_it($program, "--$option->{name}=$_", @{$unbindable{$program}}), $program, "'$_'", "--$option->{name} is not '$_'")
      for @$bad;
    is(run_it($program, "--$option->{name}", $_, @rest)->{code}, 127, "$program: --$option->{name} may be $_") for @$good;
  }
}

# What each range is, as the pages say it.
page('s6-tcpserverd');
page_says('The largest n is 1000000, and 0 means 1.');
page_says('The largest n is 9.');
page_says('The default is 32, which is also the largest.');
page_says('The default is 64, and 128 is the largest.');
page('s6-applyuidgid');
page_says('Change to this user id, a number from 0 to 4294967294.');
page_says('Change to this group id, a number from 0 to 4294967294.');
page_says('The command line is wrong, or, with -U, a variable is missing or wrong.');

# Operands.
for my $program ('s6-tcpserver', 's6-tcpserver-socketbinder')
{
  page($program);
  page_says('is a number from 0 to 65535, not a name.');
  usage_is(run_it($program, '127.0.0.1', $_, 'true'), $program, "'$_'", "the port is not '$_'")
    for '', '65536', '-1', '+80', '08x', 'http', ' 80', '80 ', '0x50', '4294967376';
  usage_is(run_it($program, $_, $busy, 'true'), $program, "'$_'", "the ip is not '$_'")
    for '', '1.2.3.4.5', '256.1.1.1', '1.2.3.4 junk', '127.1', '127.0.0.01', 'localhost', '[::1]', '::1::', '::g', '1.2.3',
        '::1%lo', 'fe80::1%', 'fe80::1%nonesuch', 'fe80::1%lo%lo', '1.2.3.4%lo', ':' x 100;
  is(run_it($program, $_, 0, $nowhere)->{code}, 127, "$program: the ip may be $_") for '127.0.0.1', '0.0.0.0';
  is(run_it($program, '127.0.0.1', '000', $nowhere)->{code}, 127, "$program: the port may have leading zeros");

  page_says('that is not IPv6 is a usage error then.');
  usage_is(run_it($program, '--combine4and6', '127.0.0.1', $busy, 'true'), 's6-tcpserver-socketbinder', '--combine4and6',
           "$program: --combine4and6 with an IPv4 address");
}

# Where options end.
page('s6-tcpserver');
page_says('Options come in front of ip.');
is(run_it('s6-tcpserver', '-qQ', '-c5', '-C', 5, '--', '127.0.0.1', 0, $nowhere)->{code}, 127, 'options cluster, and -- ends them');
page('s6-tcpserverd');
page_says('Options come in front of prog; what follows prog belongs to it.');
is(run_it('s6-tcpserverd', $nowhere, '-c', 'many', '--nonesuch')->{code}, 127, 'what follows prog is not looked at');
page('s6-tcpserver-socketbinder');
page_says('Options come in front of ip.', 'The command line is wrong.');
is(run_it('s6-tcpserver-socketbinder', '127.0.0.1', 0, 'echo', '-b', 'x')->{out}, "-b x\n", 'what follows ip port prog is not looked at');
page('s6-applyuidgid');
page_says('Options come in front of prog.');
is(run(bin('s6-applyuidgid'), 'echo', '-u', 'x')->{out}, "-u x\n", 'what follows prog is its own');

done_testing();
