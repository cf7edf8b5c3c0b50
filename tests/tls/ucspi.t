#!/usr/bin/env perl
# s6-ucspitlsd and s6-ucspitlsc: the UCSPI-TLS protocol, word for word, and a real mail server.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();
page('s6-ucspitlsd');
my $python = tool('python3');
skip_all_unless('python3 is installed', $python && run($python, '-c', 'import ssl')->{code} == 0);

# A program that writes these bytes to SSLCTLFD after a line of clear text, reads the reply to its end, and talks on.
my $prog = put_file(own_dir() . '/prog', <<'END', 0755);
#!/usr/bin/env python3
import os, sys
control, r, w = (int(os.environ[n]) for n in ('SSLCTLFD', 'SSLREADFD', 'SSLWRITEFD'))
log = open(os.environ['LOG'], 'w')
os.write(1, b'ready\n')
command = sys.argv[1]
if command == 'close': os.close(control)
else: os.write(control, command.encode())
if command in ('close', 'Z'):
    os.write(1, b'still clear\n')
    print('rest', repr(os.read(0, 100)), file=log, flush=True)
    sys.exit(0)
reply = b''
while True:
    piece = os.read(control, 100)
    if not piece: break
    reply += piece
print('reply', repr(reply), file=log, flush=True)
print('nonblock', os.get_blocking(0), os.get_blocking(r), file=log, flush=True)
print('got', repr(os.read(r, 100)), file=log, flush=True)
os.write(w, b'secret answer\n')
print('children', open('/proc/self/task/%d/children' % os.getpid()).read().split(), file=log, flush=True)
END

# A client that reads the clear line, then shakes hands.
my $client = put_file(own_dir() . '/client', <<'END', 0755);
#!/usr/bin/env python3
import socket, ssl, sys
port, ca, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
s = socket.create_connection(('127.0.0.1', port))
s.settimeout(30)
def line():
    got = b''
    while not got.endswith(b'\n'):
        c = s.recv(1)
        if not c: break
        got += c
    return got
print('clear', line())
if mode == 'clear':
    s.sendall(b'bye')
    print('then', line())
elif mode == 'garbage':
    s.sendall(b'GET / HTTP/1.0\r\n\r\n')
    print('then', s.recv(100)[:1])
else:
    c = ssl.create_default_context(cafile=ca)
    t = c.wrap_socket(s, server_hostname='localhost')
    t.sendall(b'hello\n')
    print('secret', t.recv(100))
END

