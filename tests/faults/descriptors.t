#!/usr/bin/env perl
# Each program with its standard descriptors closed, one by one and all: it does its job or says its error. What it
# opens never takes the place of a standard descriptor, those that are open stay what they are, and nothing else is
# passed on.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

my $dir = own_dir();
my %standard = (0 => "$dir/in", 1 => "$dir/out", 2 => "$dir/err");
my @ways = ([], [0], [1], [2], [0, 1, 2]);

sub fresh_files { put_file('in', "input\n"); put_file($_, '') for qw(out err facts) }

# { fd => what it is } out of what ls says.
sub facts_of { return { $_[0] =~ /\s(\d+) -> (.+)$/mg } }

# What is wrong with descriptors: `own` are sockets that belong there, a closed one may have become `stand_in`.
sub wrong_with
{
  my ($facts, $own, $closed, $stand_in) = @_;
  my %own = map { $_ => 1 } @$own;
  my %closed = map { $_ => 1 } @$closed;
  my @wrong = map { "$_ is missing" } grep { !defined $facts->{$_} } @$own;
  for my $fd (sort { $a <=> $b } keys %$facts)
  {
    my $is = $facts->{$fd};
    my $good = $own{$fd} ? $is =~ /^socket:/ : $closed{$fd} ? $is =~ $stand_in : $fd <= 2 && $is eq $standard{$fd};
    push @wrong, "$fd is $is" unless $good;
  }
  push @wrong, map { "$_ is closed" } grep { !$own{$_} && !$closed{$_} && !defined $facts->{$_} } 0 .. 2;
  return @wrong;
}

# ---- chain programs: the last of them looks at what it got ----

my ($listener, $tcp) = busy_port();
my $unix = unix_listener(Listen => 1000);
my $udp = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 0, Type => SOCK_DGRAM) or die;
my $user = getpwuid $> // getpwuid 0;  # who we are may have no name
my @tcp_env = (PROTO => 'TCP', TCPREMOTEIP => '127.0.0.1', TCPREMOTEPORT => 1, TCPLOCALIP => '127.0.0.1', TCPLOCALPORT => 2, TCPCONNNUM => 1, TCPCONNMAX => 2);
my @ipc_env = (PROTO => 'IPC', IPCREMOTEEUID => 0, IPCREMOTEEGID => 0, IPCCONNNUM => 1);

# What asks its client for groups, which only Linux tells, cannot do without.
my %needs = ('s6-ipcserver-access' => 0);

# name => [descriptors of its own, words, variables]
my %chain = (
  'tcp-socket-listen' => [[3], sub { '127.0.0.1', 0 }],
  'udp-socket-listen' => [[3], sub { '127.0.0.1', 0 }],
  'local-stream-socket-listen' => [[3], \&unix_path],
  'local-seqpacket-socket-listen' => [[3], \&unix_path],
  'local-datagram-socket-listen' => [[3], \&unix_path],
  'netlink-datagram-socket-listen' => [[3], sub { 'route', 1 }],
  's6-tcpserver-socketbinder' => [[0], sub { '127.0.0.1', 0 }],
  's6-ipcserver-socketbinder' => [[0], \&unix_path],
  's6-tcpclient' => [[6, 7], sub { '-H', '127.0.0.1', $tcp }],
  's6-ipcclient' => [[6, 7], sub { $unix->hostpath }],
  'tcp-socket-connect' => [[6, 7], sub { '127.0.0.1', $tcp }],
  'udp-socket-connect' => [[6, 7], sub { '127.0.0.1', $udp->sockport }],
  'local-stream-socket-connect' => [[6, 7], sub { $unix->hostpath }],
  's6-applyuidgid' => [[], sub { }],
  's6-envuidgid' => [[], sub { $user }],
  's6-connlimit' => [[], sub { }, @tcp_env],
  's6-tcpserver-access' => [[], sub { '-H' }, @tcp_env],
  's6-ipcserver-access' => [[], sub { '-l', 'x', '-i', $dir }, @ipc_env],
);
delete $chain{'netlink-datagram-socket-listen'} unless built_for_linux();
$chain{'s6-setuidgid'} = [[], sub { $user }] if can_change_ids();
mkdir "$dir/uid";
mkdir "$dir/uid/default";
put_file('uid/default/allow', '');

