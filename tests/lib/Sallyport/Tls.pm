# Certificates, keys and TLS servers for tests. Everything is made by the openssl command when it is first wanted, in the
# script's own directory. Not part of the common vocabulary: use Sallyport::Tls.
package Sallyport::Tls;

use strict;
use warnings;

use Exporter qw(import);
use POSIX qw(strftime);

use Sallyport::Client;
use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(skip_without_tls authority ca_directory tls_pair pair_env start_tls_server tls_client openssl s_client
  facts_program facts_of);

my %kinds = (
  ec => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa => ['-newkey', 'rsa:2048'],
  ed25519 => ['-newkey', 'ed25519'],
);

# For the first line of every test of TLS programs.
sub skip_without_tls
{
  skip_all_unless('the TLS programs are built', built_with_tls());
  skip_all_unless('openssl is installed', tool('openssl'));
}

sub openssl
{
  my $end = run({ deadline => 60 }, tool('openssl'), @_);
  die "openssl @_: $end->{err}\n" unless defined $end->{code} && $end->{code} == 0;
  return $end->{out};
}

my (%authorities, %pairs);

# The certificate of an authority: authority() is the one that every client in the tests believes, authority('other') is not.
sub authority
{
  my ($name) = @_;
  $name //= 'ca';
  return $authorities{$name} if $authorities{$name};
  my $dir = own_dir() . "/authority-$name";
  mkdir $dir or die;
  put_file("$dir/index", '');
  put_file("$dir/serial", "01\n");
  put_file("$dir/config", <<"END");
[ca]
default_ca = us
[us]
database = $dir/index
new_certs_dir = $dir
serial = $dir/serial
policy = any
default_md = sha256
unique_subject = no
copy_extensions = none
string_mask = utf8only
utf8 = yes
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
END
  openssl('req', '-x509', @{$kinds{ec}}, '-nodes', '-days', 30, '-subj', "/CN=authority $name", '-keyout', "$dir/key", '-out', "$dir/crt");
  return $authorities{$name} = "$dir/crt";
}

# A directory of authorities with hashed names, that every user can read.
sub ca_directory
{
  my ($name) = @_;
  my $file = authority($name);
  my $dir = own_dir() . '/authorities-' . ($name // 'ca');
  return $dir if -d $dir;
  mkdir $dir or die;
  my ($hash) = openssl('x509', '-in', $file, '-noout', '-hash') =~ /(\w+)/;
  put_file("$dir/$hash.0", get_file($file));
  chmod 0755, own_dir(), $dir;
  return $dir;
}

# tls_pair(NAME, options): { key => file, cert => file, hash => "SHA256:..." }; the same one for the same name.
#   kind => 'ec', 'rsa', 'ed25519'      by => name of the authority
#   names => 'DNS:localhost,IP:127.0.0.1'    subject => '/CN=...'    usage => 'clientAuth'
#   from => -1, to => 25               days from now
sub tls_pair
{
  my ($name, %how) = @_;
  return $pairs{$name} if $pairs{$name};
  my $stem = own_dir() . "/pair-$name";
  my $by = authority($how{by});
  (my $dir = $by) =~ s{/crt\z}{};
  my %pair = (key => "$stem.key", cert => "$stem.crt");
  openssl('req', '-new', @{$kinds{$how{kind} // 'ec'}}, '-nodes', '-utf8', '-subj', $how{subject} // '/CN=localhost', '-keyout', $pair{key}, '-out', "$stem.csr",
    '-multivalue-rdn');
  put_file("$stem.ext", "subjectAltName=" . ($how{names} // 'DNS:localhost,IP:127.0.0.1') . "\nbasicConstraints=CA:FALSE\n"
    . 'extendedKeyUsage=' . ($how{usage} // 'serverAuth,clientAuth') . "\n");
  my @time = map { strftime('%Y%m%d%H%M%SZ', gmtime(time + 86400 * $_)) } $how{from} // -1, $how{to} // 25;
  openssl('ca', '-batch', '-config', "$dir/config", '-cert', $by, '-keyfile', "$dir/key", '-notext', '-in', "$stem.csr", '-out', $pair{cert},
    '-extfile', "$stem.ext", '-startdate', $time[0], '-enddate', $time[1], '-preserveDN');
  my ($hash) = openssl('x509', '-in', $pair{cert}, '-noout', '-fingerprint', '-sha256') =~ /=([0-9A-F:]+)/;
  $pair{hash} = 'SHA256:' . lc($hash =~ tr/://dr);
  return $pairs{$name} = \%pair;
}

# The variables that name a pair: pair_env($pair, 'www.example.org'), or for the default.
sub pair_env
{
  my ($pair, $name) = @_;
  my $suffix = defined $name ? ":$name" : '';
  return ("KEYFILE$suffix" => $pair->{key}, "CERTFILE$suffix" => $pair->{cert});
}

# start_tls_server([options of s6-tlsd], [prog...], env => {...}, and the options of start_server).
sub start_tls_server
{
  my ($options, $prog, %how) = @_;
  my %env = (pair_env(tls_pair('server')), %{$how{env} // {}});
  return start_server($how{tcp} // [], [bin('s6-tlsd'), @$options, '--', @$prog], %how, env => \%env);
}

# Our own client against a server: run() of s6-tlsclient. tls_client($server, [options], [prog...], env => {...}).
sub tls_client
{
  my ($server, $options, $prog, %how) = @_;
  my %env = (CAFILE => authority(), %{$how{env} // {}});
  return run({ %how, env => \%env }, bin('s6-tlsclient'), @$options, '--', $how{host} // '127.0.0.1', $server->port, @$prog);
}

# openssl s_client: what it writes when it has sent this text, and not ended its own direction before the server did.
sub s_client
{
  my ($server, $text, @options) = @_;
  return run({ stdin => $text }, tool('openssl'), 's_client', '-connect', '127.0.0.1:' . $server->port, '-quiet', '-CAfile', authority(), @options);
}

# A program that prints a line, and then what a handshake has told it; and that as a hash.
sub facts_program
{
  return put_file(own_dir() . '/facts', <<'END', 0755);
#!/bin/sh
echo hello
tr '\0' '\n' < /proc/$$/environ | grep -E '^SSL_[A-Z_]+=' | grep -v '^SSL_CERT_'
END
}

sub facts_of { return { map { /^(\S+?)=(.*)$/ ? ($1 => $2) : () } split /\n/, $_[0] } }

1;
