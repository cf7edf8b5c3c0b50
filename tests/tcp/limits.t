#!/usr/bin/env perl
# How many clients are served: in all, and of each source.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('s6-tcpserverd');

my $count_and_hold = ['sh', '-c', 'echo "$TCPCONNNUM"; exec cat'];

sub status { return log_has($_[0], qr/info: status: $_[1]$/) }
sub refusals { return log_count($_[0], qr/info: refuse /) }

sub leave
{
  my ($client) = @_;
  stop_sending($client);
  read_all($client);
}

# ---- a limit that is easily overlooked ----

page_says('A larger -c without -C is reported at the start.');
my $overlooked = qr/^s6-tcpserverd: warning: only 40 clients of one source are served at once: -c is 41, and -C was not given$/;
log_says(start_server(['-c41'], ['true']), $overlooked, 's6-tcpserver -c above the default of -C is reported, also without -v');
for my $options (['-c40'], ['-c41', '-C40'], ['-c41', '-C41'], ['-q', '-c41'], [])
{
  my $quiet = start_server([@$options, '-1'], ['true']);
  ask($quiet);
  is(log_count($quiet, qr/only \d+ clients/), 0, "s6-tcpserver @$options logs nothing about the default of -C");
}

# ---- in all ----

page_says('Further clients wait in the backlog of the listener until a child ends; none of them is refused.');
my $server = start_server(['-v', '-c', 2], $count_and_hold);
my @clients = map { open_client($server, from => "127.0.0.$_") } 1 .. 4;
is(read_line($_), "1\n", 's6-tcpserver -c 2: a client below the limit is served') for @clients[0, 1];
ok(status($server, '2/2'), 's6-tcpserver -c 2: the status line has that the limit is reached');
log_says($server, qr/warning: the client limit 2 is reached: further clients wait in the backlog$/,
  's6-tcpserver -c 2: a warning has that further clients wait in the backlog');
my $before = processor_ticks($server->pid);
select undef, undef, undef, 0.3;
cmp_ok(processor_ticks($server->pid) - $before, '<', 15, 's6-tcpserver -c 2: the daemon does not spin while clients wait in the backlog');
leave(shift @clients);
is(read_line($clients[1]), "1\n", 's6-tcpserver -c 2: the third client is served when the first has left');
is_serving($server, 2, 's6-tcpserver -c 2: two clients are served at once, not more');
leave(shift @clients);
is(read_line($clients[1]), "1\n", 's6-tcpserver -c 2: the fourth client is served when the second has left');
is(refusals($server), 0, 's6-tcpserver -c 2: no client is refused');
page_says('The warning that the client limit is reached comes at most once a minute.');
is(log_count($server, qr/client limit/), 1, 's6-tcpserver -c 2: the warning that the limit is reached comes once');

page_says('Serve at most n clients at once.');
for my $n (0, 1)
{
  my $single = start_server(['-v', '-c', $n], $count_and_hold);
  my ($first, $second) = map { open_client($single) } 1, 2;
  is(read_line($first), "1\n", "s6-tcpserver -c $n: one client is served");
  ok(status($single, '1/1'), "s6-tcpserver -c $n: the status line has a limit of one client");
  leave($first);
  is(read_line($second), "1\n", "s6-tcpserver -c $n: the second client is served when the first has left");
}
my $largest = start_server(['-v', '-c', 1000000, '-C', 1000000], $count_and_hold);
is(read_line(open_client($largest)), "1\n", 's6-tcpserver with the largest limits serves a client');
ok(status($largest, '1/1000000'), 's6-tcpserver with the largest -c: the limit is what the status line has');
log_says($largest, qr{count 1/1000000$}, 's6-tcpserver with the largest -C: the limit is what the line of a client has');

page_says('The default is 40.');
my $default = start_server(['-v'], $count_and_hold);
read_line(open_client($default));
ok(status($default, '1/40'), 's6-tcpserver: the default of -c is 40');
log_says($default, qr{count 1/40$}, 's6-tcpserver: the default of -C is 40');

# ---- of each source ----

page_says('Further clients of that source are refused: the connection is closed, and no program is launched.');
page_says('Clients of other sources are served meanwhile.');
page_says('Serve at most n clients of the same source at once.');
my $fair = start_server(['-v', '-C', 2], $count_and_hold);
my @same = map { open_client($fair) } 1 .. 2;
is(join('', map { read_line($_) } @same), "1\n2\n", 's6-tcpserver -C 2: two clients of the same source are served');
ok(closed_by_server(open_client($fair)), 's6-tcpserver -C 2: the third client of the same source is refused');
is_serving($fair, 2, 's6-tcpserver -C 2: no program is launched for a refused client');
log_says($fair, qr{^s6-tcpserverd: info: refuse 127\.0\.0\.1_\d+ count 2/2 source \(-C 2\)$},
  's6-tcpserver -C 2: the refusal of the third client is logged');
is(read_line(open_client($fair, from => '127.0.0.2')), "1\n", 's6-tcpserver -C 2: a client of another source is served');
leave(pop @same);
log_says($fair, qr{info: end pid \d+ exitcode 0 count 1/2 source=127\.0\.0\.1 ms=\d+$},
  's6-tcpserver -C 2: the line of a client that leaves has the count of its source');
is(read_line(open_client($fair)), "2\n", 's6-tcpserver -C 2: a client that leaves makes room for another of its source');

