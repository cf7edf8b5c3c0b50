#!/usr/bin/env perl
# The commands that the pages show, but for those that need more (see build/displays-in-pages): each serves a client, or
# talks to a server, or ends well. What differs is listed below: paths are in a directory of the test, names of hosts are
# this machine, and programs that do not exist are written here.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use Sallyport::PageExamples;
use Sallyport::Unix;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Socket qw(MSG_DONTWAIT);

in_network_namespace();

umask 022;  # other users enter what is made here
my $dir = own_dir();
my @shown = displays();

# ---- a place for them ----

mkdir "$dir/$_" or die for qw(bin run run/service srv srv/www srv/echo etc);
stub('bin', 'exec cat', qw(page answer greet adder fingerd web));
stub('bin', 'echo began', qw(resolver logd watcher devices reader uscheduled));
stub('bin', "#!/usr/bin/env perl\nmy \$from = recv STDIN, \$_, 500, 0; send STDOUT, \$_, 0, \$from", 'in.tftpd');
put_file('srv/www/index.html', "a page\n");
put_file('etc/motd', "a line\n");
put_in_root("$dir/srv/echo", tool('cat'), '/cat');
chmod 01777, "$dir/run";
my %env = (PATH => "$dir/bin:$ENV{SALLYPORT_BIN}:$ENV{PATH}:/usr/lib/execline/bin");

# Addresses of the pages that a service binds.
my $have_addresses = !grep { system("ip address add $_ dev lo 2>/dev/null") != 0 } '192.0.2.1/32', '192.0.2.10/32';

# Rules that let these clients in, as directory and compiled, in a directory where an example runs.
sub new_place
{
  my $place = "$dir/place." . $_[0];
  my @rules = ('ip4', 'ip4/127.0.0.0_8', 'uid', "uid/$>");
  mkdir $_ or die for $place, "$place/rules", map { "$place/rules/$_" } @rules;
  put_file("$place/rules/$_/allow", '') for @rules[1, 3];
  run({ dir => $place }, bin('s6-accessrules-cdb-from-fs'), 'rules.cdb', 'rules')->{code} == 0 or die;
  put_file("$place/rules.txt", "127.:allow\n:deny\n");
  run('rm', '-rf', "$dir/tmp", "$dir/etc/service.rules", map { "$dir/run/$_" } qw(echo ask page));
  run('cp', '-R', "$place/rules", "$dir/etc/service.rules") if $_[1] !~ /fs-from-tcprules/;
  run({ dir => $place }, bin('s6-accessrules-cdb-from-fs'), "$dir/etc/service.cdb", 'rules');
  mkdir "$dir/tmp" or die;
  return $place;
}

# The command as it can be tried here.
sub adapted
{
  my ($text) = @_;
  $text =~ s{(?<=[\s=])/(run|tmp|srv|etc/service|etc/motd)\b}{$dir/$1}g;
  $text =~ s{/dev/log}{$dir/run/log}g;
  $text =~ s{\b(?:mail|www)\.example\.org\b(?! server)|192\.0\.2\.7(?:,2001:db8::7)?|\blocalhost\b}{127.0.0.1}g;
  $text =~ s/\bs6-envuidgid www\b/s6-envuidgid nobody/;
  $text =~ s/--group=adm\b/--group=root/;
  $text =~ s/-t 3000\b/-t 300/;
  $text =~ s/\bskd -([A-Z]*)B([A-Z]*) /skd -$1$2 /;
  $text =~ s/\bskd -([A-Za-z]*)B([A-Z]*) /skd -$1$2 /;
  $text =~ s/ -([A-Z]*)B([A-Z]*) / -$1$2 / if $text =~ /\bskd /;
  $text =~ s/-S?L (?:uschedule|motd\S*|tftpd)/-L '>log'/;
  $text =~ s{/usr/local/bin/(?=(s6|tcp)?)}{$1 ? "$ENV{SALLYPORT_BIN}/" : "$dir/bin/"}ge;
  $text =~ s/^Sockets=greet\.socket$//m;
  return $text;
}

# ---- trying ----

