#!/usr/bin/env perl
# Without /proc everything works: the daemons, their log, the local listeners with owner and mode.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

plan(skip_all => 'needs root') unless is_root();
my $unshare = tool('unshare');
skip_all_unless('unshare', $unshare);
my @under = ($unshare, '-m', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh');
plan(skip_all => '/proc cannot be covered here') if run(@under, 'true')->{code};

sub serves_without
{
  my ($name, $server) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  is(join('', map { ask($server, send => $_) // '' } 'a' .. 'e'), 'abcde', "$name serves clients without /proc");
  log_says($server, qr/info: end pid/, "$name writes its log without /proc");
  unlike(log_text($server), qr/warning/, "$name logs no warning without /proc");
  $server->signal('TERM');
  is_deeply($server->wait, { code => 0, signal => 0 }, "$name exits 0 on SIGTERM without /proc");
}

serves_without('s6-tcpserverd', start_server(['-v'], ['cat'], under => \@under));
serves_without('tcp-socket-accept', start_listening(ip => '127.0.0.1', command => [@under, bin('tcp-socket-listen'), '-1', '127.0.0.1', 0, bin('tcp-socket-accept'), '-v', 'cat']));
serves_without('skd', start_listening(ip => '127.0.0.1', command => [@under, bin('skd'), '-vt127.0.0.1:0', '--', 'cat']));
serves_without('s6-ipcserverd', start_server(['-v'], ['cat'], path => unix_path(), under => \@under));

# The log is a full pipe: nothing waits, although nothing can be opened a second time.
pipe my $reader, my $writer or die;
fcntl $writer, 1031, 4096;  # F_SETPIPE_SZ
my $server = start_server(['-v', '-c', 1000, '-C', 1000], ['cat'], under => \@under, fds => { 2 => $writer });
close $writer;
is(scalar(grep { (ask($server, send => 'x') // '') eq 'x' } 1 .. 300), 300,
  's6-tcpserverd without /proc serves 300 clients while its log is a full pipe');
$server->signal('TERM');
is_deeply($server->wait, { code => 0, signal => 0 }, 's6-tcpserverd without /proc exits 0 on SIGTERM while its log is a full pipe');

for my $kind (qw(stream datagram seqpacket))
{
  next if $kind eq 'datagram' && !built_for_linux();  # it takes fchmodat2 there
  my $path = unix_path();
  my $end = run(@under, bin("local-$kind-socket-listen"), '--mode', '0620', '--uid', 1, '--gid', 2, $path, 'true');
  is($end->{code}, 0, "local-$kind-socket-listen makes a socket with an owner and a mode without /proc") or diag($end->{err});
}

done_testing();
