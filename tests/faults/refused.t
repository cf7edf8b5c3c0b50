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
my $quick = get_file("$ENV{SALLYPORT_BUILD}/config.mak") =~ /^platform := linux$/m;
for (['ENOSYS', 'Function not implemented'], ['EPERM', 'Operation not permitted'])
{
  my ($error, $reason) = @$_;
  my $server = start_server(['-v'], ['cat']);
  my $injection = inject($server, 'clone', "error=$error:when=1");  # what libc calls then is called by another name, or once more
  my $answers = join '', map { ask($server, send => $_) // '' } 'a' .. 'e';
  is($answers, 'abcde', "clone says $error: every client is served");
  end_injection($injection);
  is(log_count($server, qr/warning: unable to launch the quick way: $reason: launching the portable way from now on$/), $quick ? 1 : 0, "clone says $error: which is logged once");
}

# ---- whatever else the daemons can do without ----

# A daemon whose whole chain, from the first call on, is refused these.
my %daemons = (
  's6-tcpserverd' => sub { start_server(['-v'], ['cat'], under => [@_]) },
  'tcp-socket-accept' => sub { start_listening(ip => '127.0.0.1', command => [@_, bin('tcp-socket-listen'), '-1', '127.0.0.1', 0, bin('tcp-socket-accept'), '-v', 'cat']) },
  'skd' => sub { start_listening(ip => '127.0.0.1', command => [@_, bin('skd'), '-vt127.0.0.1:0', '--', 'cat']) },
  's6-ipcserverd' => sub { start_server(['-v'], ['cat'], path => unix_path(), under => [@_]) },
);
for my $call (qw(getrandom accept4 access dup3 pwritev2 prlimit64 prctl epoll_create1 pipe2 splice geteuid getpid umask unlink))
{
  for my $error (qw(EPERM ENOSYS))
  {
    for my $daemon (sort keys %daemons)
    {
      my $server = eval { $daemons{$daemon}->(tool('strace'), '-f', '-qq', '-o', '/dev/null', '-e', "trace=?$call", '-e', "inject=?$call:error=$error") };
      is($server ? ask($server, send => 'x') : $@, 'x', "$daemon serves though $call says $error");
      $server->put_down if $server;
    }
  }
}

done_testing();
