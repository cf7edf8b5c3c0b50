#!/usr/bin/env perl
# The two Unix-domain acceptors: what differs from TCP.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(:all);

my $dir = own_dir();
my %type = (stream => SOCK_STREAM, seqpacket => 5);
my $names = 0;

my $pid = $$;

sub new_path { return "$dir/socket." . $names++ }

# A Unix-domain client of any type, bound to a path or not.
sub client
{
  my ($kind, $path, $local) = @_;
  socket my $socket, PF_UNIX, $type{$kind}, 0 or die "no socket: $!\n";
  bind $socket, pack_sockaddr_un($local) or die "cannot bind to $local: $!\n" if defined $local;
  connect $socket, pack_sockaddr_un($path) or die "cannot connect to $path: $!\n";
  return $socket;
}

# Seqpacket connections give a whole message to each read: what a program writes with one call.
sub answer
{
  my ($socket) = @_;
  my $text = '';
  while (IO::Select->new($socket)->can_read(deadline()))
  {
    return $text unless sysread $socket, my $part, 65536;
    $text .= $part;
  }
  return undef;
}

for my $kind (qw(stream seqpacket))
{
  my $program = "local-$kind-socket-accept";
  my $accept = bin($program);
  my @listen = (bin("local-$kind-socket-listen"), '-m', '0666');
  page($program);

  my $service = sub
  {
    my ($path, $options, $prog, %how) = @_;
    my $server = start(%how, command => [@listen, $path, $accept, '-v', @$options, '--', @$prog]);
    log_has($server, qr/status: /) or die "the server did not start: " . log_text($server);
    return $server;
  };
  my $asked = sub { my ($path, $local) = @_; my $c = client($kind, $path, $local); return answer($c) };

  page_says("accepts the clients of one or several listening Unix-domain sockets and launches prog once for each of them.");
  page_says('The connection is the standard input and the standard output of prog.');
  my $path = new_path();
  my $server = $service->($path, [], ['cat']);
  my $client = client($kind, $path);
  say_to($client, 'hello');
  shutdown $client, 1;
  is(answer($client), 'hello', "$program: what the client says comes back");
  is((log_has($server, qr/starting/) // ''), "$program: info: starting - bound to $path", 'the log names the path');
  my ($uid, $gid) = ($> + 0, $) + 0);
  log_says($server, qr/\A$program: info: accept $uid:$gid pid \d+ count 1\/40\z/, "$program -v: a client is logged with its user and group");
  log_says($server, qr/end pid \d+ exitcode 0 count 0\/40 source=uid:$uid ms=\d+\z/, "$program -v: the end of a program is logged with the user of its client");

  # ---- the environment ----

  page_says('The path that the listener is bound to, or @ and its abstract name.');
  page_says('The path that the client is bound to, if that is an absolute one, or else the effective user id of the client.');
  page_says('are removed: they would describe something else.');
  my %stale = map { $_ => 'old' } qw(PROTO LOCAL REMOTE UNIXLOCALPATH UNIXREMOTEPATH UNIXREMOTEPID UNIXREMOTEEUID UNIXREMOTEEGID UNIXLOCALUID UNIXLOCALGID
    UNIXLOCALPID LISTEN_FDNAMES LISTEN_PIDFDID);
  my $print = [$^X, '-e', 'syswrite STDOUT, join "\n", map { "$_=$ENV{$_}" } grep { /LOCAL|REMOTE|PROTO|LISTEN/ } sort keys %ENV'];
  my $env = new_path();
  $service->($env, [], $print, env => { %stale, LISTEN_PID => 1, LISTEN_FDS => 1 });
  my %expected = (LOCAL => $env, PROTO => 'UNIX', REMOTE => $uid, UNIXLOCALPATH => $env, UNIXREMOTEEGID => $gid, UNIXREMOTEEUID => $uid, UNIXREMOTEPID => built_for_linux() ? $pid : undef);
  my $lines = sub { my %v = (%expected, @_); return join "\n", map { defined $v{$_} ? "$_=$v{$_}" : () } sort keys %v };
  is($asked->($env), $lines->(), 'the variables of a client without a path');
  page_says('The path that the client is bound to. It is removed if there is none: few clients have one.');
  my $bound = new_path();
  is($asked->($env, $bound), $lines->(REMOTE => $bound, UNIXREMOTEPATH => $bound), 'of one with a path');
  chdir $dir;
  is($asked->($env, "0-$kind"), $lines->(UNIXREMOTEPATH => "0-$kind"), 'a relative path does not pass for a user');
  chdir '/';
  is($asked->($env, "\0sallyport-$$-$kind-client"), $lines->(), 'an abstract name is no path');

  page_says('It is removed if the listener has an abstract name.');
  my $name = "sallyport-$$-$kind";
  $service->("\@$name", [], $print);
  is($asked->("\0$name"), $lines->(LOCAL => "\@$name", UNIXLOCALPATH => undef), 'an abstract listener');

  page_says('as it was given.');
  $service->("relative-$kind", [], $print, dir => $dir);
  is($asked->("$dir/relative-$kind"), $lines->(LOCAL => "relative-$kind", UNIXLOCALPATH => "relative-$kind"), 'a relative path stays one');

  page_says('The argument of -l,');
  my $called = new_path();
  $service->($called, ['--localname=/elsewhere'], $print, env => \%stale);
  is($asked->($called), $lines->(LOCAL => $called, UNIXLOCALPATH => '/elsewhere'), 'a local side with another name');

  SKIP:
  {
    skip 'changing ids is for root', 2 unless can_change_ids();
    page_says('The effective user id of the client.');
    my $told = run({ before => sub { $) = "54321 54321"; $> = 12345 } }, $^X, '-MSocket', '-e',
      'socket S, PF_UNIX, $ARGV[1], 0; connect S, pack_sockaddr_un($ARGV[0]) or die; sysread S, $x, 9999; print $x', $env, $type{$kind});
    like($told->{out}, qr/\ALOCAL=.*\nPROTO=UNIX\nREMOTE=12345\n.*\nUNIXREMOTEEGID=54321\nUNIXREMOTEEUID=12345(\nUNIXREMOTEPID=\d+)?\z/, 'another user');
  }

  # ---- listeners ----

  page_says('The listeners are those that LISTEN_FDS and LISTEN_PID announce to this process, from descriptor 3 up,');
  my ($one, $two) = (new_path(), new_path());
  my $both = start(command => [@listen, '--systemd-compatibility', $one, @listen, '--systemd-compatibility', $two, $accept, '-v', @$print]);
  log_says($both, qr/status/, 'two listeners');
  is($asked->($_), $lines->(LOCAL => $_, UNIXLOCALPATH => $_), 'each is served') for $one, $two;
  my ($tcp) = busy_port();
  my $wrong = run({ fds => { 3 => $tcp } }, $accept, 'true');
  is($wrong->{code}, 100, 'a TCP listener is an error at the start');
  like($wrong->{err}, qr/\A$program: usage: a listener is not a Unix-domain socket/, 'that says so');
  page_says('Stream and seqpacket sockets are served alike.');
  my ($other) = grep { $_ ne $kind } keys %type;
  my $odd = new_path();
  my $served = start(command => [bin("local-$other-socket-listen"), $odd, $accept, '-v', 'echo', '-n', 'served']);
  log_has($served, qr/status/);
  is(answer(client($other, $odd)), 'served', "a $other listener");

  # ---- limits ----

  page_says('A source is a user: the effective user id of the process that connects.');
  page_says('Further clients of that source are refused: the connection is closed, and no program is launched. Clients of other sources are served meanwhile.');
  my $fair = new_path();
  my $log = $service->($fair, ['--local-limit=1'], ['sh', '-c', 'echo served; exec cat']);
  my $first = client($kind, $fair);
  is(read_message($first), "served\n", 'one client of a user is served');
  is(answer(client($kind, $fair)), '', 'another is refused');
  log_says($log, qr/info: refuse $uid:$gid count 1\/1 source \(-C 1\)\z/, 'the log says so');
  SKIP:
  {
    skip 'changing ids is for root', 1 unless can_change_ids();
    my $told = run({ before => sub { $> = 12345 } }, $^X, '-MSocket', '-e',
      'socket S, PF_UNIX, $ARGV[1], 0; connect S, pack_sockaddr_un($ARGV[0]) or die; sysread S, $x, 9999; print $x', $fair, $type{$kind});
    is($told->{out}, "served\n", 'a client of another user is served');
  }
  page_says('Further clients wait in the backlog until a child ends; none of them is refused.');
  my $small = new_path();
  my $limited = $service->($small, ['-c', 1], ['sh', '-c', 'echo served; exec cat']);
  my ($now, $later) = map { client($kind, $small) } 1, 2;
  is(read_message($now), "served\n", 'one client is served');
  log_says($limited, qr/the client limit 1 is reached/, 'the limit is reached');
  is(scalar($limited->served), 1, 'the other waits');
  shutdown $now, 1;
  is(read_message($later), "served\n", 'until the first has ended');

  # ---- signals, and a listener that is shut down ----

  page_says('Send SIGTERM and SIGCONT to every child, and exit.');
  $limited->signal('QUIT');
  is(($limited->wait // {})->{code}, 0, 'SIGQUIT: the server exits 0');
  is(answer($later) // 'none', '', 'SIGQUIT: the child of the acceptor ends, too');
  page_says('there is nothing on descriptor 3, or a listener was shut down.');
  socket my $doomed, PF_UNIX, $type{$kind}, 0 or die "no socket: $!\n";
  bind $doomed, pack_sockaddr_un(new_path()) or die "cannot bind: $!\n";
  listen $doomed, 5;
  my $deaf = start(fds => { 3 => $doomed }, command => [$accept, '-v', 'true']);
  log_has($deaf, qr/status/);
  shutdown $doomed, 2;
  is(($deaf->wait // {})->{code}, 111, 'a listener that is shut down is fatal, not a spin');
}

sub read_message
{
  my ($socket) = @_;
  return undef unless IO::Select->new($socket)->can_read(deadline());
  sysread $socket, my $message, 65536;
  return $message;
}

done_testing;
