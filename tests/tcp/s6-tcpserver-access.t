#!/usr/bin/env perl
# s6-tcpserver-access: one client at the door, by its address. Its names: s6-tcpserver-access-names.t.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use IO::Socket::IP;
use Sallyport;
use Sallyport::Names;
use Sallyport::Rules;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

in_own_machine();
page('s6-tcpserver-access');
my $access = bin('s6-tcpserver-access');
my %client = (PROTO => 'TCP', TCPREMOTEIP => '127.0.0.5', TCPREMOTEPORT => 4001, TCPLOCALIP => '127.0.0.1', TCPLOCALPORT => 80,
  TCPREMOTEHOST => 'old', TCPLOCALHOST => 'old', TCPREMOTEINFO => 'old');

sub run_for
{
  my ($env, @words) = @_;
  my %how = (env => { %client, %$env });
  $how{fds} = delete $env->{fds} if $env->{fds};
  delete $how{env}{fds};
  return run(\%how, $access, @words);
}

sub usage_is
{
  my ($r, $words, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  is($r->{code}, 100, "s6-tcpserver-access exits 100 with $name");
  like($r->{err}, qr/\As6-tcpserver-access: [^\n]*\Q$words\E[^\n]*\n\z/, "s6-tcpserver-access prints what is wrong with $name");
}

# ---- rules by address ----

my $rules = new_rules('rules', 'ip4/127.0.0.0_24/allow' => '', 'ip4/127.0.0.6_32/deny' => '', 'ip6/2001:db8::_32/allow' => '',
  'ip6/2001:db8::6_128/deny' => '', 'ip4/127.0.0.7_32/allow' => '', 'ip4/127.0.0.7_32/env/TCPREMOTEHOST' => 'named',
  'ip4/127.0.0.7_32/env/TCPLOCALHOST' => '', 'ip4/127.0.0.7_32/env/NEW' => 'one',
  'ip4/127.0.0.8_32/allow' => '', 'ip4/127.0.0.8_32/exec' => q{sh -c "echo script '$@'"});
my $cdb = compile_rules($rules);

page_says('becomes prog or refuses.');
page_says('Look the client up in the access rules in the directory dir.');
page_says('Look the client up in the access rules in the compiled file.');
page_says('Log this much.');
page_says('has the exit code of prog,');
page_says('The client is refused.');
page_says('A client is refused if no rule is about its address.');
page_says('With 1, which is the default, each client is logged, allowed or refused.');
for my $by (['-i', $rules], ['-x', $cdb], ["--rules-dir=$rules"], ["--rules-cdb=$cdb"])
{
  my $r = run_for({}, '-H', @$by, 'sh', '-c', 'echo in; exit 42');
  is($r->{out}, "in\n", "s6-tcpserver-access @$by: the program of an allowed client is run");
  is($r->{code}, 42, "s6-tcpserver-access @$by: the exit code is that of the program");
  like($r->{err}, qr/\As6-tcpserver-access: info: allow pid \d+ ip 127\.0\.0\.5\n\z/,
       "s6-tcpserver-access @$by: an allowed client is logged in one line");
  $r = run_for({ TCPREMOTEIP => '127.0.0.6' }, '-H', @$by, 'echo');
  is("$r->{code}$r->{out}", '1', "s6-tcpserver-access @$by: a denied client is refused without a program");
  like($r->{err}, qr/\As6-tcpserver-access: info: refuse pid \d+ ip 127\.0\.0\.6 rule=ip4\/127\.0\.0\.6_32\n\z/,
    "s6-tcpserver-access @$by: the line of a denied client names the rule");
  $r = run_for({ TCPREMOTEIP => '127.0.1.6' }, '-H', @$by, 'echo');
  is("$r->{code}$r->{out}", '1', "s6-tcpserver-access @$by: a client without a rule is refused without a program");
  like($r->{err}, qr/ip 127\.0\.1\.6 rule=none\n\z/, "s6-tcpserver-access @$by: the line of a client without a rule has rule=none");
  is(run_for({ TCPREMOTEIP => $_->[0], TCPLOCALIP => '::1' }, '-H', @$by, 'true')->{code}, $_->[1],
     "s6-tcpserver-access @$by: the exit code for the address $_->[0] is $_->[1]")
    for ['2001:db8::5', 0], ['2001:db8::6', 1], ['2001:db9::5', 1], ['::ffff:127.0.0.5', 0], ['::ffff:127.0.0.6', 1], ['2001:0DB8:0::6', 1];
}
page_says('Of -i and -x, the last one counts.');
page_says('If an option is given twice, the last one counts.');
is(run_for({}, '-H', '-i', '/nonexistent', '-i', $rules, 'true')->{code}, 0, 's6-tcpserver-access: of two options -i the last one counts');
is(run_for({}, '-H', '-i', '/nonexistent', '-x', $cdb, 'true')->{code}, 0, 's6-tcpserver-access: of -i and -x the last one counts');
page_says('Without -i and -x, every client is allowed.');
is(run_for({}, '-H', 'true')->{code}, 0, 's6-tcpserver-access without -i and -x allows every client');
page_says('With 0, only fatal errors are logged.');
is(run_for({ TCPREMOTEIP => "127.0.0.$_" }, '-H', '-v0', '-i', $rules, 'true')->{err}, '',
   's6-tcpserver-access -v0: no client is logged, allowed or refused') for 5, 6;

# ---- a damaged file ----

page('sallyport-security');
page_says('A compiled file is read into memory and checked in full before a client is judged by it, by the servers and by the programs for one client alike.');
my $sound = get_file($cdb);
my $deny = index $sound, 'ip4/127.0.0.6_32D';
for my $damage (['a key', $deny + 12], ['a record', $deny + 16], ['a length', $deny - 8], ['a place in a table', length($sound) - 4], ['the end', undef])
{
  my ($what, $at) = @$damage;
  my $bytes = $sound;
  if (defined $at) { substr($bytes, $at, 1) ^= "\x10" } else { chop $bytes }
  my $file = put_file('damaged.cdb', $bytes);
  my $r = run_for({ TCPREMOTEIP => '127.0.0.6' }, '-H', '-x', $file, 'echo', 'in');
  is($r->{code}, 111, "s6-tcpserver-access -x with damage to $what of its file: no client comes in");
  is($r->{out}, '', "s6-tcpserver-access -x with damage to $what of its file: no program is run");
  like($r->{err}, qr/\As6-tcpserver-access: fatal: unable to read the access rules in [^\n]*damaged\.cdb: [^\n]+\n\z/,
    "s6-tcpserver-access -x with damage to $what of its file: the message has the cause");
}
my $foreign = put_file('foreign.cdb', cdb_bytes('127.0.0.' => '', '=example.com' => '+A=b' . "\0", '' => 'D'));
like(run_for({}, '-H', '-x', $foreign, 'true')->{err}, qr/: 127\.0\.0\.: no rule has such a key: is this a database of tcprules\?\n/,
  's6-tcpserver-access -x with a database of tcprules: the message names that kind');
page('s6-tcpserver-access');

# ---- the environment ----

my @show = ('sh', '-c', 'echo "${TCPREMOTEHOST-unset}|${TCPLOCALHOST-unset}|${TCPREMOTEINFO-unset}|$NEW"');
page_says('or removes them: their earlier values never remain.');
is(run_for({}, '-H', @show)->{out}, "unset|unset|unset|\n",
   's6-tcpserver-access -H: names and the owner that the environment had before are removed');
page_says('Set ${PROTO}LOCALHOST to name, instead of looking it up.');
is(run_for({}, '-H', '-l', 'me', @show)->{out}, "unset|me|unset|\n", 's6-tcpserver-access -l sets TCPLOCALHOST');
is(run_for({}, '-H', '-l', '', @show)->{out}, "unset||unset|\n", 's6-tcpserver-access -l with an empty name sets an empty TCPLOCALHOST');
is(run_for({}, '-H', '-l', 'x', '--local-name=you', @show)->{out}, "unset|you|unset|\n",
   's6-tcpserver-access: of -l and --local-name the last one counts');
page_says('If a rule allows the client, the variables in its env are set or removed last, and may be any variables, those below included.');
is(run_for({ TCPREMOTEIP => '127.0.0.7' }, '-H', '-l', 'me', @$_, @show)->{out}, "named|unset|unset|one\n",
  "s6-tcpserver-access @$_: the env of a rule sets and removes variables last") for ['-i', $rules], ['-x', $cdb];
page_says('Its exec is run by execlineb(1) in place of prog.');
SKIP:
{
  skip 'execlineb is not installed', 2 unless tool('execlineb');
  is(run_for({ TCPREMOTEIP => '127.0.0.8' }, '-H', @$_, 'echo', 'prog')->{out}, "script \$@\n",
    "s6-tcpserver-access @$_: the exec of a rule is run in place of the program") for ['-i', $rules], ['-x', $cdb];
}

# ---- the banner ----

page_says('to the standard output before anything else is done.');
page_says('If this option is given several times, the texts follow each other.');
is(run_for({}, '-H', '-B', '', @{$_}, 'echo', 'prog')->{out}, join('', @{$_} ? 'x' : (), "prog\n"),
  's6-tcpserver-access -B with an empty text prints no banner') for [], ['-B', 'x'];
is(run_for({}, '-H', '-B', "220 hello\n", '-B', "more\n", 'echo', 'prog')->{out}, "220 hello\nmore\nprog\n",
  's6-tcpserver-access -B given twice prints both texts before the program runs');
is(run_for({ TCPREMOTEIP => '127.0.0.6' }, '-H', '--banner=bye', '-i', $rules, 'echo')->{out}, 'bye',
  's6-tcpserver-access --banner: the text is printed for a refused client, too');
page_says('They may have 511 bytes in all.');
is(length run_for({}, '-H', '-B', 'a' x 255, '-B', 'b' x 256, 'true')->{out}, 511, 's6-tcpserver-access -B: a banner of 511 bytes is printed');
usage_is(run_for({}, '-H', '-B', 'a' x 256, '-B', 'b' x 256, 'true'), '--banner', 'texts of -B of 512 bytes in all');
my ($listener, $port) = busy_port();
my $reader = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $port) or die;
my $stuck = $listener->accept;
$stuck->blocking(0);
1 while syswrite $stuck, 'x' x 65536;
$stuck->blocking(1);
page_says('If the client does not take the banner in time, the program fails.');
my $r = run_for({ fds => { 0 => $stuck, 1 => $stuck } }, '-H', '-t', 200, '-B', 'hello', 'true');
is($r->{code}, 111, 's6-tcpserver-access -B: a client that does not read the banner in time: exit 111');
like($r->{err}, qr/\As6-tcpserver-access: fatal: unable to write the banner: .*timed out\n\z/,
  's6-tcpserver-access -B: a client that does not read the banner in time: the message has the timeout');
