#!/usr/bin/env perl
# examples/git: what is marked for it can be cloned, and nothing can be pushed.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

my $git = tool('git');
skip_all_unless('git is installed', $git);
chomp(my $where = `$git --exec-path`);
skip_all_unless('git-daemon is installed', -x "$where/git-daemon");
skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());

my $dir = own_dir();
@ENV{qw(GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL HOME)} = (1, '/dev/null', $dir);
$ENV{GIT_AUTHOR_NAME} = $ENV{GIT_COMMITTER_NAME} = 'A Test';
$ENV{GIT_AUTHOR_EMAIL} = $ENV{GIT_COMMITTER_EMAIL} = 'test@example.org';
sub git { return run({ deadline => 60 }, $git, @_) }

my $served = "$dir/served";
git('init', '-q', '--bare', "$served/$_")->{code} == 0 or die for 'project', 'private';
git('init', '-q', '--bare', "$dir/outside")->{code} == 0 or die;
put_file("$served/project/git-daemon-export-ok", '');
put_file("$dir/outside/git-daemon-export-ok", '');
git('clone', '-q', "$served/project", "$dir/work")->{code} == 0 or die;
put_file("$dir/work/file", "a line\n");
git('-C', "$dir/work", @$_)->{code} == 0 or die for ['add', 'file'], ['commit', '-q', '-m', 'first'], ['push', '-q', 'origin', 'HEAD:refs/heads/main'];
git('-C', "$served/project", 'symbolic-ref', 'HEAD', 'refs/heads/main');
# A repository must not be able to allow what the service forbids.
git('-C', "$served/project", 'config', 'daemon.receivepack', 'true');

# A process that starts it may have settings that break everything.
mkdir "$dir/home" or die;
put_file("$dir/home/.gitconfig", "[broken\n", 0644);
my $server = start_example('git', REPOSITORIES => $served, HOME => "$dir/home", GIT_CONFIG_GLOBAL => undef, XDG_CONFIG_HOME => "$dir/home");
ok($server->{port}, 'it starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'not as root');
my $url = "git://127.0.0.1:$server->{port}";

my $clone = git('clone', '-q', "$url/project", "$dir/clone");
is($clone->{code}, 0, 'a repository that is marked can be cloned') or diag($clone->{err}, log_text($server));
is(get_file("$dir/clone/file"), "a line\n", '... and is complete');
isnt(git('clone', '-q', "$url/private", "$dir/clone2")->{code}, 0, 'one that is not, cannot');
isnt(git('clone', '-q', "$url/$_", "$dir/clone3")->{code}, 0, "nor can $_") for '../outside', "$dir/outside";
git('-C', "$dir/clone", 'commit', '-q', '--allow-empty', '-m', 'second');
my $push = git('-C', "$dir/clone", 'push', '-q', 'origin', 'HEAD:refs/heads/main');
isnt($push->{code}, 0, 'no one can push');
like($push->{err}, qr/access denied or repository not exported/, '... which is what the daemon says');
is(git('-C', "$served/project", 'rev-list', '--count', 'main')->{out}, "1\n", '... and nothing has changed');

done_testing();
