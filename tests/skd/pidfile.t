#!/usr/bin/env perl
# skd -P: whose pid is in the file, when, and what becomes of the file.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Skd;
use Fcntl qw(:flock);

page('skd');

my $dir = own_dir() . '/run';
mkdir $dir or die;
my $file = "$dir/pid";

sub files { opendir my $d, $dir or die; return join ' ', sort grep { !/^\./ } readdir $d }

page_says('Keep the process id in file: that of the daemon, also with -B.');
my $server = skd(['-P', $file, '-t', '127.0.0.1:0'], ['cat']);
is(get_file($file), $server->pid . "\n", 'the pid in the foreground');
is(files(), 'pid', 'no other file is left beside it');
is(sprintf('%04o', (stat $file)[2] & 07777), '0644', 'everyone may read it') if umask == 022;
page_says('A new file has mode 0644 without the bits of the umask.');
for my $case ([0, '0644'], [027, '0640'])
{
  run({ umask => $case->[0] }, bin('skd'), '-P', "$dir/mode", 'true');
  is(sprintf('%04o', (stat "$dir/mode")[2] & 07777), $case->[1], sprintf 'umask %03o', $case->[0]);
  unlink "$dir/mode";
}

page_says('The process keeps a lock on it.');
page_says('If another living process has that lock, skd names it and exits 111.');
my $second = run(bin('skd'), '-P', $file, '-t', '127.0.0.1:0', 'cat');
is($second->{code}, 111, 'a second one exits 111');
is($second->{err}, "skd: fatal: the pid file $file belongs to the living process " . $server->pid . "\n", 'and names the first');
is(get_file($file), $server->pid . "\n", 'the file is left alone');
is(files(), 'pid', 'and so is the directory');
my $third = run(bin('skd'), '-BP', $file, 'true');
is("$third->{code} $third->{err}", "111 $second->{err}", 'the same with -B');
is(ask($server, send => 'x'), 'x', 'the first one goes on');

