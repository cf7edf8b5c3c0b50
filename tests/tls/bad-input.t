#!/usr/bin/env perl
# Peers that send what is no TLS, or break off in each phase: one line with the peer's address and the cause, the exit code
# of the page, and nothing is left.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;
use Sallyport::Unix;

skip_without_tls();
my $python = tool('python3');
skip_all_unless('python3 is installed', $python && run($python, '-c', 'import ssl')->{code} == 0);
my $peer = source_file('tests/lib/tls-bad-peer');

# ---- the table ----

my ($closed, $reset, $timed_out) = (qr/TLS handshake failed: the peer closed the connection/, qr/TLS handshake failed: Connection reset by peer/, qr/TLS handshake timed out/);
# What ends a handshake: the phase, how the connection ends, and the cause; all for both versions where it makes a difference.
my @shaking = (
  ['http', 'wait', qr/TLS handshake failed: (?:the peer speaks plain HTTP|the peer does not speak TLS)/],
  ['proxy', 'wait', qr/TLS handshake failed: (?:the peer takes this for an HTTP proxy|the peer does not speak TLS)/],
  ['garbage', 'wait', qr/TLS handshake failed: the peer does not speak TLS/],
  ['huge', 'wait', qr/TLS handshake failed: (?:packet length too long|the peer does not speak TLS|excessive message size|record too large|encrypted length too long)/],
  ['old', 'wait', qr/TLS handshake failed: the peer offers no version of TLS that is allowed here, sent alert protocol version/],
  ['none', 'fin', $closed], ['none', 'rst', $reset], ['none', 'wait', $timed_out],
  ['header', 'fin', $closed], ['header', 'rst', $reset], ['header', 'wait', $timed_out],
  (map { my $half = $_; ([$half, 'fin', $closed], [$half, 'rst', $reset], [$half, 'wait', $timed_out]) } 'half1', 'half2'),
  ['hello', 'fin', $closed], ['hello', 'rst', $reset], ['hello', 'wait', $timed_out],
);
# What ends a session that has begun.
my @talking = (
  ['quiet', 'fin', undef],
  ['quiet', 'rst', qr/(?:reading|writing) failed: (?:Connection reset by peer|Broken pipe)/],
  ['cut', 'fin', qr/reading failed: the peer closed the connection inside a record/],
  ['cut', 'rst', qr/(?:reading|writing) failed: (?:Connection reset by peer|Broken pipe)/],
  ['broken', 'wait', qr/reading failed: .*bad record mac.*, sent alert bad record mac/],
  ['long', 'wait', qr/reading failed: .*(?:too long|overflow).*/],
  ['plain', 'wait', qr/reading failed: (?:the peer does not speak TLS|.*, sent alert)/],
);
# A server of TLS 1.3 is done with its first flight.
sub cases
{
  my ($table, $role) = @_;
  my @cases = map { my $row = $_; map { [$_, @$row] } ($row->[0] =~ /^h(?:alf|ello)/ || $table == \@talking ? ('1.2', '1.3') : '1.3') } @$table;
  return grep { $role eq 'client' || $_->[0] eq '1.2' || ($_->[1] ne 'half2' && $_->[1] ne 'hello') } @cases;
}

# ---- our servers ----

