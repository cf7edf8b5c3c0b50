#!/usr/bin/env perl
# s6-ipcserver: the chain it becomes, and what its options do in the end.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

page('s6-ipcserver');

my $dir = own_dir();

# ---- the chain ----

# The command lines that a command becomes, the names of our programs without their directory.
sub chain_of
{
  my (@words) = @_;
  my $trace = "$dir/trace";
  run(tool('strace'), '-f', '-qq', '-s', '500', '-v', '-e', 'trace=execve', '-e', 'signal=none', '-o', $trace, bin('s6-ipcserver'), @words);
  my @lines;
  for (split /\n/, get_file($trace))
  {
    next unless /execve\(".*?", \[(.*?)\], \[.*= 0$/;
    my @argv = map { s/\\"/"/gr } $1 =~ /"((?:[^"\\]|\\.)*)"/g;
    s{^\Q$ENV{SALLYPORT_BIN}/\E}{} for @argv;
    push @lines, join ' ', @argv;
  }
  shift @lines;
  return @lines;
}

page_says('rewrites it into a chain of three programs, each of which does one step and becomes the next:');
page_says('only if an option asks for it, changes user and groups;');
page_says('The verbosity of s6-ipcserver is -q, -Q or -v without an argument,');
SKIP:
{
  my $strace = tool('strace');
  skip 'strace, to see the chain with, is not installed', 1 unless $strace;
  skip 'strace is not allowed to trace here', 1 if run($strace, '-e', 'trace=execve', 'true')->{code};
  my $path = '/nonexistent/path';
  my @cases = (
    [['-qQv', '-1', '-P', '-p', '-c', 5, '-C', 3, '-b', 7, '-d', '-D', '-a', '0640'],
     's6-ipcserver-socketbinder -b 7 -d -D -a 0640 -- PATH', 's6-ipcserverd -v0 -v1 -v2 -1 -P -p -c 5 -C 3 -- prog -x'],
    [[], 's6-ipcserver-socketbinder -- PATH', 's6-ipcserverd -- prog -x'],
    [['-b0'], 's6-ipcserver-socketbinder -b 0 -b 1 -- PATH', 's6-ipcserverd -- prog -x'],
    [['-u', 5, '-g', 6, '-G', '7,8'], 's6-ipcserver-socketbinder -- PATH', 's6-applyuidgid -u 5 -g 6 -G 7,8 --', 's6-ipcserverd -- prog -x'],
    [['-U', '--keep-groups', '--no-new-privs'], 's6-ipcserver-socketbinder -- PATH', 's6-applyuidgid -Uz --keep-groups --no-new-privs --', 's6-ipcserverd -- prog -x'],
    [['--quiet', '--normal', '--verbose', '--announce', '--no-credentials', '--credentials', '--max-clients=5', '--max-per-source=3', '--backlog=7',
      '--reuse-address', '--no-reuse-address', '--seqpacket', '--mode=0640', '--owner=1:2', '--uid=5', '--gid=6', '--groups=', '--env-ids',
      '--unlink-at-exit', '--portable-launch'],
     's6-ipcserver-socketbinder -b 7 -d -D --seqpacket -a 0640 --owner 1:2 -- PATH', 's6-applyuidgid -u 5 -g 6 -G  -Uz --',
     's6-ipcserverd -v0 -v1 -v2 -1 -P -p -c 5 -C 3 --unlink-at-exit --portable-launch -- prog -x'],
  );
  for (@cases)
  {
    my ($options, @stages) = @$_;
    my $whole = join ' ', @stages;
    $whole =~ s/PATH/$path/;
    my @chain = chain_of(@$options, '--', $path, 'prog', '-x');
    is($chain[0], $whole, join(' ', 's6-ipcserver', @$options, 'becomes its chain of programs'));
  }
  page_says('The three programs are those that were installed with s6-ipcserver, whatever PATH contains.');
  mkdir "$dir/fake" or die;
  put_file("fake/$_", "#!/bin/sh\necho stolen\n", 0755) for qw(s6-ipcserver-socketbinder s6-applyuidgid s6-ipcserverd);
  my $server = start_server([], ['cat'], path => unix_path(), env => { PATH => "$dir/fake:$ENV{PATH}" });
  is(ask($server, send => 'x'), 'x', 's6-ipcserver does not use programs in PATH that have the names of its stages');
}

