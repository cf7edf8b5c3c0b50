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
  is("$r->{code} $r->{out}", "0 served\n", "s6-connlimit runs the program with $words");
}

sub refuses
{
  my ($words, $max, %env) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $r = limit(\%env, 'echo', 'served');
  is($r->{code}, 1, "s6-connlimit exits 1 with $words");
  is($r->{err}, "s6-connlimit: fatal: number of connections from this client limited to $max\n", "s6-connlimit prints the limit with $words");
  is($r->{out}, '', "s6-connlimit does not run the program with $words");
}

sub wrong
{
  my ($words, $message, %env) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $r = limit(\%env, 'echo', 'served');
  is($r->{code}, 100, "s6-connlimit exits 100 with $words");
  is($r->{err}, "s6-connlimit: fatal: $message\n", "s6-connlimit prints what is wrong with $words");
  is($r->{out}, '', "s6-connlimit does not run the program with $words");
}

page_says('The number of connections that the client has, this one included.');
page_says('The number of connections that the client may have.');
page_says('The client has more connections than it may have.');
passes('the only connection that the client may have', PROTO => 'TCP', TCPCONNNUM => 1, TCPCONNMAX => 1);
passes('the last connection that the client may have', PROTO => 'TCP', TCPCONNNUM => 10, TCPCONNMAX => 10);
refuses('one connection too many', 10, PROTO => 'TCP', TCPCONNNUM => 11, TCPCONNMAX => 10);
refuses('a connection of a client that may have none', 0, PROTO => 'TCP', TCPCONNNUM => 1, TCPCONNMAX => 0);
passes('connection 9 of 10, compared as numbers', PROTO => 'TCP', TCPCONNNUM => 9, TCPCONNMAX => 10);
passes('the last connection of more than 32 bits can count', PROTO => 'TCP', TCPCONNNUM => 4294967297, TCPCONNMAX => 4294967297);
refuses('one connection too many of more than 32 bits can count', 4294967297, PROTO => 'TCP', TCPCONNNUM => 4294967298, TCPCONNMAX => 4294967297);
page_says('If it is not set, there is no limit.');
passes('many connections and no limit', PROTO => 'TCP', TCPCONNNUM => 1000000);
page_says('The prefix of the names below, for instance TCP.');
passes('the last connection, counted by variables with another prefix', PROTO => 'IPC', IPCCONNNUM => 2, IPCCONNMAX => 2, TCPCONNMAX => 1,
  TCPCONNNUM => 5);
refuses('one connection too many, counted by variables with another prefix', 2, PROTO => 'IPC', IPCCONNNUM => 3, IPCCONNMAX => 2);

page_says('It must be set.');
page_says('The command line is wrong, or a variable is missing or wrong.');
wrong('PROTO not set', 'PROTO not set: a server sets it for the programs that it launches', TCPCONNNUM => 1);
wrong('PROTO empty', 'invalid $PROTO: it must be 1 to 16 letters, digits and underscores', PROTO => '', CONNNUM => 1);
wrong('a PROTO of 100 letters', 'invalid $PROTO: it must be 1 to 16 letters, digits and underscores', PROTO => 'x' x 100);
wrong('TCPCONNNUM not set', 'TCPCONNNUM not set', PROTO => 'TCP');
wrong('TCPCONNMAX set and TCPCONNNUM not set', 'TCPCONNNUM not set', PROTO => 'TCP', TCPCONNMAX => 5);
page_says('Both numbers are decimal, without signs, blanks or leading zeros.');
for my $bad ('', 'x', '1x', '-1', '+1', ' 1', '1 ', '0x1', '1.0', '01', '18446744073709551616')
{
  wrong("a TCPCONNNUM of '$bad'", 'invalid $TCPCONNNUM: it must be a number', PROTO => 'TCP', TCPCONNNUM => $bad);
  wrong("a TCPCONNMAX of '$bad'", 'invalid $TCPCONNMAX: it must be a number', PROTO => 'TCP', TCPCONNNUM => 1, TCPCONNMAX => $bad);
}

my %good = (PROTO => 'TCP', TCPCONNNUM => 1, TCPCONNMAX => 1);
for my $words ([], [''], ['-x', 'echo'], ['--limit=5', 'echo'])
{
  my $r = limit(\%good, @$words);
  is($r->{code}, 100, "s6-connlimit exits 100 with a wrong command line: @$words");
  like($r->{err}, qr/\As6-connlimit: usage: .*\n\z/, "s6-connlimit prints one line of usage with a wrong command line: @$words");
}
page_says('has the exit code of prog, unless one of these comes first:');
is(limit(\%good, 'sh', '-c', 'exit 42')->{code}, 42, 's6-connlimit has the exit code of its program');
is(limit(\%good, '--', 'sh', '-c', 'exit 43')->{code}, 43, 's6-connlimit runs the program after two dashes');
page_says('was found, and cannot be executed.');
is(limit(\%good, put_file('data', 'x', 0644))->{code}, 126, 's6-connlimit exits 126 if its program cannot be executed');
page_says('was not found.');
is(limit(\%good, '/nonexistent/program')->{code}, 127, 's6-connlimit exits 127 if its program does not exist');
page_says('is looked for in PATH');
is(limit({ %good, PATH => '/nonexistent' }, 'echo')->{code}, 127, 's6-connlimit exits 127 if its program is not in PATH');
page_says('leaves all signals as they are.');
my $signals = run({ env => \%good, ignore => ['HUP'], block => ['USR1'] }, $program, 'cat', '/proc/self/status')->{out};
my ($ignored, $blocked) = map { $signals =~ /^$_:\s*(\S+)/m } qw(SigIgn SigBlk);
ok(signal_in_mask($ignored, 1) && signal_in_mask($blocked, 10), 's6-connlimit leaves ignored signals ignored and blocked signals blocked')
  if -e '/proc/self/status';
page_says('Write a summary of the options to the standard output and exit 0.');
page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
like(limit({}, '--help')->{out}, qr/^usage: s6-connlimit .*prog\.\.\.$/m, 's6-connlimit --help shows the usage');
like(limit({}, '--version')->{out}, qr/\As6-connlimit /, 's6-connlimit --version shows the name of the program');

done_testing();
