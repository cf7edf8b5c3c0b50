#!/usr/bin/env perl
# examples/finger: RFC 1288 from a few files, for those that have one and for no other user.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());
my $server = start_example('finger');
ok($server->{port}, 'examples/finger starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'examples/finger does not run as root');

my $users = examples() . '/finger/users';
my $ann = "Ann keeps the bees.\r\nAsk her about honey on Mondays.\r\n";
my $nobody = "There is no such user\r\n";
is(ask($server, send => "ann\r\n"), $ann, 'examples/finger answers with the file of a user');
is(ask($server, send => "/W ann\r\n"), $ann, 'examples/finger answers /W with the file of a user');
is(ask($server, send => "ann\n"), $ann, 'examples/finger answers a question without CR');
my $list = "These users tell something about themselves:\r\nann\r\nbob\r\n";
is(ask($server, send => $_), $list, 'examples/finger lists all users for a question without a name') for "\r\n", "/W\r\n";
is(ask($server), '', 'examples/finger gives no answer without a question');

put_file("$users/.secret", "hidden\n");
put_file("$users/../secret", "hidden\n");
mkdir "$users/group" or die;
for my $name ('carol', '.secret', '../secret', 'users/ann', '.', '..', 'group', '-a', '*', 'an?', 'ann bob', '$(id)', "ann\0/../x", "\xc3\xa4nn")
{
  is(ask($server, send => "$name\r\n"), $nobody, 'examples/finger knows no user of the name ' . $name =~ s/[^ -~]/?/gr) unless $name =~ /\0/;
}
unlike(ask($server, send => "../secret\0\r\n") // '', qr/hidden/, 'examples/finger shows no file outside users for a name with a NUL');
is(ask($server, send => "$_\r\n"), "Finger forwarding service denied\r\n",
  "examples/finger denies to forward $_") for 'ann@elsewhere', '@elsewhere', '/W a@b@c';

put_file("$users/dan", "bell \a escape \e[2J umlaut \xc3\xa4 tab\t.\n");
is(ask($server, send => "dan\r\n"), "bell  escape [2J umlaut  tab\t.\r\n", 'examples/finger leaves out bytes that could harm a terminal');

SKIP:
{
  skip 'this takes a second of processor time, and once is enough', 2 unless variant() eq 'default';
  my $endless = open_client($server);
  my $sent = 0;
  $sent++ while say_to($endless, 'x' x 65536) && $sent < 10000;
  cmp_ok($sent, '<', 10000, 'examples/finger ends the connection of an endless question');
  is(ask($server, send => "ann\r\n"), $ann, 'examples/finger serves other clients after an endless question');
}

done_testing();