page_says('for each client that connects, it launches prog with the connection as standard input and standard output.');
page_says('The process keeps its process id all along, and is called s6-ipcserverd in the end.');
my $path = unix_path();
my $server = start_server(['-v'], ['cat'], path => $path);
is(ask($server, send => 'x'), 'x', 's6-ipcserver -v serves a client');
like(status_field($server->pid, 'Name'), qr/^s6-ipcserverd/, 's6-ipcserver is called s6-ipcserverd when it serves');
page_says('It runs until a signal ends it.');
page_says('A signal made the server exit.');
ok($server->alive, 's6-ipcserver runs on when its client has left');

# ---- options ----

page_says('Write path and a newline to the standard output when clients can connect, then close it.');
is($server->{ready}, "$path\n", 's6-ipcserver -1 writes its path and a newline');
is(sysread($server->out, my $rest, 10), 0, 's6-ipcserver -1 closes stdout after the path');

page_says('Replace a socket that no process serves any more. This is the default.');
page_says('Replace nothing: whatever is at path is an error.');
page_says('The system refused something, or path is taken.');
page_says('With 111, it names what was tried, and gives the reason of the system.');
my $second = run(bin('s6-ipcserver'), $path, 'true');
is($second->{code}, 111, 's6-ipcserver exits 111 if a living server has its path');
is($second->{err}, "s6-ipcserver-socketbinder: fatal: unable to bind to $path: Address already in use\n",
  's6-ipcserver prints that its path is in use if a living server has it');
is(ask($server, send => 'x'), 'x', 's6-ipcserver serves on when another one has tried to get its path');
$server->signal('KILL');
$server->wait;
is(run(bin('s6-ipcserver'), '-D', $path, 'true')->{code}, 111, 's6-ipcserver -D exits 111 if a killed server has left its path');
$server = start_server(['-d'], ['cat'], path => $path);
is(ask($server, send => 'x'), 'x', 's6-ipcserver -d serves on a path that a killed server has left');

page_says('is a path in the file system, or an abstract name, written with a leading @.');
my $abstract = start(command => [bin('s6-ipcserver'), '-1', "\@sallyport-server-$$", 'cat']);
is(readline $abstract->out, "\@sallyport-server-$$\n", 's6-ipcserver -1 announces an abstract name');
is(ask({ path => "\0sallyport-server-$$" }, send => 'x'), 'x', 's6-ipcserver serves on an abstract name');

page_says('Let n clients wait to be accepted. The default is the largest number that the system allows. 0 means 1.');
SKIP:
{
  skip 'ss, to read a backlog with, is not installed', 2 unless tool('ss');
  for ([['-b', 7], 7], [[], get_file('/proc/sys/net/core/somaxconn') + 0])
  {
    my ($options, $n) = @$_;
    my $waiting = start_server($options, ['cat'], path => unix_path());
    like(run('ss', '-Hlx', 'src', $waiting->{path})->{out}, qr/LISTEN\s+0\s+$n\s/, join(' ', 's6-ipcserver', @$options, "has a backlog of $n"));
  }
}
my $zero = start_server(['-b0'], ['cat'], path => unix_path());
is(ask($zero, send => 'x'), 'x', 's6-ipcserver -b0 serves');