# Whom a client of an example talks to, while it is tried.
sub other_side
{
  my ($text) = @_;
  my %number = (smtp => 25, http => 80, daytime => 13);
  return start_server([], ['cat'], path => "$dir/run/service/socket") if $text =~ m{/run/service/socket};
  return start_server(["--status-socket=$dir/run/$1.status"], ['cat'], port => 9) if $text =~ m{/run/(\w+)\.status} && $text !~ /--status-socket/;
  my ($port) = $text =~ m{(?:[a-z0-9]\.example\.org|192\.0\.2\.7\S*|localhost) (\w+)} or return undef;
  $port = $number{$port} // $port;
  return start_server([], ['sh', '-c', 'read -r a; case $a in GET*) read -r b; read -r c;; esac; echo "$a"'], port => $port) if $text !~ /^udp/;
  my $clock = '$| = 1; $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1", LocalPort => $ARGV[0]);
    print "$ARGV[0]\n"; $s->send("a day\n") while defined $s->recv($m, 100)';
  return start_listening(command => [$^X, '-MIO::Socket::INET', '-e', $clock, $port]);
}

# The address of a server: what it is asked by.
sub address_of
{
  my ($text) = @_;
  return { path => $1 } if $text =~ m{s6-ipcserver |-ipcserver-socketbinder|local-\w+-socket-listen|skd -vl} && $text =~ m{ (/\S+)};
  my %number = (echo => 7);
  my %ip = ('::' => '::1', '192.0.2.10' => '192.0.2.10');
  return { ip => $ip{$1} // '127.0.0.1', port => $number{$2} // $2 } if $text =~ m{ ([0-9.]{7,}|::|'\*') (\d+|echo)\b};
  return { ip => '127.0.0.1', port => $1 } if $text =~ /\bskd .*-v?t (\d+)/;
  return { ip => '127.0.0.1', port => $1, udp => 1 } if $text =~ /\bskd .*-u (\d+)/;
  return undef;
}

sub connected
{
  my ($address, $type, $from) = @_;
  return IO::Socket::INET->new(Proto => 'udp', PeerAddr => $address->{ip}, PeerPort => $address->{port}) if $address->{udp};
  return eval { open_client($address, $from ? (from => $from) : ()) } unless $type;
  return eval { IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => $address->{path}) };
}

# A packet or datagram in answer to ours, which is sent again as long as there is none: a listener may not be there yet.
sub one_message
{
  my ($socket, $address) = @_;
  my $message = '';
  eventually(sub
  {
    send $socket, "a line\n", MSG_DONTWAIT if $address->{udp};
    recv $socket, $message, 100, MSG_DONTWAIT;
    return length $message;
  });
  return $message;
}

# Under systemd a service has the listener of its socket unit as descriptor 3.
my $sockets = put_file('socket-unit', <<'LINES', 0755);
use IO::Socket::INET; use IO::Socket::UNIX; use POSIX;
my $place = shift;
my $s = $place =~ m{/} ? IO::Socket::UNIX->new(Local => $place, Listen => 5) : IO::Socket::INET->new(LocalAddr => "127.0.0.1:$place", Listen => 5);
POSIX::dup2(fileno $s, 3); @ENV{qw(LISTEN_FDS LISTEN_PID)} = (1, $$);
exec '/bin/sh', '-c', "exec @ARGV";
LINES

