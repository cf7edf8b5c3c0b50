#!/usr/bin/env perl
# s6-envuidgid: what is exported for which account.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $program = bin('s6-envuidgid');
my ($user, $uid, $gid) = (getpwuid(1))[0, 2, 3];
plan skip_all => 'there is no user with id 1 here' unless defined $user;
my ($group, $group_id) = (defined getgrgid(8) ? getgrgid(8) : getgrgid($gid))[0, 2];
page('s6-envuidgid');

# The three variables as the program sees them, - for one that is not set.
sub exported
{
  my ($env, @words) = @_;
  my $run = run({ env => { UID => undef, GID => undef, GIDLIST => undef, %$env } }, $program, @words, 'env');
  return "exit $run->{code}" if $run->{code};
  my %seen = map { /^(UID|GID|GIDLIST)=(.*)/ ? ($1, $2) : () } split /\n/, $run->{out};
  return join ' ', map { $seen{$_} // '-' } qw(UID GID GIDLIST);
}

# What the databases say of the groups of a user besides the primary one.
sub other_groups
{
  my ($name, $primary) = @_;
  my @ids;
  setgrent;
  while (my (undef, undef, $id, $members) = getgrent)
  {
    push @ids, $id if $id != $primary && grep { $_ eq $name } split ' ', $members;
  }
  return join ',', sort { $a <=> $b } @ids;
}

my $others = other_groups($user, $gid);
page_says('Without options, account is the name of a user.');
page_says('Set to the user id.');
page_says("Set to the id of the user's primary group, or of the group.");
is(exported({}, $user), "$uid $gid $others", 's6-envuidgid sets UID, GID and GIDLIST of a user');

page_says('Set to the ids of the other groups that list the user, separated by commas; it may be empty.');
my @users;
setpwent;
while (my @one = getpwent) { push @users, [@one[0, 3]] }
for my $one (@users)
{
  my $wanted = other_groups(@$one);
  next unless length $wanted;
  my (undef, undef, $list) = split / /, exported({}, $one->[0]), 3;
  is(join(',', sort { $a <=> $b } split /,/, $list), $wanted, "s6-envuidgid sets GIDLIST to the other groups of the user $one->[0]");
}

page_says('account is a user: set UID only.');
is(exported({}, '-u', $user), "$uid - -", 's6-envuidgid -u sets UID only');
page_says('account is a group: set GID only.');
is(exported({}, '-g', $group), "- $group_id -", 's6-envuidgid -g sets GID only');
page_says('set UID and GID.');
is(exported({}, $_, "$user:$group"), "$uid $group_id -", "s6-envuidgid $_ sets UID and GID") for '-B', '--both';
page_says('A variable that the options do not ask for is left as it was.');
is(exported({ GID => 'g', GIDLIST => 'l' }, '-u', $user), "$uid g l", 's6-envuidgid -u leaves GID and GIDLIST as they were');
is(exported({ UID => 'u', GIDLIST => 'l' }, '-g', $group), "u $group_id l", 's6-envuidgid -g leaves UID and GIDLIST as they were');
is(exported({ GIDLIST => 'l' }, '-B', "$user:$group"), "$uid $group_id l", 's6-envuidgid -B leaves GIDLIST as it was');
page_says('Of -u, -g and -B the last one counts, and so of -i and -D.');
is(exported({}, '-gBu', $user), "$uid - -", 's6-envuidgid -gBu does as -u: the last one of the options counts');
is(exported({}, '-D', '7:8:9', '-i', 'no such user'), 'exit 1', 's6-envuidgid exits 1 if an account is unknown with -i after -D');
is(exported({}, '-i', '-D', '7:8:9', 'no such user'), '7 8 9', 's6-envuidgid exports the ids of -D after -i if an account is unknown');

page_says('Exit 1 if account is unknown.');
is(exported({}, 'no such user'), 'exit 1', 's6-envuidgid exits 1 with an unknown user');
is(exported({}, '-g', 'no such group'), 'exit 1', 's6-envuidgid -g exits 1 with an unknown group');
is(exported({}, '-B', "$user:no such group"), 'exit 1', 's6-envuidgid -B exits 1 with a known user and an unknown group');
like(run($program, 'no such user', 'true')->{err}, qr/\As6-envuidgid: fatal: unknown user: no such user\n\z/,
     's6-envuidgid names an unknown user in its error');

page_says('Export these ids for an account that is unknown.');
is(exported({}, '-D', '5:6:7,8', 'no such user'), '5 6 7,8', 's6-envuidgid -D exports a user id, a group id and a list for an unknown user');
page_says('Fields may be missing at the end: a missing id is 0, a missing list is empty.');
is(exported({}, '-D', '5', 'no such user'), '5 0 ',
   's6-envuidgid -D with a user id alone exports the group id 0 and an empty list for an unknown user');
is(exported({}, '-uD5:6:', 'no such user'), '5 - -', 's6-envuidgid -uD exports the user id only for an unknown user');
is(exported({}, '-D', '5:6:7', $user), "$uid $gid $others", 's6-envuidgid -D exports the ids of a known user');
page_says('Both halves must be given, unless -D gives what a missing one means.');
is(exported({}, '-B', $user), 'exit 100', 's6-envuidgid -B exits 100 with a user and no group');
is(exported({}, '-B', ":$group"), 'exit 100', 's6-envuidgid -B exits 100 with a group and no user');
is(exported({}, '-B', '-D', '5:6', "$user:"), "$uid 6 -", 's6-envuidgid -B -D exports the group id of -D with a user and no group');

page_says('Read an unknown name as a number.');
is(exported({}, '-nu', '12345'), '12345 - -', 's6-envuidgid -nu reads an unknown user as a number');
is(exported({}, '-ng', '12345'), '- 12345 -', 's6-envuidgid -ng reads an unknown group as a number');
is(exported({}, '-nB', '12345:23456'), '12345 23456 -', 's6-envuidgid -nB reads an unknown user and an unknown group as numbers');
is(exported({}, '-nu', $user), "$uid - -", 's6-envuidgid -nu exports the user id of a known user');
page_says('one without is a user, by name or by a user id that the database knows.');
is(exported({}, '-n', '12345:23456'), '12345 23456 -', 's6-envuidgid -n reads two numbers with a colon as a user and a group');
is(exported({}, '-n', $uid), "$uid $gid $others", 's6-envuidgid -n exports the ids and groups of a user id that the database knows');
page_says('A number that is no id is unknown.');
is(exported({}, '-nu', $_), 'exit 1', "s6-envuidgid -nu exits 1 with '$_', which is no id") for '4294967295', '4294967296', '99999999999999999999',
   '1x', '';
is(exported({}, '-nu', '--', '-1'), 'exit 1', 's6-envuidgid -nu exits 1 with a negative number');

page_says('The command line is wrong.');
is(run($program, @$_)->{code}, 100, "s6-envuidgid exits 100 with a wrong command line: @$_")
  for [], [$user], [$user, ''], ['-D', 'x', $user, 'true'], ['-D', '1:2:3,x', $user, 'true'], ['-D', '1:2:3:4', $user, 'true'], ['-D'], ['-x', $user, 'true'];
page_says('prog was not found.');
is(run($program, $user, 'no-such-program')->{code}, 127, 's6-envuidgid exits 127 if its program does not exist');

done_testing;
