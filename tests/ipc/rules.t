#!/usr/bin/env perl
# s6-ipcserverd -i and -x: no client is let in that a rule keeps out.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;
use Sallyport::Unix;
use Socket qw(AF_UNIX SOCK_STREAM);

page('s6-ipcserverd');
my $greet = ['sh', '-c', 'echo in'];
my ($me, $mine) = ($>, split ' ', $));

sub words_for { return $_[0] eq 'directory' ? ('-i', $_[1]) : ('-x', compile_rules($_[1])) }
sub daemon_by { my ($form, $dir, $prog, @more) = @_; return ipc_daemon(unix_listener(), [@more, words_for($form, $dir)], $prog // $greet) }

sub verdict
{
  my ($server) = @_;
  my $said = ask($server);
  return defined $said ? $said eq "in\n" ? 'in' : "out$said" : 'no end';
}

# As root: a client with these ids, "uid gid groups...".
sub verdict_of
{
  my ($server, $uid, $gid, @groups) = @_;
  return as_user($uid, $gid, sub { return verdict($server) }) unless @groups;
  my $saved = $);
  $) = join ' ', $gid, @groups;
  local $> = $uid;
  my $verdict = verdict($server);
  $> = $<;
  $) = $saved;
  return $verdict;
}

page_says('Clients are looked up by their effective user id, their group id and, where the system provides them, their supplementary groups.');
page_says('A client that no rule allows is refused: the connection is closed, and no program is launched.');
page_says('Serve only clients that the access rules in the directory dir allow.');
page_says('Serve only clients that the access rules in the compiled file allow.');
for my $form ('directory', 'file')
{
  is(verdict(daemon_by($form, new_rules('mine', "uid/$me/allow" => ''))), 'in', "s6-ipcserverd with rules in a $form allows a client by its user id");
  is(verdict(daemon_by($form, new_rules('other', 'uid/' . ($me + 1) . '/allow' => '', 'gid/' . ($mine + 1) . '/allow' => ''))) , 'out',
    "s6-ipcserverd with rules in a $form refuses a client by whose ids there is no rule")
    unless grep { $_ == $mine + 1 } split ' ', $);
  is(verdict(daemon_by($form, new_rules('self', 'uid/self/allow' => ''))), 'in',
    "s6-ipcserverd with rules in a $form allows its own user by uid/self");
  is(verdict(daemon_by($form, new_rules('gself', 'gid/self/allow' => ''))), 'in',
    "s6-ipcserverd with rules in a $form allows its own group by gid/self");
  is(verdict(daemon_by($form, new_rules('group', "gid/$mine/allow" => ''))), 'in',
    "s6-ipcserverd with rules in a $form allows a client by its group id");
  is(verdict(daemon_by($form, new_rules('default', 'uid/default/allow' => ''))), 'in',
    "s6-ipcserverd with rules in a $form allows a client by uid/default");
  is(verdict(daemon_by($form, new_rules('both', "uid/$me/deny" => '', "gid/$mine/allow" => '', 'uid/default/allow' => ''))), 'out',
    "s6-ipcserverd with rules in a $form looks up the user id before the group id");
  my $server = daemon_by($form, new_rules('nobody', 'uid/self/deny' => '', "uid/$me/allow" => '', 'uid/default/allow' => ''), undef, '-C', 100);
  is(verdict($server), 'out', "s6-ipcserverd with rules in a $form looks up uid/self before the user id") for 1 .. 3;
  log_says($server, qr/^s6-ipcserverd: info: refuse $me:$mine rule=\S+$/, "s6-ipcserverd with rules in a $form logs whom it refuses by which rule");
  log_says($server, qr/^s6-ipcserverd: info: refuse uid:$me rule=\S+ repeated=2$/,
    "s6-ipcserverd with rules in a $form sums up further refusals in its log");
}

