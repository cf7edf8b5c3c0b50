#!/usr/bin/env perl
# examples/https: a page by HTTPS, certificates that are replaced by an ACME client's hook, mutual TLS, and stunnel before a
# service.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;
use Sallyport::Tls;

skip_without_tls();
skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());
my $place = examples() . '/https';
chmod 0755, own_dir(), examples();

sub ends { my ($server, $name) = @_; $server->signal('TERM'); ok($server->wait, "$name ends after SIGTERM") }
sub page_of { my ($server, @how) = @_; return s_client($server, "GET /a HTTP/1.0\r\n\r\n", @how)->{out} }
my $good = qr{\AHTTP/1\.0 200 OK\r\n.*<code>/a</code>.*^TCPREMOTEIP=127\.0\.0\.1$}ms;

# ---- a page, with a pair of its own making ----

my $server = start_example('https');
ok($server->port, 'examples/https starts') or BAIL_OUT(log_text($server));
like(page_of($server), $good, 'examples/https serves its page by HTTPS') or diag(log_text($server));
is((stat "$place/key.pem")[2] & 077, 0, 'examples/https makes a key that only its owner can read');
like(openssl('x509', '-in', "$place/cert.pem", '-noout', '-ext', 'subjectAltName'), qr/DNS:localhost, IP Address:127\.0\.0\.1/,
  'examples/https makes a certificate for localhost and 127.0.0.1');
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'examples/https does not run as root');
my $key = get_file("$place/key.pem");
ends($server, 'examples/https');
$server = start_example('https');
is(get_file("$place/key.pem"), $key, 'examples/https keeps the key that is there at its next start');
ends($server, 'examples/https');

# ---- the hook ----

my ($old, $new) = (tls_pair('old'), tls_pair('new', kind => 'rsa'));
my %live = (KEYFILE => own_dir() . '/live.key', CERTFILE => own_dir() . '/live.pem');
sub hook { my ($env, @words) = @_; return run({ env => { %live, %$env } }, "$place/renew", @words) }
is(hook({}, $old->{key}, $old->{cert})->{code}, 0, 'examples/https/renew puts a first pair in place');
$server = start_example('https', %live);
my $serves = sub { page_of($server) =~ $good ? openssl_hash($server) : 'nothing' };
sub openssl_hash
{
  my ($server) = @_;
  my $shown = run({ stdin => '' }, tool('openssl'), 's_client', '-connect', '127.0.0.1:' . $server->port, '-CAfile', authority())->{out};
  my ($pem) = $shown =~ /(-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n)/s or return 'none';
  my ($hash) = openssl('x509', '-in', put_file('shown.pem', $pem), '-noout', '-fingerprint', '-sha256') =~ /=([0-9A-F:]+)/;
  return 'SHA256:' . lc($hash =~ tr/://dr);
}
is($serves->(), $old->{hash}, 'examples/https serves the pair that renew has put in place');
my $bad = hook({}, $old->{key}, $new->{cert});
is($bad->{code}, 1, 'examples/https/renew exits 1 for a key and a certificate that do not match');
like($bad->{err}, qr/^renew: fatal: the key in \S+ is not that of \S+$/, 'examples/https/renew reports a key and a certificate that do not match');
is(get_file($live{CERTFILE}), get_file($old->{cert}), 'examples/https/renew leaves the certificate as it is when the pair does not match');
is(hook({}, 'startup_hook')->{code}, 0, 'examples/https/renew exits 0 for other steps of dehydrated');
is(hook({}, 'deploy_cert', 'localhost', $new->{key}, '/nonexistent', $new->{cert}, '/nonexistent', 0)->{code}, 0,
  'examples/https/renew exits 0 when called as dehydrated does');
ok(eventually(sub { $serves->() eq $new->{hash} }), 'examples/https serves the pair of dehydrated without a restart');
mkdir own_dir() . '/lineage' or die;
put_file('lineage/privkey.pem', get_file($old->{key}));
put_file('lineage/fullchain.pem', get_file($old->{cert}));
is(hook({ RENEWED_LINEAGE => own_dir() . '/lineage' })->{code}, 0, 'examples/https/renew exits 0 when called as certbot does');
ok(eventually(sub { $serves->() eq $old->{hash} }), 'examples/https serves the pair of certbot without a restart');
is((stat $live{KEYFILE})[2] & 077, 0, 'examples/https/renew makes the key readable for its owner alone');
ends($server, 'examples/https');

# ---- mutual TLS ----

my $pair = tls_pair('server');
my $ann = tls_pair('ann', subject => '/CN=Ann');
my $eve = tls_pair('eve', subject => '/CN=Eve', by => 'other');
my $mutual = start_example('https/mutual', pair_env($pair), CAFILE => authority());
ok($mutual->port, 'examples/https/mutual starts') or BAIL_OUT(log_text($mutual));
my $hello = tls_client($mutual, ['-y'], [bin('s6-ioconnect')], env => { pair_env($ann) });
like($hello->{out}, qr/\AHello, Ann\.\nYour certificate is good until 2\d{3}-\S+Z\.\n\z/,
  'examples/https/mutual greets the owner of a certificate by name') or diag($hello->{err}, log_text($mutual));
is(tls_client($mutual, ['-y'], [bin('s6-ioconnect')], env => { pair_env($eve) })->{out}, '',
  'examples/https/mutual does not serve a certificate of another authority');
is(tls_client($mutual, [], [bin('s6-ioconnect')])->{out}, '', 'examples/https/mutual does not serve a client without a certificate');
ends($mutual, 'examples/https/mutual');

# ---- stunnel before a service ----

SKIP:
{
  my $stunnel = tool('stunnel');
  my $works = $stunnel && run($stunnel, '-version');
  skip 'stunnel is not installed, or lacks the libraries that it needs', 1 unless $works && defined $works->{code} && $works->{err} =~ /stunnel \d/;
  my $dir = own_dir() . '/run';
  mkdir $dir or die;
  my $socket = "$dir/socket";
  my $after = start_example('https/after', PORT => '', WEB => $socket);
  log_says($after, qr/info: starting - bound to /, 'examples/https/after starts') or BAIL_OUT(log_text($after));
  my $before = start_stunnel($socket, $stunnel);
  ok($before, 'examples/https/stunnel starts') or skip('stunnel does not start', 1);
  like(page_of($before), qr{\AHTTP/1\.0 200 OK\r\n.*<code>/a</code>.*^TCPREMOTEIP=127\.0\.0\.1$}ms,
    'a TLS client of stunnel gets the page of the Unix-domain service') or diag(log_text($before), log_text($after));
  log_says($after, qr{info: allow 127\.0\.0\.1_\d+ pid \d+ count \d+/50 via=uid:${\started_as()}$},
    'examples/https/after counts and logs the client, not stunnel');
  ends(@$_) for [$before, 'examples/https/stunnel'], [$after, 'examples/https/after'];
}

# It is given its port: another one if that has been taken meanwhile.
sub start_stunnel
{
  my ($socket, $stunnel) = @_;
  for (1 .. 5)
  {
    my ($held, $port) = busy_port();
    close $held;
    my $server = start_example('https/stunnel', pair_env($pair), WEB => $socket, PORT => $port, PATH => "$ENV{PATH}:" . $stunnel =~ s{/[^/]*\z}{}r);
    $server->{port} = $port;
    return $server if log_has($server, qr/Configuration successful/, 5) && eventually(sub { eval { open_client($server) } || !$server->alive }) && $server->alive;
    diag(log_text($server));
    $server->put_down;
  }
  return undef;
}

done_testing;