for my $program (sort keys %chain)
{
  my ($own, $words, %env) = @{$chain{$program}};
  for my $closed (@ways)
  {
    fresh_files();
    my $r = run({ closed => $closed, fds => \%standard, env => \%env }, bin($program), $words->(), 'sh', '-c', '(ls -l /proc/$$/fd > "$0"); exit 0', "$dir/facts");
    if (defined $needs{$program} && grep { $_ == $needs{$program} } @$closed)
    {
      is($r->{code}, 111, "$program with closed descriptors (@$closed) exits 111 because there is no client");
      next;
    }
    my @wrong = $r->{code} ? "exit $r->{code}" : wrong_with(facts_of(get_file("$dir/facts")), $own, $closed, qr{^/dev/null$});
    is(join(', ', @wrong), '', "$program with closed descriptors (@$closed) passes on the right ones")
      or diag(get_file("$dir/err"), get_file("$dir/facts"));
    like(get_file("$dir/in") . get_file("$dir/out") . get_file("$dir/err"), qr/\Ainput\n(?:$program: .*\n)*\z/,
      "$program with closed descriptors (@$closed) writes messages to stderr only");
  }
}

# ---- those that make files ----

mkdir "$dir/rules";
mkdir "$dir/rules/$_" for 'ip4', 'ip4/127.0.0.1_32';
put_file('rules/ip4/127.0.0.1_32/allow', '');
my %made;
for my $closed (@ways)
{
  fresh_files();
  my @how = ({ closed => $closed, fds => \%standard });
  my ($cdb, $back) = ("$dir/cdb", "$dir/back@$closed");
  unlink $cdb;
  my @codes = map { $_->{code} } run(@how, bin('s6-accessrules-cdb-from-fs'), $cdb, "$dir/rules"), run(@how, bin('s6-accessrules-fs-from-cdb'), $back, $cdb);
  $made{get_file($cdb)} = 1;
  is("@codes", '0 0', "s6-accessrules-cdb-from-fs and -fs-from-cdb with closed descriptors (@$closed) exit 0");
  ok(-f "$back/ip4/127.0.0.1_32/allow", "s6-accessrules-fs-from-cdb with closed descriptors (@$closed) makes the rules again");
  is(join('', map { get_file($_) } "$dir/in", "$dir/out", "$dir/err"), "input\n",
  "s6-accessrules-cdb-from-fs and -fs-from-cdb with closed descriptors (@$closed) write nothing to the standard ones");
}
is(scalar(keys %made), 1, 's6-accessrules-cdb-from-fs makes the same file, whatever standard descriptors are closed');

# ---- the bridge ----

for my $closed (@ways)
{
  fresh_files();
  socketpair my $here, my $there, Socket::AF_UNIX(), SOCK_STREAM, 0 or die;
  syswrite $here, "from the network\n";
  stop_sending($here);
  my $r = run({ closed => $closed, fds => { %standard, 6 => $there, 7 => $there } }, bin('s6-ioconnect'));
  close $there;
  my $serves = !grep { $_ < 2 } @$closed;
  is($r->{code}, $serves ? 0 : 100,
    "s6-ioconnect with closed descriptors (@$closed) " . ($serves ? 'exits 0' : 'exits 100, as there is nothing to bridge'));
  is(get_file("$dir/out") . read_all($here), $serves ? "from the network\ninput\n" : '',
    "s6-ioconnect with closed descriptors (@$closed) copies " . ($serves ? 'both ways' : 'nothing'));
}

# ---- servers: what the program has that serves a client, and what they have themselves ----

