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
is(get_file($file), $server->pid . "\n", 'skd -P in the foreground has its pid in the file');
is(files(), 'pid', 'skd -P leaves no other file beside its pid file');
is(sprintf('%04o', (stat $file)[2] & 07777), '0644', 'skd -P makes a pid file that every user may read') if umask == 022;
page_says('A new file has mode 0644 without the bits of the umask.');
for my $case ([0, '0644'], [027, '0640'])
{
  run({ umask => $case->[0] }, bin('skd'), '-P', "$dir/mode", 'true');
  is(sprintf('%04o', (stat "$dir/mode")[2] & 07777), $case->[1], sprintf 'skd -P with the umask %03o makes a pid file of mode %s', @$case);
  unlink "$dir/mode";
}

page_says('The process keeps a lock on it.');
page_says('If another living process has that lock, skd names it and exits 111.');
my $second = run(bin('skd'), '-P', $file, '-t', '127.0.0.1:0', 'cat');
is($second->{code}, 111, 'skd -P exits 111 if another skd has the pid file');
is($second->{err}, "skd: fatal: the pid file $file belongs to the living process " . $server->pid . "\n",
   'skd -P reports the process that its pid file belongs to');
is(get_file($file), $server->pid . "\n", 'skd -P leaves a pid file alone that another skd has');
is(files(), 'pid', 'skd -P leaves no other file beside a pid file that another skd has');
my $third = run(bin('skd'), '-BP', $file, 'true');
is("$third->{code} $third->{err}", "111 $second->{err}", 'skd -B -P exits 111 and reports the process if another skd has the pid file');
is(ask($server, send => 'x'), 'x', 'skd -P serves clients after another skd asked for its pid file');

