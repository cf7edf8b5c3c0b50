#!/usr/bin/env perl
# s6-accessrules-fs-from-cdb: rules survive the way there and back, and nothing is written elsewhere.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;

page('s6-accessrules-fs-from-cdb');

my $program = bin('s6-accessrules-fs-from-cdb');
my $compiler = bin('s6-accessrules-cdb-from-fs');
my $base = own_dir();
my $count = 0;

sub decompile { return run(ref $_[0] ? shift : (), $program, @_) }
sub mode_of { return sprintf '%04o', (stat $_[0])[2] & 07777 }

my %rules = (
  'ip4/192.0.2.0_24/allow' => '',
  'ip4/192.0.2.0_24/env/TCPCONNMAX' => "5\n",
  'ip4/192.0.2.0_24/env/EMPTY' => "\n",
  'ip4/192.0.2.0_24/env/GONE' => '',
  'ip4/192.0.2.0_24/env/LINES' => "one\0  two\0\0three\n",
  'ip4/192.0.2.0_24/env/EQUAL' => "a=b=c\n",
  'ip4/192.0.2.0_24/env/with-odd:name+' => "x\n",
  'ip4/192.0.2.0_24/exec' => "echo hello\nno newline at the end",
  'ip4/192.0.2.66_32/deny' => '',
  'ip6/2001:db8::_32/allow' => '',
  'reversedns/example.com/allow' => '',
  'reversedns/@/deny' => '',
  'uid/default/deny' => '',
);

# ---- there and back ----

my $rules = make_rules('rules', %rules);
my $cdb = "$base/rules.cdb";
run($compiler, $cdb, $rules);
my $r = decompile("$base/again", $cdb);
page_says('has the rules of cdbfile.');
is($r->{code}, 0, 's6-accessrules-fs-from-cdb exits 0 when it has made the rules');
is($r->{out} . $r->{err}, '', 's6-accessrules-fs-from-cdb prints nothing when it has made the rules');
is_deeply(tree_of("$base/again"), \%rules, 's6-accessrules-fs-from-cdb makes the rules that were compiled');
page_says('Compiling dir again gives the same rules.');
run($compiler, "$cdb.2", "$base/again");
ok(get_file("$cdb.2") eq get_file($cdb), 's6-accessrules-fs-from-cdb makes rules that compile to the same file again, byte for byte');

page_says('Directories have the mode 0755, files 0644, both without the bits of the umask: so that other users cannot write to them, whatever the umask is.');
for my $umask (0, 022, 077)
{
  my $dir = sprintf "$base/umask-%03o", $umask;
  decompile({ umask => $umask }, $dir, $cdb);
  is(mode_of($dir), sprintf('%04o', 0755 & ~$umask),
     sprintf 's6-accessrules-fs-from-cdb makes its directory with the mode 0755 without the bits of the umask %03o', $umask);
  is(mode_of("$dir/ip4/192.0.2.0_24/env"), sprintf('%04o', 0755 & ~$umask),
     sprintf 's6-accessrules-fs-from-cdb makes a directory env with the mode 0755 without the bits of the umask %03o', $umask);
  is(mode_of("$dir/ip4/192.0.2.0_24/$_"), sprintf('%04o', 0644 & ~$umask),
     sprintf 's6-accessrules-fs-from-cdb makes a file %s with the mode 0644 without the bits of the umask %03o', $_, $umask)
    for qw(allow exec env/TCPCONNMAX);
}
is(decompile("$base/slashes///", $cdb)->{code}, 0, 's6-accessrules-fs-from-cdb exits 0 with slashes at the end of dir');
is_deeply(tree_of("$base/slashes"), \%rules, 's6-accessrules-fs-from-cdb makes the rules with slashes at the end of dir');
is(decompile({ dir => $base }, 'relative', 'rules.cdb')->{code}, 0, 's6-accessrules-fs-from-cdb exits 0 with relative names');
is_deeply(tree_of("$base/relative"), \%rules, 's6-accessrules-fs-from-cdb makes the rules with relative names');
is(run_with_closed_fds([0, 1, 2], $program, "$base/closed", $cdb)->{code}, 0,
   's6-accessrules-fs-from-cdb exits 0 with all standard descriptors closed');
is_deeply(tree_of("$base/closed"), \%rules, 's6-accessrules-fs-from-cdb makes the rules with all standard descriptors closed');

# ---- what is wrong ----

page_says('The command line is wrong.');
for my $words ([], ["$base/x"], ["$base/x", $cdb, 'more'], ['-x', "$base/x", $cdb])
{
  $r = decompile(@$words);
  is($r->{code}, 100, "s6-accessrules-fs-from-cdb exits 100 with a wrong command line: @$words");
  like($r->{err}, qr/\As6-accessrules-fs-from-cdb: usage: .*\n\z/,
       "s6-accessrules-fs-from-cdb prints one line of usage with a wrong command line: @$words");
}
page_says('Write a summary of the options to the standard output and exit 0.');
page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
like(decompile('--help')->{out}, qr/^usage: s6-accessrules-fs-from-cdb .*dir cdbfile$/m, 's6-accessrules-fs-from-cdb --help shows the usage');
like(decompile('--version')->{out}, qr/\As6-accessrules-fs-from-cdb /, 's6-accessrules-fs-from-cdb --version shows the name of the program');

