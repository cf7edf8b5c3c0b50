#!/usr/bin/env perl
# Errors of accept: those of a connection are nothing, those of a shortage are waited out, and clients are served.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use IO::Socket::IP;
use IO::Socket::UNIX;
use Socket qw(SOMAXCONN);

my $strace = tool('strace');
plan skip_all => 'strace, to make system calls fail with, is not installed' unless $strace;
plan skip_all => 'strace may not trace here' if run($strace, 'true')->{code};
plan skip_all => 'the leak check of the sanitizer cannot work under strace' if variant() eq 'sanitize';

my $call = variant() eq 'portable' ? 'accept' : 'accept4';
my $loopback = '127.0.0.1';

# Every second call fails; clients come until some calls have failed.
sub served_in_spite_of
{
  my ($program, $error) = @_;
  my $path = own_dir() . "/socket.$error";
  my $listener = $program =~ /^tcp/ ? IO::Socket::IP->new(LocalHost => $loopback, LocalPort => 0, Listen => SOMAXCONN, ReuseAddr => 1)
                                    : IO::Socket::UNIX->new(Local => $path, Listen => SOMAXCONN);
  my $trace = own_dir() . "/trace.$program.$error";
  my $server = start(fds => { 3 => $listener }, command => [$strace, '-o', $trace, '-e', "trace=$call", '-e', "inject=$call:error=$error:when=1+2",
    bin($program), '-v', 'echo', 'served']);
  log_has($server, qr/status/) or die "the server did not start: " . log_text($server);
  my @answers = map { ask($program =~ /^tcp/ ? { ip => $loopback, port => $listener->sockport } : { path => $path }) // 'nothing' } 1 .. 5;
  is(join('', @answers), "served\n" x 5, "$program serves each of 5 clients when accept fails with $error");
  cmp_ok(scalar(grep { /INJECTED/ } split /\n/, get_file($trace)), '>=', 2,
         "accept fails with $error more than once while $program serves 5 clients");
  ok($server->alive, "$program is alive after accept failed with $error");
  my @noise = grep { !/: info: (starting|status|accept|end) / && !/: info: status:/ } log_lines($server);
  kill 'TERM', $server->served;
  $server->wait;
  return @noise;
}

page('tcp-socket-accept');
page_says('No error of a single connection ends tcp-socket-accept.');
for my $error (qw(ECONNABORTED EINTR EAGAIN EPROTO ENETDOWN EHOSTUNREACH ENETUNREACH ETIMEDOUT ECONNRESET EPERM))
{
  my @noise = served_in_spite_of('tcp-socket-accept', $error);
  is("@noise", '', "tcp-socket-accept logs no error when accept fails with $error");
}

page_says('A shortage of processes, memory or descriptors never costs a client.');
page_says('The log gets one line when this begins and one when it is over.');
for my $error (qw(EMFILE ENFILE ENOBUFS ENOMEM))
{
  my @noise = served_in_spite_of('tcp-socket-accept', $error);
  like("@noise", qr/\Atcp-socket-accept: warning: unable to accept: .*holding clients until it passes/,
       "tcp-socket-accept logs that it holds clients when accept fails with $error");
}

for my $program (qw(local-stream-socket-accept local-seqpacket-socket-accept))
{
  page($program);
  page_says("No error of a single connection ends $program.");
  page_says('A shortage of processes, memory or descriptors never costs a client.');
}
is(join('', served_in_spite_of('local-stream-socket-accept', 'ECONNABORTED')), '',
   'local-stream-socket-accept logs no error when accept fails with ECONNABORTED');
like((served_in_spite_of('local-stream-socket-accept', 'EMFILE'))[0], qr/unable to accept/,
     'local-stream-socket-accept logs that it is unable to accept when accept fails with EMFILE');

done_testing;
