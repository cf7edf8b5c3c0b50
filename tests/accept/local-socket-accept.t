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
  is(answer($client), 'hello', "$program runs cat for a client: what the client sends comes back");
  is((log_has($server, qr/starting/) // ''), "$program: info: starting - bound to $path", "$program -v logs the path of its listener");
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
  is($asked->($env), $lines->(), "$program sets the expected variables for a client without a path");
  page_says('The path that the client is bound to. It is removed if there is none: few clients have one.');
  my $bound = new_path();
  is($asked->($env, $bound), $lines->(REMOTE => $bound, UNIXREMOTEPATH => $bound), "$program sets UNIXREMOTEPATH and REMOTE to the path of a client");
  chdir $dir;
  is($asked->($env, "0-$kind"), $lines->(UNIXREMOTEPATH => "0-$kind"), "$program sets REMOTE to the user of a client with a relative path");
  chdir '/';
  is($asked->($env, "\0sallyport-$$-$kind-client"), $lines->(), "$program does not set UNIXREMOTEPATH for a client with an abstract name");

  page_says('It is removed if the listener has an abstract name.');
  my $name = "sallyport-$$-$kind";
  $service->("\@$name", [], $print);
  is($asked->("\0$name"), $lines->(LOCAL => "\@$name", UNIXLOCALPATH => undef),
     "$program sets LOCAL, and not UNIXLOCALPATH, for a listener with an abstract name");

  page_says('as it was given.');
  $service->("relative-$kind", [], $print, dir => $dir);
  is($asked->("$dir/relative-$kind"), $lines->(LOCAL => "relative-$kind", UNIXLOCALPATH => "relative-$kind"),
     "$program sets LOCAL and UNIXLOCALPATH to a relative path as it was given to the listener");

  page_says('The argument of -l,');
  my $called = new_path();
  $service->($called, ['--localname=/elsewhere'], $print, env => \%stale);
  is($asked->($called), $lines->(LOCAL => $called, UNIXLOCALPATH => '/elsewhere'),
     "$program --localname sets UNIXLOCALPATH to its argument, and LOCAL to the path");

  SKIP:
  {
    skip 'changing ids is for root', 2 unless can_change_ids();
    page_says('The effective user id of the client.');
    my $told = run({ before => sub { $) = "54321 54321"; $> = 12345 } }, $^X, '-MSocket', '-e',
      'socket S, PF_UNIX, $ARGV[1], 0; connect S, pack_sockaddr_un($ARGV[0]) or die; sysread S, $x, 9999; print $x', $env, $type{$kind});
    like($told->{out}, qr/\ALOCAL=.*\nPROTO=UNIX\nREMOTE=12345\n.*\nUNIXREMOTEEGID=54321\nUNIXREMOTEEUID=12345(\nUNIXREMOTEPID=\d+)?\z/,
         "$program sets the variables of a client to its effective user and group");
  }

  # ---- listeners ----

  page_says('The listeners are those that LISTEN_FDS and LISTEN_PID announce to this process, from descriptor 3 up,');
  my ($one, $two) = (new_path(), new_path());
  my $both = start(command => [@listen, '--systemd-compatibility', $one, @listen, '--systemd-compatibility', $two, $accept, '-v', @$print]);
  log_says($both, qr/status/, "$program starts with two listeners that LISTEN_FDS announces");
  is($asked->($_), $lines->(LOCAL => $_, UNIXLOCALPATH => $_), "$program serves each of two listeners that LISTEN_FDS announces") for $one, $two;
  my ($tcp) = busy_port();
  my $wrong = run({ fds => { 3 => $tcp } }, $accept, 'true');
  is($wrong->{code}, 100, "$program exits 100 with a TCP listener");
  like($wrong->{err}, qr/\A$program: usage: a listener is not a Unix-domain socket/,
       "$program prints that a TCP listener is not a Unix-domain socket");
  page_says('Stream and seqpacket sockets are served alike.');
  my ($other) = grep { $_ ne $kind } keys %type;
  my $odd = new_path();
  my $served = start(command => [bin("local-$other-socket-listen"), $odd, $accept, '-v', 'echo', '-n', 'served']);
  log_has($served, qr/status/);
  is(answer(client($other, $odd)), 'served', "$program serves a $other listener");

  # ---- limits ----

  page_says('A source is a user: the effective user id of the process that connects.');
  page_says('Further clients of that source are refused: the connection is closed, and no program is launched. Clients of other sources are served meanwhile.');
  my $fair = new_path();
  my $log = $service->($fair, ['--local-limit=1'], ['sh', '-c', 'echo served; exec cat']);
  my $first = client($kind, $fair);
  is(read_message($first), "served\n", "$program --local-limit=1 serves one client of a user");
  is(answer(client($kind, $fair)), '', "$program --local-limit=1 refuses a second client of a user");
  log_says($log, qr/info: refuse $uid:$gid count 1\/1 source \(-C 1\)\z/, "$program --local-limit=1 logs the refusal of a second client of a user");
  SKIP:
  {
    skip 'changing ids is for root', 1 unless can_change_ids();
    my $told = run({ before => sub { $> = 12345 } }, $^X, '-MSocket', '-e',
      'socket S, PF_UNIX, $ARGV[1], 0; connect S, pack_sockaddr_un($ARGV[0]) or die; sysread S, $x, 9999; print $x', $fair, $type{$kind});
    is($told->{out}, "served\n", "$program --local-limit=1 serves a client of another user");
  }
  page_says('Further clients wait in the backlog until a child ends; none of them is refused.');
  my $small = new_path();
  my $limited = $service->($small, ['-c', 1], ['sh', '-c', 'echo served; exec cat']);
  my ($now, $later) = map { client($kind, $small) } 1, 2;
  is(read_message($now), "served\n", "$program -c 1 serves one client");
  log_says($limited, qr/the client limit 1 is reached/, "$program -c 1 logs that the limit is reached with one client");
  is_serving($limited, 1, "$program -c 1 has one child while a second client waits");
  shutdown $now, 1;
  is(read_message($later), "served\n", "$program -c 1 serves the second client when the first one has ended");

  # ---- signals, and a listener that is shut down ----

  page_says('Send SIGTERM and SIGCONT to every child, and exit.');
  $limited->signal('QUIT');
  is(($limited->wait // {})->{code}, 0, "$program exits 0 at a SIGQUIT");
  is(answer($later) // 'none', '', "$program ends its child at a SIGQUIT");
  page_says('there is nothing on descriptor 3, or a listener was shut down.');
  socket my $doomed, PF_UNIX, $type{$kind}, 0 or die "no socket: $!\n";
  bind $doomed, pack_sockaddr_un(new_path()) or die "cannot bind: $!\n";
  listen $doomed, 5;
  my $deaf = start(fds => { 3 => $doomed }, command => [$accept, '-v', 'true']);
  log_has($deaf, qr/status/);
  shutdown $doomed, 2;
  is(($deaf->wait // {})->{code}, 111, "$program exits 111 if its listener is shut down");
}

sub read_message
{
  my ($socket) = @_;
  return undef unless IO::Select->new($socket)->can_read(deadline());
  sysread $socket, my $message, 65536;
  return $message;
}

done_testing;
