#!/usr/bin/env perl
# What the options about protocols, versions, ciphers, groups, secrets and tickets do in both roles.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();

my $facts = facts_program();

# Both kinds of servers: a sub that starts one, and the pattern before the cause when a handshake fails.
my %servers = (
  's6-tlsd' => { start => sub { my ($options, %env) = @_; start_tls_server($options, [$facts], env => \%env) }, failed => qr/^s6-tlsd-io: fatal: 127\.0\.0\.1 port \d+: / },
  's6-tlsserver' => {
    start => sub { my ($options, %env) = @_; start_server(['-v', '-H', @$options], [$facts], program => 's6-tlsserver', env => { pair_env(tls_pair('server')), %env }) },
    failed => qr/^s6-tlsserverd: info: refuse 127\.0\.0\.1_\d+ /,
  },
);
# Our clients: the program after the options runs with the clear text on 6 and 7.
my %clients = (
  's6-tlsclient' => sub { my ($server, @options) = @_; tls_client($server, \@options, [$facts]) },
  's6-tlsc' => sub { my ($server, @options) = @_; run({ env => { CAFILE => authority() } }, bin('s6-tcpclient'), '-H', '127.0.0.1', $server->port, bin('s6-tlsc'), @options, $facts) },
);
my $plain = start_tls_server([], ['cat']);

# ---- what the servers do ----

