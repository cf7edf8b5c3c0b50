#!/usr/bin/env perl
# What a source can owe at most, and what the clients who are exempt are spared. The periods are so long that nothing here
# depends on how quick the machine is.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Rules;

my $hello = ['sh', '-c', 'echo hello'];
my $bad = ['sh', '-c', 'echo hello; read -r line; exit 1'];

# Ends so many sessions of a source badly, all of them at once: the seconds for which the next client of it is refused.
sub ban_after
{
  my ($n, @options) = @_;
  my $server = start_server(['-v', '--penalty=600', @options], $bad);
  my @clients = map { open_client($server, from => '127.0.0.2') } 1 .. $n;
  read_line($_) for @clients;
  say_to($_, "\n") for @clients;
  read_all($_) for @clients;
  eventually(sub { log_count($server, qr/ end pid /) == $n }) or return;
  read_all(open_client($server, from => '127.0.0.2'));
  return log_says($server, qr{refuse 127\.0\.0\.2_\d+ penalty \d+ s$}, "--penalty=600 @options: after $n bad ends the source is refused") &&
    log_text($server) =~ /refuse 127\.0\.0\.2_\d+ penalty (\d+) s$/m ? $1 : undef;
}

# ---- the sum of penalties ----

page('s6-tcpserverd');
page_says('Penalties do not add up to more than 600 seconds above what its rate allows');
my $rules = new_rules('often', 'ip4/0.0.0.0_0/allow' => '', 'ip4/0.0.0.0_0/env/TCPRATE' => "10/1000\n");
for ([600], [601, '--source-rate=100/100'], [700, '-i', $rules])
{
  my ($most, @options) = @$_;
  my $seconds = ban_after(5, @options) // 0;
  cmp_ok($seconds, '<=', $most, "--penalty=600 @options: five penalties of 600 seconds at once are a ban of $most seconds, and no more");
  cmp_ok($seconds, '>', $most - deadline(), "--penalty=600 @options: the ban is no shorter when they begin");
}

# ---- a table that is too small ----

page_says('Where others have taken all of them, the one that owes least is forgotten, so that a flood of new sources does not help one that is being refused.');
my $server = start_server(['-v', '--source-rate=1/3600', '--penalty=600', '--rate-sources=8'], ['sh', '-c', 'echo hello; test "$TCPREMOTEIP" != 127.0.0.2']);
is(ask($server, from => '127.0.0.2'), "hello\n", '--rate-sources=8: the first client of a source is served');
eventually(sub { log_count($server, qr/ penalty /) });
is(ask($server, from => "127.0.1.$_"), "hello\n", "--rate-sources=8: new source $_ is served") for 1 .. 20;
is(ask($server, from => '127.0.0.2'), '', '--rate-sources=8: the source with a penalty is refused after 20 new sources');

# ---- who is exempt ----

page_says('Apply neither the rate of a source nor penalties nor the limit of one source to these clients; --rate is for all.');
$rules = new_rules('rated', 'ip4/0.0.0.0_0/allow' => '', 'ip4/0.0.0.0_0/env/TCPRATE' => "1/3600\n");
for my $form (['-i', $rules], ['-x', compile_rules($rules)])
{
  $server = start_server(['-v', @$form, '--source-prefix4=24', '--exempt=127.0.0.2'], $hello);
  is(ask($server, from => '127.0.0.3'), "hello\n", "$form->[0]: the first client of a source is served");
  is(ask($server, from => '127.0.0.4'), '', "$form->[0]: the rule's rate refuses the second one");
  is(ask($server, from => '127.0.0.2'), "hello\n", "$form->[0]: an exempt client of the same source is served, whatever the rate of its rule");
}

$server = start_server(['-v', '--rate=1/3600', '--exempt=127.0.0.0/8'], $hello);
my @clients = map { open_client($server) } 1, 2;
is(read_all($clients[0]), "hello\n", '--rate: the first exempt client is served');
log_says($server, qr{warning: the rate 1/3600 is reached}, '--rate: the rate holds for exempt clients, too');
is(log_count($server, qr/accept /), 1, '--rate: the second exempt client is not accepted');

done_testing();
