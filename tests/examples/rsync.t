#!/usr/bin/env perl
# examples/rsync: files are copied, and nothing is written or found outside.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

my $rsync = tool('rsync');
skip_all_unless('rsync is installed', $rsync);
skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());

my $dir = own_dir();
my $files = "$dir/files";
mkdir $_ or die for $files, "$files/more", "$dir/got", "$dir/mine", "$dir/links";
my $content = join '', map { chr($_ * 7 % 251) } 1 .. 100_000;
put_file("$files/more/big", $content, 0644);
put_file("$files/small", "hello\n", 0644);
put_file("$dir/secret", "hidden\n", 0644);
put_file("$dir/mine/new", "x\n", 0644);
symlink '../secret', "$files/link" or die;
chmod 0777, $files;  # it is rsync that must not write

my $server = start_example('rsync', FILES => $files);
ok($server->{port}, 'examples/rsync starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'examples/rsync does not run as root');
my $url = "rsync://127.0.0.1:$server->{port}";
sub rsync { return run({ deadline => 60 }, $rsync, '-r', @_) }

like(run($rsync, "$url/")->{out}, qr/^files\s+what there is to copy$/m, 'examples/rsync lists the module files');
my $end = rsync("$url/files/", "$dir/got/");
is($end->{code}, 0, 'rsync copies a tree from examples/rsync') or diag($end->{err}, log_text($server));
is(get_file("$dir/got/small"), "hello\n", 'a tree that is copied from examples/rsync has its small file');
ok(get_file("$dir/got/more/big") eq $content, 'a file of 100000 bytes that is copied from examples/rsync is intact');
isnt(rsync("$dir/mine/", "$url/files/")->{code}, 0, 'rsync cannot write to examples/rsync');
ok(!-e "$files/new", 'a write to examples/rsync makes no file');
$end = rsync('--copy-links', "$url/files/", "$dir/links/");
isnt($end->{code}, 0, 'rsync --copy-links from examples/rsync fails');
like($end->{err}, qr/refuse --copy-links/, 'examples/rsync reports that it refuses --copy-links');
rsync("$url/files/$_", "$dir/links/") for '../secret', '/../secret', 'link', 'more/../../secret';
unlike(join('', map { -f $_ ? get_file($_) : '' } glob "$dir/links/*"), qr/hidden/, 'examples/rsync sends no file outside FILES');

done_testing();
