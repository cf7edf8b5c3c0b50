#!/usr/bin/env perl
# s6-ipcserver-socketbinder: the socket that its program finds on fd 0, and what it does to the path.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

page('s6-ipcserver-socketbinder');

my $dir = own_dir() . '/place';
mkdir $dir or die;
my @look = ($^X, source_file('tests/lib/socket-facts'));
my $program = bin('s6-ipcserver-socketbinder');
my $user = 65533;

sub bind_it
{
  my ($options, $path, %how) = @_;
  my $r = run(\%how, $program, @$options, '--', $path, @look);
  $r->{is} = { map { /^([\w-]+)=(.*)$/ ? ($1 => $2) : () } split /\n/, $r->{out} };
  return $r;
}

sub some
{
  my ($facts, @names) = @_;
  return { map { $_ => $facts->{$_} } @names };
}

# What a failure leaves alone: every name in a directory, with its inode, mode and owner.
sub picture
{
  my ($where) = @_;
  return join "\n", map { join ' ', $_, inode("$where/$_"), mode_and_owner("$where/$_") } entries($where);
}

# 111, one line with these words, and nothing changed.
sub is_refused_to
{
  my ($options, $path, $words, $name, %how) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my ($where) = $path =~ m{\A(.*)/} ? $1 : $dir;
  my $before = -d $where ? picture($where) : '';
  my $r = bind_it($options, $path, %how);
  is($r->{code}, 111, "s6-ipcserver-socketbinder, $name: it exits 111");
  is($r->{err}, "s6-ipcserver-socketbinder: fatal: unable to $words\n", "s6-ipcserver-socketbinder, $name: it prints what it is unable to do");
  is(-d $where ? picture($where) : '', $before, "s6-ipcserver-socketbinder, $name: it changes nothing in the directory");
}

# A lock that is not to be had takes a while: begun here, looked at in the end.
mkdir "$dir/locked" or die;
put_file("$dir/locked/.name.binding", 'precious');
my $waiting = start(command => [$program, "$dir/locked/name", 'true']);

# ---- by default ----

page_says('makes a Unix-domain socket, binds it to path, and makes it listen.');
page_says('The socket is non-blocking.');
my $path = unix_path();
my $r = bind_it([], $path);
is($r->{err}, '', 's6-ipcserver-socketbinder prints nothing when all goes well');
is_deeply(some($r->{is}, qw(type listening nonblocking cloexec path)),
          { type => SOCK_STREAM, listening => 1, nonblocking => 1, cloexec => 0, path => $path },
          's6-ipcserver-socketbinder passes on a stream socket that listens as fd 0');

page_says('All other descriptors, the environment, the umask and the process id stay as they are.');
open my $null, '<', '/dev/null' or die;
my @chain = ($program, unix_path());
is(run({ fds => { 5 => $null } }, @chain, 'sh', '-c', 'ls /proc/$$/fd; :')->{out}, "0\n1\n2\n5\n",
  's6-ipcserver-socketbinder adds and loses no other descriptor');
is_deeply([sort split /\n/, run({ only_env => { A => 1, B => '' } }, @chain, tool('env'))->{out}], ['A=1', 'B='],
  's6-ipcserver-socketbinder leaves the environment as it is');
like(run({ umask => 0137 }, @chain, 'sh', '-c', 'umask')->{out}, qr/\A0*137\n\z/, 's6-ipcserver-socketbinder leaves the umask as it is');
my $process = start(command => [@chain, 'sh', '-c', 'echo $$']);
is(readline($process->out), $process->pid . "\n", 's6-ipcserver-socketbinder keeps its process id when it becomes prog');
$process->wait;
page_says('changes no variable.');
page_says('leaves all signals as they are.');
my $signals = run({ ignore => ['USR1'], block => ['USR2'] }, @chain, 'grep', '-E', '^Sig(Blk|Ign)', '/proc/self/status')->{out};
like($signals, qr/SigBlk:\s*0*800$/m, 's6-ipcserver-socketbinder leaves a blocked signal blocked');
like($signals, qr/SigIgn:\s*[0-9a-f]{8}[08]0{4}200$/m, 's6-ipcserver-socketbinder leaves an ignored signal ignored');
page_says('has the exit code of prog, unless one of these comes first:');
is(run(@chain, 'sh', '-c', 'exit 33')->{code}, 33, 's6-ipcserver-socketbinder has the exit code of prog');
is(run(@chain, 'no-such-program')->{code}, 127, 's6-ipcserver-socketbinder exits 127 if prog does not exist');
is(run(@chain, $dir)->{code}, 126, 's6-ipcserver-socketbinder exits 126 if prog cannot be executed');