page_says('dir must not exist.');
page_says('exists, or could not be made, or cdbfile could not be read or is not a file of rules.');
my $old = make_rules('old', 'precious/file' => 'x');
mkdir "$base/empty";
symlink 'nowhere', "$base/link";
for my $case ([$old, 'a full directory'], ["$base/empty", 'an empty directory'], ["$base/link", 'a dangling link'], [$cdb, 'a file'])
{
  my ($dir, $what) = @$case;
  $r = decompile($dir, $cdb);
  is($r->{code}, 111, "s6-accessrules-fs-from-cdb exits 111 if dir is $what");
  is($r->{err}, "s6-accessrules-fs-from-cdb: fatal: unable to create $dir: File exists\n",
     "s6-accessrules-fs-from-cdb prints that dir exists if it is $what");
}
is_deeply(tree_of($old), { 'precious/file' => 'x' }, 's6-accessrules-fs-from-cdb leaves a directory that exists as it is');
ok(!-e "$base/nowhere", 's6-accessrules-fs-from-cdb does not make the target if dir is a dangling link');
is(decompile('/nonexistent/dir', $cdb)->{code}, 111, 's6-accessrules-fs-from-cdb exits 111 if the directory of dir does not exist');

# Runs it in a directory of its own, of which nothing may be left but what was there.
sub refuses
{
  my ($words, $bytes, $message) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $place = make_rules('place-' . $count++, 'inner/rules.cdb' => $bytes, 'outside/allow' => 'x');
  my $result = decompile({ dir => "$place/inner" }, 'dir', 'rules.cdb');
  is($result->{code}, 111, "s6-accessrules-fs-from-cdb exits 111 if cdbfile has $words");
  like($result->{err}, qr/\As6-accessrules-fs-from-cdb: fatal: $message\n\z/, "s6-accessrules-fs-from-cdb prints the reason if cdbfile has $words");
  is_deeply(tree_of($place), { 'inner/rules.cdb' => $bytes, 'outside/allow' => 'x' },
            "s6-accessrules-fs-from-cdb writes no file if cdbfile has $words");
  ok(!-e "$place/inner/dir", "s6-accessrules-fs-from-cdb makes no directory if cdbfile has $words");
}

page_says('cdbfile is examined as a whole before anything is made.');
page_says('Nothing is ever written outside of dir: a file with a key or a variable that is not a plain file name is an error.');
my @good = ('ip4/0.0.0.0_0' => allow_record());
my $long = 'ip4/' . 'x' x 600;
for my $key ('../outside', '../../outside', '..', '.', '', '/', 'x', 'ip4/', '/x', 'ip4/..', 'ip4/.', './x', '../x', 'ip4/x/y', 'ip4//x',
             'ip4/../../outside', '/tmp/x', "ip4/x\0y", "ip4\0/x", "ip4/a b", "ip4/a\nb", "ip4/\xff", '.hidden/x', 'ip4/.hidden', $long)
{
  (my $shown = $key) =~ s/[^ -~]/?/g;
  my $message = $key =~ m{/} ? 'this key cannot be a file name' : 'no rule has such a key: is this a database of tcprules\?';
  refuses("the key '$shown'", cdb_bytes(@good, $key => 'D'), "unable to (?:make rules from|read) rules\\.cdb: (?:\Q$shown\E: )?$message") unless $key eq $long;
  refuses('a key of 604 bytes', cdb_bytes(@good, $key => 'D'), 'unable to make rules from rules\\.cdb: .*: this key cannot be a file name')
    if $key eq $long;
}
for my $name ('../x', '..', '/tmp/x', 'a/b', '.hidden', "a\nb", "a b", '../../../outside/allow')
{
  (my $shown = $name) =~ s/[^ -~]/?/g;
  refuses("the variable '$shown'", cdb_bytes(@good, 'uid/5' => allow_record("GOOD=1\0$name=1\0")),
          'unable to make rules from rules\\.cdb: uid/5: a variable\'s name cannot be a file name');
  refuses("the removal of the variable '$shown'", cdb_bytes(@good, 'uid/5' => allow_record("$name\0")),
    '.*: a variable\'s name cannot be a file name');
}

