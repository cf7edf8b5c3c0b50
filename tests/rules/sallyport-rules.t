#!/usr/bin/env perl
# The form of rules, as the compiler sees it. Lookups are tested in tests/unit/rules_*_test.c.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;

page('sallyport-rules');

my $compiler = bin('s6-accessrules-cdb-from-fs');
my $cdb = own_dir() . '/rules.cdb';
my $count = 0;

# The record of one rule with these files; undef if there is none. Warnings go to $warning.
my $warning;
sub record_of
{
  my ($key, %files) = @_;
  my $dir = make_rules('rules' . $count++, "$key/.exists" => '', map { ("$key/$_" => $files{$_}) } keys %files);
  my $r = run($compiler, $cdb, $dir);
  $warning = $r->{err};
  return $r->{code} == 0 ? cdb_records($cdb)->{$key} : "exit $r->{code}";
}

sub env_of
{
  my (%files) = @_;
  my $record = record_of('uid/5', allow => '', map { ("env/$_" => $files{$_}) } keys %files);
  return $record =~ /\AA/ ? unpack 'x n/a', $record : $record;
}

page_says('Clients of this key are refused, unless there is also allow.');
page_says('The content does not matter.');
is(record_of('uid/5', deny => 'x'), 'D', 's6-accessrules-cdb-from-fs: a rule with a file deny is compiled to a refusal');
is(record_of('uid/5', allow => 'deny', deny => ''), allow_record(),
   's6-accessrules-cdb-from-fs: a rule with the files allow and deny is compiled to a permission');
page_says('A directory with neither allow nor deny is no rule.');
is(record_of('uid/5', exec => 'true', 'env/A' => 1), undef, 's6-accessrules-cdb-from-fs: a rule with neither allow nor deny is left out');
page_says('With allow:');
is(record_of('uid/5', deny => '', exec => 'true', 'env/A' => 1), 'D',
   's6-accessrules-cdb-from-fs: a rule with deny is compiled without its variables and its script');

page_says('An empty file removes the variable; otherwise its value is the first line, without blanks at its end.');
is(env_of(A => ''), "A\0", 's6-accessrules-cdb-from-fs: an empty file of a variable removes the variable');
is(env_of(A => "\n"), "A=\0", 's6-accessrules-cdb-from-fs: a file of a variable with one newline gives an empty value');
is(env_of(A => " 1 2 \t\r \nmore\n"), "A= 1 2\0",
   's6-accessrules-cdb-from-fs: the value of a variable is the first line of its file without blanks at the end');
is(env_of(A => 'no newline'), "A=no newline\0", 's6-accessrules-cdb-from-fs: the value of a variable is the whole file if there is no newline');
is(env_of(A => "   \n"), "A=\0", 's6-accessrules-cdb-from-fs: a file of a variable with only blanks gives an empty value');
is(env_of(A => 'x' x 10 . "\n" . 'y' x 10000), 'A=' . 'x' x 10 . "\0",
   's6-accessrules-cdb-from-fs: the value of a variable is the first line of a long file');
page_says('NUL bytes become newlines.');
is(env_of(A => "1\0002\0\n"), "A=1\n2\n\0", 's6-accessrules-cdb-from-fs: NUL bytes in the value of a variable become newlines');
page_says('Names that begin with a dot or have an equals sign in them are left out.');
is(env_of('.A' => 1, 'A=B' => 1, B => 2), "B=2\0",
   's6-accessrules-cdb-from-fs: variables with names that begin with a dot or have an equals sign are left out');
page_says('An empty file is the same as none.');
is(record_of('uid/5', allow => '', exec => ''), allow_record(),
   's6-accessrules-cdb-from-fs: a rule with an empty script is compiled to one without a script');
is(record_of('uid/5', allow => '', exec => "echo\n"), allow_record('', "echo\n"),
   's6-accessrules-cdb-from-fs: a script is in the record of its rule');

page_says('An empty value therefore needs a file with one newline.');
page_says('names, equals signs and one byte at each end included, or 4096 bytes in a rule that is compiled.');
is(length env_of(A => 'x' x 2046, B => 'x' x 2044), 4096, 's6-accessrules-cdb-from-fs: a rule with 4096 bytes of variables is compiled');
is(env_of(A => 'x' x 2046, B => 'x' x 2045), 'exit 100', 's6-accessrules-cdb-from-fs exits 100 with 4097 bytes of variables in a rule');
page_says('Its script may have 4096 bytes.');
is(length record_of('uid/5', allow => '', exec => 'x' x 4096), 4101, 's6-accessrules-cdb-from-fs: a rule with a script of 4096 bytes is compiled');
is(record_of('uid/5', allow => '', exec => 'x' x 4097), 'exit 100', 's6-accessrules-cdb-from-fs exits 100 with a script of 4097 bytes in a rule');

