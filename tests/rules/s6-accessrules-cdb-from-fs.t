#!/usr/bin/env perl
# s6-accessrules-cdb-from-fs: the records, the way into place, the messages; and who else can read the file.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;

page('s6-accessrules-cdb-from-fs');

my $program = bin('s6-accessrules-cdb-from-fs');
my $cdb = own_dir() . '/rules.cdb';

sub compile { return run(ref $_[0] ? shift : (), $program, @_) }
sub leftovers { return scalar(() = glob("$cdb:*")) }

sub mode_of { return sprintf '%04o', (stat $_[0])[2] & 07777 }

my @rules = (
  'ip4/192.0.2.0_24/allow' => 'whatever',
  'ip4/192.0.2.0_24/env/TCPCONNMAX' => "5 \t\nignored\n",
  'ip4/192.0.2.0_24/env/GONE' => '',
  'ip4/192.0.2.0_24/env/.hidden' => 'x',
  'ip4/192.0.2.0_24/exec' => "echo hello\n",
  'ip4/192.0.2.66_32/deny' => '',
  'ip4/192.0.2.67_32/deny' => '',
  'ip4/192.0.2.67_32/allow' => '',
  'ip4/192.0.2.68_32/env/NOBODY' => "1\n",
  'ip4/.hidden/allow' => '',
  '.hidden/x' => '',
  'ip6/2001:db8::_32/allow' => '',
  'reversedns/example.com/allow' => '',
  'uid/default/deny' => '',
);
my %records = (
  'ip4/192.0.2.0_24' => allow_record("GONE\0TCPCONNMAX=5\0", "echo hello\n"),
  'ip4/192.0.2.66_32' => 'D',
  'ip4/192.0.2.67_32' => allow_record(),
  'ip6/2001:db8::_32' => allow_record(),
  'reversedns/example.com' => allow_record(),
  'uid/default' => 'D',
);

# ---- what is in the file ----

my $rules = make_rules('rules', @rules);
my $r = compile($cdb, $rules);
page_says('has the rules of dir.');
is($r->{code}, 0, 's6-accessrules-cdb-from-fs exits 0 when it has compiled the rules');
is($r->{out} . $r->{err}, '', 's6-accessrules-cdb-from-fs prints nothing when it has compiled the rules');
page_says('Names that begin with a dot are left out.');
is_deeply(cdb_records($cdb), \%records, 's6-accessrules-cdb-from-fs writes the record of each rule, and none for a name that begins with a dot');
is(leftovers(), 0, 's6-accessrules-cdb-from-fs leaves no temporary file when it has compiled the rules');

page_says('The same rules always make the same file.');
my @pairs;
push @pairs, [splice @rules, 0, 2] while @rules;
my $reversed = make_rules('reversed', map { @$_ } reverse @pairs);
compile("$cdb.2", $reversed);
ok(get_file("$cdb.2") eq get_file($cdb), 's6-accessrules-cdb-from-fs makes the same file of rules whose files were made in another order');

my $nothing = make_rules('nothing');
is(compile("$cdb.2", $nothing)->{code}, 0, 's6-accessrules-cdb-from-fs exits 0 with a directory without rules');
is(length get_file("$cdb.2"), 2048, 's6-accessrules-cdb-from-fs makes an empty database of a directory without rules');

# ---- permissions ----

page_says('The default is 0644 without the bits of the umask');
for my $umask (0, 022, 027, 077)
{
  compile({ umask => $umask }, "$cdb.2", $rules);
  is(mode_of("$cdb.2"), sprintf('%04o', 0644 & ~$umask),
     sprintf 's6-accessrules-cdb-from-fs makes a file of mode 0644 without the bits of the umask %03o', $umask);
}
page_says('Give cdbfile these permissions, an octal number from 0 to 0777, whatever the umask is.');
for my $mode (qw(0600 644 0 0777 0440))
{
  for my $option (['-m', $mode], ["-m$mode"], ["--mode=$mode"])
  {
    compile({ umask => 077 }, @$option, "$cdb.2", $rules);
    is(mode_of("$cdb.2"), sprintf('%04o', oct $mode), "s6-accessrules-cdb-from-fs @$option makes a file of that mode under umask 077");
  }
}

