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
  expired => qr/\AFAILED:certificate has expired\z/, future => qr/\AFAILED:certificate is not yet valid(?: or the system clock is incorrect)?\z/, 'for servers only' => qr/\AFAILED:.*(?:purpose|suitable).*\z/,
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
      like($got->{SSL_CLIENT_VERIFY} // '', $verdict{$who}, "$kind -Y $version, client certificate $who: SSL_CLIENT_VERIFY has the verdict");
      my $good = ($got->{SSL_CLIENT_VERIFY} // '') eq 'SUCCESS';
      is($got->{SSL_PEER_CERT_HASH} // '', $good ? $client{$who}{hash} : '',
        "$kind -Y $version, client certificate $who: SSL_PEER_CERT_HASH is set only if it is accepted");
      is(join(' ', grep { /^SSL_PEER/ } keys %$got), '', "$kind -Y $version, client certificate $who: no variable SSL_PEER_... is set") unless $good;
      my $in = s_client($mandatory, '', $version, @show)->{out} =~ /\Ahello\n/ ? 1 : 0;
      is($in, $good ? 1 : 0, "$kind -y $version, client certificate $who: the client is " . ($good ? 'let in' : 'not let in'));
    }
    like(facts_of(s_client($directory, '', @show)->{out})->{SSL_CLIENT_VERIFY} // '', $verdict{$who},
      "$kind -Y with CADIR, client certificate $who: SSL_CLIENT_VERIFY has the verdict");
  }
  my $got = facts_of(s_client($optional, '', '-cert', $client{good}{cert}, '-key', $client{good}{key})->{out});
  is($got->{SSL_PEER_CERT_SUBJECT}, 'CN=Ann,O=Ex\\, Inc/x,C=FR',
    "$kind: SSL_PEER_CERT_SUBJECT has the subject of the client's certificate in the form of RFC 4514");
  is($got->{SSL_PEER_CERT_CN}, 'Ann', "$kind: SSL_PEER_CERT_CN has the common name of the client's certificate");
  is($got->{SSL_PEER_CERT_SAN}, 'DNS:ann.test,email:ann@test,URI:urn:ann', "$kind: SSL_PEER_CERT_SAN has the other names of the client's certificate");
  is($got->{SSL_PEER_CERT_ISSUER}, 'CN=authority ca', "$kind: SSL_PEER_CERT_ISSUER has the issuer of the client's certificate");
  like($got->{SSL_PEER_CERT_SERIAL}, qr/\A[0-9A-F]+\z/, "$kind: SSL_PEER_CERT_SERIAL has the serial number of the client's certificate");
  like($got->{SSL_PEER_CERT_NOTAFTER}, qr/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\z/,
    "$kind: SSL_PEER_CERT_NOTAFTER has the time at which the client's certificate expires");
  my $out = s_client($optional, '', '-cert', $client{hostile}{cert}, '-key', $client{hostile}{key})->{out};
  is(scalar(() = $out =~ /^SSL_CLIENT_VERIFY=/mg), 1, "$kind: a newline in a name of the client's certificate makes no variable of its own");
  like($out, qr/^SSL_PEER_CERT_CN=a\\0ASSL_CLIENT_VERIFY=SUCCESS$/m, "$kind: a newline in the common name of the client's certificate is escaped");
}
is(run({ env => { pair_env(tls_pair('server')) } }, bin('s6-tlsd'), '-y', 'true')->{code}, 100,
  's6-tlsd -y without any authority is an error of the caller, exit code 100');

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
      is($hash, $pair eq 'default' && $level == 2 ? '' : $pair{$pair}{hash},
        "$kind -k $level: " . ($pair eq 'default' && $level == 2 ? 'no' : "the $pair") . ' pair is served for the name ' . substr($name // '(none)',
          0, 30));
      like($end->{err}, qr/unrecognized name/,
        "$kind -k $level: a client without a pair of its name is refused with the alert unrecognized_name") if $pair eq 'default' && $level == 2;
    }
    my $end = s_client($server, '', '-servername', "a b/../c");
    my $hostile = facts_of($end->{out});
    is(exists $hostile->{SSL_PROTOCOL} ? 1 : 0, $level == 2 ? 0 : 1,
      "$kind -k $level: a server name with bytes that no name has is taken as no name") or diag($end->{err});
    ok(!exists $hostile->{SSL_TLS_SNI_SERVERNAME}, "$kind -k $level: a server name with bytes that no name has is not passed on");
  }
}

