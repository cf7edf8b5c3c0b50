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
    my $name = join(' ', 's6-tcpserver', @$way) . ' started with ' . join ' and ', map { ref $_ ? scalar(@$_) . ' signals' : $_ } @$how;
    my $server = start_server(['-c', 1, @$way], ['cat'], @$how);
    serves($server, $name);
    ok(eventually(sub { !zombies($server->pid) }), "$name: no zombie is left");
    $server->signal('TERM');
    is_deeply($server->wait, { code => 0, signal => 0 }, "$name: SIGTERM is obeyed");
  }
}

# ---- standard descriptors ----

page_says('A standard descriptor that is closed at the start becomes /dev/null.');
for my $closed ([1], [2], [1, 2])
{
  my $server = daemon_on(listener(), ['-v2'], ['cat'], closed => $closed);
  serves($server, "s6-tcpserverd with closed descriptors (@$closed)");
  my $open = fd_targets($server->pid);
  is(join(' ', map { $open->{$_} } @$closed), join(' ', ('/dev/null') x @$closed),
    "s6-tcpserverd with closed descriptors (@$closed) opens /dev/null as them");
}
for my $closed ([0], [0, 1], [0, 2], [0, 1, 2])
{
  is(run({ closed => $closed, fds => {} }, bin('s6-tcpserverd'), 'true')->{code}, 100,
    "s6-tcpserverd with closed descriptors (@$closed) exits 100 because it has no listener");
}

# Every program, started with descriptors closed, ends in words or does its work; none mistakes a descriptor of its
# own for a standard one.
opendir my $programs, $ENV{SALLYPORT_BIN} or die;
for my $program (sort grep { -x "$ENV{SALLYPORT_BIN}/$_" && !/^\./ } readdir $programs)
{
  my @codes = map { run({ closed => $_ }, "$ENV{SALLYPORT_BIN}/$program", '--nonesuch')->{code} // 'killed' } [0], [1], [2], [0, 1, 2];
  is("@codes", '100 100 100 100', "$program exits 100 for a wrong option, whatever standard descriptors are closed");
}
for my $closed ([0], [1], [2], [0, 1, 2])
{
  my ($busy, $port) = busy_port();
  close $busy;
  my $server = start(command => [bin('s6-tcpserver'), '127.0.0.1', $port, 'cat'], closed => $closed);
  @$server{qw(ip port)} = ('127.0.0.1', $port);
  eventually(sub { eval { open_client($server) } || !$server->alive });
  serves($server, "s6-tcpserver with closed descriptors (@$closed)");
}

# ---- limits ----

for (['a stack of 256 kB', 's', 256], ['no core dumps', 'c', 0], ['16 descriptors', 'n', 16])
{
  my ($name, $letter, $limit) = @$_;
  for my $way ([], ['--portable-launch'])
  {
    serves(start_server(['-v', '-c', 100000, '-C', 100000, @$way], ['cat'], under => [with_rlimit($letter => $limit)]),
           join(' ', 's6-tcpserver', @$way) . " with $name");
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
  serves($server, 's6-tcpserverd in a root without /dev/null');
  is(fd_targets($server->pid)->{1}, $root, 's6-tcpserverd in a root without /dev/null has the root directory in its place');
  serves(daemon_on(listener(), ['-v2'], ['/cat'], under => \@under, closed => [1, 2]),
    's6-tcpserverd in a root without /dev/null, stdout and stderr closed');
}

# ---- what is no listener ----

page_says('The command line or the announcement is wrong, or the listener is not a listening TCP socket.');
my $bound = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Type => IO::Socket::SOCK_STREAM()) or die;
my $datagram = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Type => IO::Socket::SOCK_DGRAM()) or die;
pipe my $in, my $out or die;
for (['a socket that does not listen', $bound], ['a datagram socket', $datagram], ['a pipe', $in], ['a directory', '/'])
{
  my $r = run({ fds => { 0 => $_->[1] } }, bin('s6-tcpserverd'), 'true');
  is($r->{code}, 100, "s6-tcpserverd with $_->[0] on fd 0 exits 100");
  like($r->{err}, qr/\As6-tcpserverd: usage: fd 0 is (?:not a socket:|a socket that does not listen) .*\n\z/,
    "s6-tcpserverd with $_->[0] on fd 0 prints that it is no listener");
}

# ---- children of the caller ----

for my $way ([], ['--portable-launch'])
{
  my $server = start_server(['-v', '-c', 1, @$way], ['cat'],
                            under => ['sh', '-c', 'for i in 1 2 3 4 5; do (exec sleep 0.$i) & done; (exec sleep 100) & exec "$@"', 'sh']);
  serves($server, join(' ', 's6-tcpserver', @$way, 'with inherited children'), 10);
  ok(eventually(sub { children($server->pid) == 1 && !zombies($server->pid) }),
    join(' ', 's6-tcpserver', @$way, 'reaps inherited children that have ended'));
  is(log_count($server, qr/info: end /), 10, join(' ', 's6-tcpserver', @$way, 'does not log the end of inherited children'));
}

# ---- environment, arguments, PATH ----

my $large = { (map { ("LARGE$_" => 'x' x 100_000) } 1 .. 10), (map { ("SMALL$_" => $_) } 1 .. 2000) };
for my $way ([], ['--portable-launch'])
{
  my $server = start_server($way, [$^X, '-e', 'print scalar(grep { /^(?:LARGE|SMALL)/ } keys %ENV), " ", length $ENV{LARGE7}, " $ENV{PROTO}\n"'], env => $large);
  is(ask($server), "2010 100000 TCP\n", join(' ', 's6-tcpserver', @$way, 'passes on an environment of 1 MB'));
  my $words = start_server($way, [$^X, '-e', 'print scalar(@ARGV), " $ARGV[-1]\n"', 1 .. 10000]);
  is(ask($words), "10000 10000\n", join(' ', 's6-tcpserver', @$way, 'passes on 10,000 arguments'));
}
my $heavy = run({ env => { map { ("LARGE$_" => 'x' x 130_000) } 1 .. 12 } }, bin('s6-tcpserver'), '127.0.0.1', 'x', 'true', ('y' x 100_000) x 2);
is($heavy->{code}, 100, 's6-tcpserver with a large environment exits 100 for a wrong port');

page_says('A name without a slash is looked for in the directories of PATH; empty elements of PATH are skipped.');
mkdir own_dir() . '/closed', 0 or die;
put_file('file', '');
my $dir = own_dir();
for (['unset', undef], ['with elements that cannot be entered', "$dir/closed:$dir/file:/nonexistent:" . '/x' x 3000 . ':/usr/bin:/bin'],
     ['with empty elements', ':::/usr/bin::/bin:'])
{
  serves(daemon_on(listener(), [], ['cat'], env => { PATH => $_->[1] }), "s6-tcpserverd, PATH $_->[0]");
}
my $empty = run({ fds => { 0 => listener() }, env => { PATH => '' }, dir => '/bin' }, bin('s6-tcpserverd'), 'cat');
is($empty->{code}, 127, 's6-tcpserverd with an empty PATH exits 127 and does not find prog in the current directory');
like($empty->{err},
  qr/\As6-tcpserverd: fatal: unable to exec cat: No such file or directory \(it is not in PATH, but in the current directory: .*\n\z/,
  's6-tcpserverd with an empty PATH prints that prog is in the current directory only');

done_testing();
