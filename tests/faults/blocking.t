#!/usr/bin/env perl
# doc/blocking.txt says of every system call that a serving daemon makes why it cannot wait. A call that is not in that table fails here.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Proxy;
use Sallyport::Skd;
use Sallyport::Tls;
use Sallyport::Unix;

plan(skip_all => can_inject()) if can_inject();
plan(skip_all => 'a sanitizer makes system calls of its own') if variant() eq 'sanitize';

my %table = map { $_ => 1 } map { split /, */ } get_file(source_file('doc/blocking.txt')) =~ /^([a-z][a-z0-9_]*(?:, *[a-z][a-z0-9_]*)*)\n  \S/mg;
cmp_ok(scalar(keys %table), '>', 20, 'doc/blocking.txt has a table of system calls');

# What a daemon does, and not its children, from when it is ready to its end.
sub calls_of
{
  my ($server, $clients, @signals) = @_;
  my $file = own_dir() . '/calls.' . $server->pid;
  my $strace = start(command => [tool('strace'), '-o', $file, '-p', $server->pid]);
  log_has($strace, qr/attached/, 4 * deadline()) or die "strace is not attached\n" . log_text($strace);
  $clients->();
  $server->signal($_) for @signals;
  $server->wait or die "the daemon does not end\n";
  $strace->wait;
  my %calls = map { $_ => 1 } get_file($file) =~ /^([a-z]\w*)\(/mg;
  return sort keys %calls;
}

sub all_stand_in_the_table
{
  my ($name, $server, $clients, @signals) = @_;
  my @calls = calls_of($server, $clients, @signals, 'TERM');
  cmp_ok(scalar(@calls), '>', 5, "$name makes system calls: @calls");
  is(join(' ', grep { !$table{$_} } @calls), '', "$name makes no system call that is not in doc/blocking.txt");
}

# Some are served, one is refused, one fails, and a process sends signals.
sub some_clients
{
  my ($server) = @_;
  return sub
  {
    my @open = map { open_client($server) } 1 .. 2;
    say_to($_, "x\n"), read_line($_) for @open;
    read_all(open_client($server));
    close $_ for @open;
    @open = ();
    ask($server, send => 'x') for 1 .. 3;
    $server->signal('HUP');
  };
}

for (['quick'], ['portable', '--portable-launch'])
{
  my ($way, @options) = @$_;
  my @limits = ('-v', '-c', 10, '-C', 2);
  my $server = start_server([@limits, @options], ['cat']);
  all_stand_in_the_table("s6-tcpserverd with the $way launcher", $server, some_clients($server));
  $server = start_server([@limits, @options], ['cat'], path => unix_path());
  all_stand_in_the_table("s6-ipcserverd with the $way launcher", $server, some_clients($server));
  $server = start_listening(ip => '127.0.0.1', command => [bin('tcp-socket-listen'), '-1', '127.0.0.1', 0, bin('tcp-socket-accept'), '-v', '-C', 2, @options, 'cat']);
  log_has($server, qr/starting/);
  all_stand_in_the_table("tcp-socket-accept with the $way launcher", $server, some_clients($server));
  my $log = own_dir() . "/log.$way";
  $server = skd(['-vt127.0.0.1:0', '-C', 2, '-L', ">>$log", @options], ['cat']);
  all_stand_in_the_table("skd with the $way launcher", $server, some_clients($server));
}

# A shortage, a program that is being written, a log without a reader.
{
  my $program = own_dir() . '/cat';
  system('cp', tool('cat'), $program) == 0 or die;
  pipe my $reader, my $writer or die;
  fcntl $writer, 1031, 4096;
  my $server = start_server(['-v'], [$program], fds => { 2 => $writer });
  close $writer;
  all_stand_in_the_table('s6-tcpserverd with a busy program and a log without a reader', $server, sub
  {
    open my $busy, '+<', $program or die;
    my $client = open_client($server);
    say_to($client, "x\n");
    select undef, undef, undef, 0.5;
    close $busy;
    read_line($client);
    close $client;
    ask($server, send => 'x') for 1 .. 50;
  });
}

# ---- what not every daemon does ----

# PROXY headers, whole, late and wrong ones; counters; data that is left; and an upgrade, after which all goes on.
{
  my $status = own_dir() . '/status';
  my $server = start_server(['-v', '-C', 20, '--proxy=any', '--proxy-from=127.0.0.1', '--proxy-deadline=1', "--status-socket=$status", '--linger=2'], ['cat']);
  all_stand_in_the_table('s6-tcpserverd with pending clients, counters, lingering and an upgrade', $server, sub
  {
    my $trouble = sub
    {
      my @late = map { open_client($server) } 1 .. 3;
      ask($server, send => proxy_header('192.0.2.1', 1) . 'x') for 1 .. 3;
      ask($server, send => "no header\r\n\r\n");
      run(bin('s6-serverstat'), $status);
      closed_by_server($_) or die "a client without a header is not closed\n" for @late;
    };
    $trouble->();
    my $left = open_client($server);
    say_to($left, proxy_header('192.0.2.2', 1) . "x\n");
    read_line($left);
    $server->signal('USR2');
    log_has($server, qr/info: resumed with/);
    $trouble->();
  });
}

for my $way ([], ['--portable-launch'])
{
  my $server = skd(['-v', '-u', '127.0.0.1:0', @$way], answer_with('$out = $in'));
  all_stand_in_the_table(join(' ', 'skd -u', @$way), $server, sub { ask_datagram($server, 'x') for 1 .. 3; $server->signal('HUP') });
}

SKIP:
{
  skip 'built without TLS', 2 unless built_with_tls();
  skip 'openssl is not installed', 2 unless tool('openssl');
  my $server = start_server(['-v', '-H', '-K', 500], ['head', '-n', 1], program => 's6-tlsserver', env => { pair_env(tls_pair('server')) });
  all_stand_in_the_table('s6-tlsserverd -H -K', $server, sub
  {
    my $silent = open_client($server);
    s_client($server, "x\n") for 1 .. 2;
    ask($server, send => "GET / HTTP/1.0\r\n\r\n");
    closed_by_server($silent) or die "a silent client is not closed\n";
  });
}

done_testing();