page_says('When a signal or an error ends skd, it removes file, or makes it empty if privileges or root directory do not let it remove it any more.');
for my $signal (qw(TERM INT QUIT ABRT))
{
  $server->signal($signal);
  is(($server->wait // {})->{code}, 0, "SIG$signal");
  is(files(), '', 'the file is gone');
  $server = skd(['-P', $file, '-t', '127.0.0.1:0'], ['cat']);
}

my $broken = skd(['-P', "$dir/broken", '-u', '127.0.0.1:0'], [$^X, '-e', 'recv STDIN, my $in, 100, 0; shutdown STDIN, 2']);
ok(-e "$dir/broken", 'a pid file');
send_datagram(datagram_client($broken), 'x');
is(($broken->wait // {})->{code}, 111, 'an error ends skd');
ok(!-e "$dir/broken", 'the file is gone after an error, too');
my $late = run({ fds => { 1 => '/dev/null' } }, bin('skd'), '-P', "$dir/late", '-t', '127.0.0.1:0', '/nonexistent/program');
is($late->{code}, 127, 'a start that fails late');
ok(!-e "$dir/late", 'leaves no file');

# Also one that came before skd could attend to it.
my $early = run($^X, '-MPOSIX', '-e', 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGTERM)); kill TERM => $$; exec @ARGV',
  bin('skd'), '-P', "$dir/early", '-t', '127.0.0.1:0', 'cat');
is($early->{code}, 0, 'a SIGTERM that waits for skd to be ready');
ok(!-e "$dir/early", 'the file is gone');

page_says('A file without a lock was left by a process that is dead, and is replaced.');
$server->signal('KILL');
$server->wait;
is(get_file($file), $server->pid . "\n", 'SIGKILL leaves the file');
my $next = skd(['-P', $file, '-t', '127.0.0.1:0'], ['cat']);
is(get_file($file), $next->pid . "\n", 'the next one replaces it');
$next->signal('TERM');
$next->wait;
for my $left ("$$\n", '', 'garbage', '999999999999999999999', "1\n")
{
  put_file($file, $left);
  my $over = run(bin('skd'), '-P', $file, 'sh', '-c', 'test "$(cat "$0")" = "$$"', $file);
  is($over->{code}, 0, 'a file without a lock that says ' . ($left =~ s/\n//r || 'nothing') . ' is replaced');
}
unlink $file;

# Two that start at once: one of them gets it.
for (1 .. 20)
{
  my @racers = map { start(command => [bin('skd'), '-P', $file, 'sh', '-c', 'echo up; exec sleep 60']) } 1 .. 4;
  eventually(sub { (grep { $_->alive } @racers) == 1 });
  my @winners = grep { $_->alive } @racers;
  my @losers = grep { !$_->alive } @racers;
  # The others end as soon as it holds the old file, a moment before its own is there.
  my $placed = @winners == 1 && eventually(sub { get_file($file) eq $winners[0]->pid . "\n" && files() eq 'pid' });
  my $right = $placed && !grep { $_->wait->{code} != 111 || log_text($_) !~ /belongs to the living process \d+\n\z/ } @losers;
  ok($right, "race $_") or diag(join "\n", files(), get_file($file), map { ($_->alive ? 'alive ' : 'dead ') . $_->pid . ' ' . log_text($_) } @racers);
  $_->signal('KILL'), $_->wait for @winners;
}
is(files(), 'pid', 'no other file is left by a race');
unlink $file;

# Another user's file is not removed.
$server = skd(['-P', $file, '-t', '127.0.0.1:0'], ['cat']);
rename $file, "$file.old" or die;
put_file($file, "other\n");
$server->signal('TERM');
$server->wait;
is(get_file($file), "other\n", 'a file that is not ours any more is left alone');
is(get_file("$file.old"), '', 'and ours names no process');
unlink $file, "$file.old";

page_says('A reader finds file complete.');
# Read as fast as can be while it is replaced: it is never empty or half.
put_file($file, "4194304\n");
my @reads;
for (1 .. 20)
{
  my $p = start(command => [bin('skd'), '-P', $file, 'true']);
  my $bad = 0;
  while ($p->alive) { $bad++ unless get_file($file) =~ /\A[1-9]\d*\n\z/ }
  push @reads, $bad;
}
is(join('', @reads), '0' x 20, 'never less than a line');

# A umask under which not even its owner may read it.
SKIP:
{
  skip 'this takes root, to become another user', 2 if $>;
  mkdir "$dir/open" or die;
  chmod 0777, "$dir/open";
  my $dark = run({ umask => 0400 }, bin('s6-applyuidgid'), '-u', 65534, '-g', 65534, '-G', '', bin('skd'), '-P', "$dir/open/pid", 'true');
  is($dark->{code}, 111, 'a file that cannot be locked');
  is(join(' ', glob "$dir/open/*"), '', 'leaves nothing over');
  rmdir "$dir/open";
}

# ---- what cannot be a pid file ----

unlink $file;
put_file("$dir/precious", 'words');
symlink "$dir/precious", $file or die;
my $link = run(bin('skd'), '-P', $file, 'true');
is($link->{code}, 111, 'a symbolic link is not followed');
is(get_file("$dir/precious"), 'words', 'what it points to is left alone');
unlink $file, "$dir/precious";
mkdir $file or die;
is(run(bin('skd'), '-P', $file, 'true')->{code}, 111, 'a directory');
rmdir $file;
is(run(bin('skd'), '-P', '/dev/null', 'true')->{err}, "skd: fatal: the pid file /dev/null is not a regular file\n", 'a device');
is(run(bin('skd'), '-P', '/nonexistent/pid', 'true')->{code}, 111, 'no such directory');
is(files(), '', 'nothing is left');

# ---- in place ----

page_says('If its directory cannot be written, or file is a mount point, a file that belongs to the user of skd and has no other name is written in place: a reader finds its first line complete.');
page_says('A symbolic link, and what is not a regular file, is refused.');
SKIP:
{
  skip 'this takes root, to become another user', 20 unless can_change_ids();
  my $kept = own_dir() . '/kept';
  mkdir $kept or die;
  my $own = "$kept/pid";
  my @nobody = (bin('s6-applyuidgid'), '-u', 65534, '-g', 65534, '-G', '');
  chmod 0755, own_dir();
  for my $old ('', "1\n", "99999999999\n", "no number\nand more\n")
  {
    put_file($own, $old);
    chown 65534, 65534, $own or die;
    my $first = start_listening(ip => '127.0.0.1', command => [@nobody, bin('skd'), '-P', $own, '-t', '127.0.0.1:0', 'cat']);
    is(get_file($own), $first->pid . "\n", 'an own file in the directory of another is written');
    my $again = run(@nobody, bin('skd'), '-P', $own, 'true');
    is("$again->{code} $again->{err}", "111 skd: fatal: the pid file $own belongs to the living process @{[$first->pid]}\n", 'and locked');
    $first->signal('TERM');
    $first->wait;
    is(get_file($own), '', 'and empty in the end');
  }
  my $becomes = run(@nobody, bin('skd'), '-P', $own, 'sh', '-c', 'test "$(cat "$0")" = $$ && "$1" -P "$0" true; exit', $own, bin('skd'));
  like($becomes->{err}, qr/the pid file \Q$own\E belongs to the living process \d+$/, 'a program that skd becomes has the lock, too');
  is(join(' ', glob "$kept/*"), $own, 'nothing else is made there');
  link $own, own_dir() . '/second-name' or die;
  is(run(@nobody, bin('skd'), '-P', $own, 'true')->{err}, "skd: fatal: unable to replace the pid file $own: Permission denied\n", 'a file with a second name is not written');
  unlink own_dir() . '/second-name';
  chown 65533, 65534, $own or die;
  chmod 0666, $own or die;
  is(run(@nobody, bin('skd'), '-P', $own, 'true')->{code}, 111, 'nor is that of another user, though every user may write to it');
  unlink $own;
  is(run(@nobody, bin('skd'), '-P', $own, 'true')->{err}, "skd: fatal: unable to put in place the pid file $own: Permission denied\n", 'without a file there is nothing to write to');
}
SKIP:
{
  my $unshare = tool('unshare');
  skip 'unshare and mount are needed', 2 unless $unshare && tool('mount') && is_root() && !system("$unshare -m true 2>/dev/null");
  put_file($file, "1\n");
  put_file('under', "old\n");
  my $mounted = run($unshare, '-m', 'sh', '-c', 'mount --bind "$1" "$2" && "$3" -P "$2" sh -c \'test "$(cat "$0")" = $$\' "$2"', 'sh', own_dir() . '/under', $file, bin('skd'));
  is($mounted->{code}, 0, 'a mount point is written in place') or diag($mounted->{err});
  like(get_file(own_dir() . '/under'), qr/\A\d+\n\z/, 'and so is what is mounted there');
  unlink $file;
}

# A file system that gives a file one name only.
SKIP:
{
  my $why = can_inject();
  skip $why, 3 if $why;
  my $single = run(tool('strace'), '-f', '-o', '/dev/null', '-e', 'trace=link,linkat', '-e', 'inject=?link,linkat:error=EPERM', bin('skd'), '-P', $file, 'sh', '-c', 'test "$(cat "$0")" = "$$"', $file);
  is($single->{code}, 0, 'a file system without links') or diag($single->{err});
  is(files(), 'pid', 'leaves no other file there');
  unlink $file;
}

# ---- without a socket ----

page_says('Without a socket, prog inherits the lock by a descriptor that is open for reading, and file stays when prog ends.');
my $prog = start(command => [bin('skd'), '-P', $file, 'sleep', '60']);
ok(eventually(sub { get_file($file) eq $prog->pid . "\n" && get_file('/proc/' . $prog->pid . '/comm') eq "sleep\n" }), 'prog has the pid');
my $owned = run(bin('skd'), '-P', $file, 'true');
is($owned->{err}, "skd: fatal: the pid file $file belongs to the living process " . $prog->pid . "\n", 'and the lock');
my $fds = fd_targets($prog->pid);
my ($fd) = grep { $fds->{$_} =~ /^\Q$file\E/ } keys %$fds;
ok($fd, 'by a descriptor') or diag(explain($fds));
my ($flags) = get_file('/proc/' . $prog->pid . "/fdinfo/$fd") =~ /^flags:\s*(\d+)/m;
is(oct($flags) & 3, 0, 'open for reading');
$prog->signal('KILL');
$prog->wait;
is(get_file($file), $prog->pid . "\n", 'the file stays');
is(run(bin('skd'), '-P', $file, 'true')->{code}, 0, 'and can be replaced');
is(run(bin('skd'), '-P', "$file.failed", '/nonexistent/program')->{code}, 127, 'a program that does not exist');
ok(!-e "$file.failed", 'leaves no pid file');

page_says('As with every such lock, prog gives it up when it opens file and closes it again.');
my $forgets = run(bin('skd'), '-P', $file, 'sh', '-c', 'exec 9< "$0"; exec 9<&-; "$1" -P "$0" true; exit', $file, bin('skd'));
is($forgets->{code}, 0, 'a program that opens and closes the file has no lock any more');
unlink $file;

# The supervisor of -S is the process to know.
my $super = start(command => [bin('skd'), '-SP', $file, 'sleep', '60']);
ok(eventually(sub { get_file($file) eq $super->pid . "\n" }), 'with -S: the pid of skd');
eventually(sub { $super->served });
$super->signal('TERM');
$super->wait;
ok(!-e $file, 'which removes the file');

# ---- after privileges were given up ----

SKIP:
{
  skip 'giving up privileges takes root', 6 unless can_change_ids();
  my %nobody = (env => { UID => 65534, GID => 65534 });
  my $shed = skd(['-UP', $file, '-t', '127.0.0.1:0'], ['cat'], %nobody);
  is(get_file($file), $shed->pid . "\n", 'written with the privileges of the start');
  $shed->signal('TERM');
  is(($shed->wait // {})->{code}, 0, 'it ends');
  ok(-e $file, 'the directory of root keeps the file');
  is(get_file($file), '', 'which is empty');
  is(run(bin('skd'), '-P', $file, 'true')->{code}, 0, 'and can be replaced');
  unlink $file;
  chown 65534, 65534, $dir or die;
  $shed = skd(['-UP', $file, '-t', '127.0.0.1:0'], ['cat'], %nobody);
  $shed->signal('TERM');
  $shed->wait;
  ok(!-e $file, 'where the user may remove it, it is removed');
}

done_testing();
