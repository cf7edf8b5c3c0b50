#!/usr/bin/env perl
# Command lines made by chance from what --help prints, right and wrong ones, each in two forms that mean the same:
# short options with the argument as the next word, and long ones with an equals sign. Both end the same way. None
# crashes. A wrong line (100) is answered with one line of words, and nothing is bound.
# The lines are the same each time. SEED=N makes others, and a failure names it; LINES=N makes more for each program.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

plan skip_all => can_inject() if can_inject();
plan skip_all => 'the leak check of the sanitizer cannot work under strace' if variant() eq 'sanitize';

my $seed = $ENV{SEED} // 1;
my $lines = $ENV{LINES} // 12;

sub one_of { return $_[int rand @_] }

# What an argument of that name may be: good ones, then bad ones.
my @nonsense = ('', '-1', '1x', '18446744073709551617', 'x' x 300, '-', '--', '0x10', ' 1', '1,', '/', '..');
my %good = (N => [0, 1, 7, 40], LEN => [0, 24, 32], MS => [0, 5], SECONDS => [0, 2], S => [1, 30], UID => [0, 1], GID => [0, 1], LIST => ['0', '0,1', ''],
            MODE => ['0600', '777'], PORT => [0], IF => ['lo'], IP => ['127.0.0.1'], 'N/S' => ['5/10']);
my @operands = ('127.0.0.1', '0', '::1', 'localhost', own_dir() . '/path', 'http', '1', '', '-', '256.1.1.1', '65536');

sub options_in_help
{
  my ($program) = @_;
  my @options;
  for my $line (split /\n/, run(bin($program), '--help')->{out})
  {
    my ($letter, $name, $argument) = $line =~ /^  (?:-(.),|   ) --([a-z0-9-]+)(?:=(\S+))?/ or next;
    push @options, { letter => $letter, name => $name, argument => $argument } unless $name =~ /^(?:help|version|background|watch)$/;
  }
  return @options;
}

sub argument
{
  my ($name) = @_;
  return one_of(@nonsense) if rand() < 0.15;
  return one_of(@{$good{$name} // ['word', own_dir() . '/none', '1']});
}

# One line as a list of [option, argument] and operands.
sub random_line
{
  my (@options) = @_;
  my @given = !@options ? () : map { my $o = one_of(@options); [$o, defined $o->{argument} ? argument($o->{argument}) : undef] } 1 .. int rand 6;
  push @given, [{ name => one_of('nonsense', 'max', 'v', '') }, undef] if rand() < 0.1;
  my @rest = map { one_of(@operands) } 1 .. int rand 5;
  return (\@given, \@rest);
}

sub short_form
{
  my ($given, $rest) = @_;
  return ((map { my ($o, $a) = @$_; my $w = defined $o->{letter} ? "-$o->{letter}" : "--$o->{name}"; defined $a ? ($w, $a) : $w } @$given), '--', @$rest, 'true');
}

sub long_form
{
  my ($given, $rest) = @_;
  return ((map { my ($o, $a) = @$_; defined $a ? "--$o->{name}=$a" : "--$o->{name}" } @$given), '--', @$rest, 'true');
}

# Where a program would serve, or change something that stays, the first such call fails. Connecting is no such thing, nor is a
# netlink socket: the C library uses both to look up accounts and addresses.
my $trace = own_dir() . '/trace';
my @strace = (tool('strace'), '-f', '-qq', '-o', $trace, '-e', 'trace=bind,connect,listen,accept4,poll,?ppoll,link,?linkat,mkdir,?mkdirat,rename,?renameat',
              map { ('-e', "inject=$_:error=EACCES") } 'bind', 'connect', 'accept4', 'poll', '?ppoll', 'link', '?linkat', 'mkdir', '?mkdirat', 'rename', '?renameat');

sub outcome
{
  my ($program, @words) = @_;
  unlink $trace;
  my $end = run({ fds => { 0 => '/dev/null' }, env => { PROTO => 'TCP', UID => 0, GID => 0, GIDLIST => 0, LISTEN_PID => undef, LISTEN_FDS => undef } }, @strace, bin($program), @words);
  my $text = -e $trace ? get_file($trace) : '';
  return { code => $end->{code}, signal => $end->{signal}, err => $end->{err}, served => scalar($text =~ /\b(?:bind\(\d+, \{sa_family=AF_(?:INET6?|UNIX),|listen\(|accept4\()/), trace => $text };
}

# Words may name the option as it was given, or where a chance directory is.
sub without_spelling { return $_[0]{err} =~ s/--?[A-Za-z0-9-]+//gr }

my %allowed = map { $_ => 1 } 0, 1, 2, 96, 97, 98, 100, 111, 126, 127;
for my $program (programs_built())
{
  my $name = $program =~ s{.*/}{}r;
  my @options = options_in_help($name);
  srand $seed + unpack '%32C*', $name;  # a program that is new changes nothing for the others
  subtest "$name reads short and long options alike, SEED=$seed" => sub
  {
    for (1 .. $lines)
    {
      my ($given, $rest) = random_line(@options);
      my @short = short_form($given, $rest);
      my $shown = join ' ', $name, map { /^[\w.:\/=-]+$/ ? substr($_, 0, 60) : "'" . substr($_, 0, 60) . "'" } @short;
      my ($one, $other) = (outcome($name, @short), outcome($name, long_form($given, $rest)));
      ok(!$one->{signal} && $allowed{$one->{code} // 'none'}, "$shown ends with a known code") or diag "exit $one->{code} signal $one->{signal}\n$one->{err}";
      is($other->{code}, $one->{code}, "the long form of $shown ends with the same code") or diag $one->{err}, $other->{err};
      next unless $one->{code} == 100;
      like($one->{err}, qr/\A(?:\S+: info: --?[^\n]* counts as [^\n]*\n)*\S+: (?:usage|fatal): [^\n]+\n\z/, "$shown is refused with one line") unless $one->{served};
      ok(!$one->{served}, "$shown is refused before a socket is bound") or diag $one->{err}, $one->{trace};
      is(without_spelling($other), without_spelling($one), "the long form of $shown is refused with the same words");
    }
    done_testing;
  };
}

done_testing;