# ---- wrong command lines ----

page_says('The command line is wrong, or a rule has more variables');
for my $words ([], [$cdb], [$cdb, $rules, 'more'], ['-m'], ['-m', '', $cdb, $rules], ['-m', '8', $cdb, $rules], ['-m', '1000', $cdb, $rules],
               ['-m', 'rw', $cdb, $rules], ['-x', $cdb, $rules], ['--mod', 'x', $cdb, $rules])
{
  $r = compile(@$words);
  is($r->{code}, 100, "s6-accessrules-cdb-from-fs exits 100 with a wrong command line: @$words");
  like($r->{err}, qr/\As6-accessrules-cdb-from-fs: usage: .*\n\z/,
       "s6-accessrules-cdb-from-fs prints one line of usage with a wrong command line: @$words");
}
page_says('Write a summary of the options to the standard output and exit 0.');
page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
like(compile('--help')->{out}, qr/^usage: s6-accessrules-cdb-from-fs .*cdbfile dir$/m, 's6-accessrules-cdb-from-fs --help shows the usage');
like(compile('--version')->{out}, qr/\As6-accessrules-cdb-from-fs /, 's6-accessrules-cdb-from-fs --version shows the name of the program');

# ---- what goes wrong leaves the old file ----

page_says('If anything goes wrong, cdbfile stays as it was.');
page_says('With 100 and 111, the message names the entry of dir that is wrong.');
my $before = get_file($cdb);

sub fails
{
  my ($words, $code, $message, $where, %how) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $result = compile(\%how, $cdb, $where);
  is($result->{code}, $code, "s6-accessrules-cdb-from-fs exits $code with $words");
  like($result->{err}, $message, "s6-accessrules-cdb-from-fs prints the reason with $words");
  ok(get_file($cdb) eq $before, "s6-accessrules-cdb-from-fs leaves the old file as it was with $words");
  is(leftovers(), 0, "s6-accessrules-cdb-from-fs leaves no temporary file with $words");
}

sub wrong
{
  my ($words, $code, $message, @files) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $dir = make_rules("wrong-" . ($words =~ tr/a-z/-/cr), 'ip4/0.0.0.0_0/allow' => '', @files);
  fails($words, $code, qr/\A\Qs6-accessrules-cdb-from-fs: fatal: \E$message\n\z/, $dir);
}

page_says('Every entry of dir must be a directory, and every entry of such a directory must be one, too.');
page_says('Something could not be read or written.');
wrong('a file in place of a type', 111, 'unable to read .*/zzz: Not a directory', 'zzz' => '');
wrong('a file in place of a rule', 111, 'unable to compile .*/ip4/x: Not a directory', 'ip4/x' => '');
wrong('a file in place of env', 111, 'unable to compile .*/ip4/127.0.0.1_32/env: Not a directory', 'ip4/127.0.0.1_32/allow' => '', 'ip4/127.0.0.1_32/env' => '');
wrong('a directory in env', 111, 'unable to compile .*/ip4/127.0.0.1_32/env/D: Is a directory', 'ip4/127.0.0.1_32/allow' => '', 'ip4/127.0.0.1_32/env/D/x' => '');
wrong('variables of more than 4096 bytes', 100,
  'unable to compile .*/uid/5/env: all variables together take more than the 4096 bytes that a database has for a rule',
      'uid/5/allow' => '', map { ("uid/5/env/V$_" => 'x' x 1000) } 1 .. 5);
wrong('a script of more than 4096 bytes', 100, 'unable to compile .*/uid/5/exec: the script is larger than 4096 bytes', 'uid/5/allow' => '',
  'uid/5/exec' => 'x' x 4097);