for my $n (0, 1)
{
  my $single = start_server(['-v', '-C', $n], $count_and_hold);
  my $first = open_client($single);
  is(read_line($first), "1\n", "s6-tcpserver -C $n: one client of a source is served");
  ok(closed_by_server(open_client($single)), "s6-tcpserver -C $n: the second client of the source is refused");
  is(read_line(open_client($single, from => '127.0.0.2')), "1\n", "s6-tcpserver -C $n: a client of another source is served");
}

page_says('If an option is given twice, the last one counts.');
my $twice = start_server(['-v', '-c', 5, '-C', 1, '--max-clients=4', '--max-per-source', 3], $count_and_hold);
read_line(open_client($twice));
ok(log_has($twice, qr{count 1/3$}) && status($twice, '1/4'), 's6-tcpserver: the last -c and the last -C count');

page_says('It is lowered to --max-clients if it is above.');
my $lowered = start_server(['-v', '-c', 3, '-C', 5], $count_and_hold);
read_line(open_client($lowered));
log_says($lowered, qr{count 1/3$}, 's6-tcpserver -c 3 -C 5: the limit of one source is lowered to three');

# ---- what a source is ----

page_says('A source is an IPv4 address, or all the IPv6 addresses that share their first 64 bits.');
page_says('Count IPv4 clients that share their first len bits as one source.');
page_says('With 0, all IPv4 clients are one source.');
my %prefixes = (
  24 => { together => '127.0.0.200', apart => '127.0.1.1', name => '127.0.0.0/24' },
  31 => { together => '127.0.0.3', apart => '127.0.0.4', name => '127.0.0.2/31', from => '127.0.0.2' },
  1 => { together => '127.200.0.1', name => '0.0.0.0/1' },
  0 => { together => '127.200.0.1', name => '0.0.0.0/0' },
  32 => { apart => '127.0.0.2', name => '127.0.0.1' },
);
for my $len (sort keys %prefixes)
{
  my %is = %{$prefixes{$len}};
  my $grouped = start_server(['-v', '-C', 1, "--source-prefix4=$len"], $count_and_hold);
  my $first = open_client($grouped, from => $is{from} // '127.0.0.1');
  is(read_line($first), "1\n", "s6-tcpserver --source-prefix4=$len: the first client is served");
  ok(closed_by_server(open_client($grouped, from => $is{together})), "s6-tcpserver --source-prefix4=$len: $is{together} is of the same source")
    if $is{together};
  is(read_line(open_client($grouped, from => $is{apart})), "1\n", "s6-tcpserver --source-prefix4=$len: $is{apart} is of another source")
    if $is{apart};
  leave($first);
  log_says($grouped, qr{ source=\Q$is{name}\E ms=\d+$}, "s6-tcpserver --source-prefix4=$len: the log names the source $is{name}");
}

# ---- many refusals ----

page_says('The first refusal of a source is logged at once.');
page_says('Those that follow within a second are summed up in one line, so that no client can fill the log.');
my $flooded = start_server(['-C', 1], $count_and_hold);
my $holder = open_client($flooded);
read_line($holder);
for (1 .. 200) { closed_by_server(open_client($flooded)) or fail('-C 1: a client above the limit was not refused') }
my $sum = sub
{
  my $n = 0;
  for (log_lines($flooded))
  {
    $n++ if m{refuse 127\.0\.0\.1_\d+ count 1/1 source \(-C 1\)$};
    $n += $1 if m{refuse 127\.0\.0\.1 count 1/1 source \(-C 1\) repeated=(\d+)$};
  }
  return $n;
};
ok(eventually(sub { $sum->() == 200 }), 's6-tcpserver -C 1: the log accounts for all of 200 refusals');
cmp_ok(refusals($flooded), '<', 20, 's6-tcpserver -C 1: 200 refusals are logged in fewer than 20 lines');
is(log_count($flooded, qr/ accept | status/), 0, 's6-tcpserver -C 1 without -v: clients that are accepted are not logged');

my $crowd = start_server(['-C', 1], $count_and_hold);
my @holders = map { open_client($crowd, from => "127.0.2.$_") } 1 .. 20;
read_line($_) for @holders;
closed_by_server(open_client($crowd, from => "127.0.2.$_")) for 1 .. 20;
log_says($crowd, qr/info: refuse other sources repeated=\d+$/, 's6-tcpserver -C 1: refusals of many sources at once are summed up together');

my $silent = start_server(['-q', '-C', 1], $count_and_hold);
my $alone = open_client($silent);
read_line($alone);
ok(closed_by_server(open_client($silent)), 's6-tcpserver -q -C 1: the second client of a source is refused');
is(log_text($silent), '', 's6-tcpserver -q -C 1: nothing is logged about a refused client');

# All of this was seen through s6-tcpserver, whose page says the same.
page('s6-tcpserver');
page_says(
  '-c n, --max-clients=n Serve at most n clients at once. Further clients wait in the backlog. The default is 40. The largest n is 1000000, and 0 means 1.',
  '-C n, --max-per-source=n Serve at most n clients of the same source at once. Further clients of that source are refused. ',
  'The default is 40. The largest n is 1000000, and 0 means 1. It is lowered to --max-clients if it is above.',
  'Count IPv4 clients that share their first len bits as one source. The default is 32.',
  'Count IPv6 clients that share their first len bits as one source. The default is 64.');

done_testing();
