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
is(exported({}, $user), "$uid $gid $others", 'all three');

page_says('Set to the ids of the other groups that list the user, separated by commas; it may be empty.');
my @users;
setpwent;
while (my @one = getpwent) { push @users, [@one[0, 3]] }
for my $one (@users)
{
  my $wanted = other_groups(@$one);
  next unless length $wanted;
  my (undef, undef, $list) = split / /, exported({}, $one->[0]), 3;
  is(join(',', sort { $a <=> $b } split /,/, $list), $wanted, "the groups of $one->[0]");
}

page_says('account is a user: set UID only.');
is(exported({}, '-u', $user), "$uid - -", '-u');
page_says('account is a group: set GID only.');
is(exported({}, '-g', $group), "- $group_id -", '-g');
page_says('set UID and GID.');
is(exported({}, $_, "$user:$group"), "$uid $group_id -", $_) for '-B', '--both';
page_says('A variable that the options do not ask for is left as it was.');
is(exported({ GID => 'g', GIDLIST => 'l' }, '-u', $user), "$uid g l", 'with -u');
is(exported({ UID => 'u', GIDLIST => 'l' }, '-g', $group), "u $group_id l", 'with -g');
is(exported({ GIDLIST => 'l' }, '-B', "$user:$group"), "$uid $group_id l", 'with -B');
page_says('Of -u, -g and -B the last one counts, and so of -i and -D.');
is(exported({}, '-gBu', $user), "$uid - -", 'the last of three');
is(exported({}, '-D', '7:8:9', '-i', 'no such user'), 'exit 1', '-i after -D');
is(exported({}, '-i', '-D', '7:8:9', 'no such user'), '7 8 9', '-D after -i');

page_says('Exit 1 if account is unknown.');
is(exported({}, 'no such user'), 'exit 1', 'an unknown user');
is(exported({}, '-g', 'no such group'), 'exit 1', 'an unknown group');
is(exported({}, '-B', "$user:no such group"), 'exit 1', 'half unknown');
like(run($program, 'no such user', 'true')->{err}, qr/\As6-envuidgid: fatal: unknown user: no such user\n\z/, 'an unknown user is named in the error');

page_says('Export these ids for an account that is unknown.');
is(exported({}, '-D', '5:6:7,8', 'no such user'), '5 6 7,8', 'all fields');
page_says('Fields may be missing at the end: a missing id is 0, a missing list is empty.');
is(exported({}, '-D', '5', 'no such user'), '5 0 ', 'one field');
is(exported({}, '-uD5:6:', 'no such user'), '5 - -', 'with -u');
is(exported({}, '-D', '5:6:7', $user), "$uid $gid $others", 'a known account needs none');
page_says('Both halves must be given, unless -D gives what a missing one means.');
is(exported({}, '-B', $user), 'exit 100', 'no group');
is(exported({}, '-B', ":$group"), 'exit 100', 'no user');
is(exported({}, '-B', '-D', '5:6', "$user:"), "$uid 6 -", 'a default for the group');

page_says('Read an unknown name as a number.');
is(exported({}, '-nu', '12345'), '12345 - -', 'a user');
is(exported({}, '-ng', '12345'), '- 12345 -', 'a group');
is(exported({}, '-nB', '12345:23456'), '12345 23456 -', 'both');
is(exported({}, '-nu', $user), "$uid - -", 'a name that is known');
page_says('one without is a user, by name or by a user id that the database knows.');
is(exported({}, '-n', '12345:23456'), '12345 23456 -', 'a colon');
is(exported({}, '-n', $uid), "$uid $gid $others", 'a known id');
page_says('A number that is no id is unknown.');
is(exported({}, '-nu', $_), 'exit 1', "'$_'") for '4294967295', '4294967296', '99999999999999999999', '1x', '';
is(exported({}, '-nu', '--', '-1'), 'exit 1', 'a sign');

page_says('The command line is wrong.');
is(run($program, @$_)->{code}, 100, "@$_")
  for [], [$user], [$user, ''], ['-D', 'x', $user, 'true'], ['-D', '1:2:3,x', $user, 'true'], ['-D', '1:2:3:4', $user, 'true'], ['-D'], ['-x', $user, 'true'];
page_says('prog was not found.');
is(run($program, $user, 'no-such-program')->{code}, 127, 'no program');

done_testing;
