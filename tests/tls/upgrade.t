#!/usr/bin/env perl
# SIGUSR2 for a TLS daemon: sessions, handshakes and what resumes a session go over to the new program.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;
use IO::Handle;

skip_without_tls();
my $python = tool('python3');
skip_all_unless('python3 is installed', $python);

page('s6-tlsserverd');
page_says('An upgrade keeps the sessions, the clients that are in a handshake, and the keys of the tickets.');

# Clients that do as they are told, by name: "tcp NAME" connects, "tls NAME [OF]" shakes hands, with the session of another, "say NAME WORD" is
# for the answer, "end NAME". Each command has one line as its answer.
my $clients = put_file('clients', <<'END');
import socket, ssl, sys
port, ca = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=ca)
context.maximum_version = ssl.TLSVersion.TLSv1_2
socks, sessions = {}, {}
for line in sys.stdin:
    word, name, *more = line.split()
    try:
        if word == 'tcp':
            socks[name] = socket.create_connection(('127.0.0.1', port))
            print('connected')
        elif word == 'tls':
            socks[name] = context.wrap_socket(socks[name], server_hostname='localhost', session=sessions[more[0]] if more else None)
            sessions[name] = socks[name].session
            print('resumed' if socks[name].session_reused else 'fresh')
        elif word == 'say':
            socks[name].sendall(more[0].encode() + b'\n')
            print(socks[name].recv(100).decode().split()[0])
        elif word == 'end':
            socks.pop(name).close()
            print('ended')
    except Exception as e:
        print('failed:', e)
    sys.stdout.flush()
END

