#!/usr/bin/env perl
# The same command lines through another package's s6-ipcserver family and through ours: what a script sees must be
# the same, but for what was decided otherwise, which is all listed in %decided.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use POSIX ();
use Sallyport;
use Sallyport::Unix;

# Programs of others, not ours under their names.
sub theirs
{
  for my $place (grep { length } split /:/, "$ENV{PATH}:/usr/bin:/bin")
  {
    my @programs = map { "$place/$_" } qw(s6-ipcserver s6-ipcserver-socketbinder s6-ipcserverd);
    next if grep { !-x } @programs;
    next if run($programs[0], '--version')->{out} =~ /sallyport/;
    return { server => $programs[0], binder => $programs[1], daemon => $programs[2], path => "$place:$ENV{PATH}" };
  }
  return undef;
}

my $theirs = theirs();
skip_all_unless('s6-ipcserver, s6-ipcserver-socketbinder and s6-ipcserverd of the s6 package are installed', $theirs);
my $ours = { server => bin('s6-ipcserver'), binder => bin('s6-ipcserver-socketbinder'), daemon => bin('s6-ipcserverd'), path => $ENV{PATH} };

# What we do otherwise: why, and what we answer then.
my $two_more = 'more variables are set: IPCLOCALPATH and IPCREMOTEPID';
my $told = sub { my ($own, @more) = @_; join "\n", sort 'PROTO=IPC', 'IPCLOCALPATH=PATH', "IPCREMOTEPATH=$own", 'IPCCONNNUM=1', @more };
my @who = ("IPCREMOTEEUID=$>", 'IPCREMOTEEGID=' . ($) + 0), built_for_linux() ? 'IPCREMOTEPID=CLIENT' : ());
my %decided = (
  'daemon, fd 0 closed' => ['a descriptor that is not open is a wrong command line, with words that help', 'exit 100'],
  'environment' => [$two_more, $told->('', @who)],
  'environment, given by an outer server' => ["$two_more; nothing of the outer connection stays", $told->('', 'A=b', @who)],
  'environment, -P' => ['more variables are set: IPCLOCALPATH; IPCCONNNUM is the number of all clients', $told->('')],
  'environment, -P, given by an outer server' => ['more variables are set: IPCLOCALPATH; nothing of the outer connection stays', $told->('', 'A=b')],
  'environment, client bound to a path' => [$two_more, $told->('PATH.client', @who)],
  'environment, client bound to an abstract name' => ["$two_more, and the name", $told->('@sallyport-dropin-CLIENT', @who)],
  'count of three clients' => ['IPCCONNNUM counts the client that sees it, as it did before s6 2.12', "1\n2\n3\n"],
  'announcement' => ['the path stands before the newline', "PATH\n"],
  'stdout of the server' => ['nothing that is opened later can become descriptor 1', '/dev/null'],
  'path of a living server' => ['the first server keeps it', "first\n"],
  'a file at the path' => ['nothing but a dead socket is replaced', 'exit 111, left alone'],
  'a symbolic link at the path' => ['nothing but a dead socket is replaced', 'exit 111, left alone'],
  'files beside the path' => ['no lock file stays', 'none'],
  'program that is not there' => ['it is an error at the start, not one for each client', 'exit 127'],
  'program that cannot be executed' => ['it is an error at the start, not one for each client', 'exit 126'],
  'usage: binder --backlog=3 path prog' => ['there are long options', 'exit 127'],
  'usage: server -G 1,abc path prog' => ['a list with a word in it is an error', 'exit 100'],
  'usage: binder -a 1777 path prog' => ['bits that no socket has are left out', 'exit 127'],
  'daemon, -C 0' => ['0 means 1, as in the wrapper', 'served refused refused'],
  'daemon, fd 0 does not listen' => ['the command is wrong, not the system', 'exit 100'],
  'daemon, log of a refusal with -v0' => ['there is none', 'none'],
  'binder, -m alone' => ['a datagram socket does not try to listen', 'exit 0, type 2, listening 0, nonblocking 1, cloexec 0, path PATH'],
  'binder, abstract name' => ['there is such a thing', 'exit 0, no file'],
  'ids: -u -g' => ['the supplementary groups of root are dropped', qr/^Groups:\s*(?:65532)?\s*$/m],
);

# ---- observing ----

