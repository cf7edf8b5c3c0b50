# Clients of a server under test, TCP and Unix-domain, with deadlines on every wait.
package Sallyport::Client;

use strict;
use warnings;

use Exporter qw(import);
use IO::Select;
use IO::Socket::IP;
use IO::Socket::UNIX;
use Socket qw(AI_NUMERICHOST SHUT_WR SOCK_STREAM SOMAXCONN);

use Sallyport::System;

our @EXPORT = qw(open_client ask say_to read_line read_all stop_sending closed_by_server busy_port);

# Connects to a server of start_server(), or dies.
#   ip => where to (the server's own by default), port => ..., from => "127.0.0.2", from_port => ...
sub open_client
{
  my ($server, %how) = @_;
  my $socket;
  if (defined $server->{path})
  {
    $socket = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $server->{path});
  }
  else
  {
    my %local = defined $how{from} ? (LocalHost => $how{from}, LocalPort => $how{from_port} // 0) : ();
    $socket = IO::Socket::IP->new(PeerHost => $how{ip} // $server->{ip}, PeerPort => $how{port} // $server->{port},
                                  Type => SOCK_STREAM, Timeout => deadline(), GetAddrInfoFlags => AI_NUMERICHOST, %local);
  }
  die 'cannot connect: ' . ($@ || $!) . "\n" unless $socket;
  $socket->blocking(1);
  return $socket;
}

sub say_to
{
  my ($socket, $text) = @_;
  local $SIG{PIPE} = 'IGNORE';
  while (length $text)
  {
    my $n = syswrite $socket, $text;
    return 0 unless defined $n;
    substr $text, 0, $n, '';
  }
  return 1;
}

sub stop_sending { shutdown $_[0], SHUT_WR }

# One line with its newline; what came so far if there is no more; undef if the deadline passed.
sub read_line
{
  my ($socket, $seconds) = @_;
  my $select = IO::Select->new($socket);
  my $line = '';
  my $end = now() + ($seconds // deadline());
  while ($line !~ /\n/)
  {
    my $left = $end - now();
    return undef if $left <= 0 || !$select->can_read($left);
    return $line unless sysread $socket, $line, 1, length $line;
  }
  return $line;
}

# All that the server sends until it closes; undef if it has not closed by the deadline.
sub read_all
{
  my ($socket, $seconds) = @_;
  my $select = IO::Select->new($socket);
  my $text = '';
  my $end = now() + ($seconds // deadline());
  for (;;)
  {
    my $left = $end - now();
    return undef if $left <= 0 || !$select->can_read($left);
    return $text unless sysread $socket, $text, 65536, length $text;
  }
}

# True if the server closes without a word.
sub closed_by_server
{
  my ($socket, $seconds) = @_;
  my $text = read_all($socket, $seconds);
  return defined $text && $text eq '';
}

# One conversation: connect, say, stop sending, listen to the end. ask($server, send => "hello\n", ...)
sub ask
{
  my ($server, %how) = @_;
  my $socket = open_client($server, %how);
  say_to($socket, $how{send}) if defined $how{send};
  stop_sending($socket);
  return read_all($socket, $how{deadline});
}

# A listener that is not ours, whose port no one else can bind while it lives: (socket, port).
sub busy_port
{
  my ($ip) = @_;
  my $socket = IO::Socket::IP->new(LocalHost => $ip // '127.0.0.1', LocalPort => 0, Listen => SOMAXCONN, ReuseAddr => 1,
                                     GetAddrInfoFlags => AI_NUMERICHOST) or die "cannot listen: $!\n";
  return ($socket, $socket->sockport);
}

1;
