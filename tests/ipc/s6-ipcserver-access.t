#!/usr/bin/env perl
# s6-ipcserver-access: one client at the door, by its ids.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;
use Sallyport::Unix;

page('s6-ipcserver-access');
my $access = bin('s6-ipcserver-access');
my %client = (PROTO => 'IPC', IPCREMOTEEUID => 60001, IPCREMOTEEGID => 60002, IPCREMOTEPID => 7, IPCREMOTEPATH => '/x', IPCLOCALPATH => 'old', IPCCONNNUM => 1);

# Runs it for a client, with changes to the environment: run_for({ ... }, words...).
sub run_for
{
  my ($env, @words) = @_;
  return run({ env => { %client, %$env } }, $access, @words);
}

sub usage_is
{
  my ($r, $words, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  is($r->{code}, 100, "s6-ipcserver-access exits 100: $name");
  like($r->{err}, qr/\As6-ipcserver-access: [^\n]*\Q$words\E[^\n]*\n\z/, "s6-ipcserver-access prints one line that names the error: $name");
}

my $rules = new_rules('rules', 'uid/60001/allow' => '', 'uid/60003/deny' => '', 'gid/60004/allow' => '', 'uid/60005/allow' => '',
  'uid/60005/env/NEW' => 'one', 'uid/60005/env/IPCLOCALPATH' => 'mine', 'uid/60005/env/IPCCONNNUM' => '', 'uid/60006/allow' => '',
  'uid/60006/exec' => q{sh -c "echo script '$@'"});
my $cdb = compile_rules($rules);

page_says('becomes prog or refuses.');
page_says('Look the client up in the access rules in the directory dir.');
page_says('Look the client up in the access rules in the compiled file.');
page_says('Log this much.');
page_says('The client is refused.');
page_says('has the exit code of prog,');
page_says('With 1, which is the default, each client is logged, allowed or refused.');
for my $by (['-i', $rules], ['-x', $cdb], ["--rules-dir=$rules"], ["--rules-cdb=$cdb"])
{
  my $r = run_for({}, '-l', 'x', @$by, 'sh', '-c', 'echo in; exit 42');
  is($r->{out}, "in\n", "s6-ipcserver-access @$by runs prog for a user who is allowed");
  is($r->{code}, 42, "s6-ipcserver-access @$by has the exit code of prog");
  like($r->{err}, qr/\As6-ipcserver-access: info: allow pid \d+ uid 60001 gid 60002\n\z/,
    "s6-ipcserver-access @$by logs one line for a user who is allowed");
  $r = run_for({ IPCREMOTEEUID => 60003, IPCREMOTEEGID => 60004 }, '-l', 'x', @$by, 'echo');
  is("$r->{code}$r->{out}", '1', "s6-ipcserver-access @$by exits 1 for a user who is denied");
  like($r->{err}, qr/\As6-ipcserver-access: info: refuse pid \d+ uid 60003 gid 60004 rule=uid\/60003\n\z/,
    "s6-ipcserver-access @$by logs the rule that denies a user");
  is(run_for({ IPCREMOTEEUID => 9, IPCREMOTEEGID => 60004 }, '-l', 'x', @$by, 'true')->{code}, 0,
    "s6-ipcserver-access @$by runs prog for a group that is allowed");
  $r = run_for({ IPCREMOTEEUID => 9 }, '-l', 'x', @$by, 'echo');
  is("$r->{code}$r->{out}", '1', "s6-ipcserver-access @$by exits 1 for a client for whom there is no rule");
  like($r->{err}, qr/rule=none$/, "s6-ipcserver-access @$by logs that there is no rule for a client");
}
page_says('If an option is given twice, the last one counts.');
is(run_for({}, '-i', '/nonexistent', '-i', $rules, '-l', 'x', 'true')->{code}, 0, 's6-ipcserver-access judges by the last -i');
is(run_for({}, '-i', '/nonexistent', '-x', $cdb, '-l', 'x', 'true')->{code}, 0, 's6-ipcserver-access judges by the last of -i and -x');
page_says('Of -i and -x, the last one counts.');

page_says('With 0, only fatal errors are logged.');
is(run_for({}, '-v0', '-l', 'x', '-i', $rules, 'true')->{err}, '', 's6-ipcserver-access -v0 logs nothing about a client that is allowed');
is(run_for({ IPCREMOTEEUID => 9 }, '-v0', '-l', 'x', '-i', $rules, 'true')->{err}, '',
  's6-ipcserver-access -v0 logs nothing about a client that is refused');
page_says('Without -i and -x, every client is allowed.');
page_says('With 2 or more, missing rules are logged too.');
is(run_for({}, '-l', 'x', 'true')->{code}, 0, 's6-ipcserver-access without rules allows a client');
like(run_for({}, '-l', 'x', '--verbosity=2', 'true')->{err},
  qr/^s6-ipcserver-access: warning: no access rules were given: every client is allowed$/m,
  's6-ipcserver-access --verbosity=2 logs that there are no rules');

# ---- the environment ----

my @show = ('sh', '-c', 'for v in PROTO IPCREMOTEEUID IPCREMOTEEGID IPCREMOTEPID IPCREMOTEPATH IPCLOCALPATH IPCCONNNUM NEW; do eval "echo \$v=\${$v-unset}"; done');
sub shown { return { map { split /=/, $_, 2 } split /\n/, $_[0]{out} } }
page_says('Set for prog: see -e.');
page_says('instead of the path that the standard input is bound to.');
is(shown(run_for({}, '-l', 'elsewhere', @show))->{IPCLOCALPATH}, 'elsewhere', 's6-ipcserver-access -l sets IPCLOCALPATH');
my %gone = map { $_ => 'unset' } keys %client;
page_says('for a program that does not know about them.');
is_deeply(shown(run_for({}, '-E', '-i', $rules, @show)), { %gone, NEW => 'unset' }, 's6-ipcserver-access -E removes the variables of the client');
is_deeply(shown(run_for({}, '--no-environment', '-l', 'x', @show)), { %gone, NEW => 'unset' },
  's6-ipcserver-access --no-environment removes the variables of the client also with -l');
is(shown(run_for({}, '-E', '--environment', '-l', 'x', @show))->{PROTO}, 'IPC',
  's6-ipcserver-access -E --environment keeps the variables of the client');
page_says('If a rule allows the client, the variables in its env are set or removed last, and may be any variables.');
my $five = shown(run_for({ IPCREMOTEEUID => 60005 }, '-l', 'x', '-i', $rules, @show));
is("$five->{NEW} $five->{IPCLOCALPATH} $five->{IPCCONNNUM}", 'one mine unset',
  's6-ipcserver-access sets and removes the variables in the env of a rule last');
is_deeply(shown(run_for({ IPCREMOTEEUID => 60005 }, '-E', '-x', $cdb, @show)), { %gone, NEW => 'one', IPCLOCALPATH => 'mine' },
  's6-ipcserver-access -E sets the variables in the env of a rule');
page_says('Its exec is run by execlineb(1) in place of prog.');
SKIP:
{
  skip 'execlineb is not installed', 2 unless tool('execlineb');
  is(run_for({ IPCREMOTEEUID => 60006 }, '-l', 'x', @$_, 'echo', 'prog')->{out}, "script \$@\n",
    "s6-ipcserver-access @$_ runs the exec of a rule in place of prog") for ['-i', $rules], ['-x', $cdb];
}

page_says('The prefix of the other names, usually IPC.');
is(shown(run({ env => { PROTO => 'OWN', OWNREMOTEEUID => 60001, OWNREMOTEEGID => 1, IPCLOCALPATH => 'kept' } }, $access, '-l', 'x', '-i', $rules, @show))->{IPCLOCALPATH},
   'kept', 's6-ipcserver-access reads the variables that begin with the value of PROTO');

# ---- what is wrong ----

page_says('With 100, the message names the word or the variable that is wrong.');
page_says('It must be set.');
page_says('The user id of the client.');
page_says('The group id of the client.');
page_says('The command line is wrong, or a variable is missing or wrong.');
page_says('It must be set, to a number.');
for my $name (qw(PROTO IPCREMOTEEUID IPCREMOTEEGID))
{
  usage_is(run_for({ $name => undef }, 'true'), "$name not set", "no $name");
}
usage_is(run_for({ IPCREMOTEEUID => $_ }, 'true'), 'invalid $IPCREMOTEEUID', "the user id '$_'") for '', 'x', '-1', '1x', ' 1', 4294967295, 4294967296, '18446744073709551617';
usage_is(run_for({ IPCREMOTEEGID => 'x' }, 'true'), 'invalid $IPCREMOTEEGID', "the group id 'x'");
usage_is(run_for({ PROTO => $_ }, 'true'), 'invalid $PROTO', "the prefix '$_'") for '', 'a b', 'A' x 17, "A\nB", 'A=B';
usage_is(run_for({}), 'prog', 'prog is missing');
usage_is(run_for({}, '-q', 'true'), "-q", 'the unknown option -q');
usage_is(run_for({}, '-v', '01', 'true'), "'01'", '-v 01');
usage_is(run_for({}, '-i', '', 'true'), "''", 'an empty path');
page_says('The largest n is 9.');
is(run_for({}, '-v9', '-l', 'x', 'true')->{code}, 0, 's6-ipcserver-access accepts -v9');

page_says('The system refused something, or the rules cannot be read.');
my $broken = new_rules('broken', 'uid/60001/env/X' => 'x', 'uid/default/allow' => '');
symlink '/nonexistent/file', "$broken/uid/60001/allow" or die;
for my $case (['-i', '/nonexistent/rules'], ['-x', '/nonexistent/rules'], ['-x', put_file('junk', 'junk')], ['-i', $broken])
{
  my $r = run_for({}, '-l', 'x', @$case, 'echo');
  is($r->{code} . $r->{out}, '111', "s6-ipcserver-access @$case exits 111 and does not run prog");
  like($r->{err}, qr/\As6-ipcserver-access: fatal: unable to read the access rules in \Q$case->[1]\E: .+\n\z/,
    "s6-ipcserver-access @$case prints why it is unable to read the rules");
}
is(run_for({}, 'true')->{code}, 111, 's6-ipcserver-access without -l exits 111 if stdin is no socket');
is(run_for({}, '-l', 'x', '/nonexistent/program')->{code}, 127, 's6-ipcserver-access exits 127 if prog does not exist');
page_says('was found, and cannot be executed.');
is(run_for({}, '-l', 'x', '/')->{code}, 126, 's6-ipcserver-access exits 126 if prog is a directory');

# ---- on a connection ----

page_says('Set ${PROTO}LOCALPATH. This is the default.');
my $listener = unix_listener();
my $path = $listener->hostpath;
my $server = ipc_daemon($listener, [], [$access, '-i', new_rules('self', 'uid/self/allow' => ''), 'sh', '-c', 'echo "$IPCLOCALPATH"']);
is(ask($server), "$path\n", 's6-ipcserver-access without -l sets IPCLOCALPATH to the path of the listener');
page_says('If the standard input is a Unix-domain socket, its supplementary groups are looked up too, where the system provides them.');
SKIP:
{
  skip 'changing ids takes root', 2 unless can_change_ids();
  skip 'the system tells no supplementary groups', 2 unless built_for_linux();
  $server = ipc_daemon(unix_listener(), ['-C', 10], [$access, '-i', new_rules('groups', 'gid/60012/allow' => ''), 'echo', 'in']);
  is(ask($server), '', 's6-ipcserver-access refuses a client without the group that is allowed');
  my $saved = $);
  $) = '60003 60020 60012';
  is(ask($server), "in\n", 's6-ipcserver-access allows a client with a supplementary group that is allowed');
  $) = $saved;
}

done_testing();
