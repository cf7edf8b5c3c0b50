# Whom we compare: how each server is found, and its quickest configuration for one handler on one address.
package Bench::Peers;
use strict;
use warnings;
use Exporter 'import';
use Bench::System;
our @EXPORT = qw(find_servers own_builds own_limits);

my $MANY = 16384;     # the largest limit that every one of them takes
my $BACKLOG = 1024;

# The options of our s6-tcpserver in every scenario: limits that no run reaches, and no log.
sub own_limits { return ('-q', '-c', $MANY, '-C', $MANY, '-b', $BACKLOG) }

sub write_file
{
  my ($path, $text) = @_;
  open my $file, '>', $path or die "bench: fatal: unable to write $path: $!\n";
  print $file $text;
  close $file;
  return $path;
}

# A program of the same name elsewhere may be our own, installed.
sub theirs
{
  my ($name) = @_;
  my $path = find_program($name) or return undef;
  return undef if $ENV{SALLYPORT_BIN} && -e "$ENV{SALLYPORT_BIN}/$name" && (stat $path)[1] == (stat "$ENV{SALLYPORT_BIN}/$name")[1];
  return `$path --version 2>/dev/null </dev/null` =~ /sallyport/ ? undef : $path;
}

sub xinetd_file
{
  my ($a) = @_;
  my $user = getpwuid $>;
  return write_file("$a->{dir}/xinetd.conf", <<"END");
defaults
{
  instances = UNLIMITED
  per_source = UNLIMITED
  cps = 1000000 1
}
service bench
{
  type = UNLISTED
  socket_type = stream
  protocol = tcp
  wait = no
  user = $user
  bind = $a->{ip}
  port = $a->{port}
  server = $a->{prog}
  flags = NOLIBWRAP
  disable = no
}
END
}

sub inetd_file
{
  my ($a) = @_;
  my $user = getpwuid $>;
  return write_file("$a->{dir}/inetd.conf", "$a->{ip}:$a->{port} stream tcp nowait.100000000 $user $a->{prog} $a->{prog}\n");
}

# Each: name, program (the path, undef when not installed), tcp and unix: a sub that makes the command from
# { ip, port, path, address, prog, dir }, or nothing.
sub s6_words { ('-q', '-c', $MANY, '-C', $MANY, '-b', $BACKLOG) }

sub floors
{
  my @floors;
  for my $kind ('vfork', 'clone')
  {
    my $path = "$ENV{BENCH_TOOLS}/floor_$kind";
    my $make = sub { ($path, $_[0]{address}, $_[0]{prog}) };
    push @floors, { name => "$kind floor", program => -x $path ? $path : undef, tcp => $make, unix => $make };
  }
  return @floors;
}

# One build of ours, with a name and the directory of its programs.
sub own_build
{
  my ($name, $dir) = @_;
  my @also = (also => $name ne 'sallyport');
  my ($tcp, $ipc) = map { -x "$dir/$_" ? "$dir/$_" : undef } qw(s6-tcpserver s6-ipcserver);
  return (
    { name => $name, program => $tcp, @also, looked_for => 'its s6-tcpserver', start => [$tcp || '', '-q', '-1'],
      tcp => sub { ($tcp, s6_words(), $_[0]{ip}, $_[0]{port}, $_[0]{prog}) } },
    { name => $name, program => $ipc, @also, looked_for => 'its s6-ipcserver', start => [$ipc || '', '-q', '-1'],
      unix => sub { ($ipc, s6_words(), $_[0]{path}, $_[0]{prog}) } },
    $name ne 'sallyport' ? () : { name => "$name, portable", program => $tcp, looked_for => 'its s6-tcpserver',
      tcp => sub { ($tcp, s6_words(), '--portable-launch', $_[0]{ip}, $_[0]{port}, $_[0]{prog}) } });
}

# Directory => name.
sub own_builds
{
  my %builds = (($ENV{SALLYPORT_BIN} || '/nonexistent') => 'sallyport');
  $builds{$2} = "sallyport $1" while ($ENV{BENCH_ALSO} || '') =~ /([^\s=]+)=(\S+)/g;
  return \%builds;
}

sub own_servers
{
  my $builds = own_builds();
  return map { own_build($builds->{$_}, $_) } sort { $builds->{$a} cmp $builds->{$b} } keys %$builds;
}

sub ucspi_peers
{
  my ($tcpserver, $tcpsvd, $unixserver) = map { find_program($_) } qw(tcpserver tcpsvd unixserver);
  my ($s6_tcp, $s6_ipc) = map { theirs($_) } qw(s6-tcpserver s6-ipcserver);
  return (
    { name => 's6-tcpserver', program => $s6_tcp, start => [$s6_tcp || '', '-q', '-1'],
      tcp => sub { ($s6_tcp, s6_words(), $_[0]{ip}, $_[0]{port}, $_[0]{prog}) } },
    { name => 'tcpserver', program => $tcpserver, start => [$tcpserver || '', qw(-q -1 -o -R -H -l0)],
      tcp => sub { ($tcpserver, qw(-q -o -R -H -l0), '-c', $MANY, '-b', $BACKLOG, $_[0]{ip}, $_[0]{port}, $_[0]{prog}) } },
    { name => 'tcpsvd', program => $tcpsvd,
      tcp => sub { ($tcpsvd, '-l0', '-c', $MANY, '-b', $BACKLOG, $_[0]{ip}, $_[0]{port}, $_[0]{prog}) } },
    { name => 's6-ipcserver', program => $s6_ipc, start => [$s6_ipc || '', '-q', '-1'],
      unix => sub { ($s6_ipc, s6_words(), $_[0]{path}, $_[0]{prog}) } },
    { name => 'unixserver', program => $unixserver,
      unix => sub { ($unixserver, '-q', '-c', $MANY, '-b', $BACKLOG, $_[0]{path}, $_[0]{prog}) } });
}

sub other_peers
{
  my ($xinetd, $inetd, $socat, $activate) = map { find_program($_) } qw(xinetd inetd socat systemd-socket-activate);
  my $listen = sub { ($activate, '--inetd', '-a', '-l', $_[0]{path} || "$_[0]{ip}:$_[0]{port}", $_[0]{prog}) };
  my @quiet = (env => { SYSTEMD_LOG_LEVEL => 'err' });
  return (
    { name => 'xinetd', program => $xinetd,
      tcp => sub { ($xinetd, '-dontfork', '-f', xinetd_file($_[0]), '-pidfile', "$_[0]{dir}/xinetd.pid") } },
    { name => 'openbsd-inetd', program => $inetd, tcp => sub { ($inetd, '-i', inetd_file($_[0])) } },
    { name => 'socat', program => $socat,
      tcp => sub { ($socat, "TCP4-LISTEN:$_[0]{port},bind=$_[0]{ip},reuseaddr,fork,backlog=$BACKLOG", "EXEC:$_[0]{prog},nofork") } },
    { name => 'systemd-socket-activate', program => $activate, tcp => $listen, unix => $listen, @quiet });
}

# The vfork floor comes first: every ratio is to its figure of the same round.
sub find_servers
{
  return (floors(), own_servers(), ucspi_peers(), other_peers());
}

1;
