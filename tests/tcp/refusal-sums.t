#!/usr/bin/env perl
# Refusals of a source are summed up for each reason of its own, whatever the reason is; and an option that does nothing without another is
# a usage error that names both.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Proxy;
use Sallyport::Rules;
use Sallyport::Unix;

my $echo_code = ['sh', '-c', 'read -r code; exit "${code:-0}"'];
sub come { my ($server, $n, $from) = @_; closed_by_server(open_client($server, from => $from)) for 1 .. $n }

# So many refusals for this reason: one line, and a line with the sum of the others for each second.
sub summed_up
{
  my ($server, $source, $why, $n, $name) = @_;
  log_says($server, qr{info: refuse ${source}_\d+ $why$}, "s6-tcpserver, refusals because of $name: the first one has a line of its own");
  my $all = sub
  {
    my $sum = 0;
    for (log_lines($server)) { $sum += /repeated=(\d+)$/ ? $1 : 1 if m{info: refuse ${source}(?:_\d+)? $why(?: repeated=\d+)?$} }
    return $sum;
  };
  ok(eventually(sub { $all->() == $n }), "s6-tcpserver, refusals because of $name: all $n are counted in the log")
    or diag($all->(), "\n", log_text($server));
  ok(log_count($server, qr{info: refuse $source $why repeated=\d+$}) > 0,
     "s6-tcpserver, refusals because of $name: those after the first are summed up in the log");
}

page('s6-tcpserverd');
my $rules = new_rules('sums', 'ip4/0.0.0.0_0/allow' => '', 'ip4/127.0.0.2_32/deny' => '', 'ip4/127.0.0.3_32/deny' => '');
my $server = start_server(['-v', '-i', $rules], $echo_code);
come($server, 10, '127.0.0.2');
come($server, 4, '127.0.0.3');
summed_up($server, '127\.0\.0\.2', 'rule=ip4/127\.0\.0\.2_32', 10, 'a rule');
summed_up($server, '127\.0\.0\.3', 'rule=ip4/127\.0\.0\.3_32', 4, 'another rule');

$server = start_server(['-v', '-c', 1, '--refuse-when-full'], $echo_code);
my $one = open_client($server, from => '127.0.0.2');
log_has($server, qr/ accept 127\.0\.0\.2/) or die;
come($server, 8, '127.0.0.3');
summed_up($server, '127\.0\.0\.3', 'full \(-c\)', 8, 'the client limit');
close $one;

$server = start_server(['-v', '--penalty=600'], $echo_code);
my $bad = open_client($server, from => '127.0.0.2');
say_to($bad, "1\n");
log_has($server, qr/info: penalty 127\.0\.0\.2 /) or die;
come($server, 9, '127.0.0.2');
summed_up($server, '127\.0\.0\.2', 'penalty 5\d\d s', 9, 'a penalty');

$server = start_server(['-v', '--first-data=1'], $echo_code);
my @silent = map { open_client($server, from => '127.0.0.2') } 1 .. 5;
closed_by_server($_) for @silent;
summed_up($server, '127\.0\.0\.2', 'silent for 1 s', 5, 'silence');

$server = start_server(['-v', '--proxy=1', '--proxy-from=127.0.0.0/8'], $echo_code);
ask($server, from => '127.0.0.2', send => "no header\r\n") for 1 .. 6;
summed_up($server, '127\.0\.0\.2', 'bad proxy header.*', 6, 'a bad PROXY header');

# Two reasons at the same time.
$server = start_server(['-v', '-C', 1, '--source-rate=2/3600'], $echo_code);
my $two = open_client($server, from => '127.0.0.2');
log_has($server, qr/ accept 127\.0\.0\.2/) or die;
come($server, 3, '127.0.0.2');
say_to($two, "0\n");
log_has($server, qr/ end pid /) or die;
read_all($two);
$two = open_client($server, from => '127.0.0.2');
say_to($two, "0\n");
read_all($two);
eventually(sub { log_count($server, qr/ end pid /) == 2 });
come($server, 4, '127.0.0.2');
summed_up($server, '127\.0\.0\.2', 'rate 2/3600', 4, 'the rate, beside another reason');
summed_up($server, '127\.0\.0\.2', 'count 1/1 source \(-C 1\)', 3, 'the number of one source, beside another reason');

# ---- alone ----

page_says('This needs --max-session, --max-idle or --drain-deadline.', 'This needs --source-rate, --penalty, or access rules.');
for (['--kill-after=5', '--kill-after needs --max-session, --max-idle or --drain-deadline'],
  ['--only-report', '--only-report needs --source-rate, --penalty, --rules-dir or --rules-cdb'],
  ['--rate-sources=64', '--rate-sources needs --source-rate, --penalty, --rules-dir or --rules-cdb'])
{
  my ($option, $words) = @$_;
  for my $command ([bin('s6-tcpserver'), $option, '127.0.0.1', 0, 'true'], [bin('s6-ipcserver'), $option, own_dir() . '/none', 'true'], [bin('s6-tcpserverd'), $option, 'true'], [bin('skd'), $option, '-t', '127.0.0.1:0', 'true'],
    [bin('tcp-socket-accept'), $option, 'true'])
  {
    my $end = run(@$command);
    my $name = $command->[0] =~ s{.*/}{}r;
    my $offered = $words;
    $offered =~ s{, --rules-dir or --rules-cdb}{} unless grep { $_->{name} eq "rules-dir" } help_options($name);
    $offered =~ s/--source-rate, --penalty$/--source-rate or --penalty/;
    is("$end->{code} $end->{err}", "100 $name: usage: $offered (try $name --help)\n", "$name $option is a usage error that names both options");
  }
}
ok(!-e own_dir() . '/none', 's6-ipcserver with an option that lacks its partner binds nothing');
for my $way (['--kill-after=5', '--max-session=100'], ['--kill-after=5', '--drain-deadline=9'], ['--only-report', '--penalty=3'], ['--only-report', '-i', $rules], ['--rate-sources=8', '-x', compile_rules($rules)])
{
  my $end = eval { start_server($way, ['true']) };
  ok($end, "s6-tcpserver @$way: a server with both options starts") or diag($@);
}

done_testing;
