#!/usr/bin/env perl
# A PROXY header before TLS: s6-tlsserver after a relay that does not look into the session.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();

my %env = pair_env(tls_pair('server'));
my $server = start_server(['-v', '-H', '--proxy=2', '--proxy-from=127.0.0.1', '-C1'], ['sh', '-c', 'echo "$TCPREMOTEIP via $TCPPROXYIP by $SSL_PROTOCOL"; read -r line; echo "$line"'],
  program => 's6-tlsserver', env => \%env);
my $relay = start_server(['-C', 100, '-c', 100], [bin('s6-tcpclient'), '-H', '--send-proxy=2', '127.0.0.1', $server->{port}, bin('s6-ioconnect')]);

sub over_relay
{
  my ($from) = @_;
  my $step = start_server([], [bin('s6-tcpclient'), '-H', '-i', $from, '127.0.0.1', $relay->{port}, bin('s6-ioconnect')]);
  return s_client($step, "hello\n")->{out};
}

like(over_relay("127.0.0.$_"), qr/\A127\.0\.0\.$_ via 127\.0\.0\.1 by TLSv1\.[23]\nhello\n\z/,
  "s6-tlsserver --proxy=2 after a relay serves 127.0.0.$_ as the client over TLS") for 5 .. 9;
log_says($server, qr{info: accept 127\.0\.0\.5_\d+ pid \d+ count 1/1 via=127\.0\.0\.1_\d+$},
  's6-tlsserver --proxy=2 after a relay logs the client and the sender');
my $plain = open_client($server);
say_to($plain, "\x16\x03\x01");
ok(closed_by_server($plain), 's6-tlsserver --proxy=2 refuses a handshake without a header');
log_says($server, qr/refuse 127\.0\.0\.1_\d+ bad proxy header: neither version 1 nor version 2$/,
  's6-tlsserver --proxy=2 logs that a handshake is no header');

done_testing();
