# Command lines that are wrong: what every program says to an unknown option, to a missing word, and to each argument
# that is out of range. One table, by the names of the options, for all families.
package Sallyport::Usage;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

use Sallyport::Page;
use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw($nowhere usage_is check_usage %engine_arguments %liveness_arguments %needs_another);

# A next program that does not exist: its 127 says that everything before it was found to be right.
our $nowhere = '/nonexistent/program';

my @not_counts = ('', 'x', '1x', '0x10', '-2', '+1', ' 1', '1 ', '1.0', '007', '00', '08');
my @not_numbers = (@not_counts, '-1', '18446744073709551617');
my @not_ids = (@not_numbers, 'root', 4294967295, 4294967296);
my @unlimited = (4294967295, 4294967296, '18446744073709551617');
my @not_rates = ('', '/', '1', '1/', '/1', '0/1', '1/0', '1000001/1', '1/86401', '1/1/1', '-1/1', '1 /1', '01/1');
my @not_lists = ('', ',', '1,', ',1', '10.0.0.1/8', '10.0.0.0/33', '::/129', '192.0.2', '192.0.2.07', 'localhost', '1.2.3.4 ');
# The options of every daemon that accepts clients (OPTS_ENGINE). Those that need another one have no good words here.
our %engine_arguments = (
  'proxy' => { bad => ['', '0', '3', 'Any', '1 ', 'v1'] },
  'proxy-from' => { bad => \@not_lists },
  'proxy-deadline' => { bad => [@not_counts, '-1'] },
  'max-pending' => { bad => [@not_counts, '-1'] },
  'rate' => { good => ['1/1', '1000000/86400'], bad => \@not_rates },
  'source-rate' => { good => ['1/1', '1000/1'], bad => [@not_rates, '1001/1'] },
  'rate-sources' => { bad => [@not_counts, '-1'] },
  'penalty' => { good => [1, 600], bad => [@not_numbers, 0, 601] },
  'penalty-exits' => { bad => ['', ',', '1,', '256', '-1', '3-2', '1-', 'x', '1 2'] },
  'exempt' => { good => ['127.0.0.1', '10.0.0.0/8,2001:db8::/32,1000'], bad => \@not_lists },
  'max-session' => { good => [0, 1, 1000000], bad => [@not_counts, '-1'] },
  'max-idle' => { bad => [@not_counts, '-1'] },
  'kill-after' => { bad => [@not_counts, '-1'] },
  'first-data' => { good => [0, 1, 1000000], bad => [@not_counts, '-1'] },
  'refuse-with' => { good => ['no', 'a\\r\\n'], bad => ['', 'a\\x', 'x\\', 'y' x 513] },
  'linger' => { good => [0, 1, 1000000], bad => [@not_counts, '-1'] },
  'status-socket' => { bad => ['', '@'] },
  'status-fd' => { bad => [@not_numbers, 0, 2, 1048576] },
  'drain-grace' => { good => [0, 1, 1000000], bad => [@not_counts, '-1'] },
  'drain-deadline' => { good => [0, 1, 1000000], bad => [@not_counts, '-1'] },
);
# The options of every program that binds TCP sockets (OPTS_LIVENESS).
our %liveness_arguments = (
  'user-timeout' => { good => [0, 1, 1000000, 1000001, @unlimited], bad => [@not_counts, '-1'] },
  (map { $_ => { good => [1, 32767], bad => [@not_counts, 0, 32768, '-1'] } } qw(keepalive-after keepalive-every)),
  'keepalive-count' => { good => [1, 127], bad => [@not_counts, 0, 128, '-1'] },
);
our %needs_another = map { $_ => 1 } qw(proxy proxy-from proxy-deadline proxy-direct proxy-close-local proxy-variables max-pending penalty-exits kill-after only-report rate-sources);

my %arguments = (
  %engine_arguments,
  'max-clients' => { good => [0, 1, 1000000, 1000001, @unlimited], bad => [@not_counts, '-1'] },
  'max-per-source' => { good => [0, 1, 1000000, 1000001, @unlimited], bad => [@not_counts, '-1'] },
  'source-prefix4' => { good => [0, 32], bad => [@not_numbers, 33] },
  'source-prefix6' => { good => [0, 128], bad => [@not_numbers, 129] },
  'backlog' => { good => [1, 2147483647, 2147483648, @unlimited, '-1'], bad => [@not_counts] },
  'defer' => { good => [0, built_for_linux() ? (1, 1000000, 1000001) : ()], bad => [@not_counts, '-1'] },
  'verbosity' => { good => [0, 9, 10, @unlimited], bad => [@not_counts, '-1'] },
  'mode' => { good => ['0', '777', '0777', '0000622', '1777', '07777'],
              bad => ['', 'x', '8', '0o7', '10000', '-1', '+7', ' 7', '7 ', 'rwx', 'u=rw', '2000000000000000000000'] },
  'owner' => { bad => ['', ':', '1', '1:', ':1', '1:2:3', '1:x', 'root:0', '-1:0', '0:-1', ' 1:2', '1: 2', '4294967295:0', '0:4294967295',
                       '4294967296:0', '00000000000000000000000001:0', '1.2'] },
  %liveness_arguments,
  'device' => { bad => ['', 'a/b', 'sixteen-letters-'] },
  'proxy' => { bad => ['', 'x', '3', '12', 'Any', 'all'] },
  'proxy-from' => { bad => ['', ',', 'localhost', '127.0.0.1/33', '127.0.0.1,', '127.1', '10.0.0.1/8', '-1', '4294967295'] },
  'proxy-deadline' => { bad => [@not_counts, '-1'] },
  'max-pending' => { good => [0, 1, 1000000, 1000001, @unlimited], bad => [@not_counts, '-1'] },
  'rules-dir' => { bad => [''] },
  'rules-cdb' => { bad => [''] },
  'uid' => { bad => \@not_ids },
  'gid' => { bad => \@not_ids },
  'groups' => { bad => ['x', '1,', ',1', '1,,2', '1 2', '1:2', '1,abc', '1,-1', '4294967295'] },
);

