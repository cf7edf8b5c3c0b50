# Whom we compare over TLS: servers that launch a program for each client, and relays that end TLS before an s6-tcpserver of ours.
# One pair of keys for all; versions, ciphers and tickets as each has them by default.
package Bench::Tls;
use strict;
use warnings;
use Exporter 'import';
use Bench::Peers;
use Bench::Rates;
use Bench::System;
our @EXPORT = qw(tls_servers);

my @words = own_limits();

sub bin { return ($ENV{SALLYPORT_BIN} || '/nonexistent') . "/$_[0]" }

sub write_file
{
  my ($path, $text) = @_;
  open my $file, '>', $path or die "bench: fatal: unable to write $path: $!\n";
  print $file $text;
  close $file or die "bench: fatal: unable to write $path: $!\n";
  return $path;
}

# A certificate and its key, made once for each run: the directory that has cert.pem, key.pem and both.pem.
my $made;
sub pair
{
  return $made if $made;
  my $dir = "$ENV{BENCH_TOOLS}/tls";
  mkdir $dir;
  my $words = 'req -x509 -nodes -days 30 -subj /CN=bench -newkey ec -pkeyopt ec_paramgen_curve:P-256';
  system(find_program('openssl') . " $words -keyout $dir/key.pem -out $dir/cert.pem 2> /dev/null") == 0 or die "bench: fatal: unable to make a certificate\n";
  chmod 0600, write_file("$dir/both.pem", contents("$dir/cert.pem") . contents("$dir/key.pem"));
  return $made = $dir;
}

# A relay, and beside it in its process group the s6-tcpserver that it connects to.
sub relay
{
  my ($at, $config, @command) = @_;
  my $port = Bench::Rates::free_port();
  my $file = write_file("$at->{dir}/relay.conf", $config->($at, pair(), $port));
  return ('/bin/sh', '-c', join(' ', bin('s6-tcpserver'), @words, '127.0.0.1', $port, $at->{prog}) . ' & exec "$@"', 'sh', map { s/CONFIG/$file/r } @command);
}

sub hitch
{
  my ($at, $dir, $port) = @_;
  my $user = $> ? '' : qq(user = "nobody"\n);
  return <<"END";
frontend = "[$at->{ip}]:$at->{port}"
backend = "[127.0.0.1]:$port"
pem-file = "$dir/both.pem"
workers = 2
backlog = 1024
syslog = off
quiet = on
$user
END
}

sub stunnel
{
  my ($at, $dir, @where) = @_;
  return join "\n", 'foreground = quiet', 'pid =', 'syslog = no', 'debug = err', '[bench]', "cert = $dir/both.pem", "accept = $at->{ip}:$at->{port}", @where, '';
}

sub haproxy
{
  my ($at, $dir, $port) = @_;
  return <<"END";
global
  maxconn 8192
defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend bench
  bind $at->{ip}:$at->{port} ssl crt $dir/both.pem backlog 1024
  default_backend programs
backend programs
  server programs 127.0.0.1:$port
END
}

sub nginx
{
  my ($at, $dir, $port, $module) = @_;
  my $user = $> ? '' : 'user nobody nogroup;';
  return <<"END";
load_module $module;
daemon off;
$user
worker_processes 2;
pid $at->{dir}/nginx.pid;
error_log $at->{dir}/nginx.log;
events { worker_connections 4096; }
stream
{
  server
  {
    listen $at->{ip}:$at->{port} ssl backlog=1024;
    ssl_certificate $dir/cert.pem;
    ssl_certificate_key $dir/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    proxy_pass 127.0.0.1:$port;
    proxy_half_close on;
  }
}
END
}

# -H: no names are looked up, as with the others.
sub own_servers
{
  my %env = (env => sub { my $dir = pair(); return { CERTFILE => "$dir/cert.pem", KEYFILE => "$dir/key.pem" } });
  my $server = -x bin('s6-tlsserver') ? bin('s6-tlsserver') : undef;
  return (
    { name => 'sallyport', program => $server, %env, tcp => sub { my ($at) = @_; return ($server, '-H', @words, @$at{qw(ip port prog)}) } },
    { name => 'sallyport, --chain', program => $server, %env, tcp => sub { my ($at) = @_; return ($server, '--chain', '-H', @words, @$at{qw(ip port prog)}) } });
}

# Relays that can be run here: nginx needs its module, and unpacked programs may lack libraries.
sub runs { my ($program, $word) = @_; return $program && system("$program $word > /dev/null 2>&1") == 0 ? $program : undef }

sub relays
{
  my ($hitch, $haproxy, $nginx) = (runs(find_program('hitch'), '--version'), runs(find_program('haproxy'), '-v'), runs(find_program('nginx'), '-v'));
  my $stunnel = runs(find_program('stunnel4') || find_program('stunnel'), '-version');
  my ($module) = grep { -e } map { $_ . '/modules/ngx_stream_module.so' } $nginx ? map { $nginx =~ s{/[^/]*\z}{/$_}r } '../lib/nginx', '../lib64/nginx' : ();
  return (
    { name => 'hitch', program => $hitch, tcp => sub { relay($_[0], \&hitch, $hitch, '--config=CONFIG') } },
    { name => 'haproxy', program => $haproxy, tcp => sub { relay($_[0], \&haproxy, $haproxy, '-db', '-q', '-f', 'CONFIG') } },
    { name => 'nginx stream', program => $module && $nginx, tcp => sub { relay($_[0], sub { nginx(@_, $module) }, $nginx, '-p', $_[0]{dir}, '-e', "$_[0]{dir}/nginx.log", '-c', 'CONFIG') } },
    { name => 'stunnel', program => $stunnel, tcp => sub { relay($_[0], sub { my ($at, $dir, $port) = @_; stunnel($at, $dir, "connect = 127.0.0.1:$port") }, $stunnel, 'CONFIG') } },
    { name => 'stunnel, exec', program => $stunnel,
      tcp => sub { my ($at) = @_; return ($stunnel, write_file("$at->{dir}/stunnel.conf", stunnel($at, pair(), "exec = $at->{prog}", "execArgs = $at->{prog}"))) } });
}

sub socat
{
  my $socat = find_program('socat');
  return { name => 'socat', program => $socat, tcp => sub { my ($at) = @_; my $dir = pair();
    return ($socat, "OPENSSL-LISTEN:$at->{port},bind=$at->{ip},reuseaddr,fork,backlog=1024,cert=$dir/cert.pem,key=$dir/key.pem,verify=0", "EXEC:$at->{prog}") } };
}

sub tls_servers
{
  my @servers = (own_servers(), relays(), socat());
  return grep { $_->{program} } find_program('openssl') && -x "$ENV{BENCH_TOOLS}/load_tls" ? @servers : ();
}

1;
