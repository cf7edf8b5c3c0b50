#!/usr/bin/env perl
# s6-applyuidgid: who the next program runs as.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-applyuidgid');

my @look = ('grep', '-E', '^(Uid|Gid|Groups|NoNewPrivs):', '/proc/self/status');

# What the next program is: { Uid => "real effective saved filesystem", ... }, or undef if it was not run.
sub apply
{
  my ($options, %how) = @_;
  my $r = run(\%how, @{$how{under} // []}, bin('s6-applyuidgid'), @$options, '--', @look);
  $r->{is} = { map { /^(\w+):\s*(.*?)\s*$/ ? ($1 => join ' ', split ' ', $2) : () } split /\n/, $r->{out} };
  my %groups = map { $_ => 1 } split ' ', $r->{is}{Groups} // '';
  $r->{is}{Groups} = join ' ', sort { $a <=> $b } keys %groups;
  return $r;
}

sub becomes
{
  my ($r, $uid, $gid, $groups, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  is_deeply([@{$r->{is}}{qw(Uid Gid Groups)}], [join(' ', ($uid) x 4), join(' ', ($gid) x 4), $groups], $name) or diag($r->{err});
}

# ---- the ids stay as they are ----

page_says('Without any of these four options, the ids stay as they are.');
my $unchanged = run(@look)->{out};
is(run(bin('s6-applyuidgid'), @look)->{out}, $unchanged, 'without options nothing changes');
is(run(bin('s6-applyuidgid'), '-z', '--keep-groups', @look)->{out}, $unchanged, 'options that are about other things than ids change no id');
page_says('has the exit code of prog, unless one of these comes first');
is(run(bin('s6-applyuidgid'), 'sh', '-c', "exit $_")->{code}, $_, "exit $_") for 0, 1, 111, 255;
page_says('was not found.');
is(run(bin('s6-applyuidgid'), 'no-such-program')->{code}, 127, 'a program that is not there');
page_says('prog is looked for in PATH.');
mkdir own_dir() . '/bin' or die;
put_file('bin/greet', "#!/bin/sh\necho greetings\n", 0755);
is(run({ env => { PATH => own_dir() . "/bin:$ENV{PATH}" } }, bin('s6-applyuidgid'), 'greet')->{out}, "greetings\n", 'a program in PATH');
page_says('was found, and cannot be executed.');
is(run(bin('s6-applyuidgid'), own_dir())->{code}, 126, 'a program that cannot be executed');
page_says('leaves all signals as they are.');
my ($mask) = run({ ignore => ['USR1'] }, bin('s6-applyuidgid'), 'grep', '^SigIgn', '/proc/self/status')->{out} =~ /(\w+)$/;
ok(signal_in_mask($mask, 10), 'an ignored signal stays ignored');
is(run({ closed => [0, 1, 2] }, bin('s6-applyuidgid'), 'true')->{code}, 0, 'started with all descriptors closed');
is(run({ fds => { 7 => \*STDIN } }, bin('s6-applyuidgid'), 'sh', '-c', 'ls /proc/$$/fd; :')->{out}, "0\n1\n2\n7\n",
   'descriptors stay as they are');

# ---- the environment ----

my %ids = (UID => 1, GID => 2, GIDLIST => '3,4');
sub variables
{
  my (@options) = @_;
  return join ' ', sort split /\n/, run({ only_env => { %ids, OTHER => 'x', PATH => $ENV{PATH} } }, bin('s6-applyuidgid'), @options, 'env')->{out}
    =~ s/^PATH=.*\n//mr;
}
page_says('Remove the variables UID, GID and GIDLIST for prog.');
is(variables(), 'GID=2 GIDLIST=3,4 OTHER=x UID=1', 'the environment stays');
is(variables($_), 'OTHER=x', "$_: UID, GID and GIDLIST are removed") for '-z', '--clean-env';

page_says('With -U, these variables are read. All three must be set.', 'The user id, in numbers.', 'The group id, in numbers.',
          'The supplementary groups: numbers separated by commas, or nothing.');
page_says('The command line is wrong, or, with -U, a variable is missing or wrong.');
page_says('With 100, the message names the word or the variable that is wrong.');
for my $name (sort keys %ids)
{
  for my $value (undef, 'x', '1x', '-1', ' 1', '4294967295', $name eq 'GIDLIST' ? '1,,2' : '')
  {
    my $what = defined $value ? "$name='$value'" : "without $name";
    my $r = run({ env => { %ids, $name => $value } }, bin('s6-applyuidgid'), '-U', 'echo', 'ran');
    is($r->{code}, 100, "-U $what is wrong");
    like($r->{err}, qr/\As6-applyuidgid: (?:fatal|usage): .*\b$name\b.*\n\z/, 'the message names it');
    is($r->{out}, '', "-U $what: the program is not run");
  }
}

# ---- without privileges ----

page_says('Changing to another id needs the privileges of root.');
page_says('The system refused the change, or the change did not happen.');
page_says('With 111, it names what was tried, and gives the reason of the system.');
{
  # As root, give up everything first; otherwise there is nothing to give up.
  my @under = is_root() ? (can_change_ids() ? (bin('s6-applyuidgid'), '-u', 65533, '-g', 65533, '--') : ()) : ();
  SKIP:
  {
    skip 'needs to be a user other than this root', 8 if is_root() && !@under;
    for my $change (['-u', 0, 'user id'], ['-u', 1, 'user id'], ['-g', 1, 'group id'], ['-G', '1,2', 'supplementary groups'])
    {
      my ($option, $value, $words) = @$change;
      my $r = run(@under, bin('s6-applyuidgid'), $option, $value, 'echo', 'ran');
      is($r->{code}, 111, "$option $value without privileges: exit 111");
      like($r->{err}, qr/\As6-applyuidgid: fatal: unable to set the $words: .+\n\z/, 'the message says what was tried');
      is($r->{out}, '', "$option $value without privileges: the program is not run");
    }
    my $self = is_root() ? 65533 : $>;
    is(run(@under, bin('s6-applyuidgid'), '-u', $self, 'echo', 'ran')->{out}, "ran\n", 'changing to oneself is no change');
  }
}

page_says('as set-user-id programs do.');
if (built_for_linux())
{
  like(run(bin('s6-applyuidgid'), '--no-new-privs', @look)->{out}, qr/^NoNewPrivs:\s*1$/m, '--no-new-privs');
}
else
{
  is(run(bin('s6-applyuidgid'), '--no-new-privs', 'true')->{err}, "s6-applyuidgid: fatal: unable to forbid new privileges: Function not implemented\n",
     'where the system cannot forbid new privileges, nothing is run');
}

# ---- with them ----

SKIP:
{
  skip 'needs the right to change ids', 1 unless can_change_ids();
  my @rich = (under => [bin('s6-applyuidgid'), '-G', '4,5,6', '--']);

  page_says('The real, effective and saved ids all change, so that there is no way back.');
  page_says('Change to this user id, a number from 0 to 4294967294.');
  page_says('When root gives -u or -g without -G or -U, the supplementary groups are dropped: only the group id remains.');
  becomes(apply(['-u', 1000, '-g', 100], @rich), 1000, 100, '100', '-u and -g');
  becomes(apply(['--uid=1000', '--gid=100'], @rich), 1000, 100, '100', '--uid and --gid');
  becomes(apply(['-g', 100], @rich), 0, 100, '100', '-g alone');
  becomes(apply(['-u', 4294967294, '-g', 4294967294], @rich), 4294967294, 4294967294, '4294967294', 'the largest ids');
  page_says('0 is the user id of root.');
  page_says('0 is the group id of root.');
  becomes(apply(['-u', 0, '-g', 0], @rich), 0, 0, '0', '-u 0 and -g 0 are those of root');

  page_says('A warning is written if the user id changes to one that is not root');
  my $alone = apply(['-u', 1000], @rich);
  becomes($alone, 1000, 0, '0', '-u alone');
  like($alone->{err}, qr/\As6-applyuidgid: warning: .*group.*\n\z/, '-u alone: a warning');
  is(apply(['-u', 1000, '-g', 100])->{err}, '', '-u and -g: no warning');

  page_says('Change to these supplementary groups, numbers separated by commas, and the group id.');
  page_says('With an empty list, only the group id remains.');
  becomes(apply(['-u', 1000, '-g', 100, '-G', '7,8'], @rich), 1000, 100, '7 8 100', '-G');
  becomes(apply(['-G', '7'], @rich), 0, 0, '0 7', '-G alone');
  becomes(apply(['-g', 100, "--groups="], @rich), 0, 100, '100', '--groups=');
  becomes(apply(['-u', 1000, '-g', 100, '-G', join(',', 1 .. 200)]), 1000, 100, join(' ', 1 .. 200), 'a long list');

  page_says('Keep the supplementary groups where -u or -g alone would have them dropped.');
  becomes(apply(['-u', 1000, '-g', 100, '--keep-groups'], @rich), 1000, 100, '0 4 5 6', '--keep-groups');

  page_says('Change to the ids in the variables UID, GID and GIDLIST.');
  page_says('override it if they come after it.');
  my %env = (env => { UID => 1000, GID => 100, GIDLIST => '7,8' });
  becomes(apply(['-U'], @rich, %env), 1000, 100, '7 8 100', '-U');
  becomes(apply(['--env-ids'], @rich, env => { %{$env{env}}, GIDLIST => '' }), 1000, 100, '100', '--env-ids with an empty list');
  becomes(apply(['-U', '-u', 2000], @rich, %env), 2000, 100, '7 8 100', '-U -u');
  becomes(apply(['-u', 2000, '-U'], @rich, %env), 1000, 100, '7 8 100', '-u -U');
  becomes(apply(['-U', '-g', 200, '-G', 9], @rich, %env), 1000, 200, '9 200', '-U -g -G');
  becomes(apply(['-Uz'], @rich, %env), 1000, 100, '7 8 100', '-Uz');
  page_says('If an option is given twice, the last one counts.');
  becomes(apply(['-u', 1, '-u', 2, '-g', 3, '-g', 4]), 2, 4, '4', 'the last -u and the last -g count');

  # There is no way back.
  my $back = run(bin('s6-applyuidgid'), '-u', 1000, '-g', 100, $^X, '-e', '$< = 0; $> = 0; $( = 0; $) = "0 0"; print "$< $> $( $)"');
  unlike($back->{out}, qr/\b0\b/, 'nothing brings root back');

  page_says('If any of this fails, or if the way back to root is still open, prog is not run.');
  SKIP:
  {
    my $setpriv = tool('setpriv');
    skip 'setpriv, to keep capabilities with, is not installed', 2 unless $setpriv;
    # "no setuid fixup" leaves the capability to change ids with a user who is not root.
    my @keeps = ($setpriv, '--securebits', '+no_setuid_fixup', '--');
    skip 'securebits cannot be set here', 2 if run(@keeps, 'true')->{code};
    my $r = run(@keeps, bin('s6-applyuidgid'), '-u', 1000, '-g', 100, 'echo', 'ran');
    is($r->{code}, 111, 'a user who keeps the capability could come back: exit 111');
    is($r->{out}, '', 'a user who keeps the capability could come back: the program is not run');
  }
}

# ---- who is that already ----

page_says('If the ids are already the wanted ones, no privilege is needed.');
SKIP:
{
  skip 'changing ids takes root', 8 unless can_change_ids();
  my $as = sub { my ($groups) = @_; return (before => sub { $) = "60001 $groups"; $( = 60001; ($<, $>) = (60001, 60001) }) };
  for my $options (['-u', 60001, '-g', 60001], ['-u', 60001, '-g', 60001, '-G', ''], ['-G', ''], ['-u', 60001])
  {
    is(apply($options, $as->('60001'))->{code}, 0, "as 60001: @$options");
  }
  becomes(apply(['-u', 60001, '-g', 60001, '-G', '60005,60006'], $as->('60006 60005')), 60001, 60001, '60005 60006', 'with the same groups');
  for my $options (['-u', 60002], ['-g', 60002], ['-G', '60005'])
  {
    my $r = apply($options, $as->('60001'));
    is($r->{code}, 111, "@$options takes a right that 60001 does not have");
  }

  my @alone = (tool('unshare') // 'unshare', '-U', '-r');
  skip 'there are no user namespaces here', 3 unless run(@alone, 'true')->{code} == 0;
  my @grouped = (before => sub { $) = '0 60005 60006' });
  my $r = apply(['-u', 0, '-g', 0], @grouped, under => \@alone);
  is($r->{err}, "s6-applyuidgid: fatal: unable to set the supplementary groups, which this user namespace forbids (--keep-groups leaves them as they are): Operation not permitted\n",
    'a user namespace without groups');
  is(apply(['-u', 0, '-g', 0, '--keep-groups'], @grouped, under => \@alone)->{code}, 0, 'where --keep-groups helps');
  $r = apply(['-u', 0, '-g', 0, '-G', '5'], @grouped, under => \@alone);
  is($r->{err}, "s6-applyuidgid: fatal: unable to set the supplementary groups, which this user namespace forbids: Operation not permitted\n", 'groups that a user namespace forbids are an error that names it');
}

done_testing();