sub server_command
{
  my ($text) = @_;
  return (command_of($text), undef) unless $text =~ s/^ExecStart=//;
  my $place = $text =~ /ipcserverd/ ? "$dir/run/unit" : 7003;
  return ($^X, '-MFcntl', $sockets, $place, $text =~ s/\\\n//r, $place =~ m{/} ? { path => $place } : { ip => '127.0.0.1', port => $place });
}

sub proxy_v2 { return "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" . pack 'C8 n2', 203, 0, 113, 9, 192, 0, 2, 1, 4011, 80 }

# What a server is sent, and what it must answer.
sub dialogue
{
  my ($text) = @_;
  return ("GET /index.html HTTP/1.0\r\n\r\n", qr/^HTTP\/1\.. 200/) if $text =~ /httpd/;
  return ('', qr/^ready 100%$/) if $text =~ /-f agent/;
  return (proxy_v2() . "a line\n", qr/^a line$/) if $text =~ /--proxy=2/;
  return ("a line\n", qr/^a line$/);
}

sub answer_of
{
  my ($text, $client, $address) = @_;
  my ($sent, $wanted) = dialogue($text);
  say_to($client, $sent) unless $address->{udp};
  my $line = $address->{udp} || $text =~ /seqpacket/ ? one_message($client, $address) : read_line($client);
  return ($line // '') =~ $wanted ? 'good' : 'it answered: ' . ($line // '');
}

sub started
{
  my ($text, $place) = @_;
  my @command = server_command(adapted($text));
  my $address = pop @command;
  my $server = start(dir => $place, env => \%env, fds => { 1 => "$place/out", 3 => "$place/ready" }, command => \@command);
  $server->{address} = $address // address_of(adapted($text));
  if (($server->{address}{port} // '') eq '0')
  {
    eventually(sub { get_file("$place/out") =~ /^(\d+)\n/ and $server->{address}{port} = $1 });
  }
  return $server;
}

sub serves
{
  my ($text, $place) = @_;
  my $server = started($text, $place);
  my $from = $text =~ /--proxy-from=(\S+)/ ? $1 : undef;
  return 'this test finds no address in it' unless $server->{address};
  my $client = eventually(sub { connected($server->{address}, scalar($text =~ /seqpacket/), $from) || !$server->alive });
  return 'it ended: ' . log_text($server) unless ref $client;
  my $end = answer_of($text, $client, $server->{address});
  $end .= log_text($server) if $end ne 'good';
  close $client;
  $server->signal('TERM');
  $server->wait;
  $server->put_down;  # what a shell before it has started
  return $end;
}

# What is printed, where the page has words for it.
sub printed
{
  my ($text) = @_;
  return qr/^203\.0\.113\.9$/ if $text =~ /^printf 'PROXY/;
  return qr/^uid=1000\b.*\bgid=100\b/ if $text =~ /id$/ && $text =~ /1000/;
  return qr/^uid=\d+\(nobody\)/ if $text =~ /s6-setuidgid nobody id/;
  return qr/\bserving\b|^service:? echo/m if $text =~ /^s6-serverstat -l echo/;
  return qr/^a day$/ if $text =~ /daytime/;
  return qr/^GET \// if $text =~ /"GET /;
  return qr/^a line$/ if $text =~ /s6-ioconnect$/;
  return qr/^began$/ if $text =~ /\b(?:resolver|logd|watcher|devices|reader)$/;
  return qr//;
}

sub ends_well
{
  my ($text, $place) = @_;
  my $end = run({ dir => $place, env => \%env, stdin => "a line\n" }, command_of(adapted($text)));
  return ($end->{code} // 'no end') . ": $end->{err}" unless defined $end->{code} && $end->{code} == 0;
  return "it printed: $end->{out}" unless $end->{out} =~ printed($text);
  return 'no metrics' if $text =~ /prometheus/ && get_file("$place/echo.prom") !~ /^sallyport_/m;
  return 'good';
}

sub cannot_be_tried
{
  my ($text) = @_;
  return 'execline is missing' if ($text =~ /fdmove/ || is_execline($text)) && !(tool('execlineb') && tool('fdmove'));
  return 'changing ids takes root' if $text =~ /s6-(?:set|env|apply)uidgid|--(?:owner|user)=| -u \d+ -g| -U |^UID=|-BU / && !can_change_ids();
  return 'addresses cannot be added here' if $text =~ /192\.0\.2\.10/ && !$have_addresses;
  return 'this build has no DNS' if $text =~ /s6-tcpserver-access -p/ && !built_with_cares();
  return 'IPv6 is missing' if $text =~ / :: |'\*'/ && !have_ipv6();
  return 'the names of services are missing' if $text =~ / (smtp|echo|http|domain|daytime) / && !getservbyname($1, 'tcp');
  return 'busybox is missing' if $text =~ /busybox/ && !tool('busybox');
  return undef;
}

sub is_server
{
  my ($text) = @_;
  return 0 if $text =~ /UNIXREMOTE/;
  return $text =~ /s6-\w+serverd? |-accept |\bskd -v| -u 69 |^UID=.*skd /;
}

my $n = 0;
sub try
{
  my ($page, $text) = @_;
  my $title = title({ page => $page, text => $text });
  SKIP:
  {
    my $why = cannot_be_tried($text);
    skip "$title: $why", 1 if $why;
    my $other = other_side($text);
    my $place = new_place($n++, $text);
    is(is_server($text) ? serves($text, $place) : ends_well($text, $place), 'good', "the example works: $title");
    $other->put_down if $other;
    unlink "$dir/run/service/socket";
  }
}

# The lines of a display that are commands of their own, as in a list of servers.
sub commands { return $_[0] =~ /^s6-tcpserver .*\ns6-tcpserver /ms ? split /(?<!\\)\n(?=s6-)/, $_[0] : $_[0] }

for my $example (to_try('build/examples-in-pages', 'command', @shown))
{
  try($example->{page}, $_) for commands($example->{text});
}

my ($drawing) = map { $_->{text} } to_try('build/examples-in-pages', 'a drawing, whose first line', @shown);
try('sallyport', $drawing =~ /^ +(.*?) +the command line you write$/m ? $1 : die 'no command');

done_testing();
