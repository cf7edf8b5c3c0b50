#!/usr/bin/env perl
# Hostile starts: whatever the caller did to signals, descriptors, limits and the environment, the programs serve,
# or say in words why not.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

page('s6-tcpserverd');

sub listener { return (busy_port(@_))[0] }

sub daemon_on
{
  my ($listener, $options, $prog, %how) = @_;
  my $server = start(%how, command => [@{$how{under} // []}, bin('s6-tcpserverd'), @$options, @$prog], fds => { 0 => $listener, %{$how{fds} // {}} });
  @$server{qw(ip port)} = ($listener->sockhost, $listener->sockport);
  return $server;
}

sub serves
{
  my ($server, $name, $times) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $good = grep { ask($server, send => "hello\n") eq "hello\n" } 1 .. $times // 3;
  is($good, $times // 3, "$name: serves");
}

# ---- signals ----

page_says('These signals are obeyed also if the caller had blocked or ignored them');
my @catchable = grep { !/^(?:KILL|STOP)$/ && POSIX->can("SIG$_") } qw(HUP INT QUIT ILL TRAP ABRT BUS FPE USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT TSTP TTIN TTOU);
for my $way ([], ['--portable-launch'])
{
  for my $how ([block => ['CHLD']], [ignore => ['CHLD']], [block => [@catchable]], [ignore => [@catchable]], [block => [@catchable], ignore => [@catchable]])
  {
    my $name = "@$way " . join ' and ', map { ref $_ ? scalar(@$_) . ' signals' : $_ } @$how;
    my $server = start_server(['-c', 1, @$way], ['cat'], @$how);
    serves($server, $name);
    ok(eventually(sub { !zombies($server->pid) }), "$name: no zombie");
    $server->signal('TERM');
    is_deeply($server->wait, { code => 0, signal => 0 }, "$name: SIGTERM is obeyed");
  }
}

# ---- standard descriptors ----

page_says('A standard descriptor that is closed at the start becomes /dev/null.');
for my $closed ([1], [2], [1, 2])
{
  my $server = daemon_on(listener(), ['-v2'], ['cat'], closed => $closed);
  serves($server, "closed: @$closed");
  my $open = fd_targets($server->pid);
  is(join(' ', map { $open->{$_} } @$closed), join(' ', ('/dev/null') x @$closed), "closed: @$closed: /dev/null");
}
for my $closed ([0], [0, 1], [0, 2], [0, 1, 2])
{
  is(run({ closed => $closed, fds => {} }, bin('s6-tcpserverd'), 'true')->{code}, 100, "closed: @$closed: there is nothing to serve, exit 100");
}

# Every program, started with descriptors closed, ends in words or does its work; none mistakes a descriptor of its
# own for a standard one.
opendir my $programs, $ENV{SALLYPORT_BIN} or die;
for my $program (sort grep { -x "$ENV{SALLYPORT_BIN}/$_" && !/^\./ } readdir $programs)
{
  my @codes = map { run({ closed => $_ }, "$ENV{SALLYPORT_BIN}/$program", '--nonesuch')->{code} // 'killed' } [0], [1], [2], [0, 1, 2];
  is("@codes", '100 100 100 100', "$program, a wrong option and with descriptors closed: exit 100");
}
for my $closed ([0], [1], [2], [0, 1, 2])
{
  my ($busy, $port) = busy_port();
  close $busy;
  my $server = start(command => [bin('s6-tcpserver'), '127.0.0.1', $port, 'cat'], closed => $closed);
  @$server{qw(ip port)} = ('127.0.0.1', $port);
  eventually(sub { eval { open_client($server) } || !$server->alive });
  serves($server, "s6-tcpserver, closed: @$closed");
}

# ---- limits ----

for (['a stack of 256 kB', 's', 256], ['no core dumps', 'c', 0], ['16 descriptors', 'n', 16])
{
  my ($name, $letter, $limit) = @$_;
  for my $way ([], ['--portable-launch'])
  {
    serves(start_server(['-v', '-c', 100000, '-C', 100000, @$way], ['cat'], under => [with_rlimit($letter => $limit)]), "$name @$way");
  }
}

# ---- a chroot with nothing in it but the programs: no /dev/null ----

SKIP:
{
  skip 'needs root', 1 unless is_root();
  skip 'busybox is not installed', 1 unless tool('busybox');
  skip 'chroot is not installed', 1 unless tool('chroot');
  my $root = own_dir() . '/root';
  mkdir $root or die;
  put_in_root($root, bin('s6-tcpserverd'), bin('s6-tcpserverd'));
  put_in_root($root, tool('busybox'), '/cat');
  my @under = (tool('chroot'), $root);
  skip 'chroot is not allowed', 1 if run(@under, '/cat', '--help')->{code} && !-x "$root/cat";
  my $server = daemon_on(listener(), ['-v2'], ['/cat'], under => \@under);
  serves($server, 'no /dev/null');
  is(fd_targets($server->pid)->{1}, $root, 'the root directory stands in for it');
  serves(daemon_on(listener(), ['-v2'], ['/cat'], under => \@under, closed => [1, 2]), 'no /dev/null, stdout and stderr closed');
}

# ---- what is no listener ----

page_says('The command line or the announcement is wrong, or the listener is not a listening TCP socket.');
my $bound = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Type => IO::Socket::SOCK_STREAM()) or die;
my $datagram = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Type => IO::Socket::SOCK_DGRAM()) or die;
pipe my $in, my $out or die;
for (['a socket that does not listen', $bound], ['a datagram socket', $datagram], ['a pipe', $in], ['a directory', '/'])
{
  my $r = run({ fds => { 0 => $_->[1] } }, bin('s6-tcpserverd'), 'true');
  is($r->{code}, 100, "$_->[0] on fd 0: exit 100");
  like($r->{err}, qr/\As6-tcpserverd: usage: fd 0 is (?:not a socket:|a socket that does not listen) .*\n\z/, 'and words');
}

# ---- children of the caller ----

for my $way ([], ['--portable-launch'])
{
  my $server = start_server(['-v', '-c', 1, @$way], ['cat'],
                            under => ['sh', '-c', 'for i in 1 2 3 4 5; do (exec sleep 0.$i) & done; (exec sleep 100) & exec "$@"', 'sh']);
  serves($server, "@$way inherited children", 10);
  ok(eventually(sub { children($server->pid) == 1 && !zombies($server->pid) }), 'those that ended are reaped');
  is(log_count($server, qr/info: end /), 10, 'and not counted');
}

# ---- environment, arguments, PATH ----

my $large = { (map { ("LARGE$_" => 'x' x 100_000) } 1 .. 10), (map { ("SMALL$_" => $_) } 1 .. 2000) };
for my $way ([], ['--portable-launch'])
{
  my $server = start_server($way, [$^X, '-e', 'print scalar(grep { /^(?:LARGE|SMALL)/ } keys %ENV), " ", length $ENV{LARGE7}, " $ENV{PROTO}\n"'], env => $large);
  is(ask($server), "2010 100000 TCP\n", "@$way an environment of 1 MB is passed on");
  my $words = start_server($way, [$^X, '-e', 'print scalar(@ARGV), " $ARGV[-1]\n"', 1 .. 10000]);
  is(ask($words), "10000 10000\n", "@$way 10,000 arguments");
}
my $heavy = run({ env => { map { ("LARGE$_" => 'x' x 130_000) } 1 .. 12 } }, bin('s6-tcpserver'), '127.0.0.1', 'x', 'true', ('y' x 100_000) x 2);
is($heavy->{code}, 100, 'a large environment and a wrong word: still the usual message');

page_says('A name without a slash is looked for in the directories of PATH; empty elements of PATH are skipped.');
mkdir own_dir() . '/closed', 0 or die;
put_file('file', '');
my $dir = own_dir();
for (['unset', undef], ['with elements that cannot be entered', "$dir/closed:$dir/file:/nonexistent:" . '/x' x 3000 . ':/usr/bin:/bin'],
     ['with empty elements', ':::/usr/bin::/bin:'])
{
  serves(daemon_on(listener(), [], ['cat'], env => { PATH => $_->[1] }), "PATH $_->[0]");
}
my $empty = run({ fds => { 0 => listener() }, env => { PATH => '' }, dir => '/bin' }, bin('s6-tcpserverd'), 'cat');
is($empty->{code}, 127, 'PATH empty: not found, and not in the current directory');
like($empty->{err}, qr/\As6-tcpserverd: fatal: unable to exec cat: No such file or directory \(it is not in PATH, but in the current directory: .*\n\z/, 'and words');

done_testing();
