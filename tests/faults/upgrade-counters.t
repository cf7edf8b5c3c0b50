#!/usr/bin/env perl
# Every counter goes on over an upgrade from where it was.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Proxy;

page('s6-tcpserverd');
page_says('The counters go on from where they were, and the time of the start stays.');

my $status = own_dir() . '/status';
my $server = start_server(['-v', '-C', 2, '--source-rate=5/3600', '--rate-sources=8', '--penalty=600', '--penalty-exits=9', '--max-session=2', '--first-data=1', '--proxy=any',
  '--proxy-from=127.0.0.9', '--proxy-direct', "--status-socket=$status"], ['sh', '-c', 'read -r code; test "$code" != stay || exec sleep 1000; test "$code" != signal || kill -SEGV $$; exit "$code"']);

# Every line but those of what is there now, and of what the daemon that prints it is.
sub counters { return [grep { /_total|session_seconds|start_time/ && !/^#/ } split /\n/, run(bin('s6-serverstat'), '-f', 'prometheus', $status)->{out}] }
sub ended { my ($n) = @_; return eventually(sub { log_count($server, qr/ end pid /) >= $n }) }
sub one { my ($from, $text) = @_; my $c = open_client($server, from => "127.0.0.$from"); say_to($c, "$text\n"); return $c }
sub upgraded { my $n = log_count($server, qr/info: resumed with/) + 1; $server->signal('USR2'); return eventually(sub { log_count($server, qr/info: resumed with/) == $n }) }

my $n = 0;
for (map { [10, $_] } 0, 0, 1, 'signal') { read_all(one(@$_)); ended(++$n) }
read_all(one(11, 9));
ended(++$n);
read_all(one(11, 0));                                   # refused for its penalty
read_all(one(10, 0)), ended(++$n);
read_all(one(10, 0));                                   # for its rate
my @three = map { one(12, 'stay') } 1 .. 3;             # for the number of its source
read_all($_) for @three;                                # and the two are ended
ended($n += 2);
read_all(open_client($server, from => '127.0.0.13'));   # is silent
ask($server, from => '127.0.0.9', send => "none\r\n");  # has no header
for my $i (20 .. 60) { read_all(one($i, 0)); ended(++$n) }
my $before = counters();
for my $name ('refused_total\{reason="(?:source|rate|penalty|silent|proxy)"\}', 'ended_total\{how="(?:ok|code|signal)"\}', 'told_to_end_total\{why="session"\}', 'session_seconds_sum', 'session_seconds_bucket\{le="[0-9.]+"\}')
{
  ok(scalar(grep { /^sallyport_$name [0-9.]*[1-9]/ } @$before), "the counter sallyport_$name is above 0 before an upgrade")
    or diag(join "\n", @$before);
}
for my $time (1, 2)
{
  ok(upgraded(), "s6-tcpserverd upgrades, time $time");
  is(join("\n", @{counters()}), join("\n", @$before), "upgrade $time of s6-tcpserverd: every counter is as it was");
}
read_all(one(100, 1));
ended(++$n);
my ($accepted) = grep { /accepted_total/ } @$before;
my ($more) = grep { /accepted_total/ } @{counters()};
is(($more =~ /(\d+)$/)[0], ($accepted =~ /(\d+)$/)[0] + 1, 'accepted_total goes on from where it was after upgrades of s6-tcpserverd');

done_testing;
