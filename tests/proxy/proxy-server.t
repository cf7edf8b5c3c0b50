#!/usr/bin/env perl
# proxy-server: what it reads, what it sets, how it ends.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Proxy;
use Sallyport::Unix;
use Sallyport::Usage;
use IO::Socket::IP;
use Socket;

page('proxy-server');
my $program = bin('proxy-server');
my $tell = 'printf "%s,%s,%s,%s " "$TCPREMOTEIP" "$TCPREMOTEPORT" "$TCPLOCALIP" "$TCPLOCALPORT"; exec cat';
my @show = ($program, '-t', 20000, 'sh', '-c', $tell);
my %none = map { $_ => undef } qw(PROTO TCPREMOTEIP TCPREMOTEPORT TCPLOCALIP TCPLOCALPORT IPCREMOTEPATH IPCLOCALPATH);

sub variables { return { map { /\A(.*?)=(.*)\z/s } split /\n/, $_[0] } }

page_says('Write a summary of the options to the standard output and exit 0.');
page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
page_says('The command line is wrong.');
like(run($program, "--$_")->{out}, qr/\A(?:usage: )?proxy-server /, "proxy-server --$_ writes a line with its name") for 'help', 'version';
usage_is(run($program, @$_, 'true'), 'proxy-server', "'$_->[-1]'", "@$_") for ['-t', 'x'], ['--timeout', -1], ['-v', 'x'], ['--from', 'localhost'], ['--from', '127.0.0.1/33'],
  ['--from', '127.0.0.1,'];
usage_is(run($program, $_), 'proxy-server', $_, $_) for '-x', '--nonesuch', '--from';
usage_is(run($program), 'proxy-server', 'prog...', 'no program');
usage_is(run($program, ''), 'proxy-server', 'empty', 'an empty program name');
is(run({ stdin => "PROXY UNKNOWN\r\n" }, $program, '-2', '-1', 'true')->{code}, 0, 'proxy-server -2 -1 accepts a header of version 1');
is(run({ stdin => "PROXY UNKNOWN\r\n" }, $program, '--only-v1', '--only-v2', 'true')->{code}, 1,
  'proxy-server --only-v1 --only-v2 refuses a header of version 1');
page_says('If an option is given twice, the last one counts.');

# ---- every beginning of a connection, on a socket and on a pipe ----