my $log = own_dir() . '/log';
sub conversation
{
  my ($command, $mode, @options) = @_;
  unlink $log;
  my $server = start_server(['-v'], [bin('s6-ucspitlsd'), @options, '--', $python, $prog, $command], env => { pair_env(tls_pair('server')), LOG => $log });
  my $end = run($python, $client, $server->port, authority(), $mode);
  my $got = eventually(sub { my $text = eval { get_file($log) } // ''; $text =~ /^(?:rest|children)/m || $mode eq 'garbage' && $text =~ /^nonblock/m ? $text : '' });
  return ($end->{out} . $end->{err}, $got, $server);
}

page_says('TLS begins.');
page_says('TLS begins, and when the handshake is done, the variables below can be read from the same descriptor');
my ($seen, $told, $server) = conversation('Y', 'tls');
like($seen, qr/^clear b'ready\\n'\nsecret b'secret answer\\n'$/m,
  's6-ucspitlsd, command Y: the client gets clear text first and TLS after it') or diag(log_text($server), $told);
my ($reply) = $told =~ /^reply b["'](.*)["']$/m;
my @items = split /\\x00/, $reply // '', -1;
is(scalar(grep { !/\ASSL_[A-Z_]+=[ -~]*\z/ } @items[0 .. $#items - 2]), 0, 's6-ucspitlsd, command Y: the reply has items NAME=value alone') or diag($reply);
is("$items[-1]|$items[-2]", '|', 's6-ucspitlsd, command Y: the reply ends with two NULs');
ok((grep { /^SSL_PROTOCOL=TLSv1\.3$/ } @items), 's6-ucspitlsd, command Y: the reply has the protocol');
ok((grep { /^SSL_TLS_SNI_SERVERNAME=localhost$/ } @items), 's6-ucspitlsd, command Y: the reply has the server name');
like($told, qr/^got b'hello\\n'$/m, 's6-ucspitlsd, command Y: the program reads what the client sent');
like($told, qr/^nonblock True True$/m, "s6-ucspitlsd, command Y: the program's descriptors stay blocking");
like($told, qr/^children \[\]$/m, 's6-ucspitlsd, command Y: the program has no child that it does not know of');

($seen, $told) = conversation('y', 'tls');
like($seen, qr/^secret b'secret answer\\n'$/m, 's6-ucspitlsd, command y: the client gets its answer by TLS');
like($told, qr/^reply b''$/m, 's6-ucspitlsd, command y: there is no reply before the end of the file');

page_says('If the handshake fails, there is nothing before the end.');
($seen, $told, $server) = conversation('Y', 'garbage');
like($told, qr/^reply b''$/m, 's6-ucspitlsd, command Y: the reply is empty when the handshake fails');
log_says($server, qr/^s6-tlsd-io: fatal: .*TLS handshake failed/, 's6-ucspitlsd, command Y: a handshake that fails is logged');

page_says('or ends, declines TLS.');
($seen, $told, $server) = conversation('close', 'clear', '-v2');
like($seen, qr/^then b'still clear\\n'$/m, 'a program of s6-ucspitlsd that closes SSLCTLFD goes on in clear text');
like($told, qr/^rest b'bye'$/m, 'a program of s6-ucspitlsd that closes SSLCTLFD reads clear text from its client');
log_says($server, qr/^s6-ucspitlsd: info: pid \d+ declined opportunistic TLS$/, 's6-ucspitlsd -v2 logs that its program declined TLS');

page_says('Any other byte is an error: TLS does not begin, and prog keeps the connection.');
($seen, $told, $server) = conversation('Z', 'clear');
like($seen, qr/^then b'still clear\\n'$/m, 's6-ucspitlsd, unknown command: clear text goes on');
log_says($server, qr/^s6-ucspitlsd: fatal: unknown command on the control socket$/, 's6-ucspitlsd, unknown command: the error is logged');

# ---- the client's side ----

page('s6-ucspitlsc');
{
  unlink $log;
  my $tls = start_tls_server([], ['sh', '-c', 'read x; echo "answer $x"']);
  my $end = run({ env => { CAFILE => authority(), LOG => $log } }, bin('s6-tcpclient'), '127.0.0.1', $tls->port, bin('s6-ucspitlsc'), '-k', 'localhost', $python, '-c', <<'END');
import os
control, r, w = (int(os.environ[n]) for n in ('SSLCTLFD', 'SSLREADFD', 'SSLWRITEFD'))
os.write(control, b'Y')
reply = b''
while True:
    piece = os.read(control, 100)
    if not piece: break
    reply += piece
print(b'SSL_PEER_CERT_CN=localhost\0' in reply, reply.endswith(b'\0\0'))
os.write(w, b'hello\n')
print(os.read(r, 100))
END
  is($end->{out}, "True True\nb'answer hello\\n'\n", "s6-ucspitlsc, command Y: the reply has the server's certificate, and TLS follows") or diag($end->{err});
}

# ---- a mail server and a mail client that know STARTTLS ----

SKIP:
{
  my ($mailfront, $swaks) = (tool('mailfront'), tool('swaks'));
  skip 'mailfront and swaks are not installed', 3 unless $mailfront && $swaks;
  (my $modules = $mailfront) =~ s{/s?bin/mailfront\z}{/lib/mailfront};
  my %env = (pair_env(tls_pair('server')), UCSPITLS => 1, MODULE_PATH => $modules);
  my $server = start_server(['-v'], [bin('s6-ucspitlsd'), '--', $mailfront, 'smtp', 'echo', 'starttls-ucspi'], env => \%env);
  my $talk = run({ env => { SSL_CERT_FILE => authority() } }, $swaks, '--server', '127.0.0.1:' . $server->port, '--tls', '--tls-verify', '--tls-ca-path', authority(),
    '--from', 'a@localhost', '--to', 'b@localhost', '--ehlo', 'localhost', '--quit-after', 'RCPT');
  like($talk->{out}, qr/^<-\s+220 .*\n.*TLS started with cipher TLSv1/ms,
    'swaks and mailfront under s6-ucspitlsd begin TLS by STARTTLS') or diag($talk->{out}, $talk->{err}, log_text($server));
  like($talk->{out}, qr/^ ~> EHLO.*^<~\s+250/ms, 'swaks and mailfront under s6-ucspitlsd repeat EHLO by TLS');
  my $end = run({ stdin => "QUIT\r\n" }, tool('openssl'), 's_client', '-starttls', 'smtp', '-connect', '127.0.0.1:' . $server->port, '-CAfile', authority(), '-quiet', '-verify_return_error');
  like($end->{out}, qr/^221|^250/m, 'openssl s_client -starttls smtp gets an answer from mailfront under s6-ucspitlsd') or diag($end->{err});
}

done_testing;
