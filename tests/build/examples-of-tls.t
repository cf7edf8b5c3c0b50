#!/usr/bin/env perl
# The examples of the pages about TLS: each is run as it stands, against a peer that has the certificates for it. Paths
# below /etc are in a directory of the test, names of hosts are this machine, and programs that do not exist are
# written here.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::PageExamples;
use Sallyport::Tls;

skip_without_tls();
in_network_namespace();
skip_all_unless('the right to change ids', can_change_ids() || !is_root());

umask 022;  # other users enter what is made here
my $dir = own_dir();
mkdir "$dir/$_" or die for qw(bin etc etc/ssl etc/ssl/private etc/ssl/certs place);
my %env = (PATH => "$dir/bin:$ENV{SALLYPORT_BIN}:$ENV{PATH}:/usr/lib/execline/bin", CAFILE => authority());

my %pair = (example => tls_pair('example', names => 'DNS:www.example.org,DNS:mx.example.org,IP:127.0.0.1'),
  www => tls_pair('www', names => 'DNS:www.example.org'), default => tls_pair('default', names => 'DNS:other.example.org'));

sub copy
{
  my ($from, $to, $mode) = @_;
  put_file($to, get_file($from), $mode);
}

# The key of the holder is closed to all but the caller. s6-tlsd reads it itself, as the user that the page names.
sub install_pairs
{
  my ($mode) = @_;
  for my $name (keys %pair)
  {
    copy($pair{$name}{key}, "$dir/etc/ssl/private/$name.key", $mode);
    copy($pair{$name}{cert}, "$dir/etc/ssl/certs/$name.pem", 0644);
  }
  copy($pair{example}{key}, "$dir/place/mx.key", 0644);
  copy($pair{example}{cert}, "$dir/place/mx.pem", 0644);
}

# ---- programs that do not exist ----

stub('bin', 'exec cat', 'my-http-server');

# Both sides of UCSPI-TLS: y starts it, the end of the reply is awaited, and the text goes by the two descriptors.
my $starts = <<'LINES';
open my $control, '+<&=', $ENV{SSLCTLFD} or die "SSLCTLFD: $!";
syswrite $control, 'y';
1 while sysread $control, my $reply, 100;
open my $in, '<&=', $ENV{SSLREADFD} or die "SSLREADFD: $!";
open my $out, '>&=', $ENV{SSLWRITEFD} or die "SSLWRITEFD: $!";
LINES
stub('bin', "#!/usr/bin/env perl\ndie \"no UCSPITLS\" unless \$ENV{UCSPITLS};\n${starts}sysread \$in, my \$line, 100; syswrite \$out, \$line;", 'mailfront');
stub('bin', "#!/usr/bin/env perl\n${starts}syswrite \$out, \"a line\\n\"; sysread \$in, my \$line, 100; syswrite STDOUT, \$line;", 'my-mail-client');

# What has clear text on descriptor 5, for s6-tlsd-io.
put_file('clear', <<'LINES');
use Socket; use POSIX;
socketpair my $mine, my $theirs, AF_UNIX, SOCK_STREAM, 0;
POSIX::dup2(fileno $theirs, 5);
close $theirs;
if (fork) { close $mine; exec @ARGV }
POSIX::close(5);
sysread $mine, my $line, 100; syswrite $mine, $line;
LINES

# ---- trying ----

