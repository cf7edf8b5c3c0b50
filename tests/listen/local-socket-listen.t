#!/usr/bin/env perl
# The three Unix-domain listeners: what they make at the path, and what they leave alone there.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;
use IO::Socket::UNIX;
use Socket qw(SOCK_DGRAM SOCK_STREAM SOCK_SEQPACKET);

my $dir = own_dir();
my %socket_type = (stream => SOCK_STREAM, datagram => SOCK_DGRAM, seqpacket => 5);
my %short = (stream => 'stream', datagram => 'dgram', seqpacket => 'seqpacket');
my $names = 0;

sub new_path { return "$dir/socket." . $names++ }

sub mode_of { return sprintf '%04o', (lstat $_[0])[2] & 07777 }
sub owner_of { return join ':', (lstat $_[0])[4, 5] }

for my $kind (qw(stream datagram seqpacket))
{
  my $program = "local-$kind-socket-listen";
  my $listen = bin($program);
  my $listens = $kind ne 'datagram';
  my $verb = $listens ? 'connect' : 'send';
  page($program);

  # ---- the socket ----

  page_says($listens ? "makes a Unix-domain $kind socket, binds it to path, and makes it listen." : "makes a Unix-domain $kind socket and binds it to path.");
  page_says('The socket is on descriptor 3,');
  page_says('The socket is in blocking mode.');
  my $path = new_path();
  my $plain = handed($listen, $path);
  is($plain->{code}, 0, "$program exits 0 when prog does");
  is("@{$plain->{fd}{3}}{qw(family type path acceptconn nonblock)}", "unix $short{$kind} $path " . ($listens ? 1 : 0) . ' 0',
     "$program has a blocking socket on descriptor 3");
  is("$plain->{open} $plain->{err}", '0 1 2 3 ', "$program leaves no other descriptor open and prints nothing on stderr");
  page_says("$program does not remove path when the service ends");
  ok(-S $path, "$program leaves its path when prog has ended");

  # ---- replacing ----

  page_says('If there is a socket at path to which no process is bound any more, it is replaced.');
  my $again = handed($listen, $path);
  is("$again->{code} " . ($again->{fd}{3}{path} // ''), "0 $path", "$program replaces a socket file that no process is bound to");
  page_says("A socket that is in use, and any file that is not a socket, stay as they are, and $program exits 111.");
  my $server = start(command => [$listen, $path, 'sh', '-c', 'echo ready >&2; exec sleep ' . deadline()]);
  log_says($server, qr/ready/, "prog of $program starts on a path of its own");
  my $inode = (lstat $path)[1];
  my $thief = run($listen, $path, 'true');
  is($thief->{code}, 111, "$program exits 111 with the path of another one");
  is($thief->{err}, "$program: fatal: unable to bind to $path: Address already in use\n", "$program reports that the path of another one is in use");
  is((lstat $path)[1], $inode, "$program leaves the socket file of another one alone");
  for my $other (['a file', put_file(new_path(), "precious\n")], ['a directory', do { my $d = new_path(); mkdir $d; $d }],
                 ['a symbolic link', do { my $l = new_path(); symlink $path, $l; $l }])
  {
    my $end = run($listen, $other->[1], 'true');
    is($end->{code}, 111, "$program exits 111 if $other->[0] is at the path");
    like($end->{err}, qr/\A$program: fatal: unable to bind to \Q$other->[1]\E: .+\n\z/, "$program reports the reason if $other->[0] is at the path");
    ok(-e $other->[1], "$program leaves $other->[0] at the path alone");
  }

  page_says('Two servers that start at once with the same path do not take it from each other: one of them exits 111.');
  my $race = new_path();
  my @racers = map { start(command => [$listen, $race, 'sh', '-c', 'echo won >&2; exec sleep ' . deadline()]) } 1 .. 4;
  ok(eventually(sub { 3 == grep { !$_->alive } @racers }), "of four $program with one path that start at once three end");
  is(join(' ', sort map { $_->alive ? 'won' : $_->wait->{code} } @racers), '111 111 111 won',
     "of four $program with one path that start at once three exit 111 and one goes on");

  # ---- permissions ----

  page_says('Without this option they are 0777 without the bits of the umask.');
  page_says('Give path these permissions, an octal number from 0 to 0777.');
  page_says("Owner and permissions are as asked for before anyone can $verb.");
  my %modes = (0022 => '0755', 0 => '0777', 0077 => '0700');
  for my $umask (sort keys %modes)
  {
    my $path = new_path();
    run({ umask => $umask }, $listen, $path, 'true');
    is(mode_of($path), $modes{$umask}, sprintf "$program makes a socket file of mode %s with the umask %03o", $modes{$umask}, $umask);
  }
  for my $words ('-m 600', '-m0666', '--mode=0', '--mode 0777')
  {
    my $path = new_path();
    my ($mode) = $words =~ /0*(\d+)$/;
    run({ umask => 0077 }, $listen, split(' ', $words), $path, 'true');
    is(mode_of($path), sprintf('%04d', $mode), "$program $words makes a socket file of that mode, whatever the umask");
  }
  my ($user, undef, $uid, $gid) = getpwuid $>;
  my $group = getgrgid $) + 0;
  SKIP:
  {
    skip 'who we are has no name', 2 unless defined $user && defined $group;
    my $own = new_path();
    is(run($listen, '--user', $user, '--group', $group, $own, 'true')->{code}, 0, "$program lets every user give the path to itself");
    is(owner_of($own), join(':', $> + 0, $) + 0), "$program --user --group makes a socket file of these owners");
  }

  SKIP:
  {
    skip 'changing owners is for root', 10 unless can_change_ids();
    page_says('Give path to the user with this id.');
    page_says('Give path to the group of this name.');
    page_says('The last of --user and --uid counts.');
    page_says('The last of --group and --gid counts.');
    my %owners = ('-u 12345' => '12345:0', '-g 54321' => '0:54321', '--uid=1 --gid=2' => '1:2', '--user=nobody' => (getpwnam 'nobody')[2] . ':0',
      '--uid=5 --user=root' => '0:0', '--user=nobody -u 7 -g 8' => '7:8', '--group=root --gid=9' => '0:9', '-g 9 --group=root' => '0:0');
    for my $words (sort keys %owners)
    {
      my $path = new_path();
      my $end = run({ umask => 0 }, $listen, split(' ', $words), '-m', '0640', $path, 'true');
      is("$end->{code} " . owner_of($path) . ' ' . mode_of($path), "0 $owners{$words} 0640",
         "$program $words -m 0640 makes a socket file of the owners $owners{$words} and the mode 0640");
    }
  }

  page_says('If a step fails, nothing new is left at path, and what was replaced is back.');
  for my $words (['--user=no-such-user'], ['--group=no-such-group'])
  {
    my $path = new_path();
    my $end = run($listen, @$words, $path, 'true');
    is($end->{code}, 100, "$program exits 100 for @$words");
    like($end->{err}, qr/usage: .*'no-such-/, "$program names the wrong word of @$words");
    ok(!-e $path, "$program makes no socket file with @$words");
  }

  # ---- options of the socket ----

  page_says('Let prog receive with each message the process id, user id and group id of its sender (SO_PASSCRED).');
  page_says('Let prog receive with each message the security context of its sender (SO_PASSSEC).');
  my $passing = handed($listen, '--pass-credentials', '--pass-security', new_path());
  if (built_for_linux())
  {
    is("@{$passing->{fd}{3}}{qw(passcred passsec)}", '1 1', "$program --pass-credentials --pass-security sets SO_PASSCRED and SO_PASSSEC");
  }
  else
  {
    like($passing->{err}, qr/unable to receive credentials on .*: Protocol not available$/,
         "$program --pass-credentials reports that this system has no credentials to pass");
  }
  is("@{$plain->{fd}{3}}{qw(passcred passsec)}", '0 0', "$program sets neither SO_PASSCRED nor SO_PASSSEC unless asked to");

  # ---- abstract names and lengths ----

  page_says('is a path of at most 107 bytes, or @ and an abstract name,');
  my $longest = $dir . '/' . 'x' x (107 - length("$dir/"));
  is((handed($listen, $longest)->{fd}{3}{path} // ''), $longest, "$program takes a path of 107 bytes");
  my $abstract = "\@sallyport-$$-$kind";
  is((handed($listen, $abstract)->{fd}{3}{path} // ''), $abstract, "$program takes an abstract name");
  my %bad = ('a path of 108 bytes' => "${longest}x", 'an empty path' => '', 'an empty abstract name' => '@');
  is(run($listen, $bad{$_}, 'true')->{code}, 100, "$program exits 100 for $_") for sort keys %bad;
  my $relative = handed({ dir => $dir }, $listen, "relative-$kind");
  is($relative->{fd}{3}{path}, "relative-$kind", "$program leaves a relative path relative");

  # ---- exit codes ----

  my $nothing = new_path();
  my $mode = '-m';
  my @usage = ([], [$nothing], [$nothing, ''], ['-m', '0778', $nothing, 'true'], ['-m', '10000', $nothing, 'true'], ['-m', 'u=rw', $nothing, 'true'],
               ['-u', '-1', $nothing, 'true'], ['-u', 'root', $nothing, 'true'], ['-g', '4294967295', $nothing, 'true'], ['--user=', $nothing, 'true']);
  push @usage, ['-b', '5', $nothing, 'true'] unless $listens;
  push @usage, ['-b', 'x', $nothing, 'true'] if $listens;
  is(run($listen, @$_)->{code}, 100, "$program exits 100 with these words: @$_") for @usage;
  ok(!-e $nothing, "$program makes no socket file with wrong words");
  my $denied = run($listen, "$dir/no-such-directory/socket", 'true');
  is($denied->{code}, 111, "$program exits 111 for a path in a directory that does not exist");
  like($denied->{err}, qr/\A$program: fatal: unable to bind to .*: No such file or directory\n\z/,
       "$program reports a path in a directory that does not exist");
  is(run($listen, new_path(), '/no/such/program')->{code}, 127, "$program exits 127 for a prog that does not exist");
  is(run($listen, new_path(), 'sh', '-c', 'exit 42')->{code}, 42, "$program has the exit code of prog");
}

# ---- clients and messages ----

page('local-stream-socket-listen');
page_says('The default is 5.');
page_says('0 means 1.');
SKIP:
{
  my $ss = tool('ss') or skip 'ss, to look at the backlog, is not installed', 8;
  for my $kind (qw(stream seqpacket))
  {
    my %backlogs = ('' => 5, '-b 7' => 7, '--backlog=8' => 8, '-b 0' => 1);
    for my $words (sort keys %backlogs)
    {
      my $path = new_path();
      my $show = start(command => [bin("local-$kind-socket-listen"), split(' ', $words), $path, 'sh', '-c', 'echo ready >&2; exec sleep ' . deadline()]);
      log_has($show, qr/ready/);
      my ($line) = grep { /\s\Q$path\E\s/ } `$ss -Hlx`;
      is((split ' ', $line // '')[3], $backlogs{$words}, "local-$kind-socket-listen with '$words' has a backlog of $backlogs{$words}");
      $show->signal('KILL');
    }
  }
}

page('local-datagram-socket-listen');
page_says('which receives and sends the messages itself.');
my $log = new_path();
my $receiver = start(command => [bin('local-datagram-socket-listen'), '-m', '0666', $log, $^X, '-e',
  'open my $s, "+<&=", 3; syswrite STDERR, "ready\n"; recv $s, my $m, 100, 0; syswrite STDERR, "got $m\n"']);
log_says($receiver, qr/ready/, 'prog of local-datagram-socket-listen starts');
my $sender = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $log) or die "cannot send: $!\n";
$sender->send('a word');
log_says($receiver, qr/^got a word$/, 'prog of local-datagram-socket-listen receives a message');

done_testing;
