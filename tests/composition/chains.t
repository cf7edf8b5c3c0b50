#!/usr/bin/env perl
# Listeners, acceptors, daemons and the programs of others, in one command line.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;
use IO::Socket::UNIX;

my $loopback = '127.0.0.1';
my $listen = bin('tcp-socket-listen');
my $accept = bin('tcp-socket-accept');
my $dir = own_dir();

sub served_by
{
  my ($what, @command) = @_;
  my $server = start_listening(ip => $loopback, command => \@command);
  is(ask($server, send => "hello\n"), "hello\n", "$what: a client is served");
  return $server;
}

# ---- fdmove ----

SKIP:
{
  my $fdmove = tool('fdmove') or skip 'fdmove, of execline, is not installed', 4;
  page('tcp-socket-listen');
  page_says('A program that wants its listener as the standard input, as s6-tcpserverd(1) does, follows');
  my $moved = served_by('tcp-socket-listen, fdmove, s6-tcpserverd', $listen, '-1', $loopback, 0, $fdmove, '0', '3', bin('s6-tcpserverd'), '-v2', 'cat');
  like(fd_targets($moved->pid)->{0}, qr/\Asocket:/, 'tcp-socket-listen, fdmove, s6-tcpserverd: the listener is the standard input of the daemon');
  served_by('s6-tcpserver-socketbinder, fdmove, tcp-socket-accept',
    $listen, '-1', $loopback, 0, $fdmove, '0', '3', $fdmove, '3', '0', $accept, 'cat');
  my $bound = start(command => [bin('s6-tcpserver-socketbinder'), $loopback, '0', $fdmove, '3', '0', 'sh', '-c', 'exec "$@" </dev/null', 'sh', $accept, '-v', 'cat']);
  my ($port) = (log_has($bound, qr/starting/) // '') =~ / port (\d+)/;
  is(ask({ ip => $loopback, port => $port }, send => 'x'), 'x',
     's6-tcpserver-socketbinder, fdmove, tcp-socket-accept: a client is served by the listener on descriptor 3');
}

# ---- two listeners, one acceptor ----

my $two = start(command => [$listen, '--systemd-compatibility', $loopback, 0, $listen, '--systemd-compatibility', '--name=second', '127.0.0.2', 0,
  $accept, '-v', 'sh', '-c', 'echo "$LOCAL"; cat']);
log_says($two, qr/status: 0/, 'two tcp-socket-listen, tcp-socket-accept: the acceptor starts');
my %port = map { /ip (\S+) port (\d+)/ } grep { /starting/ } log_lines($two);
is(join(' ', sort keys %port), '127.0.0.1 127.0.0.2', 'two tcp-socket-listen, tcp-socket-accept: the acceptor logs both addresses');
is(ask({ ip => $_, port => $port{$_} }, send => 'x'), "$_:$port{$_}\nx",
   "two tcp-socket-listen, tcp-socket-accept: a client of $_ is served with its address in LOCAL") for sort keys %port;
my ($busy, $idle) = map { open_client({ ip => $_, port => $port{$_} }) } sort keys %port;
is(read_line($_) =~ /\A127/, 1, 'two tcp-socket-listen, tcp-socket-accept: a client of each address is served at the same time') for $busy, $idle;
is_serving($two, 2, 'two tcp-socket-listen, tcp-socket-accept: the acceptor has a child for each client');

my $daemon_of_two = start(command => [$listen, '--systemd-compatibility', $loopback, 0, $listen, '--systemd-compatibility', '127.0.0.2', 0,
  bin('s6-tcpserverd'), '--listen-fds', '-v2', 'cat']);
log_says($daemon_of_two, qr/status: 0/, 'two tcp-socket-listen, s6-tcpserverd --listen-fds: the daemon starts');
%port = map { /ip (\S+) port (\d+)/ } grep { /starting/ } log_lines($daemon_of_two);
is(ask({ ip => $_, port => $port{$_} }, send => 'x'), 'x',
   "two tcp-socket-listen, s6-tcpserverd --listen-fds: a client of $_ is served") for sort keys %port;

my $limited = start(command => [$listen, '--systemd-compatibility', $loopback, 0, $listen, '--systemd-compatibility', '127.0.0.2', 0, $accept, '-v', '-c', 1, 'cat']);
log_has($limited, qr/status: 0/);
%port = map { /ip (\S+) port (\d+)/ } grep { /starting/ } log_lines($limited);
my @waiting = map { open_client({ ip => $_, port => $port{$_} }) } sort keys %port;
say_to($_, "x\n") for @waiting;
my ($served) = IO::Select->new(@waiting)->can_read(deadline());
is(read_line($served), "x\n", 'two tcp-socket-listen, tcp-socket-accept -c 1: one of two clients is served');
is_serving($limited, 1, 'two tcp-socket-listen, tcp-socket-accept -c 1: the acceptor has one child for the clients of both listeners');
stop_sending($served);
is(read_line($_), "x\n",
   'two tcp-socket-listen, tcp-socket-accept -c 1: the waiting client is served when the first one has left') for grep { $_ != $served } @waiting;

# ---- a change of identity in between ----

SKIP:
{
  skip 'changing ids is for root', 3 unless can_change_ids();
  my $whoami = ['sh', '-c', 'echo "$(id -u) $(id -g) $(id -G)"'];
  my $chain = start_listening(ip => $loopback, command => [$listen, '-1', $loopback, 0, bin('s6-applyuidgid'), '-u', 12345, '-g', 54321, $accept, @$whoami]);
  is(ask($chain), "12345 54321 54321\n", 'tcp-socket-listen, s6-applyuidgid, tcp-socket-accept: the program of a client has the new ids');
  is(status_field($chain->pid, 'Uid'), "12345\t12345\t12345\t12345",
     'tcp-socket-listen, s6-applyuidgid, tcp-socket-accept: the acceptor itself has the new user');
  my $path = "$dir/private";
  my $local = start(command => [bin('local-stream-socket-listen'), '-m', '0600', '-u', 777, $path, bin('s6-applyuidgid'), '-u', 12345, '-g', 54321,
    bin('local-stream-socket-accept'), '-v', @$whoami]);
  log_has($local, qr/status/) or die "the server did not start\n";
  my $client = IO::Socket::UNIX->new(Peer => $path) or die "cannot connect: $!\n";
  is(read_all($client), "12345 54321 54321\n",
     'local-stream-socket-listen, s6-applyuidgid, local-stream-socket-accept: the program of a client has the new ids');
}
SKIP:
{
  skip 's6-setuidgid is not built', 1 unless have_bin('s6-setuidgid');
  skip 'changing ids is for root', 1 unless can_change_ids();
  my $chain = start_listening(ip => $loopback, command => [$listen, '-1', $loopback, 0, bin('s6-setuidgid'), 'nobody', $accept, 'id', '-un']);
  is(ask($chain), "nobody\n", 'tcp-socket-listen, s6-setuidgid, tcp-socket-accept: the program of a client has the new user');
}

# ---- our listeners before a program that uses LISTEN_FDS ----

# A program that is not ours, by the rules of sd_listen_fds(3): it answers on every socket with its name.
my $foreign = put_file('foreign.pl', <<'PERL');
use IO::Socket; use IO::Select;
die "not for me\n" if $ENV{LISTEN_PID} != $$;
my @names = split /:/, $ENV{LISTEN_FDNAMES};
die "names\n" if @names != $ENV{LISTEN_FDS};
my %name;
for my $i (0 .. $ENV{LISTEN_FDS} - 1) { open my $s, '+<&=', 3 + $i or die; $name{$s} = $names[$i]; push @sockets, $s }
$| = 1; print STDERR "ready\n";
my $select = IO::Select->new(@sockets);
while (my @ready = $select->can_read) { for (@ready) { accept my $c, $_ or next; syswrite $c, "this is $name{$_}\n"; close $c } }
PERL
my $path = "$dir/foreign";
my $daemon = start_listening(ip => $loopback, command => [$listen, '-1', '--systemd-compatibility', '--name=web', $loopback, 0,
  bin('local-stream-socket-listen'), '--systemd-compatibility', '--name=control', $path, $^X, $foreign]);
log_says($daemon, qr/^ready$/, 'a program that uses LISTEN_FDS takes the sockets of tcp-socket-listen and local-stream-socket-listen');
is(ask($daemon), "this is web\n", 'a program that uses LISTEN_FDNAMES knows the socket of tcp-socket-listen by its name');
is(read_all(IO::Socket::UNIX->new(Peer => $path)), "this is control\n",
   'a program that uses LISTEN_FDNAMES knows the socket of local-stream-socket-listen by its name');

# ---- systemd-socket-activate before our programs ----

SKIP:
{
  my $activate = tool('systemd-socket-activate') or skip 'systemd-socket-activate, of systemd, is not installed', 8;

  # It tells no port, so it is given paths, and for TCP a port that was free a moment ago.
  my $try = sub
  {
    my ($listeners, @command) = @_;
    return start(command => [$activate, (map { /^--/ ? $_ : ('-l', $_) } @$listeners), @command]);
  };
  # The path is there before it listens.
  my $ask_path = sub { my ($path) = @_; read_all(eventually(sub { IO::Socket::UNIX->new(Peer => $path) }) || die "cannot connect to $path: $!\n") };
  my ($one, $two) = ("$dir/activated.1", "$dir/activated.2");
  my $local = $try->([$one, $two], bin('local-stream-socket-accept'), '-v', 'sh', '-c', 'echo "$LOCAL${LISTEN_FDS+bad}"');
  is($ask_path->($_), "$_\n", 'systemd-socket-activate, local-stream-socket-accept: each of two sockets is served') for $one, $two;
  is(log_count($local, qr/^local-stream-socket-accept: info: starting/), 2,
     'systemd-socket-activate, local-stream-socket-accept: one process serves both sockets');

  my ($given, $added) = ("$dir/given", "$dir/added");
  my $mixed = $try->([$given, '--fdname=given'], bin('local-stream-socket-listen'), '--systemd-compatibility', '--name=added', $added,
    'sh', '-c', 'echo "names $LISTEN_FDS $LISTEN_FDNAMES" >&2; exec "$@"', 'sh', bin('local-stream-socket-accept'), '-v', 'sh', '-c', 'echo "$LOCAL"');
  is($ask_path->($given), "$given\n",
     'systemd-socket-activate, local-stream-socket-listen, local-stream-socket-accept: the socket of the first is served');
  is($ask_path->($added), "$added\n", 'systemd-socket-activate, local-stream-socket-listen, local-stream-socket-accept: the added socket is served');
  log_says($mixed, qr/^names 2 given:added$/, 'systemd-socket-activate, local-stream-socket-listen: LISTEN_FDNAMES has the names of both sockets');

  for my $case (['tcp-socket-accept', $accept, '-v'], ['s6-tcpserverd --listen-fds', bin('s6-tcpserverd'), '-v2', '--listen-fds'])
  {
    my ($what, @program) = @$case;
    my ($reply, $server);
    for (1 .. 20)  # the port may be taken by another process between our looking and its binding
    {
      my $port = do { my ($s, $p) = busy_port(); close $s; $p };
      $server = $try->(["$loopback:$port"], @program, 'cat');
      my $client = eventually(sub { eval { open_client({ ip => $loopback, port => $port }) } || !$server->alive });
      next unless ref $client;
      say_to($client, "hello\n");
      stop_sending($client);
      $reply = read_all($client);
      last if log_has($server, qr/starting/, 1);
    }
    is($reply, "hello\n", "systemd-socket-activate, $what: a client is served");
  }
}

done_testing;