page_says('Nothing but the header is read: the first byte after it is the first that prog reads.');
page_says('There is no correct header, or --from does not name the sender.');
page_says('The connection ended, or the time was over, before the header was complete, or the system refused a request.');
sub on_socket
{
  my ($bytes, @command) = @_;
  socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, 0 or die "no sockets: $!\n";
  my $child = start(command => \@command, env => \%none, fds => { 0 => $theirs, 1 => $theirs });
  close $theirs;
  say_to($ours, $bytes);
  stop_sending($ours);
  my $text = read_all($ours);
  return { out => $text, code => ($child->wait // {})->{code}, err => log_text($child) };
}

for my $row (proxy_vectors())
{
  my @versions = $row->{versions} eq 'any' ? () : "-$row->{versions}";
  my @command = ($program, @versions, '-t', 20000, 'sh', '-c', $tell);
  my $bytes = $row->{header} . $row->{data};
  my $code = $row->{result} eq 'R' ? 1 : $row->{result} eq 'W' ? 111 : $row->{number} =~ /^48/ ? 2 : 0;
  # What describes TLS is always wanted here.
  $code = 1 if !$row->{variables} && $row->{number} =~ /^69/;
  my $out = $code ? '' : ($row->{client} // ',,,') . " $row->{data}";
  for my $way ([pipe => run({ stdin => $bytes, env => \%none }, @command)], [socket => on_socket($bytes, @command)])
  {
    my ($name, $r) = @$way;
    ok(($r->{code} // 'none') eq $code && ($r->{out} // 'none') eq $out, "proxy-server on a $name ends as expected for the vector $row->{number}")
      or diag(explain([$code, $out, $r]));
  }
}

# In pieces, and never more than the header.
pipe my $read, my $write or die;
my $child = start(command => \@show, fds => { 0 => $read }, env => \%none);
close $read;
my $header = proxy_header('192.0.2.7', 40112);
$write->autoflush(1);
print $write $_ for split //, $header . 'rest';
close $write;
is(join('', readline $child->out), '192.0.2.7,40112,198.51.100.1,7000 rest',
  'proxy-server reads a header that comes byte by byte, and nothing after it');

# ---- time ----

page_says('Give up if the header is not complete after so many milliseconds, whether the connection is blocking or not.');
for my $bytes ('', 'PROXY TCP4 ')
{
  socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, 0 or die;
  my $hurried = start(command => [$program, '-t', 100, 'true'], fds => { 0 => $theirs });
  close $theirs;
  say_to($ours, $bytes);
  is_deeply($hurried->wait, { code => 111, signal => 0 },
    'proxy-server -t exits 111 for ' . (length $bytes ? 'half a header' : 'a silent sender') . ' on a blocking socket');
  is(log_text($hurried), "proxy-server: fatal: no proxy header in time\n", 'proxy-server -t prints that there was no header in time');
  pipe my $in, my $out or die;
  $hurried = start(command => [$program, '--timeout=100', 'true'], fds => { 0 => $in });
  close $in;
  syswrite $out, $bytes if length $bytes;
  is_deeply($hurried->wait, { code => 111, signal => 0 },
    'proxy-server --timeout exits 111 for ' . (length $bytes ? 'half a header' : 'a silent sender') . ' on a pipe');
}

# ---- variables ----

page_says('A header that names no client, LOCAL, UNKNOWN or UNSPEC, leaves the variables as they are.');
my %all = (PROTO => 'TCP', map { $_ => 'old' } qw(TCPREMOTEIP TCPREMOTEPORT TCPLOCALIP TCPLOCALPORT TCPCONNNUM TCPREMOTEHOST TCPREMOTEINFO TCPLOCALHOST
  TCPPROXYIP TCPPROXYPORT SSL_TLS_SNI_SERVERNAME SSL_PROTOCOL SSL_PEER_CERT_CN SSL_CIPHER PROXY_UNIQUE_ID PROXY_ALPN));
my $env = tool('env');
sub after { my ($bytes, @options) = @_; return variables(run({ stdin => $bytes, only_env => { PATH => $ENV{PATH}, %all } }, $program, @options, $env)->{out}) }
sub told { my ($told) = @_; return join ' ', map { "$_=$told->{$_}" } sort grep { $_ ne 'PATH' } keys %$told }

my %kept = %all;
delete @kept{qw(TCPPROXYIP TCPPROXYPORT PROXY_UNIQUE_ID PROXY_ALPN)};
is(told(after($_)), told(\%kept), 'proxy-server leaves the variables as they are for a header that names no client')
  for "PROXY UNKNOWN\r\n", "\r\n\r\n\0\r\nQUIT\n\x20\x11\0\x0c\x7f\0\0\1\x7f\0\0\1\0\0\0\0";
page_says('TCPREMOTEHOST, TCPREMOTEINFO and TCPLOCALHOST are removed: they would describe the sender.');
page_says('TCPPROXYIP and TCPPROXYPORT are set to the address and port of the sender, or removed where there is none.');
page_says('TCPCONNNUM stays as it is.');
my %ssl = map { $_ => 'old' } qw(SSL_TLS_SNI_SERVERNAME SSL_PROTOCOL SSL_PEER_CERT_CN SSL_CIPHER);
is(told(after($header)), told({ PROTO => 'TCP', TCPREMOTEIP => '192.0.2.7', TCPREMOTEPORT => 40112, TCPLOCALIP => '198.51.100.1', TCPLOCALPORT => 7000,
  TCPCONNNUM => 'old', %ssl }), 'proxy-server sets the variables of an IP client, and removes those of the sender');
my $paths = "\r\n\r\n\0\r\nQUIT\n\x21\x31\0\xd8" . pack('a108 a108', '/run/client', "\0name");
is(join(',', @{after($paths)}{qw(PROTO IPCREMOTEPATH IPCLOCALPATH)}), 'IPC,/run/client,@name',
  'proxy-server sets the variables of a Unix-domain client');

page_says('are set if the header has them, and otherwise stay as they are.');
page_says('are set if the header has them, and otherwise removed.');
sub tlv { return pack('C n', $_[0], length $_[1]) . $_[1] }
my $tlvs = tlv(2, 'www.example.org') . tlv(0x20, pack('C N', 1, 0) . tlv(0x21, 'TLSv1.3') . tlv(0x22, 'alice') . tlv(0x23, 'TLS_X')) . tlv(5, 'id') . tlv(1, 'h2');
my $rich = "\r\n\r\n\0\r\nQUIT\n\x21\x11" . pack('n', 12 + length $tlvs) . pack('C8 n2', 192, 0, 2, 7, 198, 51, 100, 1, 40112, 7000) . $tlvs;
my $told = after($rich);
is(join(' ', map { "$_=$told->{$_}" } sort grep { /^(SSL|PROXY)_/ } keys %$told),
  'PROXY_ALPN=h2 PROXY_UNIQUE_ID=id SSL_CIPHER=TLS_X SSL_PEER_CERT_CN=alice SSL_PROTOCOL=TLSv1.3 SSL_TLS_SNI_SERVERNAME=www.example.org',
  'proxy-server sets the variables of TLS and others that a header has');

# ---- around a TLS server ----

page_says('or remove them: a program that ends a TLS session sets the others.');
page_says('Set each variable that --before-tlsd has kept, and remove the kept one.');
page_says('What was not kept stays as it is.');
$told = variables(run({ stdin => $rich, only_env => { PATH => $ENV{PATH}, tlsbak_SSL_CIPHER => 'forged' } }, $program, '--before-tlsd', $env)->{out});
is(join(' ', map { "$_=$told->{$_}" } sort grep { /SSL_/ } keys %$told), 'tlsbak_SSL_CIPHER=TLS_X tlsbak_SSL_PEER_CERT_CN=alice tlsbak_SSL_PROTOCOL=TLSv1.3 ' .
  'tlsbak_SSL_TLS_SNI_SERVERNAME=www.example.org', 'proxy-server --before-tlsd keeps the variables of TLS under other names, and no old ones');
$told = variables(run({ stdin => $header, only_env => { PATH => $ENV{PATH}, tlsbak_SSL_CIPHER => 'forged' } }, $program, '--before-tlsd', $env)->{out});
is(join(' ', grep { /SSL_/ } keys %$told), '', 'proxy-server --before-tlsd removes a kept variable that the header does not have');
my $r = run({ stdin => "rest\n", only_env => { PATH => $ENV{PATH}, tlsbak_SSL_CIPHER => 'new', SSL_CIPHER => 'old', SSL_PROTOCOL => 'here' } }, $program, '--after-tlsd', 'sh', '-c', 'env | grep SSL_; cat');
is(join(' ', sort split /\n/, $r->{out}), 'SSL_CIPHER=new SSL_PROTOCOL=here rest',
  'proxy-server --after-tlsd sets the kept variables again, and reads nothing');
like(run($program, '--before-tlsd', '--after-tlsd', 'true')->{err}, qr/usage: .*cannot be given together/,
  'proxy-server --before-tlsd --after-tlsd is a usage error');

# ---- the sender ----

page_says('Without this option, every client that can connect is trusted.');
for my $ip ('127.0.0.1', '127.0.0.2')
{
  my $server = start_server([], [$program, '--from=127.0.0.2/32', '-t', 20000, $env]);
  my $got = variables(ask($server, from => $ip, send => $header));
  my $is = join ' ', map { $got->{$_} // '-' } qw(TCPREMOTEIP TCPPROXYIP);
  is($is, $ip eq '127.0.0.1' ? '- -' : "192.0.2.7 $ip",
    "proxy-server --from=127.0.0.2/32 " . ($ip eq '127.0.0.1' ? 'refuses' : 'trusts') . " the sender $ip");
  log_says($server, qr/^proxy-server: fatal: the sender is not a proxy: --from does not name it$/,
    'proxy-server --from logs that the sender is not a proxy') if $ip eq '127.0.0.1';
}
is(ask(start_server(['-v'], [$program, "--from=$>", 'cat'], path => unix_path()), send => $header . 'x'), 'x',
  'proxy-server --from with a user id trusts this user on a Unix-domain socket');
is(ask(start_server(['-v'], [$program, '--from=4294967294', 'cat'], path => unix_path()), send => $header . 'x'), '',
  'proxy-server --from with a user id refuses another user on a Unix-domain socket');
is(run({ stdin => $header }, $program, '--from=0.0.0.0/0,::/0', 'cat')->{code}, 1, 'proxy-server --from refuses a pipe');

# ---- words ----

page_says('With 2 or more, the client that the header names is logged.');
is(run({ stdin => $header }, $program, '-v2', 'true')->{err}, "proxy-server: info: client 192.0.2.7 port 40112\n",
  'proxy-server -v2 prints the client that the header names');
is(run({ stdin => "PROXY UNKNOWN\r\n" }, $program, '-v2', 'true')->{err}, "proxy-server: info: the proxy header names no IP client\n",
  'proxy-server -v2 prints that the header names no client');
is(run({ stdin => $header }, $program, 'true')->{err}, '', 'proxy-server without -v2 prints nothing about a good header');
is(run({ stdin => "GET /\r\n" }, $program, 'true')->{err}, "proxy-server: fatal: bad proxy header: neither version 1 nor version 2\n",
  'proxy-server prints that a header is of no known version');
is(run({ stdin => 'PROXY' }, $program, 'true')->{err}, "proxy-server: fatal: bad proxy header: it ends too early\n",
  'proxy-server prints that a header ends too early');
is(run({ stdin => '' }, $program, 'true')->{err}, "proxy-server: fatal: no proxy header\n", 'proxy-server prints that there is no header');
page_says('The header is about datagrams.');
page_says('cannot be executed, or does not exist.');
is(run({ stdin => $header }, $program, '/nonexistent/program')->{code}, 127, 'proxy-server exits 127 if prog does not exist');

done_testing();
