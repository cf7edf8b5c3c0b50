#!/usr/bin/env perl
# --linger with more clients than signals: ends merge, and each connection is ended all the same. The daemon keeps a copy of each, so
# a client whose program's end is not noticed would wait for ever.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserverd');
page_says('The end of the program is then the end of the connection: closing it earlier has no effect that the client can see.');

my $crowd = 200;
for my $options ([], ['--portable-launch'])
{
  my $how = 's6-tcpserver --linger' . (@$options ? ' --portable-launch' : '');
  my $server = start_server(['-c', 1000, '-C', 1000, '-b', 500, '--linger=86400', @$options], ['cat']);
  for my $round (1 .. 3)
  {
    my @clients = map { open_client($server) } 1 .. $crowd;
    say_to($_, "hello\n") for @clients;
    is(scalar(grep { (read_line($_) // '') eq "hello\n" } @clients), $crowd, "$how, round $round: $crowd clients are served at once");
    stop_sending($_) for @clients;
    is(scalar(grep { defined read_all($_) } @clients), $crowd, "$how, round $round: each of $crowd clients sees the end of its connection");
    ok(eventually(sub { !$server->served }), "$how, round $round: no program and no zombie is left after $crowd clients");
  }
  my $few = open_client($server);
  is(eval { say_to($few, "one\n"); stop_sending($few); read_all($few) }, "one\n", "$how: one more client alone is served to the end");
  ok(eventually(sub { keys %{fd_targets($server->pid)} < 40 }), "$how: the daemon closes its copies of all connections")
    or diag(join ' ', sort keys %{fd_targets($server->pid)});
}

done_testing;