# ---- options ----

page_says('With 0, the socket is bound and does not listen.');
page_says('Let n clients wait to be accepted.');
$r = bind_it(['-b', 0], $path);
is_deeply(some($r->{is}, qw(listening path)), { listening => 0, path => $path }, 's6-ipcserver-socketbinder -b 0 binds and does not listen');
for my $n (1, 3)
{
  my $holder = start(command => [$program, '-b', $n, $path, 'sh', '-c', 'echo ready; exec sleep 1000']);
  readline $holder->out;
  my $client = sub { IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path, Blocking => 0, Timeout => 0) };
  my @held;
  while (my $socket = $client->())
  {
    last if $!{EAGAIN} || push(@held, $socket) > 10;
  }
  is(scalar(@held), $n + 1, "s6-ipcserver-socketbinder -b $n lets $n clients and one more wait");
  $holder->signal('KILL');
  $holder->wait;
}
page_says('The default is the largest number that the system allows.');
SKIP:
{
  skip 'ss, to read a backlog with, is not installed', 1 unless tool('ss');
  my $max = get_file('/proc/sys/net/core/somaxconn') + 0;
  like(run($program, $path, 'sh', '-c', 'ss -Hlx src "$0"', $path)->{out}, qr/LISTEN\s+0\s+$max\s/,
    "s6-ipcserver-socketbinder has the largest backlog of the system by default, $max");
}
page_says('Make a stream socket. This is the default.');
page_says('Make a datagram socket.');
page_says('It does not listen, unless a backlog is given; the system refuses that.');
page_says('Make a seqpacket socket, which has connections and keeps the boundaries of messages.');
page_says('If an option is given twice, the last one counts.');
for ([['-M'], SOCK_STREAM, 1], [['--stream'], SOCK_STREAM, 1], [['-m'], SOCK_DGRAM, 0], [['--datagram'], SOCK_DGRAM, 0],
     [['--seqpacket'], SOCK_SEQPACKET, 1], [['-m', '--seqpacket'], SOCK_SEQPACKET, 1], [['--seqpacket', '-m'], SOCK_DGRAM, 0], [['-mM'], SOCK_STREAM, 1])
{
  my ($options, $type, $listens) = @$_;
  is_deeply(some(bind_it($options, $path)->{is}, qw(type listening)), { type => $type, listening => $listens },
    "s6-ipcserver-socketbinder @$options makes a socket of type $type, listening: $listens");
}
is_refused_to(['-m', '-b', 1], "$dir/new", "listen to $dir/new: Operation not supported", 'a datagram socket with a backlog');
page_says('Make the socket blocking.');
is(bind_it([$_], $path)->{is}{nonblocking}, 0, "s6-ipcserver-socketbinder $_ makes the socket blocking") for '-B', '--block';

# ---- mode and owner ----