page_says('Make a seqpacket socket, which keeps the boundaries of messages, in place of a stream.');
my $packets = start_server(['--seqpacket'], ['cat'], path => unix_path());
my $client = IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => $packets->{path}) or die "cannot connect: $!";
syswrite $client, $_ for 'one', 'two';
ok(eventually(sub { scalar $packets->served }), 's6-ipcserver --seqpacket launches a program for a client');
my @answers = map { my $answer; sysread $client, $answer, 100; $answer } 1, 2;
is("@answers", 'one two', 's6-ipcserver --seqpacket keeps the boundaries of messages');

page_says('The default is 0777, everyone, whatever the umask is.');
page_says('Give path this octal mode: its write permissions decide who may connect.');
my ($mine) = split ' ', $);
is(mode_and_owner(start_server([], ['cat'], path => unix_path(), umask => 077)->{path}), "0777 $>:$mine",
  's6-ipcserver gives its path mode 0777 with umask 077');
is(mode_and_owner(start_server(['-a', '0600'], ['cat'], path => unix_path(), umask => 0)->{path}), "0600 $>:$mine",
  's6-ipcserver -a 0600 gives its path mode 0600 with umask 0');

page_says('Look up the ids of the clients. This is the default.');
page_says('Do not look up the ids of the clients.');
my $env = [tool('env')];
like(ask(start_server([], $env, path => unix_path())), qr/^IPCREMOTEEUID=$>$/m, 's6-ipcserver looks up the ids of a client by default');
unlike(ask(start_server(['-P'], $env, path => unix_path())), qr/^IPCREMOTEE[UG]ID=/m, 's6-ipcserver -P does not look up the ids of a client');
page_says('With -P, IPCREMOTEEUID, IPCREMOTEEGID and IPCREMOTEPID are not set.');
page_says('With -P, it has no effect.');
my $anonymous = start_server(['-P', '-C1'], ['cat'], path => unix_path());
my @two = map { open_client($anonymous) } 1, 2;
say_to($_, "x\n") for @two;
is(join('', map { read_line($_) } @two), "x\nx\n", 's6-ipcserver -P -C1 serves two clients of a user');

page_says('Serve at most n clients at once. Further clients wait in the backlog.');
page_says('Serve at most n clients of the same user at once. Further clients of that user are refused.');
page_says('Further clients wait in the backlog. The default is 40. The largest n is 1000000, and 0 means 1.');
page_says('Further clients of that user are refused. The default is 40. The largest n is 1000000, and 0 means 1. It is lowered to --max-clients if it is above.');
for ([[], 40, 40], [['-c0', '-C0'], 1, 1], [['-c1000000', '-C1000000'], 1000000, 1000000], [['-c3', '-C4'], 3, 3], [['-C4'], 40, 4])
{
  my ($options, $clients, $per_source) = @$_;
  my $limits = start_server(['-v', @$options], ['cat'], path => unix_path());
  ask($limits, send => 'x');
  log_says($limits, qr{status: 1/$clients$}, join(' ', 's6-ipcserver', @$options, "has a limit of $clients clients"));
  log_says($limits, qr{allow .* count 1/$per_source$}, join(' ', 's6-ipcserver', @$options, "has a limit of $per_source clients of a user"));
}
my $limited = start_server(['-c2', '-C1'], ['cat'], path => unix_path());
my $held = open_client($limited);
say_to($held, "x\n");
is(read_line($held), "x\n", 's6-ipcserver -C1 serves one client of a user');
ok(closed_by_server(open_client($limited)), 's6-ipcserver -C1 refuses a second client of the same user');

page_says('Log fatal errors only.');
page_says('Log warnings and refused clients too. This is the default.');
page_says('Log the start, the end, each signal and each client too.');
for (['-q', qr/\A\z/], ['-Q', qr/\A[^\n]* refuse [^\n]*\n\z/], ['-v', qr/ starting .* allow .* refuse .* exiting\n\z/s], ['--', qr/\A[^\n]* refuse [^\n]*\n\z/])
{
  my ($option, $expected) = @$_;
  my $noisy = start_server(['-C1', $option eq '--' ? () : $option], ['cat'], path => unix_path());
  my $client = open_client($noisy);
  say_to($client, "x\n");
  read_line($client);
  closed_by_server(open_client($noisy));
  $noisy->signal('TERM');
  $noisy->wait;
  like(log_text($noisy), $expected, "s6-ipcserver $option logs as much as the page promises");
}