close $reader;
$r = run_for({ fds => { 0 => $stuck, 1 => $stuck } }, '-H', '-B', 'hello', 'true');
is($r->{code}, 111, 's6-tcpserver-access -B: a client that has gone: exit 111, and no signal');
like($r->{err}, qr/\As6-tcpserver-access: fatal: unable to write the banner: .+\n\z/,
     's6-tcpserver-access -B: a client that has gone: the message has the cause');

# ---- on a connection ----

page_says('Send small pieces of data at once, by TCP_NODELAY on the standard output.');
page_says('If that fails, there is a warning.');
page_says('Let TCP collect small pieces of data. This is the default.');
for my $case ([['-D'], 1], [[], 0], [['-D', '-d'], 0], [['--no-delay'], 1])
{
  my $client = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $port) or die;
  my $served = $listener->accept;
  is(run_for({ fds => { 0 => $served, 1 => $served } }, '-H', @{$case->[0]}, 'true')->{code}, 0,
     "s6-tcpserver-access with options '@{$case->[0]}': the program is run on a connection");
  is(!!unpack('i', getsockopt($served, IPPROTO_TCP, TCP_NODELAY)), !!$case->[1],
     "s6-tcpserver-access with options '@{$case->[0]}': TCP_NODELAY is set as they ask");
}
$r = run_for({}, '-H', '-D', 'true');
is($r->{code}, 0, 's6-tcpserver-access -D with no socket as the standard output: the program is run');
like($r->{err}, qr/^s6-tcpserver-access: warning: unable to set TCP_NODELAY on the connection: .+$/m,
  's6-tcpserver-access -D with no socket as the standard output: there is a warning');