page_says('The default is 0777, everyone, whatever the umask is.');
page_says('Give path this octal mode: its write permissions decide who may connect.');
my ($mine) = split ' ', $);
for my $type ([], ['-m'], ['--seqpacket'])
{
  my $new = unix_path();
  bind_it($type, $new, umask => 077);
  is(mode_and_owner($new), "0777 $>:$mine", join(' ', 's6-ipcserver-socketbinder', @$type, 'gives the path mode 0777 with umask 077'));
  for (['0640', '0640'], ['622', '0622'], ['0', '0000'], ['0777', '0777'])
  {
    unlink $new;
    bind_it([@$type, '-a', $_->[0]], $new, umask => 022);
    is(mode_and_owner($new), "$_->[1] $>:$mine", join(' ', 's6-ipcserver-socketbinder', @$type, "-a $_->[0] gives the path mode $_->[1]"));
  }
  unlink $new;
}
SKIP:
{
  skip 'giving a path to another user takes root', 5 unless can_change_ids();
  page_says('Give path this owner and this group.');
  for my $type ([], ['-m'], ['--seqpacket'])
  {
    bind_it([@$type, '--owner=65533:65532', '-a', '0620'], $path);
    is(mode_and_owner($path), '0620 65533:65532', join(' ', 's6-ipcserver-socketbinder', @$type, '--owner -a gives the path its owner and its mode'));
  }
  bind_it(['--owner=65533:0'], $path, umask => 077);
  is(mode_and_owner($path), '0777 65533:0', 's6-ipcserver-socketbinder --owner without -a gives the path its owner and mode 0777');
}
SKIP:
{
  skip 'setfacl, for a directory with a default ACL, is not installed', 1 unless tool('setfacl');
  mkdir "$dir/acl" or die;
  skip 'this file system has no ACLs', 1 unless system('setfacl', '-d', '-m', 'u::rwx,g::---,o::---', "$dir/acl") == 0;
  bind_it(['-a', '0666'], "$dir/acl/name");
  is(mode_and_owner("$dir/acl/name"), "0666 $>:$mine", 's6-ipcserver-socketbinder -a gives the path its mode in a directory with a default ACL');
}

# ---- names ----

page_says('is a path in the file system, of at most 107 bytes on Linux.');
my $longest = "$dir/" . 'x' x (107 - 1 - length $dir);
is(bind_it([], $longest)->{is}{path}, $longest, 's6-ipcserver-socketbinder binds a path of 107 bytes');
is_refused_to([], $longest . 'x', "bind to ${longest}x: a path has at most 107 bytes", 'a path of 108 bytes');
unlink $longest;
is(bind_it([], 'relative', dir => $dir)->{is}{path}, 'relative', 's6-ipcserver-socketbinder binds a relative path');
is(bind_it([], "./\n*", dir => $dir)->{is}{path}, './', 's6-ipcserver-socketbinder binds a path with a newline in it');
unlink "$dir/\n*";

page_says('With a leading @ it is an abstract name instead: the bytes after the @, which are in no directory, have neither mode nor owner, and are free again as soon as no process has the socket open.');
my $name = "\@sallyport-test-$$";
is_deeply(some(bind_it([], $name, dir => $dir)->{is}, qw(path listening)), { path => $name, listening => 1 },
  's6-ipcserver-socketbinder binds an abstract name, and again when it is free') for 1, 2;
is_deeply([grep { /sallyport/ } entries($dir)], [], 's6-ipcserver-socketbinder makes no file for an abstract name');
my $taken = unix_listener(Local => "\0sallyport-taken-$$");
is_refused_to([], "\@sallyport-taken-$$", "bind to \@sallyport-taken-$$: Address already in use", 'an abstract name that is taken');
page_says('It cannot be given with an abstract name.');
for my $option ('--mode=0600', '--owner=0:0')
{
  $r = bind_it([$option], $name);
  is($r->{code}, 100, "s6-ipcserver-socketbinder $option with an abstract name exits 100");
  like($r->{err}, qr/\As6-ipcserver-socketbinder: usage: --(?:mode|owner) .*\Q$name\E/,
    "s6-ipcserver-socketbinder $option with an abstract name prints both of them");
}

# ---- what is replaced ----

page_says('replaces it if it is a socket that no process has bound any more.');
page_says('Replace a socket that no process serves any more. This is the default.');
for my $old (SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM)
{
  for my $options ([], ['-d'], ['--reuse-address'], ['-m'], ['--seqpacket'], ['-D', '-d'])
  {
    my $was = inode(stale_socket("$dir/stale", $old));
    $r = bind_it($options, "$dir/stale");
    is($r->{is}{path}, "$dir/stale", join(' ', 's6-ipcserver-socketbinder', @$options, "replaces a stale socket of type $old"));
    unlink "$dir/stale";
  }
}

