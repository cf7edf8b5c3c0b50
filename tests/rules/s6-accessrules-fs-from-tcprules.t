#!/usr/bin/env perl
# s6-accessrules-fs-from-tcprules: what each form of an address becomes, what has no equal, what is wrong.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;

page('s6-accessrules-fs-from-tcprules');
my $program = bin('s6-accessrules-fs-from-tcprules');
my $base = own_dir();
my $count = 0;

# What a text becomes: the result of run(), with the tree of files and the warnings.
sub convert
{
  my (@lines) = @_;
  my $file = put_file('text.' . $count, join '', map { "$_\n" } @lines);
  my $dir = "$base/dir." . $count++;
  open my $in, '<', $file or die "open: $!\n";
  my $r = run({ fds => { 0 => $in } }, $program, $dir);
  $r->{tree} = -d $dir ? tree_of($dir) : undef;
  $r->{left} = scalar(() = glob("$dir:*"));
  $r->{warnings} = [map { s/\As6-accessrules-fs-from-tcprules: warning: //r } split /\n/, $r->{err}];
  return $r;
}

my %everybody = ('ip4/0.0.0.0_0/allow' => '', 'ip6/::_0/allow' => '');

sub becomes
{
  my ($lines, $tree, $name, @warnings) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $r = convert(@$lines);
  is_deeply($r->{tree}, $tree, "s6-accessrules-fs-from-tcprules makes the expected rules of $name") or diag($r->{err});
  my $at = 0;
  my $right = @{$r->{warnings}} == @warnings && !grep { $r->{warnings}[$at++] !~ $_ } @warnings;
  ok($right, 's6-accessrules-fs-from-tcprules prints ' . (@warnings ? 'the expected warnings' : 'no warning') . " with $name") or diag($r->{err});
  my $left_out = grep { "$_" !~ /before all rules/ } @warnings;
  is($r->{code}, $left_out ? 1 : 0, 's6-accessrules-fs-from-tcprules exits ' . ($left_out ? 1 : 0) . " with $name");
}

page_says('ip4/192.0.2.7_32');
page_says('ip4/192.0.2.0_24, and likewise with one or two numbers.');
becomes(['192.0.2.7:deny'], { %everybody, 'ip4/192.0.2.7_32/deny' => '' }, 'an address');
becomes(['192.0.2.:deny', '10.9.:allow', '127.:deny'], { %everybody, 'ip4/192.0.2.0_24/deny' => '', 'ip4/10.9.0.0_16/allow' => '',
  'ip4/127.0.0.0_8/deny' => '' }, 'prefixes of addresses');
page_says('One rule for each element of the range.');
becomes(['192.0.2.37-39:deny', '10.2-3.:allow'], { %everybody, (map { ("ip4/192.0.2.${_}_32/deny" => '') } 37 .. 39),
  map { ("ip4/10.$_.0.0_16/allow" => '') } 2, 3 }, 'ranges in the last number');
becomes(['1-2.2.3.4:deny', '7-7.:deny'], { %everybody, (map { ("ip4/$_.2.3.4_32/deny" => '') } 1, 2), 'ip4/7.0.0.0_8/deny' => '' },
  'ranges in the first number');
page_says('If no line is about all clients, a rule is added that allows all clients.');
becomes([], { %everybody }, 'an empty text');
becomes([':deny'], { 'ip4/0.0.0.0_0/deny' => '', 'ip6/::_0/deny' => '' }, 'a line that denies all clients');
becomes(['# a comment: deny', '', 'no colon', ':allow,A="x"  '], { %everybody, 'ip4/0.0.0.0_0/env/A' => "x\n", 'ip6/::_0/env/A' => "x\n" },
  'lines that are no rules, and a rule with blanks at its end');

page_says('An empty value of a variable becomes a file with one newline.');
becomes(['1.2.3.4:allow,RELAYCLIENT="",A=xb cx,B="=",C="a:b"'],
  { %everybody, 'ip4/1.2.3.4_32/allow' => '', 'ip4/1.2.3.4_32/env/RELAYCLIENT' => "\n", 'ip4/1.2.3.4_32/env/A' => "b c\n", 'ip4/1.2.3.4_32/env/B' => "=\n",
    'ip4/1.2.3.4_32/env/C' => "a:b\n" }, 'a line with variables');
becomes(['1.2.3.4:deny,A="x"'], { %everybody, 'ip4/1.2.3.4_32/deny' => '' }, 'a line that denies with a variable');

page_says('reversedns/host.example, which is about the names below it, too.');
page_says('reversedns/example, which is about the name example itself, too.');
page_says('Where there are rules about names, it is reversedns/@, because rules about addresses come first.');
my $unnamed = qr/a client without a name is refused/;
becomes(['=Host.Example:deny', '=.Example:allow', ':allow'],
  { 'reversedns/host.example/deny' => '', 'reversedns/example/allow' => '', 'reversedns/@/allow' => '' }, 'lines about names',
  qr/\Aline 1: =Host\.Example: here the names below/, qr/\Aline 2: =\.Example: here the name of the domain/, qr/\Aline 3: : .*$unnamed/);
becomes(['=:allow', ':deny'], { 'reversedns/@/allow' => '' }, 'a line about every client with a name',
  qr/\Aline 2: : an earlier rule has the same key: left out/);
becomes(['=h.example:deny', '10.:allow', ':deny'], { 'reversedns/h.example/deny' => '', 'ip4/10.0.0.0_8/allow' => '', 'reversedns/@/deny' => '' },
  'lines about names and addresses',
  qr/names below/, qr/rules about addresses come before all rules about names/);
page_says('Nothing: no rule here is about the user of a connection.');
becomes(['joe@1.2.3.4:deny', 'x@=h.example:allow'], { %everybody }, 'lines about users',
  qr/\Aline 1: joe\@1\.2\.3\.4: no rule here is about the user/, qr/\Aline 2: /);
page_says('If two lines have the same address, the first one counts.');
becomes(['1.2.3.4:deny', '1.2.3.4:allow', '1.2.3.4-5:allow'], { %everybody, 'ip4/1.2.3.4_32/deny' => '', 'ip4/1.2.3.5_32/allow' => '' },
  'lines with the same address',
  qr/\Aline 2: 1\.2\.3\.4: an earlier rule/, qr/\Aline 3: /);

# ---- what is wrong ----

page_says('All lines are understood before anything is made; if one is wrong, the message has its number.');
for my $line ('1.2.3.4:permit', '1.2.3.4:', '1.2.3.4:allowed', '1.2.3.4:allow,A', '1.2.3.4:allow,A=', '1.2.3.4:allow,A="x', '1.2.3.4:allow,="x"', '1.2.3.4:allow A="x"',
              '1.2.3.4:allow,../x="y"', '1.2.3.4:allow,.A="y"', '256.1.1.1:deny', '1.2.3.4.:deny', '1.2.3.4.5:deny', '1.2.3:deny', '01.2.3.4:deny', '1..2.:deny', '1.2.3.9-4:deny',
              '1.2.3.4-300:deny', '1.2.3.-4:deny', '1.2.3.4-:deny', 'host.example:deny', '=no/name:deny', '=..:deny', '=a..b:deny', '2001:db8::1:deny')
{
  my $r = convert('127.0.0.1:allow', $line);
  is($r->{code}, 100, "s6-accessrules-fs-from-tcprules exits 100 with the line $line");
  like($r->{err}, qr/\As6-accessrules-fs-from-tcprules: fatal: line 2: [^\n]+\n\z/,
       "s6-accessrules-fs-from-tcprules prints the number of the wrong line $line");
  ok(!defined $r->{tree} && !$r->{left}, "s6-accessrules-fs-from-tcprules makes no directory with the line $line");
}

page_says('dir must not exist.');
page_says('dir exists, or could not be made.');
mkdir "$base/there" or die;
is(run({ fds => { 0 => '/dev/null' } }, $program, $_->[0])->{code}, 111, "s6-accessrules-fs-from-tcprules exits 111 if $_->[1]")
  for ["$base/there", 'dir exists'], ['/nonexistent/dir', 'the directory of dir does not exist'];
page_says('The command line or a line of the text is wrong.');
is(run({ fds => { 0 => '/dev/null' } }, $program, @$_)->{code}, 100, "s6-accessrules-fs-from-tcprules exits 100 with a wrong command line: @$_")
  for [], ["$base/new", 'more'], ['-x', "$base/new"];
page_says('Write a summary of the options to the standard output and exit 0.');
page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
like(run($program, '--help')->{out}, qr/^usage: s6-accessrules-fs-from-tcprules .*dir$/m, 's6-accessrules-fs-from-tcprules --help shows the usage');
like(run($program, '--version')->{out}, qr/\As6-accessrules-fs-from-tcprules /,
     's6-accessrules-fs-from-tcprules --version shows the name of the program');

done_testing;
