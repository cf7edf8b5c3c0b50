#!/usr/bin/env perl
# What sallyport-containers(7) promises: the commands of the page as process 1 of a root that cannot be written to, without
# /proc, /dev, capabilities, a shell or anything else.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use Sallyport::PageExamples;

my ($unshare, $chroot, $mount) = map { tool($_) } qw(unshare chroot mount);
skip_all_unless('unshare, chroot and mount are installed', $unshare && $chroot && $mount);
skip_all_unless('a build that runs without /proc', variant() !~ /sanitize|coverage/);
in_own_machine();
skip_all_unless('the right to make a PID namespace', system("$unshare -p --fork true 2>/dev/null") == 0);

umask 022;  # other users enter what is made here
page('sallyport-containers');
my $dir = own_dir();
my $root = "$dir/root";
my @shown = map { $_->{text} } grep { $_->{page} eq 'sallyport-containers' } displays();
my ($recipe, $script, $from_outside) = @shown;

# ---- a container ----

# Before the directory of the test is removed.
END
{
  my $code = $?;
  system('umount', '-l', $root) if defined $root && -d "$root/bin";
  $? = $code;
}

mkdir $root or die;
skip_all_unless('the right to mount a tmpfs', system("$mount -t tmpfs -o mode=755 tmpfs $root 2>/dev/null") == 0);
my @programs = qw(s6-tcpserver s6-tcpserver-socketbinder s6-tcpserverd s6-ipcserver s6-ipcserver-socketbinder s6-ipcserverd s6-applyuidgid s6-serverstat skd);
put_in_root($root, bin($_), bin($_)) for @programs;
put_in_root($root, tool('cat'), '/bin/web');
put_in_root($root, tool('sh'), '/bin/sh');
mkdir "$root/$_" or die for qw(run usr);
skip_all_unless('the right to forbid writing there', system("$mount -o remount,bind,ro $root 2>/dev/null") == 0);
system("$mount -t tmpfs -o mode=1777 tmpfs $root/run") == 0 or die 'no /run';
is(scalar @shown, 3, 'sallyport-containers(7) has exactly three displays');
ok(!-e "$root/proc" && !-e "$root/dev" && !open(my $try, '>', "$root/file"),
  'the root of the containers has neither /proc nor /dev, and cannot be written to');