page_says('Launch prog by posix_spawn(3) instead of the quicker way that Linux offers.');
is(ask(start_server(['--portable-launch'], ['cat'], path => unix_path()), send => 'x'), 'x', 's6-ipcserver --portable-launch serves a client');

# ---- what a client is told ----

page_says('reads PATH to find prog, and, with -U, UID, GID and GIDLIST.');
page_says('Always "IPC".');
page_says('The effective user id of the client.');
page_says('The effective group id of the client.');
page_says('The process id of the client.');
page_says('The path that the client has bound its own end to, usually empty.');
page_says('The path that the server is bound to.');
page_says('How many clients of the same user are being served, this one included.');
mkdir "$dir/bin" or die;
put_file('bin/tell', "#!/bin/sh\nexec env\n", 0755);
my $told = start_server([], ['tell'], path => unix_path(), only_env => { PATH => "$dir/bin:/usr/bin:/bin" });
is(join('', sort grep { !/^(?:PATH|PWD|_|SHLVL)=/ } split /^/, ask($told)),
   "IPCCONNNUM=1\nIPCLOCALPATH=$told->{path}\nIPCREMOTEEGID=$mine\nIPCREMOTEEUID=$>\nIPCREMOTEPATH=\n"
   . (built_for_linux() ? "IPCREMOTEPID=$$\n" : '') . "PROTO=IPC\n", 's6-ipcserver sets all variables of a client');

# ---- the user that it runs as ----

page_says('Change to this user id after binding.');
page_says('Change to this group id after binding.');
page_says('Change to these supplementary groups after binding: numbers separated by commas.');
page_says('Change to the user id, group id and supplementary groups in UID, GID and GIDLIST after binding, and remove these variables.');
SKIP:
{
  skip 'changing ids takes root', 13 unless can_change_ids();
  my $look = ['sh', '-c', 'grep -E "^(Uid|Gid|Groups|NoNewPrivs):" /proc/self/status | tr "\t" " "; echo "${UID-unset} ${GID-unset} ${GIDLIST-unset}"'];
  # Root makes the path where no other user could.
  mkdir "$dir/root", 0711 or die;
  my $asked = sub { my ($options, %how) = @_; ask(start_server($options, $look, path => "$dir/root/" . ++$path, %how)) };
  $path = 'a';
  like($asked->(['-u', 65533, '-g', 65532, '-G', '65531,65530']),
       qr/^Uid: 65533 65533 65533 65533\nGid: 65532 65532 65532 65532\nGroups: 65530 65531(?: 65532)? ?\n/,
       's6-ipcserver -u -g -G changes the user id, the group id and the groups');
  my %ids = (env => { UID => 65533, GID => 65532, GIDLIST => '65531' });
  like($asked->(['-U'], %ids), qr/^Uid: 65533 .*\nGid: 65532 .*\nGroups: 65531(?: 65532)? ?\n.*\nunset unset unset\n\z/,
    's6-ipcserver -U changes the ids to those in the variables, and removes these');
  like($asked->(['-U', '-u', 65529], %ids), qr/^Uid: 65529 .*\nGid: 65532 /, 's6-ipcserver -U -u changes to the user id of -u');
  page_says('Keep the supplementary groups where -u or -g alone would have them dropped.');
  my @groups = (before => sub { $) = '0 65520 65521' });
  like($asked->(['-u', 65533], @groups), qr/^Groups: 0? ?\n/m, 's6-ipcserver -u alone drops the groups of root');
  like($asked->(['-u', 65533, '--keep-groups'], @groups), qr/^Groups: (?:0 )?65520 65521 ?\n/m,
    's6-ipcserver -u --keep-groups keeps the groups of root');
  page_says('Forbid everything that is run from now on to gain privileges by execve(2), as set-user-id programs do.');
  SKIP:
  {
    skip 'there is no such thing here', 1 if run(bin('s6-applyuidgid'), '--no-new-privs', 'true')->{err} =~ /Function not implemented/;
    like($asked->(['--no-new-privs']), qr/^NoNewPrivs: 1$/m, 's6-ipcserver --no-new-privs forbids new privileges');
  }
  like($asked->([]), qr/^NoNewPrivs: 0$/m, 's6-ipcserver does not forbid new privileges by default');
  page_says('The command line or a variable is wrong.');
  my $missing = run({ env => { UID => undef, GID => 1, GIDLIST => 1 } }, bin('s6-ipcserver'), '-U', unix_path(), 'true');
  is($missing->{code}, 100, 's6-ipcserver -U exits 100 if a variable is missing');

  page_says('Give path this owner and this group.');
  my $adder = start_server(['-a', '0660', '--owner=0:65532', '-u', 65534, '-g', 65534], ['cat'], path => "$dir/root/adder");
  is(mode_and_owner("$dir/root/adder"), '0660 0:65532', 's6-ipcserver -a --owner gives its path the mode and the owner');
  is(ask($adder, send => 'x'), 'x', 's6-ipcserver -a 0660 serves root');
  my $member = as_user(65533, 65532, sub { open_client($adder) });
  say_to($member, "x\n");
  is(read_line($member), "x\n", 's6-ipcserver -a 0660 --owner serves a member of the group');
  ok(!eval { as_user(65533, 65533, sub { open_client($adder) }) }, 's6-ipcserver -a 0660 --owner keeps out a user who is not a member of the group');
}

