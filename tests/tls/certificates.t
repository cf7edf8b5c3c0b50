#!/usr/bin/env perl
# Who is believed: client certificates, server certificates, names; by the chain programs and by the server.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();
page('s6-tlsd');

my $facts = facts_program();

# The two kinds of servers, as subs that start one.
my %servers = (
  's6-tlsd' => sub { my ($options, %env) = @_; start_tls_server($options, [$facts], env => \%env) },
  's6-tlsserver' => sub
  {
    my ($options, %env) = @_;
    start_server(['-v', '-H', @$options], [$facts], program => 's6-tlsserver', env => { pair_env(tls_pair('server')), %env });
  },
);

# ---- certificates of clients ----

my %client = (
  none => undef,
  good => tls_pair('client', subject => '/C=FR/O=Ex, Inc\/x/CN=Ann', names => 'DNS:ann.test,email:ann@test,URI:urn:ann'),
  rsa => tls_pair('client-rsa', kind => 'rsa', subject => '/CN=Rob'),
  untrusted => tls_pair('client-other', by => 'other', subject => '/CN=Eve'),
  expired => tls_pair('client-expired', from => -10, to => -1, subject => '/CN=Old'),
  future => tls_pair('client-future', from => 2, to => 10, subject => '/CN=Early'),
  'for servers only' => tls_pair('client-eku', usage => 'serverAuth', subject => '/CN=Server'),
  hostile => tls_pair('client-hostile', subject => "/CN=a\nSSL_CLIENT_VERIFY=SUCCESS/OU=\xc3\xa4"),
);
my %verdict = (
  none => qr/\ANONE\z/, good => qr/\ASUCCESS\z/, rsa => qr/\ASUCCESS\z/, hostile => qr/\ASUCCESS\z/, untrusted => qr/\AFAILED:(?:.*issuer certificate|unable to verify the first certificate)\z/,
  expired => qr/\AFAILED:certificate has expired\z/, future => qr/\AFAILED:certificate is not yet valid\z/, 'for servers only' => qr/\AFAILED:.*(?:purpose|suitable).*\z/,
);

