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
is($r->{code}, 0, 'rules are made');
is($r->{out} . $r->{err}, '', 'without a word');
is_deeply(tree_of("$base/again"), \%rules, 'they are what they were');
page_says('Compiling dir again gives the same rules.');
run($compiler, "$cdb.2", "$base/again");
ok(get_file("$cdb.2") eq get_file($cdb), 'byte for byte');

page_says('Directories have the mode 0755, files 0644, both without the bits of the umask: so that other users cannot write to them, whatever the umask is.');
for my $umask (0, 022, 077)
{
  my $dir = sprintf "$base/umask-%03o", $umask;
  decompile({ umask => $umask }, $dir, $cdb);
  is(mode_of($dir), sprintf('%04o', 0755 & ~$umask), sprintf 'the directory under umask %03o', $umask);
  is(mode_of("$dir/ip4/192.0.2.0_24/env"), sprintf('%04o', 0755 & ~$umask), 'a directory in it');
  is(mode_of("$dir/ip4/192.0.2.0_24/$_"), sprintf('%04o', 0644 & ~$umask), "$_ in it") for qw(allow exec env/TCPCONNMAX);
}
is(decompile("$base/slashes///", $cdb)->{code}, 0, 'slashes at the end');
is_deeply(tree_of("$base/slashes"), \%rules, 'do not matter');
is(decompile({ dir => $base }, 'relative', 'rules.cdb')->{code}, 0, 'relative names');
is_deeply(tree_of("$base/relative"), \%rules, 'do not matter either');
is(run_with_closed_fds([0, 1, 2], $program, "$base/closed", $cdb)->{code}, 0, 'closed standard descriptors do not keep the rules from being written');
is_deeply(tree_of("$base/closed"), \%rules, 'at all');

# ---- what is wrong ----

page_says('The command line is wrong.');
for my $words ([], ["$base/x"], ["$base/x", $cdb, 'more'], ['-x', "$base/x", $cdb])
{
  $r = decompile(@$words);
  is($r->{code}, 100, "usage: @$words");
  like($r->{err}, qr/\As6-accessrules-fs-from-cdb: usage: .*\n\z/, 'one line says why');
}
page_says('Write a summary of the options to the standard output and exit 0.');
page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
like(decompile('--help')->{out}, qr/^usage: s6-accessrules-fs-from-cdb .*dir cdbfile$/m, '--help');
like(decompile('--version')->{out}, qr/\As6-accessrules-fs-from-cdb /, '--version');

page_says('dir must not exist.');
page_says('exists, or could not be made, or cdbfile could not be read or is not a file of rules.');
my $old = make_rules('old', 'precious/file' => 'x');
mkdir "$base/empty";
symlink 'nowhere', "$base/link";
for my $dir ($old, "$base/empty", "$base/link", $cdb)
{
  $r = decompile($dir, $cdb);
  is($r->{code}, 111, "$dir exists");
  is($r->{err}, "s6-accessrules-fs-from-cdb: fatal: unable to create $dir: File exists\n", 'is said');
}
is_deeply(tree_of($old), { 'precious/file' => 'x' }, 'a directory that is in the way is left alone');
ok(!-e "$base/nowhere", 'the target of a dangling link is not made');
is(decompile('/nonexistent/dir', $cdb)->{code}, 111, 'nowhere to write');

# Runs it in a directory of its own, of which nothing may be left but what was there.
sub refuses
{
  my ($words, $bytes, $message) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $place = make_rules('place-' . $count++, 'inner/rules.cdb' => $bytes, 'outside/allow' => 'x');
  my $result = decompile({ dir => "$place/inner" }, 'dir', 'rules.cdb');
  is($result->{code}, 111, "$words: exit code");
  like($result->{err}, qr/\As6-accessrules-fs-from-cdb: fatal: $message\n\z/, "$words: message");
  is_deeply(tree_of($place), { 'inner/rules.cdb' => $bytes, 'outside/allow' => 'x' }, "$words: nothing is written");
  ok(!-e "$place/inner/dir", "$words: there is no directory");
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
  refuses('a long key', cdb_bytes(@good, $key => 'D'), 'unable to make rules from rules\\.cdb: .*: this key cannot be a file name') if $key eq $long;
}
for my $name ('../x', '..', '/tmp/x', 'a/b', '.hidden', "a\nb", "a b", '../../../outside/allow')
{
  (my $shown = $name) =~ s/[^ -~]/?/g;
  refuses("the variable '$shown'", cdb_bytes(@good, 'uid/5' => allow_record("GOOD=1\0$name=1\0")),
          'unable to make rules from rules\\.cdb: uid/5: a variable\'s name cannot be a file name');
  refuses("removing '$shown'", cdb_bytes(@good, 'uid/5' => allow_record("$name\0")), '.*: a variable\'s name cannot be a file name');
}