my $path;

# Seconds after which something is taken not to happen. Answers that are not as they should be are asked for once more,
# with much more patience.
my $patience;

sub run_as { my ($who, $how, $program, @words) = @_; return run({ %$how, env => { PATH => $who->{path}, %{$how->{env} // {}} } }, $who->{$program}, @words) }

sub start_as
{
  my ($who, $how, $program, @words) = @_;
  return start(%$how, env => { PATH => $who->{path}, %{$how->{env} // {}} }, command => [$who->{$program}, @words]);
}

# A server of the wrapper, ready.
sub serve
{
  my ($who, $options, $prog, %how) = @_;
  my $server = start_as($who, \%how, 'server', '-1', @$options, $path, @$prog);
  $server->{ready} = readline $server->out;
  $server->{path} = $path;
  return $server;
}

# What differs from run to run is named.
sub plain
{
  my ($text) = @_;
  $text =~ s/\Q$path\E/PATH/g;
  $text =~ s/\b$$\b/CLIENT/g;
  return $text;
}

sub status_of { my ($end) = @_; return !$end ? 'runs' : $end->{signal} ? "signal $end->{signal}" : "exit $end->{code}" }
sub code_of { my ($r) = @_; return defined $r->{code} ? "exit $r->{code}" : "signal " . ($r->{signal} // 'none: it runs on') }

my %outer = (A => 'b', PROTO => 'OLD', map { ("IPC$_", 'old') } qw(LOCALPATH REMOTEPATH REMOTEEUID REMOTEEGID REMOTEPID CONNNUM));

sub environment
{
  my ($who, $options, $env, $name) = @_;
  my $server = serve($who, $options, [tool('env')], only_env => { PATH => $who->{path}, %$env });
  my $client = defined $name ? bound_client($name, $path) : open_client($server);
  my $text = join "\n", sort grep { !/^PATH=/ } split /\n/, read_all($client);
  return plain($text);
}

# What the child and the server make of a signal to the server.
sub after_signal
{
  my ($who, $signal) = @_;
  my $server = serve($who, [], ['sh', '-c', 'trap "echo TERM" TERM; trap "echo CONT" CONT; echo ready; while :; do sleep 0.02; done']);
  my $client = open_client($server);
  my $ready = read_line($client);
  $server->signal($signal);
  my @heard = grep { defined } map { read_line($client, $signal =~ /HUP|QUIT/ ? undef : $patience) } 1, 2;
  my $end = $server->wait($signal eq 'HUP' ? $patience : undef);
  my $alive = () = $server->left;
  $server->put_down;
  return status_of($end) . ', the child heard: ' . join(' ', map { s/\n//r } sort @heard) . ($signal eq 'ABRT' ? ", alive: $alive" : '');
}

sub limited
{
  my ($who, $program, @options) = @_;
  my $server = $program eq 'server' ? serve($who, [@options], ['cat']) : do
  {
    my $listener = unix_listener(Local => $path);
    start_as($who, { fds => { 0 => $listener } }, 'daemon', @options, 'cat');
  };
  my @clients = map { open_client({ path => $path }) } 1 .. 3;
  my @said = map
  {
    say_to($_, "x\n");
    my $line = read_line($_, $patience);
    !defined $line ? 'waits' : $line eq "x\n" ? 'served' : 'refused';
  } @clients;
  $server->put_down;
  return join ' ', @said;
}

sub at_path
{
  my ($who, @options) = @_;
  return code_of(run_as($who, {}, 'binder', @options, $path, 'true'));
}

sub facts
{
  my ($who, $options, $at, %how) = @_;
  my $r = run_as($who, \%how, 'binder', @$options, $at, $^X, source_file('tests/lib/socket-facts'));
  my %is = map { /^([\w-]+)=(.*)$/ ? ($1 => $2) : () } split /\n/, $r->{out};
  return join ', ', code_of($r), map { "$_ " . plain($is{$_} // 'unknown') } qw(type listening nonblocking cloexec path);
}

my $list = ['sh', '-c', 'ls -l /proc/$$/fd; :'];
sub listed { my ($text) = @_; return join ', ', map { m{ (\d+) -> ([a-z]*)} ? "$1 $2" : () } split /\n/, $text }

my @cases = (
  'environment' => sub { environment($_[0], [], {}) },
  'environment, given by an outer server' => sub { environment($_[0], [], \%outer) },
  'environment, -P' => sub { environment($_[0], ['-P'], {}) },
  'environment, -P, given by an outer server' => sub { environment($_[0], ['-P'], \%outer) },
  'environment, client bound to a path' => sub { environment($_[0], [], {}, "$path.client") },
  'environment, client bound to an abstract name' => sub { environment($_[0], [], {}, "\0sallyport-dropin-$$") },
  'count of three clients' => sub
  {
    my $server = serve($_[0], [], ['sh', '-c', 'echo "$IPCCONNNUM"; exec cat']);
    my @clients = map { my $c = open_client($server); [$c, read_line($c)] } 1 .. 3;
    join '', map { $_->[1] } @clients;
  },
  'announcement' => sub { plain(serve($_[0], [], ['cat'])->{ready}) },
  'descriptors of a child' => sub { listed(ask(serve($_[0], [], $list))) },
  'descriptors of a child, 7 given' => sub { open my $null, '<', '/dev/null' or die; listed(ask(serve($_[0], [], $list, fds => { 7 => $null }))) },
  'flags of the connection' => sub { ask(serve($_[0], [], ['grep', '-h', '^flags', '/proc/self/fdinfo/0', '/proc/self/fdinfo/1'])) },
  'signals of a child' => sub
  {
    # Of the first 31: the C library uses the others as it likes.
    my $text = ask(serve($_[0], [], ['grep', '-E', '^Sig(Blk|Ign|Cgt)', '/proc/self/status'], ignore => ['USR2'], block => ['USR1', 'TERM']));
    join ', ', map { /(\w+):\s*\w*(\w{8})$/ ? sprintf('%s %08x', $1, hex($2) & 0x7fffffff) : () } split /\n/, $text;
  },
  'stdout of the server' => sub { my $s = serve($_[0], [], ['cat']); ask($s); fd_targets($s->pid)->{1} // 'closed' },
  'name of the process' => sub { my $s = serve($_[0], [], ['cat']); ask($s); status_field($s->pid, 'Name') },
  'stderr of a child' => sub { my $s = serve($_[0], ['-q'], ['sh', '-c', 'echo word >&2']); ask($s); log_has($s, qr/word/) },
  (map { my $signal = $_; "SIG$signal" => sub { after_signal($_[0], $signal) } } qw(TERM HUP QUIT ABRT INT)),
  'SIGTERM blocked by the caller' => sub { my $s = serve($_[0], [], ['cat'], block => ['TERM']); ask($s); $s->signal('TERM'); status_of($s->wait) },
  'SIGTERM ignored by the caller' => sub { my $s = serve($_[0], [], ['cat'], ignore => ['TERM']); ask($s); $s->signal('TERM'); status_of($s->wait) },
  'children after SIGTERM' => sub
  {
    my $s = serve($_[0], [], ['cat']);
    my $client = open_client($s);
    say_to($client, "one\n");
    my $first = read_line($client);
    $s->signal('TERM');
    $s->wait;
    say_to($client, "two\n");
    $first . read_line($client);
  },
  'path after SIGTERM' => sub { my $s = serve($_[0], [], ['cat']); $s->signal('TERM'); $s->wait; -S $path ? 'stays' : 'is gone' },
  (map { my @options = @$_; "limits: @options" => sub { limited($_[0], 'server', @options) } }
    ['-c2'], ['-C1'], ['-c0'], ['-C0'], ['-c1', '-C3'], ['-P', '-C1'], ['-c5', '-c2'], ['-P', '-c2']),
  'daemon, -c 0' => sub { limited($_[0], 'daemon', '-c0') },
  'daemon, -C 0' => sub { limited($_[0], 'daemon', '-C0') },
  'daemon, -C 2' => sub { limited($_[0], 'daemon', '-C2') },
  'daemon, log of a refusal with -v0' => sub
  {
    my $s = serve($_[0], ['-q', '-C1'], ['cat']);
    my @clients = map { open_client($s) } 1, 2;
    read_all($clients[1]);
    log_text($s) eq '' ? 'none' : 'some';
  },
  'mode' => sub { serve($_[0], [], ['cat'], umask => 077); mode_and_owner($path) },
  'mode -a 0640' => sub { serve($_[0], ['-a', '0640'], ['cat'], umask => 0); mode_and_owner($path) },
  'mode -a 7' => sub { serve($_[0], ['-a', '7'], ['cat']); mode_and_owner($path) },
  'path of a living server' => sub
  {
    my $first = serve($_[0], [], ['echo', 'first']);
    my $second = start_as($_[0], {}, 'server', '-1', $path, 'echo', 'second');
    readline $second->out;
    ask({ path => $path });
  },
  'path of a dead server' => sub { stale_socket($path); at_path($_[0]) },
  'path of a dead server, -d' => sub { stale_socket($path); at_path($_[0], '-d') },
  'path of a dead server, -D' => sub { stale_socket($path); at_path($_[0], '-D') },
  'a file at the path' => sub { put_file($path, 'precious'); at_path($_[0]) . ', ' . (-f $path ? 'left alone' : 'gone') },
  'a file at the path, -D' => sub { put_file($path, 'precious'); at_path($_[0], '-D') . ', ' . (-f $path ? 'left alone' : 'gone') },
  'a symbolic link at the path' => sub { symlink 'nowhere', $path; at_path($_[0]) . ', ' . (-l $path ? 'left alone' : 'gone') },
  'a directory at the path' => sub { mkdir $path; at_path($_[0]) . ', ' . (-d $path ? 'left alone' : 'gone') },
  'files beside the path' => sub { at_path($_[0]); -e "$path.lock" ? 'PATH.lock' : 'none' },
  'missing directory' => sub { code_of(run_as($_[0], {}, 'binder', "$path/name", 'true')) },
  'path of 107 bytes' => sub { my $long = own_dir() . '/' . 'l' x (106 - length own_dir()); my $r = run_as($_[0], {}, 'binder', '-D', $long, 'true'); unlink $long; code_of($r) },
  'path of 108 bytes' => sub { code_of(run_as($_[0], {}, 'binder', own_dir() . '/' . 'l' x (107 - length own_dir()), 'true')) },
  'binder' => sub { facts($_[0], [], $path) },
  'binder, -B' => sub { facts($_[0], ['-B'], $path) },
  'binder, -b 0' => sub { facts($_[0], ['-b', 0], $path) },
  'binder, -m -b 0' => sub { facts($_[0], ['-m', '-b', 0], $path) },
  'binder, -m alone' => sub { facts($_[0], ['-m'], $path) },
  'binder, -m -M' => sub { facts($_[0], ['-m', '-M'], $path) },
  'binder, fd 0 closed' => sub { facts($_[0], [], $path, closed => [0]) },
  'binder, relative path' => sub { facts($_[0], [], 'relative', dir => own_dir()) },
  'binder, abstract name' => sub
  {
    my $name = "\@sallyport-dropin-$$";
    my $r = run_as($_[0], { dir => own_dir() }, 'binder', $name, 'true');
    code_of($r) . (unlink(own_dir() . "/$name") ? ', a file' : ', no file');
  },
  'binder, exit code of its program' => sub { code_of(run_as($_[0], {}, 'binder', $path, 'sh', '-c', 'exit 42')) },
  'binder, program that is not there' => sub { code_of(run_as($_[0], {}, 'binder', $path, 'no-such-program')) },
  'binder, program that cannot be executed' => sub { code_of(run_as($_[0], {}, 'binder', $path, own_dir())) },
  'binder, environment' => sub { join '', sort split /^/m, run_as($_[0], { only_env => { A => 'b', PATH => '/usr/bin:/bin' } }, 'binder', $path, tool('env'))->{out} },
  'program that is not there' => sub { code_of(run_as($_[0], { deadline => 2 * $patience }, 'server', $path, 'no-such-program')) },
  'program that cannot be executed' => sub { code_of(run_as($_[0], { deadline => 2 * $patience }, 'server', $path, own_dir())) },
  'daemon, fd 0 closed' => sub { code_of(run_as($_[0], { closed => [0] }, 'daemon', 'true')) },
  'daemon, fd 0 is a file' => sub { code_of(run_as($_[0], { fds => { 0 => '/dev/null' } }, 'daemon', 'true')) },
  'daemon, fd 0 does not listen' => sub { code_of(run_as($_[0], { fds => { 0 => IO::Socket::UNIX->new(Local => $path) }, deadline => 3 * $patience }, 'daemon', 'true')) },
  'daemon, -1 with fd 1 closed' => sub { code_of(run_as($_[0], { fds => { 0 => unix_listener(Local => $path) }, closed => [1], deadline => 3 * $patience }, 'daemon', '-1', 'true')) },
  'daemon, stdout closed' => sub
  {
    my $listener = unix_listener(Local => $path);
    my $s = start_as($_[0], { fds => { 0 => $listener }, closed => [1] }, 'daemon', @$list);
    listed(ask({ path => $path }));
  },
  (map { my ($who, @words) = split / /; "usage: $_" => sub { code_of(run_as($_[0], { deadline => 3 * $patience }, $who, map { s/^path$/$path/r =~ s/^prog$/no-such-program/r } @words)) } }
    'server', 'server path', 'server -x path prog', 'server -c', 'server -c x path prog', 'server -c -1 path prog', 'server -C 1x path prog',
    'server -b x path prog', 'server -u root path prog', 'server -g x path prog', 'server -G x path prog', 'server -G 1,abc path prog', 'server -a 8 path prog',
    'server -qQv1dDPp -c1 -C1 -b0 -a700 -- path', 'binder', 'binder path', 'binder -b path prog', 'binder -z path prog', 'binder -dDMB -b3 -a0600 -- path prog',
    'binder -a 1777 path prog', 'binder --backlog=3 path prog', 'daemon', 'daemon -c x prog', 'daemon -v x prog', 'daemon -1'),
);

if (can_change_ids())
{
  my $ids = ['sh', '-c', 'grep -E "^(Uid|Gid|Groups)" /proc/self/status; echo "${UID-unset} ${GID-unset} ${GIDLIST-unset}"'];
  push @cases,
    'ids: -u -g -G' => sub { ask(serve($_[0], ['-u', 65533, '-g', 65532, '-G', '65531'], $ids)) },
    'ids: -U' => sub { ask(serve($_[0], ['-U'], $ids, env => { UID => 65533, GID => 65532, GIDLIST => '65531' })) },
    'ids: -u -g' => sub { ask(serve($_[0], ['-u', 65533, '-g', 65532], $ids)) },
    'ids: -U without GIDLIST' => sub { code_of(run_as($_[0], { env => { UID => 1, GID => 1, GIDLIST => undef } }, 'server', '-U', $path, 'true')) },
    'another user is counted apart' => sub
    {
      my $s = serve($_[0], ['-C1'], ['sh', '-c', 'echo "$IPCREMOTEEUID:$IPCREMOTEEGID"; exec cat']);
      my @clients = (open_client($s), as_user(65533, 65532, sub { open_client($s) }), as_user(65533, 65532, sub { open_client($s) }));
      join '', map { read_line($_) // 'nothing' } @clients;
    },
    'no permission' => sub { code_of(run_as($_[0], { before => sub { $( = $) = '65533 65533'; $< = $> = 65533 } }, 'binder', "$path.none", 'true')) };
}

# ---- comparing ----

sub both
{
  my ($observe) = @_;
  return map
  {
    $path = unix_path();
    my $answer = eval { $observe->($_) } // "died: $@";
    system 'rm', '-rf', $path, "$path.lock";
    $answer;
  } $theirs, $ours;
}

sub as_wanted { my ($answer, $wanted) = @_; return ref $wanted ? $answer =~ $wanted : $answer eq $wanted }

while (my ($name, $observe) = splice @cases, 0, 2)
{
  my ($why, $decision) = @{delete $decided{$name} // ['it is the same', undef]};
  my ($their_answer, $our_answer, $wanted);
  for (0.3, 5)
  {
    $patience = $_;
    ($their_answer, $our_answer) = both($observe);
    $wanted = $decision // $their_answer;
    last if as_wanted($our_answer, $wanted);
  }
  if (ref $wanted) { like($our_answer, $wanted, "the s6-ipcserver family compared with that of s6, $name: $why") }
  else { is($our_answer, $wanted, "the s6-ipcserver family compared with that of s6, $name: $why") }
  note("where the other one has: $their_answer") if $our_answer ne $their_answer;
}
is_deeply([sort keys %decided], can_change_ids() ? [] : ['ids: -u -g'],
  'each case of the s6-ipcserver family that is decided otherwise than in s6 is compared');

done_testing();
