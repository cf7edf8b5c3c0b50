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
  is_deeply([@{$r->{is}}{qw(Uid Gid Groups)}], [join(' ', ($uid) x 4), join(' ', ($gid) x 4), $groups],
            "s6-applyuidgid $name: the program has the expected ids and groups") or diag($r->{err});
}

# ---- the ids stay as they are ----

page_says('Without any of these four options, the ids stay as they are.');
my $unchanged = run(@look)->{out};
is(run(bin('s6-applyuidgid'), @look)->{out}, $unchanged, 's6-applyuidgid without options changes no id');
is(run(bin('s6-applyuidgid'), '-z', '--keep-groups', @look)->{out}, $unchanged, 's6-applyuidgid -z --keep-groups changes no id');
page_says('has the exit code of prog, unless one of these comes first');
is(run(bin('s6-applyuidgid'), 'sh', '-c', "exit $_")->{code}, $_, "s6-applyuidgid has the exit code $_ of its program") for 0, 1, 111, 255;
page_says('was not found.');
is(run(bin('s6-applyuidgid'), 'no-such-program')->{code}, 127, 's6-applyuidgid exits 127 if its program does not exist');
page_says('prog is looked for in PATH.');
mkdir own_dir() . '/bin' or die;
put_file('bin/greet', "#!/bin/sh\necho greetings\n", 0755);
is(run({ env => { PATH => own_dir() . "/bin:$ENV{PATH}" } }, bin('s6-applyuidgid'), 'greet')->{out}, "greetings\n",
   's6-applyuidgid looks for its program in PATH');
page_says('was found, and cannot be executed.');
is(run(bin('s6-applyuidgid'), own_dir())->{code}, 126, 's6-applyuidgid exits 126 if its program cannot be executed');
page_says('leaves all signals as they are.');
my ($mask) = run({ ignore => ['USR1'] }, bin('s6-applyuidgid'), 'grep', '^SigIgn', '/proc/self/status')->{out} =~ /(\w+)$/;
ok(signal_in_mask($mask, 10), 's6-applyuidgid leaves an ignored signal ignored');
is(run({ closed => [0, 1, 2] }, bin('s6-applyuidgid'), 'true')->{code}, 0, 's6-applyuidgid runs its program with all standard descriptors closed');
is(run({ fds => { 7 => \*STDIN } }, bin('s6-applyuidgid'), 'sh', '-c', 'ls /proc/$$/fd; :')->{out}, "0\n1\n2\n7\n",
   's6-applyuidgid leaves the descriptors as they are');

# ---- the environment ----

my %ids = (UID => 1, GID => 2, GIDLIST => '3,4');
sub variables
{
  my (@options) = @_;
  return join ' ', sort split /\n/, run({ only_env => { %ids, OTHER => 'x', PATH => $ENV{PATH} } }, bin('s6-applyuidgid'), @options, 'env')->{out}
    =~ s/^PATH=.*\n//mr;
}
page_says('Remove the variables UID, GID and GIDLIST for prog.');
is(variables(), 'GID=2 GIDLIST=3,4 OTHER=x UID=1', 's6-applyuidgid without options leaves the environment as it is');
is(variables($_), 'OTHER=x', "s6-applyuidgid $_ removes UID, GID and GIDLIST") for '-z', '--clean-env';

page_says('With -U, these variables are read. All three must be set.', 'The user id, in numbers.', 'The group id, in numbers.',
          'The supplementary groups: numbers separated by commas, or nothing.');
page_says('The command line is wrong, or, with -U, a variable is missing or wrong.');
page_says('With 100, the message names the word or the variable that is wrong.');
for my $name (sort keys %ids)
{
  for my $value (undef, 'x', '1x', '-1', ' 1', '4294967295', $name eq 'GIDLIST' ? '1,,2' : '')
  {
    my $what = defined $value ? "with $name='$value'" : "without $name";
    my $r = run({ env => { %ids, $name => $value } }, bin('s6-applyuidgid'), '-U', 'echo', 'ran');
    is($r->{code}, 100, "s6-applyuidgid -U exits 100 $what");
    like($r->{err}, qr/\As6-applyuidgid: (?:fatal|usage): .*\b$name\b.*\n\z/, "s6-applyuidgid -U prints the name of the variable $what");
    is($r->{out}, '', "s6-applyuidgid -U does not run its program $what");
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
      is($r->{code}, 111, "s6-applyuidgid $option $value without privileges exits 111");
      like($r->{err}, qr/\As6-applyuidgid: fatal: unable to set the $words: .+\n\z/,
           "s6-applyuidgid $option $value without privileges prints that it is unable to set the $words");
      is($r->{out}, '', "s6-applyuidgid $option $value without privileges does not run its program");
    }
    my $self = is_root() ? 65533 : $>;
    is(run(@under, bin('s6-applyuidgid'), '-u', $self, 'echo', 'ran')->{out}, "ran\n",
       's6-applyuidgid -u runs its program without privileges if the user id is already the wanted one');
  }
}

