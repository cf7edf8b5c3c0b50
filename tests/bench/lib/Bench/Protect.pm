# Our server with what protects and watches it: each capability alone, all of them, PROXY headers, and two daemons at a port, next to
# nothing switched on.
# Every client comes from one of many addresses and sends a byte, so that all rows have the same work to do.
package Bench::Protect;
use strict;
use warnings;
use Exporter 'import';
use IO::Socket::INET;
use IO::Socket::UNIX;
use Bench::Peers;
our @EXPORT = qw(protected_servers);

my $SOURCES = 2000;
my $SILENT = 10000;
my $header = "PROXY TCP4 192.0.2.7 198.51.100.1 40112 7000\r\n";
my @words = own_limits();

# Connections that are opened and then do nothing.
sub silent_crowd
{
  my (undef, $server) = @_;
  my ($ip, $port) = $server->{address} =~ /^tcp:(.*):(\d+)$/;
  return [map { IO::Socket::INET->new(PeerAddr => $ip, PeerPort => $port, Proto => 'tcp') or die "bench: fatal: unable to connect: $!\n" } 1 .. $SILENT];
}

sub read_counters
{
  my ($path) = @_;
  my $socket = IO::Socket::UNIX->new(Peer => $path) or return;
  1 while sysread $socket, my $text, 65536;
}

# A process that reads the counters ten times a second, and ends with the object.
sub reader
{
  my ($at) = @_;
  my $pid = fork;
  die "bench: fatal: unable to fork: $!\n" unless defined $pid;
  return bless { pid => $pid }, 'Bench::Protect::Process' if $pid;
  $SIG{TERM} = 'DEFAULT';
  while (getppid > 1) { read_counters("$at->{dir}/counters"); select undef, undef, undef, 0.1 }
  require POSIX;
  POSIX::_exit(0);
}

# A second daemon at the port of the first one, which ends with the object.
sub second_daemon
{
  my ($at) = @_;
  pipe my $ready, my $announce or die "bench: fatal: unable to make a pipe: $!\n";
  my $pid = fork;
  die "bench: fatal: unable to fork: $!\n" unless defined $pid;
  if (!$pid)
  {
    open STDOUT, '>&', $announce or die;
    exec "$ENV{SALLYPORT_BIN}/s6-tcpserver", @words, '-1', '--reuse-port', @$at{qw(ip port)}, $at->{prog} or die "bench: fatal: unable to exec: $!\n";
  }
  close $announce;
  defined readline $ready or die "bench: fatal: the second daemon does not start\n";
  return bless { pid => $pid }, 'Bench::Protect::Process';
}

sub Bench::Protect::Process::DESTROY
{
  my ($self) = @_;
  local $?;
  kill 'TERM', $self->{pid};
  waitpid $self->{pid}, 0;
}

my @each = (
  ['--rate', '--rate=1000000/1'],
  ['--source-rate', '--source-rate=1000/1'],
  ['--penalty', '--penalty=60'],
  ['--first-data', '--first-data=60'],
  ['--max-session', '--max-session=3600'],
  ['--max-idle', '--max-idle=3600'],
  ['--kill-group', '--kill-group'],
  ['--refuse-with', '--refuse-with=busy'],
  ['--linger', '--linger=5'],
);

# name, options, then what else the server has. A dash in a word stands for the directory of this server.
sub row
{
  my ($name, $options, %more) = @_;
  my $program = ($ENV{SALLYPORT_BIN} || '/nonexistent') . '/s6-tcpserver';
  my @prog = @{delete $more{before} || []};
  return { name => $name, program => -x $program ? $program : undef, load_words => [-S => $SOURCES, -s => 'q'], %more,
           tcp => sub { my ($at) = @_; ($program, @words, (map { s{^-/}{$at->{dir}/}r =~ s{=-/}{=$at->{dir}/}r } @$options), @$at{qw(ip port)}, @prog, $at->{prog}) } };
}

sub protected_servers
{
  my $bin = $ENV{SALLYPORT_BIN} || '/nonexistent';
  my @proxy = ('--proxy=1', '--proxy-from=127.0.0.0/8');
  my @with_header = (load_words => [-S => $SOURCES, -s => "${header}q"]);
  return (
    row('nothing on', []),
    (map { row(@$_[0], [@$_[1 .. $#$_]]) } @each),
    row('counters read ten times a second', ['--status-socket=-/counters'], beside => \&reader),
    row('all of these', [map({ $_->[1] } @each), '--status-socket=-/counters'], beside => \&reader),
    row('all but --linger', [map({ $_->[1] } grep { $_->[0] ne '--linger' } @each), '--status-socket=-/counters'], beside => \&reader),
    row('--proxy', [@proxy], @with_header),
    row("--proxy, beside $SILENT silent clients", [@proxy, '--proxy-deadline=86400', '--max-pending=20000'], @with_header, beside => \&silent_crowd),
    row('--reuse-port', ['--reuse-port']),
    row('--reuse-port, two daemons at one port', ['--reuse-port'], beside => \&second_daemon),
    row('proxy-server for each client', [], @with_header, before => ["$bin/proxy-server"]));
}

1;
