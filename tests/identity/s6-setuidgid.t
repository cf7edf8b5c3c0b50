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
is(run($program, '', 'id')->{out}, run('id')->{out}, 's6-setuidgid with an empty account leaves the ids as they are');
page_says('The account is unknown.');
for my $unknown ('no such user', "$user:no such group", 'no such user:1', '12345678', '4294967296:1', '1:-1')
{
  my $run = run($program, $unknown, 'id');
  is("$run->{code} $run->{out}", '1 ', "s6-setuidgid exits 1 and does not run its program with the unknown account '$unknown'");
  like($run->{err}, qr/\As6-setuidgid: fatal: unknown (user|group): /,
       "s6-setuidgid prints that a user or a group is unknown with the account '$unknown'");
}
page_says('The command line is wrong.');
is(run($program, @$_)->{code}, 100, "s6-setuidgid exits 100 with a wrong command line: @$_")
  for [], [$user], [$user, ''], ['1:', 'id'], [':1', 'id'], ['--x', $user, 'id'];

SKIP:
{
  skip 'changing ids takes root', 1 unless can_change_ids();
  my @who = ('sh', '-c', 'echo $(id -u):$(id -g) $(id -G)');
  page_says('The name of a user, or a user id that the database knows: its user id, its primary group and all groups that list it.');
  my $wanted = run('id', $user)->{out};
  is(run($program, $user, 'id')->{out}, $wanted, 's6-setuidgid gives its program the ids and groups of a user by name');
  is(run($program, $uid, 'id')->{out}, $wanted, 's6-setuidgid gives its program the ids and groups of a user by user id');
  is(run($program, '--', $user, 'id')->{out}, $wanted, 's6-setuidgid gives its program the ids and groups of a user after --');
  page_says('Names or numbers: this user id, this group id and no other group.');
  is(run($program, $_, @who)->{out}, "$uid:$group_id $group_id\n", "s6-setuidgid $_ gives its program this user id, this group id and no other group")
    for "$user:$group", "$uid:$group_id", "$user:$group_id", "$uid:$group";
  is(run($program, '12345:23456', @who)->{out}, "12345:23456 23456\n",
     's6-setuidgid 12345:23456 gives its program these ids, which the databases do not know');
  my %env = (UID => 'u', GID => 'g', GIDLIST => 'l', KEPT => 'k');
  my $left = sub { join ' ', sort grep { /^(UID|GID|GIDLIST|KEPT)=/ } split /\n/, run({ env => \%env }, $program, $_[0], 'env')->{out} };
  page_says('If account is a user alone, UID, GID and GIDLIST are removed.');
  is($left->($user), 'KEPT=k', 's6-setuidgid with a user alone removes UID, GID and GIDLIST');
  page_says('Other variables are left as they were.');
  is($left->("$uid:$gid"), 'GID=g GIDLIST=l KEPT=k UID=u', 's6-setuidgid with a user and a group leaves UID, GID and GIDLIST');
  is(run({ env => { PATH => '/usr/bin:/bin' } }, $program, $user, 'no-such-program')->{code}, 127,
     's6-setuidgid exits 127 if its program does not exist');
}

done_testing;