# The words as process 1 of a container. What is started is unshare, which ends as they do.
#   user => [options of chroot], under => [words], and env and fds of start()
sub container
{
  my ($words, %how) = @_;
  my @command = ($unshare, '-p', '--fork', @{$how{under} // []}, $chroot, @{$how{user} // []}, $root, @$words);
  my $self = start(only_env => { PATH => '/bin', %{$how{env} // {}} }, fds => $how{fds} // {}, command => \@command);
  $self->{ip} = '127.0.0.1';
  $self->{port} = $how{port} // 8080;
  return $self;
}

# The pid of process 1, as it is outside; undef if it has ended.
sub first_process
{
  my ($container) = @_;
  my ($pid) = $container->alive ? children($container->pid) : ();
  return $pid;
}

sub signal_first
{
  my ($container, $signal) = @_;
  my $pid = first_process($container);
  return defined $pid && kill $signal, $pid;
}

sub client_of
{
  my ($container) = @_;
  return eventually(sub { eval { open_client($container) } || !$container->alive });
}

sub echoes
{
  my ($client) = @_;
  say_to($client, "a line\n");
  return (read_line($client) // '') eq "a line\n";
}

sub ends
{
  my ($container, $signal) = @_;
  return signal_first($container, $signal) ? ($container->wait // {})->{code} : 'it is gone';
}

sub ours { return map { m{^/bin/(s6-.*|skd)$} ? bin($1) : $_ } @_ }

# ---- the recipe ----

my %line = map { /^([A-Z]+) +(.*)$/ ? ($1 => $2) : () } split /\n/, $recipe =~ s/\\\n//gr;
my %words = map { $_ => [$line{$_} =~ /"([^"]*)"/g] } qw(ENTRYPOINT CMD HEALTHCHECK);
my @service = ours(@{$words{ENTRYPOINT}}, @{$words{CMD}});
my @check = ours(@{$words{HEALTHCHECK}});
my $takes_users = (run($chroot, '--userspec=0:0', '--groups=', '/', 'true')->{code} // 1) == 0;  # that of busybox does not
my @user = can_change_ids() && $takes_users ? ("--userspec=$line{USER}", '--groups=') : ();
is($line{EXPOSE}, $words{CMD}[1], 'the recipe of sallyport-containers(7) exposes the port that its command listens on');
sub check { return run($chroot, @user, $root, @check)->{code} }

page_says('A daemon that begins as a user other than root needs no capability for a port above 1023, and all can be dropped.');
page_says('As process 1 it waits for the orphans that its programs leave: no other program is needed before it.');
page_says('The daemons serve without /proc and /dev.');
is(check(), 111, 'the health check of the sallyport-containers(7) recipe exits 111 when there is no service');
for my $signal ('TERM', 'INT')
{
  my $container = container(\@service, user => \@user);
  my $client = client_of($container);
  ok(ref $client && echoes($client), "the container of the sallyport-containers(7) recipe serves before it gets SIG$signal")
    or diag log_text($container);
  is(check(), 0, 'the health check of the sallyport-containers(7) recipe exits 0 while the container serves');
  is(status_field(first_process($container), 'CapEff'), '0' x 16, 'process 1 of the sallyport-containers(7) recipe has no capability') if @user;
  if ($signal eq 'TERM')
  {
    page_says('Drain: the clients that are being served and those in the backlog are served to the end, then the daemon exits 0, and the container ends.');
    signal_first($container, 'TERM');
    log_says($container, qr/received SIGTERM, draining: 1 clients$/, 'process 1 of the sallyport-containers(7) recipe drains on SIGTERM');
    ok(echoes($client), 'process 1 of the sallyport-containers(7) recipe serves its client while it drains');
    page_says('exits 0 if new clients are served, and 1 or 111 if not.');
    is(check(), 1, 'the health check of the sallyport-containers(7) recipe exits 1 while the container drains');
    page_says('Without it, the exit status is 0 as long as the daemon answers.');
    is(run($chroot, @user, $root, grep { $_ ne '--check' } @check)->{code}, 0, 's6-serverstat without --check exits 0 while the container drains');
    close $client;
  }
  else
  {
    page_says('The system then kills every other process of the container.');
    signal_first($container, 'INT');
    ok(closed_by_server($client), 'SIGINT to the container of the sallyport-containers(7) recipe ends the session of a client');
  }
  is(($container->wait // {})->{code}, 0, "the container of the sallyport-containers(7) recipe exits 0 after SIG$signal");
}

page_says('10 seconds after the listeners are closed, the programs that are left get SIGTERM, and 10 seconds later SIGKILL.');
my $patient = container([bin('s6-tcpserver'), '-v', '--', '127.0.0.1', '8080', '/bin/web']);
my $held = client_of($patient);
ok(echoes($held), 's6-tcpserver as process 1 serves a client that stays');
signal_first($patient, 'TERM');
log_says($patient, qr/the drain deadline is reached: ending 1 clients$/,
  's6-tcpserver as process 1 has a drain deadline without an option', 4 * deadline());
is(($patient->wait // {})->{code}, 0, 's6-tcpserver as process 1 exits 0 after its drain deadline');

page_says('A shell that is process 1 passes no signal on.');
my $shell = container(['/bin/sh', '-c', bin('s6-tcpserver') . ' 127.0.0.1 8080 /bin/web; :']);
my $before = client_of($shell);
ok(echoes($before), 's6-tcpserver serves below a shell that is process 1');
signal_first($shell, 'TERM');
ok(echoes($before) && $shell->alive, 'SIGTERM to a shell that is process 1 ends neither the session nor the container');
$shell->put_down;

# ---- no /proc ----

page_says('A socket that an earlier container has left there is replaced.');
my $client;
for my $time ('at a new path', 'at a path where a socket was left')
{
  my $local = container([bin('s6-ipcserver'), '-v', '-a', '0660', '/run/socket', '/bin/web']);
  $local->{path} = "$root/run/socket";
  $client = client_of($local);
  ok(ref $client && echoes($client), "s6-ipcserver as process 1 serves $time") or diag log_text($local);
  is((stat $local->{path})[2] & 0777, 0660, "s6-ipcserver as process 1 makes a socket of mode 0660 $time");
  close $client if ref $client;
  is(ends($local, 'TERM'), 0, "s6-ipcserver as process 1 exits 0 on SIGTERM, $time");
}

my $skd = container([bin('skd'), '-v', '-t', '127.0.0.1:8080', '-P', '/run/pid', '-L', '>/run/log', '/bin/web']);
$client = client_of($skd);
ok(ref $client && echoes($client), 'skd as process 1 with files below /run serves') or diag log_text($skd);
is(get_file("$root/run/pid"), "1\n", 'skd -P as process 1 writes 1 to its pid file');
close $client;
is(ends($skd, 'TERM'), 0, 'skd as process 1 exits 0 on SIGTERM');
like(get_file("$root/run/log"), qr/accept 127\.0\.0\.1_\d+ /, 'skd -L as process 1 writes its log below /run');
my @left = do { opendir my $run, "$root/run" or die; sort grep { !/^\.\.?$/ } readdir $run };
is("@left", 'log socket', 's6-ipcserver and skd as process 1 leave nothing below /run but the socket and the log');

# ---- capabilities ----

SKIP:
{
  my $setpriv = tool('setpriv');
  my $drops = $setpriv && can_change_ids() && (run($setpriv, '--bounding-set', '-all', 'true')->{code} // 1) == 0;
  skip 'setpriv with --bounding-set is not installed, or the right to change ids is missing', 4 unless $drops;
  page_says('needs CAP_SETUID and CAP_SETGID, and has no capability afterwards.');
  my $changes = container([bin('s6-tcpserver'), '-u', '65534', '-g', '65534', (built_for_linux() ? '--no-new-privs' : ()), '127.0.0.1', '8080', '/bin/web'],
    under => [$setpriv, '--bounding-set', '-all,+sys_chroot,+setuid,+setgid', '--inh-caps', '-all']);
  $client = client_of($changes);
  ok(ref $client && echoes($client), 's6-tcpserver -u -g as process 1 serves when it begins with CAP_SETUID and CAP_SETGID only')
    or diag log_text($changes);
  my $pid = first_process($changes);
  my %field = map { $_ => status_field($pid // 0, $_) // '' } qw(CapPrm CapEff Uid);
  like("$field{CapPrm} $field{CapEff} $field{Uid}", qr/^0{16} 0{16} 65534\b/,
    's6-tcpserver -u -g as process 1 has the user id 65534 and no capability');
  close $client if ref $client;
  is(ends($changes, 'TERM'), 0, 's6-tcpserver -u -g as process 1 exits 0 on SIGTERM');
}

# ---- a listener from outside ----

page_says('takes them:');
my ($listener, $port) = busy_port();
my @takes = ours(map { /^(?:s6-tcpserverd|web)$/ ? "/bin/$_" : $_ } split ' ', $from_outside);
my $outside = container(\@takes, env => { LISTEN_FDS => 1, LISTEN_PID => 1 }, fds => { 3 => $listener }, port => $port);
$client = client_of($outside);
ok(ref $client && echoes($client), 's6-tcpserverd as process 1 serves on a listener that the runtime made') or diag log_text($outside);
close $client if ref $client;
close $listener;
is(ends($outside, 'TERM'), 0, 's6-tcpserverd as process 1 with a listener of the runtime exits 0 on SIGTERM');

# ---- several services ----

SKIP:
{
  my $svscan = tool('s6-svscan');
  skip 's6 is not installed', 6 unless $svscan;
  page_says('drains all of its services on SIGTERM, and exits when they have ended.');
  put_file('web', "#!/bin/sh\nexec cat\n", 0755);
  mkdir "$dir/$_" or die for qw(services services/one services/two);
  for (['one', 8080], ['two', 8081])
  {
    put_file("services/$_->[0]/run", $script =~ s/0\.0\.0\.0 8080/127.0.0.1 $_->[1]/r . "\n", 0755);
    put_file("services/$_->[0]/down-signal", "SIGUSR1\n");
  }
  my %place = (env => { PATH => "$dir:$ENV{SALLYPORT_BIN}:$ENV{PATH}" });
  my $scan = start(%place, command => [$unshare, '-p', '--fork', $svscan, "$dir/services"], fds => { 1 => "$dir/scanned" });
  my @clients = map { my $port = $_; eventually(sub { eval { open_client($scan, ip => '127.0.0.1', port => $port) } }) } 8080, 8081;
  ok(echoes($_), 'a service below s6-svscan as process 1 serves') for @clients;
  signal_first($scan, 'TERM');
  ok(eventually(sub { (() = get_file("$dir/scanned") =~ /received SIGUSR1, draining: 1 clients$/mg) == 2 }),
    's6-svscan as process 1 drains both of its services on SIGTERM') or diag get_file("$dir/scanned");
  ok(echoes($_), 'a session goes on while s6-svscan as process 1 drains its services') for @clients;
  close $_ for @clients;
  is(($scan->wait // {})->{code}, 0, 's6-svscan as process 1 exits 0 when its services have ended');
}

done_testing();