page('s6-tlsserver');
for my $kind (sort keys %servers)
{
  my ($start, $failed) = @{$servers{$kind}}{qw(start failed)};
  my $fails = sub { my ($server, $cause, $name) = @_; log_says($server, qr/$failed.*$cause/, "$kind: $name") };

  page_says('The protocols that are served, by their ALPN names, separated by commas, the preferred one first.');
  page_says('A client that offers only others is refused with the alert no_application_protocol.');
  page_says('SSL_ALPN is the one that was chosen.');
  my $server = $start->(['--alpn=h2,http/1.1']);
  for my $version ('-tls1_2', '-tls1_3')
  {
    is(facts_of(s_client($server, '', $version, '-alpn', 'http/1.1,h2')->{out})->{SSL_ALPN}, 'h2',
      "$kind $version --alpn: of two protocols that both know, the server's first is chosen");
    is(facts_of(s_client($server, '', $version, '-alpn', 'nonesuch,http/1.1')->{out})->{SSL_ALPN}, 'http/1.1',
      "$kind $version --alpn: the one protocol that both know is chosen");
    my $none = facts_of(s_client($server, '', $version)->{out});
    is($none->{SSL_ALPN} // 'unset', 'unset', "$kind $version --alpn: no protocol is chosen for a client that offers none");
    ok(exists $none->{SSL_PROTOCOL}, "$kind $version --alpn: a client that offers no protocol is served");
    my $other = s_client($server, '', $version, '-alpn', 'nonesuch');
    is($other->{out}, '', "$kind $version --alpn: a client that offers only other protocols is not served");
    like($other->{err}, qr/no application protocol/, "$kind $version --alpn: a client that offers only other protocols gets the alert");
  }
  $fails->($server, qr/TLS handshake failed: .*no application protocol/, '--alpn: a client that offers only other protocols is logged');

  page_says('The lowest version of TLS that is spoken, 1.2 or 1.3.', 'The default is 1.2.');
  $server = $start->(['--tls-min=1.3']);
  is(facts_of(s_client($server, '', '-tls1_3')->{out})->{SSL_PROTOCOL}, 'TLSv1.3', "$kind --tls-min=1.3: a client of TLS 1.3 is served");
  is(s_client($server, '', '-tls1_2')->{out}, '', "$kind --tls-min=1.3: a client of TLS 1.2 is not served");
  $fails->($server, qr/TLS handshake failed: .*version/, '--tls-min=1.3: a client of TLS 1.2 is logged');
  $server = $start->([]);
  is(s_client($server, '', '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0')->{out}, '', "$kind without --tls-min: a client of TLS 1.1 is not served");
  $fails->($server, qr/TLS handshake failed: .*version/, 'without --tls-min: a client of TLS 1.1 is logged');

  page_says('Use only these ciphers, by the names that OpenSSL has for them, separated by colons.');
  page_says('Names that begin with TLS_ are of TLS 1.3; a version for which none is named keeps its defaults.');
  $server = $start->(['--ciphers=TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305']);
  is(facts_of(s_client($server, '', '-tls1_3')->{out})->{SSL_CIPHER}, 'TLS_CHACHA20_POLY1305_SHA256',
    "$kind --ciphers for both versions: TLS 1.3 uses the named cipher");
  is(facts_of(s_client($server, '', '-tls1_2')->{out})->{SSL_CIPHER}, 'ECDHE-ECDSA-CHACHA20-POLY1305',
    "$kind --ciphers for both versions: TLS 1.2 uses the named cipher");
  is(s_client($server, '', '-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384')->{out}, '',
    "$kind --ciphers: a client that has only another cipher is not served");
  $fails->($server, qr/TLS handshake failed: no cipher in common/, '--ciphers: a client that has only another cipher is logged');
  $server = $start->(['--ciphers=ECDHE-ECDSA-AES128-GCM-SHA256']);
  is(facts_of(s_client($server, '', '-tls1_2')->{out})->{SSL_CIPHER}, 'ECDHE-ECDSA-AES128-GCM-SHA256',
    "$kind --ciphers for TLS 1.2 alone: TLS 1.2 uses the named cipher");
  like(facts_of(s_client($server, '', '-tls1_3')->{out})->{SSL_CIPHER}, qr/\ATLS_/, "$kind --ciphers for TLS 1.2 alone: TLS 1.3 keeps its defaults");

  page_says('Use only these groups for the key exchange, by the names that OpenSSL has for them, separated by colons.');
  $server = $start->(['--groups=P-384:X448']);
  for my $version ('-tls1_2', '-tls1_3')
  {
    like(facts_of(s_client($server, '', $version, '-groups', 'P-384:P-256')->{out})->{SSL_GROUP} // '', qr/\A(?:P-384|secp384r1)\z/,
      "$kind $version --groups: a client that has the first group gets it");
    like(facts_of(s_client($server, '', $version, '-groups', 'X448:P-256')->{out})->{SSL_GROUP} // '', qr/\A[Xx]448\z/,
      "$kind $version --groups: a client that has only the second group gets it");
    is(s_client($server, '', $version, '-groups', 'X25519')->{out}, '', "$kind $version --groups: a client that has only another group is not served");
  }
  ok(eventually(sub { log_count($server, qr/$failed.*TLS handshake failed: /) == 2 }),
    "$kind --groups: each client that has only another group is logged") or diag(log_text($server));

  page_says('Append the secrets of each session to file, so that a captured connection can be read.');
  my $log = own_dir() . "/secrets-$kind";
  $server = $start->(["--keylog=$log"]);
  is(facts_of(s_client($server, '', '-tls1_2', '-keylogfile', "$log.peer")->{out})->{SSL_PROTOCOL}, 'TLSv1.2', "$kind --keylog: a client of TLS 1.2 is served");
  is(facts_of(s_client($server, '', '-tls1_3', '-keylogfile', "$log.peer")->{out})->{SSL_PROTOCOL}, 'TLSv1.3', "$kind --keylog: a client of TLS 1.3 is served");
  like(secrets_in("$log.peer"), qr/^CLIENT_RANDOM .*^SERVER_TRAFFIC_SECRET_0 /ms, "$kind --keylog: the client's own file has the secrets of both sessions");
  is(secrets_in($log), secrets_in("$log.peer"), "$kind --keylog: the server writes the same secrets as the client");
  is((stat $log)[2] & 07777, 0600, "$kind --keylog: only its owner can read the file of the secrets");
  my $before = get_file($log);
  s_client($start->(["--keylog=$log"]), '');
  like(get_file($log), qr/\A\Q$before\E./s, "$kind --keylog: the secrets of another server are appended to the file");

  page_says('Tickets are made with the first key, and those of the others are accepted.', 'Several hosts can share the file.');
  my ($old, $new) = map { join '', map { chr int rand 256 } 1 .. 80 } 1, 2;
  my %file = map { $_->[0] => put_file(own_dir() . "/tickets-$_->[0]-$kind", $_->[1]) } ['old', $old], ['both', $new . $old], ['new', $new], ['short', substr $old, 0, 48];
  my %host = map { $_ => $start->(["--ticket-keys=$file{$_}"]) } keys %file;
  my $session = own_dir() . "/session-$kind";
  my $visit = sub { my ($host, @how) = @_; return facts_of(s_client($host{$host}, '', @how)->{out})->{SSL_SESSION_RESUMED} // '' };
  for my $version ('-tls1_2', '-tls1_3')
  {
    is($visit->('old', $version, '-sess_out', $session), 'Initial', "$kind $version --ticket-keys: the first session is new");
    is($visit->('old', $version, '-sess_in', $session), 'Resumed', "$kind $version --ticket-keys: a session is resumed");
    is($visit->('both', $version, '-sess_in', $session), 'Resumed',
      "$kind $version --ticket-keys: a session is resumed by another server that has the key as its second");
    is($visit->('both', $version, '-sess_out', $session), 'Initial', "$kind $version --ticket-keys: a session with a server of two keys is new");
    is($visit->('new', $version, '-sess_in', $session), 'Resumed',
      "$kind $version --ticket-keys: a ticket of a server of two keys is taken by one that has its first key");
    is($visit->('old', $version, '-sess_in', $session), 'Initial',
      "$kind $version --ticket-keys: a ticket is not taken by a server that does not have its key");
    is($visit->('short', $version, '-sess_out', $session), 'Initial', "$kind $version --ticket-keys with a key of 48 bytes: the first session is new");
    is($visit->('short', $version, '-sess_in', $session), 'Resumed', "$kind $version --ticket-keys with a key of 48 bytes: a session is resumed");
  }
}

sub secrets_in
{
  my %has = map { $_ => 1 } grep { /^(?:CLIENT_RANDOM|\w+_TRAFFIC_SECRET_0) / } split /\n/, get_file($_[0]);
  return join "\n", sort keys %has;
}

page('s6-tlsd');
page_says('Without this option no session is resumed, because no two connections share a process.');
{
  my $server = $servers{'s6-tlsd'}{start}->([]);
  my $session = own_dir() . '/session';
  s_client($server, '', '-tls1_2', '-sess_out', $session);
  is(facts_of(s_client($server, '', '-tls1_2', -s $session ? ('-sess_in', $session) : ())->{out})->{SSL_SESSION_RESUMED}, 'Initial',
    's6-tlsd without --ticket-keys resumes no session');
}

# ---- a PROXY header before TLS ----

page('s6-tlsserver');
page_says('The same as --proxy=any.');
for my $options ([], ['--chain'])
{
  my $server = start_server(['-v', '-H', '-L', '--proxy-from=127.0.0.5', '-C1', @$options], ['sh', '-c', 'echo "$TCPREMOTEIP $SSL_PROTOCOL"; read -r line'],
    program => 's6-tlsserver', env => { pair_env(tls_pair('server')) });
  my $relay = start_server([], [bin('s6-tcpclient'), '-H', '-i', '127.0.0.5', '--send-proxy=1', '127.0.0.1', $server->port, bin('s6-ioconnect')]);
  my $step = start_server([], [bin('s6-tcpclient'), '-H', '-i', '127.0.0.77', '127.0.0.1', $relay->port, bin('s6-ioconnect')]);
  is(s_client($step, "x\n")->{out}, "127.0.0.77 TLSv1.3\n", "s6-tlsserver @$options -L: a header from a relay in the list is believed")
    or diag(log_text($server));
  my $without = run({ env => { pair_env(tls_pair('server')) } }, bin('s6-tlsserver'), '-L', @$options, '127.0.0.1', 0, 'true');
  is($without->{code}, 100, "s6-tlsserver @$options -L exits 100 without --proxy-from");
  is($without->{err}, "s6-tlsserver: usage: --proxy needs --proxy-from (try s6-tlsserver --help)\n",
    "s6-tlsserver @$options -L: the message names --proxy-from, which is missing");
  my $direct = open_client($server);
  say_to($direct, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n");
  ok(defined read_all($direct), "s6-tlsserver @$options -L: the connection of a client that is not in the list is closed");
  log_says($server, qr/info: refuse 127\.0\.0\.1_\d+ /,
    "s6-tlsserver @$options -L: a client that sends a header and is not in the list is logged as refused");
}

# ---- what our clients do ----

page('s6-tlsclient');
for my $kind (sort keys %clients)
{
  my $client = $clients{$kind};
  my $fails = sub { my ($end, $cause, $name) = @_; ok($end->{code} == 98 && $end->{err} =~ /^s6-tlsc-io: fatal: 127\.0\.0\.1 port \d+: TLS handshake failed: .*$cause/m, "$kind: $name") or diag(explain($end)) };
  my $server = start_tls_server(['--alpn=h2,http/1.1'], ['cat']);
  page_says('Offer these protocols by their ALPN names, separated by commas, the preferred one first.', 'SSL_ALPN is the one that the server chose.');
  is(facts_of($client->($server, '--alpn=http/1.1,h2')->{out})->{SSL_ALPN}, 'h2', "$kind --alpn: SSL_ALPN has the server's choice of two protocols");
  is(facts_of($client->($server, '--alpn=x,http/1.1')->{out})->{SSL_ALPN}, 'http/1.1', "$kind --alpn: SSL_ALPN has the one protocol that both know");
  is(facts_of($client->($plain, '--alpn=x,http/1.1')->{out})->{SSL_ALPN} // 'unset', 'unset',
    "$kind --alpn: SSL_ALPN is not set with a server that chooses none");
  $fails->($client->($server, '--alpn=nonesuch'), qr/no application protocol/, '--alpn with nothing in common: exit code 98 and the cause');

  my $limited = start_tls_server(['--ciphers=ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256', '--groups=P-256'], ['cat']);
  is(facts_of($client->($plain, '--ciphers=TLS_CHACHA20_POLY1305_SHA256')->{out})->{SSL_CIPHER}, 'TLS_CHACHA20_POLY1305_SHA256',
    "$kind --ciphers: the named cipher is used");
  $fails->($client->($limited, '--ciphers=TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305'), qr//,
    '--ciphers with nothing in common: exit code 98 and a message');
  like(facts_of($client->($plain, '--groups=P-384')->{out})->{SSL_GROUP}, qr/\A(?:P-384|secp384r1)\z/, "$kind --groups: the named group is used");
  $fails->($client->($limited, '--groups=X25519'), qr//, '--groups with nothing in common: exit code 98 and a message');
  is(facts_of($client->($plain, '--tls-min=1.3')->{out})->{SSL_PROTOCOL}, 'TLSv1.3', "$kind --tls-min=1.3: TLS 1.3 is spoken");

  my $log = own_dir() . "/secrets-$kind";
  my $logging = start_tls_server(["--keylog=$log.peer"], ['cat']);
  put_file($log, "# mine\n");
  $client->($logging, "--keylog=$log") for 1, 2;
  like(get_file($log), qr/\A# mine\n(?:.*\nCLIENT_TRAFFIC_SECRET_0 ){2}/s, "$kind --keylog: the secrets of each session are appended");
  is(secrets_in($log), secrets_in("$log.peer"), "$kind --keylog: the client writes the same secrets as the server");
}
SKIP:
{
  my $python = tool('python3');
  skip 'python3 is not installed', 2 unless $python;
  for my $kind (sort keys %clients)
  {
    my $pair = tls_pair('server');
    my $old = start_listening(command => [$python, source_file('tests/lib/tls-peer'), 'server', $pair->{cert}, $pair->{key}, 0, '1.2', '-', 'wait', 9, 6], ip => '127.0.0.1');
    my $end = $clients{$kind}->($old, '--tls-min=1.3');
    ok($end->{code} == 98 && $end->{err} =~ /^s6-tlsc-io: fatal: 127\.0\.0\.1 port \d+: TLS handshake failed: .*version/m,
      "$kind --tls-min=1.3 with a server that has only TLS 1.2: exit code 98 and the cause") or diag(explain($end));
  }
}

done_testing;
