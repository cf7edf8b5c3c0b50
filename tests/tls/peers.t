#!/usr/bin/env perl
# Other people's clients and servers, and our own, many times: each answer arrives whole, be it a line or 3 MB, be the reader
# slow, with both versions and each way to end a session.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;
use IO::Socket::IP;

skip_without_tls();
page('s6-tlsserver');
my $python = tool('python3');
$python = undef unless $python && run($python, '-c', 'import ssl')->{code} == 0;
my $peer = source_file('tests/lib/tls-peer');
my $size = 3000000;
my %env = (pair_env(tls_pair('server')));

# The lines with how often each came, as one text.
sub summed
{
  my %count;
  $count{$_}++ for split /\n/, $_[0];
  return join '; ', map { substr("$count{$_} x $_", 0, 200) } sort keys %count;
}

sub tls_server { my ($options, $prog) = @_; return start_server(['-H', '-c', 100, '-C', 100, @$options], $prog, program => 's6-tlsserver', env => \%env) }

# The same command so many times, one after the other; what all of them wrote.
sub repeated
{
  my ($times, $how, @command) = @_;
  my $end = run({ deadline => 120, %$how }, 'sh', '-c', 'i=0; while test $i -lt ' . $times . '; do i=$((i + 1)); "$@" < "$INPUT" || echo "exit code $?"; done', 'sh', @command);
  return $end->{out} . ($end->{code} // 1 ? $end->{err} : '');
}

# ---- one line, a thousand times ----

page_says('Each direction of a session ends separately, and no answer is lost.');
my @ways = ([], ['-S'], ['-J'], ['-S', '-J']);
my $hello = put_file(own_dir() . '/hello', "hello\n");
for my $options (@ways)
{
  my $server = tls_server($options, ['echo', 'answer']);
  SKIP:
  {
    skip 'python3 is not installed', 2 unless $python;
    for my $version ('1.2', '1.3')
    {
      my $end = run({ deadline => 120 }, $python, $peer, 'client', $server->port, $version, authority(), 'wait', 250);
      is(summed($end->{out} . $end->{err}), '250 x notify 7 answer', "python, TLS $version, s6-tlsserver @$options: 250 answers of 250 are whole");
    }
  }
  for my $ours (@ways)
  {
    my $got = repeated(63, { env => { CAFILE => authority(), INPUT => '/dev/null' } }, bin('s6-tlsclient'), '-H', @$ours, '127.0.0.1', $server->port, 'sh', '-c', 'cat <&6');
    is(summed($got), '63 x answer', "s6-tlsclient @$ours, s6-tlsserver @$options: 63 answers of 63 are whole");
  }
}

# ---- other people's clients ----

my %clients = (
  'openssl s_client' => sub { my ($port, $v) = @_; return (tool('openssl'), 's_client', '-quiet', '-connect', "127.0.0.1:$port", '-CAfile', authority(), '-verify_quiet', '-tls' . $v =~ tr/./_/r) },
  'gnutls-cli' => sub { my ($port, $v) = @_; return (tool('gnutls-cli'), '--logfile', '/dev/null', '--x509cafile', authority(), '--priority', "NORMAL:-VERS-ALL:+VERS-TLS$v", '-p', $port, 'localhost') },
  curl => sub { my ($port, $v) = @_; return (tool('curl'), '-s', '--http0.9', '--cacert', authority(), "--tlsv$v", '--tls-max', $v, '--resolve', "localhost:$port:127.0.0.1", "https://localhost:$port/") },
  socat => sub { my ($port, $v) = @_; return (tool('socat'), '-t30', '-', "OPENSSL:127.0.0.1:$port,cafile=" . authority() . ",openssl-min-proto-version=TLS$v,openssl-max-proto-version=TLS$v") },
);
my $line = tls_server([], ['echo', 'answer']);
my $notifies = tls_server(['-S'], ['echo', 'answer']);
my $much = tls_server([], ['sh', '-c', "head -c $size | wc -c; head -c $size /dev/zero | tr '\\0' x; echo"]);
my $gives = tls_server([], ['sh', '-c', "head -c $size /dev/zero | tr '\\0' x; echo"]);
my $input = put_file(own_dir() . '/input', 'x' x $size);
for my $client (sort keys %clients)
{
  SKIP:
  {
    skip "$client is not installed", 6 unless tool($client =~ s/ .*//r);
    for my $version ('1.2', '1.3')
    {
      is(summed(repeated(13, { env => { INPUT => $hello } }, $clients{$client}->($line->port, $version))), '13 x answer',
         "$client, TLS $version, s6-tlsserver: 13 answers of 13 are whole");
      is(summed(repeated(13, { env => { INPUT => $hello } }, $clients{$client}->($notifies->port, $version))), '13 x answer',
         "$client, TLS $version, s6-tlsserver -S: 13 answers of 13 are whole");
      my $sends = $client ne 'curl';  # its request is no stream
      my $got = repeated(1, { env => { INPUT => $sends ? $input : $hello } }, $clients{$client}->(($sends ? $much : $gives)->port, $version));
      $got =~ s/ //g;
      ok($got eq ($sends ? "$size\n" : '') . 'x' x $size . "\n",
        "$client, TLS $version, s6-tlsserver: 3 MB arrive " . ($sends ? 'each way' : 'from the server')) or diag(length $got, ' bytes: ', substr $got,
          0, 100);
    }
  }
}

# ---- slow readers ----

SKIP:
{
  skip 'python3 is not installed', 1 unless $python;
  my $soon_gone = tls_server([], ['sh', '-c', "head -c 100000 /dev/zero | tr '\\0' x"]);
  for my $version ('1.2', '1.3')
  {
    my $end = run({ deadline => 120, env => { TLS_PEER_PIECE => 500 } }, $python, $peer, 'client', $soon_gone->port, $version, authority(), 'notify', 3);
    is(summed($end->{out} . $end->{err}), '3 x notify 100000 ' . 'x' x 60,
      "s6-tlsserver, TLS $version: a slow reader gets all that a program wrote that has ended long before");
    $end = run({ deadline => 120, env => { TLS_PEER_PIECE => 4000 } }, $python, $peer, 'client', $gives->port, $version, authority(), 'wait', 1);
    is(summed($end->{out} . $end->{err}), '1 x notify ' . ($size + 1) . ' ' . 'x' x 60, "s6-tlsserver, TLS $version: a slow reader gets 3 MB whole");
  }
}

# ---- other people's servers ----

# A server that must be given its port: another one if that has been taken meanwhile.
sub start_at_free_port
{
  my (@command) = @_;
  for (1 .. 5)
  {
    my ($socket, $port) = busy_port();
    close $socket;
    my $server = start(command => [map { s/PORT/$port/r } @command], fds => { 0 => waiting_input(), 1 => '/dev/null' });
    my $connects = sub { IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $port, Timeout => 5) };
    eventually(sub { !$server->alive || $connects->() });
    $server->{port} = $port;
    return $server if $server->alive;
  }
  die "cannot start @command\n";
}

my @kept;
sub waiting_input { pipe my $read, my $write or die; push @kept, $write; return $read }

page('s6-tlsclient');
my $pair = tls_pair('server');
# The programs of socat stay until the client has gone: of one that has ended, socat may drop what it wrote.
my $script = put_file(own_dir() . '/both-ways', "#!/bin/sh\nhead -c $size > /dev/null\nhead -c $size /dev/zero | tr '\\0' x\ncat > /dev/null\n", 0755);
my $answer = put_file(own_dir() . '/answer', "#!/bin/sh\necho answer\ncat > /dev/null\n", 0755);
my $echo = 'printf "%s\n" hello >&7; head -n 1 <&6';
my $fetch = 'printf "GET / HTTP/1.0\r\n\r\n" >&7; cat <&6';
my $stream = "head -c $size /dev/zero | tr '\\0' x >&7; head -c $size <&6 | wc -c";
my $sock = sub { my ($v, $prog) = @_; (tool('socat'), "OPENSSL-LISTEN:PORT,bind=127.0.0.1,fork,reuseaddr,cert=$pair->{cert},key=$pair->{key},verify=0,openssl-min-proto-version=TLS$v,openssl-max-proto-version=TLS$v", "EXEC:$prog") };
my $gnutls = sub { my ($v, @how) = @_; (tool('gnutls-serv'), '-q', '-p', 'PORT', '--x509certfile', $pair->{cert}, '--x509keyfile', $pair->{key}, '--disable-client-cert', '--priority', "NORMAL:-VERS-ALL:+VERS-TLS$v", @how) };
my $openssl = sub { my ($v, @how) = @_; (tool('openssl'), 's_server', '-quiet', '-accept', '127.0.0.1:PORT', '-cert', $pair->{cert}, '-key', $pair->{key}, '-tls' . $v =~ tr/./_/r, @how) };
# What the server is started with, what our client does with it, what it must write, how often.
my @servers = (
  ['socat', 'a line', sub { $sock->($_[0], $answer) }, 'head -n 1 <&6', qr/\Aanswer\n\z/, 6],
  ['socat', '3 MB each way', sub { $sock->($_[0], $script) }, $stream, qr/\A\s*$size\n\z/, 1],
  ['gnutls-serv', 'an echo', sub { $gnutls->($_[0], '--echo') }, $echo, qr/\Ahello\n\z/, 6],
  ['gnutls-serv', 'a page', sub { $gnutls->($_[0], '--http') }, $fetch, qr/<\/HTML>\s*\z/i, 6],
  ['openssl s_server', 'a line that is turned round', sub { $openssl->($_[0], '-rev') }, $echo, qr/\Aolleh\n\z/, 6],
  ['openssl s_server', 'a page', sub { $openssl->($_[0], '-www') }, $fetch, qr/<\/HTML>\s*\z/i, 6],
);
for (@servers)
{
  my ($name, $what, $command, $prog, $wanted, $times) = @$_;
  for my $version ('1.2', '1.3')
  {
    SKIP:
    {
      skip "$name is not installed", scalar @ways unless tool($name =~ s/ .*//r);
      my $server = start_at_free_port($command->($version));
      for my $options ([], ['-S'])
      {
        my @end = map { tls_client($server, [@$options, '-k', 'localhost'], ['sh', '-c', $prog], deadline => 60) } 1 .. $times;
        is(scalar(grep { $_->{out} =~ $wanted } @end), $times, "$name, TLS $version, s6-tlsclient @$options: $what arrives $times times of $times")
          or diag(map { substr($_->{out}, 0, 300) . $_->{err} } @end[0, -1]);
      }
      $server->put_down;
    }
  }
}

done_testing;
