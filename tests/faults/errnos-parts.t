#!/usr/bin/env perl
# What not every daemon does, and programs that are none: pending clients, PROXY headers, TLS, upgrades, datagrams, s6-linger, s6-serverstat. Each
# system call fails once with each error that its manual lists: no crash, no spin, and a client is lost only where the table expects it.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Proxy;
use Sallyport::Skd;
use Sallyport::Tls;
use Sallyport::Unix;

plan skip_all => can_inject() if can_inject();
plan skip_all => 'the leak check of the sanitizer cannot work under strace' if variant() eq 'sanitize';
plan skip_all => 'needs the quick launcher: posix_spawn makes calls of its own' unless built_for_linux();

# A daemon of its own for each error: some calls are made once. The clients of the sub are answered, or but one of them if it is `lost';
# afterwards all are. Returns how often the error came.
sub fails_once
{
  my ($name, $start, $calls, $error, $expected, $clients, $traced) = @_;
  my $server = $start->();
  my $process = $traced ? $traced->($server) : $server;
  my $injection = inject($process, $calls, "error=$error:when=1");
  my @answers = $clients->($server);
  my $injected = end_injection($injection);
  my $lines = () = get_file($injection->{file}) =~ /\n/g;
  $name = "$name, $calls fails with $error";
  ok(!$server->reap, "$name: the daemon lives") or do { diag log_text($server); return $injected };
  cmp_ok($lines, '<', 600, "$name: the daemon does not spin");
  my $good = grep { $_ } @answers;
  cmp_ok($good, '>=', $expected eq 'served' || !$injected ? @answers : @answers - 1, "$name: clients are $expected") or diag log_text($server);
  is(scalar(grep { !$_ } $clients->($server)), 0, "$name: the next clients are served") or diag log_text($server);
  $server->signal('TERM');
  is(($server->wait // {})->{code}, 0, "$name: the daemon exits 0 on SIGTERM") or diag log_text($server);
  return $injected;
}

sub all_fail
{
  my ($name, $start, $clients, $rows, $traced) = @_;
  my $count = 0;
  for my $row (@$rows)
  {
    my ($calls, $expected, @errors) = @$row;
    for my $error (@errors) { fails_once($name, $start, $calls, $error, $expected, $clients, $traced) ? $count++ : last }
  }
  cmp_ok($count, '>', 5, "$name meets more than 5 errors of system calls ($count)");
}

# ---- clients without a program ----

my @wait_rows = (
  ['?poll,?ppoll,?ppoll_time64' => 'served', qw(EINTR ENOMEM EINVAL)],
  ['?epoll_create1,?epoll_create' => 'served', qw(EMFILE ENFILE ENOMEM)],
  ['epoll_ctl' => 'served', qw(ENOMEM ENOSPC)],
  ['?epoll_wait,?epoll_pwait' => 'served', qw(EINTR)],
  ['recvfrom' => 'served', qw(EINTR EAGAIN)],
  ['recvfrom' => 'lost', qw(ECONNRESET ENOTCONN ETIMEDOUT ENOMEM)],
  ['setsockopt' => 'served', qw(ENOBUFS ENOMEM ENOPROTOOPT)],
  ['shutdown' => 'served', qw(ENOTCONN EINVAL)],
  ['?dup,?dup2,?dup3,fcntl' => 'served', qw(EMFILE)],
  ['socket' => 'served', qw(EMFILE ENFILE ENOMEM ENOBUFS EAFNOSUPPORT EACCES)],
  ['sendto,?sendmsg' => 'served', qw(EAGAIN EINTR ENOBUFS ENOMEM EPERM)],
  ['?pidfd_open' => 'served', qw(EMFILE ENFILE ENODEV ENOMEM EINVAL)],
  ['clone' => 'served', qw(EAGAIN ENOMEM ENOSYS)],
  ['close' => 'served', qw(EINTR EIO)],
);

sub speak
{
  my ($server, @pieces) = @_;
  my $client = eval { open_client($server) } or return 0;
  for (@pieces) { say_to($client, $_); select undef, undef, undef, 0.005 }
  return (read_all($client) // '') eq "served\n";
}
my $reads = ['sh', '-c', 'read -r line; echo served'];
my @limits = ('-v', '--linger=1', '--max-session=1000', '--source-rate=1000/1', platform() eq 'linux' ? '--max-idle=1000' : ());
all_fail('s6-tcpserver --first-data', sub { start_server([@limits, '--first-data=30'], $reads) },
  sub { map { speak($_[0], '', "x\n") } 1, 2 }, \@wait_rows);
all_fail('s6-tcpserver --proxy', sub { start_server([@limits, '--proxy=any', '--proxy-from=127.0.0.1', '--proxy-deadline=30'], $reads) },
  sub { map { speak($_[0], '', 'PROXY TCP4 192.0', '.2.1 192.0.2.2 1', " 2\r\n", "x\n") } 1, 2 }, \@wait_rows);

# ---- upgrades: they are done, or not done and that is logged; the session goes on ----

sub upgrade_with_a_session
{
  my ($server) = @_;
  my $session = open_client($server);
  my $seen = log_count($server, qr/resumed with|unable to upgrade/);
  my $answers = sub { say_to($session, "x\n"); return (read_line($session) // '') eq "x\n" };
  my $before = $answers->();
  $server->signal('USR2');
  my $told = eventually(sub { log_count($server, qr/resumed with|unable to upgrade/) > $seen });
  return ($before, $told, $answers->(), (ask($server, send => 'y') // '') eq 'y');
}
all_fail('s6-tcpserver that upgrades', sub { start_server(['-v', '--source-rate=1000/1'], ['cat']) }, \&upgrade_with_a_session, [
  ['memfd_create' => 'served', qw(EMFILE ENFILE ENOMEM EINVAL ENOSYS)],
  ['?pipe,pipe2' => 'served', qw(EMFILE ENFILE)],
  ['?fork,?vfork,clone,?clone3' => 'served', qw(EAGAIN ENOMEM)],
  ['execve' => 'served', qw(EACCES ENOENT ENOEXEC ENOMEM E2BIG EIO ELIBBAD ETXTBSY)],
  ['?access,?faccessat,?faccessat2' => 'served', qw(EACCES ENOENT ELOOP EIO ENOMEM)],
  ['wait4,waitid' => 'served', qw(ECHILD EINTR)],
  ['?poll,?ppoll,?ppoll_time64' => 'served', qw(EINTR ENOMEM)],
  ['write' => 'served', qw(EINTR ENOSPC EIO)],
]);

# ---- datagrams ----

my @datagram_rows = (
  ['?poll,?ppoll,?ppoll_time64' => 'served', qw(EINTR ENOMEM EINVAL)],
  ['clone,?clone3,?vfork,?fork' => 'served', qw(EAGAIN ENOMEM)],
  ['wait4,waitid' => 'served', qw(ECHILD EINTR)],
  ['recvfrom,?recvmsg' => 'served', qw(EINTR EAGAIN ENOMEM)],
  ['?write,?writev,sendto' => 'served', qw(EAGAIN EINTR EIO ENOSPC EPIPE)],
  ['?epoll_ctl,?epoll_create1' => 'served', qw(ENOMEM ENOSPC EMFILE)],
  ['setsockopt,getsockopt,getsockname' => 'served', qw(ENOBUFS ENOMEM)],
  ['?mmap,?brk,?munmap' => 'served', qw(ENOMEM)],
);
all_fail('skd -u', sub { skd(['-v', '-u', '127.0.0.1:0'], answer_with('$out = $in')) }, sub { map { (ask_datagram($_[0], 'x') // '') eq 'x' } 1, 2 }, \@datagram_rows);

# ---- TLS ----

SKIP:
{
  skip 'built without TLS', 1 unless built_with_tls();
  skip 'openssl is not installed', 1 unless tool('openssl');
  my %env = pair_env(tls_pair('server'));
  my $start = sub { start_server(['-v', '-H'], $reads, program => 's6-tlsserver', env => \%env) };
  my $clients = sub { my ($server) = @_; map { s_client($server, "x\n")->{out} eq "served\n" } 1, 2 };
  my @rows = (
    ['accept4' => 'served', qw(EAGAIN EINTR ECONNABORTED EMFILE ENOBUFS ENOMEM EPROTO)],
    ['clone,?clone3,?vfork,?fork' => 'served', qw(EAGAIN ENOMEM)],
    ['epoll_ctl' => 'served', qw(ENOMEM ENOSPC)],
    ['?epoll_wait,?epoll_pwait' => 'served', qw(EINTR)],
    ['?poll,?ppoll,?ppoll_time64' => 'served', qw(EINTR ENOMEM)],
    ['socketpair' => 'lost', qw(EMFILE ENFILE ENOMEM)],
    ['?pipe,pipe2' => 'lost', qw(EMFILE ENFILE)],
    ['read' => 'lost', qw(EINTR EAGAIN)],
    ['recvfrom,?recvmsg' => 'lost', qw(EINTR EAGAIN ECONNRESET ENOMEM)],
    ['write' => 'served', qw(EINTR EAGAIN EPIPE EIO)],
    ['sendto,?sendmsg' => 'lost', qw(EINTR EAGAIN EPIPE ECONNRESET ENOBUFS)],
    ['setsockopt' => 'lost', qw(ENOBUFS ENOMEM)],
    ['shutdown' => 'served', qw(ENOTCONN)],
    ['close' => 'served', qw(EINTR)],
    ['?mmap,?brk' => 'lost', qw(ENOMEM)],
  );
  all_fail('s6-tlsserverd', $start, $clients, \@rows);

  # The holder of the keys. strace cannot change the calls of a process that a filter watches: there is none here. No other process of these
  # receives messages in this way. A question that could not be read is read later, every second time.
  for my $error (qw(EINTR EAGAIN ENOMEM ENOBUFS))
  {
    my $file = own_dir() . "/holder.$error";
    my $server = start_server(['-v', '-H'], $reads, program => 's6-tlsserver', env => \%env,
      under => [tool('strace'), '-D', '-f', '-qq', '-o', $file, '-e', 'trace=recvmsg,prctl', '-e', 'inject=prctl:error=ENOSYS:when=3', '-e', "inject=recvmsg:error=$error:when=2+2"]);
    is(scalar(grep { $_ } map { $clients->($server) } 1 .. 2), 4, "s6-tlskeyholder, recvmsg fails with $error: clients are served") or diag log_text($server);
    cmp_ok(scalar(() = get_file($file) =~ /recvmsg.*INJECTED/g), '>', 0, "s6-tlskeyholder meets $error of recvmsg");
    cmp_ok(scalar(() = get_file($file) =~ /recvmsg/g), '<', 300, "s6-tlskeyholder, recvmsg fails with $error: it does not spin");
    $server->signal('TERM');
    is(($server->wait // {})->{code}, 0, "s6-tlskeyholder, recvmsg fails with $error: the daemon exits 0 on SIGTERM");
  }
}

# ---- programs that end ----

# Each of these calls of such a program fails: it ends by no signal, and with one of these codes.
sub program_ends
{
  my ($name, $codes, $command, @rows) = @_;
  for my $row (@rows)
  {
    my ($calls, @errors) = @$row;
    for my $error (@errors)
    {
      my $end = $command->(tool('strace'), '-qq', '-o', '/dev/null', '-e', "trace=$calls", '-e', "inject=$calls:error=$error:when=1");
      ok(!$end->{signal}, "$name, $calls fails with $error: the program ends by no signal");
      like($end->{code} // 'none', qr/\A(?:$codes)\z/, "$name, $calls fails with $error: the program exits with $codes") or diag($end->{err});
      like($end->{err}, qr/\A(?:\S+: (?:fatal|warning): .*\n)*\z/,
        "$name, $calls fails with $error: the program prints fatal messages and warnings only");
    }
  }
}

my $status = own_dir() . '/status';
my $counting = start_server(["--status-socket=$status"], ['cat']);
program_ends('s6-serverstat', '0|1|111', sub { run(@_, bin('s6-serverstat'), $status) },
  ['socket', qw(EMFILE ENFILE ENOMEM EACCES EAFNOSUPPORT)], ['connect', qw(EINTR EAGAIN ECONNREFUSED ENOENT EACCES EPERM)], ['?poll,?ppoll', qw(EINTR ENOMEM EINVAL)],
  ['?getsockopt', qw(ENOBUFS EINVAL)], ['write', qw(EINTR EPIPE ENOSPC EIO)]);
program_ends('s6-linger', '3|111|99', sub
{
  socketpair my $ours, my $client, Socket::AF_UNIX(), Socket::SOCK_STREAM(), 0 or die;
  close $client;
  return run({ fds => { 0 => $ours, 1 => $ours } }, @_, bin('s6-linger'), '-t', 1, 'sh', '-c', 'exit 3');
}, ['shutdown', qw(ENOTCONN ENOBUFS)], ['?poll,?ppoll', qw(EINTR ENOMEM)], ['clone,?clone3,?fork', qw(EAGAIN ENOMEM)], ['wait4', qw(EINTR)], ['rt_sigprocmask', qw(EINVAL)]);

done_testing;