page_says('A client without one is served, and so is one whose certificate is not accepted: SSL_CLIENT_VERIFY has the result.');
page_says('Serve only clients that have a certificate which is accepted.');
for my $kind (sort keys %servers)
{
  my $optional = $servers{$kind}->(['-Y'], CAFILE => authority());
  my $directory = $servers{$kind}->(['-Y'], CADIR => ca_directory());
  my $mandatory = $servers{$kind}->(['-y'], CAFILE => authority());
  for my $who (sort keys %client)
  {
    my @show = $client{$who} ? ('-cert', $client{$who}{cert}, '-key', $client{$who}{key}) : ();
    for my $version ('-tls1_2', '-tls1_3')
    {
      my $got = facts_of(s_client($optional, '', $version, @show)->{out});
      like($got->{SSL_CLIENT_VERIFY} // '', $verdict{$who}, "$kind -Y $version, client certificate: $who");
      my $good = ($got->{SSL_CLIENT_VERIFY} // '') eq 'SUCCESS';
      is($got->{SSL_PEER_CERT_HASH} // '', $good ? $client{$who}{hash} : '', '... the hash is set only if it is accepted');
      is(join(' ', grep { /^SSL_PEER/ } keys %$got), '', '... and nothing else') unless $good;
      my $in = s_client($mandatory, '', $version, @show)->{out} =~ /\Ahello\n/ ? 1 : 0;
      is($in, $good ? 1 : 0, "... -y lets it " . ($good ? 'in' : 'not in'));
    }
    like(facts_of(s_client($directory, '', @show)->{out})->{SSL_CLIENT_VERIFY} // '', $verdict{$who}, '... by a directory of authorities, too');
  }
  my $got = facts_of(s_client($optional, '', '-cert', $client{good}{cert}, '-key', $client{good}{key})->{out});
  is($got->{SSL_PEER_CERT_SUBJECT}, 'CN=Ann,O=Ex\\, Inc/x,C=FR', 'the subject, in the form of RFC 4514');
  is($got->{SSL_PEER_CERT_CN}, 'Ann', 'the common name');
  is($got->{SSL_PEER_CERT_SAN}, 'DNS:ann.test,email:ann@test,URI:urn:ann', 'the other names');
  is($got->{SSL_PEER_CERT_ISSUER}, 'CN=authority ca', 'the issuer');
  like($got->{SSL_PEER_CERT_SERIAL}, qr/\A[0-9A-F]+\z/, 'the serial number');
  like($got->{SSL_PEER_CERT_NOTAFTER}, qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\z/, 'when it expires');
  my $out = s_client($optional, '', '-cert', $client{hostile}{cert}, '-key', $client{hostile}{key})->{out};
  is(scalar(() = $out =~ /^SSL_CLIENT_VERIFY=/mg), 1, 'a newline in a name is no new line');
  like($out, qr/^SSL_PEER_CERT_CN=a\\0ASSL_CLIENT_VERIFY=SUCCESS$/m, '... it is escaped');
}
is(run({ env => { pair_env(tls_pair('server')) } }, bin('s6-tlsd'), '-y', 'true')->{code}, 100, 'no authority at all is an error of the caller');

# ---- pairs by name ----

page_says('With 1, a client gets the pair of the server name that it asks for, or the default pair.');
page_says('a client that asks for no name, or for one that has no pair, is refused with the alert unrecognized_name.');
page_says('An exact name is preferred to one with a wildcard.');
my %pair = (default => tls_pair('server'), exact => tls_pair('exact', names => 'DNS:www.example.test'), wild => tls_pair('wild', kind => 'rsa', names => 'DNS:*.example.test'));
my %names = (pair_env($pair{exact}, 'www.example.test'), pair_env($pair{wild}, '*.example.test'));
for my $kind (sort keys %servers)
{
  for my $level (0, 1, 2)
  {
    my $server = $servers{$kind}->(['-k', $level], %names);
    for (['www.example.test', 'exact'], ['WWW.Example.Test', 'exact'], ['x.example.test', 'wild'], ['x.y.example.test', 'default'], ['example.test', 'default'],
         ['other.test', 'default'], [undef, 'default'], ['x' x 240 . '.test', 'default'])
    {
      my ($name, $wanted) = @$_;
      my $end = s_client($server, '', defined $name ? ('-servername', $name) : '-noservername');
      my $hash = facts_of($end->{out})->{SSL_SERVER_CERT_HASH} // '';
      my $pair = $level == 0 ? 'default' : $wanted;
      is($hash, $pair eq 'default' && $level == 2 ? '' : $pair{$pair}{hash}, "$kind -k $level: " . substr($name // 'no name', 0, 30));
      like($end->{err}, qr/unrecognized name/, '... refused with the alert') if $pair eq 'default' && $level == 2;
    }
    my $end = s_client($server, '', '-servername', "a b/../c");
    my $hostile = facts_of($end->{out});
    is(exists $hostile->{SSL_PROTOCOL} ? 1 : 0, $level == 2 ? 0 : 1, "$kind -k $level: a name with other bytes is as no name") or diag($end->{err});
    ok(!exists $hostile->{SSL_TLS_SNI_SERVERNAME}, "$kind -k $level: and is not passed on");
  }
}

# Two kinds of keys for one name.
{
  my $server = $servers{'s6-tlsserver'}->([], 'KEYFILE2' => $pair{wild}{key}, 'CERTFILE2' => $pair{wild}{cert});
  is(facts_of(s_client($server, '', '-sigalgs', 'ECDSA+SHA256')->{out})->{SSL_SERVER_CERT_HASH}, $pair{default}{hash}, 'ECDSA for a client that wants it');
  is(facts_of(s_client($server, '', '-sigalgs', 'RSA-PSS+SHA256')->{out})->{SSL_SERVER_CERT_HASH}, $pair{wild}{hash}, 'RSA beside it');
}

# ---- what the client verifies ----

page('s6-tlsc');
page_says('is an IP address, the certificate must be for that address, and no name is sent to the server.');
my $yes = 0;
my %server = (
  good => tls_pair('server'),
  expired => tls_pair('s-expired', from => -10, to => -1),
  'not yet valid' => tls_pair('s-future', from => 2, to => 9),
  untrusted => tls_pair('s-other', by => 'other'),
  'of another host' => tls_pair('s-host', names => 'DNS:other.test,IP:192.0.2.1'),
  wildcard => tls_pair('s-wild', names => 'DNS:*.nip.test'),
  'with the name in its subject' => tls_pair('s-cn', subject => '/CN=127.0.0.1', names => 'DNS:other.test'),
);
sub client { my ($server, @options) = @_; return tls_client($server, [@options], ['sh', '-c', 'cat <&6 > /dev/null; echo served']) }
for my $kind (sort keys %server)
{
  my $server = start_tls_server([], ['true'], env => { pair_env($server{$kind}) });
  my $end = client($server);
  if ($kind eq 'good') { is("$end->{code}$end->{out}", "0served\n", 'a good certificate for an address') or diag($end->{err}) }
  else
  {
    is($end->{code}, 98, "a certificate $kind: 98");
    like($end->{err}, qr/^s6-tlsc-io: fatal: 127\.0\.0\.1 port \d+: TLS handshake failed: certificate not accepted: /, '... with the cause');
  }
  is(client($server, '--no-verify-cert')->{code}, 0, '--no-verify-cert takes it');
}
{
  my $server = start_tls_server([], ['true'], env => { pair_env($server{good}) });
  is(client($server, '-k', 'localhost')->{code}, 0, '-k localhost');
  is(client($server, '-k', 'LOCALHOST.')->{code}, 0, '-k LOCALHOST.');
  is(client($server, '-k', '10.0.0.1.nip.io')->{code}, 98, 'a name that begins with an address is a name');
  is(client($server, '-k', '127.0.0.2')->{code}, 98, 'another address');
  is(client($server, '-k', 'a b')->{code}, 100, 'what is no name is an error');
  my $directory = tls_client($server, [], ['true'], env => { CAFILE => undef, CADIR => ca_directory() });
  is($directory->{code}, 0, 'a directory of authorities') or diag($directory->{err});
  my $system = tls_client($server, [], ['true'], env => { CAFILE => undef, SSL_CERT_DIR => ca_directory(), SSL_CERT_FILE => '/nonexistent' });
  is($system->{code}, 0, 'the directory of the system') or diag($system->{err});
  is(tls_client($server, [], ['true'], env => { CAFILE => undef, SSL_CERT_DIR => ca_directory('other'), SSL_CERT_FILE => '/nonexistent' })->{code}, 98, '... which does not know the authority');
}
{
  my $server = start_tls_server([], ['true'], env => { pair_env($server{wildcard}) });
  is(client($server, '-k', 'x.nip.test')->{code}, 0, 'a wildcard stands for one label');
  is(client($server, '-k', 'x.y.nip.test')->{code}, 98, '... not for two');
  is(client($server, '-k', 'nip.test')->{code}, 98, '... not for none');
}

# ---- our client shows a certificate ----

{
  my $server = start_tls_server(['-y'], [$facts], env => { CAFILE => authority() });
  my $got = tls_client($server, ['-y'], ['sh', '-c', 'cat <&6'], env => { pair_env($client{good}) });
  is(facts_of($got->{out})->{SSL_PEER_CERT_CN}, 'Ann', 's6-tlsclient -y shows a certificate') or diag($got->{err});
  is(tls_client($server, [], ['sh', '-c', 'cat <&6'], env => { pair_env($client{good}) })->{out}, '', 'without -y it does not');
}

done_testing;
