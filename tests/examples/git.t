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
ok($server->{port}, 'examples/git starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'examples/git does not run as root');
my $url = "git://127.0.0.1:$server->{port}";

my $clone = git('clone', '-q', "$url/project", "$dir/clone");
is($clone->{code}, 0, 'git clones a repository that is marked from examples/git') or diag($clone->{err}, log_text($server));
is(get_file("$dir/clone/file"), "a line\n", 'a repository that is cloned from examples/git is complete');
isnt(git('clone', '-q', "$url/private", "$dir/clone2")->{code}, 0, 'git cannot clone a repository that is not marked from examples/git');
isnt(git('clone', '-q', "$url/$_", "$dir/clone3")->{code}, 0,
  "git cannot clone $_, which is outside REPOSITORIES, from examples/git") for '../outside', "$dir/outside";
git('-C', "$dir/clone", 'commit', '-q', '--allow-empty', '-m', 'second');
my $push = git('-C', "$dir/clone", 'push', '-q', 'origin', 'HEAD:refs/heads/main');
isnt($push->{code}, 0, 'git cannot push to examples/git');
like($push->{err}, qr/access denied or repository not exported/, 'the daemon of examples/git answers a push with access denied');
is(git('-C', "$served/project", 'rev-list', '--count', 'main')->{out}, "1\n", 'a push to examples/git leaves the repository as it is');

done_testing();
