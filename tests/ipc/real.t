#!/usr/bin/env perl
# s6-ipcserver with programs and clients that were not written for it: rsync, git, a web server, curl, socat,
# s6-ipcclient.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

my $dir = own_dir();
my $socat = tool('socat');
my $big = join '', map { "line $_ of a file that takes more than one packet\n" } 1 .. 20_000;

sub serve { my ($options, $prog, %how) = @_; return start_server($options, $prog, path => unix_path(), %how) }

# ---- rsync ----

SKIP:
{
  skip 'rsync is not installed', 4 unless tool('rsync');
  skip 'socat is not installed', 4 unless $socat;
  mkdir "$dir/$_" or die for 'module', 'copy', 'upload';
  put_file('module/file', $big);
  put_file('upload/new', $big x 2);
  put_file('rsyncd.conf', "use chroot = no\n" . (is_root() ? "uid = 0\ngid = 0\n" : '') . "[module]\npath = $dir/module\nread only = no\n");
  my $server = serve(['-v'], ['rsync', '--daemon', "--config=$dir/rsyncd.conf"]);
  my %through = (env => { RSYNC_CONNECT_PROG => "$socat - UNIX-CONNECT:$server->{path}" });
  is(run(\%through, 'rsync', 'rsync://sallyport/module/file', "$dir/copy/")->{code}, 0,
    'rsync fetches a file from an rsync daemon that s6-ipcserver runs');
  is(get_file("$dir/copy/file"), $big, 'rsync fetches a whole file through s6-ipcserver');
  is(run(\%through, 'rsync', '-z', "$dir/upload/new", 'rsync://sallyport/module/')->{code}, 0,
    'rsync sends a file to an rsync daemon that s6-ipcserver runs');
  is(get_file("$dir/module/new"), $big x 2, 'rsync sends a whole file through s6-ipcserver');
}

# ---- git ----

SKIP:
{
  my $git = tool('git');
  skip 'git is not installed', 4 unless $git && tool('git-daemon');
  skip 'socat is not installed', 4 unless $socat;
  my %git = (env => { HOME => $dir, GIT_CONFIG_NOSYSTEM => 1, GIT_AUTHOR_NAME => 'A', GIT_AUTHOR_EMAIL => 'a@example.org', GIT_COMMITTER_NAME => 'A',
                      GIT_COMMITTER_EMAIL => 'a@example.org' });
  my $do = sub { my $r = run({ %git, deadline => 60 }, $git, @_); diag(explain($r)) unless defined $r->{code} && $r->{code} == 0; $r };
  $do->('init', '-q', "$dir/origin");
  put_file('origin/file', $big);
  put_file('origin/other', 'other');
  $do->('-C', "$dir/origin", 'add', '.');
  $do->('-C', "$dir/origin", 'commit', '-q', '-m', 'first');
  my $server = serve(['-v'], [$git, 'daemon', '--inetd', '--export-all', '--enable=receive-pack', "--base-path=$dir"], env => $git{env});
  put_file('proxy', "#!/bin/sh\nexec $socat - UNIX-CONNECT:$server->{path}\n", 0755);
  my @through = ('-c', "core.gitProxy=$dir/proxy");
  is($do->(@through, 'clone', '-q', 'git://sallyport/origin', "$dir/clone")->{code}, 0, 'git clones from a git daemon that s6-ipcserver runs')
    or diag(log_text($server)), skip 'there is no clone', 3;
  is(get_file("$dir/clone/file"), $big, 'git clones a whole file through s6-ipcserver');
  put_file('clone/file', 'changed');
  $do->('-C', "$dir/clone", 'commit', '-q', '-a', '-m', 'second');
  is($do->(@through, '-C', "$dir/clone", 'push', '-q', 'origin', 'HEAD:refs/heads/pushed')->{code}, 0,
    'git pushes to a git daemon that s6-ipcserver runs');
  is($do->('-C', "$dir/origin", 'show', 'pushed:file')->{out}, 'changed', 'git pushes a whole change through s6-ipcserver');
}

# ---- the web ----

