#!/usr/bin/env perl
# Command lines that are wrong: every program of the chain, every option, every end of every range.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Usage;

my ($listener, $busy) = busy_port();

sub run_it
{
  my ($program, @words) = @_;
  return run({ fds => { 0 => $listener } }, bin($program), @words);
}

for my $program ('s6-tcpserver', 's6-tcpserver-socketbinder')
{
  check_usage($program, fds => { 0 => $listener }, rest => ['127.0.0.1', 0, $nowhere], unbindable => ['127.0.0.1', $busy, $nowhere]);
}
check_usage($_, fds => { 0 => $listener }, rest => [$nowhere]) for 's6-tcpserverd', 's6-applyuidgid';

# What each range is, as the pages say it.
page('s6-tcpserverd');
page_says('The largest n is 1000000, and 0 means 1.');
page_says('The largest n is 9.');
page_says('The default is 32, which is also the largest.');
page_says('The default is 64, and 128 is the largest.');
page('s6-applyuidgid');
page_says('Change to this user id, a number from 0 to 4294967294.');
page_says('Change to this group id, a number from 0 to 4294967294.');
page_says('The command line is wrong, or, with -U, a variable is missing or wrong.');

# Operands.
for my $program ('s6-tcpserver', 's6-tcpserver-socketbinder')
{
  page($program);
  page_says('is a number from 0 to 65535, not a name.');
  usage_is(run_it($program, '127.0.0.1', $_, 'true'), $program, "'$_'", "the port is not '$_'")
    for '', '65536', '-1', '+80', '08x', '080', '000', 'http', ' 80', '80 ', '0x50', '4294967376';
  usage_is(run_it($program, $_, $busy, 'true'), $program, "'$_'", "the ip is not '$_'")
    for '', '1.2.3.4.5', '256.1.1.1', '1.2.3.4 junk', '127.1', '127.0.0.01', 'localhost', '[::1]', '::1::', '::g', '1.2.3',
        '::1%lo', 'fe80::1%', 'fe80::1%nonesuch', 'fe80::1%lo%lo', '1.2.3.4%lo', '0177.0.0.1', '127.0.0.1:80', '2130706433', '0x7f000001', '::ffff:0177.0.0.1', 'fe80::1', 'fe80::1%01', ':' x 100;
  is(run_it($program, $_, 0, $nowhere)->{code}, 127, "$program accepts the ip $_") for '127.0.0.1', '0.0.0.0';

  page_says('that is not IPv6 is a usage error then.');
  usage_is(run_it($program, '--combine4and6', '127.0.0.1', $busy, 'true'), 's6-tcpserver-socketbinder', '--combine4and6',
           "--combine4and6 with an IPv4 address");
}

# Where options end.
page('s6-tcpserver');
page_says('Options come before ip.');
is(run_it('s6-tcpserver', '-qQ', '-c5', '-C', 5, '--', '127.0.0.1', 0, $nowhere)->{code}, 127,
  's6-tcpserver: options can be joined in one word, and -- ends them');
page('s6-tcpserverd');
page_says('Options come before prog; what follows prog belongs to it.');
is(run_it('s6-tcpserverd', $nowhere, '-c', 'many', '--nonesuch')->{code}, 127, 's6-tcpserverd: words after the program are not taken as options');
page('s6-tcpserver-socketbinder');
page_says('Options come before ip.', 'The command line is wrong.');
is(run_it('s6-tcpserver-socketbinder', '127.0.0.1', 0, 'echo', '-b', 'x')->{out}, "-b x\n",
   's6-tcpserver-socketbinder does not look at the words after its program');
page('s6-applyuidgid');
page_says('Options come before prog.');
is(run(bin('s6-applyuidgid'), 'echo', '-u', 'x')->{out}, "-u x\n", 's6-applyuidgid does not look at the words after its program');

done_testing();
