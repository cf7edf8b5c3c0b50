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
    is(facts_of(s_client($server, '', $version, '-alpn', 'http/1.1,h2')->{out})->{SSL_ALPN}, 'h2', "$kind $version: of two protocols the server's first");
    is(facts_of(s_client($server, '', $version, '-alpn', 'nonesuch,http/1.1')->{out})->{SSL_ALPN}, 'http/1.1', '... of others the one that both know');
    my $none = facts_of(s_client($server, '', $version)->{out});
    is($none->{SSL_ALPN} // 'unset', 'unset', '... none for a client that offers none');
    ok(exists $none->{SSL_PROTOCOL}, '... which is served');
    my $other = s_client($server, '', $version, '-alpn', 'nonesuch');
    is($other->{out}, '', '... a client that offers only others is not');
    like($other->{err}, qr/no application protocol/, '... and gets the alert');
  }
  $fails->($server, qr/TLS handshake failed: .*no application protocol/, 'with a line');

  page_says('The lowest version of TLS that is spoken, 1.2 or 1.3.', 'The default is 1.2.');
  $server = $start->(['--tls-min=1.3']);
  is(facts_of(s_client($server, '', '-tls1_3')->{out})->{SSL_PROTOCOL}, 'TLSv1.3', "$kind --tls-min=1.3: TLS 1.3");
  is(s_client($server, '', '-tls1_2')->{out}, '', '... and no TLS 1.2');
  $fails->($server, qr/TLS handshake failed: .*version/, 'with a line');
  $server = $start->([]);
  is(s_client($server, '', '-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0')->{out}, '', "$kind: without it no TLS 1.1");
  $fails->($server, qr/TLS handshake failed: .*version/, 'with a line');

  page_says('Use only these ciphers, by the names that OpenSSL has for them, separated by colons.');
  page_says('Names that begin with TLS_ are of TLS 1.3; a version for which none is named keeps its defaults.');
  $server = $start->(['--ciphers=TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305']);
  is(facts_of(s_client($server, '', '-tls1_3')->{out})->{SSL_CIPHER}, 'TLS_CHACHA20_POLY1305_SHA256', "$kind --ciphers: TLS 1.3");
  is(facts_of(s_client($server, '', '-tls1_2')->{out})->{SSL_CIPHER}, 'ECDHE-ECDSA-CHACHA20-POLY1305', '... TLS 1.2');
  is(s_client($server, '', '-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384')->{out}, '', '... and no other');
  $fails->($server, qr/TLS handshake failed: no cipher in common/, 'with a line');
  $server = $start->(['--ciphers=ECDHE-ECDSA-AES128-GCM-SHA256']);
  is(facts_of(s_client($server, '', '-tls1_2')->{out})->{SSL_CIPHER}, 'ECDHE-ECDSA-AES128-GCM-SHA256', '... TLS 1.2 alone');
  like(facts_of(s_client($server, '', '-tls1_3')->{out})->{SSL_CIPHER}, qr/\ATLS_/, '... where TLS 1.3 keeps its defaults');

  page_says('Use only these groups for the key exchange, by the names that OpenSSL has for them, separated by colons.');
  $server = $start->(['--groups=P-384:X448']);
  for my $version ('-tls1_2', '-tls1_3')
  {
    like(facts_of(s_client($server, '', $version, '-groups', 'P-384:P-256')->{out})->{SSL_GROUP} // '', qr/\A(?:P-384|secp384r1)\z/, "$kind $version --groups: the first");
    like(facts_of(s_client($server, '', $version, '-groups', 'X448:P-256')->{out})->{SSL_GROUP} // '', qr/\A[Xx]448\z/, '... the second');
    is(s_client($server, '', $version, '-groups', 'X25519')->{out}, '', '... and no other');
  }
  ok(eventually(sub { log_count($server, qr/$failed.*TLS handshake failed: /) == 2 }), 'with a line each') or diag(log_text($server));

  page_says('Append the secrets of each session to file, so that a captured connection can be read.');
  my $log = own_dir() . "/secrets-$kind";
  $server = $start->(["--keylog=$log"]);
  is(facts_of(s_client($server, '', '-tls1_2', '-keylogfile', "$log.peer")->{out})->{SSL_PROTOCOL}, 'TLSv1.2', "$kind --keylog: a session of TLS 1.2");
  is(facts_of(s_client($server, '', '-tls1_3', '-keylogfile', "$log.peer")->{out})->{SSL_PROTOCOL}, 'TLSv1.3', '... and one of TLS 1.3');
  like(secrets_in("$log.peer"), qr/^CLIENT_RANDOM .*^SERVER_TRAFFIC_SECRET_0 /ms, '... whose secrets the client has, too');
  is(secrets_in($log), secrets_in("$log.peer"), '... they are the same');
  is((stat $log)[2] & 07777, 0600, '... in a file that only its owner reads');
  my $before = get_file($log);
  s_client($start->(["--keylog=$log"]), '');
  like(get_file($log), qr/\A\Q$before\E./s, '... and the next ones are appended');

  page_says('Tickets are made with the first key, and those of the others are accepted.', 'Several hosts can share the file.');
  my ($old, $new) = map { join '', map { chr int rand 256 } 1 .. 80 } 1, 2;
  my %file = map { $_->[0] => put_file(own_dir() . "/tickets-$_->[0]-$kind", $_->[1]) } ['old', $old], ['both', $new . $old], ['new', $new], ['short', substr $old, 0, 48];
  my %host = map { $_ => $start->(["--ticket-keys=$file{$_}"]) } keys %file;
  my $session = own_dir() . "/session-$kind";
  my $visit = sub { my ($host, @how) = @_; return facts_of(s_client($host{$host}, '', @how)->{out})->{SSL_SESSION_RESUMED} // '' };
  for my $version ('-tls1_2', '-tls1_3')
  {
    is($visit->('old', $version, '-sess_out', $session), 'Initial', "$kind $version --ticket-keys: a new session");
    is($visit->('old', $version, '-sess_in', $session), 'Resumed', '... is resumed');
    is($visit->('both', $version, '-sess_in', $session), 'Resumed', '... by another server that has the key as its second');
    is($visit->('both', $version, '-sess_out', $session), 'Initial', '... which makes tickets');
    is($visit->('new', $version, '-sess_in', $session), 'Resumed', '... with its first key');
    is($visit->('old', $version, '-sess_in', $session), 'Initial', '... that a server without it does not take');
    is($visit->('short', $version, '-sess_out', $session), 'Initial', '... a key of 48 bytes');
    is($visit->('short', $version, '-sess_in', $session), 'Resumed', '... is good for tickets, too');
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
  is(facts_of(s_client($server, '', '-tls1_2', -s $session ? ('-sess_in', $session) : ())->{out})->{SSL_SESSION_RESUMED}, 'Initial', 's6-tlsd without keys of tickets');
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
  is(s_client($step, "x\n")->{out}, "127.0.0.77 TLSv1.3\n", "@$options -L: a header from a relay in the list is believed") or diag(log_text($server));
  my $without = run({ env => { pair_env(tls_pair('server')) } }, bin('s6-tlsserver'), '-L', @$options, '127.0.0.1', 0, 'true');
  is($without->{code}, 100, '... -L without a list is an error');
  is($without->{err}, "s6-tlsserver: usage: --proxy needs --proxy-from (try s6-tlsserver --help)\n", '... in words');
  my $direct = open_client($server);
  say_to($direct, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n");
  ok(defined read_all($direct), '... of a client that is not in the list it is not');
  log_says($server, qr/info: refuse 127\.0\.0\.1_\d+ /, '... with a line');
}

# ---- what our clients do ----

page('s6-tlsclient');
for my $kind (sort keys %clients)
{
  my $client = $clients{$kind};
  my $fails = sub { my ($end, $cause, $name) = @_; ok($end->{code} == 98 && $end->{err} =~ /^s6-tlsc-io: fatal: 127\.0\.0\.1 port \d+: TLS handshake failed: .*$cause/m, "$kind: $name") or diag(explain($end)) };
  my $server = start_tls_server(['--alpn=h2,http/1.1'], ['cat']);
  page_says('Offer these protocols by their ALPN names, separated by commas, the preferred one first.', 'SSL_ALPN is the one that the server chose.');
  is(facts_of($client->($server, '--alpn=http/1.1,h2')->{out})->{SSL_ALPN}, 'h2', "$kind --alpn: the server's choice");
  is(facts_of($client->($server, '--alpn=x,http/1.1')->{out})->{SSL_ALPN}, 'http/1.1', '... of what both know');
  is(facts_of($client->($plain, '--alpn=x,http/1.1')->{out})->{SSL_ALPN} // 'unset', 'unset', '... none of a server that chooses none');
  $fails->($client->($server, '--alpn=nonesuch'), qr/no application protocol/, '--alpn, and nothing in common');

  my $limited = start_tls_server(['--ciphers=ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256', '--groups=P-256'], ['cat']);
  is(facts_of($client->($plain, '--ciphers=TLS_CHACHA20_POLY1305_SHA256')->{out})->{SSL_CIPHER}, 'TLS_CHACHA20_POLY1305_SHA256', "$kind --ciphers");
  $fails->($client->($limited, '--ciphers=TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305'), qr//, '--ciphers, and nothing in common');
  like(facts_of($client->($plain, '--groups=P-384')->{out})->{SSL_GROUP}, qr/\A(?:P-384|secp384r1)\z/, "$kind --groups");
  $fails->($client->($limited, '--groups=X25519'), qr//, '--groups, and nothing in common');
  is(facts_of($client->($plain, '--tls-min=1.3')->{out})->{SSL_PROTOCOL}, 'TLSv1.3', "$kind --tls-min=1.3");

  my $log = own_dir() . "/secrets-$kind";
  my $logging = start_tls_server(["--keylog=$log.peer"], ['cat']);
  put_file($log, "# mine\n");
  $client->($logging, "--keylog=$log") for 1, 2;
  like(get_file($log), qr/\A# mine\n(?:.*\nCLIENT_TRAFFIC_SECRET_0 ){2}/s, "$kind --keylog: the secrets of each session are appended");
  is(secrets_in($log), secrets_in("$log.peer"), '... and are those of the server');
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
    ok($end->{code} == 98 && $end->{err} =~ /^s6-tlsc-io: fatal: 127\.0\.0\.1 port \d+: TLS handshake failed: .*version/m, "$kind --tls-min=1.3, and a server that has only TLS 1.2") or diag(explain($end));
  }
}

done_testing;
