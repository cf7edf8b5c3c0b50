#!/usr/bin/env perl
# s6-tlsd and s6-tlsd-io: what prog gets, which process runs as which user, and the messages about what goes wrong.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();
page('s6-tlsd');

my $facts = put_file(own_dir() . '/facts', <<'END', 0755);
#!/bin/sh
read line
echo "got $line"
tr '\0' '\n' < /proc/$$/environ | grep -E '^(SSL_[A-Z_]+|KEYFILE|CERTFILE|CAFILE|CADIR|TLS_UID|TLS_GID)=|^(KEYFILE|CERTFILE)[0-9]*:' | grep -v '^SSL_CERT_'
END

# ---- both versions, all kinds of keys ----

page_says('waits until the handshake is done, and becomes prog, with the clear text on descriptors 0 and 1.');
for my $kind ('ec', 'rsa', 'ed25519')
{
  my $pair = tls_pair("server-$kind", kind => $kind);
  my $server = start_tls_server([], [$facts], env => { pair_env($pair) });
  for my $version ('1.2', '1.3')
  {
    my $end = s_client($server, "hello\n", '-tls' . ($version =~ tr/./_/r), '-servername', 'LocalHost', '-verify_return_error');
    like($end->{out}, qr/\Agot hello\n/, "s6-tlsd, $kind key, TLS $version: the client is answered") or diag($end->{err}, log_text($server));
    my $facts = facts_of($end->{out});
    is($facts->{SSL_PROTOCOL}, "TLSv$version", "s6-tlsd, $kind key, TLS $version: SSL_PROTOCOL has the version");
    is($facts->{SSL_TLS_SNI_SERVERNAME}, 'localhost', "s6-tlsd, $kind key, TLS $version: SSL_TLS_SNI_SERVERNAME has the server name in lower case");
    is($facts->{SSL_CLIENT_VERIFY}, 'NONE', "s6-tlsd, $kind key, TLS $version: SSL_CLIENT_VERIFY is NONE for a client without a certificate");
    is($facts->{SSL_SERVER_CERT_HASH}, $pair->{hash},
       "s6-tlsd, $kind key, TLS $version: SSL_SERVER_CERT_HASH has the certificate that the client got");
    ok(!exists $facts->{SSL_PEER_CERT_HASH}, "s6-tlsd, $kind key, TLS $version: SSL_PEER_CERT_HASH is not set for a client without a certificate");
    like($facts->{SSL_CIPHER_USEKEYSIZE}, qr/\A(?:128|256)\z/, "s6-tlsd, $kind key, TLS $version: SSL_CIPHER_USEKEYSIZE has the size of the key");
    like($facts->{SSL_CIPHER}, $version eq '1.3' ? qr/\ATLS_AES/ : qr/\AECDHE-/, "s6-tlsd, $kind key, TLS $version: SSL_CIPHER has the cipher");
    is($facts->{SSL_SESSION_RESUMED}, 'Initial', "s6-tlsd, $kind key, TLS $version: SSL_SESSION_RESUMED is Initial for a new session");
    is(join(' ', grep { /^(?:KEY|CERTFILE|TLS_)/ } sort keys %$facts), '',
       "s6-tlsd, $kind key, TLS $version: the program gets no variable that is about keys");
  }
  is(log_text($server), '', "s6-tlsd, $kind key: nothing is logged about sessions that go well");
}

# ---- what is removed ----

page_says('Remove the variables that are for TLS only before prog is run');
{
  my %more = ('KEYFILE:a.test' => tls_pair('server')->{key}, 'CERTFILE:a.test' => tls_pair('server')->{cert}, CADIR => '/nonexistent', CAFILE => '/nonexistent', TLS_UID => 1, TLS_GID => 1);
  my $server = start_tls_server([], [$facts], env => { %more });
  my $facts = facts_of(s_client($server, "x\n")->{out});
  is(join(' ', grep { /FILE|CADIR|TLS_[UG]ID/ } sort keys %$facts), '', 's6-tlsd removes the variables that are for TLS only');
  page_says('Leave them to prog.');
  $server = start_tls_server(['-Z'], [own_dir() . '/facts'], env => { %more });
  $facts = facts_of(s_client($server, "x\n")->{out});
  is(join(' ', grep { /FILE|CADIR|TLS_[UG]ID/ } sort keys %$facts), 'CADIR CAFILE CERTFILE CERTFILE:a.test KEYFILE KEYFILE:a.test TLS_GID TLS_UID',
    's6-tlsd -Z leaves the variables that are for TLS to its program');
}

# ---- keys that are no good ----

