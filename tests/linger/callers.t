#!/usr/bin/env perl
# s6-linger, whatever its caller did to the signals.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-linger');
page_says('Then it exits with the exit code of prog.');
is(run({ ignore => ['CHLD'] }, bin('s6-linger'), 'sh', '-c', 'exit 3')->{code}, 3, 's6-linger exits with the exit code of prog where its caller ignores SIGCHLD');
page_says('or 128 and the number of the signal that ended it.');
is(run({ ignore => ['CHLD'] }, bin('s6-linger'), 'sh', '-c', 'kill -KILL $$')->{code}, 137, 's6-linger exits 137 where SIGKILL ends prog and its caller ignores SIGCHLD');
for my $does ('ignores', 'does not ignore')
{
  my $ignores = $does eq 'ignores';
  my $r = run({ $ignores ? (ignore => ['CHLD']) : () }, bin('s6-linger'), 'grep', '^SigIgn', '/proc/self/status');
  SKIP:
  {
    skip 'there is no /proc', 1 unless -e '/proc/self/status';
    my ($mask) = $r->{out} =~ /^SigIgn:\s*([0-9a-f]+)/;
    is(signal_in_mask($mask, 17) ? 1 : 0, $ignores ? 1 : 0, "prog of s6-linger finds SIGCHLD as a caller left it who $does it");
  }
}

my $file = put_file('answer', 'x' x 200_000);
my $server = start_server([], [$^X, '-e', '$SIG{CHLD} = "IGNORE"; exec @ARGV', bin('s6-linger'), 'cat', $file]);
my $client = open_client($server);
say_to($client, 'y' x 100_000);
is(length(read_all($client) // ''), 200_000, 'an answer is whole where the program before s6-linger ignores SIGCHLD');

done_testing();