SKIP:
{
  skip 'curl is not installed', 3 unless tool('curl');
  skip 'busybox with httpd is not installed', 3 unless tool('busybox') && run('busybox', '--list')->{out} =~ /^httpd$/m;
  mkdir "$dir/www" or die;
  put_file('www/index.html', "<p>hello</p>\n");
  put_file('www/big', $big);
  my $server = serve(['-v'], ['busybox', 'httpd', '-i', '-h', "$dir/www"]);
  my @curl = ('curl', '-sS', '--max-time', deadline(), '--unix-socket', $server->{path});
  my $page = run(@curl, 'http://sallyport/');
  is($page->{out}, "<p>hello</p>\n", 'curl gets a page of a web server that s6-ipcserver runs') or diag(explain($page));
  is(run(@curl, 'http://sallyport/big')->{out}, $big, 'curl gets a large page of a web server that s6-ipcserver runs');
  is(run(@curl, '-o', '/dev/null', '-w', '%{http_code}', 'http://sallyport/absent')->{out}, '404',
    'curl gets 404 of a web server that s6-ipcserver runs for a page that is not there');
}

# ---- foreign clients ----

my $pid_form = built_for_linux() ? qr/\d+/ : qr//;  # only Linux tells the process id
my $tell = ['sh', '-c', 'echo "$IPCREMOTEEUID $IPCREMOTEPID $IPCREMOTEPATH"; exec cat'];
my $server = serve(['-v'], $tell);

SKIP:
{
  my $client = tool('s6-ipcclient');
  skip 's6-ipcclient is not installed', 3 unless $client;
  # Descriptors 6 and 7: the way of UCSPI clients.
  my @talk = ('sh', '-c', 'echo "me $$"; echo hello >&7; IFS= read -r one <&6; read -r two <&6; echo "$one"; echo "$two"');
  my $r = run($client, $server->{path}, @talk);
  my ($pid) = $r->{out} =~ /^me (\d+)$/m;
  is($r->{out}, "me $pid\n$> " . (built_for_linux() ? $pid : '') . " \nhello\n", 's6-ipcserver serves s6-ipcclient and sets its process id');
  $r = run($client, '-p', "$dir/ipcclient", $server->{path}, @talk);
  like($r->{out}, qr/^$> $pid_form \Q$dir\E\/ipcclient$/m, 's6-ipcserver sets the path that s6-ipcclient -p binds to');
  is(run($client, unix_path(), 'true')->{code}, 111, 's6-ipcclient exits 111 where no server listens');
}

SKIP:
{
  skip 'socat is not installed', 3 unless $socat;
  like(run({ stdin => "hello\n" }, $socat, '-t', deadline(), '-', "UNIX-CONNECT:$server->{path}")->{out}, qr/\A$> $pid_form \nhello\n\z/,
    's6-ipcserver serves socat');
  my $bound = run({ stdin => "hello\n" }, $socat, '-t', deadline(), '-', "UNIX-CONNECT:$server->{path},bind=$dir/socat");
  like($bound->{out}, qr/\A$> $pid_form \Q$dir\E\/socat\nhello\n\z/, 's6-ipcserver sets the path that socat binds to');
  my $abstract = start(command => [bin('s6-ipcserver'), '-1', "\@sallyport-socat-$$", 'cat']);
  readline $abstract->out;
  is(run({ stdin => $big }, $socat, '-t', deadline(), '-', "ABSTRACT-CONNECT:sallyport-socat-$$")->{out}, $big,
    's6-ipcserver on an abstract name serves socat, and much data passes both ways');
}
SKIP:
{
  skip 'setpriv, to be another user with, is not installed', 2 unless tool('setpriv') && can_change_ids();
  skip 'socat is not installed', 2 unless $socat;
  my $strict = serve(['-v', '-C1'], $tell);
  my $mine = open_client($strict);
  read_line($mine);
  my @other = (tool('setpriv'), '--reuid=65533', '--regid=65532', '--clear-groups', $socat, '-t', deadline(), '-', "UNIX-CONNECT:$strict->{path}");
  like(run({ stdin => "hello\n" }, @other)->{out}, qr/\A65533 $pid_form \nhello\n\z/, 's6-ipcserver -C1 counts socat of another user apart');
  log_says($strict, qr/allow 65533:65532 pid \d+ count 1\/1$/, 's6-ipcserver -C1 logs socat of another user by its ids');
}

done_testing();