# A usage error is one line on stderr that names the program, the level and the wrong word, and exit 100.
sub usage_is
{
  my ($r, $program, $words, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $right = defined $r->{code} && $r->{code} == 100 && $r->{out} eq ''
    && $r->{err} =~ /\A\Q$program\E: usage: [^\n]*\n\z/ && index($r->{err}, $words) >= 0;
  ok($right, "$program exits 100 with a usage error: $name") or diag("exit code 100, no output, and one line of usage with: $words", explain($r));
}

# check_usage(PROGRAM, rest => [operands up to $nowhere], ...): help, words and every option of a program.
#   fds => what it runs with
#   unbindable => [operands that would fail by 111, if it came to that]
#   before => a sub to call before each command line that is right
sub check_usage
{
  my ($program, %how) = @_;
  my @rest = @{$how{rest}};
  my $run = sub { run({ fds => $how{fds} // {} }, bin($program), @_) };
  my @options = help_options($program);
  ok(scalar @options, "$program --help lists its options");

  page($program);
  check_help($program);
  check_words($program, $run, @rest);
  check_shape($program, $run, $_, @rest) for @options;

  page_says('Every operand and every argument of an option is checked as a whole before') if @rest > 1;
  for my $option (grep { defined $_->{argument} } @options)
  {
    my ($name, $known) = ($option->{name}, $arguments{$option->{name}} // {});
    usage_is($run->("--$name=$_", @{$how{unbindable} // \@rest}), $program, "'$_'", "--$name is not '$_'") for @{$known->{bad} // []};
    for (@{$known->{good} // []})
    {
      $how{before}->() if $how{before};
      is($run->("--$name", $_, @rest)->{code}, 127, "$program accepts $_ as the argument of --$name");
    }
  }
}

sub check_help
{
  my ($program) = @_;
  page_says('Write a summary of the options to the standard output and exit 0.');
  my $help = run(bin($program), '--help');
  is($help->{code}, 0, "$program --help exits 0");
  like($help->{out}, qr/\Ausage: \Q$program\E \[options\] .*prog\.\.\.\n/, "$program --help shows the usage");
  is($help->{err}, '', "$program --help is silent on stderr");
  my $unheard = run({ closed => [1] }, bin($program), '--help');
  is($unheard->{code}, 111, "$program --help with stdout closed exits 111");
  like($unheard->{err}, qr{\A\Q$program\E: fatal: unable to write to stdout: .+\n\z},
       "$program --help with stdout closed reports that it is unable to write to stdout");

  page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
  my $version = run(bin($program), '--version');
  is($version->{code}, 0, "$program --version exits 0");
  like($version->{out}, qr/\A\Q$program\E \(sallyport\) [0-9.]+[^\n]*\n\z/, "$program --version shows the name of the program and the version");
}

sub check_words
{
  my ($program, $run, @rest) = @_;
  page_says('With 100, the message names the word ');
  usage_is($run->('-~', @rest), $program, '-~', 'an unknown letter');
  usage_is($run->('--nonesuch', @rest), $program, '--nonesuch', 'an unknown long option');
  usage_is($run->('--nonesuch=1', @rest), $program, '--nonesuch', 'an unknown long option with an argument');
  usage_is($run->(), $program, 'prog...', 'no operands');
  usage_is($run->('--'), $program, 'prog...', 'no operands after --');
  usage_is($run->(@rest[0 .. $#rest - 1], ''), $program, 'empty', 'an empty program name');
  usage_is($run->(@rest[0 .. $#rest - 1]), $program, 'prog...', 'no program') if @rest > 1;
}

sub check_shape
{
  my ($program, $run, $option, @rest) = @_;
  my ($long, $short) = ("--$option->{name}", defined $option->{letter} ? "-$option->{letter}" : undef);
  if (!defined $option->{argument})
  {
    usage_is($run->("$long=1", @rest), $program, $long, "$long with an argument");
    return;
  }
  usage_is($run->($long), $program, $long, "$long without its argument");
  usage_is($run->($short), $program, $short, "$short without its argument") if defined $short;
  ok($arguments{$option->{name}}, "the tests have arguments for $long of $program");
}

1;
