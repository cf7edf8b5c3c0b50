# Services under real supervisors: what each of them does to a server, and what the server's clients see of it.
package Sallyport::Supervisor;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

use Sallyport::Client;
use Sallyport::Names qw(free_port);
use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(supervise service own_endpoint is_served lives_under_supervision);

my $script = $$;

# A process that was started by a supervisor, and what it left over, has this in the environment.
my $mark = 'SALLYPORT_SUPERVISED';

# Our programs come first for scripts that supervisors run, and for those that their tools run.
$ENV{PATH} = "$ENV{SALLYPORT_BIN}:$ENV{PATH}";

sub supervise { return start(command => [@_], env => { $mark => own_dir() }) }

# A service directory: service("scan/tcp", run => "...", "log/run" => "...").
sub service
{
  my ($name, %files) = @_;
  my $dir = own_dir();
  for my $path ($name, map { m{^(.*)/} ? "$name/$1" : () } sort keys %files)
  {
    my $at = $dir;
    for my $part (split m{/}, $path) { $at .= "/$part"; mkdir $at }
  }
  put_file("$dir/$name/$_", $files{$_}, m{(?:^|/)(?:run|check)$} ? 0755 : 0644) for keys %files;
  return "$dir/$name";
}

# A loopback address that no other test has, and a free port of it: a server that is started again finds its port.
sub own_endpoint
{
  my $ip = join '.', 127, 1 + ($$ >> 16), ($$ >> 8) & 255, $$ & 255;
  return { ip => $ip, port => free_port($ip) };
}

sub is_served
{
  my ($service, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  is(eval { ask($service->{client}, send => "hello\n") } // $@, "hello\n", $name);
}

# A client that has been served once, and stays.
sub staying_client
{
  my ($service) = @_;
  my $socket = open_client($service->{client});
  return $socket if echoes($socket, 'here');
  die "the client is not served\n";
}

sub echoes
{
  my ($socket, $word) = @_;
  return say_to($socket, "$word\n") && (read_line($socket) // '') eq "$word\n";
}

sub finishes
{
  my ($socket, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  ok(echoes($socket, 'still here'), "$name is still served");
  stop_sending($socket);
  is(read_all($socket), '', "$name gets the end of its connection when it stops sending");
}

# The same life under each supervisor. The service is a server whose program is cat, and
#   name, client => { ip, port } or { path }, log => file that the supervisor's logger writes
#   start => sub: returns true as soon as the supervisor says that the service is up, and ready if it can tell
#   hup, stop => subs that tell the supervisor; pid => sub: of the daemon, 0 if it is down
sub lives_under_supervision
{
  my ($service) = @_;
  my ($name, $log) = ($service->{name}, { log => $service->{log} });
  local $Test::Builder::Level = $Test::Builder::Level + 1;

  ok($service->{start}->(), "$name: the supervisor starts the server") or diag(log_text($log));
  is_served($service, "$name: the server serves a client as soon as it is started");
  my $first = $service->{pid}->();
  like(get_file("/proc/$first/comm"), qr/\As6-(?:tcp|ipc)serverd/, "$name: the process of the service is the daemon itself");

  my $client = staying_client($service);
  ok($service->{hup}->(), "$name: the supervisor sends SIGHUP to the daemon");
  is(read_all($client), '', "$name: SIGHUP ends the program of a client that is being served");
  is_served($service, "$name: the daemon serves a new client after SIGHUP");
  is($service->{pid}->(), $first, "$name: the daemon is the same process after SIGHUP");

  $client = staying_client($service);
  ok($service->{stop}->(), "$name: the supervisor stops the service");
  is($service->{pid}->(), 0, "$name: the supervisor has no daemon running after the stop");
  ok(!eval { open_client($service->{client}) }, "$name: no client is able to connect after the stop");
  finishes($client, "$name: the client that was connected at the stop");

  ok($service->{start}->(), "$name: the supervisor starts the server again after the stop");
  is_served($service, "$name: the server serves a client at the same place as soon as it is started again");
  $client = staying_client($service);
  my $doomed = $service->{pid}->();
  ok(kill('KILL', $doomed), "$name: a SIGKILL reaches the daemon");
  ok(eventually(sub { my $pid = $service->{pid}->(); $pid && $pid != $doomed }), "$name: the supervisor starts a killed daemon again");
  ok($service->{start}->(), "$name: the supervisor reports the service up after the daemon was killed");
  is_served($service, "$name: the daemon that was started again after SIGKILL serves a new client");
  finishes($client, "$name: the client of the killed daemon");

  log_says($log, qr/serverd: info: starting - bound to /, "$name: the start of the daemon is in the log");
  log_says($log, qr/serverd: info: received SIGHUP, sending SIGTERM and SIGCONT to all connections$/, "$name: the SIGHUP is in the log");
  log_says($log, qr/serverd: info: received SIGTERM, quitting$/, "$name: the SIGTERM that ends the daemon is in the log");
  ok(eventually(sub { log_count($log, qr/serverd: info: starting - bound to /) == 3 }),
     "$name: each of three starts of the daemon is in the log") or diag(log_text($log));
}

# Supervisors begin sessions, and start again what is killed: every process with the mark, until there is none.
sub marked
{
  my $dir = own_dir();
  return grep { get_file("/proc/$_/environ") =~ /(?:\A|\0)$mark=\Q$dir\E\0/ } map { m{(\d+)} } glob '/proc/[0-9]*';
}

END
{
  if ($$ == $script)
  {
    local $?;
    eventually(sub { my @pids = marked(); kill 'KILL', @pids; !@pids }, 5);
  }
}

1;