wrong('a NUL in a script', 100, 'unable to compile .*/uid/5/exec: the script holds a NUL byte', 'uid/5/allow' => '', 'uid/5/exec' => "a\0b");
my $dangling = make_rules('dangling', 'uid/5/x' => '');
symlink 'nowhere', "$dangling/uid/5/deny";
fails('a dangling link as a file of a rule', 111, qr{unable to compile .*/uid/5/deny: No such file or directory}, $dangling);
$r = compile($rules, $cdb);
is($r->{code}, 100, 's6-accessrules-cdb-from-fs exits 100 if the directory comes before the file');
like($r->{err}, qr/usage: '\Q$rules\E' is a directory: cdbfile comes before dir/,
     's6-accessrules-cdb-from-fs prints the right order if the directory comes before the file');
fails('a directory that does not exist', 111, qr/fatal: unable to open .*: No such file/, own_dir() . '/nonexistent');
fails('a file in place of the directory', 111, qr/fatal: unable to open .*: Not a directory/, $cdb);

my @full = ('uid/5/allow' => '', 'uid/5/env/A' => 'x' x 2046, 'uid/5/env/B' => 'x' x 2044, 'uid/5/exec' => 'x' x 4096);
is(compile("$cdb.2", make_rules('full', @full))->{code}, 0,
   's6-accessrules-cdb-from-fs compiles a rule that reaches the limits of variables and of the script');
is(length cdb_records("$cdb.2")->{'uid/5'}, 8197,
   's6-accessrules-cdb-from-fs makes a record of 8197 bytes of a rule that reaches the limits of variables and of the script');
wrong('variables of 4097 bytes', 100, 'unable to compile .*/uid/5/env: .*', @full, 'uid/5/env/B' => 'x' x 2045);

$r = compile('/nonexistent/rules.cdb', $rules);
is($r->{code}, 111, 's6-accessrules-cdb-from-fs exits 111 if the directory of cdbfile does not exist');
like($r->{err}, qr{unable to create /nonexistent/rules\.cdb},
     's6-accessrules-cdb-from-fs prints that it is unable to create cdbfile if its directory does not exist');
make_rules('in-the-way', 'x/y' => '');
$r = compile(own_dir() . '/in-the-way', $rules);
is($r->{code}, 111, 's6-accessrules-cdb-from-fs exits 111 if cdbfile is a directory');
is(scalar(() = glob(own_dir() . '/in-the-way:*')), 0, 's6-accessrules-cdb-from-fs leaves no temporary file if cdbfile is a directory');

$r = run(with_rlimit(f => 1, $program, $cdb, make_rules('large', map { ("uid/$_/allow" => '', "uid/$_/exec" => 'x' x 4000) } 1 .. 20)));
is($r->{code}, 111, 's6-accessrules-cdb-from-fs exits 111 if the file is too large for the limit of the system');
like($r->{err}, qr/unable to write to .*: File too large/,
     's6-accessrules-cdb-from-fs prints the reason if the file is too large for the limit of the system');
ok(get_file($cdb) eq $before, 's6-accessrules-cdb-from-fs leaves the old file as it was if the new one is too large for the limit of the system');
is(leftovers(), 0, 's6-accessrules-cdb-from-fs leaves no temporary file if the file is too large for the limit of the system');

$r = run_with_closed_fds([0, 1, 2], $program, "$cdb.2", $rules);
is($r->{code}, 0, 's6-accessrules-cdb-from-fs exits 0 with all standard descriptors closed');
is_deeply(cdb_records("$cdb.2"), \%records, 's6-accessrules-cdb-from-fs writes only the rules to its file with all standard descriptors closed');

