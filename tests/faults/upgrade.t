#!/usr/bin/env perl
# SIGUSR2: the daemon becomes the program that is installed now. No client is refused or cut short, everything is still
# counted, and whatever is wrong with the new program leaves the old one at work.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use POSIX ();
use Sallyport;
use Sallyport::Skd;

page('s6-tcpserverd');
page_says('Upgrade: become the program that is now installed under the name by which s6-tcpserverd was called, in the same process and with the same command line.');
page_says('The listeners, the programs of the clients, what is counted, and the clients that wait go over; none is refused or cut short.');

sub count { return scalar @_ }

my $clean = { code => 0, signal => 0 };
my $hold = ['sh', '-c', 'echo "$TCPCONNNUM$IPCCONNNUM"; exec cat'];

sub echoes
{
  my ($client) = @_;
  say_to($client, "still there?\n");
  return (read_line($client) // '') eq "still there?\n";
}

sub leave { stop_sending($_[0]); return read_all($_[0]) }

sub upgrade
{
  my ($server) = @_;
  my $before = log_count($server, qr/info: resumed with/);
  $server->signal('USR2');
  return eventually(sub { log_count($server, qr/info: resumed with/) > $before });
}

# ---- every daemon ----

my @announce = ('sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh');

sub acceptor
{
  my (@options) = @_;
  my ($listener) = busy_port();
  my $server = start(command => [@announce, bin('tcp-socket-accept'), @options, '--', @$hold], fds => { 3 => $listener }, env => { LISTEN_FDS => 1 });
  @$server{qw(ip port)} = ('127.0.0.1', $listener->sockport);
  log_has($server, qr/: info: starting/);
  return $server;
}

my $paths = 0;
my %start = (
  's6-tcpserver' => sub { start_server(['-v', @_], $hold) },
  's6-ipcserver' => sub { start_server(['-v', '--unlink-at-exit', @_], $hold, path => own_dir() . '/path.' . $paths++) },
  'tcp-socket-accept' => sub { acceptor('-v', @_) });

for my $program (sort keys %start)
{
  my $server = $start{$program}->('-c', 3, '-C', 3);
  my $pid = $server->pid;
  my ($first, $second) = map { open_client($server) } 1, 2;
  read_line($_) for $first, $second;
  my $descriptors = keys %{fd_targets($pid)};
  ok(upgrade($server), "$program becomes the new program on SIGUSR2");
  is(log_count($server, qr/info: resumed with 2 clients$/), 1, "$program logs the number of its clients after an upgrade");
  ok($server->alive, "$program stays the same process over an upgrade");
  ok(echoes($first) && echoes($second), "$program: sessions go on over an upgrade");
  my $third = open_client($server);
  is(read_line($third), $program eq 'tcp-socket-accept' ? "3\n" : "3\n", "$program: a new client after an upgrade is the third of its source");
  my $fourth = open_client($server);
  leave($first);
  is(read_line($fourth), "3\n", "$program -c 3: the fourth client after an upgrade waits until another one has ended");
  log_says($server, qr{info: end pid \d+ exitcode 0 count 2/3 source=}, "$program: the end of a client of the old program is logged and counted");
  leave($_) for $second, $third, $fourth;
  ok(eventually(sub { !count(children($pid)) }), "$program: neither a child nor a zombie is left after an upgrade");
  upgrade($server) for 1 .. 3;
  cmp_ok(scalar(keys %{fd_targets($pid)}), "<=", $descriptors, "$program has no more descriptors after several upgrades");
  my $environment = ask($start{$program}->(), send => '');
  $server->signal('TERM');
  is_deeply($server->wait, $clean, "$program: SIGTERM ends the new program");
  ok(!-e $server->{path}, "$program --unlink-at-exit: SIGTERM after an upgrade removes the path") if $server->{path};
}

my $look = start_server([], ['env']);
$look->signal('USR2');
ok(eventually(sub { get_file('/proc/' . $look->pid . '/environ') =~ /SALLYPORT_STATE=/ }),
  's6-tcpserver has SALLYPORT_STATE in its environment after an upgrade');
unlike(ask($look), qr/SALLYPORT_STATE/, 's6-tcpserver passes no SALLYPORT_STATE to a program of a client after an upgrade');
my $foreign = start_server(['-v'], ['env'], env => { SALLYPORT_STATE => '1:5' });
unlike(ask($foreign), qr/SALLYPORT_STATE/, 's6-tcpserver passes no SALLYPORT_STATE that is for another process to a program of a client');

# ---- under load ----

my ($rounds, $clients, $each) = (10, 50, { default => 200 }->{variant()} // 40);
my $load = start_server(['-v', '-c', 500, '-C', 500], ['sh', '-c', 'read x; echo "$x"']);
my $before = keys %{fd_targets($load->pid)};
my @results;
for my $n (1 .. $clients)
{
  my $pid = open my $result, '-|';
  die "cannot fork: $!\n" unless defined $pid;
  push(@results, $result), next if $pid;
  my $good = 0;
  for my $k (1 .. $each) { $good++ if (eval { ask($load, send => "$n.$k\n") } // '') eq "$n.$k\n" }
  print "$good\n";
  close STDOUT;
  POSIX::_exit(0);
}
is(scalar(grep { upgrade($load) } 1 .. $rounds), $rounds, 's6-tcpserver upgrades ten times in a row under the load of 50 clients');
my $good = 0;
$good += <$_> for @results;
is($good, $clients * $each, 's6-tcpserver serves every connection of 50 clients during ten upgrades');
ok(eventually(sub { !count(children($load->pid)) }), 's6-tcpserver has neither a child nor a zombie after ten upgrades under load');
cmp_ok(scalar(keys %{fd_targets($load->pid)}), '<=', $before, 's6-tcpserver has no more descriptors after ten upgrades under load');

# ---- clients that wait ----

my $proxied = start_server(['-v', '--proxy=1', '--proxy-from=127.0.0.0/8'], ['sh', '-c', 'echo "$TCPREMOTEIP"']);
my $slow = open_client($proxied);
say_to($slow, 'PROXY TCP4 192.0.2.7 ');
select undef, undef, undef, 0.1;
ok(upgrade($proxied), 's6-tcpserver --proxy upgrades while half a PROXY header has come');
say_to($slow, "127.0.0.1 4000 80\r\n");
is(read_all($slow), "192.0.2.7\n", 's6-tcpserver --proxy serves a client whose PROXY header comes half before an upgrade and half after it');

# The header has been read, and the client is silent: what the header told is not lost. A client that stays silent does not keep the
# daemon from its upgrade.
my $unique = "\x0D\x0A\x0D\x0A\x00\x0D\x0A\x51\x55\x49\x54\x0A\x21\x11" . pack('n', 12 + 3 + 5) . pack('C4C4nn', 192, 0, 2, 9, 198, 51, 100, 1, 4001, 80) . "\x05\x00\x05" . 'a b_c';
my $facts = ['sh', '-c', 'read -r x; echo "$x $TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPPROXYIP $PROXY_UNIQUE_ID"'];
my $quiet = start_server(['-v', '--proxy=2', '--proxy-from=127.0.0.0/8', '--proxy-variables', '--first-data=600', '-C', 1], $facts);
my @silent = map { open_client($quiet) } 1 .. 2;
say_to($_, $unique) for @silent;
select undef, undef, undef, 0.1;
ok(upgrade($quiet), 's6-tcpserver --proxy --first-data upgrades while two clients are silent after their PROXY headers') for 1 .. 2;
say_to($silent[0], "hello\n");
my $told = read_all($silent[0]);
like($told, qr/^hello 192\.0\.2\.9 4001 198\.51\.100\.1 127\.0\.0\.1 a b_c\n\z/,
  's6-tcpserver --proxy --first-data serves one that speaks after an upgrade as the client of its header') or diag(log_text($quiet));
log_says($quiet, qr/info: accept 192\.0\.2\.9_4001 pid \d+ count 1\/1 via=127\.0\.0\.1_\d+$/,
  's6-tcpserver --proxy --first-data logs the sender of a header that came before an upgrade');

# ---- programs that are no good ----

my $dir = own_dir() . '/bin';
mkdir $dir or die;
my $file = "$dir/s6-tcpserverd";

sub install
{
  my ($content, $mode) = @_;
  unlink $file;
  put_file("$file.new", $content, $mode // 0755);
  rename "$file.new", $file or die;
}

my $real = get_file(bin('s6-tcpserverd'));
my $mark = own_dir() . '/pids';
install($real);
my ($listener) = busy_port();
my $kept = start(command => [$file, '-v2', @$hold], fds => { 0 => $listener });
@$kept{qw(ip port)} = ('127.0.0.1', $listener->sockport);
my $client = open_client($kept);
read_line($client);

page_says('The new file is first run with --version: if that fails, there is a warning, and service goes on.');
for my $case (
  ['a missing file', sub { unlink $file }, qr/: No such file or directory/],
  ['a file that is not executable', sub { install($real, 0644) }, is_root() ? qr/: Permission denied/ : qr/: Permission denied/],
  ['a file of another architecture', sub { install("\x7fELF\x02\x01\x01" . "\0" x 9 . "\x02\0\xff\xff" . "\0" x 44) }, qr/ --version: exitcode 126/],
  ['a program that fails', sub { install("#!/bin/sh\nexit 3\n") }, qr/ --version: exitcode 3/],
  ['a program that crashes', sub { install("#!/bin/sh\nkill -SEGV \$\$\n") }, qr/ --version: signal 11/],
  ['a program that hangs', sub { install("#!/bin/sh\necho \$\$ >> $mark\nexec sleep 1000\n") }, qr/ --version: it did not end within 5 s/])
{
  my ($what, $do, $why) = @$case;
  $do->();
  my $count = log_count($kept, qr/unable to upgrade/);
  $kept->signal('USR2');
  ok(eventually(sub { log_count($kept, qr/unable to upgrade/) > $count }), "s6-tcpserverd that cannot become $what logs a warning");
  my ($line) = reverse grep { /unable to upgrade/ } log_lines($kept);
  like($line, qr/^s6-tcpserverd: warning: unable to upgrade: \Q$file\E$why: going on$/, "s6-tcpserverd that cannot become $what logs why");
  ok(echoes($client), "s6-tcpserverd that cannot become $what keeps its sessions");
  my $new = open_client($kept);
  is(read_line($new), "2\n", "s6-tcpserverd that cannot become $what serves and counts a new client");
  leave($new);
  ok(eventually(sub { count(children($kept->pid)) == 1 }), "s6-tcpserverd that cannot become $what leaves no zombie");
}
install($real);
ok(upgrade($kept), 's6-tcpserverd becomes a good program after several bad ones');
ok(echoes($client), 's6-tcpserverd keeps its session over an upgrade that follows failed ones');

# One that knows nothing of a state is a working server that does not count the old clients.
install("#!/bin/sh\nunset SALLYPORT_STATE\nexec " . bin('s6-tcpserverd') . " \"\$@\"\n");
my $starts = log_count($kept, qr/info: starting/);
$kept->signal('USR2');
ok(eventually(sub { log_count($kept, qr/info: starting/) > $starts }), 's6-tcpserverd becomes an older program that knows of no state');
ok(echoes($client), 's6-tcpserverd that becomes an older program: old sessions go on');
is(read_line(open_client($kept)), "1\n", 's6-tcpserverd that becomes an older program serves new clients');

# What the new program needs besides, and would end without.
{
  my $rules = own_dir() . '/rules.cdb';
  mkdir own_dir() . "/rules$_" or die for '', '/ip4', '/ip4/127.0.0.0_8';
  put_file('rules/ip4/127.0.0.0_8/allow', '');
  my $compile = sub { run(bin('s6-accessrules-cdb-from-fs'), $rules, own_dir() . '/rules')->{code} == 0 or die };
  $compile->();
  my $prog = put_file('prog', "#!/bin/sh\necho ready\nexec cat\n", 0755);
  my $ruled = start_server(['-v', '-x', $rules], [$prog]);
  my $stays = open_client($ruled);
  is(read_line($stays), "ready\n", 's6-tcpserver -x with a program of its own serves');
  put_file('rules.cdb', 'no rules');
  $ruled->signal('USR2');
  log_says($ruled, qr/warning: unable to upgrade: the access rules cannot be read now: going on$/,
    's6-tcpserver -x does not upgrade while the rules cannot be read, and logs that');
  is(read_line(open_client($ruled)), "ready\n", 's6-tcpserver -x that does not upgrade serves by the rules that it has');
  $compile->();
  rename $prog, "$prog.away" or die;
  $ruled->signal('USR2');
  log_says($ruled, qr/warning: unable to upgrade: \Q$prog\E: No such file or directory: going on$/,
    's6-tcpserver does not upgrade while prog is not there, and logs that');
  rename "$prog.away", $prog or die;
  ok(upgrade($ruled), 's6-tcpserver -x upgrades when the rules and prog are back');
  ok(echoes($stays), 's6-tcpserver -x keeps its session over failed upgrades and a good one');
}

# ---- with all that a daemon can have ----

page_says('The counters go on from where they were, and the time of the start stays.');
for my $program (sort keys %start)
{
  my $counters = own_dir() . "/counters.$program";
  my $server = $start{$program}->("--status-socket=$counters");
  my $stays = open_client($server);
  read_line($stays);
  my $before = counters_of($counters);
  is($before->{accepted_total}, 1, "$program --status-socket has one client in accepted_total before an upgrade");
  for my $time (1 .. 3)
  {
    ok(upgrade($server), "$program --status-socket upgrades, time $time");
    my $after = counters_of($counters);
    is($after->{$_}, $before->{$_}, "$program --status-socket: $_ is the same after upgrade $time") for 'start_time_seconds', 'accepted_total';
  }
  ok(echoes($stays), "$program --status-socket: the session goes on after three upgrades");
}

my @every = ('--first-data=100', '--source-rate=100/100', '--rate=1000/10', '--penalty=5', '--exempt=127.0.0.9', '--max-session=10000', '--kill-group', '--refuse-with=no',
  '--refuse-when-full', '--linger=5', '--max-pending=50', '--drain-grace=0', '--drain-deadline=50', platform() eq 'linux' ? '--max-idle=10000' : ());
my $all_on = start_server(['-v', @every, '--status-socket=' . own_dir() . '/counters.all'], ['cat']);
my $old = open_client($all_on);
ok(echoes($old), 's6-tcpserver with all options that upgrades concern serves');
is(scalar(grep { upgrade($all_on) && echoes($old) && ask($all_on, send => 'x') eq 'x' } 1 .. 5), 5,
  's6-tcpserver with all options that upgrades concern upgrades five times, each with the old session and a new one');

page_says('So do rates, penalties and the limits of sessions.');
my $rated = start_server(['-v', '--source-rate=2/10000'], ['cat']);
ask($rated, send => 'x') for 1 .. 2;
ok(upgrade($rated), 's6-tcpserver --source-rate upgrades when a source has used up its rate');
ok(closed_by_server(open_client($rated)), 's6-tcpserver --source-rate refuses a source after an upgrade that used up its rate before');
is(ask($rated, from => '127.0.0.2', send => 'x'), 'x', 's6-tcpserver --source-rate serves another source after an upgrade');
my $punished = start_server(['-v', '--penalty=600'], ['sh', '-c', 'exit 1']);
ask($punished);
log_says($punished, qr/penalty 127\.0\.0\.1 /, 's6-tcpserver --penalty logs the penalty of a source');
ok(upgrade($punished), 's6-tcpserver --penalty upgrades when a source has a penalty');
ok(closed_by_server(open_client($punished)), 's6-tcpserver --penalty refuses a source after an upgrade that had a penalty before');
log_says($punished, qr/refuse 127\.0\.0\.1_\d+ penalty \d+ s$/,
  's6-tcpserver --penalty logs that it refuses a source after an upgrade for its penalty');

my $short = start_server(['-v', '--max-session=1'], ['cat']);
my $ended = open_client($short);
ok(echoes($ended), 's6-tcpserver --max-session serves a session');
ok(upgrade($short), 's6-tcpserver --max-session upgrades before the limit of a session is reached');
is(read_all($ended), '', 's6-tcpserver --max-session ends a session from before an upgrade');
log_says($short, qr/info: ending pid \d+ after \d+ s: session$/, 's6-tcpserver --max-session logs that it ends a session from before an upgrade');
SKIP:
{
  skip('only Linux tells how long a connection has been idle', 4) unless platform() eq 'linux';
  my $idle = start_server(['-v', '--max-idle=1'], ['cat']);
  my @silent = map { my $client = open_client($idle); echoes($client); $client } 1 .. 3;
  close pop @silent;
  ok(upgrade($idle), 's6-tcpserver --max-idle upgrades while sessions are silent');
  is(read_all($_), '', 's6-tcpserver --max-idle ends a session that stays silent over an upgrade') for @silent;
  ok(eventually(sub { log_count($idle, qr/: idle$/) == 2 }), 's6-tcpserver --max-idle logs that it ends two silent sessions after an upgrade');
}

my $answer = put_file('answer', 'y' x 200_000);
my $lingers = start_server(['-v', '--linger=5'], ['sh', '-c', 'echo ready; read -r line; cat "$0"', $answer]);
my $sender = open_client($lingers);
read_line($sender);
ok(upgrade($lingers), 's6-tcpserver --linger upgrades while a program runs');
say_to($sender, "go\n" . 'z' x 100_000);
is(length(read_all($sender) // ''), 200_000,
  's6-tcpserver --linger: the answer of a program from before an upgrade is whole, though it has not read everything');

# ---- where it is not possible ----

my $skd = skd(['-v', '-t', '127.0.0.1:0'], ['cat']);
$skd->signal('USR2');
page('skd');
page_says('Log a warning, and go on: skd does not become a new version of itself.');
log_says($skd, qr/warning: unable to upgrade: skd does not do that: going on$/, 'skd does not upgrade, and logs that');
is(ask($skd, send => 'x'), 'x', 'skd serves on after SIGUSR2');
my $draining = start_server(['-v'], $hold);
my $last = open_client($draining);
read_line($last);
$draining->signal('USR1');
log_says($draining, qr/draining: 1 clients/, 's6-tcpserver logs that it drains');
$draining->signal('USR2');
log_says($draining, qr/warning: unable to upgrade: the daemon is draining: going on$/, 's6-tcpserver that drains does not upgrade, and logs that');
ok(echoes($last), 's6-tcpserver that drains and gets SIGUSR2: the session goes on');

# A drain that begins while the new file is tried: the daemon goes on draining, and does not come to life again.
{
  my $gate = own_dir() . '/gate';
  POSIX::mkfifo($gate, 0600) or die "mkfifo: $!\n";
  install($real);
  my ($place) = busy_port();
  my $both = start(command => [$file, '-v2', @$hold], fds => { 0 => $place });
  @$both{qw(ip port)} = ('127.0.0.1', $place->sockport);
  my $stays = open_client($both);
  read_line($stays);
  install("#!/bin/sh\ntest \"\$1\" != --version || read -r word < $gate\nexec " . bin('s6-tcpserverd') . " \"\$\@\"\n");
  $both->signal('USR2');
  log_says($both, qr/received SIGUSR2, becoming/, 's6-tcpserverd logs that it tries its new file');
  $both->signal('USR1');
  log_says($both, qr/received SIGUSR1, draining: 1 clients/, 's6-tcpserverd that tries its new file begins to drain on SIGUSR1');
  open my $go, '>', $gate or die "cannot open $gate: $!\n";
  print $go "go\n";
  close $go;
  log_says($both, qr/warning: unable to upgrade: .*: going on$/, 's6-tcpserverd that began to drain while it tried its new file does not become it');
  leave($stays);
  is_deeply($both->wait, { code => 0, signal => 0 }, 's6-tcpserverd that began to drain while it tried its new file ends with its last client')
    or diag(log_text($both));
}

done_testing();
