#!/usr/bin/env perl
# The main job: git daemon --inetd, 300 commits, one clone and then 50 side by side, all intact.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $git = tool('git');
skip_all_unless('git and its daemon are installed', $git && system("$git daemon --help >/dev/null 2>&1 || $git daemon -h 2>&1 | grep -q usage") == 0);
chomp(my $where = `$git --exec-path`);
skip_all_unless('git-daemon is installed', -x "$where/git-daemon");

my $dir = own_dir();
$ENV{GIT_CONFIG_NOSYSTEM} = 1;
$ENV{GIT_CONFIG_GLOBAL} = '/dev/null';
$ENV{HOME} = $dir;

sub git { return run({ deadline => 120 }, $git, @_) }

# Each commit adds a file and changes another.
my $stream = '';
for my $n (1 .. 300)
{
  my $when = 1_600_000_000 + $n * 60;
  my $message = "commit number $n\n";
  my $file = join '', map { "line $_ of file $n\n" } 1 .. 20;
  my $log = join '', map { "entry $_\n" } 1 .. $n;
  $stream .= "commit refs/heads/main\nmark :$n\ncommitter A Test <test\@example.org> $when +0000\n"
    . 'data ' . length($message) . "\n$message" . ($n > 1 ? "from :" . ($n - 1) . "\n" : '')
    . "M 644 inline dir" . ($n % 10) . "/file$n\ndata " . length($file) . "\n$file\n"
    . "M 644 inline log\ndata " . length($log) . "\n$log\n";
}
my $repository = "$dir/served/project";
mkdir "$dir/served" or die;
git('init', '-q', '--bare', $repository)->{code} == 0 or die;
my $import = run({ stdin => $stream, deadline => 120 }, $git, '-C', $repository, 'fast-import', '--quiet');
is($import->{code}, 0, 'git makes a repository of 300 commits to serve') or diag($import->{err});
git('-C', $repository, 'symbolic-ref', 'HEAD', 'refs/heads/main');
git('-C', $repository, 'repack', '-adq');
chomp(my $tip = git('-C', $repository, 'rev-parse', 'main')->{out});
like($tip, qr/\A[0-9a-f]{40,}\z/, 'the repository that git daemon serves has a tip');

my $server = start_server(['-v', '-c', 60, '-C', 60], [$git, 'daemon', '--inetd', '--export-all', "--base-path=$dir/served"]);
my $url = "git://127.0.0.1:$server->{port}/project";

my $clone = git('clone', '-q', $url, "$dir/clone");
is($clone->{code}, 0, 'git clones a repository from git daemon --inetd under s6-tcpserver') or diag($clone->{err});
is(git('-C', "$dir/clone", 'rev-list', '--count', 'HEAD')->{out}, "300\n", 'a clone from git daemon --inetd under s6-tcpserver has all 300 commits');
is(git('-C', "$dir/clone", 'fsck', '--full', '--no-progress')->{code}, 0, 'a clone from git daemon --inetd under s6-tcpserver is intact');
is(-s "$dir/clone/log", length(join '', map { "entry $_\n" } 1 .. 300),
   'a clone from git daemon --inetd under s6-tcpserver has the whole file checked out');

my @clones = map { start(command => [$git, 'clone', '-q', '--bare', $url, "$dir/clone.$_"]) } 1 .. 50;
my @failed = grep { my $end = $_->wait(120); !$end || $end->{code} } @clones;
is(scalar(@failed), 0, 'each of 50 clones at a time from git daemon --inetd under s6-tcpserver succeeds')
  or diag(map { log_text($_) } @failed);
# Cloning checks that every object of the tip is there; what is left to see is that it is the same tip.
my @tips = map { get_file("$dir/clone.$_/packed-refs") =~ /^([0-9a-f]+) refs\/heads\/main$/m ? $1 : 'none' } 1 .. 50;
is_deeply(\@tips, [($tip) x 50], '50 clones at a time from git daemon --inetd under s6-tcpserver have the same tip');
my @broken = grep { git('-C', "$dir/clone.$_", 'fsck', '--no-progress')->{code} } 1, 25, 50;
is_deeply(\@broken, [], 'three of 50 clones at a time from git daemon --inetd under s6-tcpserver are intact');

ok(eventually(sub { log_count($server, qr/info: end /) >= 51 }), 's6-tcpserver logs the end of the git daemon of each of 51 clones');
is(log_count($server, qr/exitcode 0 /), 51, 's6-tcpserver logs the exit code 0 of the git daemon of each of 51 clones');
is(log_count($server, qr/warning|refuse/), 0, 's6-tcpserver logs no warning and no refusal with 51 clones');

done_testing();
