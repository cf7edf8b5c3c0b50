#!/usr/bin/env perl
# local-stream-socket-connect and s6-ipcclient: what they have in common, then what each calls it.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM pack_sockaddr_un);

my @facts = client_facts();
my $dir = own_dir();

sub listen_at
{
  my ($path, $backlog) = @_;
  return IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $path, Listen => $backlog // 1000) || die "cannot listen: $!\n";
}

# A listener whose queue is full.
sub full_at
{
  my ($path) = @_;
  my @keep = (listen_at($path, 1));
  for (1 .. 10)
  {
    socket my $client, Socket::AF_UNIX(), SOCK_STREAM, 0 or die;
    $client->blocking(0);
    push @keep, $client;
    last unless connect $client, pack_sockaddr_un($path);
  }
  return \@keep;
}

my $path = "$dir/socket";
my $listener = listen_at($path);
my $full = full_at("$dir/full");
my $longest = "$dir/" . 'x' x (107 - length "$dir/");

for my $program ('local-stream-socket-connect', 's6-ipcclient')
{
  my $connect = bin($program);
  page($program);

  page_says('prog reads from the connection on descriptor 6 and writes to it on descriptor 7; whatever these two were before is closed.');
  page_says('The connection is blocking.');
  my $got = client_facts(run($connect, $path, @facts));
  is($got->{fds}, '0 1 2 6 7', "$program has the connection on 6 and 7 and nothing else open");
  is($got->{file6}, $got->{file7}, "$program has the same socket on 6 and 7");
  is($got->{"nonblocking$_"}, 0, "$program leaves descriptor $_ blocking") for 6, 7;
  page_says('Standard descriptors that are closed are opened on /dev/null first, so that the connection never becomes one of them.');
  my $file = "$dir/facts";
  run({ closed => [0, 1, 2] }, $connect, $path, 'sh', '-c', 'f=$1; shift; exec "$@" > "$f"', 'sh', $file, @facts);
  $got = client_facts({ out => get_file($file) });
  is("$got->{0} $got->{2}", '/dev/null /dev/null', "$program opens standard descriptors that are closed on /dev/null");
  like($got->{file7}, qr/socket/, "$program has the connection on 7 when standard descriptors are closed");

  my $one = listen_at("$dir/$program");
  my $talk = start(command => [$connect, "$dir/$program", 'sh', '-c', 'echo hello >&7; cat <&6']);
  my $peer = $one->accept;
  is(read_line($peer), "hello\n", "$program lets prog write to the server on 7");
  say_to($peer, "world\n");
  close $peer;
  is(read_all($talk->out), "world\n", "$program lets prog read from the server on 6");

  page_says('A path that is too long for a socket is an error; it is never cut.');
  my $r = run($connect, "${longest}x", 'true');
  is($r->{code}, 100, "$program exits 100 for a path of 108 bytes");
  like($r->{err}, qr/\A$program: usage: the path \S+ is too long: it may have at most \d+ bytes/,
    "$program reports that a path of 108 bytes is too long");
  my $at_longest = listen_at($longest);
  is(run($connect, $longest, 'true')->{code}, 0, "$program connects to a path of 107 bytes");
  unlink $longest;
  is(run($connect, '', 'true')->{code}, 100, "$program exits 100 for an empty path");
  page_says('A path that begins with @ is an abstract name.');
  my $abstract = listen_at("\0sallyport-$$-$program");
  is(run($connect, "\@sallyport-$$-$program", 'true')->{code}, 0, "$program connects to an abstract name");

  page_says('Give up when so many milliseconds have passed.');
  page_says("If the server's queue is full, $program waits for a place in it.");
  $r = run($connect, '--timeout=50', "$dir/full", 'true');
  is($r->{code}, 111, "$program --timeout exits 111 when the queue of the server is full");
  is($r->{err}, "$program: fatal: unable to connect to $dir/full: Connection timed out\n",
    "$program --timeout reports that the connection timed out");
  $got = client_facts(run($connect, '--timeout', 60000, $path, @facts));
  is($got->{'send-timeout'}, '0 0', "$program --timeout leaves no timeout on the socket");
  my $queue = full_at("$dir/queue.$program");
  my $waiting = start(command => [$connect, "$dir/queue.$program", 'true']);
  ok(eventually(sub { process_state($waiting->pid) eq 'S' }), "$program waits when the queue of the server is full");
  # Stopped and continued, a wait with a limit is interrupted: nothing may come of it.
  my $limited = start(command => [$connect, '--timeout=60000', "$dir/queue.$program", 'sh', '-c', 'echo x >&7']);
  ok(eventually(sub { process_state($limited->pid) eq 'S' }), "$program --timeout waits when the queue of the server is full");
  $limited->signal('STOP');
  ok(eventually(sub { process_state($limited->pid) eq 'T' }), "$program stops by SIGSTOP while it waits");
  $limited->signal('CONT');
  for (1 .. 12)
  {
    last unless $waiting->alive || $limited->alive;
    my $accepted = $queue->[0]->accept;
    eventually(sub { !$waiting->alive && !$limited->alive }, 0.2);
  }
  is($waiting->wait->{code}, 0, "$program connects when there is a place in the queue");
  is($limited->wait->{code}, 0, "$program --timeout connects after SIGSTOP and SIGCONT");

  page_says('With 0, which is the default, the wait has no limit.');
  is(run($connect, '--timeout=0', $path, 'true')->{code}, 0, "$program --timeout=0 connects");
  page_says('leaves all signals as they are.');
  $r = run({ ignore => ['HUP'], block => ['USR1'] }, $connect, $path, 'grep', '^Sig[BI]', '/proc/self/status');
  like($r->{out}, qr/^SigBlk:\s+0*200\n.*^SigIgn:\s+[0-9a-f]{8}[08]0{6}1$/ms, "$program leaves signals ignored and blocked");

  page_says('There is no connection: no server listens, none accepted in time, or the system refused something.');
  is(run($connect, "$dir/nobody", 'true')->{err}, "$program: fatal: unable to connect to $dir/nobody: No such file or directory\n",
    "$program reports a path that does not exist");
  is(run($connect, "$dir/nobody", 'true')->{code}, 111, "$program exits 111 for a path that does not exist");
  is(run($connect, $file, 'true')->{code}, 111, "$program exits 111 for a path that is no socket");
  page_says('The command line is wrong.');
  is(run($connect, $path)->{code}, 100, "$program exits 100 without prog");
  is(run($connect, $path, '')->{code}, 100, "$program exits 100 for an empty prog");
  page_says('was found, and cannot be executed.');
  page_says('was not found.');
  is(run($connect, $path, '/nonexistent/program')->{code}, 127, "$program exits 127 for a prog that does not exist");
  is(run($connect, $path, '/')->{code}, 126, "$program exits 126 for a prog that cannot be executed");
  page_says('Otherwise the exit status is that of prog.');
  is(run($connect, $path, 'sh', '-c', 'exit 9')->{code}, 9, "$program exits as prog does");
  page_says('Options come before path.');
  is(run($connect, $path, 'echo', '-l', '--nonesuch')->{out}, "-l --nonesuch\n", "$program leaves the options after prog to prog");
}

