#!/usr/bin/env perl
# examples/gopher: RFC 1436 menus, text and files of a directory, and no way out of it.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());
my $hole = examples() . '/gopher/hole';
put_file("$hole/../secret.txt", "hidden\n");
put_file("$hole/.hidden.txt", "hidden\n");
mkdir "$hole/.git" or die;
put_file("$hole/.git/config", "hidden\n");
symlink '../secret.txt', "$hole/link.txt" or die;
symlink '..', "$hole/up" or die;
put_file("$hole/a b.bin", "\0\1\r\n.\n\xff");
put_file("$hole/-n.txt", "..\n.a\nb.\n");
put_file("$hole/poems/evil\tname.txt", "x\n");
mkdir "$hole/empty" or die;

my $server = start_example('gopher');
ok($server->{port}, 'it starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'not as root');
my $here = "127.0.0.1\t$server->{port}";
my $nothing = "3There is nothing here of that name\t\t$here\r\n.\r\n";
sub menu { return join('', map { "$_\t$here\r\n" } @_) . ".\r\n" }
sub get { return ask($server, send => "$_[0]\r\n") }

my $top = menu("0-n.txt\t/-n.txt", "9a b.bin\t/a b.bin", "0about.txt\t/about.txt", "1empty\t/empty", "1poems\t/poems");
is(get($_), $top, "the menu, asked for by '$_'") for '', '/', '//';
is(get("\tsearch"), $top, 'what follows a tab is not for us');
is(get('/poems'), menu("0doors.txt\t/poems/doors.txt"), 'a directory; a name that would break the menu is not in it');
is(get('poems/'), menu("0doors.txt\t/poems/doors.txt"), 'spelled otherwise');
is(get('/empty'), ".\r\n", 'an empty directory');
is(get('/about.txt'), "Welcome to the hole.\r\n..\r\nThe line above is a dot, and not the end.\r\n.\r\n", 'text, with the dots of the protocol');
is(get('/poems/doors.txt'), "A port, a door, a key:\r\nall three are small.\r\n.\r\n", 'text in a directory');
is(get('/-n.txt'), "...\r\n..a\r\nb.\r\n.\r\n", 'a name that looks like an option');
is(get('/a b.bin'), "\0\1\r\n.\n\xff", 'a file that is not text, byte by byte');
is(ask($server), '', 'no request, no answer');

for my $selector ('nonesuch', '..', '../secret.txt', '/../secret.txt', '/poems/../../secret.txt', 'poems/..', '/./about.txt', '//poems//doors.txt',
  '.hidden.txt', '.git', '.git/config', 'link.txt', 'up', 'up/secret.txt', 'about.txt/x', '*', 'po?ms', '$(id)', 'poems/evil', '/etc/passwd')
{
  is(get($selector), $nothing, "there is no $selector");
}
my $file = $hole =~ s{/[^/]*\z}{/secret.txt}r;
is(get($file), $nothing, 'nor anything by its full path');

SKIP:
{
  my $curl = tool('curl');
  skip 'curl, with gopher, is not installed', 1 unless $curl && run($curl, '--version')->{out} =~ /^Protocols:.*\bgopher\b/m;
  is(run($curl, '-s', "gopher://127.0.0.1:$server->{port}/0/poems/doors.txt")->{out}, "A port, a door, a key:\r\nall three are small.\r\n.\r\n", 'curl gets it');
}

my $named = start_example('gopher', GOPHER_HOST => 'gopher.example', HOLE => "$hole/poems");
is(ask($named, send => "\r\n"), "0doors.txt\t/doors.txt\tgopher.example\t$named->{port}\r\n.\r\n", 'another name, another directory');

done_testing();