sub peer
{
  my ($server) = @_;
  pipe my $reader, my $writer or die;
  my $process = start(command => [$python, $clients, $server->port, authority()], fds => { 0 => $reader });
  $writer->autoflush(1);
  return sub { print {$writer} "@_\n"; chomp(my $answer = read_line($process->out) // 'nothing'); return $answer };
}

my $upgrades;
sub upgrade
{
  my ($server, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  $server->signal('USR2');
  my $done = eventually(sub { log_count($server, qr/info: resumed with \d+ clients$/) > $upgrades });
  $upgrades++;
  ok($done, "$name: the daemon becomes the new program at a SIGUSR2") or diag(log_text($server));
}

sub tls_daemon
{
  my ($options, $prog, %env) = @_;
  $upgrades = 0;
  return start_server(['-v', '-H', @$options], $prog, program => 's6-tlsserver', env => { pair_env(tls_pair('server')), %env });
}

# ---- one of each ----

for my $options ([], ['--kill-group'], platform() eq 'linux' ? ['--max-idle=3600'] : (), ['--linger=2'])
{
  my $how = 's6-tlsserver' . join '', map { " $_" } @$options;
  my $status = own_dir() . '/status' . join '', @$options;
  my $server = tls_daemon(['-c', 20, '-C', 20, "--status-socket=$status", @$options], ['cat']);
  my $peer = peer($server);
  my $pid = $server->pid;
  is($peer->($_, 'session'), { tcp => 'connected', tls => 'fresh' }->{$_}, "$how: a session begins, step $_") for 'tcp', 'tls';
  is($peer->('say session one'), 'one', "$how: a session that has begun is served");
  is($peer->('tcp silent'), 'connected', "$how: a client is silent before its handshake");
  ok(eventually(sub { (counters_of($status)->{pending} // 0) == 1 }),
    "$how: a client that is silent before its handshake waits without a program") or diag(log_text($server));

  upgrade($server, "$how, $_") for 'first upgrade', 'second upgrade';
  is($server->pid, $pid, "$how: the daemon is the same process after two upgrades");
  is($peer->('say session two'), 'two', "$how: a session from before the upgrades goes on");
  is($peer->('tls silent'), 'fresh', "$how: the silent client shakes hands with the old process");
  is($peer->('say silent three'), 'three', "$how: the client that was silent during the upgrades is served by the new daemon");
  is($peer->('tcp again'), 'connected', "$how: another client connects after the upgrades");
  is($peer->('tls again session'), 'resumed', "$how: another client resumes a session from before the upgrades");
  is($peer->('say again four'), 'four', "$how: a client that came after the upgrades is served");

  upgrade($server, "$how, with three sessions");
  my $counters = counters_of($status);
  is("$counters->{accepted_total} $counters->{clients}", '3 3', "$how: the counters go on over the upgrades");
  is($peer->("end $_"), 'ended', "$how: the session of $_ ends") for 'session', 'silent', 'again';
  ok(eventually(sub { my $c = counters_of($status); $c->{clients} == 0 && $c->{pending} == 0 }), "$how: each slot is free again when all sessions have ended")
    or diag(explain(counters_of($status)), log_text($server));
  ok(eventually(sub { ($server->served) == 1 }), "$how: no process is left but the holder of the keys") or diag(join ' ', $server->served);
  $server->signal('TERM');
  ok($server->wait, "$how: SIGTERM ends the upgraded daemon");
}

# ---- a program that has ended while its last words are on their way ----

{
  my $server = tls_daemon(['-c', 1, '-C', 1], ['sh', '-c', 'read line; i=0; while test $i -lt 40000; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done']);
  my $peer = peer($server);
  $peer->($_) for 'tcp a', 'tls a', 'say a x';
  ok(eventually(sub { log_count($server, qr/info: end pid \d+ /) == 1 }), 'a program of s6-tlsserver ends before its client has read all')
    or diag(log_text($server));
  upgrade($server, "s6-tlsserver, the last output of a program on its way");
  is($peer->('tcp b'), 'connected', 's6-tlsserver -c 1: the next client connects to the backlog, since the slot is taken');
  is($peer->('end a'), 'ended', 's6-tlsserver: the client whose program has ended before the upgrade gets the end after it');
  is($peer->('tls b'), 'fresh', 's6-tlsserver -c 1: a client from the backlog gets the slot of the one that goes after the upgrade');
}

# ---- what makes it impossible ----

page_says('The new program reads CAFILE and CADIR again.', 'If that fails, the old one goes on, with a warning.');
{
  my $ca = put_file('ca.pem', get_file(authority()), 0644);
  my $server = tls_daemon(['-y'], ['cat'], CAFILE => $ca);
  my $peer = peer($server);
  put_file('ca.pem', "no certificate\n", 0644);
  $server->signal('USR2');
  log_says($server, qr/warning: unable to upgrade: .*ca\.pem.*: going on$/,
    's6-tlsserverd goes on with the old program, and logs it, if CAFILE cannot be read at a SIGUSR2');
  is($peer->('tcp a'), 'connected', 's6-tlsserverd still accepts clients when its upgrade has failed because of CAFILE');
  put_file('ca.pem', get_file(authority()), 0644);
  upgrade($server, 's6-tlsserver, CAFILE can be read again');
}

# ---- ten under load ----

{
  my $server = tls_daemon(['-c', 60, '-C', 60], ['sh', '-c', 'read line; echo "got $line"']);
  my $many = put_file('many', <<'END');
import socket, ssl, sys, threading
port, ca, each = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
context = ssl.create_default_context(cafile=ca)
bad = []
def work(n):
    for i in range(each):
        try:
            with context.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname='localhost') as s:
                s.sendall(b'%d\n' % i)
                if s.recv(100) != b'got %d\n' % i: bad.append('wrong answer')
        except Exception as e: bad.append(str(e))
threads = [threading.Thread(target=work, args=(n,)) for n in range(10)]
for t in threads: t.start()
for t in threads: t.join()
print(len(bad), 'failed', *bad[:5])
END
  my $load = start(command => [$python, $many, $server->port, authority(), 50]);
  upgrade($server, "s6-tlsserver, upgrade $_ of ten under load") for 1 .. 10;
  is(read_all($load->out), "0 failed\n", 's6-tlsserver: none of 500 sessions fails during ten upgrades') or diag(log_text($server));
  ok(eventually(sub { ($server->served) == 1 }), 's6-tlsserver: no process is left but the holder of the keys after ten upgrades');
}

done_testing;