SKIP:
{
  skip 'root, to become a user who may not read the rules, is not available', 3 unless can_change_ids();
  my $secret = make_rules('secret', 'rules/ip4/0.0.0.0_0/allow' => '', 'rules/ip4/127.0.0.1_32/deny' => '', 'out/old.cdb' => 'old');
  chmod 0, "$secret/rules/ip4/127.0.0.1_32";
  chmod 0777, "$secret/out";
  $r = compile({ before => sub { $) = '65534 65534'; $( = 65534; ($<, $>) = (65534, 65534) } }, "$secret/out/old.cdb", "$secret/rules");
  is($r->{code}, 111, 's6-accessrules-cdb-from-fs exits 111 with a rule that its user may not read');
  like($r->{err}, qr{unable to compile .*/ip4/127\.0\.0\.1_32(?:/allow)?: Permission denied},
       's6-accessrules-cdb-from-fs names the rule that its user may not read');
  is_deeply(tree_of("$secret/out"), { 'old.cdb' => 'old' },
            's6-accessrules-cdb-from-fs leaves only the old file, as it was, with a rule that its user may not read');
}

# ---- rules that never match ----

page_says('is compiled all the same, with a warning that gives the reason and, if possible, the right key.');
my $odd = make_rules('odd', map { ("$_/allow" => '') } qw(ip4/10.1.2.3_8 ip6/2001:DB8::_32 uid/root ip6/::ffff:a00:0_104 fish/cod ip4/10.0.0.0_8));
$r = compile("$cdb.2", $odd);
is($r->{code}, 0, 's6-accessrules-cdb-from-fs exits 0 with keys that never match');
is(scalar keys %{cdb_records("$cdb.2")}, 6, 's6-accessrules-cdb-from-fs compiles every rule whose key never matches');
my @warnings = split /\n/, $r->{err};
is(scalar @warnings, 5, 's6-accessrules-cdb-from-fs prints a warning for each key that never matches');
is((grep { $_ eq "s6-accessrules-cdb-from-fs: warning: $odd/ip4/10.1.2.3_8 never matches: bits beyond the prefix are set, the key would be 10.0.0.0_8" } @warnings),
   1, 's6-accessrules-cdb-from-fs warns of a key that never matches, with the key that would match');

# ---- signals ----

page_says('A signal that ends s6-accessrules-cdb-from-fs, except SIGKILL, removes the unfinished file first.');
my $many = make_rules('many', map { (sprintf("ip4/10.%d.%d.%d_32/deny", $_ >> 16, $_ >> 8 & 255, $_ & 255) => '') } 1 .. 8000);
for my $signal (qw(TERM INT HUP QUIT))
{
  my ($ended, $left);
  for (1 .. 20)
  {
    my $process = start(command => [$program, $cdb, $many]);
    eventually(sub { leftovers() || !$process->alive });
    $process->signal($signal);
    my $end = $process->wait;
    $left = leftovers();
    $ended = $end && $end->{signal};
    last if $ended || $left;
  }
  ok($ended, "SIG$signal ends s6-accessrules-cdb-from-fs");
  is($left, 0, "s6-accessrules-cdb-from-fs leaves no temporary file when SIG$signal ends it");
}
my $process = start(command => [$program, "$cdb.2", $many], ignore => ['TERM']);
eventually(sub { scalar(() = glob("$cdb.2:*")) || !$process->alive });
$process->signal('TERM');
is($process->wait->{code}, 0, 's6-accessrules-cdb-from-fs, started with SIGTERM ignored, goes on after a SIGTERM and exits 0');
is(scalar keys %{cdb_records("$cdb.2")}, 8000,
   's6-accessrules-cdb-from-fs, started with SIGTERM ignored, compiles all rules after a SIGTERM');

# ---- a small stack ----

