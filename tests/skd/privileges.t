#!/usr/bin/env perl
# skd -U: who a program is, and what it can see.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;

page('skd');

# ---- what the environment must say; nothing is done before it is right ----

page_says('With -U, the ids to change to, in numbers.');
page_says('With -U, if it is set, the supplementary groups to change to, in numbers, separated by commas.');
page_says('With -U, if it is set, the root directory to enter.');
my $log = own_dir() . '/never';
for my $case ([{ GID => 1 }, 'UID'], [{ UID => 1 }, 'GID'], [{ UID => 'root', GID => 1 }, 'UID'], [{ UID => 1, GID => -1 }, 'GID'], [{ UID => '', GID => 1 }, 'UID'],
  [{ UID => 4294967295, GID => 1 }, 'UID'], [{ UID => 1, GID => 1, GIDLIST => '1,x' }, 'GIDLIST'], [{ UID => 1, GID => 1, ROOT => '' }, 'ROOT'])
{
  my ($env, $name) = @$case;
  my $r = run({ env => { UID => undef, GID => undef, GIDLIST => undef, ROOT => undef, %$env } }, bin('skd'), '-U', '-L', ">$log", 'true');
  is($r->{code}, 100, 'skd -U exits 100 with the environment ' . join(' ', map { "$_=$env->{$_}" } sort keys %$env));
  like($r->{err}, qr/\Askd: .*\b$name\b/,
       "skd -U reports a missing or wrong $name with the environment " . join(' ', map { "$_=$env->{$_}" } sort keys %$env));
}
ok(!-e $log, 'skd -U -L with a wrong environment makes no log file');

