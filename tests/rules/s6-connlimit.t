#!/usr/bin/env perl
# s6-connlimit: who may have one more connection.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;

page('s6-connlimit');

my $program = bin('s6-connlimit');

sub limit
{
  my ($env, @words) = @_;
  return run({ env => { PROTO => undef, TCPCONNNUM => undef, TCPCONNMAX => undef, IPCCONNNUM => undef, IPCCONNMAX => undef, %$env } }, $program, @words);
}

sub passes
{
  my ($words, %env) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $r = limit(\%env, 'echo', 'served');
  is("$r->{code} $r->{out}", "0 served\n", $words);
}

sub refuses
{
  my ($words, $max, %env) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $r = limit(\%env, 'echo', 'served');
  is($r->{code}, 1, $words);
  is($r->{err}, "s6-connlimit: fatal: number of connections from this client limited to $max\n", 'is said');
  is($r->{out}, '', "$words: the program is not run");
}

sub wrong
{
  my ($words, $message, %env) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $r = limit(\%env, 'echo', 'served');
  is($r->{code}, 100, $words);
  is($r->{err}, "s6-connlimit: fatal: $message\n", 'is said');
  is($r->{out}, '', "$words: the program is not run");
}

page_says('The number of connections that the client has, this one included.');
page_says('The number of connections that the client may have.');
page_says('The client has more connections than it may have.');
passes('one of one', PROTO => 'TCP', TCPCONNNUM => 1, TCPCONNMAX => 1);
passes('the last one', PROTO => 'TCP', TCPCONNNUM => 10, TCPCONNMAX => 10);
refuses('one too many', 10, PROTO => 'TCP', TCPCONNNUM => 11, TCPCONNMAX => 10);
refuses('none at all', 0, PROTO => 'TCP', TCPCONNNUM => 1, TCPCONNMAX => 0);
passes('compared as numbers', PROTO => 'TCP', TCPCONNNUM => 9, TCPCONNMAX => 10);
passes('large numbers', PROTO => 'TCP', TCPCONNNUM => 4294967297, TCPCONNMAX => 4294967297);
refuses('larger numbers', 4294967297, PROTO => 'TCP', TCPCONNNUM => 4294967298, TCPCONNMAX => 4294967297);
page_says('If it is not set, there is no limit.');
passes('no limit', PROTO => 'TCP', TCPCONNNUM => 1000000);
page_says('The prefix of the names below, for instance TCP.');
passes('another prefix', PROTO => 'IPC', IPCCONNNUM => 2, IPCCONNMAX => 2, TCPCONNMAX => 1, TCPCONNNUM => 5);
refuses('another prefix', 2, PROTO => 'IPC', IPCCONNNUM => 3, IPCCONNMAX => 2);

page_says('It must be set.');
page_says('The command line is wrong, or a variable is missing or wrong.');
wrong('no prefix', 'PROTO not set: a server sets it for the programs that it launches', TCPCONNNUM => 1);
wrong('an empty prefix', 'invalid $PROTO: it must be 1 to 16 letters, digits and underscores', PROTO => '', CONNNUM => 1);
wrong('a very long prefix', 'invalid $PROTO: it must be 1 to 16 letters, digits and underscores', PROTO => 'x' x 100);
wrong('no number', 'TCPCONNNUM not set', PROTO => 'TCP');
wrong('no number with a limit', 'TCPCONNNUM not set', PROTO => 'TCP', TCPCONNMAX => 5);
page_says('Both numbers are decimal, without signs, blanks or leading zeros.');
for my $bad ('', 'x', '1x', '-1', '+1', ' 1', '1 ', '0x1', '1.0', '01', '18446744073709551616')
{
  wrong("'$bad' connections", 'invalid $TCPCONNNUM: it must be a number', PROTO => 'TCP', TCPCONNNUM => $bad);
  wrong("at most '$bad'", 'invalid $TCPCONNMAX: it must be a number', PROTO => 'TCP', TCPCONNNUM => 1, TCPCONNMAX => $bad);
}

my %good = (PROTO => 'TCP', TCPCONNNUM => 1, TCPCONNMAX => 1);
for my $words ([], [''], ['-x', 'echo'], ['--limit=5', 'echo'])
{
  my $r = limit(\%good, @$words);
  is($r->{code}, 100, "usage: @$words");
  like($r->{err}, qr/\As6-connlimit: usage: .*\n\z/, 'one line says why');
}
page_says('has the exit code of prog, unless one of these comes first:');
is(limit(\%good, 'sh', '-c', 'exit 42')->{code}, 42, 'the exit code of prog');
is(limit(\%good, '--', 'sh', '-c', 'exit 43')->{code}, 43, 'after two dashes');
page_says('was found, and cannot be executed.');
is(limit(\%good, put_file('data', 'x', 0644))->{code}, 126, 'what cannot be executed');
page_says('was not found.');
is(limit(\%good, '/nonexistent/program')->{code}, 127, 'what is not there');
page_says('is looked for in PATH');
is(limit({ %good, PATH => '/nonexistent' }, 'echo')->{code}, 127, 'what is not in PATH');
page_says('leaves all signals as they are.');
my $signals = run({ env => \%good, ignore => ['HUP'], block => ['USR1'] }, $program, 'cat', '/proc/self/status')->{out};
my ($ignored, $blocked) = map { $signals =~ /^$_:\s*(\S+)/m } qw(SigIgn SigBlk);
ok(signal_in_mask($ignored, 1) && signal_in_mask($blocked, 10), 'ignored and blocked signals stay so') if -e '/proc/self/status';
page_says('Write a summary of the options to the standard output and exit 0.');
page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
like(limit({}, '--help')->{out}, qr/^usage: s6-connlimit .*prog\.\.\.$/m, '--help');
like(limit({}, '--version')->{out}, qr/\As6-connlimit /, '--version');

done_testing();