page_says('When a signal or an error ends skd, it removes file, or makes it empty if privileges or root directory do not let it remove it any more.');
for my $signal (qw(TERM INT QUIT ABRT))
{
  $server->signal($signal);
  is(($server->wait // {})->{code}, 0, "skd -P exits 0 at a SIG$signal");
  is(files(), '', "skd -P removes its pid file at a SIG$signal");
  $server = skd(['-P', $file, '-t', '127.0.0.1:0'], ['cat']);
}

my $broken = skd(['-P', "$dir/broken", '-u', '127.0.0.1:0'], [$^X, '-e', 'recv STDIN, my $in, 100, 0; shutdown STDIN, 2']);
ok(-e "$dir/broken", 'skd -P -u has a pid file before an error ends it');
send_datagram(datagram_client($broken), 'x');
is(($broken->wait // {})->{code}, 111, 'skd -P -u exits 111 if prog shuts the socket down');
ok(!-e "$dir/broken", 'skd -P -u removes its pid file when an error ends it');
my $late = run({ fds => { 1 => '/dev/null' } }, bin('skd'), '-P', "$dir/late", '-t', '127.0.0.1:0', '/nonexistent/program');
is($late->{code}, 127, 'skd -P -t exits 127 if prog does not exist');
ok(!-e "$dir/late", 'skd -P -t leaves no pid file if prog does not exist');

# Also one that came before skd could attend to it.
my $early = run($^X, '-MPOSIX', '-e', 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGTERM)); kill TERM => $$; exec @ARGV',
  bin('skd'), '-P', "$dir/early", '-t', '127.0.0.1:0', 'cat');
is($early->{code}, 0, 'skd -P exits 0 at a SIGTERM that was blocked and pending at its start');
ok(!-e "$dir/early", 'skd -P leaves no pid file at a SIGTERM that was blocked and pending at its start');

page_says('A file without a lock was left by a process that is dead, and is replaced.');
$server->signal('KILL');
$server->wait;
is(get_file($file), $server->pid . "\n", 'a SIGKILL leaves the pid file of skd -P as it was');
my $next = skd(['-P', $file, '-t', '127.0.0.1:0'], ['cat']);
is(get_file($file), $next->pid . "\n", 'skd -P replaces the pid file of an skd that was killed');
$next->signal('TERM');
$next->wait;
for my $left ("$$\n", '', 'garbage', '999999999999999999999', "1\n")
{
  put_file($file, $left);
  my $over = run(bin('skd'), '-P', $file, 'sh', '-c', 'test "$(cat "$0")" = "$$"', $file);
  is($over->{code}, 0, 'skd -P replaces a pid file without a lock that has ' . ($left =~ s/\n//r || 'nothing') . ' in it');
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
  ok($right, "one of four skd -P that start at once gets the pid file, and the others exit 111: race $_")
    or diag(join "\n", files(), get_file($file), map { ($_->alive ? 'alive ' : 'dead ') . $_->pid . ' ' . log_text($_) } @racers);
  $_->signal('KILL'), $_->wait for @winners;
}
is(files(), 'pid', 'races of skd -P leave no file but the pid file');
unlink $file;

# Another user's file is not removed.
$server = skd(['-P', $file, '-t', '127.0.0.1:0'], ['cat']);
rename $file, "$file.old" or die;
put_file($file, "other\n");
$server->signal('TERM');
$server->wait;
is(get_file($file), "other\n", 'skd -P leaves a file of another process at the path of its pid file alone');
is(get_file("$file.old"), '', 'skd -P makes its renamed pid file empty when SIGTERM ends it');
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
is(join('', @reads), '0' x 20, 'a pid file has a complete line at each moment while skd -P replaces it');

# A umask under which not even its owner may read it.
SKIP:
{
  skip 'this takes root, to become another user', 2 if $>;
  mkdir "$dir/open" or die;
  chmod 0777, "$dir/open";
  my $dark = run({ umask => 0400 }, bin('s6-applyuidgid'), '-u', 65534, '-g', 65534, '-G', '', bin('skd'), '-P', "$dir/open/pid", 'true');
  is($dark->{code}, 111, 'skd -P exits 111 if the umask makes a pid file that it is unable to lock');
  is(join(' ', glob "$dir/open/*"), '', 'skd -P leaves no file if the umask makes a pid file that it is unable to lock');
  rmdir "$dir/open";
}

# ---- what cannot be a pid file ----

unlink $file;
put_file("$dir/precious", 'words');
symlink "$dir/precious", $file or die;
my $link = run(bin('skd'), '-P', $file, 'true');
is($link->{code}, 111, 'skd -P exits 111 if its pid file is a symbolic link');
is(get_file("$dir/precious"), 'words', 'skd -P leaves the file alone that a symbolic link in the place of its pid file points to');
unlink $file, "$dir/precious";
mkdir $file or die;
is(run(bin('skd'), '-P', $file, 'true')->{code}, 111, 'skd -P exits 111 if its pid file is a directory');
rmdir $file;
is(run(bin('skd'), '-P', '/dev/null', 'true')->{err}, "skd: fatal: the pid file /dev/null is not a regular file\n",
   'skd -P reports that a device is not a regular file');
is(run(bin('skd'), '-P', '/nonexistent/pid', 'true')->{code}, 111, 'skd -P exits 111 if the directory of its pid file does not exist');
is(files(), '', 'skd -P that refuses a pid file leaves no file');

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
    is(get_file($own), $first->pid . "\n", 'skd -P writes a pid file of its own user in a directory of another user');
    my $again = run(@nobody, bin('skd'), '-P', $own, 'true');
    is("$again->{code} $again->{err}", "111 skd: fatal: the pid file $own belongs to the living process @{[$first->pid]}\n",
       'skd -P keeps a lock on a pid file that it wrote in place');
    $first->signal('TERM');
    $first->wait;
    is(get_file($own), '', 'skd -P makes a pid file that it wrote in place empty when SIGTERM ends it');
  }
  my $becomes = run(@nobody, bin('skd'), '-P', $own, 'sh', '-c', 'test "$(cat "$0")" = $$ && "$1" -P "$0" true; exit', $own, bin('skd'));
  like($becomes->{err}, qr/the pid file \Q$own\E belongs to the living process \d+$/,
       'a program that skd -P becomes has the lock on a pid file that was written in place');
  is(join(' ', glob "$kept/*"), $own, 'skd -P makes no other file beside a pid file that it writes in place');
  link $own, own_dir() . '/second-name' or die;
  is(run(@nobody, bin('skd'), '-P', $own, 'true')->{err}, "skd: fatal: unable to replace the pid file $own: Permission denied\n",
     'skd -P does not write a pid file with a second name in place');
  unlink own_dir() . '/second-name';
  chown 65533, 65534, $own or die;
  chmod 0666, $own or die;
  is(run(@nobody, bin('skd'), '-P', $own, 'true')->{code}, 111,
     'skd -P does not write a pid file of another user in place, though every user may write to it');
  unlink $own;
  is(run(@nobody, bin('skd'), '-P', $own, 'true')->{err}, "skd: fatal: unable to put in place the pid file $own: Permission denied\n",
     'skd -P reports that it is unable to make a pid file in a directory of another user');
}
SKIP:
{
  my $unshare = tool('unshare');
  skip 'unshare and mount are needed', 2 unless $unshare && tool('mount') && is_root() && !system("$unshare -m true 2>/dev/null");
  put_file($file, "1\n");
  put_file('under', "old\n");
  my $mounted = run($unshare, '-m', 'sh', '-c', 'mount --bind "$1" "$2" && "$3" -P "$2" sh -c \'test "$(cat "$0")" = $$\' "$2"', 'sh', own_dir() . '/under', $file, bin('skd'));
  is($mounted->{code}, 0, 'skd -P writes a pid file that is a mount point in place') or diag($mounted->{err});
  like(get_file(own_dir() . '/under'), qr/\A\d+\n\z/, 'skd -P with a pid file that is a mount point writes the file that is mounted there');
  unlink $file;
}

# A file system that gives a file one name only.
SKIP:
{
  my $why = can_inject();
  skip $why, 3 if $why;
  my $single = run(tool('strace'), '-f', '-o', '/dev/null', '-e', 'trace=link,linkat', '-e', 'inject=?link,linkat:error=EPERM', bin('skd'), '-P', $file, 'sh', '-c', 'test "$(cat "$0")" = "$$"', $file);
  is($single->{code}, 0, 'skd -P takes a pid file on a file system without links') or diag($single->{err});
  is(files(), 'pid', 'skd -P leaves no other file beside its pid file on a file system without links');
  unlink $file;
}

# ---- without a socket ----

page_says('Without a socket, prog inherits the lock by a descriptor that is open for reading, and file stays when prog ends.');
my $prog = start(command => [bin('skd'), '-P', $file, 'sleep', '60']);
ok(eventually(sub { get_file($file) eq $prog->pid . "\n" && get_file('/proc/' . $prog->pid . '/comm') eq "sleep\n" }),
   'prog of skd -P without a socket has the pid that is in the file');
my $owned = run(bin('skd'), '-P', $file, 'true');
is($owned->{err}, "skd: fatal: the pid file $file belongs to the living process " . $prog->pid . "\n",
   'prog of skd -P without a socket has the lock on the pid file');
my $fds = fd_targets($prog->pid);
my ($fd) = grep { $fds->{$_} =~ /^\Q$file\E/ } keys %$fds;
ok($fd, 'prog of skd -P without a socket inherits a descriptor of the pid file') or diag(explain($fds));
my ($flags) = get_file('/proc/' . $prog->pid . "/fdinfo/$fd") =~ /^flags:\s*(\d+)/m;
is(oct($flags) & 3, 0, 'prog of skd -P without a socket inherits a descriptor of the pid file that is open for reading');
$prog->signal('KILL');
$prog->wait;
is(get_file($file), $prog->pid . "\n", 'the pid file of skd -P without a socket stays when prog ends');
is(run(bin('skd'), '-P', $file, 'true')->{code}, 0, 'skd -P replaces the pid file of a prog that has ended');
is(run(bin('skd'), '-P', "$file.failed", '/nonexistent/program')->{code}, 127, 'skd -P without a socket exits 127 if prog does not exist');
ok(!-e "$file.failed", 'skd -P without a socket leaves no pid file if prog does not exist');

page_says('As with every such lock, prog gives it up when it opens file and closes it again.');
my $forgets = run(bin('skd'), '-P', $file, 'sh', '-c', 'exec 9< "$0"; exec 9<&-; "$1" -P "$0" true; exit', $file, bin('skd'));
is($forgets->{code}, 0, 'prog of skd -P without a socket gives the lock up when it opens and closes the pid file');
unlink $file;

# The supervisor of -S is the process to know.
my $super = start(command => [bin('skd'), '-SP', $file, 'sleep', '60']);
ok(eventually(sub { get_file($file) eq $super->pid . "\n" }), 'skd -S -P writes its own pid into the file');
eventually(sub { $super->served });
$super->signal('TERM');
$super->wait;
ok(!-e $file, 'skd -S -P removes its pid file when SIGTERM ends it');

# ---- after privileges were given up ----

SKIP:
{
  skip 'giving up privileges takes root', 6 unless can_change_ids();
  my %nobody = (env => { UID => 65534, GID => 65534 });
  my $shed = skd(['-UP', $file, '-t', '127.0.0.1:0'], ['cat'], %nobody);
  is(get_file($file), $shed->pid . "\n", 'skd -U -P writes its pid file with the privileges of the start');
  $shed->signal('TERM');
  is(($shed->wait // {})->{code}, 0, 'skd -U -P exits 0 at a SIGTERM');
  ok(-e $file, 'skd -U -P leaves its pid file in a directory of root when SIGTERM ends it');
  is(get_file($file), '', 'skd -U -P makes its pid file in a directory of root empty when SIGTERM ends it');
  is(run(bin('skd'), '-P', $file, 'true')->{code}, 0, 'skd -P replaces the empty pid file that skd -U left');
  unlink $file;
  chown 65534, 65534, $dir or die;
  $shed = skd(['-UP', $file, '-t', '127.0.0.1:0'], ['cat'], %nobody);
  $shed->signal('TERM');
  $shed->wait;
  ok(!-e $file, 'skd -U -P removes its pid file when SIGTERM ends it if its user may remove it');
}

done_testing();
