#!/usr/bin/env perl
# skd: options that nothing could obey.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

sub is_wrong
{
  my ($word, @words) = @_;
  my $r = run(bin('skd'), @words, 'echo', 'ran');
  my $right = ($r->{code} // -1) == 100 && $r->{out} eq '' && $r->{err} =~ /\Askd: usage: [^\n]*\n\z/ && index($r->{err}, $word) >= 0;
  ok($right, "skd @words is a usage error") or diag(explain($r));
}

page('skd');
page_says('Options about clients are a usage error without a stream socket.', '--max-session, --max-idle,');
is_wrong('--max-idle is for clients of a stream socket', '--max-idle=5', @$_) for [], ['-u', '127.0.0.1:0'], ['-S'];

page_says('--status-socket and --status-fd are a usage error where skd becomes prog.');
my $path = unix_path();
is_wrong('--status-socket is for a daemon', "--status-socket=$path");
ok(!-e $path, 'skd --status-socket without a socket leaves no file');
is_wrong('--status-fd is for a daemon', '--status-fd=3');

my $server = start(command => [bin('skd'), '-S', "--status-socket=$path", 'sleep', 1000]);
ok(eventually(sub { %{counters_of($path)} }), 'skd -S --status-socket answers there');
$server->signal('TERM');
$server->wait;

done_testing();
