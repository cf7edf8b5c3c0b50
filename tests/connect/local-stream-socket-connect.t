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
  is($got->{fds}, '0 1 2 6 7', "$program: the connection is on 6 and 7, and nothing else is open");
  is($got->{file6}, $got->{file7}, "$program: both are the same socket");
  is($got->{"nonblocking$_"}, 0, "$program: $_ is blocking") for 6, 7;
  page_says('Standard descriptors that are closed are opened on /dev/null first, so that the connection never becomes one of them.');
  my $file = "$dir/facts";
  run({ closed => [0, 1, 2] }, $connect, $path, 'sh', '-c', 'f=$1; shift; exec "$@" > "$f"', 'sh', $file, @facts);
  $got = client_facts({ out => get_file($file) });
  is("$got->{0} $got->{2}", '/dev/null /dev/null', "$program: standard descriptors that were closed");
  like($got->{file7}, qr/socket/, "$program: and the connection is in its place");

  my $one = listen_at("$dir/$program");
  my $talk = start(command => [$connect, "$dir/$program", 'sh', '-c', 'echo hello >&7; cat <&6']);
  my $peer = $one->accept;
  is(read_line($peer), "hello\n", "$program: what prog writes arrives");
  say_to($peer, "world\n");
  close $peer;
  is(read_all($talk->out), "world\n", "$program: and what the server writes");

  page_says('A path that is too long for a socket is an error; it is never cut.');
  my $r = run($connect, "${longest}x", 'true');
  is($r->{code}, 100, "$program: a path of 108 bytes");
  like($r->{err}, qr/\A$program: usage: the path \S+ is too long: it may have at most \d+ bytes/, "$program: and says so");
  my $at_longest = listen_at($longest);
  is(run($connect, $longest, 'true')->{code}, 0, "$program: a path of 107 bytes");
  unlink $longest;
  is(run($connect, '', 'true')->{code}, 100, "$program: an empty path");
  page_says('A path that begins with @ is an abstract name.');
  my $abstract = listen_at("\0sallyport-$$-$program");
  is(run($connect, "\@sallyport-$$-$program", 'true')->{code}, 0, "$program: an abstract name");

  page_says('Give up when so many milliseconds have passed.');
  page_says("If the server's queue is full, $program waits for a place in it.");
  $r = run($connect, '--timeout=50', "$dir/full", 'true');
  is($r->{code}, 111, "$program: the queue is full");
  is($r->{err}, "$program: fatal: unable to connect to $dir/full: Connection timed out\n", "$program: and says so");
  $got = client_facts(run($connect, '--timeout', 60000, $path, @facts));
  is($got->{'send-timeout'}, '0 0', "$program: no timeout is left on the socket");
  my $queue = full_at("$dir/queue.$program");
  my $waiting = start(command => [$connect, "$dir/queue.$program", 'true']);
  ok(eventually(sub { process_state($waiting->pid) eq 'S' }), "$program: waits");
  # Stopped and continued, a wait with a limit is interrupted: nothing may come of it.
  my $limited = start(command => [$connect, '--timeout=60000', "$dir/queue.$program", 'sh', '-c', 'echo x >&7']);
  ok(eventually(sub { process_state($limited->pid) eq 'S' }), "$program: waits with a limit");
  $limited->signal('STOP');
  ok(eventually(sub { process_state($limited->pid) eq 'T' }), "$program: is stopped");
  $limited->signal('CONT');
  for (1 .. 12)
  {
    last unless $waiting->alive || $limited->alive;
    my $accepted = $queue->[0]->accept;
    eventually(sub { !$waiting->alive && !$limited->alive }, 0.2);
  }
  is($waiting->wait->{code}, 0, "$program: gets a place when there is one");
  is($limited->wait->{code}, 0, "$program: gets one in spite of the interruption");

  page_says('With 0, which is the default, the wait has no limit.');
  is(run($connect, '--timeout=0', $path, 'true')->{code}, 0, "$program: --timeout=0");
  page_says('leaves all signals as they are.');
  $r = run({ ignore => ['HUP'], block => ['USR1'] }, $connect, $path, 'grep', '^Sig[BI]', '/proc/self/status');
  like($r->{out}, qr/^SigBlk:\s+0*200\n.*^SigIgn:\s+[0-9a-f]{8}[08]0{6}1$/ms, "$program: signals stay ignored and blocked");

  page_says('There is no connection: no server listens, none accepted in time, or the system refused something.');
  is(run($connect, "$dir/nobody", 'true')->{err}, "$program: fatal: unable to connect to $dir/nobody: No such file or directory\n", "$program: no such path");
  is(run($connect, "$dir/nobody", 'true')->{code}, 111, "$program: exits 111");
  is(run($connect, $file, 'true')->{code}, 111, "$program: a path that is no socket");
  page_says('The command line is wrong.');
  is(run($connect, $path)->{code}, 100, "$program: no program");
  is(run($connect, $path, '')->{code}, 100, "$program: an empty program");
  page_says('was found, and cannot be executed.');
  page_says('was not found.');
  is(run($connect, $path, '/nonexistent/program')->{code}, 127, "$program: no such program");
  is(run($connect, $path, '/')->{code}, 126, "$program: a program that cannot be executed");
  page_says('Otherwise the exit status is that of prog.');
  is(run($connect, $path, 'sh', '-c', 'exit 9')->{code}, 9, "$program: the exit status of prog");
  page_says('Options come before path.');
  is(run($connect, $path, 'echo', '-l', '--nonesuch')->{out}, "-l --nonesuch\n", "$program: what follows prog is its own");
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
   "UNIXREMOTEEUID=$>", "UNIXREMOTEEGID=$gid"), 'the environment is exactly this');
page_says("Bind the client's end to path, which must not exist yet. It is not removed afterwards.");
page_says('If an option is given twice, the last one counts.');
is(client_facts(run($connect, '-l', "$dir/nonesuch/x", '-l', "$dir/mine", $path, @facts))->{'env:UNIXLOCALPATH'}, "$dir/mine", '-l is told');
ok(-S "$dir/mine", 'the path is a socket, and stays');
$r = run($connect, '--local-path', "$dir/mine", $path, 'true');
is($r->{code}, 111, 'a second time it is taken');
is($r->{err}, "local-stream-socket-connect: fatal: unable to bind to $dir/mine: Address already in use\n", 'and says so');
$r = run($connect, '-l', "${longest}y", $path, 'true');
is($r->{code}, 100, 'a local path that is too long');
page_says('the process id, the local path, the path of the server, and the process, user and group id of the server.');
$r = run($connect, '-v', '-l', "$dir/mine2", $path, 'sh', '-c', 'echo "$$ $UNIXLOCALPATH $UNIXREMOTEPATH $UNIXREMOTEPID $UNIXREMOTEEUID $UNIXREMOTEEGID"');
is($r->{err}, "local-stream-socket-connect: $r->{out}", '-v says what the variables say');
$r = run($connect, '-v', $path, 'true');
my $server = built_for_linux() ? $$ : '';
like($r->{err}, qr/\A\S+ \d+  \Q$path\E $server $> $gid\n\z/, 'what is not there is empty');

done_testing();