my $sound = cdb_bytes(@good, 'uid/5' => allow_record("A=1\0", 'x'));
refuses('an empty file', '', 'unable to read rules\\.cdb: it is not a database of rules, or it is cut short');
refuses('something else', "hello\n" x 1000, 'unable to read rules\\.cdb: it is not a database of rules, or it is cut short');
refuses('a file that is cut short', substr($sound, 0, -8), 'unable to read rules\\.cdb: it is not a database of rules, or it is cut short');
refuses('another kind of record', cdb_bytes(@good, 'uid/5' => 'hello'), 'unable to read rules\\.cdb: uid/5: its record neither allows nor denies');
refuses('wrong lengths', cdb_bytes(@good, 'uid/5' => "A\0\1"), 'unable to read rules\\.cdb: uid/5: the lengths in its record are wrong');
refuses('a variable without an end', cdb_bytes(@good, 'uid/5' => allow_record('A=1')), 'unable to read .*: the environment in its record is malformed');
refuses('no name', cdb_bytes(@good, 'uid/5' => allow_record("=1\0")), 'unable to read .*: the environment in its record is malformed');
refuses('a name that is too long for the system', cdb_bytes(@good, 'ip4/' . 'x' x 300 => 'D'), 'unable to create dir/.*: File name too long');
is(decompile("$base/x", '/nonexistent/rules.cdb')->{code}, 111, 'no file');

is(decompile("$base/x", put_file('sound.cdb', $sound))->{code}, 0, 'the sound one is fine');

page_says('It is made under another name beside it, and appears when it is complete.');
page_says('If anything goes wrong, what was made is removed, and nothing else is touched.');
my $place = make_rules('limited', 'rules.cdb' => cdb_bytes(@good, 'uid/5' => allow_record('', 'x' x 2000)));
$r = run({ dir => $place }, with_rlimit(f => 1, $program, 'dir', 'rules.cdb'));
is($r->{code}, 111, 'no room');
is_deeply([keys %{tree_of($place)}], ['rules.cdb'], 'where there is no room, nothing is left beside the database');

page_says('A value that ends in blanks loses them, with a warning: in a directory, blanks at the end do not count.');
$r = decompile("$base/blanks", put_file('blanks.cdb', cdb_bytes('uid/5' => allow_record("A=1 \0B=2\0"))));
is($r->{code}, 0, 'blanks at the end');
is($r->{err}, "s6-accessrules-fs-from-cdb: warning: $base/blanks/uid/5/env/A loses the blanks at its end, which a file of this kind cannot have\n", 'are warned of');

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
  ok($ended, "SIG$signal ends it");
  is($left, 0, "SIG$signal: no directory remains");
}

# ---- other readers and writers of the same files ----

SKIP:
{
  my ($their_compiler, $theirs) = (tool('s6-accessrules-cdb-from-fs'), tool('s6-accessrules-fs-from-cdb'));
  skip 's6-accessrules-cdb-from-fs and s6-accessrules-fs-from-cdb of s6 are not installed', 4 unless $theirs && $their_compiler;
  run($their_compiler, "$cdb.theirs", $rules);
  is(decompile("$base/theirs", "$cdb.theirs")->{code}, 0, 'a file compiled by s6 is read');
  is_deeply(tree_of("$base/theirs"), \%rules, 'in full');
  is(run($theirs, "$base/by-them", $cdb)->{code}, 0, 's6 reads a file that we compiled');
  my %simple = %rules;
  $simple{'ip4/192.0.2.0_24/env/LINES'} =~ tr/\0/\n/;
  is_deeply(tree_of("$base/by-them"), \%simple, 'in full');
}

done_testing();
