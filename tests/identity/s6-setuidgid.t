#!/usr/bin/env perl
# s6-setuidgid: who the program runs as.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $program = bin('s6-setuidgid');
my ($user, $uid, $gid) = (getpwuid(1))[0, 2, 3];
plan skip_all => 'there is no user with id 1 here' unless defined $user;
my ($group, $group_id) = (defined getgrgid(8) ? getgrgid(8) : getgrgid($gid))[0, 2];
page('s6-setuidgid');

page_says('If account is empty, the ids stay as they are, and s6-setuidgid becomes prog at once.');
is(run($program, '', 'id')->{out}, run('id')->{out}, 'an empty account');
page_says('The account is unknown.');
for my $unknown ('no such user', "$user:no such group", 'no such user:1', '12345678', '4294967296:1', '1:-1')
{
  my $run = run($program, $unknown, 'id');
  is("$run->{code} $run->{out}", '1 ', "account '$unknown'");
  like($run->{err}, qr/\As6-setuidgid: fatal: unknown (user|group): /, 'an unknown user or group is named as what it is');
}
page_says('The command line is wrong.');
is(run($program, @$_)->{code}, 100, "@$_") for [], [$user], [$user, ''], ['1:', 'id'], [':1', 'id'], ['--x', $user, 'id'];

SKIP:
{
  skip 'changing ids takes root', 1 unless can_change_ids();
  my @who = ('sh', '-c', 'echo $(id -u):$(id -g) $(id -G)');
  page_says('The name of a user, or a user id that the database knows: its user id, its primary group and all groups that list it.');
  my $wanted = run('id', $user)->{out};
  is(run($program, $user, 'id')->{out}, $wanted, 'a name');
  is(run($program, $uid, 'id')->{out}, $wanted, 'a number');
  is(run($program, '--', $user, 'id')->{out}, $wanted, 'after --');
  page_says('Names or numbers: this user id, this group id and no other group.');
  is(run($program, $_, @who)->{out}, "$uid:$group_id $group_id\n", $_) for "$user:$group", "$uid:$group_id", "$user:$group_id", "$uid:$group";
  is(run($program, '12345:23456', @who)->{out}, "12345:23456 23456\n", 'numbers that no one knows');
  my %env = (UID => 'u', GID => 'g', GIDLIST => 'l', KEPT => 'k');
  my $left = sub { join ' ', sort grep { /^(UID|GID|GIDLIST|KEPT)=/ } split /\n/, run({ env => \%env }, $program, $_[0], 'env')->{out} };
  page_says('If account is a user alone, UID, GID and GIDLIST are removed.');
  is($left->($user), 'KEPT=k', 'removed');
  page_says('Other variables are left as they were.');
  is($left->("$uid:$gid"), 'GID=g GIDLIST=l KEPT=k UID=u', 'left');
  is(run({ env => { PATH => '/usr/bin:/bin' } }, $program, $user, 'no-such-program')->{code}, 127, 'no program');
}

done_testing;
