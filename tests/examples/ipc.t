#!/usr/bin/env perl
# examples/ipc: a Unix-domain service that answers each user for himself.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;
use Sallyport::Unix;

skip_all_unless('not root, or root that can be others', !is_root() || can_change_ids());
my $server = start_example('ipc', PORT => '');
$server->{path} = examples() . '/ipc/socket';
log_says($server, qr/info: starting - bound to /, 'it starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'not as root');

my ($uid, $gid) = ($>, $) + 0);
is(ask($server, send => "who\n"), "user $uid group $gid\n", 'the kernel says who asks');
is(ask($server, send => "read\n"), "you left nothing\n", 'nothing is there at first');
is(ask($server, send => "note buy \$(honey)  and * \\n\n"), "kept\n", 'a note is kept');
is(ask($server, send => "read\n"), "buy \$(honey)  and * \\n\n", '... as it was given');
is(ask($server, send => "all\n"), "$uid: buy \$(honey)  and * \\n\n", 'root, or who runs it, sees all of them');
is(ask($server, send => "$_\n"), "who, note WORDS, read or all?\n", "'$_' is no command") for '', 'help', '../all';
is(ask($server), '', 'no line, no answer');

SKIP:
{
  skip 'being other users takes root', 5 unless can_change_ids();
  my $as = sub { my ($user, $line) = @_; as_user($user, $user, sub { ask($server, send => "$line\n") }) };
  is($as->(12345, 'who'), "user 12345 group 12345\n", 'another user');
  is($as->(12345, 'read'), "you left nothing\n", '... does not see our note');
  is($as->(12345, 'note mine'), "kept\n", '... and leaves another');
  is($as->(12345, 'all'), "that is not for you\n", '... and does not see all of them');
  is(ask($server, send => "all\n"), "$uid: buy \$(honey)  and * \\n\n12345: mine\n", 'both are kept');
}

my ($line) = get_file(source_file('examples/ipc/run')) =~ /`(printf .*?)`/ or die;
is(run({ dir => examples() . '/ipc' }, 'sh', '-c', $line)->{out}, "kept\n", 'the client that run tells of');

done_testing();