my $server = start_server([], [$access, '-H', '-i', $rules, 'sh', '-c', 'echo "$TCPREMOTEIP"'], ip => '127.0.0.1');
is(ask($server, from => "127.0.0.$_"), $_ == 6 ? '' : "127.0.0.$_\n",
   "s6-tcpserver with s6-tcpserver-access judges the client 127.0.0.$_ by its rule") for 5, 6;

# ---- the owner of the connection ----

page_says('Ask the client\'s host for the owner of the connection, by the identification protocol of RFC 1413.');
page_says('Do not ask for the owner of the connection. This is the default.');
page_says('The owner of the connection.');
page_says('The answer is as trustworthy as that host.');
page_says('Bytes that are not printable become question marks.');
page_says('the client\'s host does not name the owner of the connection.');
page_says('there was no answer in time.');
sub ident_server
{
  my ($ip, $script) = @_;
  return start_listening(command => [bin('s6-tcpserver'), '-1', $ip, 113, 'sh', '-c', $script]);
}
my $info = ['sh', '-c', 'echo "${TCPREMOTEINFO-unset}"'];
my %ident = (joe => ident_server('127.0.0.21', 'read q; printf "4001 , 80 : USERID : UNIX : joe\r\n"'),
  odd => ident_server('127.0.0.22', 'read q; printf "4001 , 80 : USERID : UNIX : a\tb\r\n"'),
  no => ident_server('127.0.0.23', 'read q; printf "4001 , 80 : ERROR : HIDDEN-USER\r\n"'),
  wrong => ident_server('127.0.0.24', 'read q; printf "4002 , 80 : USERID : UNIX : joe\r\n"'),
  silent => ident_server('127.0.0.25', 'exec sleep 100'));
