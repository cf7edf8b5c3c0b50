#!/usr/bin/env perl
# examples/fail2ban: fail2ban's own reader finds in a real log the clients that have done harm, and no others.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;
use POSIX qw(strftime);

my $regex = tool('fail2ban-regex');
skip_all_unless('fail2ban is installed', $regex);
my $modules = $regex =~ s{/bin/[^/]*\z}{/lib/python3/dist-packages}r;
local $ENV{PYTHONPATH} = join ':', -d $modules ? $modules : (), $ENV{PYTHONPATH} // ();
my $trial = run($regex, '--version');
skip_all_unless('fail2ban runs here', ($trial->{code} // -1) == 0);

my $login = start_example('login', PENALTY => 300);
ask($login, from => '127.0.0.3', send => "ann\nno\n");
log_says($login, qr/exitcode 1 /, 'examples/login logs a wrong password');
ask($login, from => '127.0.0.3', send => "ann\nno\n") for 1 .. 4;
log_says($login, qr/refuse 127\.0\.0\.3 penalty \d+ s repeated=\d+$/, 'examples/login logs refusals and sums them up');
ask($login, from => '127.0.0.2', send => "ann\nsesame\n");
log_says($login, qr/exitcode 0 /, 'examples/login logs a right password');
my $proxy = start_server(['-v', '--proxy=1', '--proxy-from=127.0.0.0/8'], ['true']);
ask($proxy, from => '127.0.0.4', send => "GET / HTTP/1.0\r\n\r\n");
log_says($proxy, qr/bad proxy header/, 's6-tcpserverd --proxy logs a bad header');
my $report = start_server(['-v', '--penalty=300', '--only-report'], ['sh', '-c', 'exit 1']);
ask($report, from => '127.0.0.5');
log_says($report, qr/exitcode 1 /, 's6-tcpserverd --penalty logs an exit code of 1');
ask($report, from => '127.0.0.5');
log_says($report, qr/penalty \d+ s only-report$/, 's6-tcpserverd --only-report logs a refusal that is only reported');

# Which lines are about harm, as a person would tell.
my @lines = grep { length } map { log_lines($_) } $login, $proxy, $report;
my @harm = grep { !/only-report/ && /: info: (?:refuse |end pid \d+ exitcode 1 )/ } @lines;
my %who = map { /(?:refuse |source=)(127\.0\.0\.\d)/ ? ($1 => 1) : () } @harm;
is_deeply([sort keys %who], ['127.0.0.3', '127.0.0.4', '127.0.0.5'], 'the lines about harm in the log name three addresses');

my $filter = examples() . '/fail2ban/filter.d/sallyport.conf';
for my $stamp (strftime('%Y-%m-%d %H:%M:%S.000000000 ', localtime), sprintf('@400000%010x00000000 ', time + 10), strftime('%b %d %H:%M:%S host ', localtime))
{
  my $log = put_file('stamped', join '', map { "$stamp$_\n" } @lines);
  my $r = run($regex, '--print-all-matched', $log, $filter);
  my ($count) = $r->{out} =~ /(\d+) matched/;
  is($count, scalar(@harm), "fail2ban-regex finds each line about harm and no other with stamp '$stamp'") or diag($r->{out}, $r->{err});
  like($r->{out}, qr/\b\Q$_\E(?!\d)/, "fail2ban-regex finds $_ with stamp '$stamp'") for '127.0.0.3', '127.0.0.4';
}

# The jail names the filter.
my $jail = get_file(examples() . '/fail2ban/jail.local');
like($jail, qr/^filter = sallyport$/m, 'examples/fail2ban/jail.local uses the filter sallyport');
like($jail, qr/^port = 7001$/m, 'examples/fail2ban/jail.local has the port of examples/login');

done_testing;
