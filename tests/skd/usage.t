#!/usr/bin/env perl
# skd: command lines that are right, and those that are wrong.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;
use Sallyport::Usage;

page('skd');

my ($busy_socket, $busy) = busy_port();

# 127 of a program that does not exist says that everything before it was found to be right.
sub is_right
{
  my ($name, @words) = @_;
  my $r = run(bin('skd'), @words, $nowhere);
  is($r->{code}, 127, "skd accepts $name") or diag(explain($r));
}

sub is_wrong
{
  my ($name, $word, @words) = @_;
  my $r = run(bin('skd'), @words);
  my $right = ($r->{code} // -1) == 100 && $r->{out} eq '' && $r->{err} =~ /\Askd: usage: [^\n]*\n\z/ && index($r->{err}, $word) >= 0;
  ok($right, "skd exits 100 with a usage error for $name") or diag(explain($r));
}

page_says('Write a summary of the options to the standard output and exit 0.');
my $help = run(bin('skd'), '--help');
is($help->{code}, 0, 'skd --help exits 0');
like($help->{out}, qr/\Ausage: skd \[options\] prog\.\.\.\n/, 'skd --help shows the usage');
page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
for my $option ('-V', '--version')
{
  my $version = run(bin('skd'), $option);
  is($version->{code}, 0, "skd $option exits 0");
  like($version->{out}, qr/\Askd \(sallyport\) [0-9.]+[^\n]*\n\z/, "skd $option shows the name of the program and the version");
}
is(scalar(grep { $_->{name} eq 'version' } help_options('skd')), 1, 'skd --help lists --version once');

# ---- every option, short and long, without and with a bad argument ----

my @options = help_options('skd');
cmp_ok(scalar @options, '>', 20, 'skd --help lists more than 20 options');
my %letters = map { $_->{letter} ? ($_->{letter} => $_) : () } @options;
ok($letters{$_}, "skd --help lists -$_") for split //, 'ilxsdtubcnvBLPUSV';

my @not_counts = ('', 'x', '1x', '0x10', '+1', ' 1', '1 ', '1.0', '007', '00');
my @not_numbers = (@not_counts, '-1', '18446744073709551617');
my @unlimited = (4294967295, '18446744073709551617');
my @not_endpoints = ('', ':', 'host:', '[::1]', '[::1]80', '[::1', '[localhost]:80', '::80', '65536', '127.0.0.1:65536', '[]:', '+80', '127.0.0.1:+80', '127.0.0.1: 80', '127.0.0.1:-65456', '080', '127.0.0.1:080', '0177.0.0.1:0', '127.1:0', '0x7f.0.0.1:0', '2130706433:0', '1.2.3:0', '127.0.0.1.:0');
my %arguments = (
  %engine_arguments,
  %liveness_arguments,
  internet => { good => [0, ':0', '[]:0', '127.0.0.1:0', '[127.0.0.1]:0', (have_localhost() ? 'localhost:0' : ()), '[::1]:0', '::1:0'], bad => \@not_endpoints },
  tcp => { good => [0], bad => \@not_endpoints },
  udp => { good => [0, '127.0.0.1:0'], bad => \@not_endpoints },
  local => { good => ["\@sallyport-usage-$$"], bad => ['', '@'] },
  unix => { good => ["\@sallyport-usage-$$"], bad => ['', '@'] },
  backlog => { good => [1, 2147483647, 2147483648, '-1', @unlimited], bad => [@not_counts, 0] },
  'max-clients' => { good => [1, 1000000, 1000001, 2147483647, @unlimited], bad => [@not_counts, '-1', 0] },
  'max-per-source' => { good => [1, 1000000, 1000001, @unlimited], bad => [@not_counts, '-1', 0] },
  'source-prefix4' => { good => [0, 32], bad => [@not_numbers, 33] },
  'source-prefix6' => { good => [0, 128], bad => [@not_numbers, 129] },
  mode => { good => [0, '0700', 777, '01777'], bad => ['', 'x', 8, '010000', '-1', 'u=rw'] },
  log => { good => ['>' . own_dir() . '/log', '>>' . own_dir() . '/log', '> ' . own_dir() . '/log'],
           bad => ['', ':', '>', '>>', 't:x', 't:daemon', 't:daemon.', 't:.info', 't:x.info', 't:daemon.x', 't:24.info', 't:daemon.8'] },
  'pid-file' => { good => [own_dir() . '/pid'], bad => [''] },
);

page_says('The command line or the environment is wrong.');
for my $option (@options)
{
  my $name = $option->{name};
  next if $name eq 'help' || $name eq 'version';
  my @forms = ("--$name", $option->{letter} ? "-$option->{letter}" : ());
  my @socket = $name eq 'supervise' ? () : ('-t', '127.0.0.1:0');  # which options about clients need
  if (!$option->{argument})
  {
    is_wrong("--$name=1", "--$name", "--$name=1", 'true');
    next if $name eq 'background' || $name eq 'env-ids' || $needs_another{$name};
    is_right($_, @socket, $_) for @forms;
    next;
  }
  is_wrong("$_ without its argument", $_, $_) for @forms;
  ok(my $arguments = $arguments{$name}, "this script has arguments for skd --$name") or next;
  for my $form (@forms)
  {
    next if $name eq 'internet' && !have_ipv6();
    is_right("$form $_", @socket, $form, $_) for @{$arguments->{good} // []};
    is_wrong("$form '$_'", "--$name", $form, $_, 'true') for @{$arguments->{bad}};
  }
}

page_says('reports that and exits before any client is served.');
my $missing = run(bin('skd'), '-t', '127.0.0.1:0', $nowhere);
is($missing->{out}, '', 'skd -t announces no port for a prog that does not exist');
is($missing->{err}, "skd: fatal: unable to exec $nowhere: No such file or directory\n", 'skd -t reports the name of a prog that does not exist');
page_says('was found, and cannot be executed.');
my $plain = put_file('plain', "#!/bin/sh\n", 0644);
for my $options ([], ['-t', '127.0.0.1:0'], ['-S'])
{
  is(run(bin('skd'), @$options, $plain)->{code}, 126, join(' ', 'skd', @$options, 'exits 126 for a prog that is not executable'));
}
page_says('A name without a slash is looked for in the directories of PATH; empty elements of PATH are skipped.');
page_says('Where prog is looked for.');
my $tool = put_file('only-here', "#!/bin/sh\nexit 7\n", 0755);
is(run({ env => { PATH => own_dir() } }, bin('skd'), 'only-here')->{code}, 7, 'skd finds prog in a directory of PATH');
is(run({ env => { PATH => ':' }, dir => own_dir() }, bin('skd'), 'only-here')->{code}, 127, 'skd does not find prog by an empty element of PATH');

is_wrong('an unknown letter', '-~', '-~', 'true');
is_wrong('an unknown long option', '--nonesuch', '--nonesuch', 'true');
is_wrong('no program', 'prog...', '-v');
is_wrong('no program after --', 'prog...', '-v', '--');
is_wrong('an empty program', 'empty', '-v', '');
is_wrong('an unknown service', 'nonesuch', '-t', '127.0.0.1:nonesuch', 'true');

page_says('With a socket this is a usage error.');
is_wrong('-S with a socket', '-S', '-S', '-t', '127.0.0.1:0', 'true');

page_says('Options about clients are a usage error without a stream socket.');
my @without = ([], ['-u', '127.0.0.1:0'], ['-d', '-l', "\@sallyport-none-$$"], ['-S']);
for my $option ('--proxy=any', '--first-data=5', '--rate=1/1', '--source-rate=1/1', '--penalty=5', '--max-session=5', '--refuse-with=no', '--refuse-when-full', '--reset-refused', '--linger=5')
{
  my ($name) = $option =~ /\A([^=]*)/;
  my @more = $name eq '--proxy' ? '--proxy-from=127.0.0.1' : ();
  is_wrong("$option with " . (join(' ', @$_) || 'no socket'), "$name is for clients of a stream socket", @$_, $option, @more, 'true') for @without;
  is_right("$option with a stream socket beside a datagram socket", '-u', '127.0.0.1:0', '-t', '127.0.0.1:0', $option, @more);
}

# Nothing may have been tried when a word is wrong.
is_wrong('a wrong word after a busy port', 'many', '-t', "127.0.0.1:$busy", '-c', 'many', 'true');

# ---- options end at prog ----

page_says('Options end at prog, also without --: what follows prog belongs to it.');
for my $dashes ([], ['--'])
{
  my $r = run(bin('skd'), '-v', @$dashes, 'printf', '%s ', '-v', '--nonesuch', '-c', '--');
  is($r->{out}, '-v --nonesuch -c -- ', 'skd ' . (@$dashes ? 'with --' : 'without --') . ' leaves the options after prog to prog');
}

page_says('If an option other than those for sockets is given twice, the last one counts.');
my ($one, $two) = map { own_dir() . "/twice.$_" } 1, 2;
run(bin('skd'), '-L', ">$one", '-L', ">$two", 'sh', '-c', 'echo word >&2');
ok(!-e $one, 'skd with two -L does not make the file of the first one');
is(get_file($two), "word\n", 'skd with two -L writes to the file of the last one');

page_says('The system refused something that skd cannot do without.');
is(run(bin('skd'), '-l', 'x' x 300, 'true')->{code}, 111, 'skd -l exits 111 for a path that is too long');
my $refused = run(bin('skd'), '-t', "127.0.0.1:$busy", 'true');
is($refused->{code}, 111, 'skd -t exits 111 for a port that is in use');
is($refused->{err}, "skd: fatal: unable to bind to 127.0.0.1 port $busy: Address already in use\n",
   'skd -t reports the reason for a port that is in use');
is(run(bin('skd'), '-t', 'nonesuch.invalid:0', 'true')->{code}, 111, 'skd -t exits 111 for a name without an address');

# ---- without a socket ----

page_says('Without a socket it does all that and becomes prog.');
page_says('Without a socket, the exit status is that of prog once skd has become it.');
page_says('Without a socket, the environment of prog is that of skd.');
is(run(bin('skd'), 'sh', '-c', "exit $_")->{code}, $_, "skd without a socket exits $_ if prog does") for 0, 1, 42, 255;
my $self = start(command => [bin('skd'), '-b', 5, '-c', 3, '-n', '-v', 'sh', '-c', 'echo $$; read x'], fds => { 0 => $busy_socket });
sysread $self->out, my $pid, 100;
is($pid, $self->pid . "\n", 'skd without a socket becomes prog: the process is the same');
my $env = run({ only_env => { PATH => $ENV{PATH}, PROTO => 'OLD', TCPREMOTEIP => '1.2.3.4' } }, bin('skd'), tool('env'));
is_deeply([sort split /\n/, $env->{out}], [sort "PATH=$ENV{PATH}", 'PROTO=OLD', 'TCPREMOTEIP=1.2.3.4'],
          'skd without a socket leaves the environment alone');
is(run({ stdin => "in\n" }, bin('skd'), 'cat')->{out}, "in\n", 'skd without a socket leaves prog its stdin and stdout');

page_says('A standard descriptor that is closed at the start becomes /dev/null.');
my $closed = run_with_closed_fds([0, 1, 2], bin('skd'), 'sh', '-c', 'readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 > "$0"', own_dir() . '/closed');
is($closed->{code}, 0, 'skd exits 0 with stdin, stdout and stderr closed');
is(get_file(own_dir() . '/closed'), join('', map { "$_\n" } '/dev/null', own_dir() . '/closed', '/dev/null'),
   'skd gives prog /dev/null for each standard descriptor that was closed');

done_testing();
