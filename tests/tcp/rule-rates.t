#!/usr/bin/env perl
# A rule's rate holds in place of the general one, whether that is lower, higher or not there; penalties use up the same budget.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;

my $echo_code = ['sh', '-c', 'read -r code; echo hello; exit "$code"'];
my $rules = new_rules('rates', 'ip4/0.0.0.0_0/allow' => '', map { ("ip4/127.0.0.$_->[0]_32/allow" => '', "ip4/127.0.0.$_->[0]_32/env/TCPRATE" => "$_->[1]\n") }
  [2, '1/3600'], [3, '4/3600'], [4, 'none'], [5, '2/20']);

my $ended = 0;
sub serve_one
{
  my ($server, $from, $code) = @_;
  my $client = open_client($server, from => "127.0.0.$from");
  say_to($client, ($code // 0) . "\n");
  return (read_all($client) // '') eq "hello\n" ? 'served' : 'refused';
}
sub serve { my ($server, @from) = @_; return join ' ', map { serve_one($server, $_) } @from }
sub settled { my ($server, $n) = @_; return eventually(sub { log_count($server, qr/ end pid /) >= $n }) }

page('sallyport-rules');
page_says('They hold for the clients of that rule in place of the general ones, whether these are higher or lower:');
for my $way ([], ['--penalty=60'], ['--source-rate=2/3600'], ['--source-rate=2/3600', '--penalty=60'], ['--source-rate=1/3600', '--rate-sources=8'])
{
  my $name = "@$way" || 'without a general rate';
  my $server = start_server(['-v', '-i', $rules, @$way], $echo_code);
  is(serve($server, 2, 2), 'served refused', "s6-tcpserver $name: a rule's rate of one client holds");
  log_says($server, qr{info: refuse 127\.0\.0\.2_\d+ rate 1/3600$}, "s6-tcpserver $name: a rule's rate of one client is in the log");
  is(serve($server, (3) x 5), 'served served served served refused', "s6-tcpserver $name: a rule's rate of four clients holds");
  log_says($server, qr{info: refuse 127\.0\.0\.3_\d+ rate 4/3600$}, "s6-tcpserver $name: a rule's rate of four clients is in the log");
  is(serve($server, (4) x 5), join(' ', ('served') x 5), "s6-tcpserver $name: five clients of a rule with the rate none are served");
  next if !grep /source-rate/, @$way;
  my ($n) = "@$way" =~ /source-rate=(\d)/;
  is(serve($server, (9) x ($n + 1)), join(' ', ('served') x $n, 'refused'),
     "s6-tcpserver $name: the general rate holds for clients of a rule without a rate");
}

my $server = start_server(['-v', '-i', $rules, '--penalty=100'], $echo_code);
serve_one($server, 5, 1);
settled($server, 1);
is(serve($server, 5), 'refused', 's6-tcpserver --penalty: a penalty uses up the budget of a rule with TCPRATE');
log_says($server, qr{info: refuse 127\.0\.0\.5_\d+ penalty (?:100|9\d) s$},
  "s6-tcpserver --penalty: the log names the penalty that has used up the budget of a rule");

# ---- only reported ----

page('s6-tcpserverd');
page_says('log the line of the refusal with "only-report" at its end, and serve the client.');
$server = start_server(['-v', '-i', $rules, '--source-rate=2/3600', '--only-report'], $echo_code);
is(serve($server, 2, 2, (3) x 3, (4) x 3), join(' ', ('served') x 8),
   's6-tcpserver --only-report: all clients are served, above the rates of their rules, too');
log_says($server, qr{info: refuse 127\.0\.0\.2_\d+ rate 1/3600 only-report$}, "s6-tcpserver --only-report: the log has the rule's rate");
is(log_count($server, qr/refuse 127\.0\.0\.[34]/), 0, 's6-tcpserver --only-report: clients below the rates of their rules are not reported');
is(serve($server, 3, 3), 'served served', "s6-tcpserver --only-report: a client above a rule's rate of four is served");
log_says($server, qr{info: refuse 127\.0\.0\.3_\d+ rate 4/3600 only-report$},
  "s6-tcpserver --only-report: a client above a rule's rate of four is reported");

done_testing;
