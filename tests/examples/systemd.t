#!/usr/bin/env perl
# examples/systemd: two units that systemd-analyze finds nothing wrong with, and whose ExecStart serves the listener
# that systemd-socket-activate hands over as systemd would.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;

my $units = examples() . '/systemd';

# As the text of the service says: where the programs and the page are elsewhere, ExecStart is changed.
my $service = get_file("$units/sallyport-http.service");
my $prefix = $ENV{SALLYPORT_BIN} =~ s{/bin\z}{}r;
ok($service =~ s{^(ExecStart=)/usr/local(/\S+ .* )/usr/local/share/sallyport/examples(/\S+)$}{$1$prefix$2${\examples()}$3}m,
  'ExecStart of sallyport-http.service has the paths of /usr/local');
put_file("$units/sallyport-http.service", $service);
my $socket = get_file("$units/sallyport-http.socket");

# Each setting that the units have, by name.
sub settings { return map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } split /\n/, $_[0] }
my %service = settings($service);
my %socket = settings($socket);
is($socket{Accept}, 'no', 'sallyport-http.socket gives the listener to the service');
is(scalar(() = $service =~ /^ExecStart=/mg), 1, 'sallyport-http.service has one ExecStart');
is($service{Type}, 'notify', 'sallyport-http.service has Type=notify');
like($service{ExecStart}, qr/ --notify /, 'ExecStart of sallyport-http.service has --notify');
my @command = split ' ', $service{ExecStart};

SKIP:
{
  my $analyze = tool('systemd-analyze');
  skip 'systemd-analyze is not installed', 7 unless $analyze;
  my $verify = sub { run({ env => { SYSTEMD_LOG_COLOR => 0 }, deadline => 60 }, $analyze, 'verify', '--man=no', @_) };
  # A machine where systemd does not run lacks this and that; what is printed of our units is what counts.
  my $ours = sub { join "\n", grep { /sallyport-http/ } split /\n/, $_[0]{err} };
  my $end = $verify->(map { "$units/sallyport-http.$_" } 'socket', 'service');
  is($ours->($end), '', 'systemd-analyze verify prints nothing about sallyport-http');
  is($end->{code}, 0, 'systemd-analyze verify exits 0 for sallyport-http') or diag($end->{err});
  mkdir own_dir() . '/wrong' or die;
  put_file(own_dir() . '/wrong/sallyport-http.socket', $socket);
  put_file(own_dir() . '/wrong/sallyport-http.service', $service =~ s/^NoNewPrivileges=/NoNewPrivilege=/mr);
  like($ours->($verify->(own_dir() . '/wrong/sallyport-http.service')), qr/NoNewPrivilege/,
    'systemd-analyze verify reports a setting that does not exist');

  my $strace = tool('strace');
  skip 'strace, to see the system calls with, is not installed or may not trace', 4 unless $strace && run($strace, 'true')->{code} == 0;
  skip 'sanitizers make system calls of their own', 4 if variant() eq 'sanitize';
  my %allowed = map { /^\s+(?:#\s+)?(\w+)\s*$/ ? ($1 => 1) : () } map { split /\n/, run($analyze, '--no-pager', 'syscall-filter', $_)->{out} } groups_of($analyze, $service{SystemCallFilter});
  my $traced = start_server([], [$command[-1]], under => [$strace, '-f', '-qq', '-o', own_dir() . '/trace']);
  like(ask($traced, send => "GET / HTTP/1.0\r\n\r\n"), qr{\AHTTP/1\.0 200 }, 'the page of sallyport-http.service is served under strace');
  my ($daemon) = children($traced->pid);
  kill 'TERM', $daemon;
  ok($traced->wait, 's6-tcpserver of sallyport-http.service ends under strace after SIGTERM');
  my %called = map { /^\d+ +(\w+)\(/ ? ($1 => 1) : () } split /\n/, get_file(own_dir() . '/trace');
  ok(($called{accept4} || $called{accept}) && $called{execve}, 'strace sees accept and execve of sallyport-http.service');
  is(join(' ', grep { !$allowed{$_} } sort keys %called), '',
    'SystemCallFilter of sallyport-http.service allows every call that server and page make');
}

# The groups that a group consists of, itself included.
sub groups_of
{
  my ($analyze, @todo) = @_;
  my %seen;
  while (defined(my $group = shift @todo))
  {
    next if $seen{$group}++;
    push @todo, map { /^\s+(\@[\w-]+)\s*$/ ? $1 : () } split /\n/, run($analyze, '--no-pager', 'syscall-filter', $group)->{out};
  }
  return sort keys %seen;
}

SKIP:
{
  my $activate = tool('systemd-socket-activate');
  skip 'systemd-socket-activate is not installed', 6 unless $activate;
  my ($ip) = $socket{ListenStream} =~ /\A([\d.]+):\d+\z/;
  is($ip, '127.0.0.1', 'sallyport-http.socket listens on 127.0.0.1');

  # PrivateNetwork=yes, if we may: the listener is all the network that the service needs.
  my $unshare = tool('unshare');
  my @private = $unshare && system("$unshare -n true 2>/dev/null") == 0 ? ($unshare, '-n', '--') : ();
  my ($activated, $page);
  for (1 .. 20)  # the port may be taken by another process between our looking and its binding
  {
    my $port = do { my ($free, $number) = busy_port(); close $free; $number };
    $activated = start(command => [$activate, '-l', "$ip:$port", @private, @command]);
    my $client = eventually(sub { eval { open_client({ ip => $ip, port => $port }) } || !$activated->alive });
    next unless ref $client;
    say_to($client, "GET / HTTP/1.0\r\n\r\n");
    $page = read_all($client);
    next unless log_has($activated, qr/starting - bound to ip \Q$ip\E port $port$/, 1);
    @$activated{qw(ip port)} = ($ip, $port);
    last;
  }
  like($page // '', qr{\AHTTP/1\.0 200 OK\r\n.*^TCPREMOTEIP=127\.0\.0\.1$}ms,
    'sallyport-http.service serves the first client, which starts it') or diag(log_text($activated));
  like(ask($activated, send => "GET / HTTP/1.0\r\n\r\n"), qr{\AHTTP/1\.0 200 OK\r\n}, 'sallyport-http.service serves the next client');
  is(log_count($activated, qr/info: starting/), 1, 'sallyport-http.service serves two clients by one daemon');
  $activated->signal('HUP');
  log_says($activated, qr/received SIGHUP/, 'the daemon of sallyport-http.service logs SIGHUP');
  $activated->signal('TERM');
  is_deeply($activated->wait, { code => 0, signal => 0 }, 'the daemon of sallyport-http.service exits 0 after SIGTERM');
}

done_testing();
