#!/usr/bin/env perl
# examples/finger: RFC 1288 from a few files, for those that have one and for no other user.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());
my $server = start_example('finger');
ok($server->{port}, 'it starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'not as root');

my $users = examples() . '/finger/users';
my $ann = "Ann keeps the bees.\r\nAsk her about honey on Mondays.\r\n";
my $nobody = "There is no such user\r\n";
is(ask($server, send => "ann\r\n"), $ann, 'a user who has a file');
is(ask($server, send => "/W ann\r\n"), $ann, 'at length');
is(ask($server, send => "ann\n"), $ann, 'asked without CR');
my $list = "These users tell something about themselves:\r\nann\r\nbob\r\n";
is(ask($server, send => $_), $list, 'all of them') for "\r\n", "/W\r\n";
is(ask($server), '', 'no question, no answer');

put_file("$users/.secret", "hidden\n");
put_file("$users/../secret", "hidden\n");
mkdir "$users/group" or die;
for my $name ('carol', '.secret', '../secret', 'users/ann', '.', '..', 'group', '-a', '*', 'an?', 'ann bob', '$(id)', "ann\0/../x", "\xc3\xa4nn")
{
  is(ask($server, send => "$name\r\n"), $nobody, 'nobody has a file of the name ' . $name =~ s/[^ -~]/?/gr) unless $name =~ /\0/;
}
unlike(ask($server, send => "../secret\0\r\n") // '', qr/hidden/, 'a NUL does not help');
is(ask($server, send => "$_\r\n"), "Finger forwarding service denied\r\n", "$_ is not passed on") for 'ann@elsewhere', '@elsewhere', '/W a@b@c';

put_file("$users/dan", "bell \a escape \e[2J umlaut \xc3\xa4 tab\t.\n");
is(ask($server, send => "dan\r\n"), "bell  escape [2J umlaut  tab\t.\r\n", 'what could do harm to a terminal is left out');

SKIP:
{
  skip 'this takes a second of processor time, and once is enough', 2 unless variant() eq 'default';
  my $endless = open_client($server);
  my $sent = 0;
  $sent++ while say_to($endless, 'x' x 65536) && $sent < 10000;
  cmp_ok($sent, '<', 10000, 'an endless question comes to an end');
  is(ask($server, send => "ann\r\n"), $ann, 'for the others, nothing has changed');
}

done_testing();
