#!/usr/bin/env perl
# How fast clients come: in all and of each source, penalties, and who is exempt. The periods are so long that nothing here
# depends on how quick the machine is; what time does to a debt is in unit/gcra_test.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;
use Sallyport::Unix;
use IO::Socket::IP;

my $hello = ['sh', '-c', 'echo hello'];

sub served { return (ask($_[0], defined $_[1] ? (from => $_[1]) : ()) // '') eq "hello\n" }
sub count_served { my ($server, $n, $from) = @_; return scalar grep { served($server, $from) } 1 .. $n }

# ---- of each source ----

page('s6-tcpserverd');
page_says('Refuse a client whose source has come more often than n times every s seconds.');
page_says('A refused client does not count.');
my $server = start_server(['-v', '--source-rate=3/3600'], $hello);
is(count_served($server, 6, '127.0.0.2'), 3, 's6-tcpserver --source-rate=3/3600: three clients of a source are served, and no more');
log_says($server, qr{info: refuse 127\.0\.0\.2_\d+ rate 3/3600$}, 's6-tcpserver --source-rate=3/3600: the log names the rate in a refusal');
log_says($server, qr{info: refuse 127\.0\.0\.2 rate 3/3600 repeated=2$}, 's6-tcpserver --source-rate=3/3600: further refusals are summed up');
is(count_served($server, 3, '127.0.0.3'), 3, 's6-tcpserver --source-rate=3/3600: another source has a budget of its own');

page_says('Count IPv4 clients that share their first len bits as one source.');
$server = start_server(['--source-rate=2/3600', '--source-prefix4=24'], $hello);
is(scalar(grep { served($server, "127.0.0.$_") } 2 .. 6), 2,
   's6-tcpserver --source-rate with --source-prefix4=24: five addresses of a /24 have one budget of two');

page_says('Remember the rates and penalties of n sources');
$server = start_server(['--source-rate=1/3600', '--rate-sources=8'], $hello);
served($server, "127.0.1.$_") for 1 .. 40;
is(count_served($server, 2, '127.0.0.2'), 1, 's6-tcpserver --rate-sources=8: the rate of a source holds after 40 other sources');

# ---- in all ----

page_says('Accept n clients every s seconds, and let the next ones wait in the backlog.', 'No client is refused.');
$server = start_server(['-v', '--rate=2/3600'], $hello);
my @clients = map { open_client($server) } 1 .. 4;
is(read_all($_), "hello\n", 's6-tcpserver --rate=2/3600: a client below the rate is served') for @clients[0, 1];
log_says($server, qr{warning: the rate 2/3600 is reached: further clients wait in the backlog$},
  's6-tcpserver --rate=2/3600: the log has that the rate is reached');
is(log_count($server, qr/accept /), 2, 's6-tcpserver --rate=2/3600: clients above the rate are not accepted');
is(log_count($server, qr/refuse/), 0, 's6-tcpserver --rate=2/3600: clients above the rate are not refused');
$server->signal('TERM');
is(($server->wait // {})->{code}, 0, 's6-tcpserver --rate=2/3600: SIGTERM ends a daemon whose clients wait for the rate');

$server = start_server(['--rate=1000000/1'], $hello);
is(count_served($server, 5), 5, 's6-tcpserver --rate=1000000/1: a rate that is not reached stops no client');
$server = start_server(['--rate=20/1'], $hello);
is(count_served($server, 30), 30, 's6-tcpserver --rate=20/1: all of 30 clients are served in the end');

# ---- penalties ----

page_says('a source is refused while it owes more than 15 seconds.');
my $bad = ['sh', '-c', 'read -r code; test "$code" = signal && kill -SEGV $$; test "$code" = term && kill -TERM $$; exit "$code"'];
sub ends_with { my ($server, $code, $from) = @_; my $c = open_client($server, from => $from); say_to($c, "$code\n"); my $t = read_all($c); return defined $t }
sub settled { my ($server, $n) = @_; return eventually(sub { log_count($server, qr/ end pid /) >= $n }) }

$server = start_server(['-v', '--penalty=600'], $bad);
ends_with($server, 0, '127.0.0.2');
ends_with($server, 2, '127.0.0.2');
ends_with($server, 'term', '127.0.0.2');
settled($server, 3);
is(log_count($server, qr/penalty/), 0, 's6-tcpserver --penalty: exit codes 0 and 2, and SIGTERM, cost no penalty');
ends_with($server, 1, '127.0.0.2');
log_says($server, qr/info: penalty 127\.0\.0\.2 585 s exitcode 1$/, 's6-tcpserver --penalty: exit code 1 costs a penalty, which is logged');
open_client($server, from => '127.0.0.2');
log_says($server, qr/info: refuse 127\.0\.0\.2_\d+ penalty 5(?:[678]\d) s$/,
  's6-tcpserver --penalty: a client of a source with a penalty is refused');
ends_with($server, 'signal', '127.0.0.3');
log_says($server, qr/info: penalty 127\.0\.0\.3 585 s signal 11$/, 's6-tcpserver --penalty: a program that crashes costs its source a penalty');
settled($server, 5);
ends_with($server, 0, '127.0.0.4');
ok(settled($server, 6), 's6-tcpserver --penalty: a source without a penalty is served while others have one');

page_says('numbers from 0 to 255 and ranges of them, as in 1,100-127.');
$server = start_server(['-v', '--penalty=600', '--penalty-exits=3,100-110'], $bad);
ends_with($server, 1, '127.0.0.2');
settled($server, 1);
ends_with($server, 105, '127.0.0.2');
log_says($server, qr/penalty 127\.0\.0\.2 585 s exitcode 105$/, 's6-tcpserver --penalty-exits: an exit code in the list is a penalty');
is(log_count($server, qr/exitcode 1$/), 0, 's6-tcpserver --penalty-exits: an exit code that is not in the list is no penalty');

page_says('With --source-rate, a penalty uses up the same budget as clients do.');
$server = start_server(['-v', '--source-rate=100/100', '--penalty=50'], $bad);
ends_with($server, 1, '127.0.0.2');
settled($server, 1);
is(log_count($server, qr/ penalty /), 0, 's6-tcpserver --source-rate with --penalty: one bad end uses up only half of the budget');
ends_with($server, 1, '127.0.0.2');
log_says($server, qr/info: penalty 127\.0\.0\.2 \d+ s exitcode 1$/, 's6-tcpserver --source-rate with --penalty: two bad ends use up the budget');

# ---- who is exempt, and what is only reported ----

page_says('Apply neither the rate of a source nor penalties nor the limit of one source to these clients; --rate is for all.');
$server = start_server(['-v', '-C', 1, '--source-rate=1/3600', '--penalty=600', '--exempt=127.0.0.2,127.0.1.0/24'], ['sh', '-c', 'echo hello; read -r code; exit "$code"']);
my @open = map { open_client($server, from => '127.0.1.9') } 1 .. 3;
is(read_line($_), "hello\n", 's6-tcpserver --exempt: an exempt client is served above all limits') for @open;
say_to($_, "1\n") for @open;
read_all($_) for @open;
@open = map { open_client($server, from => '127.0.0.3') } 1, 2;
is(read_line($open[0]), "hello\n", 's6-tcpserver --exempt: the first client of a source that is not exempt is served');
ok(closed_by_server($open[1]), 's6-tcpserver --exempt: the second client of a source that is not exempt is refused');
is(log_count($server, qr/penalty/), 0, 's6-tcpserver --exempt: an exempt client that ends badly costs no penalty');

page_says('log the line of the refusal with "only-report" at its end, and serve the client.');
$server = start_server(['-v', '--source-rate=1/3600', '--only-report'], $hello);
is(count_served($server, 3, '127.0.0.2'), 3, 's6-tcpserver --only-report: all clients above the rate are served');
log_says($server, qr{info: refuse 127\.0\.0\.2_\d+ rate 1/3600 only-report$}, 's6-tcpserver --only-report: the log has what would have been refused');

# ---- limits of a rule ----

page('sallyport-rules');
page_says('TCPCONNMAX', 'TCPRATE');
my $rules = new_rules('own', 'ip4/0.0.0.0_0/allow' => '', 'ip4/127.0.0.2_32/allow' => '', 'ip4/127.0.0.2_32/env/TCPCONNMAX' => "3\n",
  'ip4/127.0.0.3_32/allow' => '', 'ip4/127.0.0.3_32/env/TCPRATE' => "none\n", 'ip4/127.0.0.4_32/allow' => '', 'ip4/127.0.0.4_32/env/TCPRATE' => "1/3600\n",
  'ip4/127.0.0.5_32/allow' => '', 'ip4/127.0.0.5_32/env/TCPRATE' => "often\n", 'ip4/127.0.0.6_32/allow' => '', 'ip4/127.0.0.6_32/env/TCPCONNMAX' => "0\n");
for my $form (['-i', $rules], ['-x', compile_rules($rules)])
{
  $server = start_server(['-v', '-C', 1, '--source-rate=2/3600', @$form], ['sh', '-c', 'echo hello; exec cat']);
  my @many = map { open_client($server, from => '127.0.0.2') } 1, 2;
  is(read_line($_), "hello\n", "s6-tcpserver $form->[0]: a rule raises the limit of its source") for @many;
  @many = map { open_client($server, from => '127.0.0.9') } 1, 2;
  is(read_line($many[0]), "hello\n", "s6-tcpserver $form->[0]: a client without such a rule is served");
  ok(closed_by_server($many[1]), "s6-tcpserver $form->[0]: the general limit holds for a client without such a rule");
  for (1 .. 4)
  {
    my $client = open_client($server, from => '127.0.0.3');
    is(read_line($client), "hello\n", "s6-tcpserver $form->[0]: a rule exempts client $_ from the rate");
    stop_sending($client);
    read_all($client);
    my $count = $_;
    eventually(sub { log_count($server, qr/ end pid .*source=127\.0\.0\.3 ms=\d+$/) == $count });
  }
  my $c = open_client($server, from => '127.0.0.4');
  is(read_line($c), "hello\n", "s6-tcpserver $form->[0]: a rule has a rate of its own");
  stop_sending($c);
  read_all($c);
  eventually(sub { log_count($server, qr/ end pid .*source=127\.0\.0\.4 /) });
  ok(closed_by_server(open_client($server, from => '127.0.0.4')), "s6-tcpserver $form->[0]: a rule's own rate refuses the second client");
  log_says($server, qr{refuse 127\.0\.0\.4_\d+ rate 1/3600$}, "s6-tcpserver $form->[0]: the log names the rule's own rate");
  ok(closed_by_server(open_client($server, from => '127.0.0.5')), "s6-tcpserver $form->[0]: a rule with a wrong rate does not let its client in");
  log_says($server, qr/refuse 127\.0\.0\.5_\d+ its rule has a RATE that is neither N\/S nor none$/,
    "s6-tcpserver $form->[0]: the log has that the rate in a rule is wrong");
  ok(closed_by_server(open_client($server, from => '127.0.0.6')), "s6-tcpserver $form->[0]: a rule with TCPCONNMAX=0 does not let its client in");
}

# ---- every daemon ----

page('s6-ipcserverd');
my $unix = start_server(['-v', '--source-rate=2/3600'], $hello, path => unix_path());
is(count_served($unix, 4), 2, 's6-ipcserverd --source-rate refuses clients above the rate');
log_says($unix, qr{info: refuse $>:\S+ rate 2/3600$}, 's6-ipcserverd logs the rate in a refusal');
$unix = start_server(["--exempt=$>", '--source-rate=1/3600'], $hello, path => unix_path());
is(count_served($unix, 4), 4, 's6-ipcserverd --exempt: a user in the list is exempt from the rate');

my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Listen => 64, ReuseAddr => 1) or die;
my $acceptor = start(fds => { 3 => $listener }, command => [bin('tcp-socket-accept'), '-v', '--source-rate=2/3600', @$hello]);
is(scalar(grep { (ask({ ip => '127.0.0.1', port => $listener->sockport }) // '') eq "hello\n" } 1 .. 4), 2, 'tcp-socket-accept --source-rate refuses clients above the rate');
my $skd = start_listening(ip => '127.0.0.1', command => [bin('skd'), '-v', '--source-rate=2/3600', '-t', '127.0.0.1:0', '--', @$hello]);
is(count_served($skd, 4), 2, 'skd --source-rate refuses clients above the rate');

# ---- what is wrong is refused before anything is bound ----

for (['--source-rate=1', 'source-rate must be N/S'], ['--source-rate=2000/1', 'source-rate must be'], ['--rate=0/1', 'rate must be N/S'], ['--penalty=0', 'penalty must be seconds from 1 to 600'],
  ['--penalty-exits=256', 'penalty-exits must be'], ['--penalty-exits=2', '--penalty-exits needs --penalty'], ['--exempt=10.0.0.1/8', 'exempt must be'], ['--exempt=', 'exempt must be'])
{
  my ($option, $words) = @$_;
  for my $command ([bin('s6-tcpserver'), $option, '127.0.0.1', 0, 'true'], [bin('s6-ipcserver'), $option, own_dir() . '/none', 'true'], [bin('s6-tcpserverd'), $option, 'true'], [bin('skd'), $option, '-t', '127.0.0.1:0', 'true'])
  {
    my $end = run(@$command);
    my $name = $command->[0] =~ s{.*/}{}r;
    is($end->{code}, 100, "$name $option is a usage error");
    like($end->{err}, qr/^\S+: usage: .*\Q$words\E/, "$name $option: the message explains the usage error");
  }
}
ok(!-e own_dir() . '/none', 's6-ipcserver with a wrong option of rates binds nothing');

done_testing;
