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
ok($server->{port}, 'examples/gopher starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'examples/gopher does not run as root');
my $here = "127.0.0.1\t$server->{port}";
my $nothing = "3There is nothing here of that name\t\t$here\r\n.\r\n";
sub menu { return join('', map { "$_\t$here\r\n" } @_) . ".\r\n" }
sub get { return ask($server, send => "$_[0]\r\n") }

my $top = menu("0-n.txt\t/-n.txt", "9a b.bin\t/a b.bin", "0about.txt\t/about.txt", "1empty\t/empty", "1poems\t/poems");
is(get($_), $top, "examples/gopher sends the menu for the selector '$_'") for '', '/', '//';
is(get("\tsearch"), $top, 'examples/gopher ignores what follows a tab in a selector');
is(get('/poems'), menu("0doors.txt\t/poems/doors.txt"), 'examples/gopher leaves a name with a tab out of the menu of a directory');
is(get('poems/'), menu("0doors.txt\t/poems/doors.txt"), 'examples/gopher takes poems/ for /poems');
is(get('/empty'), ".\r\n", 'examples/gopher sends an empty menu for an empty directory');
is(get('/about.txt'), "Welcome to the hole.\r\n..\r\nThe line above is a dot, and not the end.\r\n.\r\n",
  'examples/gopher doubles a dot at the start of a line of text');
is(get('/poems/doors.txt'), "A port, a door, a key:\r\nall three are small.\r\n.\r\n", 'examples/gopher sends a text file in a directory');
is(get('/-n.txt'), "...\r\n..a\r\nb.\r\n.\r\n", 'examples/gopher sends a file whose name looks like an option');
is(get('/a b.bin'), "\0\1\r\n.\n\xff", 'examples/gopher sends a file that is not text byte by byte');
is(ask($server), '', 'examples/gopher gives no answer without a request');

for my $selector ('nonesuch', '..', '../secret.txt', '/../secret.txt', '/poems/../../secret.txt', 'poems/..', '/./about.txt', '//poems//doors.txt',
  '.hidden.txt', '.git', '.git/config', 'link.txt', 'up', 'up/secret.txt', 'about.txt/x', '*', 'po?ms', '$(id)', 'poems/evil', '/etc/passwd')
{
  is(get($selector), $nothing, "examples/gopher sends an error for the selector $selector");
}
my $file = $hole =~ s{/[^/]*\z}{/secret.txt}r;
is(get($file), $nothing, 'examples/gopher sends an error for the full path of a file');

SKIP:
{
  my $curl = tool('curl');
  skip 'curl, with gopher, is not installed', 1 unless $curl && run($curl, '--version')->{out} =~ /^Protocols:.*\bgopher\b/m;
  is(run($curl, '-s', "gopher://127.0.0.1:$server->{port}/0/poems/doors.txt")->{out}, "A port, a door, a key:\r\nall three are small.\r\n.\r\n",
    'curl gets a text file from examples/gopher');
}

my $named = start_example('gopher', GOPHER_HOST => 'gopher.example', HOLE => "$hole/poems");
is(ask($named, send => "\r\n"), "0doors.txt\t/doors.txt\tgopher.example\t$named->{port}\r\n.\r\n",
  'examples/gopher takes its name from GOPHER_HOST and its directory from HOLE');

done_testing();
