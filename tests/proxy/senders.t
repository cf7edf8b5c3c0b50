#!/usr/bin/env perl
# Headers of those who send them for a living, and their health checks: haproxy, nginx, hitch, stunnel, curl.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use Sallyport::Proxy;
use Sallyport::Tls;
use Socket qw(SOMAXCONN);

my $dir = own_dir();
my $tell = 'env | grep -E "^(TCP|SSL_[CPT]|PROXY_)" | grep -v SSL_CERT | sort; echo .';

sub backend_of
{
  my ($program, @options) = @_;
  return start_server(['-v', '-c', 200, '-C', 200, '--proxy=any', '--proxy-from=127.0.0.1', '--proxy-variables', @options], ['sh', '-c', $program]);
}

# A service that prints what it knows of the client, up to a dot, and then what it hears.
sub backend { return backend_of("$tell; exec cat", @_) }

# One that ends after the dot: a client over TLS waits for that.
sub brief_backend { return backend_of($tell) }

sub variables { return { map { /\A(.*?)=(.*)\z/s } grep { $_ ne '.' } split /\n/, $_[0] } }

# What the service says of a client of a sender, who connects from 127.0.0.5.
sub facts
{
  my ($sender) = @_;
  my $client = open_client($sender, from => '127.0.0.5');
  say_to($client, "hello\n");
  stop_sending($client);
  my $text = read_all($client) // '';
  my $told = variables($text =~ s/^\.\nhello\n\z//mr);
  $told->{echo} = $text =~ /^\.\nhello\n\z/m ? 'whole' : 'torn';
  $told->{right} = ($told->{TCPREMOTEIP} // '') eq '127.0.0.5' && ($told->{TCPREMOTEPORT} // '') eq $client->sockport ? 'right' : 'wrong';
  return $told;
}

sub is_told
{
  my ($sender, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $told = facts($sender);
  is("$told->{right} $told->{echo} " . ($told->{TCPPROXYIP} // ''), 'right whole 127.0.0.1',
    "$name: the service gets the client, its bytes, and the sender") or diag(explain($told));
  return $told;
}

# ---- haproxy ----

SKIP:
{
  my $haproxy = tool('haproxy');
  skip 'haproxy is not installed', 17 unless $haproxy && (run($haproxy, '-v')->{code} // 1) == 0;
  my $service = backend();
  my $brief = brief_backend();
  my $checked = backend('--proxy-close-local');
  my @listeners = map { [busy_port()] } 1 .. 5;
  my $at = "127.0.0.1:$service->{port}";
  my $pair = have_openssl() ? tls_pair('localhost', names => 'DNS:localhost') : undef;
  my $tls = '';
  if ($pair)
  {
    put_file('both.pem', get_file($pair->{cert}) . get_file($pair->{key}));
    $tls = "listen tls\n  bind fd\@6 ssl crt $dir/both.pem verify optional ca-file " . authority() . "\n" .
      "  server s 127.0.0.1:$brief->{port} send-proxy-v2 proxy-v2-options ssl,cert-cn,ssl-cipher,authority,crc32c\n";
  }
  my $checks = "127.0.0.1:$checked->{port}";
  my $config = put_file('haproxy.cfg', <<EOT);
global
  log stderr format raw daemon
defaults
  mode tcp
  log global
  timeout connect 20s
  timeout client 20s
  timeout server 20s
listen v1
  bind fd\@3
  server s $at send-proxy
listen v2
  bind fd\@4
  server s $at send-proxy-v2
listen options
  bind fd\@5
  unique-id-format id-%pid-%rt
  server s $at send-proxy-v2 proxy-v2-options crc32c,unique-id
${tls}listen checks
  bind fd\@7
  server v2 $checks send-proxy-v2 check inter 100ms fall 1
  server plain $checks send-proxy-v2 check inter 100ms fall 1 check port $checked->{port}
EOT
  my $balancer = start(command => [$haproxy, '-db', '-f', $config], fds => { map { (3 + $_ => $listeners[$_][0]) } 0 .. 4 });
  my @sender = map { { ip => '127.0.0.1', port => $_->[1] } } @listeners;
  ok(eventually(sub { log_count($service, qr/accept/) || eval { ask($sender[0], send => "x\n") } }),
    'haproxy before s6-tcpserver --proxy answers') or diag(log_text($balancer));
  is_told($sender[0], 'haproxy send-proxy');
  is_told($sender[1], 'haproxy send-proxy-v2');
  like(is_told($sender[2], 'haproxy crc32c and unique-id')->{PROXY_UNIQUE_ID} // '', qr/\Aid-\d+-\d+\z/,
    'haproxy crc32c and unique-id: the service has PROXY_UNIQUE_ID');
  SKIP:
  {
    skip 'openssl is not installed', 5 unless $pair;
    my $alice = tls_pair('alice', subject => '/CN=alice', usage => 'clientAuth');
    my $told = variables(run({ stdin => '' }, tool('openssl'), 's_client', '-quiet', '-connect', "127.0.0.1:$sender[3]{port}", '-servername', 'localhost', '-cert', $alice->{cert},
      '-key', $alice->{key}, '-CAfile', authority())->{out} =~ s/^\..*//msr);
    is($told->{TCPREMOTEIP}, '127.0.0.1', 'haproxy over TLS: the service gets the client');
    like($told->{SSL_PROTOCOL} // '', qr/\ATLSv1\.[23]\z/, 'haproxy over TLS: the service has SSL_PROTOCOL');
    like($told->{SSL_CIPHER} // '', qr/\A[A-Z0-9_-]{8,}\z/, 'haproxy over TLS: the service has SSL_CIPHER');
    is($told->{SSL_PEER_CERT_CN} // '', 'alice', 'haproxy over TLS: the service has SSL_PEER_CERT_CN');
    is($told->{SSL_TLS_SNI_SERVERNAME} // '', 'localhost', 'haproxy over TLS: the service has SSL_TLS_SNI_SERVERNAME');
  }
  # Checks of version 1 look like clients; here are the others. The service is well, and no program was launched for any of them.
  my $told = facts($sender[4]);
  is($told->{right}, 'right', 's6-tcpserver --proxy-close-local serves a client between health checks of haproxy');
  select undef, undef, undef, 1;
  is(log_count($balancer, qr/is DOWN/), 0, 'health checks of haproxy find s6-tcpserver --proxy-close-local well') or diag(log_text($balancer));
  is(log_count($checked, qr/: accept /), 1, 's6-tcpserver --proxy-close-local launches nothing for health checks of haproxy')
    or diag(log_text($checked));
  cmp_ok(log_count($checked, qr/refuse/), '<=', 6, 's6-tcpserver --proxy-close-local logs health checks of haproxy in few lines')
    or diag(log_text($checked));
  is(log_count($_, qr/refuse/), 0, 's6-tcpserver --proxy refuses no header of haproxy') or diag(log_text($_)) for $service, $brief;
}

sub have_openssl { return tool('openssl') }

# A server that listens where it was told to, as soon as it does.
sub waits_at
{
  my ($server, $port) = @_;
  $server->{ip} = '127.0.0.1';
  $server->{port} = $port;
  ok(eventually(sub { eval { close open_client($server); 1 } || !$server->alive } ) && $server->alive,
    "the sender of headers on port $port starts") or diag(log_text($server), get_file("$dir/nginx.log"));
  return $server;
}

# ---- nginx ----

SKIP:
{
  my $nginx = tool('nginx');
  my ($module) = grep { -e } map { "$_/nginx/modules/ngx_stream_module.so" } map { ("$_/../lib", "$_/../lib64") } $nginx ? $nginx =~ s{/[^/]*\z}{}r : ();
  skip 'nginx with its stream module is not installed', 2 unless $nginx && $module && (run($nginx, '-v')->{code} // 1) == 0;
  my $service = backend();
  my $port = free_port();
  put_file('nginx.log', '');
  my $config = put_file('nginx.conf', <<EOT);
load_module $module;
daemon off;
master_process off;
pid $dir/nginx.pid;
error_log $dir/nginx.log;
events { worker_connections 100; }
stream { server { listen 127.0.0.1:$port; proxy_pass 127.0.0.1:$service->{port}; proxy_protocol on; proxy_half_close on; } }
EOT
  my $sender = waits_at(start(command => [$nginx, '-p', $dir, '-e', "$dir/nginx.log", '-c', $config]), $port);
  is_told($sender, 'nginx stream proxy_protocol');
}

# ---- servers that end TLS ----

sub over_tls
{
  my ($port) = @_;
  return variables(run({ stdin => '' }, tool('openssl'), 's_client', '-quiet', '-connect', "127.0.0.1:$port", '-servername', 'localhost', '-CAfile', authority())->{out} =~ s/^\..*//msr);
}

for my $name ('stunnel', 'hitch')
{
  SKIP:
  {
    my $program = tool($name) // ($name eq 'stunnel' ? tool('stunnel4') : undef);
    skip "$name is not installed", 2 unless $program && have_openssl() && (run($program, $name eq 'hitch' ? '--version' : '-version')->{code} // 127) == 0;
    my $service = brief_backend();
    my $port = free_port();
    my $pair = tls_pair('localhost', names => 'DNS:localhost');
    my $both = put_file('both.pem', get_file($pair->{cert}) . get_file($pair->{key}), 0600);
    my $config = put_file("$name.conf", $name eq 'stunnel' ? <<EOT : <<EOT2);
foreground = yes
pid =
syslog = no
[relay]
cert = $both
accept = 127.0.0.1:$port
connect = 127.0.0.1:$service->{port}
protocol = proxy
EOT
frontend = "[127.0.0.1]:$port"
backend = "[127.0.0.1]:$service->{port}"
pem-file = "$both"
workers = 1
write-proxy-v2 = on
proxy-tlv = on
syslog = off
EOT2
    my @words = $name eq 'stunnel' ? ($config) : ("--config=$config", is_root() ? ('--user=nobody') : ());
    my $sender = waits_at(start(command => [$program, @words]), $port);
    my $told = over_tls($port);
    is($told->{TCPREMOTEIP} // '', '127.0.0.1', "$name before s6-tcpserver --proxy names the client")
      or diag(log_text($sender), log_text($service));
    like(($told->{SSL_PROTOCOL} // '') . ($told->{TCPREMOTEPORT} // ''), $name eq 'hitch' ? qr/TLSv1\.[23]\d+/ : qr/\A\d+\z/,
      "$name before s6-tcpserver --proxy sends the port" . ($name eq 'hitch' ? ' and the version of TLS' : ''));
  }
}

# ---- curl ----

SKIP:
{
  my $curl = tool('curl');
  skip 'curl with --haproxy-protocol is not installed', 1 unless $curl && run($curl, '--help', 'all')->{out} =~ /--haproxy-protocol/;
  my $service = start_server(['--proxy=1', '--proxy-from=127.0.0.1'], ['sh', '-c', 'read -r line; printf "HTTP/1.0 200 OK\r\n\r\n%s %s" "$TCPREMOTEIP" "$line"']);
  like(run($curl, '-s', '--noproxy', '*', '--haproxy-protocol', "http://127.0.0.1:$service->{port}/page")->{out},
    qr{\A127\.0\.0\.1 GET /page HTTP/1}, 's6-tcpserver --proxy=1 serves curl --haproxy-protocol');
}

done_testing();
