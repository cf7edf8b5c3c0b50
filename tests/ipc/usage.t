#!/usr/bin/env perl
# Command lines that are wrong: every program of the family, every option, every end of every range.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

my $listener = unix_listener();

# For each program: words that make it complete, up to a next program that does not exist. Its 127 then
# says that everything in front of it was found to be right; where binding would come first and fail, 111.
my $nowhere = '/nonexistent/program';
my %complete = ('s6-ipcserver' => [unix_path(), $nowhere], 's6-ipcserver-socketbinder' => [unix_path(), $nowhere], 's6-ipcserverd' => [$nowhere]);
my %unbindable = (%complete, map { $_ => [$listener->hostpath, $nowhere] } qw(s6-ipcserver s6-ipcserver-socketbinder));

my @not_numbers = ('', 'x', '1x', '0x10', '-1', '+1', ' 1', '1 ', '1.0', '18446744073709551617');
my @not_ids = (@not_numbers, 'root', 4294967295, 4294967296);
my %arguments = (
  'max-clients' => { good => [0, 1, '007', 1000000], bad => [@not_numbers, 1000001] },
  'max-per-source' => { good => [0, 1, 1000000], bad => [@not_numbers, 1000001] },
  'backlog' => { good => [1, 2147483647], bad => [@not_numbers, 2147483648] },
  'verbosity' => { good => [0, 9], bad => [@not_numbers, 10] },
  'mode' => { good => ['0', '777', '0777', '0000622'], bad => ['', 'x', '8', '0o7', '1000', '07777', '-1', '+7', ' 7', '7 ', 'rwx', 'u=rw', '2000000000000000000000'] },
  'owner' => { good => [], bad => ['', ':', '1', '1:', ':1', '1:2:3', '1:x', 'root:0', '-1:0', '0:-1', ' 1:2', '1: 2', '4294967295:0', '0:4294967295', '4294967296:0',
                                   '00000000000000000000000001:0', '1.2'] },
  'rules-dir' => { good => [], bad => [''] },
  'rules-cdb' => { good => [], bad => [''] },
  'uid' => { good => [], bad => \@not_ids },
  'gid' => { good => [], bad => \@not_ids },
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

  page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
  my $version = run(bin($program), '--version');
  is($version->{code}, 0, "$program --version exits 0");
  like($version->{out}, qr/\A\Q$program\E \(sallyport\) [0-9.]+[^\n]*\n\z/, "$program --version says who it is");

  page_says('With 100, the message names the word that is wrong.');
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
    for (@$good)
    {
      unlink $rest[0] if @rest > 1;  # whoever is not root may not look at a path of mode 0
      is(run_it($program, "--$option->{name}", $_, @rest)->{code}, 127, "$program: --$option->{name} may be $_");
    }
  }
}

page('s6-ipcserverd');
page_says('The largest n is 1000000, and 0 means 1.');
page_says('The largest n is 9.');

# Operands.
for my $program ('s6-ipcserver', 's6-ipcserver-socketbinder')
{
  page($program);
  usage_is(run_it($program, $_, $nowhere), $program, "'$_'", "the path is not '$_'") for '', '@';
  usage_is(run_it($program, "--$_->[0]=$_->[1]", '@name', $nowhere), $program, "--$_->[0]", "--$_->[0] with an abstract name")
    for ['mode', '0700'], ['owner', '0:0'];
}

# Where options end, and which one counts.
page('s6-ipcserver');
page_says('Options come in front of path.');
page_says('If an option is given twice, the last one counts.');
is(run_it('s6-ipcserver', '-qQ', '-c5', '-C', 5, '-c', 6, '--', unix_path(), $nowhere)->{code}, 127, 'options cluster, and -- ends them');
page('s6-ipcserverd');
page_says('Options come in front of prog; what follows prog belongs to it.');
is(run_it('s6-ipcserverd', $nowhere, '-c', 'many', '--nonesuch')->{code}, 127, 'what follows prog is not looked at');

done_testing();
