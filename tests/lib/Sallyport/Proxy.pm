# PROXY headers in tests: the rows of lib/proxy-vectors, and every kind of daemon that reads a header. Not part of the common
# vocabulary: use Sallyport::Proxy.
package Sallyport::Proxy;

use strict;
use warnings;

use Exporter qw(import);

use Sallyport::Client;
use Sallyport::Process;
use Sallyport::System;
use Sallyport::Unix;
use Sallyport::Skd;

our @EXPORT = qw(proxy_vectors proxy_header stream_daemon stream_daemons);

my %word = (T => '192.0.2.7 198.51.100.1 40112 7000', a4 => pack('H*', 'C0000207C63364019CB01B58'), S => "\r\n\r\n\0\r\nQUIT\n");
my %escaped = (r => "\r", n => "\n", t => "\t");

sub bytes_of
{
  my ($token) = @_;
  return $word{$token} if defined $word{$token};
  my ($quoted, $hex, $times) = $token =~ /\A(?:"(.*)"|([0-9A-F]+))(?:\*(\d+))?\z/ or die "what is $token?\n";
  $quoted =~ s/\\(.)/$escaped{$1} \/\/ $1/ge if defined $quoted;
  return ($quoted // pack('H*', $hex)) x ($times // 1);
}

# { number, result, versions, variables, client, header, data } for each row; with a result of R, header is what is enough to
# be refused.
sub proxy_vectors
{
  my @rows;
  for (grep { !/^#/ } split /\n/, get_file(source_file('tests/lib/proxy-vectors')))
  {
    my ($number, $result, $versions, $rest) = split ' ', $_, 4;
    my %row = (number => $number, result => $result, versions => $versions =~ s/\+//r, variables => $versions =~ /\+/ ? 1 : '', data => '', header => '');
    ($row{client}, $rest) = split ' ', $rest, 2 if $result eq 'A';
    my $part = 'header';
    for my $token (($rest // '') =~ /"[^"]*"(?:\*\d+)?|\S+/g)
    {
      if ($token eq '|') { $part = 'data' }
      else { $row{$part} .= bytes_of($token) }
    }
    push @rows, \%row;
  }
  return @rows;
}

# Version 1, from and to these: proxy_header('192.0.2.7', 40112).
sub proxy_header
{
  my ($ip, $port) = @_;
  return 'PROXY ' . ($ip =~ /:/ ? 'TCP6' : 'TCP4') . " $ip " . ($ip =~ /:/ ? '2001:db8::1' : '198.51.100.1') . " $port 7000\r\n";
}

# ---- the daemons ----

# How each is started, ready, with these options.
my %start = (
  's6-tcpserver' => sub { my ($options, @rest) = @_; return start_server([verbose(@$options)], @rest) },
  's6-tcpserverd' => sub
  {
    my ($options, $prog, %how) = @_;
    my ($listener, $port) = busy_port();
    return start_listening(%how, ip => '127.0.0.1', command => [bin('s6-tcpserverd'), '-1', @$options, @$prog], fds => { 0 => $listener });
  },
  's6-ipcserver' => sub { my ($options, @rest) = @_; return start_server([verbose(@$options)], @rest, path => unix_path()) },
  's6-ipcserverd' => sub { ipc_daemon(unix_listener(), @_) },
  'tcp-socket-accept' => sub
  {
    my ($options, $prog, %how) = @_;
    return start_listening(%how, ip => '127.0.0.1', command => [bin('tcp-socket-listen'), '-1', '127.0.0.1', 0, bin('tcp-socket-accept'), verbose(@$options), '--', @$prog]);
  },
  'local-stream-socket-accept' => sub
  {
    my ($options, $prog, %how) = @_;
    my $listener = unix_listener();
    my $server = start(%how, command => [bin('local-stream-socket-accept'), verbose(@$options), '--', @$prog], fds => { 3 => $listener });
    eventually(sub { !$server->alive || (fd_targets($server->pid)->{1} // '') eq '/dev/null' });
    die 'it did not become ready: ' . log_text($server) . "\n" unless $server->alive;
    $server->{path} = $listener->hostpath;
    return $server;
  },
  'skd -t' => sub
  {
    my ($options, @rest) = @_;
    return skd([verbose(@$options), '-t', '127.0.0.1:0'], @rest);
  },
  'skd -l' => sub
  {
    my ($options, @rest) = @_;
    my $path = unix_path();
    return skd_on($path, [verbose(@$options), '-l', $path], @rest);
  },
);

# For those whose -v has no number.
sub verbose { return map { $_ eq '-v2' ? '-v' : $_ } @_ }

sub stream_daemons { return sort keys %start }

# stream_daemon('skd', [options], [prog...], options of start)
sub stream_daemon
{
  my ($name, @rest) = @_;
  return $start{$name}->(@rest);
}

1;