# ---- the end ----

page_says('Both 126 and 127 come before any client is accepted.');
is(run(bin('s6-ipcserver'), unix_path(), 'no-such-program')->{code}, 127, 's6-ipcserver exits 127 if prog does not exist');
is(run(bin('s6-ipcserver'), unix_path(), $dir)->{code}, 126, 's6-ipcserver exits 126 if prog cannot be executed');
page_says('Exit. The children are left alone, and serve their clients to the end.');
page_says('Send SIGTERM and SIGCONT to every child, and go on.');
page_says('Send SIGTERM and SIGCONT to every child, and exit.');
page_says('Send SIGKILL to every child, and exit.');
for (['TERM', "got word\n", 1], ['QUIT', "TERM\n", 1], ['ABRT', '', 1], ['HUP', "TERM\n", 0])
{
  my ($signal, $last_words, $ends) = @$_;
  my $mortal = start_server([], ['sh', '-c', 'trap "echo TERM; exit" TERM; echo ready; read x; echo "got $x"'], path => unix_path());
  my $client = open_client($mortal);
  read_line($client);
  $mortal->signal($signal);
  if ($ends) { is_deeply($mortal->wait, { code => 0, signal => 0 }, "s6-ipcserver exits 0 on SIG$signal") }
  say_to($client, "word\n") if $signal eq 'TERM';
  is(read_all($client), $last_words, "s6-ipcserver on SIG$signal treats its child as the page promises");
  ok($mortal->alive, "s6-ipcserver goes on after SIG$signal") unless $ends;
}
page_says('Every operand and every argument of an option is checked as a whole before anything is bound or changed.');
$path = unix_path();
is(run(bin('s6-ipcserver'), '-u', 'x', $path, 'true')->{code}, 100, 's6-ipcserver exits 100 if an argument is wrong that only a later program needs');
ok(!-e $path, 's6-ipcserver binds nothing if an argument is wrong that only a later program needs');

done_testing();