# Two kinds of keys for one name.
{
  my $server = $servers{'s6-tlsserver'}->([], 'KEYFILE2' => $pair{wild}{key}, 'CERTFILE2' => $pair{wild}{cert});
  is(facts_of(s_client($server, '', '-sigalgs', 'ECDSA+SHA256')->{out})->{SSL_SERVER_CERT_HASH}, $pair{default}{hash},
    's6-tlsserver with an ECDSA and an RSA pair: a client that wants ECDSA gets that pair');
  is(facts_of(s_client($server, '', '-sigalgs', 'RSA-PSS+SHA256')->{out})->{SSL_SERVER_CERT_HASH}, $pair{wild}{hash},
    's6-tlsserver with an ECDSA and an RSA pair: a client that wants RSA gets that pair');
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
  if ($kind eq 'good') { is("$end->{code}$end->{out}", "0served\n",
    's6-tlsclient accepts a good certificate that is for the address of the server') or diag($end->{err}) }
  else
  {
    is($end->{code}, 98, "s6-tlsclient, server certificate $kind: exit code 98");
    like($end->{err}, qr/^s6-tlsc-io: fatal: 127\.0\.0\.1 port \d+: TLS handshake failed: certificate not accepted: /,
      "s6-tlsclient, server certificate $kind: the message has the cause");
  }
  is(client($server, '--no-verify-cert')->{code}, 0, "s6-tlsclient, server certificate $kind: --no-verify-cert accepts it");
}
{
  my $server = start_tls_server([], ['true'], env => { pair_env($server{good}) });
  is(client($server, '-k', 'localhost')->{code}, 0, 's6-tlsclient -k localhost accepts a certificate for localhost');
  is(client($server, '-k', 'LOCALHOST.')->{code}, 0, 's6-tlsclient -k LOCALHOST. accepts a certificate for localhost');
  is(client($server, '-k', '10.0.0.1.nip.io')->{code}, 98, 's6-tlsclient -k with a name that begins with an address refuses a certificate for another name');
  is(client($server, '-k', '127.0.0.2')->{code}, 98, 's6-tlsclient -k with another address refuses the certificate');
  is(client($server, '-k', 'a b')->{code}, 100, 's6-tlsclient -k with an argument that is no name is an error of the caller');
  my $directory = tls_client($server, [], ['true'], env => { CAFILE => undef, CADIR => ca_directory() });
  is($directory->{code}, 0, 's6-tlsclient accepts a certificate by a directory of authorities in CADIR') or diag($directory->{err});
  my $system = tls_client($server, [], ['true'], env => { CAFILE => undef, SSL_CERT_DIR => ca_directory(), SSL_CERT_FILE => '/nonexistent' });
  is($system->{code}, 0, "s6-tlsclient without CAFILE accepts a certificate by the system's directory of authorities") or diag($system->{err});
  is(tls_client($server, [], ['true'], env => { CAFILE => undef, SSL_CERT_DIR => ca_directory('other'), SSL_CERT_FILE => '/nonexistent' })->{code}, 98,
    "s6-tlsclient without CAFILE refuses a certificate whose authority is not in the system's directory");
}
{
  my $server = start_tls_server([], ['true'], env => { pair_env($server{wildcard}) });
  is(client($server, '-k', 'x.nip.test')->{code}, 0, 's6-tlsclient: the wildcard in a certificate stands for one label');
  is(client($server, '-k', 'x.y.nip.test')->{code}, 98, 's6-tlsclient: the wildcard in a certificate does not stand for two labels');
  is(client($server, '-k', 'nip.test')->{code}, 98, 's6-tlsclient: the wildcard in a certificate does not stand for no label');
}

# ---- our client shows a certificate ----

{
  my $server = start_tls_server(['-y'], [$facts], env => { CAFILE => authority() });
  my $got = tls_client($server, ['-y'], ['sh', '-c', 'cat <&6'], env => { pair_env($client{good}) });
  is(facts_of($got->{out})->{SSL_PEER_CERT_CN}, 'Ann', 's6-tlsclient -y shows its certificate to a server that wants one') or diag($got->{err});
  is(tls_client($server, [], ['sh', '-c', 'cat <&6'], env => { pair_env($client{good}) })->{out}, '', 's6-tlsclient without -y shows no certificate');
}

done_testing;