page_says('Anything else at path is an error, and is left as it is: a socket that a process still has, whether it listens or not and whatever its type is, a file, a directory, a symbolic link.');
page_says('unable to bind to PATH: Address already in use');
page_says('A process has a socket there.');
page_says('The system refused to make, prepare or bind the socket, or path is taken.');
mkdir "$dir/other" or die;
for my $type (SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM)
{
  for my $listens ($type == SOCK_DGRAM ? () : (Listen => 5), 0)
  {
    my $alive = "$dir/other/alive";
    my $socket = IO::Socket::UNIX->new(Type => $type, Local => $alive, $listens ? (Listen => 5) : ()) or die "cannot bind: $!";
    for my $options ([], ['-m'], ['--seqpacket'], ['-D'])
    {
      is_refused_to($options, $alive, "bind to $alive: Address already in use", "a living socket of type $type, listening: $listens, @$options");
    }
    page_says('Finding out does not disturb the other server: it gets no connection and no message.');
    $socket->blocking(0);
    ok(!($listens ? $socket->accept : $socket->recv(my $message, 100)),
      "s6-ipcserver-socketbinder does not disturb a living socket of type $type, listening: $listens");
    unlink $alive;
  }
}
page_says('unable to bind to PATH: what is there is not a socket');
put_file("$dir/other/file", 'precious');
mkdir "$dir/other/directory" or die;
symlink '../stale', "$dir/other/link" or die;
symlink 'nowhere', "$dir/other/dangling" or die;
stale_socket("$dir/stale");
is_refused_to([], "$dir/other/$_", "bind to $dir/other/$_: what is there is not a socket", "a $_") for qw(file directory link dangling);
is(get_file("$dir/other/file"), 'precious', 's6-ipcserver-socketbinder leaves the content of a file at its path alone');
ok(-S "$dir/stale", 's6-ipcserver-socketbinder leaves the socket alone that a link at its path points to');

page_says('Replace nothing: whatever is at path is an error.');
page_says('With -D, something is there.');
is_refused_to([$_], "$dir/stale", "bind to $dir/stale: Address already in use", "a stale socket with $_") for '-D', '--no-reuse-address';
is_refused_to(['-D'], "$dir/other/file", "bind to $dir/other/file: Address already in use", 'a file with -D');
is(bind_it(['-D'], unix_path())->{code}, 0, 's6-ipcserver-socketbinder -D binds a path where there is nothing');

# ---- what goes wrong ----

