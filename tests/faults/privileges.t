#!/usr/bin/env perl
# Nothing of root remains after -u, -g, -G and -U, and when the change fails, or only says that it happened, no
# program is run and no client is served.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;

skip_all_unless('the right to change ids', can_change_ids());
my @no_new_privs = built_for_linux() ? ('--no-new-privs') : ();  # only Linux can forbid new privileges

page('s6-applyuidgid');
my @fields = qw(Uid Gid Groups CapInh CapPrm CapEff CapAmb NoNewPrivs);
my @look = ('sh', '-c', 'cat /proc/self/status; ls /proc/$$/fd; :');

sub facts
{
  my ($text) = @_;
  my %is = map { my $name = $_; $text =~ /^$name:[ \t]*(.*?)[ \t]*$/m ? ($name => join ' ', split ' ', $1) : () } @fields;
  $is{Groups} = join ' ', sort { $a <=> $b } do { my %seen; grep { !$seen{$_}++ } split ' ', $is{Groups} // '' };
  $is{fds} = join ' ', $text =~ /^(\d+)$/mg;
  return \%is;
}

sub nothing_remains
{
  my ($text, $uid, $gid, $groups, $name, $nnp) = @_;
  my $zero = '0' x 16;
  is_deeply(facts($text), { Uid => join(' ', ($uid) x 4), Gid => join(' ', ($gid) x 4), Groups => $groups, fds => '0 1 2',
            CapInh => $zero, CapPrm => $zero, CapEff => $zero, CapAmb => $zero, NoNewPrivs => $nnp // 0 }, $name);
}

# ---- no id, group, capability or descriptor ----

page_says('The real, effective and saved ids all change, so that there is no way back.');
my @env = (env => { UID => 1000, GID => 100, GIDLIST => '7,8' });
my @rich = (bin('s6-applyuidgid'), '-G', '4,5,6', '--');
for (
  [['-u', 1000, '-g', 100], '100'], [['-u', 1000, '-g', 100, '-G', '7,8'], '7 8 100'], [['-U'], '7 8 100'],
  [['-u', 1000, '-g', 100, '-G', ''], '100'], [[@no_new_privs, '-u', 1000, '-g', 100], '100', scalar @no_new_privs])
{
  my ($options, $groups, $nnp) = @$_;
  nothing_remains(run({ @env }, @rich, bin('s6-applyuidgid'), @$options, '--', @look)->{out}, 1000, 100, $groups,
    "s6-applyuidgid @$options leaves nothing of root", $nnp);
}

# Through the whole chain: the daemon, and the program that it launches.
page('s6-tcpserver');
for (['quick'], ['portable', '--portable-launch'])
{
  my ($name, @options) = @$_;
  my $server = start_server(['-U', @no_new_privs, @options], \@look, @env, under => \@rich);
  nothing_remains(ask($server), 1000, 100, '7 8 100',
    "s6-tcpserver -U with the $name launcher: a child of the daemon has nothing of root", scalar @no_new_privs);
  my $daemon = facts(get_file('/proc/' . $server->pid . '/status'));
  is("$daemon->{Uid} $daemon->{Gid}", '1000 1000 1000 1000 100 100 100 100', "s6-tcpserver -U with the $name launcher: the daemon has no id of root");
  is("$daemon->{CapPrm}$daemon->{CapEff}$daemon->{CapAmb}", '0' x 48, "s6-tcpserver -U with the $name launcher: the daemon has no capability");
}

# A caller that handed us inheritable and ambient capabilities does not pass them on, root or not.
page('s6-applyuidgid');
page_says('A user other than root keeps no capability, not even one that the caller made inheritable or ambient (Linux).');
SKIP:
{
  my $setpriv = tool('setpriv');
  skip 'only Linux has capabilities', 3 unless built_for_linux();
  my @caps = map { ("--$_-caps", '+net_bind_service,+net_admin') } 'inh', 'ambient';
  my @user = ('--reuid', 1000, '--regid', 100, '--groups', '7,8');
  skip 'setpriv cannot set ambient capabilities here', 3 if !$setpriv || run($setpriv, @user, @caps, '--', 'true')->{code};
  my @apply = (bin('s6-applyuidgid'), '-u', 1000);
  nothing_remains(run($setpriv, @caps, '--', @apply, '-g', 100, '-G', '7,8', @look)->{out}, 1000, 100, '7 8 100',
    's6-applyuidgid gives up the inheritable and ambient capabilities of its caller');
  nothing_remains(run($setpriv, @user, @caps, '--', @apply, @look)->{out}, 1000, 100, '7 8',
    's6-applyuidgid gives up the capabilities of its caller also where the user stays the same');
  nothing_remains(run($setpriv, '--inh-caps', '+net_admin', '--', @apply, '-g', 100, @look)->{out}, 1000, 100, '100',
    's6-applyuidgid gives up inheritable capabilities that come alone');
}

page('s6-applyuidgid');
page_says('as set-user-id programs do.');
SKIP:
{
  my $su = own_dir() . '/id';
  system('cp', tool('id'), $su) == 0 or die;
  chmod 04755, $su or die;
  skip 'only Linux can forbid new privileges', 1 unless built_for_linux();
  skip 'set-user-id programs have no effect here', 1 if run(bin('s6-applyuidgid'), '-u', 1000, '-g', 100, $su, '-u')->{out} ne "0\n";
  is(run(bin('s6-applyuidgid'), '-u', 1000, '-g', 100, '--no-new-privs', $su, '-u')->{out}, "1000\n",
    's6-applyuidgid --no-new-privs: a set-user-id program runs as the user');
}

# ---- every step fails, or does nothing and says that it succeeded ----

page_says('If any of this fails, or if the way back to root is still open, prog is not run.');
page_says('With 111, it names what was tried, and gives the reason of the system.');
sub sabotaged
{
  my ($call, $result, @words) = @_;
  return run({ @env }, @rich, tool('strace'), '-f', '-qq', '-o', '/dev/null', '-e', "trace=$call", '-e', "inject=$call:$result", '--', @words);
}

SKIP:
{
  skip can_inject(), 1 if can_inject();
  my @apply = (bin('s6-applyuidgid'), '-u', 1000, '-g', 100, '-G', '7', '--', 'echo', 'ran');
  my %steps = (setuid => 'user id', setgid => 'group id', setgroups => 'supplementary groups', getgroups => 'supplementary groups');
  @steps{qw(getresuid getresgid)} = ('user id', 'group id') if built_for_linux();
  for my $call (sort keys %steps)
  {
    for my $error (qw(EPERM EAGAIN EINVAL ENOMEM))
    {
      my $r = sabotaged("?$call,?${call}32", "error=$error", @apply);
      is($r->{code}, 111, "s6-applyuidgid exits 111 when $call fails with $error");
      like($r->{err}, qr/\As6-applyuidgid: fatal: unable to (?:set|verify) the $steps{$call}: .+\n\z/,
        "s6-applyuidgid prints what it tried when $call fails with $error");
      is($r->{out}, '', "s6-applyuidgid runs no program when $call fails with $error");
    }
    next if $call =~ /^get/;
    my $r = sabotaged("?$call,?${call}32", 'retval=0', @apply);
    is($r->{code}, 111, "s6-applyuidgid exits 111 when $call succeeds but changes nothing");
    like($r->{err}, qr/\As6-applyuidgid: fatal: the $steps{$call} did not change\n\z/,
      "s6-applyuidgid prints what did not change when $call succeeds but changes nothing");
    is($r->{out}, '', "s6-applyuidgid runs no program when $call succeeds but changes nothing");
  }
  my $fewer = run({ @env }, bin('s6-applyuidgid'), '-g', 100, '-G', '', tool('strace'), '-qq', '-o', '/dev/null', '-e', 'inject=?setgroups,?setgroups32:retval=0',
                  bin('s6-applyuidgid'), '-g', 100, '-G', '7', 'echo', 'ran');
  is($fewer->{code} . $fewer->{out}, 111, 's6-applyuidgid exits 111 and runs no program when setgroups leaves a group out');
  my $nnp = sabotaged('prctl', 'error=EINVAL', bin('s6-applyuidgid'), '--no-new-privs', 'echo', 'ran');
  is($nnp->{code} . $nnp->{out}, 111, 's6-applyuidgid --no-new-privs exits 111 and runs no program when prctl fails');

  for my $step (['capset', 'error=EPERM', 'unable to give up the capabilities: .+'], ['capset', 'retval=0', 'the capabilities did not go'],
                ['capget', 'error=EPERM', 'unable to read the capabilities: .+'])
  {
    my ($call, $result, $words) = @$step;
    last unless built_for_linux() && tool('setpriv') && !run(tool('setpriv'), '--inh-caps', '+net_admin', '--', 'true')->{code};
    my $r = run(tool('setpriv'), '--inh-caps', '+net_admin', '--', tool('strace'), '-qq', '-o', '/dev/null', '-e', "inject=$call:$result", @apply);
    is($r->{code} . $r->{out}, 111, "s6-applyuidgid exits 111 and runs no program when $call gets $result");
    like($r->{err}, qr/\As6-applyuidgid: fatal: $words\n\z/, "s6-applyuidgid prints what it tried when $call gets $result");
  }

  # skd does all of it itself, the root directory included.
  page('skd');
  page_says('makes sure that each of them has changed, and exits 111 if not.');
  my @skd = (tool('strace'), '-f', '-qq', '-o', '/dev/null');
  for my $call (qw(chroot setgroups setgid setuid))
  {
    for my $result ('error=EPERM', 'error=EAGAIN', 'retval=0')
    {
      for my $words ([], ['-t', '127.0.0.1:0'], ['-B', '-t', '127.0.0.1:0'])
      {
        my $r = run({ env => { UID => 1000, GID => 100, GIDLIST => '7,8', ROOT => own_dir(), PATH => $ENV{PATH} } }, @rich, @skd,
                    '-e', "inject=?$call" . ($call eq 'chroot' ? '' : ",?${call}32") . ":$result", bin('skd'), '-U', @$words, tool('echo'), 'ran');
        is($r->{code} . $r->{out}, 111, "@{['skd', '-U', @$words]} exits 111 and runs no program when $call gets $result");
      }
    }
  }

  # Through the chain: a server that cannot change never serves.
  for my $call ('setuid', 'setgid', 'setgroups')
  {
    for my $result ('error=EPERM', 'error=EAGAIN', 'retval=0')
    {
      for my $server (['s6-tcpserver', '127.0.0.1', 0], ['s6-ipcserver', own_dir() . '/socket'])
      {
        my ($program, @where) = @$server;
        my $r = sabotaged("?$call,?${call}32", $result, bin($program), '-1', '-u', 1000, '-g', 100, @where, 'echo', 'ran');
        is($r->{code}, 111, "$program -u -g exits 111 when $call gets $result");
        is($r->{out}, '', "$program -u -g announces no readiness when $call gets $result");
      }
    }
  }
}

done_testing();
