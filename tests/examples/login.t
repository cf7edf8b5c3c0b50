#!/usr/bin/env perl
# examples/login: a password, and a daemon that refuses the address of a client that got it wrong.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

# A penalty that lasts while the test does.
my $server = start_example('login', PENALTY => 300, EXEMPT => '127.0.0.9');
ok($server->{port}, 'the service starts') or BAIL_OUT(log_text($server));
is(ask($server, from => '127.0.0.2', send => "ann\nsesame\n"), "welcome, ann\n", 'the right password is welcome');
is(ask($server, from => '127.0.0.2', send => "ann\nsesame\n"), "welcome, ann\n", '... each time');
is(ask($server, from => '127.0.0.3', send => "ann\n.*\n"), "wrong\n", 'a wrong one is not');
log_says($server, qr/info: end pid \d+ exitcode 1 count \d+\/\d+ source=127\.0\.0\.3 /, 'the exit code tells the daemon so');
is(ask($server, from => '127.0.0.3', send => "ann\nsesame\n"), "try again later\r\n", 'its address is refused then, with a word');
log_says($server, qr/info: refuse 127\.0\.0\.3_\d+ penalty \d+ s$/, 'and the log has the reason');
is(ask($server, from => '127.0.0.2', send => "bob\nhunter2\n"), "welcome, bob\n", 'other addresses are served');
is(ask($server, from => '127.0.0.9', send => "ann\nnonsense\n"), "wrong\n", 'an exempt address may be wrong');
log_says($server, qr/exitcode 1 count \d+\/\d+ source=127\.0\.0\.9 /, 'which is logged');
is(ask($server, from => '127.0.0.9', send => "ann\nsesame\n"), "welcome, ann\n", 'and is served again');

page('sallyport-security');
page_says('examples/login is such a service.');
page_says('A wrong password, an unknown user, a request that makes no sense: the program exits with 1, and the daemon charges the address of the client.');

done_testing;