page_says('A key, a certificate or the list of authorities is missing, cannot be read or is not valid; the message names the file.');
sub io_on_nothing
{
  my ($env, @options) = @_;
  open my $null, '+<', '/dev/null' or die;
  return run({ fds => { 0 => $null, 3 => $null }, env => $env }, bin('s6-tlsd-io'), @options, '--', 3, 3);
}
my $pair = tls_pair('server');
my $dir = own_dir();
openssl('ec', '-in', $pair->{key}, '-aes128', '-passout', 'pass:x', '-out', "$dir/encrypted.key");
openssl('pkey', '-in', $pair->{key}, '-outform', 'DER', '-out', "$dir/der.key");
put_file("$dir/empty", '');
for (
  ['a key that is not there', { KEYFILE => "$dir/nonexistent", CERTFILE => $pair->{cert} }, qr/unable to open \Q$dir\E\/nonexistent: No such file or directory$/],
  ['a certificate that is not there', { KEYFILE => $pair->{key}, CERTFILE => "$dir/nonexistent" }, qr/unable to open \Q$dir\E\/nonexistent: No such file or directory$/],
  ['an encrypted key', { KEYFILE => "$dir/encrypted.key", CERTFILE => $pair->{cert} }, qr/encrypted\.key: the key is encrypted, which needs a password$/],
  ['a key in DER form', { KEYFILE => "$dir/der.key", CERTFILE => $pair->{cert} }, qr/der\.key: there is no PEM private key in it$/],
  ['an empty certificate', { KEYFILE => $pair->{key}, CERTFILE => "$dir/empty" }, qr/empty: there is no PEM certificate in it$/],
  ['a directory as the key', { KEYFILE => $dir, CERTFILE => $pair->{cert} }, qr/unable to read \Q$dir\E: Is a directory$/],
  ['a key of another certificate', { KEYFILE => tls_pair('other')->{key}, CERTFILE => $pair->{cert} },
    qr/the key in \S+pair-other\.key is not that of the first certificate in \S+pair-server\.crt$/],
  ['a key without a certificate', { KEYFILE => $pair->{key} }, qr/there is a key, and no certificate: not set: CERTFILE$/],
)
{
  my ($name, $env, $words) = @$_;
  my $end = io_on_nothing($env);
  is($end->{code}, 96, "s6-tlsd-io with $name ends with exit code 96");
  like($end->{err}, qr/\As6-tlsd-io: fatal: [^\n]*\n\z/, "s6-tlsd-io with $name prints one line");
  like($end->{err}, $words, "s6-tlsd-io with $name prints the cause");
}
is(io_on_nothing({})->{code}, 100, 's6-tlsd-io without any key ends with exit code 100, an error of the caller');
like(io_on_nothing({})->{err}, qr/KEYFILE is not set/, 's6-tlsd-io without any key prints that KEYFILE is not set');
page_says('0 is an error.');
SKIP:
{
  skip 'only root changes ids', 2 unless is_root();
  my $end = io_on_nothing({ pair_env($pair), TLS_UID => 0 });
  is($end->{code}, 100, 's6-tlsd-io with TLS_UID=0 ends with exit code 100');
  like($end->{err}, qr/invalid \$TLS_UID: it must be an id in numbers, and not 0, not '0'$/, 's6-tlsd-io with TLS_UID=0 prints the cause');
}

# ---- handshakes that fail ----

page_says('The handshake failed or timed out; the message has the cause.');
{
  my $server = start_tls_server(['-K', 300], ['false'], tcp => ['-v']);
  my $plain = open_client($server);
  say_to($plain, "GET / HTTP/1.0\r\n\r\n");
  read_all($plain);
  log_says($server, qr/^s6-tlsd-io: fatal: 127\.0\.0\.1 port \d+: TLS handshake failed: the peer speaks plain HTTP/,
    's6-tlsd: a client that speaks plain HTTP is logged');
  log_says($server, qr/exitcode 98/, 's6-tlsd: a client that speaks plain HTTP is logged with exit code 98');
  my $garbage = open_client($server);
  say_to($garbage, "\x01\x02\x03" x 100);
  read_all($garbage);
  log_says($server, qr/TLS handshake failed: the peer does not speak TLS/, 's6-tlsd: a client that sends garbage is logged');
  my $gone = open_client($server);
  stop_sending($gone);
  read_all($gone);
  log_says($server, qr/TLS handshake failed: the peer closed the connection/, 's6-tlsd: a client that goes away in its handshake is logged');
  page_says('End a session whose handshake is not done after ms milliseconds.');
  my $silent = open_client($server);
  ok(defined read_all($silent), 's6-tlsd -K: the connection of a silent client is closed');
  log_says($server, qr/: TLS handshake timed out$/, 's6-tlsd -K: a silent client is logged');
  s_client($server, '', '-tls1_2', '-cipher', 'AES128-SHA');
  log_says($server, qr/TLS handshake failed: no cipher in common, sent alert handshake failure/,
    's6-tlsd: a client that has no cipher in common is logged with the alert');
  ok(eventually(sub { log_count($server, qr/ exitcode 98 /) == 5 }), 's6-tlsd: each of the five failed handshakes ends with exit code 98');
}

# ---- descriptors ----

page_says('The process that speaks TLS is no child of prog.');
{
  my $look = put_file(own_dir() . '/look', <<'END', 0755);
#!/bin/sh
read line
echo "children: $(cat /proc/$$/task/$$/children | tr ' ' '\n' | while read p; do test -z "$p" || cat /proc/$p/comm; done | grep -v -e '^cat$' -e '^tr$' -e '^look$' | tr '\n' ' ')"
exec perl -e 'opendir my $d, "/proc/self/fd" or die; print "fd $_\n" for grep { /\d/ && $_ != fileno $d } readdir $d'
END
  my $server = start_tls_server([], [$look]);
  my $out = s_client($server, "x\n")->{out};
  like($out, qr/^children: *$/m, 's6-tlsd: its program has no child that it does not know of');
  is(join(' ', sort $out =~ /^fd (\d+)/mg), '0 1 2', 's6-tlsd: its program gets three descriptors and no other');
}

done_testing;