sub processes_of { my ($server) = @_; return join ' ', sort { $a <=> $b } descendants($server->pid, $server->{session}) }
sub descriptors_of { my ($server) = @_; my $fds = fd_targets($server->pid); return join ' ', map { "$_=$fds->{$_}" =~ s/:\[\d+\]//r } sort { $a <=> $b } keys %$fds }

# The first client may cost a descriptor that stays, and what a server has open while it starts is gone when it has ended.
sub serve_first
{
  my ($server) = @_;
  my $run = run({ deadline => 60 }, $python, $peer, 'client', $server->port, '127.0.0.1', '1.3', 'quiet', 'fin');
  log_says($server, qr/: info: end pid \d+ exitcode 7 /, 'a TLS server serves its first client, which ends without close_notify')
    or diag($run->{err});
}

my $prog = ['sh', '-c', 'trap "" PIPE; read line; echo "got $line" 2> /dev/null; cat > /dev/null 2>&1; exit 7'];
my $number = 0;

# Runs one peer from an address of its own, and returns "ADDRESS PORT".
sub bad_client
{
  my ($server, $version, $phase, $end) = @_;
  my $from = '127.0.' . (1 + int($number / 250)) . '.' . (1 + $number++ % 250);
  my $run = run({ deadline => 60 }, $python, $peer, 'client', $server->port, $from, $version, $phase, $end);
  my ($port) = $run->{out} =~ /\A(\d+)\n/;
  diag("the peer failed: $run->{err}") if $run->{code} // 1;
  return ($from, $port);
}

# Those that say nothing meet servers with little patience, and the others such as wait for them on a busy machine.
sub is_silent { return defined $_[0][3] && $_[0][3] eq $timed_out ? 1 : 0 }
my @parts = map { my $silent = $_; { patience => $silent ? 300 : 60000, shaking => [grep { is_silent($_) == $silent } cases(\@shaking, 'client')], talking => $silent ? [] : [cases(\@talking, 'client')] } } 0, 1;
for my $part (@parts)
{
  my $path = unix_path();
  my $server = start_server(['-v', '-H', '-K', $part->{patience}, "--status-socket=$path"], $prog, program => 's6-tlsserver', env => { pair_env(tls_pair('server')) });
  serve_first($server);
  ok(eventually(sub { children($server->pid) == 1 }), 's6-tlsserverd: the holder is its only child');
  my ($processes, $descriptors) = (processes_of($server), descriptors_of($server));
  page('s6-tlsserverd');
  page_says('If the handshake fails, prog is not run at all, and a line is logged.');
  for (@{$part->{shaking}})
  {
    my ($version, $phase, $end, $cause) = @$_;
    my ($ip, $port) = bad_client($server, $version, $phase, $end);
    log_says($server, qr/^s6-tlsserverd: info: refuse ${ip}_$port $cause/, "s6-tlsserverd, TLS $version, $phase, then $end: a line with the cause is logged");
    is(log_count($server, qr/\Q$ip\E[_ ]/), 1, "s6-tlsserverd, TLS $version, $phase, then $end: no second line about the client is logged");
  }
  for (@{$part->{talking}})
  {
    my ($version, $phase, $end, $cause) = @$_;
    my ($ip, $port) = bad_client($server, $version, $phase, $end);
    my $line = log_says($server, qr/^s6-tlsserverd: info: accept ${ip}_$port /, "s6-tlsserverd, TLS $version, $phase, then $end: the client is accepted");
    my ($pid) = ($line // '') =~ / pid (\d+)/;
    log_says($server, qr/^s6-tlsserverd: info: \Q$ip\E port $port: $cause/,
      "s6-tlsserverd, TLS $version, $phase, then $end: a line with the cause is logged") if $cause;
    log_says($server, qr/^s6-tlsserverd: info: end pid $pid exitcode 7 /, "s6-tlsserverd, TLS $version, $phase, then $end: the program ends by itself");
    is(log_count($server, qr/\Q$ip\E[_ ]/), $cause ? 3 : 2, "s6-tlsserverd, TLS $version, $phase, then $end: no other line about the client is logged");
  }
  ok(eventually(sub { processes_of($server) eq $processes }),
    's6-tlsserverd: no process is left after all clients with bad input') or diag(processes_of($server));
  ok(eventually(sub { descriptors_of($server) eq $descriptors }),
    's6-tlsserverd: no descriptor is left open after all clients with bad input') or diag("before: $descriptors\n", 'after: ', descriptors_of($server));
  my %counters = %{counters_of($path)};
  is($counters{'refused_total{reason="handshake"}'}, @{$part->{shaking}} + 0,
    's6-tlsserverd: every handshake that fails is counted once') or diag(explain(\%counters));
  is($counters{accepted_total}, 1 + @{$part->{shaking}} + @{$part->{talking}},
    's6-tlsserverd: every client is counted as accepted, with and without a handshake');
  is($counters{launched_total}, 1 + @{$part->{talking}}, 's6-tlsserverd: a program is counted as launched for every client that finishes its handshake');
  is("$counters{clients} $counters{pending}", '0 0', 's6-tlsserverd: no client is counted as present or pending when all have gone');
}
for my $part (@parts)
{
  my $server = start_tls_server(['-K', $part->{patience}], $prog, tcp => ['-v']);
  serve_first($server);
  my $processes = $server->pid;  # the process that speaks TLS is no child of the server
  ok(eventually(sub { processes_of($server) eq $processes }), 's6-tlsd: no process is left after the first client');
  my $descriptors = descriptors_of($server);
  page('s6-tlsd');
  page_says('The handshake failed or timed out; the message has the cause.');
  for (@{$part->{shaking}}, @{$part->{talking}})
  {
    my ($version, $phase, $end, $cause) = @$_;
    my ($ip, $port) = bad_client($server, $version, $phase, $end);
    my $line = log_says($server, qr/^s6-tcpserverd: info: accept ${ip}_$port /, "s6-tlsd, TLS $version, $phase, then $end: the client is accepted");
    my ($pid) = ($line // '') =~ / pid (\d+)/;
    log_says($server, qr/^s6-tlsd-io: fatal: \Q$ip\E port $port: $cause/,
      "s6-tlsd, TLS $version, $phase, then $end: a line with the cause is logged") if $cause;
    my $shakes = grep { $_->[0] eq $phase } @shaking;
    log_says($server, qr/^s6-tcpserverd: info: end pid $pid exitcode @{[$shakes ? 98 : 7]} /,
      "s6-tlsd, TLS $version, $phase, then $end: the logged exit code is " . ($shakes ? 98 : 7));
    is(log_count($server, qr/\Q$ip\E[_ ]/), $cause ? 3 : 2, "s6-tlsd, TLS $version, $phase, then $end: no other line about the client is logged");
  }
  ok(eventually(sub { processes_of($server) eq $processes }), 's6-tlsd: no process is left after all clients with bad input') or diag(processes_of($server));
  ok(eventually(sub { descriptors_of($server) eq $descriptors }),
    's6-tlsd: the server has no descriptor left open after all clients with bad input') or diag("before: $descriptors\n", 'after: ', descriptors_of($server));
}

# ---- our clients ----

my $pair = tls_pair('server');
page('s6-tlsclient');
page_says('A connection that ends inside a record is an error in any case.');
page_says('If there is no connection or the handshake fails, prog is not run at all.');
for (cases(\@shaking, 'server'), cases(\@talking, 'server'))
{
  my ($version, $phase, $end, $cause) = @$_;
  my $shakes = grep { $_->[0] eq $phase } @shaking;
  my $server = start_listening(command => [$python, $peer, 'server', $pair->{cert}, $pair->{key}, $version, $phase, $end], ip => '127.0.0.1');
  my $client = start(env => { CAFILE => authority() },
    command => [bin('s6-tlsclient'), '-K', is_silent($_) ? 300 : 60000, '-H', '-k', 'localhost', '127.0.0.1', $server->port, 'sh', '-c', 'echo started; cat <&6; exit 7']);
  my $name = "s6-tlsclient, TLS $version, $phase, then $end";
  my $ended = $client->wait(60);
  is($ended->{code}, $shakes ? 98 : 7, "$name: the exit code is " . ($shakes ? 98 : 7)) or diag(log_text($client));
  # A reset may overtake what was sent before it.
  like(read_all($client->out) // '', $shakes ? qr/\A\z/ : $end eq 'rst' ? qr/\Astarted\n(?:hello\n)?\z/ : qr/\Astarted\nhello\n\z/,
    "$name: the program is " . ($shakes ? 'not run' : 'run'));
  ok(eventually(sub { !$client->left }), "$name: no process is left");
  my $line = !$cause ? qr/\A\z/ : qr/\As6-tlsc-io: fatal: 127\.0\.0\.1 port \d+: $cause[^\n]*\n\z/;
  like(log_text($client), $line, "$name: " . ($cause ? 'one line with the cause is printed' : 'nothing is printed'));
  $server->put_down;
}

done_testing;
