#!/usr/bin/env perl
# Each system call that a daemon makes after its start fails once with each error that its manual lists: the daemon
# serves on and spins never, and a client is lost only where the table expects it. An error that no daemon can go on
# after ends it with 111 and a line that names what it was about.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Rules;
use Sallyport::Unix;

plan skip_all => can_inject() if can_inject();
plan skip_all => 'the leak check of the sanitizer cannot work under strace' if variant() eq 'sanitize';
plan skip_all => 'needs the quick launcher: posix_spawn makes calls of its own' unless built_for_linux();

# Rows: system calls, what is expected, errors. Expected:
#   served  every client is answered
#   lost    the one client at hand may go without an answer, which the log explains
#   fatal   the daemon ends with 111 and a line
# Where a daemon does not make the call, nothing is injected, and the row counts for the others.
my @rows = (
  ['?poll,?ppoll,?ppoll_time64' => 'served', qw(EINTR ENOMEM EINVAL)],
  ['accept4' => 'served', qw(EAGAIN EINTR ECONNABORTED EMFILE ENFILE ENOBUFS ENOMEM EPERM EPROTO ENOSR ENETDOWN ENOPROTOOPT EHOSTDOWN ENONET EHOSTUNREACH ENETUNREACH ETIMEDOUT)],
  ['accept4' => 'fatal', qw(EBADF EINVAL ENOTSOCK EOPNOTSUPP)],
  ['clone' => 'served', qw(EAGAIN ENOMEM ENOSYS EPERM EINVAL)],
  ['wait4,waitid' => 'served', qw(ECHILD EINTR EINVAL)],
  ['getsockname,getsockopt' => 'served', qw(ENOBUFS ENOMEM)],
  ['getsockname,getsockopt' => 'lost', qw(EINVAL ENOTCONN EFAULT)],
  ['write,?writev,?pwritev2,sendto' => 'served', qw(EAGAIN EINTR EIO ENOSPC EDQUOT EPIPE EFBIG EPERM EDESTADDRREQ)],
  ['?stat,?newfstatat,?statx,?fstat,?fstatat64' => 'served', qw(ENOMEM)],
  ['?stat,?newfstatat,?statx,?fstatat64' => 'lost', qw(EACCES ELOOP ENOTDIR EIO)],
  ['?open,openat' => 'served', qw(EMFILE ENFILE ENOMEM)],
  ['?open,openat' => 'lost', qw(EACCES EINTR EIO ELOOP ENODEV ENXIO EPERM)],
  ['?mmap,?mmap2,?brk,?munmap,?mremap' => 'served', qw(ENOMEM)],
  ['kill' => 'served', qw(ESRCH EPERM)],
  ['futex' => 'served', qw(EAGAIN EINTR ETIMEDOUT ENOSYS)],
);

# What each of them makes for every client, sooner or later.
my %sure = map { $_ => 1 } 'accept4', 'clone', 'wait4,waitid';

my $answer = "served\n";
my @program = ('sh', '-c', 'echo served');
my $rules = new_rules('addresses', 'ip4/127.0.0.0_8/allow' => '', 'ip4/127.0.0.0_8/env/GREETING' => "hello\n");
my $uids = new_rules('uids', 'uid/default/allow' => '');

sub acceptor
{
  my ($listener, $port) = busy_port();
  my $server = start(fds => { 3 => $listener }, command => [bin('tcp-socket-accept'), '-v', @program]);
  @$server{qw(ip port)} = ('127.0.0.1', $port);
  log_has($server, qr/starting/, 4 * deadline()) or die "not started\n" . log_text($server);
  return $server;
}

my %start = (
  's6-tcpserverd on a wildcard, with rules' => sub { start_server(['-v', '-i', $rules], [@program], ip => '0.0.0.0') },
  's6-ipcserverd, with rules' => sub { start_server(['-v', '-i', $uids], [@program], path => unix_path()) },
  'tcp-socket-accept' => \&acceptor,
  'skd' => sub { start_listening(ip => '127.0.0.1', command => [bin('skd'), '-v', '-t', '127.0.0.1:0', '--', @program]) },
);

# One conversation; undef for none.
sub one_client
{
  my ($server) = @_;
  return eval { ask({ %$server, ip => '127.0.0.1' }) };
}

sub is_dead_as_it_should_be
{
  my ($server, $name) = @_;
  my $end = $server->wait // { code => 'none: it lives', signal => 0 };
  is($end->{code}, 111, "$name: the daemon exits 111") or diag log_text($server);
  like((log_lines($server))[-1], qr/: fatal: unable to \w/, "$name: the last line of the log is fatal and names what failed");
}

# A client of a daemon that ends may never get an answer: its listener may live on in the test.
sub dies_of_it
{
  my ($name, $server, $injection) = @_;
  my $client = eval { open_client({ %$server, ip => '127.0.0.1' }) };
  ok($server->wait, "$name: the daemon ends") or return;
  $injection->{strace}->wait;
  is_dead_as_it_should_be($server, $name);
}

# One error, once, while two clients come; where it is sure to come, it is waited for. Returns false if the daemon does not make that
# call, or has ended.
sub fails_once
{
  my ($name, $server, $calls, $error, $expected, $sure) = @_;
  my $injection = inject($server, $calls, "error=$error:when=1");
  if ($expected eq 'fatal')
  {
    dies_of_it($name, $server, $injection);
    return 0;
  }
  my @answers = map { one_client($server) } 1, 2;
  eventually(sub { get_file($injection->{file}) =~ /INJECTED/ || $server->reap }) if $sure;
  my $injected = end_injection($injection);
  my $lines = () = get_file($injection->{file}) =~ /\n/g;
  ok(!$server->reap, "$name: the daemon lives") or do { diag log_text($server); return 0 };
  cmp_ok($lines, '<', 400, "$name: the daemon does not spin");
  my $answered = grep { ($_ // '') eq $answer } @answers;
  cmp_ok($answered, '>=', $expected eq 'served' || !$injected ? 2 : 1, "$name: clients are $expected") or diag log_text($server);
  is(one_client($server), $answer, "$name: the next client is served");
  return $injected;
}

for my $daemon (sort keys %start)
{
  my ($server, %made);
  for my $row (@rows)
  {
    my ($calls, $expected, @errors) = @$row;
    next if exists $made{$calls} && !$made{$calls};
    for my $error (@errors)
    {
      $server = $start{$daemon}->() unless $server && !$server->reap;
      my $count = fails_once("$daemon, $calls fails with $error", $server, $calls, $error, $expected, $sure{$calls} && !$made{$calls});
      $made{$calls} ||= $count || $expected eq 'fatal';
      undef $server if $expected eq 'fatal';
      last unless $made{$calls};
    }
  }
  ok(!!$made{$_}, "$daemon makes one of the system calls $_") for sort keys %sure;
  $server->signal('TERM');
  my $end = $server->wait // { code => 'none' };
  is($end->{code}, 0, "$daemon exits 0 on SIGTERM after errors of its system calls") or diag log_text($server);
}

done_testing;