SKIP:
{
  skip 'mounting takes root and a mount namespace', 1 unless can_change_ids() && run('unshare', '-m', 'true')->{code} == 0;
  stale_socket("$dir/mounted");
  stale_socket("$dir/source");
  my $mounted = run('unshare', '-m', 'sh', '-c', 'mount --bind "$0" "$1" && exec "$2" "$1" true', "$dir/source", "$dir/mounted", $program);
  is($mounted->{err}, "s6-ipcserver-socketbinder: fatal: unable to bind to $dir/mounted: something is mounted there\n",
    's6-ipcserver-socketbinder prints that something is mounted at its path');
}
page_says('With 111, it names what was tried for which path and what the system answered, and nothing has been changed.');
page_says('Such a path cannot be bound to, or not by this user.');
is_refused_to([], "$dir/missing/name", "bind to $dir/missing/name: No such file or directory", 'a directory that is missing');
is_refused_to([], "$dir/other/file/name", "bind to $dir/other/file/name: Not a directory", 'a file for a directory');
SKIP:
{
  skip 'trying without rights takes root', 21 unless can_change_ids();
  my %as_user = (before => sub { $( = $) = "$user $user"; $< = $> = $user });
  is_refused_to([], "$dir/new", "bind to $dir/new: Permission denied", 'a directory without permission', %as_user);
  chmod 0777, "$dir/stale";
  is_refused_to([], "$dir/stale", "bind to $dir/stale: Permission denied", 'a stale socket in a directory without permission', %as_user);
  mkdir "$dir/open" or die;
  chmod 0777, "$dir/open";
  is_refused_to(['--owner=0:0'], "$dir/open/new", "change the owner of $dir/open/new: Operation not permitted", 'an owner that only root can give', %as_user);
  chmod 0777, stale_socket("$dir/open/stale");
  is_refused_to(['--owner=0:0'], "$dir/open/stale", "change the owner of $dir/open/stale: Operation not permitted",
    'an owner that only root can give, where a stale socket is', %as_user);
  chmod 01777, "$dir/open";
  is_refused_to([], "$dir/open/stale", "bind to $dir/open/stale: Operation not permitted", "another user's stale socket in a sticky directory", %as_user);
  page_says('It takes the right to connect: a socket of another user whose mode keeps this user out is an error too.');
  mkdir "$dir/own" or die;
  chown $user, $user, "$dir/own";
  bind_it(['-a', '0'], "$dir/own/shut", %as_user);
  is(run({ %as_user }, $program, '-a', 0, "$dir/own/shut", 'true')->{code}, 0, 's6-ipcserver-socketbinder replaces an own stale socket of mode 0');
  is(sprintf('%04o', (stat "$dir/own/shut")[2] & 07777), '0000', 's6-ipcserver-socketbinder -a 0 gives the socket mode 0 that replaces one');
  my $living = start_server(['-a', 0], ['cat'], path => "$dir/own/living", %as_user);
  is_refused_to([], "$dir/own/living", "bind to $dir/own/living: Address already in use", 'an own living socket of mode 0', %as_user);
  is(sprintf('%04o', (stat "$dir/own/living")[2] & 07777), '0000', 's6-ipcserver-socketbinder leaves the mode of an own living socket as it was');
  $living->put_down;
  chown 60009, 60009, "$dir/own/shut";
  is_refused_to([], "$dir/own/shut", "bind to $dir/own/shut: Permission denied", "another user's stale socket with mode 0", %as_user);
  is(run({ %as_user }, $program, '--', "$dir/open/own", 'true')->{code}, 0,
    's6-ipcserver-socketbinder binds and replaces an own path in a sticky directory') for 1, 2;
}
page_says('If the new one cannot be made, the old one gets its place back.');
is_refused_to(['-m', '-b', 1], "$dir/stale", "listen to $dir/stale: Operation not supported", 'a stale socket, and a failure after binding');

# ---- helper files ----

page_says('and removes it when the socket is ready, which takes less than a millisecond.');
page_says('The socket that is replaced bears the name .NAME.replaced until the new one is ready.');
mkdir "$dir/clean" or die;
bind_it([], "$dir/clean/name") for 1 .. 3;
is_deeply([entries("$dir/clean")], ['name'], 's6-ipcserver-socketbinder leaves no file but the socket');
page_says('One that a killed process has left is taken over and removed.');
put_file("$dir/clean/.name.binding", '');
stale_socket("$dir/clean/.name.replaced");
is(bind_it([], "$dir/clean/name")->{code}, 0, 's6-ipcserver-socketbinder binds where a killed process has left its helper files');
is_deeply([entries("$dir/clean")], ['name'], 's6-ipcserver-socketbinder removes the helper files that a killed process has left');
page_says('If another process holds the lock for about five seconds, s6-ipcserver-socketbinder gives up.');
page_says('unable to bind to PATH: another process is binding it, and has held LOCK for some seconds');
is_deeply($waiting->wait, { code => 111, signal => 0 }, 's6-ipcserver-socketbinder exits 111 if another process keeps the lock');
is(log_text($waiting), "s6-ipcserver-socketbinder: fatal: unable to bind to $dir/locked/name: "
  . "another process is binding it, and has held $dir/locked/.name.binding for some seconds\n",
  's6-ipcserver-socketbinder prints that another process has held the lock for some seconds');
is(get_file("$dir/locked/.name.binding"), 'precious', 's6-ipcserver-socketbinder leaves a lock file alone that another process keeps');

done_testing();