# ---- local-stream-socket-connect ----

page('local-stream-socket-connect');
my $connect = bin('local-stream-socket-connect');
my %stale = map { $_ => 'old' } qw(PROTO UNIXLOCALPATH UNIXLOCALUID UNIXLOCALGID UNIXLOCALPID UNIXREMOTEPATH UNIXREMOTEPID UNIXREMOTEEUID UNIXREMOTEEGID);
page_says('The path of the server as it was given.');
page_says('The process that called listen(2).');
page_says('Its effective user id at that time.');
page_says('Its effective group id at that time.');
page_says('Always "UNIX".');
page_says('The argument of -l; removed without it.');
page_says('are removed.');
my $r = run({ only_env => { %stale, PATH => $ENV{PATH} } }, $connect, $path, 'env');
my ($gid) = split ' ', $);
is(join("\n", sort split /\n/, $r->{out}), join("\n", sort "PATH=$ENV{PATH}", 'PROTO=UNIX', "UNIXREMOTEPATH=$path", (built_for_linux() ? "UNIXREMOTEPID=$$" : ()),
   "UNIXREMOTEEUID=$>", "UNIXREMOTEEGID=$gid"), 'local-stream-socket-connect sets exactly the variables that its page lists');
page_says("Bind the client's end to path, which must not exist yet. It is not removed afterwards.");
page_says('If an option is given twice, the last one counts.');
is(client_facts(run($connect, '-l', "$dir/nonesuch/x", '-l', "$dir/mine", $path, @facts))->{'env:UNIXLOCALPATH'}, "$dir/mine",
  'local-stream-socket-connect with two -l sets UNIXLOCALPATH to the last one');
ok(-S "$dir/mine", 'local-stream-socket-connect -l leaves its socket when it has ended');
$r = run($connect, '--local-path', "$dir/mine", $path, 'true');
is($r->{code}, 111, 'local-stream-socket-connect --local-path exits 111 for a path that exists');
is($r->{err}, "local-stream-socket-connect: fatal: unable to bind to $dir/mine: Address already in use\n",
  'local-stream-socket-connect --local-path reports a path that exists');
$r = run($connect, '-l', "${longest}y", $path, 'true');
is($r->{code}, 100, 'local-stream-socket-connect -l exits 100 for a path that is too long');
page_says('the process id, the local path, the path of the server, and the process, user and group id of the server.');
$r = run($connect, '-v', '-l', "$dir/mine2", $path, 'sh', '-c', 'echo "$$ $UNIXLOCALPATH $UNIXREMOTEPATH $UNIXREMOTEPID $UNIXREMOTEEUID $UNIXREMOTEEGID"');
is($r->{err}, "local-stream-socket-connect: $r->{out}", 'local-stream-socket-connect -v -l prints what the variables have');
$r = run($connect, '-v', $path, 'true');
my $server = built_for_linux() ? $$ : '';
like($r->{err}, qr/\A\S+ \d+  \Q$path\E $server $> $gid\n\z/, 'local-stream-socket-connect -v without -l prints an empty local path');

done_testing();