for my $case (['127.0.0.21', 'joe', 0], ['127.0.0.22', 'a?b', 0], ['127.0.0.23', 'unset', 2], ['127.0.0.24', 'unset', 111], ['127.0.0.25', 'unset', 99], ['127.0.0.26', 'unset', 111])
{
  my ($ip, $answer, $code) = @$case;
  my %env = (TCPREMOTEIP => $ip);
  my $time = $code == 99 ? 300 : 60000;  # only the silent one uses it up
  is(run_for({ %env }, '-H', '-r', '-t', $time, @$info)->{out}, "$answer\n", "s6-tcpserver-access -r for the client $ip: TCPREMOTEINFO is $answer");
  is(run_for({ %env }, '-H', '-r', '-w', '-t', $time, 'true')->{code}, $code, "s6-tcpserver-access -r -w for the client $ip: the exit code is $code");
  is(run_for({ %env }, '-H', '-r', '-w', '-W', '-t', $time, 'true')->{code}, 0, "s6-tcpserver-access -r -w -W for the client $ip: -W undoes -w");
  is(run_for({ %env }, '-H', '-r', '-R', @$info)->{out}, "unset\n", "s6-tcpserver-access -r -R for the client $ip: -R undoes -r");
}
like(run_for({ TCPREMOTEIP => '127.0.0.23' }, '-H', '-r', '-w', 'true')->{err}, qr/info: refuse pid \d+ ip 127\.0\.0\.23 .*HIDDEN-USER$/,
  's6-tcpserver-access -r -w: a refusal is logged with the answer of the ident server');
page_says('With 2 or more, failed lookups are logged too.');
like(run_for({ TCPREMOTEIP => '127.0.0.23' }, '-H', '-r', '-v2', 'true')->{err}, qr/warning: .*HIDDEN-USER$/m,
     's6-tcpserver-access -r -v2: an ident lookup that fails is logged');

# What it waits for, and not how long it did: what it asks of the kernel.
page_says('it has 30 seconds to answer.');
SKIP:
{
  my $strace = tool('strace');
  skip 'strace is not installed, or may not trace here', 1 unless $strace && !run($strace, 'true')->{code};
  my $calls = own_dir() . '/calls';
  my $patient = start(env => { %client, TCPREMOTEIP => '127.0.0.25' }, command => [$strace, '-o', $calls, '-e', 'trace=?poll,?ppoll', $access, '-H', '-r', 'true']);
  eventually(sub { my @called = get_file($calls) =~ /poll\(/g; @called >= 2 });
  $patient->signal('INT');
  my @limits = map { /tv_sec=(\d+), tv_nsec=(\d+)/ ? $1 + $2 / 1e9 : /, (\d+)(?:\)| |\z)/ ? $1 / 1000 : () } split /\n/, get_file($calls);
  ok(@limits && !grep({ $_ > 30 || $_ < 20 } @limits), 's6-tcpserver-access -r without -t waits for 30 seconds') or diag(get_file($calls));
}

