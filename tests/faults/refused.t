#!/usr/bin/env perl
# System calls that a sandbox refuses: the daemons serve all the same.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Unix;

page('sallyport-log');

plan(skip_all => can_inject()) if can_inject();
plan(skip_all => 'a sanitizer makes system calls of its own') if variant() eq 'sanitize';

# ---- the quick way to launch ----

page_says('warning: unable to launch the quick way: REASON: launching the portable way from now on');
my $quick = platform() eq 'linux';
for (['ENOSYS', 'Function not implemented'], ['EPERM', 'Operation not permitted'])
{
  my ($error, $reason) = @$_;
  my $server = start_server(['-v'], ['cat']);
  my $injection = inject($server, 'clone', "error=$error:when=1");  # what libc calls then is called by another name, or once more
  my $answers = join '', map { ask($server, send => $_) // '' } 'a' .. 'e';
  is($answers, 'abcde', "s6-tcpserverd serves every client when clone fails with $error");
  end_injection($injection);
  is(log_count($server, qr/warning: unable to launch the quick way: $reason: launching the portable way from now on$/), $quick ? 1 : 0,
    "s6-tcpserverd logs once that it launches the portable way when clone fails with $error");
}

# ---- calls of the start that the quick way needs ----

# -D: the daemon is our child, and not strace's.
for my $call (qw(signalfd4 set_tid_address))
{
  for (['ENOSYS', 'Function not implemented'], ['EPERM', 'Operation not permitted'])
  {
    my ($error, $reason) = @$_;
    my $server = start_server(['-v'], ['cat'], under => [tool('strace'), '-D', '-f', '-qq', '-o', '/dev/null', '-e', "trace=$call", '-e', "inject=$call:error=$error"]);
    my $answers = join '', map { ask($server, send => $_) // '' } 'a' .. 'e';
    is($answers, 'abcde', "s6-tcpserverd serves every client when $call fails with $error");
    is(log_count($server, qr/warning: unable to launch the quick way: $reason: launching the portable way from now on$/), $quick ? 1 : 0,
      "s6-tcpserverd logs once that it launches the portable way when $call fails with $error") or diag log_text($server);
    my $client = open_client($server);
    is((say_to($client, "held\n"), read_line($client))[1], "held\n", "s6-tcpserverd serves a client that stays when $call fails with $error");
    $server->signal('HUP');
    is(read_all($client), '', "s6-tcpserverd ends its clients on SIGHUP when $call fails with $error");
    $server->signal('TERM');
    my $end = $server->wait // { code => 'none: it lives' };
    is($end->{code}, 0, "s6-tcpserverd exits 0 on SIGTERM when $call fails with $error") or diag log_text($server);
  }
}

# ---- whatever else the daemons can do without ----

# A daemon whose whole chain, from the first call on, is refused these.
my %daemons = (
  's6-tcpserverd' => sub { start_server(['-v'], ['cat'], under => [@_]) },
  'tcp-socket-accept' => sub { start_listening(ip => '127.0.0.1', command => [@_, bin('tcp-socket-listen'), '-1', '127.0.0.1', 0, bin('tcp-socket-accept'), '-v', 'cat']) },
  'skd' => sub { start_listening(ip => '127.0.0.1', command => [@_, bin('skd'), '-vt127.0.0.1:0', '--', 'cat']) },
  's6-ipcserverd' => sub { start_server(['-v'], ['cat'], path => unix_path(), under => [@_]) },
);
for my $call (qw(signalfd4 set_tid_address timerfd_create pidfd_open eventfd2 memfd_create getrandom accept4 access dup3 pwritev2 prlimit64 prctl epoll_create1 pipe2 splice geteuid getpid umask unlink))
{
  for my $error (qw(EPERM ENOSYS))
  {
    for my $daemon (sort keys %daemons)
    {
      my $server = eval { $daemons{$daemon}->(tool('strace'), '-f', '-qq', '-o', '/dev/null', '-e', "trace=?$call", '-e', "inject=?$call:error=$error") };
      is($server ? ask($server, send => 'x') : $@, 'x', "$daemon serves a client when $call fails with $error");
      $server->put_down if $server;
    }
  }
}

done_testing();
