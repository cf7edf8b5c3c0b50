#!/usr/bin/env perl
# What a program inherits from a daemon that has descriptors of every kind open: the connection, and nothing else. An upgrade, over
# which all of them go, changes nothing of that.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

skip_all_unless('there is a /proc', -d "/proc/$$/fd");

# What has a number above 2 is listed with what it is, after a line of the client. Then the program waits for the client's end.
my $list = [$^X, '-e', 'sysread STDIN, my $line, 3; opendir my $d, "/proc/$$/fd"; my @n = grep { /^\d+$/ && $_ > 2 } readdir $d; closedir $d;
  syswrite STDOUT, join(" ", "above 2:", map { readlink("/proc/$$/fd/$_") // () } @n) . "\n"; 1 while sysread STDIN, $line, 100'];

# What this test has inherited itself.
my ($usual) = run({ stdin => "go\n" }, @$list)->{out} =~ /\A(.*\n)/;

page('sallyport-security');
page_says('They never pass on a descriptor that they opened, but for the connection.');
page_says('what is left after the program has ended or the client was refused, which is thrown away.');

# A daemon with clients who are silent, clients who are served, clients who are being refused, and a reader of the counters.
sub is_clean
{
  my ($name, $server, $status, $connect) = @_;
  my @silent = map { $connect->() } 1 .. 5;
  my @served = map { $connect->() } 1 .. 3;
  for (@served)
  {
    say_to($_, "go\n");
    is(read_line($_), $usual, "$name: a program inherits nothing but the connection");
  }
  my $reader = IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $status);
  my $refused = $connect->();
  say_to($refused, "go\n");
  is(read_line($refused), "full\n", "$name: a client above the limit is refused with words");
  say_to($refused, 'x' x 1000);
  ok(eventually(sub { (counters_of($status)->{pending} // 0) >= 6 }), "$name: silent and refused clients are pending");
  stop_sending($served[0]);
  read_all($served[0]);
  my ($next, $line);
  ok(eventually(sub { $next = $connect->(); say_to($next, "go\n"); ($line = read_line($next) // '') ne "full\n" }), "$name: a client is served in the place of one who has left");
  stop_sending($next);
  is($line, $usual, "$name: a program inherits nothing but the connection while others are pending");
  stop_sending($_) for @served[1, 2];
  read_all($_) for $next, @served[1, 2];
  return @silent;
}

for my $way ([], ['--portable-launch'])
{
  for my $kind ('s6-tcpserver', 's6-ipcserver')
  {
    my $status = unix_path();
    my @options = ('-v', '-C', 3, '--first-data=600', '--linger=60', '--refuse-with=full\n', '--kill-group', '--max-session=600', '--source-rate=1000/1', "--status-socket=$status", @$way);
    my $name = join ' ', $kind, @$way;
    my $server = start_server(\@options, $list, $kind eq 's6-ipcserver' ? (path => unix_path()) : ());
    my $connect = sub { return $kind eq 's6-ipcserver' ? IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $server->{path}) : open_client($server) };
    my @kept = is_clean($name, $server, $status, $connect);
    $server->signal('USR2');
    log_says($server, qr/info: resumed with \d+ clients$/, "$name: it is upgraded");
    push @kept, is_clean("$name after an upgrade", $server, $status, $connect);
    say_to($kept[0], "go\n");
    is(read_line($kept[0]), $usual, "$name: a client that was silent during the upgrade has a program with nothing but the connection");
  }
}

done_testing();