if (!is_root())
{
  page_says('makes sure that each of them has changed, and exits 111 if not.');
  my $r = run({ env => { UID => 0, GID => 0 } }, bin('skd'), '-U', 'true');
  is($r->{code}, 111, 'skd -U of an ordinary user exits 111 if UID is 0');
}
SKIP:
{
  skip 'giving up privileges takes root', 1 unless can_change_ids();

  # ---- ids ----

  page_says('then change to the groups GIDLIST and GID and to the user UID.');
  my $ids = ['sh', '-c', 'grep -E "^(Uid|Gid|Groups):" /proc/self/status'];
  my $server = skd(['-U', '-t', '127.0.0.1:0'], $ids, env => { UID => 1234, GID => 2345, GIDLIST => '3456,4567' });
  my %is = ask($server) =~ /^(\w+):\s*(.*?)\s*$/mg;
  is($is{Uid}, join("\t", (1234) x 4), 'prog of skd -U has the user UID');
  is($is{Gid}, join("\t", (2345) x 4), 'prog of skd -U has the group GID');
  is($is{Groups}, '2345 3456 4567', 'prog of skd -U has the supplementary groups GID and GIDLIST');
  is(status_field($server->pid, 'Uid'), join("\t", (1234) x 4), 'skd -U itself has the user UID');

  page_says('If GIDLIST is not set and skd runs as root, no supplementary groups are left.');
  page_says('With -U, and without GIDLIST, keep the supplementary groups.');
  my $kept = run({ env => { UID => 1234, GID => 2345, GIDLIST => undef }, before => sub { $) = '0 0 5 6' } }, bin('skd'), '-U', '--keep-groups', @$ids);
  is(join(' ', sort grep { /[56]/ } split ' ', $kept->{out} =~ /^Groups:(.*)/m ? $1 : ''), '5 6',
     'skd -U --keep-groups without GIDLIST keeps the supplementary groups') or diag($kept->{out}, $kept->{err});
  my $groups = run({ env => { UID => 1234, GID => 2345, GIDLIST => undef }, before => sub { $) = '0 0 5 6' } }, bin('skd'), '-U', @$ids);
  like($groups->{out}, qr/^Groups:\s*2345\s*$/m, 'skd -U without GIDLIST leaves only the group GID');
  like($groups->{out}, qr/^Uid:\s*1234\s+1234\s+1234\s+1234$/m, 'skd -U without a socket changes to the user UID');
  is(run({ env => { UID => 0, GID => 0, GIDLIST => '' } }, bin('skd'), '-U', 'true')->{code}, 0, 'skd -U of root exits 0 with a UID and a GID of 0');
  SKIP:
  {
    my $setpriv = tool('setpriv');
    skip 'setpriv is not installed', 2 unless $setpriv;
    my $powerless = run({ env => { UID => 1234, GID => 2345 } }, $setpriv, '--reuid=1', '--regid=1', '--clear-groups', bin('skd'), '-U', 'true');
    is($powerless->{code}, 111, 'skd -U without the right to change its ids exits 111');
    like($powerless->{err}, qr/\Askd: fatal: unable to set the group id: Operation not permitted\n\z/,
         'skd -U without the right to change its ids reports that once');
  }

  # What was done before takes the privileges of the start.
  my $dir = own_dir() . '/roots-own';
  mkdir $dir, 0700 or die;
  my $with = skd(['-U', '-t', '127.0.0.1:0', '-P', "$dir/pid", '-L', ">$dir/log"], ['sh', '-c', 'echo word >&2; cat'], env => { UID => 1234, GID => 2345 });
  is(ask($with, send => 'x'), 'x', 'skd -U serves a client with a log and a pid file where only root may write');
  is(get_file("$dir/pid"), $with->pid . "\n", 'skd -U writes its pid into a pid file where only root may write');
  ok(eventually(sub { get_file("$dir/log") =~ /^word$/m }), 'skd -U writes the stderr of prog into a log where only root may write');

  # ---- root directory ----

  my $busybox = tool('busybox');
  skip 'busybox is not installed', 1 unless $busybox;

  my $root = own_dir() . '/root';
  mkdir $root or die;
  put_in_root($root, $busybox, '/bin/busybox');
  symlink 'busybox', "$root/bin/$_" or die for qw(sh cat ls id);
  put_file("$root/inside", "inside\n");
  my %env = (env => { UID => 1234, GID => 2345, ROOT => $root, PATH => '/bin' });

  page_says('When sockets, log and pid file are there, enter the root directory ROOT if it is set, then change to the groups');
  page_says('The root directory need not hold anything but what prog itself needs.');
  my $jailed = skd(['-vU', '-t', '127.0.0.1:0', '-P', own_dir() . '/jail.pid', '-L', '>' . own_dir() . '/jail.log'], ['sh', '-c', 'cat /inside; id -u; ls /etc 2>&1; pwd; ls /proc 2>&1'], %env);
  is(ask($jailed), "inside\n1234\nls: /etc: No such file or directory\n/\nls: /proc: No such file or directory\n",
     'prog of skd -U runs inside ROOT, without /dev/null there');
  is(readlink('/proc/' . $jailed->pid . '/root'), $root, 'skd -U itself is inside ROOT');
  ok(!grep({ m{^/} && !m{^\Q$root\E} && $_ ne '/dev/null' && !m{/jail\.(pid|log)} } values %{fd_targets($jailed->pid)}),
     'skd -U inside ROOT has no directory of the outside open')
    or diag(explain(fd_targets($jailed->pid)));
  like(get_file(own_dir() . '/jail.log'), qr/: accept /, 'skd -U inside ROOT writes to its log outside');
  page_says('or makes it empty if privileges or root directory do not let it remove it any more.');
  $jailed->signal('TERM');
  is(($jailed->wait // {})->{code}, 0, 'skd -U inside ROOT exits 0 at a SIGTERM');
  is(get_file(own_dir() . '/jail.pid'), '', 'skd -U inside ROOT makes its pid file outside empty at a SIGTERM');

  page_says('is looked up once, inside the root directory that -U enters.');
  my $outside = run({ env => { %{$env{env}}, PATH => '/bin:/usr/bin' } }, bin('skd'), '-U', '-t', '127.0.0.1:0', '-P', own_dir() . '/jail.pid2', 'perl');
  is($outside->{code}, 127, 'skd -U exits 127 if prog is outside ROOT only');
  ok(!-e own_dir() . '/jail.pid2' || !-s _, 'skd -U leaves no pid in its pid file if prog is outside ROOT only');
  is(run(\%env, bin('skd'), '-U', 'cat', '/inside')->{out}, "inside\n", 'skd -U without a socket runs prog inside ROOT');
  my $jail = skd_background({ %env }, ['-U', '-t', '127.0.0.1:0'], ['cat', '/inside']);
  is($jail->{code}, 0, 'skd -B -U with ROOT exits 0');
  is(ask($jail), "inside\n", 'skd -B -U with ROOT serves clients');
  is(fd_targets($jail->{pid})->{0}, '/dev/null', 'skd -B -U with ROOT has /dev/null of the outside as its stdin');
  end_daemon($jail);

  my $datagrams = skd(['-vU', '-u', '127.0.0.1:0'], ['sh', '-c', 'cat /inside >&2; sleep 60'], %env);
  send_datagram(datagram_client($datagrams), 'x');
  log_says($datagrams, qr/^inside$/, 'skd -U -u with ROOT runs a datagram program inside ROOT');

  # Every way that may be tried to get out again ends inside.
  symlink '/etc', "$root/out" or die;
  my $ways = skd(['-U', '-t', '127.0.0.1:0'], ['sh', '-c', 'cd ../../..; ls -d in*; ls out 2>&1; cat /../../inside'], %env);
  is(ask($ways), "inside\nls: out: No such file or directory\ninside\n", 'prog of skd -U finds no way out of ROOT by .. or a link');

  is(run({ env => { %{$env{env}}, ROOT => "$root/inside" } }, bin('skd'), '-U', 'cat')->{code}, 111, 'skd -U exits 111 if ROOT is a file');
  my $relative = run({ env => { %{$env{env}}, ROOT => 'root' }, dir => own_dir() }, bin('skd'), '-U', 'cat', '/inside');
  is($relative->{out}, "inside\n", 'skd -U takes a relative path as ROOT');
}

page_says('Without -U, it changes nothing.');
is(run(bin('skd'), '--keep-groups', 'id', '-u')->{out}, "$>\n", 'skd --keep-groups without -U changes no ids');

page_says('A user namespace that forbids changing them needs this option.');
SKIP:
{
  my $unshare = tool('unshare');
  skip 'user namespaces are needed', 2 unless $unshare && !system("$unshare -Ur true 2>/dev/null");
  my @denied = ($unshare, '-Ur', '--setgroups=deny');
  my %root = (env => { UID => 0, GID => 0, GIDLIST => undef });
  skip 'setgroups cannot be denied', 2 if system("$unshare -Ur --setgroups=deny true 2>/dev/null");
  is(run(\%root, @denied, bin('skd'), '-U', '--keep-groups', 'true')->{code}, 0, 'skd -U --keep-groups exits 0 where setgroups is denied');
  my $without = run({ env => { UID => 0, GID => 0, GIDLIST => '1' } }, @denied, bin('skd'), '-U', 'true');
  is($without->{code}, 111, 'skd -U without --keep-groups exits 111 where setgroups is denied');
}

page_says('In a user namespace, all users and groups that it does not map appear as one: 65534, unless the system is set up otherwise.');
SKIP:
{
  my $unshare = tool('unshare');
  skip 'root and user namespaces are needed', 2 unless can_change_ids() && $unshare && !system("$unshare -Ur true 2>/dev/null");
  my $path = own_dir() . '/socket';
  chmod 0755, own_dir();
  my $inside = start(command => [$unshare, '-Ur', bin('skd'), '-vl', $path, '--mode=0777', 'sh', '-c', 'echo $PEERUID $PEERGID']);
  log_has($inside, qr/starting - bound/) or die log_text($inside);
  my ($overflow) = get_file('/proc/sys/kernel/overflowuid') =~ /(\d+)/;
  my @ask = (bin('s6-ipcclient'), $path, 'sh', '-c', 'cat <&6');
  is(run(@ask)->{out}, "0 0\n", 'skd in a user namespace has the ids of a client whose user is mapped');
  is(run(bin('s6-applyuidgid'), '-u', 1234, '-g', 1234, '-G', '', @ask)->{out}, "$overflow $overflow\n",
     'skd in a user namespace has the overflow ids for a client whose user is not mapped');
}

done_testing();
