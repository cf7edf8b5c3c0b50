#!/usr/bin/env perl
# examples/login: a password, and a daemon that refuses the address of a client that got it wrong.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

# A penalty that lasts while the test does.
my $server = start_example('login', PENALTY => 300, EXEMPT => '127.0.0.9');
ok($server->{port}, 'examples/login starts') or BAIL_OUT(log_text($server));
is(ask($server, from => '127.0.0.2', send => "ann\nsesame\n"), "welcome, ann\n", 'examples/login welcomes a client with the right password');
is(ask($server, from => '127.0.0.2', send => "ann\nsesame\n"), "welcome, ann\n",
  'examples/login welcomes a client with the right password a second time');
is(ask($server, from => '127.0.0.3', send => "ann\n.*\n"), "wrong\n", 'examples/login answers wrong to a wrong password');
log_says($server, qr/info: end pid \d+ exitcode 1 count \d+\/\d+ source=127\.0\.0\.3 /, 'examples/login exits 1 after a wrong password');
is(ask($server, from => '127.0.0.3', send => "ann\nsesame\n"), "try again later\r\n", 'examples/login refuses an address after a wrong password');
log_says($server, qr/info: refuse 127\.0\.0\.3_\d+ penalty \d+ s$/, 'examples/login logs a refusal after a wrong password with its reason');
is(ask($server, from => '127.0.0.2', send => "bob\nhunter2\n"), "welcome, bob\n", 'examples/login serves other addresses after a wrong password');
is(ask($server, from => '127.0.0.9', send => "ann\nnonsense\n"), "wrong\n", 'examples/login answers wrong to a wrong password of an exempt address');
log_says($server, qr/exitcode 1 count \d+\/\d+ source=127\.0\.0\.9 /,
  'examples/login logs the exit code after a wrong password of an exempt address');
is(ask($server, from => '127.0.0.9', send => "ann\nsesame\n"), "welcome, ann\n", 'examples/login serves an exempt address after a wrong password');

page('sallyport-security');
page_says('examples/login is such a service.');
page_says('A wrong password, an unknown user, a request that makes no sense: the program exits with 1, and the daemon charges the address of the client.');

done_testing;