page_says('The same holds where a link that leads nowhere has the name of a whole type, such as uid.');
my $lost = make_rules('lost', 'gid/2/allow' => '');
my @judge = ({ env => { PROTO => 'IPC', IPCREMOTEEUID => 1, IPCREMOTEEGID => 2 } }, bin('s6-ipcserver-access'), '-v0', '-E', '-i', $lost, 'echo', 'in');
is(run(@judge)->{out}, "in\n", 's6-ipcserver-access lets in a client by its group id if the type uid does not exist');
symlink 'nowhere', "$lost/uid" or die;
my $judged = run(@judge);
is("$judged->{code} $judged->{out}$judged->{err}",
   "111 s6-ipcserver-access: fatal: unable to read the access rules in $lost: uid: No such file or directory\n",
   's6-ipcserver-access exits 111 if the type uid is a dangling link');

page_says('Its keys are the same as in the directory, and its records are the byte D, or the byte A followed by the variables and the script, each after its length in two bytes, the larger one first.');
is(record_of('ip4/192.0.2.0_24', allow => '', 'env/A' => 'x' x 300, exec => 'y' x 700),
   "A\x01\x2fA=" . 'x' x 300 . "\0\x02\xbc" . 'y' x 700,
     's6-accessrules-cdb-from-fs: the record of a rule has its variables and its script, each after its length in two bytes');

page_says('All bits after the prefix must be zero, and the address must be in its shortest form and in lower case.');
page_says('IPv4-mapped IPv6 addresses are looked up as IPv4.');
for my $key (qw(ip4/192.0.2.1_24 ip4/192.0.2_24 ip4/192.0.2.0_024 ip6/2001:DB8::_32 ip6/2001:db8:0::_32 ip6/::ffff:c000:200_120))
{
  is(record_of($key, deny => ''), 'D', "s6-accessrules-cdb-from-fs: the rule $key is compiled");
  like($warning, qr/\A\S+: warning: \S*\Q$key\E never matches: .+\n\z/, "s6-accessrules-cdb-from-fs warns that the rule $key never matches");
}
for my $key (qw(ip4/192.0.2.0_24 ip4/0.0.0.0_0 ip6/::_0 ip6/2001:db8::_32 reversedns/foo.example.com reversedns/@ uid/self uid/1000 uid/default
                gid/self gid/100))
{
  is(record_of($key, deny => ''), 'D', "s6-accessrules-cdb-from-fs: the rule $key is compiled");
  is($warning, '', "s6-accessrules-cdb-from-fs prints no warning with the rule $key");
}

# The same lengths are looked for, in a directory, by the program for one client.
page_says('Only the prefix lengths that the rules have are looked for.');
SKIP:
{
  my $strace = tool('strace');
  skip 'strace, to see what is looked for, is not installed or may not trace here', 1 if !$strace || run($strace, 'true')->{code};
  skip 'a sanitizer and strace exclude each other', 1 if variant() eq 'sanitize';
  my $few = make_rules('few', 'ip4/10.0.0.0_8/deny' => '', 'ip4/192.0.2.0_24/allow' => '', 'ip4/0.0.0.0_0/allow' => '');
  my %env = (PROTO => 'TCP', TCPREMOTEIP => '127.0.0.1', TCPREMOTEPORT => 1, TCPLOCALIP => '127.0.0.1', TCPLOCALPORT => 2);
  my $trace = own_dir() . '/trace';
  is(run({ env => \%env }, $strace, '-qq', '-o', $trace, '-e', 'trace=?open,?openat', bin('s6-tcpserver-access'), '-H', '-v0', '-i', $few,
     'true')->{code}, 0, 's6-tcpserver-access lets in a client by a directory of rules under strace');
  my %looked = map { $_ => 1 } get_file($trace) =~ m{"ip4/[0-9.]+_(\d+)"}g;
  is(join(' ', sort { $a <=> $b } keys %looked), '0 8 24', 's6-tcpserver-access looks only for the three prefix lengths that the rules have');
}

done_testing();
