#!/usr/bin/env perl
# How sessions end: every answer arrives whole, whatever the peer, the version, and the way in which either side ends.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();
page('s6-tlsd');
my $peer = source_file('tests/lib/tls-peer');
my $python = tool('python3');

sub conversations
{
  my ($server, $version, $ending, $times, $bytes) = @_;
  my $end = run({ deadline => 60 }, $python, $peer, 'client', $server->port, $version, authority(), $ending, $times, $bytes // 6);
  return split /\n/, $end->{out} . $end->{err};
}

# The lines with how often each came, as one text.
sub summed
{
  my %count;
  $count{$_}++ for @_;
  return join '; ', map { "$count{$_} x $_" } sort keys %count;
}

# ---- a peer that ends its direction in each way ----

page_says('Each direction of a session ends separately, and no answer is lost.');
page_says('In TLS 1.2, send close_notify as soon as the program has finished sending, which ends the session.');
SKIP:
{
  skip 'python3 is not installed', 1 unless $python && run($python, '-c', 'import ssl')->{code} == 0;
  for my $options ([], ['-S'], ['-J'])
  {
    my $at_once = start_tls_server($options, ['echo', 'answer']);
    my $line = start_tls_server($options, ['sh', '-c', 'read x; echo "answer $x"']);
    my $to_end = start_tls_server($options, ['sh', '-c', 'cat > /dev/null; echo answer']);
    my $much = start_tls_server($options, ['sh', '-c', 'head -c 3000000 > /dev/null; tr "\\\\0" x < /dev/zero | head -c 3000000']);
    for my $version ('1.2', '1.3')
    {
      for my $ending ('wait', 'notify', 'both', @$options && $options->[0] eq '-J' ? () : 'fin')
      {
        my $name = "s6-tlsd @$options TLS $version, client ends by $ending";
        is(summed(conversations($at_once, $version, $ending, 20)), '20 x notify 7 answer',
           "$name: the answer of a program that writes and exits arrives");
        is(summed(conversations($line, $version, $ending, 3)), '3 x notify 13 answer hello',
           "$name: the answer of a program that reads a line first arrives");
        is(summed(conversations($to_end, $version, $ending, 3)), '3 x notify 7 answer',
           "$name: the answer of a program that reads to the end first arrives") if $ending ne 'wait';
        is(summed(conversations($much, $version, $ending, 1, 3000000)), '1 x notify 3000000 ' . 'x' x 60, "$name: 3 MB in each direction arrive");
      }
    }
    is(log_text($_), '', "s6-tlsd @$options: nothing is logged about clients that end in each way") for $at_once, $line, $to_end, $much;
  }
  page_says('the session ends at once, with exit code 98.');
  my $server = start_tls_server(['-J'], ['sh', '-c', 'cat > /dev/null; echo answer']);
  is(summed(conversations($server, '1.3', 'fin', 1)), '1 x fin 0 ', 's6-tlsd -J: a client that ends by FIN alone gets no answer');
  log_says($server, qr/^s6-tlsd-io: fatal: 127\.0\.0\.1 port \d+: the peer ended the connection without close_notify$/,
    's6-tlsd -J: a client that ends by FIN alone is logged');

  # TLS 1.2 without -S: a program that ends its output and reads on.
  page_says('In TLS 1.2, when the program has finished sending but still reads, send FIN alone, so that the peer can go on sending.');
  my $got = own_dir() . '/got';
  my $half = put_file(own_dir() . '/half', <<'END', 0755);
#!/usr/bin/env perl
use Socket;
syswrite STDOUT, "answer\n";
shutdown STDOUT, 1;
my ($all, $n) = ('', 1);
while ($n) { $n = sysread STDIN, $all, 65536, length $all }
open my $out, '>', $ENV{GOT} or die;
print $out length $all, "\n";
END
  for (['1.2', 'fin', []], ['1.3', 'notify', []], ['1.3', 'notify', ['-S']])
  {
    my ($version, $end, $options) = @$_;
    my $server = start_tls_server($options, [$half], env => { GOT => $got });
    is(summed(conversations($server, $version, 'both', 1, 500000)), "1 x $end 7 answer",
      "s6-tlsd @$options TLS $version: the end of the program's output is sent as $end");
    ok(eventually(sub { get_file($got) eq "500000\n" }),
      "s6-tlsd @$options TLS $version: a program that has ended its output still reads all that the client sends");
    unlink $got;
  }
}

# ---- other people's clients ----

my $words = { 'a line and exit' => ['echo', 'answer'], 'read a line, answer' => ['sh', '-c', 'read x; echo "answer"'] };
my %clients = (
  'openssl s_client' => sub { my ($port, $v) = @_; [{ stdin => "hello\n" }, tool('openssl'), 's_client', '-quiet', '-connect', "127.0.0.1:$port", '-CAfile', authority(), '-tls' . $v =~ tr/./_/r] },
  'gnutls-cli' => sub { my ($port, $v) = @_; [{ stdin => "hello\n" }, tool('gnutls-cli'), '--logfile', '/dev/null', '--x509cafile', authority(), '--priority', "NORMAL:-VERS-ALL:+VERS-TLS$v", '-p', $port, 'localhost'] },
  curl => sub { my ($port, $v) = @_; [{}, tool('curl'), '-s', '--http0.9', '--cacert', authority(), '--tlsv1.2', '--tls-max', $v, '--resolve', "localhost:$port:127.0.0.1", "https://localhost:$port/"] },
  socat => sub { my ($port, $v) = @_; [{ stdin => "hello\n" }, tool('socat'), '-t10', '-', "OPENSSL:127.0.0.1:$port,cafile=" . authority() . ",openssl-min-proto-version=TLS$v,openssl-max-proto-version=TLS$v"] },
  's6-tlsclient' => sub { my ($port) = @_; [{ env => { CAFILE => authority() } }, bin('s6-tlsclient'), '127.0.0.1', $port, 'sh', '-c', 'echo hello >&7; cat <&6'] },
  's6-tlsclient -S' => sub { my ($port) = @_; [{ env => { CAFILE => authority() } }, bin('s6-tlsclient'), '-S', '-J', '127.0.0.1', $port, 'sh', '-c', 'echo hello >&7; cat <&6'] },
);
for my $prog (sort keys %$words)
{
  for my $options ([], ['-S'])
  {
    my $server = start_tls_server($options, $words->{$prog});
    for my $client (sort keys %clients)
    {
      SKIP:
      {
        skip "$client is not installed", 2 unless $client =~ /^s6/ || tool($client =~ s/ .*//r);
        for my $version ('1.2', '1.3')
        {
          my ($how, @command) = @{$clients{$client}->($server->port, $version)};
          my @got = map { my $end = run({ %$how }, @command); $end->{out} eq "answer\n" ? 'answer' : "'$end->{out}' $end->{err}" } 1 .. 3;
          is(summed(@got), '3 x answer', "$client, TLS $version, s6-tlsd @$options: the answer arrives from the program '$prog'");
        }
      }
    }
  }
}

# ---- a client that closes with our last words unread, which resets the connection ----

{
  my $server = start_tls_server([], ['echo', 'answer']);
  my $code = 'import socket, ssl, sys
c = ssl.create_default_context(cafile=sys.argv[2])
for i in range(10):
    s = c.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="localhost")
    print(s.recv(100).decode(), end="")
    s.close()
';
  SKIP:
  {
    skip 'python3 is not installed', 2 unless $python;
    is(run($python, '-c', $code, $server->port, authority())->{out}, "answer\n" x 10,
      's6-tlsd: clients that close without reading to the end get their answer');
    $server->signal('TERM');
    $server->wait;
    is(log_text($server), '', 's6-tlsd: nothing is logged about clients that close without reading to the end');
  }
}

# ---- our client and other people's servers ----

page('s6-tlsc');
page_says('Each direction of a session ends separately, and no answer is lost.');
my $pair = tls_pair('server');
SKIP:
{
  skip 'python3 is not installed', 1 unless $python;
  for my $version ('1.2', '1.3')
  {
    for my $ending ('wait', 'notify', 'fin', 'both')
    {
      for my $options ([], ['-S'])
      {
        # The server speaks first, and ends in each way; then it reads all that we send.
        my $server = start_listening(command => [$python, $peer, 'server', $pair->{cert}, $pair->{key}, 0, $version, '-', $ending, 3, 200000], ip => '127.0.0.1');
        for (1 .. 3)
        {
          my $end = tls_client($server, $options, ['sh', '-c', $ending eq 'wait' ? 'head -c 200000 <&6 | wc -c; echo hello >&7' : 'cat <&6 | wc -c; echo hello >&7']);
          like($end->{out}, qr/^\s*200000$/, "s6-tlsclient @$options TLS $version, server ends by $ending: all that it sends arrives") or diag($end->{err});
        }
        # In TLS 1.2 the close_notify of the server may have ended the session for it; ours still arrives.
        my $said = eventually(sub { my $line = read_line($server->out, 2); $line && $line =~ /6 hello/ ? $line : undef }, 10);
        ok($said, "s6-tlsclient @$options TLS $version, server ends by $ending: the client's answer arrives");
      }
    }
  }
}

# ---- a peer that does nothing ----

page('s6-tlsd');
page_says('When the program has ended, the peer has 10 seconds to end, too.');
{
  my $server = start_tls_server([], ['echo', 'answer']);
  my $client = start(command => [tool('openssl'), 's_client', '-quiet', '-connect', '127.0.0.1:' . $server->port], fds => { 0 => open_pipe() });
  is(read_line($client->out), "answer\n", 's6-tlsd: a client that stays when the program has ended gets the answer');
  sub io_processes { return grep { my $pid = $_; (eval { get_file("/proc/$pid/comm") } // '') eq "s6-tlsd-io\n" && (eval { get_file("/proc/$pid/environ") } // '') =~ /\0?KEYFILE=\Q$pair->{key}\E/ } all_processes() }
  ok(eventually(sub { !io_processes() }, 30), 's6-tlsd: the process that speaks TLS ends although the client stays');
}

sub open_pipe { pipe my $read, our $write or die; return $read }
sub all_processes { return map { m{/(\d+)$} } glob '/proc/[0-9]*' }

done_testing;