sub adapted
{
  my ($text) = @_;
  $text =~ s{(?<=[\s"])/etc/ssl\b}{$dir/etc/ssl}g;
  $text =~ s/(s6-tcpclient|s6-tlsclient --alpn=\S+) (?:www|mx)\.example\.org/$1 127.0.0.1/;
  $text =~ s/192\.0\.2\.7/127.0.0.1/;
  return $text;
}

sub cannot_be_tried
{
  my ($text) = @_;
  return 'changing ids takes root' if $text =~ / -u \d+ -g/ && !can_change_ids();
  return 'execline is missing' if is_execline($text) && !tool('execlineb');
  return undef;
}

sub conversation
{
  my ($port, @client) = @_;
  my $client = sub { run({ env => \%env, stdin => "a line\n" }, bin('s6-tcpclient'), '-q', '-H', '127.0.0.1', $port, @client) };
  my $end;
  eventually(sub { $end = $client->(); $end->{err} !~ /Connection refused/ });  # the server may not be there yet
  return $end->{out} eq "a line\n" ? 'good' : "it answered: $end->{out}$end->{err}";
}

# A server of the pages, asked by our own client.
sub serves
{
  my ($text) = @_;
  install_pairs($text =~ /s6-tlsd\b/ ? 0644 : 0600);
  my $server = start(dir => "$dir/place", env => { %env, CAFILE => undef }, command => [command_of(adapted($text))]);
  my @client = $text =~ /ucspitlsd/ ? ('s6-ucspitlsc', '-k', 'mx.example.org', 'my-mail-client') : ('s6-tlsc-io', '-k', 'www.example.org', '6', '7');
  my $end = conversation($text =~ /s6-ucspitlsd/ ? 25 : 443, @client);
  $end = name_of_default() if $end eq 'good' && $text =~ /default\.pem/;
  $end .= log_text($server) if $end ne 'good';
  $server->signal('TERM');
  $server->wait;
  $server->put_down;
  return $end;
}

# Where each name has a pair of its own, other names have the default one.
sub name_of_default
{
  my $end = run({ env => \%env }, bin('s6-tcpclient'), '-H', '127.0.0.1', 443, 's6-tlsc', '-k', 'other.example.org', 'sh', '-c', 'echo $SSL_PEER_CERT_SAN');
  return $end->{out} =~ /other\.example\.org/ ? 'good' : "another name: $end->{out}$end->{err}";
}

# A client of the pages, or a program for a connection: the other side is ours.
my %other_side = (
  's6-tlsc-io' => [443, ['s6-tlsd', 'cat'], qr/^a line$/],
  's6-tlsc' => [443, ['s6-tlsd', 'cat'], qr/\bwww\.example\.org\b/],
  's6-tlsclient' => [443, ['s6-tlsd', 'sh', '-c', 'read -r line; echo "got $line"'], qr/^got HEAD \/ HTTP\/1\.0\r?$/],
  's6-ucspitlsc' => [25, ['s6-ucspitlsd', 'mailfront'], qr/^a line$/],
);

sub asks
{
  my ($page, $text) = @_;
  my ($port, $program, $wanted) = @{$other_side{$page}};
  my $server = start_server([], $program, port => $port, env => { %env, CAFILE => undef, UCSPITLS => 1, pair_env($pair{example}) });
  my $end = run({ dir => "$dir/place", env => \%env, stdin => "a line\n" }, command_of(adapted($text)));
  $server->put_down;
  return $end->{out} =~ $wanted ? 'good' : "it printed: $end->{out}$end->{err}" . log_text($server);
}

sub on_a_connection
{
  my ($text) = @_;
  my @command = ($^X, "$dir/clear", split ' ', $text);
  my $server = start_server([], \@command, port => 443, env => { %env, CAFILE => undef, pair_env($pair{example}) });
  my $end = conversation(443, 's6-tlsc-io', '-k', 'www.example.org', '6', '7');
  $end .= log_text($server) if $end ne 'good';
  $server->put_down;
  return $end;
}

# The first minutes of sallyport-tls(7), one after the other.
sub by_hand
{
  my ($text) = @_;
  $text =~ s/^(?=CAFILE=)/until s6-tcpclient -q 127.0.0.1 4433 true 2> .try; do sleep .1; done\n/m;
  my $serves = $text =~ /&$/m;
  my $end = run({ dir => "$dir/place", env => { %env, CAFILE => undef } }, '/bin/sh', '-c', $text . ($serves ? "\nkill \$!" : ''));
  return ($end->{code} // 'no end') . ": $end->{err}" unless defined $end->{code} && $end->{code} == 0;
  return !$serves || $end->{out} =~ /^SSL_PROTOCOL=TLS/m ? 'good' : "it printed: $end->{out}$end->{err}";
}

# The hook is given the new key and the new chain.
sub renews
{
  my ($text) = @_;
  install_pairs(0600);
  my $hook = put_file('hook', adapted($text) . "\n", 0755);
  my $end = run($hook, $pair{www}{key}, $pair{www}{cert});
  return "$end->{code}: $end->{err}" if $end->{code} != 0;
  my ($key, $chain) = map { get_file("$dir/etc/ssl/$_") } 'private/example.key', 'certs/example.pem';
  return $key eq get_file($pair{www}{key}) && $chain eq get_file($pair{www}{cert}) ? 'good' : 'it replaced nothing';
}

sub tried
{
  my ($page, $text) = @_;
  return renews($text) if $text =~ /ACME/;
  return by_hand($text) if $page eq 'sallyport-tls' && $text !~ /my-http-server/;
  return on_a_connection($text) if $page eq 's6-tlsd-io';
  return asks($page, $text) if $other_side{$page};
  return serves($text);
}

my @examples = to_try('build/examples-of-tls', 'command', displays());
cmp_ok(scalar @examples, '>=', 13, 'the pages about TLS have at least 13 examples');
for my $example (@examples)
{
  my $why = cannot_be_tried($example->{text});
  SKIP:
  {
    skip title($example) . ": $why", 1 if $why;
    is(tried($example->{page}, $example->{text}), 'good', 'the example works: ' . title($example));
  }
}

done_testing();
