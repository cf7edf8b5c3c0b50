#!/usr/bin/env perl
# The tools of those who work on the tests: repeating one, stopping at the first failure, what is left of one that failed, a
# tree that other users cannot enter, and how each source is compiled.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use File::Path qw(make_path);
use JSON::PP;

# Scripts with the vocabulary of the tests, run as make check runs them.
sub script
{
  my ($words) = @_;
  return run($^X, put_file('script.t', "use lib '$ENV{SALLYPORT_SRC}/tests/lib'; use Sallyport; put_file('left', 'x'); print STDERR 'in ', own_dir(), qq{\\n}; $words done_testing;"));
}
for (['a test script that passes', 'ok(1);', 0], ['a test script that fails', 'ok(0);', 1], ['a test script that dies', 'ok(1); die "so\n";', 1])
{
  my ($name, $words, $kept) = @$_;
  my $r = script($words);
  my ($dir) = $r->{err} =~ /^in (\S+)$/m;
  ok($dir, "$name has a directory of its own") or diag($r->{err});
  is(-e "$dir/left" ? 1 : 0, $kept, $name . ($kept ? ' keeps its files' : ' removes its files'));
  is($r->{err} =~ /^# The files of this test are kept in \Q$dir\E\.$/m ? 1 : 0, $kept,
    $name . ($kept ? ' prints' : ' does not print') . ' where its files are');
  system('rm', '-rf', $dir) if $kept && $dir =~ m{/sallyport-\w+\z};
}

# A tree of three tests, of which one fails.
my $check = get_file(source_file('tools/check.sh'));
my ($loop) = $check =~ /^(times=.*)\z/ms or die 'no loop';
sub rounds
{
  my ($prove, %env) = @_;
  my $r = run({ env => { %env } }, 'sh', '-c', "prove() { echo run; $prove; }\njobs=1 scripts=x\n$loop");
  return scalar(() = $r->{out} =~ /^run$/mg) . " $r->{code}";
}
is(rounds('true'), '1 0', 'make check runs the tests once by default');
is(rounds('true', REPEAT => 3), '3 0', 'make check REPEAT=3 runs the tests three times');
is(rounds('false', REPEAT => 3), '3 1', 'make check REPEAT=3 runs tests that fail three times and exits 1');
is(rounds('false', REPEAT => 3, STOP => 1), '1 1', 'make check REPEAT=3 STOP=1 stops after the first round that fails');

# A tree in a directory that other users cannot enter, as below /root, with one test and nothing to build. What another
# user of a test starts or stands in can be reached all the same.
SKIP:
{
  skip 'only root checks as other users: not root, or root that cannot be others', 5 unless is_root() && can_change_ids();
  my $tree = own_dir() . '/closed';
  make_path("$tree/tools", "$tree/tests/folder", "$tree/build/unpacked/usr/bin", "$tree/build/check/default");
  chmod 0700, $tree;
  put_file("$tree/tools/check.sh", $check);
  put_file("$tree/tools/stage.sh", "mkdir -p \"\$2/bin\"\n");
  put_file("$tree/build/unpacked/usr/bin/unpacked-tool", "#!/bin/sh\n", 0755);
  put_file("$tree/tests/folder/looks.t", <<'END', 0755);
#!/bin/sh
mkdir "$SALLYPORT_HELPERS"
for path in "$PWD" "$SALLYPORT_BIN" "$SALLYPORT_HELPERS" "$(command -v unpacked-tool)"; do echo "# looks at $path"; done >&2
echo ok 1
echo 1..1
END
  my $r = run({ dir => "$tree/build", env => { srcdir => "$tree", PATH => "$ENV{PATH}:$tree/build/unpacked/usr/sbin:$tree/build/unpacked/usr/bin", MAKE => 'false' } },
              'sh', "$tree/tools/check.sh", 'default');
  is($r->{code}, 0, 'tools/check.sh exits 0 in a tree that is closed to other users') or diag($r->{out}, $r->{err});
  my @paths = $r->{err} =~ /^# looks at (\S+)$/mg;
  is(scalar(@paths), 4, 'tools/check.sh gives a test in a closed tree a directory, programs, a place for helpers and unpacked tools');
  is(scalar(grep { index($_, $tree) == 0 } @paths), 0, 'tools/check.sh gives a test in a closed tree only paths outside the tree') or diag("@paths");
  like($r->{out}, qr{^check: other users cannot enter \Q$tree\E/build: the programs go to (\S+)$}m,
    'tools/check.sh prints where the programs of a closed tree go');
  my ($open) = $r->{out} =~ /the programs go to (\S+)/;
  ok($open && !-e $open, 'tools/check.sh removes the copied programs of a closed tree afterwards');
}

# The list of commands is JSON, and each of them compiles its file.
my $list = run({ env => { COMPILE => 'cc -DWORD="\"a b\""' } }, 'sh', source_file('tools/compile-commands.sh'), source_file('.'));
my $commands = eval { decode_json($list->{out}) };
ok($commands, 'tools/compile-commands.sh prints JSON') or diag($@, $list->{err});
my @sources = glob source_file('src/*/*.c');
is(scalar(@{$commands // []}), scalar(@sources), 'tools/compile-commands.sh prints a command for each source');
is(scalar(grep { -f $_->{file} && index($_->{command}, $_->{file}) > 0 && $_->{command} =~ /^cc -DWORD="\\"a b\\"" -c -o obj/ } @{$commands // []}),
  scalar(@sources),
  'tools/compile-commands.sh prints the name of each source and the words of COMPILE');

done_testing;