SKIP:
{
  skip 'changing ids takes root', 21 unless can_change_ids();
  for my $form ('directory', 'file')
  {
    my $server = daemon_by($form, new_rules('users', 'uid/60001/allow' => '', 'uid/60002/deny' => '', 'gid/60010/allow' => '', 'gid/60011/deny' => '',
      'gid/60012/allow' => '', 'uid/self/allow' => ''), undef, '-C', 100);
    is(verdict_of($server, 60001, 60099), 'in', "s6-ipcserverd with rules in a $form serves a user who is allowed");
    is(verdict_of($server, 60001, 60011), 'in', "s6-ipcserverd with rules in a $form serves a user who is allowed, although the group is denied");
    is(verdict_of($server, 60002, 60010), 'out', "s6-ipcserverd with rules in a $form refuses a user who is denied, although the group is allowed");
    is(verdict_of($server, 60003, 60010), 'in', "s6-ipcserverd with rules in a $form serves a group that is allowed");
    is(verdict_of($server, 60003, 60011), 'out', "s6-ipcserverd with rules in a $form refuses a group that is denied");
    is(verdict_of($server, 60003, 60003), 'out', "s6-ipcserverd with rules in a $form refuses a client for whom there is no rule");
    SKIP:
    {
    skip 'the system tells no supplementary groups', 4 unless built_for_linux();
      is(verdict_of($server, 60003, 60003, 60020, 60012), 'in',
        "s6-ipcserverd with rules in a $form serves a client with a supplementary group that is allowed");
      is(verdict_of($server, 60003, 60003, 60012, 60011), 'out',
        "s6-ipcserverd with rules in a $form refuses a client with a supplementary group that is denied after one that is allowed");
      is(verdict_of($server, 60003, 60003, 60011, 60012), 'out',
        "s6-ipcserverd with rules in a $form refuses a client with a supplementary group that is denied before one that is allowed");
      is(verdict_of($server, 60003, 60003, (map { 61000 + $_ } 1 .. 100), 60012), 'in',
        "s6-ipcserverd with rules in a $form serves a client with a supplementary group that is allowed among many");
    }
  }
  my $dropped = start_server(['-u', 60001, '-g', 60001, '-i', new_rules('dropped', 'uid/self/allow' => '')], $greet, path => unix_path());
  is(verdict($dropped), 'out', 's6-ipcserver -u takes the user that the daemon runs as for uid/self');
}

SKIP:
{
  skip 'changing ids takes root', 8 unless can_change_ids();
  skip 'the system tells no supplementary groups', 8 unless built_for_linux();
  skip 'strace is not installed', 8 unless tool('strace');
  page('sallyport-rules');
  page_says('only the groups that have rules are looked up, so that many groups cost little.');
  my $saved = $);
  $) = join ' ', 60003, map { 100_000 + 2 * $_ } 1 .. 60_000;
  socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, 0 or die "socketpair: $!\n";
  $) = $saved;
  for my $form ('directory', 'file')
  {
    for my $try (['out', 'gid/5/allow'], ['in', 'gid/200000/allow'], ['out', 'gid/200000/allow', 'gid/100200/deny'], ['out', 'uid/60003/deny'])
    {
      my ($verdict, @files) = @$try;
      my $r = run({ fds => { 0 => $theirs }, env => { PROTO => 'IPC', IPCREMOTEEUID => 60003, IPCREMOTEEGID => 60003 } }, tool('strace'), '-f', '-o', own_dir() . '/calls',
        bin('s6-ipcserver-access'), words_for($form, new_rules('many', map { $_ => '' } @files)), 'true');
      my $calls = () = get_file(own_dir() . '/calls') =~ /gid|uid|many/g;
      ok($r->{code} == ($verdict eq 'in' ? 0 : 1) && $calls < 60,
        "s6-ipcserver-access with rules in a $form, 60,000 groups and @files: the client is $verdict with few look-ups")
        or diag("code $r->{code}, $calls calls");
    }
  }
  page('s6-ipcserverd');
}

