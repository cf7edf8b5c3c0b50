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
log_says($server, qr/info: starting - bound to /, 'examples/ipc starts') or BAIL_OUT(log_text($server));
is((split ' ', status_field($server->pid, 'Uid'))[0], started_as(), 'examples/ipc does not run as root');

my ($uid, $gid) = ($>, $) + 0);
is(ask($server, send => "who\n"), "user $uid group $gid\n", 'examples/ipc answers who with the ids of the client');
is(ask($server, send => "read\n"), "you left nothing\n", 'examples/ipc answers read with no note at first');
is(ask($server, send => "note buy \$(honey)  and * \\n\n"), "kept\n", 'examples/ipc keeps a note');
is(ask($server, send => "read\n"), "buy \$(honey)  and * \\n\n", 'examples/ipc answers read with the note as it was given');
is(ask($server, send => "all\n"), "$uid: buy \$(honey)  and * \\n\n", 'examples/ipc answers all with every note for the user that runs it');
is(ask($server, send => "$_\n"), "who, note WORDS, read or all?\n", "examples/ipc lists its commands for the line '$_'") for '', 'help', '../all';
is(ask($server), '', 'examples/ipc gives no answer without a line');

SKIP:
{
  skip 'being other users takes root', 5 unless can_change_ids();
  my $as = sub { my ($user, $line) = @_; as_user($user, $user, sub { ask($server, send => "$line\n") }) };
  is($as->(12345, 'who'), "user 12345 group 12345\n", 'examples/ipc answers who with the ids of another user');
  is($as->(12345, 'read'), "you left nothing\n", 'examples/ipc does not show the note of one user to another');
  is($as->(12345, 'note mine'), "kept\n", 'examples/ipc keeps a note of another user');
  is($as->(12345, 'all'), "that is not for you\n", 'examples/ipc does not answer all for another user');
  is(ask($server, send => "all\n"), "$uid: buy \$(honey)  and * \\n\n12345: mine\n", 'examples/ipc keeps the notes of both users');
}

my ($line) = get_file(source_file('examples/ipc/run')) =~ /`(printf .*?)`/ or die;
is(run({ dir => examples() . '/ipc' }, 'sh', '-c', $line)->{out}, "kept\n", 'the client in the comment of examples/ipc/run leaves a note');

done_testing();