SKIP:
{
  skip 'the sanitizers need more stack', 4 if variant() eq 'sanitize';
  $r = run(with_rlimit(s => 96, $program, "$cdb.2", $many));
  is($r->{code}, 0, 's6-accessrules-cdb-from-fs raises a small soft limit of the stack and exits 0');
  is(scalar keys %{cdb_records("$cdb.2")}, 8000,
     's6-accessrules-cdb-from-fs compiles all of 8000 rules under a small soft limit of the stack');
  $r = run('sh', '-c', 'ulimit -s 96 && exec "$@"', 'sh', $program, "$cdb.2", $many);
  is($r->{code}, 111, 's6-accessrules-cdb-from-fs exits 111 under a small hard limit of the stack');
  like($r->{err}, qr/unable to raise the stack limit for so many rules/,
       's6-accessrules-cdb-from-fs prints that it is unable to raise the stack limit under a small hard limit');
}

# ---- other readers and writers of the same files ----

SKIP:
{
  my $theirs = tool('s6-accessrules-cdb-from-fs');
  skip 's6-accessrules-cdb-from-fs of s6 is not installed', 6 unless $theirs;
  my $tree = make_rules('single', map { @$_ } grep { $_->[0] !~ /GONE/ } @pairs);
  is(run($theirs, "$cdb.theirs", $tree)->{code}, 0, 's6-accessrules-cdb-from-fs of s6 compiles the rules that ours compiles');
  compile("$cdb.2", $tree);
  is_deeply(cdb_records("$cdb.2"), cdb_records("$cdb.theirs"), 's6-accessrules-cdb-from-fs makes the same records as that of s6');
  # Where there is one rule, and so no order, the whole file is the same.
  for my $one (['uid/5/allow' => ''], ['gid/self/deny' => ''], ['ip6/::_0/allow' => '', 'ip6/::_0/env/A' => "1\n", 'ip6/::_0/exec' => "echo x\n"], ['reversedns/@/allow' => '', 'reversedns/@/env/A' => ''])
  {
    my $single = new_rules('one', @$one);
    run($theirs, "$cdb.theirs", $single);
    compile("$cdb.2", $single);
    ok(get_file("$cdb.2") eq get_file("$cdb.theirs"), "s6-accessrules-cdb-from-fs makes the same file as that of s6 of one rule: $one->[0]");
  }
}

SKIP:
{
  my $access = tool('s6-ipcserver-access');
  skip 's6-ipcserver-access of s6 is not installed', 6 unless $access;
  my $ids = make_rules('ids', 'uid/1001/allow' => '', 'uid/1001/env/GREETING' => "hello\n", 'uid/1002/deny' => '',
                       'gid/50/allow' => '', 'gid/50/exec' => "echo instead\n", 'uid/default/deny' => '');
  compile("$cdb.2", $ids);
  my $ask = sub
  {
    my ($uid, $gid) = @_;
    return run({ env => { PROTO => 'IPC', IPCREMOTEEUID => $uid, IPCREMOTEEGID => $gid } },
               $access, '-v0', '-l', 'local', '-x', "$cdb.2", 'sh', '-c', 'echo "got $GREETING"');
  };
  is($ask->(1001, 1)->{out}, "got hello\n", 's6-ipcserver-access of s6 lets in a user that our database allows, with the environment of the rule');
  is($ask->(1002, 50)->{code}, 1, 's6-ipcserver-access of s6 exits 1 with a user that our database denies');
  is($ask->(1002, 50)->{out}, '', 's6-ipcserver-access of s6 runs no program with a user that our database denies');
  is($ask->(1003, 51)->{code}, 1, 's6-ipcserver-access of s6 exits 1 with a user that only the default rule of our database denies');
  SKIP:
  {
    skip 'execlineb is not installed', 2 unless tool('execlineb');
    is($ask->(1003, 50)->{out}, "instead\n", 's6-ipcserver-access of s6 runs the script of a rule of our database instead of the program');
    is($ask->(1003, 50)->{code}, 0, 's6-ipcserver-access of s6 exits 0 when it has run the script of a rule of our database');
  }
}

done_testing();
