#!/usr/bin/env perl
# The completions, in the real shells: they offer what --help says, and nothing else.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

plan skip_all => 'the completions are the same in all variants' if variant() ne 'default';

my $share = "$ENV{SALLYPORT_BIN}/../share";
my %file = (
  bash => sub { "$share/bash-completion/completions/$_[0]" },
  zsh => sub { "$share/zsh/site-functions/_$_[0]" },
  fish => sub { "$share/fish/vendor_completions.d/$_[0].fish" },
);
my @programs = map { s{.*/}{}r } glob "$ENV{SALLYPORT_BIN}/*";

# The long options that --help tells.
sub options_of { return sort map { /^  (?:-.,|   ) (--[^ =]+)/ ? $1 : () } split /\n/, run(bin($_[0]), '--help')->{out} }

# What bash offers for the words, the last of which is being typed.
sub bash_offers
{
  my (@words) = @_;
  my $function = '_sallyport_' . $words[0] =~ s/[^A-Za-z0-9]/_/gr;
  my $script = 'source "$1"; shift; f=$1; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $f; printf "%s\n" "${COMPREPLY[@]}"';
  return sort split /\n/, run('bash', '-c', $script, 'bash', $file{bash}->($words[0]), $function, @words)->{out};
}

sub fish_offers
{
  my ($program, $line) = @_;
  return sort map { s/\t.*//r } split /\n/, run({ env => { HOME => own_dir() } }, 'fish', '-c', 'source $argv[1]; complete -C $argv[2]', $file{fish}->($program), $line)->{out};
}

for my $shell ('bash', 'zsh', 'fish')
{
  SKIP:
  {
    skip "$shell is not installed", scalar @programs unless tool($shell);
    is(run($shell, '-n', $file{$shell}->($_))->{code}, 0, "$shell understands the completion of $_") for @programs;
  }
}

SKIP:
{
  skip 'bash is not installed', 1 unless tool('bash');
  is_deeply([grep { /^--/ } bash_offers($_, '--')], [options_of($_)], "bash offers the options of $_") for @programs;
  is_deeply([bash_offers('s6-tcpserver', '-v', '--max-c')], ['--max-clients'], 'bash completes an option that is begun');
  is_deeply([bash_offers('s6-tcpserver', '-c', '10', '--max-c')], ['--max-clients'],
            'bash completes an option after the argument of another one, which is no operand');
  is_deeply([bash_offers('s6-tcpserver', '-vc', '10', '--max-c')], ['--max-clients'],
            'bash completes an option after the argument of the last letter of a cluster');
  is_deeply([bash_offers('s6-tcpserver', '--max-clients', '=', '10', '--max-per')], ['--max-per-source'],
            'bash completes an option after an argument with an equals sign, which bash makes a word');
  is_deeply([bash_offers('s6-tcpserver', '127.0.0.1', '80', '--max-c')], [], 'bash offers no options after the operands');
  ok((grep { $_ eq 'printf' } bash_offers('s6-tcpserver', '127.0.0.1', '80', 'print')), 'bash completes the program as a command');
  is_deeply([bash_offers('s6-tcpserver', '')], [], 'bash offers nothing where the address belongs');
  is_deeply([bash_offers('s6-tcpserver', '127.0.0.1', '')], [], 'bash offers nothing where the port belongs');
  is_deeply([bash_offers('s6-tcpserver', '-c', '')], [], 'bash offers nothing where a number belongs');
  is_deeply([bash_offers('s6-envuidgid', 'roo')], ['root'], 'bash completes an account');
  ok((grep { $_ eq '0' } bash_offers('s6-tcpserver', '-u', '')), 'bash offers user ids after -u');
  is_deeply([bash_offers('s6-ipcserver', source_file('tests/completi'))], [source_file('tests/completion')], 'bash completes a path');
  my @chain = ('s6-envuidgid', 'root', 's6-tcpserver', '-U', '::', '7');
  is_deeply([bash_offers(@chain, 's6-tcpserver-access', '--paran')], ['--paranoid'], 'bash completes the options of the third program of a chain');
  is_deeply([bash_offers(@chain, 's6-tcpserver-access', '-H', 's6-setuidgid', 'roo')], ['root'],
            'bash completes the operands of the fourth program of a chain');
  my @cat = sort map { s{.*/}{}r } bash_offers(@chain, 'cat', source_file('tests/completion/she'));
  is_deeply(\@cat, ['shells.t'], 'bash completes file names for a program that it knows nothing of');
}

SKIP:
{
  skip 'fish is not installed', 1 unless tool('fish');
  is_deeply([fish_offers($_, "$_ --")], [options_of($_)], "fish offers the options of $_") for @programs;
  is_deeply([fish_offers('s6-tcpserver', $_)], [], "fish offers nothing after '$_'") for 's6-tcpserver ', 's6-tcpserver ::1 ', 's6-tcpserver -c ';
  is_deeply([fish_offers('s6-envuidgid', 's6-envuidgid roo')], ['root'], 'fish completes an account');
  ok((grep { $_ eq '0' } fish_offers('s6-tcpserver', 's6-tcpserver -u ')), 'fish offers user ids after -u');
  ok((grep { $_ eq 'printf' } fish_offers('s6-tcpserver', 's6-tcpserver -c 10 ::1 80 print')), 'fish completes the program as a command');
  my $chain = 's6-envuidgid root s6-envuidgid -i';
  is_deeply([fish_offers('s6-envuidgid', "$chain roo")], ['root'], 'fish completes the operands of the second program of a chain');
  ok((grep { $_ eq '--numeric' } fish_offers('s6-envuidgid', "$chain --num")), 'fish completes the options of the second program of a chain');
}

# zsh completes in an interactive shell only: a terminal of its own, as wide as the lines are long, shows what it makes of
# the Tab keys in a line. The prompt is there when zsh reads keys.
sub zsh_makes
{
  my ($line) = @_;
  my $script = q{
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z "stty columns 300; fpath=($1 \$fpath); autoload -U compinit; compinit -u -d $2/dump; bindkey '^I' complete-word; PS1='re''ady> '"
    zpty -r -m z line '*ready> *'
    zpty -w -n z "$3 E""ND"
    zpty -r -m z line '*END*'
    print -r -- "$line"
    zpty -d z
  };
  my $r = run({ deadline => 60, env => { HOME => own_dir(), TERM => 'dumb' } }, 'zsh', '-f', '-c', $script, 'zsh', "$share/zsh/site-functions", own_dir(), $line);
  return $r->{out} =~ s/\e\[[0-9;?]*[A-Za-z]|[\r\a]//gr =~ s/ ?\x08//gr =~ s/\s+/ /gr;
}

SKIP:
{
  skip 'zsh is not installed', 1 unless tool('zsh');
  like(zsh_makes("s6-tcpserver --max-c\t5 --announ\t"), qr/--max-clients=.*--announce *END/s, 'zsh completes the options that are begun');
  like(zsh_makes("s6-envuidgid roo\t"), qr/s6-envuidgid root END/, 'zsh completes an account');
  like(zsh_makes("s6-tcpserver \t"), qr/s6-tcpserver END/, 'zsh offers nothing where the address belongs');
  like(zsh_makes("s6-tcpserver ::1 \t"), qr/s6-tcpserver ::1 END/, 'zsh offers nothing where the port belongs');
  my $chain = 's6-envuidgid root s6-tcpserver -U ::1 7 s6-tcpserver-access';
  like(zsh_makes("$chain --paran\t"), qr/ --paranoid END/, 'zsh completes the options of the third program of a chain');
  like(zsh_makes("$chain -H s6-setuidgid roo\t"), qr/s6-setuidgid root END/, 'zsh completes the operands of the fourth program of a chain');
}

done_testing;