page_says('With -i or -x this is a usage error: access rules need them.');
for my $program ('s6-ipcserver', 's6-ipcserverd')
{
  my @operands = $program eq 's6-ipcserver' ? (unix_path()) : ();
  for my $words (['-P', '-i', '/'], ['-x', '/', '--no-credentials'])
  {
    my $r = run({ fds => { 0 => unix_listener() } }, bin($program), @$words, @operands, 'true');
    is($r->{code}, 100, "$program @$words exits 100");
    like($r->{err}, qr/\A$program: usage: .*-P.*\n\z/, "$program @$words prints a usage error about -P");
    ok(!@operands || !-e $operands[0], "$program @$words binds nothing");
  }
}
is(verdict(daemon_by('file', new_rules('fine', 'uid/default/allow' => ''), undef, '-P', '-p')), 'in', 's6-ipcserverd -x accepts -P that -p undoes');

page_says('If the rules cannot be read at the start, s6-ipcserverd exits 111 before any client is accepted.');
my $r = run({ fds => { 0 => unix_listener() } }, bin('s6-ipcserverd'), '-1', '-i', '/nonexistent/rules', 'true');
is($r->{code}, 111, 's6-ipcserverd -i exits 111 if the rules are not there');
is($r->{out}, '', 's6-ipcserverd -1 -i announces nothing if the rules are not there');
is($r->{err}, "s6-ipcserverd: fatal: unable to read the access rules in /nonexistent/rules: No such file or directory\n",
  's6-ipcserverd -i prints which rules it is unable to read');

page_says('The variables in the env of a rule are set or removed last, and may be any variables.');
page_says('Its exec is run by execlineb(1) in place of prog.');
my $show = ['sh', '-c', 'echo "$NEW|${IPCREMOTEEUID-unset}"'];
for my $form ('directory', 'file')
{
  is(ask(daemon_by($form, new_rules('env', 'uid/default/allow' => '', 'uid/default/env/NEW' => 'one', 'uid/default/env/IPCREMOTEEUID' => ''), $show)),
    "one|unset\n", "s6-ipcserverd with rules in a $form sets and removes the variables in env");
  SKIP:
  {
    skip 'execlineb is not installed', 1 unless tool('execlineb');
    is(ask(daemon_by($form, new_rules('exec', 'uid/default/allow' => '', 'uid/default/exec' => q{sh -c "echo '$@'"}), $show)), "\$@\n",
      "s6-ipcserverd with rules in a $form runs exec in place of prog");
  }
}

page_says('A new file that cannot be used is reported once, and the old rules stay in force until it is replaced by a better one.');
my $cdb = compile_rules(new_rules('swap', 'uid/default/allow' => ''));
my $server = ipc_daemon(unix_listener(), ['-x', $cdb], $greet);
put_file('junk', 'junk');
rename own_dir() . '/junk', $cdb or die;
is(join(' ', map { verdict($server) } 1 .. 3), 'in in in', 's6-ipcserverd -x serves by the old rules when the file is replaced by junk');
is(log_count($server, qr/keeping the old ones$/), 1, 's6-ipcserverd -x logs once that it keeps the old rules');
compile_rules(new_rules('swap', 'uid/default/deny' => ''));
is(verdict($server), 'out', 's6-ipcserverd -x judges by good rules at once when they replace junk');

page_says('Of -i and -x, the last one counts.');
my $last = ipc_daemon(unix_listener(), ['-i', new_rules('first', 'uid/default/deny' => ''), '-x', compile_rules(new_rules('second', 'uid/default/allow' => ''))], $greet);
is(verdict($last), 'in', 's6-ipcserverd judges by -x that comes after -i');

page('s6-ipcserver');
page_says('Serve only clients that the access rules in the directory dir allow: sallyport-rules(7).');
page_says('Serve only clients that the access rules in the compiled file allow.');
page_says('Of -i and -x, the last one counts.');
my $path = unix_path();
my $wrapped = start_server(['--rules-dir', new_rules('wrapped', "uid/$me/deny" => '', 'uid/default/allow' => '')], $greet, path => $path);
is(verdict($wrapped), 'out', 's6-ipcserver forwards --rules-dir');

my $both = start_server(['-i', new_rules('first', 'uid/default/deny' => ''), '-x', compile_rules(new_rules('second', 'uid/default/allow' => ''))], $greet, path => unix_path());
is(verdict($both), 'in', 's6-ipcserver forwards -i and -x in their order');

done_testing();