my $sound = cdb_bytes(@good, 'uid/5' => allow_record("A=1\0", 'x'));
refuses('no content', '', 'unable to read rules\\.cdb: it is not a database of rules, or it is cut short');
refuses('text in place of a database', "hello\n" x 1000, 'unable to read rules\\.cdb: it is not a database of rules, or it is cut short');
refuses('too few bytes at its end', substr($sound, 0, -8), 'unable to read rules\\.cdb: it is not a database of rules, or it is cut short');
refuses('a record that is neither A nor D', cdb_bytes(@good, 'uid/5' => 'hello'),
  'unable to read rules\\.cdb: uid/5: its record neither allows nor denies');
refuses('a record with wrong lengths', cdb_bytes(@good, 'uid/5' => "A\0\1"),
  'unable to read rules\\.cdb: uid/5: the lengths in its record are wrong');
refuses('a variable without an end', cdb_bytes(@good, 'uid/5' => allow_record('A=1')), 'unable to read .*: the environment in its record is malformed');
refuses('a variable without a name', cdb_bytes(@good, 'uid/5' => allow_record("=1\0")),
  'unable to read .*: the environment in its record is malformed');
refuses('a key that is too long for the system', cdb_bytes(@good, 'ip4/' . 'x' x 300 => 'D'), 'unable to create dir/.*: File name too long');
is(decompile("$base/x", '/nonexistent/rules.cdb')->{code}, 111, 's6-accessrules-fs-from-cdb exits 111 if cdbfile does not exist');

is(decompile("$base/x", put_file('sound.cdb', $sound))->{code}, 0, 's6-accessrules-fs-from-cdb exits 0 with a database without such mistakes');

page_says('It is made under another name beside it, and appears when it is complete.');
page_says('If anything goes wrong, what was made is removed, and nothing else is touched.');
my $place = make_rules('limited', 'rules.cdb' => cdb_bytes(@good, 'uid/5' => allow_record('', 'x' x 2000)));
$r = run({ dir => $place }, with_rlimit(f => 1, $program, 'dir', 'rules.cdb'));
is($r->{code}, 111, 's6-accessrules-fs-from-cdb exits 111 if a file is too large for the limit of the system');
is_deeply([keys %{tree_of($place)}], ['rules.cdb'],
          's6-accessrules-fs-from-cdb leaves only the database if a file is too large for the limit of the system');

page_says('A value that ends in blanks loses them, with a warning: in a directory, blanks at the end do not count.');
$r = decompile("$base/blanks", put_file('blanks.cdb', cdb_bytes('uid/5' => allow_record("A=1 \0B=2\0"))));
is($r->{code}, 0, 's6-accessrules-fs-from-cdb exits 0 with a value that ends in blanks');
is($r->{err}, "s6-accessrules-fs-from-cdb: warning: $base/blanks/uid/5/env/A loses the blanks at its end, which a file of this kind cannot have\n",
   's6-accessrules-fs-from-cdb prints a warning if a value ends in blanks');

# ---- signals ----

page_says('A signal that ends s6-accessrules-fs-from-cdb, except SIGKILL, removes the unfinished directory first.');
my $many = put_file('many.cdb', cdb_bytes(map { ("uid/$_" => 'D') } 1 .. 3000));
for my $signal (qw(TERM INT HUP QUIT))
{
  my ($ended, $left);
  for (1 .. 20)
  {
    my $dir = "$base/signalled-" . $count++;
    my $process = start(command => [$program, $dir, $many]);
    eventually(sub { (() = glob("$dir*")) || !$process->alive });
    $process->signal($signal);
    my $end = $process->wait;
    $ended = $end && $end->{signal};
    $left = () = glob("$dir*");
    last if $ended;
  }
  ok($ended, "SIG$signal ends s6-accessrules-fs-from-cdb");
  is($left, 0, "s6-accessrules-fs-from-cdb leaves no directory when SIG$signal ends it");
}

# ---- other readers and writers of the same files ----

SKIP:
{
  my ($their_compiler, $theirs) = (tool('s6-accessrules-cdb-from-fs'), tool('s6-accessrules-fs-from-cdb'));
  skip 's6-accessrules-cdb-from-fs and s6-accessrules-fs-from-cdb of s6 are not installed', 4 unless $theirs && $their_compiler;
  run($their_compiler, "$cdb.theirs", $rules);
  is(decompile("$base/theirs", "$cdb.theirs")->{code}, 0, 's6-accessrules-fs-from-cdb exits 0 with a file that s6 compiled');
  is_deeply(tree_of("$base/theirs"), \%rules, 's6-accessrules-fs-from-cdb makes all the rules of a file that s6 compiled');
  is(run($theirs, "$base/by-them", $cdb)->{code}, 0, 's6-accessrules-fs-from-cdb of s6 exits 0 with a file that we compiled');
  my %simple = %rules;
  $simple{'ip4/192.0.2.0_24/env/LINES'} =~ tr/\0/\n/;
  is_deeply(tree_of("$base/by-them"), \%simple, 's6-accessrules-fs-from-cdb of s6 makes all the rules of a file that we compiled');
}

done_testing();