# name => which descriptor is a listener, and which, if one is handed; how to reach it; words
my %servers = (
  's6-tcpserverd' => sub { my ($l) = busy_port(); return { fd => 0, listener => $l, at => { ip => '127.0.0.1', port => $l->sockport }, words => [] } },
  's6-ipcserverd' => sub { my $l = unix_listener(); return { fd => 0, listener => $l, at => { path => $l->hostpath }, words => [] } },
  'tcp-socket-accept' => sub { my ($l) = busy_port(); return { fd => 3, listener => $l, at => { ip => '127.0.0.1', port => $l->sockport }, words => [] } },
  'local-stream-socket-accept' => sub { my $l = unix_listener(); return { fd => 3, listener => $l, at => { path => $l->hostpath }, words => [] } },
  'local-seqpacket-socket-accept' => sub { my $l = unix_listener(Type => SOCK_SEQPACKET); return { fd => 3, listener => $l, at => { seqpacket => $l->hostpath }, words => [] } },
  's6-tcpserver' => sub { my ($l, $port) = busy_port(); close $l; return { at => { ip => '127.0.0.1', port => $port }, words => ['127.0.0.1', $port] } },
  's6-ipcserver' => sub { my $path = unix_path(); return { at => { path => $path }, words => [$path] } },
  'skd' => sub { my $path = unix_path(); return { at => { path => $path }, words => ['-l', $path] } },
);

sub connect_to
{
  my ($at) = @_;
  return open_client($at) unless $at->{seqpacket};
  return IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => $at->{seqpacket}) || die "cannot connect: $!\n";
}

for my $program (sort keys %servers)
{
  for my $closed (@ways)
  {
    fresh_files();
    my $how = $servers{$program}->();
    my %listener = $how->{listener} ? ($how->{fd} => $how->{listener}) : ();
    my $server = start(command => [bin($program), @{$how->{words}}, 'sh', '-c', 'ls -l /proc/$$/fd; exit 0'], closed => $closed, fds => { %standard, %listener });
    if (exists $listener{0} && grep { $_ == 0 } @$closed)
    {
      is(($server->wait // {})->{code}, 100, "$program with closed descriptors (@$closed) exits 100 because there is no listener");
      next;
    }
    my $client = eventually(sub { eval { connect_to($how->{at}) } });
    my $text = $client ? read_all($client) // '' : '';
    # What is of no interest any more is /dev/null in a server.
    my @wrong = wrong_with(facts_of($text), [0, 1], [grep { $_ == 2 } @$closed], qr{^/dev/null$});
    is(join(', ', @wrong), '', "$program with closed descriptors (@$closed) gives the right ones to its child") or diag($text, get_file("$dir/err"));
    my $open = fd_targets($server->pid);
    my @rest = $program =~ /\As6-/ ? (1, 2) : (0, 1, 2);  # where 0 is not the listener
    my @odd = grep { my $is = $open->{$_} // 'closed'; $is ne '/dev/null' && $is ne $standard{$_} } @rest;
    is(join(', ', map { "$_ is " . ($open->{$_} // 'closed') } @odd), '',
      "$program with closed descriptors (@$closed) has /dev/null or what it was given as standard descriptors");
    $server->put_down;
    like(get_file("$dir/in") . get_file("$dir/out"), qr/\Ainput\n\z/,
      "$program with closed descriptors (@$closed) writes nothing to stdin and stdout");
  }
}

opendir my $programs, $ENV{SALLYPORT_BIN} or die;
my %known = (%chain, %servers, map { $_ => 1 } qw(s6-setuidgid netlink-datagram-socket-listen s6-ioconnect s6-accessrules-cdb-from-fs s6-accessrules-fs-from-cdb s6-accessrules-fs-from-tcprules s6-serverstat s6-linger proxy-server),
  grep { /^s6-(?:tls|ucspitls)/ } map { s{.*/}{}r } programs_built());  # these have tests of their own
my $prefix = $ENV{SALLYPORT_PROGRAM_PREFIX} // '';
is(join(' ', grep { !$known{$_} } map { s/\A\Q$prefix\E//r } grep { !/^\./ } readdir $programs), '',
  'every installed program is tried with closed standard descriptors');

done_testing();