# ---- what is wrong ----

page_says('With 100, the message names the word or the variable that is wrong.');
page_says('and all of them must be set:');
page_says('The prefix of the other names, usually TCP.');
page_says('The address and the port of the client.');
page_says('The local address and port of the connection.');
page_says('The command line is wrong, or a variable is missing or wrong.');
usage_is(run_for({ $_ => undef }, '-H', 'true'), "$_ not set", "an environment without $_") for qw(PROTO TCPREMOTEIP TCPREMOTEPORT TCPLOCALIP TCPLOCALPORT);
usage_is(run_for({ TCPREMOTEIP => $_ }, '-H', 'true'), 'invalid $TCPREMOTEIP', "TCPREMOTEIP='$_'")
  for '', 'localhost', '1.2.3', '1.2.3.4.5', '1.2.3.4 junk', '256.1.1.1', "1.2.3.4\n", '::g', 'fe80::1%nonesuch';
usage_is(run_for({ TCPREMOTEPORT => $_ }, '-H', 'true'), 'invalid $TCPREMOTEPORT', "TCPREMOTEPORT='$_'") for '', 'x', '-1', 65536, ' 1', '1x';
usage_is(run_for({ TCPLOCALIP => 'x' }, '-H', 'true'), 'invalid $TCPLOCALIP', 'a wrong TCPLOCALIP');
usage_is(run_for({ TCPLOCALPORT => 'x' }, '-H', 'true'), 'invalid $TCPLOCALPORT', 'a wrong TCPLOCALPORT');
usage_is(run_for({}, '-H'), 'prog', 'a command line without a program');
usage_is(run_for({}, '-~', 'true'), '-~', 'an unknown option');
usage_is(run_for({}, '-H', "--timeout=$_", 'true'), "'$_'", "--timeout=$_") for '', 'x', '-1', '1.5', '01';
usage_is(run_for({}, '-H', '-v', $_, 'true'), "'$_'", "-v $_") for 'x', '-1', '09';
page_says('The largest n is 9.');
is(run_for({}, '-H', '-v9', 'true')->{code}, 0, 's6-tcpserver-access -v9 is allowed');
page_says('The system refused something, the rules cannot be read, or, with -w, a question could not be asked or the answer is unusable.');
my $broken = new_rules('broken', 'ip4/127.0.0.5_32/env/X' => 'x', 'ip4/0.0.0.0_0/allow' => '');
symlink '/nonexistent/file', "$broken/ip4/127.0.0.5_32/allow" or die;
for my $case (['-i', '/nonexistent/rules'], ['-x', '/nonexistent/rules'], ['-x', put_file('junk', 'junk')], ['-i', $broken])
{
  $r = run_for({}, '-H', @$case, 'echo');
  is($r->{code} . $r->{out}, '111', "s6-tcpserver-access @$case exits 111");
  like($r->{err}, qr/\As6-tcpserver-access: fatal: unable to read the access rules in \Q$case->[1]\E: .+\n\z/,
       "s6-tcpserver-access @$case: the message has the cause");
}
is(run_for({}, '-H', '/nonexistent/program')->{code}, 127, 's6-tcpserver-access exits 127 if its program does not exist');
page_says('was found, and cannot be executed.');
is(run_for({}, '-H', '/')->{code}, 126, 's6-tcpserver-access exits 126 if its program is a directory');

page_says('If the package was built without DNS, no names are looked up, and -h and -p are usage errors.');
SKIP:
{
  skip 'this build has DNS', 7 if built_with_cares();
  usage_is(run_for({}, $_, 'true'), $_ eq '-h' ? '--hosts' : '--paranoid', $_) for '-h', '-p';
  is(run_for({}, '-P', 'true')->{code}, 0, 's6-tcpserver-access without DNS: -P is allowed');
  hosts_file("127.0.0.5 five\n");
  is(run_for({}, @show)->{out}, "unset|unset|unset|\n", 's6-tcpserver-access without DNS: no names are looked up');
  is(run_for({}, '-i', new_rules('named', 'reversedns/@/allow' => ''), 'true')->{code}, 1,
     's6-tcpserver-access without DNS: a client is not allowed by a rule about names');
}

done_testing();
