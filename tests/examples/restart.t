#!/usr/bin/env perl
# examples/restart: a command line is changed five times under load, and no client is lost.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

my $server = start_example('restart');
is(ask($server, send => "hello\n"), "you wrote: hello\n", 'examples/restart serves a client');

sub starts { return log_count($server, qr/info: starting - bound/) }

# Over when the one before drains: signals that come meanwhile are one signal.
sub restart
{
  my ($before, $drained) = (starts(), log_count($server, qr/received SIGUSR1, draining/));
  $server->signal('HUP');
  return eventually(sub { starts() > $before && log_count($server, qr/received SIGUSR1, draining/) > $drained });
}

# A session of the old command line lives on under the new one.
my $old = open_client($server);
read_line(open_client($server), 0.1);
my $serve = examples() . '/restart/serve';
my $text = get_file($serve);
put_file("$serve.new", $text =~ s/you wrote/you said/r, 0755);
rename "$serve.new", $serve or die;
ok(restart(), 'examples/restart starts the new command line after SIGHUP');
log_says($server, qr/info: received SIGUSR1, draining/, 'the old daemon of examples/restart drains after SIGHUP');
is(ask($server, send => "hello\n"), "you said: hello\n", 'examples/restart serves new clients by the new command line');
say_to($old, "hello\n");
is(read_all($old), "you wrote: hello\n", 'examples/restart serves an old client by the old command line');

# Under load.
my @results;
for my $n (1 .. 10)
{
  my $pid = open my $result, '-|';
  die "cannot fork: $!\n" unless defined $pid;
  push(@results, $result), next if $pid;
  my $good = 0;
  for my $k (1 .. 40) { $good++ if (eval { ask($server, send => "$n.$k\n") } // '') eq "you said: $n.$k\n" }
  print "$good\n";
  close STDOUT;
  POSIX::_exit(0);
}
is(scalar(grep { restart() } 1 .. 5), 5, 'examples/restart restarts five times under the load of 10 clients');
my $good = 0;
$good += <$_> for @results;
is($good, 400, 'examples/restart serves every client of the load during five restarts');

# One that does not start.
put_file("$serve.new", "#!/bin/sh\nexit 1\n", 0755);
rename "$serve.new", $serve or die;
$server->signal('HUP');
log_says($server, qr/keep: warning: serve did not start/, 'examples/restart logs a command line that does not start');
is(ask($server, send => "hello\n"), "you said: hello\n", 'examples/restart serves by the old command line when the new one does not start');
$server->signal('TERM');
is(($server->wait // {})->{code}, 0, 'examples/restart exits 0 after SIGTERM');
ok(eventually(sub { !eval { open_client($server); 1 } }), 'examples/restart leaves no listener after SIGTERM');

done_testing();