page_says('as set-user-id programs do.');
if (built_for_linux())
{
  like(run(bin('s6-applyuidgid'), '--no-new-privs', @look)->{out}, qr/^NoNewPrivs:\s*1$/m, 's6-applyuidgid --no-new-privs forbids new privileges');
}
else
{
  is(run(bin('s6-applyuidgid'), '--no-new-privs', 'true')->{err}, "s6-applyuidgid: fatal: unable to forbid new privileges: Function not implemented\n",
     's6-applyuidgid --no-new-privs is an error where the system cannot forbid new privileges');
}

# ---- with them ----

SKIP:
{
  skip 'needs the right to change ids', 1 unless can_change_ids();
  my @rich = (under => [bin('s6-applyuidgid'), '-G', '4,5,6', '--']);

  page_says('The real, effective and saved ids all change, so that there is no way back.');
  page_says('Change to this user id, a number from 0 to 4294967294.');
  page_says('When root gives -u or -g without -G or -U, the supplementary groups are dropped: only the group id remains.');
  becomes(apply(['-u', 1000, '-g', 100], @rich), 1000, 100, '100', '-u 1000 -g 100 as root with other groups');
  becomes(apply(['--uid=1000', '--gid=100'], @rich), 1000, 100, '100', '--uid=1000 --gid=100 as root with other groups');
  becomes(apply(['-g', 100], @rich), 0, 100, '100', '-g 100 as root with other groups');
  becomes(apply(['-u', 4294967294, '-g', 4294967294], @rich), 4294967294, 4294967294, '4294967294', '-u 4294967294 -g 4294967294');
  page_says('0 is the user id of root.');
  page_says('0 is the group id of root.');
  becomes(apply(['-u', 0, '-g', 0], @rich), 0, 0, '0', '-u 0 -g 0 as root with other groups');

  page_says('A warning is written if the user id changes to one that is not root');
  my $alone = apply(['-u', 1000], @rich);
  becomes($alone, 1000, 0, '0', '-u 1000 as root with other groups');
  like($alone->{err}, qr/\As6-applyuidgid: warning: .*group.*\n\z/, 's6-applyuidgid -u without -g prints a warning about the group');
  is(apply(['-u', 1000, '-g', 100])->{err}, '', 's6-applyuidgid with -u and -g prints no warning');

  page_says('Change to these supplementary groups, numbers separated by commas, and the group id.');
  page_says('With an empty list, only the group id remains.');
  becomes(apply(['-u', 1000, '-g', 100, '-G', '7,8'], @rich), 1000, 100, '7 8 100', '-u 1000 -g 100 -G 7,8');
  becomes(apply(['-G', '7'], @rich), 0, 0, '0 7', '-G 7 as root');
  becomes(apply(['-g', 100, "--groups="], @rich), 0, 100, '100', '-g 100 --groups= as root with other groups');
  becomes(apply(['-u', 1000, '-g', 100, '-G', join(',', 1 .. 200)]), 1000, 100, join(' ', 1 .. 200), '-u 1000 -g 100 -G with 200 groups');

  page_says('Keep the supplementary groups where -u or -g alone would have them dropped.');
  becomes(apply(['-u', 1000, '-g', 100, '--keep-groups'], @rich), 1000, 100, '0 4 5 6', '-u 1000 -g 100 --keep-groups');

  page_says('Change to the ids in the variables UID, GID and GIDLIST.');
  page_says('override it if they come after it.');
  my %env = (env => { UID => 1000, GID => 100, GIDLIST => '7,8' });
  becomes(apply(['-U'], @rich, %env), 1000, 100, '7 8 100', '-U with UID=1000 GID=100 GIDLIST=7,8');
  becomes(apply(['--env-ids'], @rich, env => { %{$env{env}}, GIDLIST => '' }), 1000, 100, '100', '--env-ids with an empty GIDLIST');
  becomes(apply(['-U', '-u', 2000], @rich, %env), 2000, 100, '7 8 100', '-U -u 2000 with UID=1000');
  becomes(apply(['-u', 2000, '-U'], @rich, %env), 1000, 100, '7 8 100', '-u 2000 -U with UID=1000');
  becomes(apply(['-U', '-g', 200, '-G', 9], @rich, %env), 1000, 200, '9 200', '-U -g 200 -G 9 with GID=100 GIDLIST=7,8');
  becomes(apply(['-Uz'], @rich, %env), 1000, 100, '7 8 100', '-Uz with UID=1000 GID=100 GIDLIST=7,8');
  page_says('If an option is given twice, the last one counts.');
  becomes(apply(['-u', 1, '-u', 2, '-g', 3, '-g', 4]), 2, 4, '4', '-u 1 -u 2 -g 3 -g 4');

  # There is no way back.
  my $back = run(bin('s6-applyuidgid'), '-u', 1000, '-g', 100, $^X, '-e', '$< = 0; $> = 0; $( = 0; $) = "0 0"; print "$< $> $( $)"');
  unlike($back->{out}, qr/\b0\b/, 'a program that s6-applyuidgid runs as another user and group is unable to get the ids of root back');

  page_says('If any of this fails, or if the way back to root is still open, prog is not run.');
  SKIP:
  {
    my $setpriv = tool('setpriv');
    skip 'setpriv, to keep capabilities with, is not installed', 2 unless $setpriv;
    # "no setuid fixup" leaves the capability to change ids with a user who is not root.
    my @keeps = ($setpriv, '--securebits', '+no_setuid_fixup', '--');
    skip 'securebits cannot be set here', 2 if run(@keeps, 'true')->{code};
    my $r = run(@keeps, bin('s6-applyuidgid'), '-u', 1000, '-g', 100, 'echo', 'ran');
    is($r->{code}, 111, 's6-applyuidgid exits 111 if the user keeps the capability to change ids');
    is($r->{out}, '', 's6-applyuidgid does not run its program if the user keeps the capability to change ids');
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
    is(apply($options, $as->('60001'))->{code}, 0, "s6-applyuidgid @$options exits 0 as the user 60001, who has these ids already");
  }
  becomes(apply(['-u', 60001, '-g', 60001, '-G', '60005,60006'], $as->('60006 60005')), 60001, 60001, '60005 60006',
    'as a user who has the wanted ids and groups already');
  for my $options (['-u', 60002], ['-g', 60002], ['-G', '60005'])
  {
    my $r = apply($options, $as->('60001'));
    is($r->{code}, 111, "s6-applyuidgid @$options exits 111 as the user 60001, who lacks the right");
  }

  my @alone = (tool('unshare') // 'unshare', '-U', '-r');
  skip 'there are no user namespaces here', 3 unless run(@alone, 'true')->{code} == 0;
  my @grouped = (before => sub { $) = '0 60005 60006' });
  my $r = apply(['-u', 0, '-g', 0], @grouped, under => \@alone);
  is($r->{err}, "s6-applyuidgid: fatal: unable to set the supplementary groups, which this user namespace forbids (--keep-groups leaves them as they are): Operation not permitted\n",
    's6-applyuidgid -u 0 -g 0 reports that a user namespace forbids groups, and how to keep them');
  is(apply(['-u', 0, '-g', 0, '--keep-groups'], @grouped, under => \@alone)->{code}, 0,
     's6-applyuidgid -u 0 -g 0 --keep-groups exits 0 in a user namespace that forbids groups');
  $r = apply(['-u', 0, '-g', 0, '-G', '5'], @grouped, under => \@alone);
  is($r->{err}, "s6-applyuidgid: fatal: unable to set the supplementary groups, which this user namespace forbids: Operation not permitted\n",
     's6-applyuidgid -G reports that a user namespace forbids groups');
}

done_testing();
