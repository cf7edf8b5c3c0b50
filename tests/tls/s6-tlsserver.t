#!/usr/bin/env perl
# s6-tlsserver, s6-tlskeyholder and s6-tlsserverd: what the chain does that the programs of one client cannot.

use strict;
use warnings;
no warnings "portable";  # addresses of 64 bits
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();
page('s6-tlsserver');

my $facts = put_file(own_dir() . '/facts', <<'END', 0755);
#!/bin/sh
read line
echo "got $line"
tr '\0' '\n' < /proc/$$/environ | grep -E '^(SSL_[A-Z_]+|TCP[A-Z]+|PROTO|KEYFILE|CERTFILE|CAFILE|CADIR|TLS_UID|TLS_GID|SALLYPORT_TLS_HOLDER)=' | grep -v '^SSL_CERT_'
END

sub tls_server
{
  my ($options, $prog, %how) = @_;
  my %env = (pair_env(tls_pair('server')), %{$how{env} // {}});
  return start_server(['-v', '-H', @$options], $prog, program => 's6-tlsserver', %how, env => \%env);
}

# ---- the chain ----

for my $kind ('ec', 'rsa')
{
  my $pair = tls_pair("server-$kind", kind => $kind);
  my $server = tls_server([], [$facts], env => { pair_env($pair), SSL_PEER_CERT_HASH => 'x', TCPREMOTEHOST => 'x' });
  for my $version ('1.2', '1.3')
  {
    my $end = s_client($server, "hello\n", '-tls' . ($version =~ tr/./_/r), '-servername', 'LocalHost', '-verify_return_error');
    like($end->{out}, qr/\Agot hello\n/, "s6-tlsserver, $kind key, TLS $version: the client is answered") or diag($end->{err}, log_text($server));
    my $facts = facts_of($end->{out});
    is($facts->{SSL_PROTOCOL}, "TLSv$version", "s6-tlsserver, $kind key, TLS $version: SSL_PROTOCOL has the version");
    is($facts->{SSL_TLS_SNI_SERVERNAME}, 'localhost',
       "s6-tlsserver, $kind key, TLS $version: SSL_TLS_SNI_SERVERNAME has the server name in lower case");
    is($facts->{SSL_SERVER_CERT_HASH}, $pair->{hash},
       "s6-tlsserver, $kind key, TLS $version: SSL_SERVER_CERT_HASH has the certificate that the client got");
    is($facts->{TCPREMOTEIP}, '127.0.0.1', "s6-tlsserver, $kind key, TLS $version: TCPREMOTEIP has the client's address");
    is($facts->{TCPCONNNUM}, 1, "s6-tlsserver, $kind key, TLS $version: TCPCONNNUM has the count of clients of the source");
    is(join(' ', grep { /^(?:KEY|CERTFILE|TLS_|CA|SALLYPORT)/ } sort keys %$facts), '',
       "s6-tlsserver, $kind key, TLS $version: the program gets no variable that is about keys");
    ok(!exists $facts->{SSL_PEER_CERT_HASH},
       "s6-tlsserver, $kind key, TLS $version: an SSL_PEER_CERT_HASH that the daemon was started with is removed");
  }
}

# ---- many who are silent ----

{
  my $server = tls_server(['-c', 500, '-C', 500, '-K', 600_000, '--max-pending=400'], ['sh', '-c', 'read line; echo "got $line $SSL_PROTOCOL"']);
  my @silent = map { open_client($server) } 1 .. 150;
  is(scalar(grep { s_client($server, "hello\n", '-tls1_3')->{out} =~ /^got hello TLSv1\.3$/m } 1 .. 5), 5,
     's6-tlsserver serves five clients, with their variables, beside 150 clients that are silent');
  close $_ for @silent;
  is(s_client($server, "hello\n", '-tls1_2')->{out} =~ /^got hello TLSv1\.2$/m, 1, 's6-tlsserver serves a client after 150 silent clients have gone');
}

SKIP:
{
  skip('only Linux tells how long a connection has been idle', 3) unless platform() eq 'linux';
  my $server = tls_server(['--max-idle=1'], ['cat']);
  my $sends = start(command => [tool('openssl'), 's_client', '-quiet', '-connect', "127.0.0.1:$server->{port}"], fds => { 0 => '/dev/zero' });
  pipe my $reader, my $writer or die;
  my $mute = start(command => [tool('openssl'), 's_client', '-quiet', '-connect', "127.0.0.1:$server->{port}"], fds => { 0 => $reader });
  log_says($server, qr/info: ending pid \d+ after \d+ s: idle$/, 's6-tlsserver --max-idle ends a TLS session that carries nothing');
  ok($mute->wait, 's6-tlsserver --max-idle: the client of a TLS session that carries nothing sees the end');
  ok($sends->alive, 's6-tlsserver --max-idle does not end the session of a TLS client that sends');
  $sends->signal('KILL');
}

# ---- the ends of sessions, as in closing.t ----

my $python = tool('python3');
SKIP:
{
  skip 'python3 is not installed', 1 unless $python;
  for my $options ([], ['-S'])
  {
    my $at_once = tls_server($options, ['echo', 'answer']);
    my $to_end = tls_server($options, ['sh', '-c', 'cat > /dev/null; echo answer']);
    my $much = tls_server($options, ['sh', '-c', 'head -c 3000000 > /dev/null; tr "\\\\0" x < /dev/zero | head -c 3000000']);
    for my $version ('1.2', '1.3')
    {
      for my $ending ('wait', 'notify', 'fin', 'both')
      {
        my $talk = sub { my ($server, @more) = @_; my $end = run({ deadline => 60 }, $python, source_file('tests/lib/tls-peer'), 'client', $server->port, $version, authority(), $ending, @more); return $end->{out} . $end->{err} };
        is($talk->($at_once, 20), "notify 7 answer\n" x 20,
           "s6-tlsserver @$options TLS $version, client ends by $ending: the answer of a program that writes and exits arrives");
        is($talk->($to_end, 3), "notify 7 answer\n" x 3,
          "s6-tlsserver @$options TLS $version, client ends by $ending: the answer of a program that reads to the end first arrives")
          if $ending ne 'wait';
        is($talk->($much, 1, 3000000), 'notify 3000000 ' . 'x' x 60 . "\n",
           "s6-tlsserver @$options TLS $version, client ends by $ending: 3 MB in each direction arrive");
      }
    }
    is(join('', grep { /warning|fatal|refuse/ } log_lines($_)), '',
      "s6-tlsserver @$options: no warning or refusal is logged about clients that end in each way") for $at_once, $to_end, $much;
  }
}

# ---- keys at the start ----

page_says('A key, a certificate or the list of authorities is missing, cannot be read or is not valid; the message names the file.');
for (
  ['a key that is not there', { KEYFILE => '/nonexistent' }, qr/^s6-tlskeyholder: fatal: unable to open \/nonexistent: No such file or directory$/],
  ['a key of another certificate', { KEYFILE => tls_pair('other')->{key} }, qr/is not that of the first certificate in/],
  ['an Ed25519 key', { pair_env(tls_pair('ed', kind => 'ed25519')) }, qr/an Ed25519 key cannot be kept in a process of its own/],
)
{
  my ($name, $env, $words) = @$_;
  my $end = run({ env => { pair_env(tls_pair('server')), %$env } }, bin('s6-tlsserver'), '-1', '-H', '127.0.0.1', 0, 'true');
  is($end->{code}, 96, "s6-tlsserver with $name ends with exit code 96");
  is($end->{out}, '', "s6-tlsserver with $name ends before it announces its port");
  like($end->{err}, $words, "s6-tlsserver with $name prints the cause");
}
{
  my $old = tls_pair('expired', from => -10, to => -1);
  my $server = tls_server([], ['true'], env => { pair_env($old) });
  log_says($server, qr/^s6-tlskeyholder: warning: the certificate in \S+pair-expired\.crt has expired$/,
    's6-tlsserver serves an expired certificate, with a warning');
  my $soon = tls_pair('soon', from => -10, to => 3);
  $server = tls_server([], ['true'], env => { pair_env($soon) });
  log_says($server, qr/^s6-tlskeyholder: warning: the certificate in \S+pair-soon\.crt expires in [23] days$/,
    's6-tlsserver serves a certificate that expires soon, with a warning');
}

# ---- handshakes that fail ----

{
  my $server = tls_server(['-K', 300], ['echo', 'answer']);
  my $plain = open_client($server);
  say_to($plain, "GET / HTTP/1.0\r\n\r\n");
  read_all($plain);
  log_says($server, qr/^s6-tlsserverd: info: refuse 127\.0\.0\.1_\d+ TLS handshake failed: the peer speaks plain HTTP/,
    's6-tlsserver: a client that speaks plain HTTP is logged');
  my $gone = open_client($server);
  close $gone;
  my @silent = map { open_client($server) } 1 .. 60;
  is(s_client($server, '')->{out}, "answer\n", 's6-tlsserver: no client waits although more clients than -c allows are silent');
  ok(defined read_all($_), 's6-tlsserver -K: the connection of a silent client is closed') for @silent[0, -1];
  log_says($server, qr/refuse .* (?:TLS handshake timed out|repeated=)/, 's6-tlsserver -K: silent clients are logged in lines that are summed up');
  ok(eventually(sub { children($server->pid) == 1 }), 's6-tlsserver: after handshakes that fail no process is left but the holder of the keys');
}

# ---- limits ----

page_says('Clients in the middle of a handshake are not counted; those that have finished it wait until another client has ended.');
{
  my $server = tls_server(['-c', 1], ['sh', '-c', 'echo hello; read x; echo "answer $x"']);
  my $client = sub { pipe my $in, my $out or die; my $c = start(command => [tool('openssl'), 's_client', '-quiet', '-connect', '127.0.0.1:' . $server->port], fds => { 0 => $in }); close $in; $c->{to} = $out; return $c };
  my $one = $client->();
  is(read_line($one->out), "hello\n", 's6-tlsserver -c 1: the first client is served');
  my $other = $client->();
  is(read_line($other->out, 0.5), undef, 's6-tlsserver -c 1: a second client waits');
  syswrite $one->{to}, "x\n";
  is(read_line($one->out), "answer x\n", 's6-tlsserver -c 1: the first client gets its answer while a second one waits');
  close $one->{to};
  $one->put_down;
  is(read_line($other->out), "hello\n", 's6-tlsserver -c 1: the second client is served when the first has gone');
  close $other->{to};
  $other->put_down;
}

# ---- resumption, across processes ----

{
  my $server = tls_server([], [$facts]);
  my $session = own_dir() . '/session';
  for my $version ('-tls1_2', '-tls1_3')
  {
    run({ stdin => "x\n" }, tool('openssl'), 's_client', '-quiet', $version, '-connect', '127.0.0.1:' . $server->port, '-sess_out', $session);
    my @resumed = map { facts_of(run({ stdin => "x\n" }, tool('openssl'), 's_client', '-quiet', $version, '-connect', '127.0.0.1:' . $server->port, '-sess_in', $session)->{out})->{SSL_SESSION_RESUMED} // '' } 1 .. 3;
    is("@resumed", 'Resumed Resumed Resumed', "s6-tlsserver $version: a session is resumed although each client has a process of its own");
  }
  # Clients use a ticket of TLS 1.3 only once (RFC 8446 C.4): each visit brings the one for the next.
  my $visit = 0;
  my @chain = map { my @in = $visit ? ('-sess_in', "$session.$visit") : ();
    facts_of(run({ stdin => "x\n" }, tool('openssl'), 's_client', '-quiet', '-tls1_3', '-connect', '127.0.0.1:' . $server->port, @in, '-sess_out', "$session." . ++$visit)->{out})->{SSL_SESSION_RESUMED} // '' } 0 .. 5;
  is("@chain", 'Initial Resumed Resumed Resumed Resumed Resumed',
     's6-tlsserver, TLS 1.3: a client that uses each ticket once resumes its session at every visit') or diag(log_text($server));
}

# ---- new certificates ----

page('s6-tlskeyholder');
page_says('When a client comes, and at most once a second, the holder looks whether a file has been replaced.');
page_says('If the new files are not valid, the old ones are kept, and a line is logged.');
{
  my ($old, $new) = (tls_pair('old'), tls_pair('new', kind => 'rsa'));
  my %live = (key => own_dir() . '/live.key', cert => own_dir() . '/live.crt');
  my $replace = sub { my ($file, $with) = @_; put_file("$live{$file}.new", get_file($with)); rename "$live{$file}.new", $live{$file} or die };
  $replace->('key', $old->{key});
  $replace->('cert', $old->{cert});
  my $server = tls_server([], [$facts], env => { KEYFILE => $live{key}, CERTFILE => $live{cert} });
  my $serves = sub { facts_of(s_client($server, "x\n")->{out})->{SSL_SERVER_CERT_HASH} // '' };
  is($serves->(), $old->{hash}, 's6-tlsserver serves the certificate that it was started with');
  $replace->('cert', $new->{cert});
  ok(log_has_after($serves, $server, qr/^s6-tlskeyholder: warning: keeping the old certificates: the key in \S+live\.key is not that of/),
     's6-tlskeyholder does not use a new certificate without its key, and logs that');
  is($serves->(), $old->{hash}, 's6-tlsserver serves the old certificate when the new one is there without its key');
  $replace->('key', $new->{key});
  ok(eventually(sub { $serves->() eq $new->{hash} }), 's6-tlsserver serves the new certificate when its key is there, too');
  log_says($server, qr/^s6-tlsserverd: info: new certificates$/, 's6-tlsserver logs new certificates that it serves');
}

# As log_has, with clients that make the holder look.
sub log_has_after
{
  my ($ask, $server, $pattern) = @_;
  return eventually(sub { $ask->(); grep { /$pattern/ } log_lines($server) });
}

# ---- who has the key, and which process runs as which user ----

page('s6-tlskeyholder');
page_says('Neither s6-tlskeyholder nor any program after it ever has a private key in its memory.');
SKIP:
{
  skip 'only root looks into the memory of others', 5 unless is_root();
  my $server = tls_server(['-u', 65533, '-g', 65533], ['sh', '-c', 'echo hello; read x']);
  pipe my $in, my $out or die;
  my $client = start(command => [tool('openssl'), 's_client', '-quiet', '-connect', '127.0.0.1:' . $server->port], fds => { 0 => $in });
  is(read_line($client->out), "hello\n", 's6-tlsserver -u -g: a client is served');
  my $hex = openssl('ec', '-in', tls_pair('server')->{key}, '-noout', '-text') =~ /priv:\n((?:\s+[0-9a-f:]+\n)+)/ ? $1 =~ s/[\s:]//gr : '';
  my $key = pack 'H*', substr $hex, -64;
  # The library has numbers with the lowest byte first.
  my @forms = ($key, scalar reverse $key);
  my ($line) = get_file(tls_pair('server')->{key}) =~ /BEGIN (?:EC )?PRIVATE KEY-----\n(\S{40})/;
  push @forms, $line;
  my %has = map { my $pid = $_; ($pid => memory_has($pid, @forms)) } $server->pid, family($server->pid);
  my ($holder) = grep { (get_file("/proc/$_/cmdline") =~ /s6-tlskeyholder/) } keys %has;
  ok($has{$holder}, 's6-tlskeyholder has the private key in its memory, as the test sees');
  SKIP:
  {
    skip 'a sanitizer reserves more than can be locked', 1 if variant() eq 'sanitize';
    skip 'memory may not be locked here', 1 unless hex((split ' ', status_field($$, 'CapEff'))[0]) & 1 << 14;
    cmp_ok((split ' ', status_field($holder, 'VmLck'))[0], '>', 1000, 'the memory of s6-tlskeyholder is locked: no key is written to swap space');
  }
  is(join(' ', grep { $_ != $holder && $has{$_} } keys %has), '',
     'no process of s6-tlsserver but the holder has the key in its memory: ' . join(' ', sort keys %has));
  is(join(' ', map { (split ' ', status_field($_, 'Uid'))[0] } grep { $_ != $holder } sort keys %has) =~ s/65533//gr =~ s/ //gr, '',
    's6-tlsserver -u -g: no process but the holder of the keys is root');
  close $out;
  $client->put_down;
}

sub memory_has
{
  my ($pid, @forms) = @_;
  open my $memory, '<:raw', "/proc/$pid/mem" or return 0;
  for (split /\n/, get_file("/proc/$pid/maps"))
  {
    my ($from, $to, $flags) = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/ or next;
    next if $flags !~ /^r/ || /\[v(?:var|syscall|dso)/;
    ($from, $to) = (hex $from, hex $to);
    next if $to - $from > 1 << 30;  # reserved by a sanitizer, never written
    sysseek $memory, $from, 0 or next;
    my $bytes = '';
    while ($from < $to)
    {
      my $n = sysread $memory, $bytes, $to - $from > 1 << 22 ? 1 << 22 : $to - $from, length $bytes;
      last unless $n;
      return 1 if grep { index($bytes, $_) >= 0 } @forms;
      $from += $n;
      substr $bytes, 0, length($bytes) - 64, '' if length $bytes > 64;
    }
  }
  return 0;
}

# ---- the other chain ----

page('s6-tlsserver');
page_says('This costs several times more for each client.');
{
  my $ed = tls_pair('ed', kind => 'ed25519');
  my $server = tls_server(['--chain'], [$facts], env => { pair_env($ed) });
  is(facts_of(s_client($server, "x\n")->{out})->{SSL_SERVER_CERT_HASH}, $ed->{hash}, 's6-tlsserver --chain serves an Ed25519 key');
  log_says($server, qr/^s6-tlsserver: info: running a chain of programs for each client, because of --chain$/,
    's6-tlsserver --chain logs the option as the reason for a chain of programs for each client');
  my $rules = own_dir() . '/rules';
  my $other = tls_pair('other');
  for ('', '/ip4', '/ip4/127.0.0.1_32', '/ip4/127.0.0.1_32/env') { mkdir "$rules$_" or die }
  put_file("$rules/ip4/127.0.0.1_32/allow", '');
  put_file("$rules/ip4/127.0.0.1_32/env/KEYFILE", $other->{key});
  put_file("$rules/ip4/127.0.0.1_32/env/CERTFILE", $other->{cert});
  $server = tls_server(['-i', $rules], [$facts]);
  is(facts_of(s_client($server, "x\n")->{out})->{SSL_SERVER_CERT_HASH}, $other->{hash},
     's6-tlsserver -i serves a client by the key that its rule chooses');
}

done_testing;
