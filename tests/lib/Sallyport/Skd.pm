# skd in tests: in the foreground and in the background, datagrams, and a system log that the test owns.
package Sallyport::Skd;

use strict;
use warnings;

use Exporter qw(import);
use IO::Select;
use IO::Socket::IP;
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(SOCK_DGRAM);

use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(skd skd_on skd_background end_daemon is_live datagram_client send_datagram next_datagram ask_datagram
                 answer_with own_system_log system_log_lines logger_of);

my @daemons;

sub command { return [bin('skd'), @{$_[0]}, '--', @{$_[1]}] }

# skd in the foreground with a socket on port 0 among its options, ready for clients and signals.
sub skd
{
  my ($options, $prog, %how) = @_;
  my $server = start_listening(ip => '127.0.0.1', %how, command => command($options, $prog));
  ($server->{ports}) = [$server->{ready} =~ /^(\d+)$/mg];
  $server->{port} = $server->{ports}[0];
  return $server;
}

# The same for Unix-domain sockets only: ready when its stdout is given away.
sub skd_on
{
  my ($path, $options, $prog, %how) = @_;
  my $server = start(%how, command => command($options, $prog));
  eventually(sub { !$server->alive || (fd_targets($server->pid)->{1} // '') =~ m{\A(?:/dev/null|/)\z} });
  die 'skd did not become ready: ' . log_text($server) . "\n" unless $server->alive;
  $server->{path} = $path;
  return $server;
}

# skd -B with a pid file: what run() says of the command, and the daemon's pid if there is one.
sub skd_background
{
  my ($how, $options, $prog) = @_;
  my $file = delete $how->{pid_file} // own_dir() . '/pid.' . @daemons;
  my $end = run($how, @{command(['-B', '-P', $file, @$options], $prog)});
  $end->{pid_file} = $file;
  ($end->{pid}) = get_file($file) =~ /\A(\d+)\n\z/;
  ($end->{port}) = $end->{out} =~ /\A(\d+)\n/;
  $end->{ip} = '127.0.0.1';
  push @daemons, { pid => $end->{pid}, identity => identity($end->{pid}) } if $end->{pid};
  return bless $end, 'Sallyport::Skd::Daemon';
}

sub is_live { return process_state($_[0]) =~ /\A[^ZX]/ }

# Signals a daemon, TERM unless told otherwise, and waits until it is gone.
sub end_daemon
{
  my ($daemon, $signal) = @_;
  kill $signal // 'TERM', $daemon->{pid};
  return eventually(sub { !is_live($daemon->{pid}) });
}

my $script = $$;
END
{
  if ($$ == $script)
  {
    local $?;
    for my $pid (map { $_->{pid} } grep { $_->{identity} eq identity($_->{pid}) } @daemons) { kill 'KILL', $pid, descendants($pid, $pid) }
  }
}

# ---- datagrams ----

# A socket that sends to a UDP port or to a Unix-domain path; ip, from (a path of its own).
sub datagram_client
{
  my ($server, %how) = @_;
  if (defined $server->{path})
  {
    return IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $server->{path}, $how{from} ? (Local => $how{from}) : ()) || die "cannot connect: $!\n";
  }
  return IO::Socket::IP->new(Type => SOCK_DGRAM, PeerHost => $how{ip} // $server->{ip}, PeerPort => $how{port} // $server->{port}) || die "cannot connect: $@\n";
}

sub send_datagram
{
  my ($socket, $text) = @_;
  defined send $socket, $text, 0 or die "cannot send: $!\n";
  return $socket;
}

# undef after the deadline.
sub next_datagram
{
  my ($socket, $seconds) = @_;
  return undef unless IO::Select->new($socket)->can_read($seconds // deadline());
  defined recv $socket, my $text, 65536, 0 or return undef;
  return $text;
}

sub ask_datagram
{
  my ($server, $text, %how) = @_;
  return next_datagram(send_datagram(datagram_client($server, %how), $text), $how{deadline});
}

# An inetd-style program: receives one datagram on fd 0, runs the Perl statements, with the datagram in $in
# and the sender in $from, and answers with what they leave in $out.
sub answer_with
{
  my ($statements) = @_;
  return [$^X, '-e', "my (\$in, \$out); my \$from = recv STDIN, \$in, 65536, 0; $statements; send STDOUT, \$out, 0, \$from if defined \$out && length \$from;"];
}

# ---- the system log ----

sub mount_it { system(tool('mount'), @_) == 0 or die "cannot mount: @_\n" }

# Starts the script again with a /dev of its own, in which the test can be the log daemon; skips it, in words,
# where that is not allowed.
sub own_system_log
{
  if (!$ENV{SALLYPORT_IN_MOUNT_NAMESPACE})
  {
    my $unshare = tool('unshare');
    skip_all_unless('unshare and mount are installed', $unshare && tool('mount'));
    my @flags = is_root() ? ('-m') : ('-r', '-m');
    skip_all_unless('the right to make a mount namespace', system("$unshare @flags true 2>/dev/null") == 0);
    $ENV{SALLYPORT_IN_MOUNT_NAMESPACE} = 1;
    exec $unshare, @flags, $^X, $0, @ARGV or die "cannot execute unshare: $!\n";
  }
  # Not below own_dir(): what cleans that up would not know these for the machine's own devices.
  my ($dev) = grep { -d } qw(/mnt /media /srv) or die "no directory to mount on\n";
  mount_it('-t', 'tmpfs', 'none', $dev);
  for my $device (qw(null zero random urandom tty full))
  {
    open my $file, '>', "$dev/$device" or die "cannot make $dev/$device: $!\n";
    mount_it('--bind', "/dev/$device", "$dev/$device");
  }
  symlink '/proc/self/fd', "$dev/fd";
  mount_it('--rbind', $dev, '/dev');
}

# What has come to the log daemon's socket, one line for each message, up to one that matches.
sub system_log_lines
{
  my ($socket, $until, $seconds) = @_;
  my $end = now() + ($seconds // deadline());
  my @lines;
  while (!@lines || $lines[-1] !~ $until)
  {
    my $left = $end - now();
    last if $left <= 0 || !IO::Select->new($socket)->can_read($left);
    defined recv $socket, my $line, 65536, 0 or last;
    push @lines, $line;
  }
  return @lines;
}

# The one child of a daemon that reads a pipe and is called skd too, as soon as it does.
sub logger_of
{
  my ($pid) = @_;
  my $found;
  eventually(sub { ($found) = grep { get_file("/proc/$_/cmdline") eq get_file("/proc/$pid/cmdline") && (fd_targets($_)->{0} // '') =~ /^pipe:/ } children($pid); $found }, 5);
  return $found;
}

1;
