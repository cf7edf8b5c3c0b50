#!/usr/bin/env perl
# What the pages for those who come from elsewhere write in their right columns: every option that is named there is tried
# with its program, which serves, connects or ends well with it.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use Sallyport::PageExamples;
use Sallyport::Tables;

in_network_namespace();
skip_all_unless('a build for Linux', built_for_linux());

umask 022;  # other users enter what is made here
my $dir = own_dir();
my %page = table_pages();
my %tried;
for my $name (sort keys %page)
{
  my $tables = tables(get_file($page{$name}));
  for my $table (values %$tables)
  {
    push @{$tried{"$_->[0] $_->[1]"}}, $name for map { options_named($_, $table->{program}) } @{$table->{rows}};
  }
}
cmp_ok(scalar keys %tried, '>', 100, 'the tables of the pages for those who come from elsewhere name more than 100 options');

# ---- a place ----

my ($group) = split ' ', $(;
mkdir $_ or die for map { "$dir/$_" } 'rules', 'rules/ip4', 'rules/ip4/127.0.0.0_8', 'rules/uid', "rules/uid/$>";
put_file("rules/$_/allow", '') for 'ip4/127.0.0.0_8', "uid/$>";
run({ dir => $dir }, bin('s6-accessrules-cdb-from-fs'), 'rules.cdb', 'rules')->{code} == 0 or die;
my %env = (PATH => "$ENV{SALLYPORT_BIN}:$ENV{PATH}", UID => $>, GID => $group, GIDLIST => '');
my %place = (dir => $dir, env => \%env);

# A value for an argument, by its name in --help; for some options their own.
my %value = (N => 5, LEN => 24, S => 5, SECONDS => 5, UID => $>, GID => $group, DIR => 'rules', FILE => 'rules.cdb', 'N/S' => '10/1', TEXT => 'a line',
  MODE => '0600', NAME => 'name', MS => 500, 'X+Y' => '2+2', IF => 'lo', IP => '127.0.0.1', PORT => 0, BYTES => 65536, SPEC => '>log', PATH => 'path',
  LIST => '', VERSION => 1, 'UID:GID' => "$>:$group", 'UID:GID:LIST' => "$>:$group:");
my %own = ('skd P' => 'pid', 'skd pid-file' => 'pid', 'local-stream-socket-listen user' => 'root', 'local-stream-socket-listen group' => 'root',
  's6-ioconnect r' => 6, 's6-ioconnect w' => 7, 's6-accessrules-cdb-from-fs m' => '0600');
$own{"skd $_"} = '127.0.0.1:7009' for qw(t i u tcp udp internet);
$own{"skd $_"} = 'socket' for qw(l x local unix);

# Options that mean nothing alone, and those that have a test of another kind.
my %with = (
  'skd d' => ['-d', '-u', '7009'],
  'skd s' => ['-s', '-i', '127.0.0.1:7008'],
  's6-tcpserver kill-after' => ['--kill-after=5', '--max-session=60'],
  's6-tcpserver proxy' => ['--proxy=any', '--proxy-from=127.0.0.1', '--proxy-direct'],
  's6-tcpserver-socketbinder m' => ['-m'],
  'tcp-socket-listen name' => ['--systemd-compatibility', '--name=name'],
);
my %elsewhere = (
  'proxy-server from' => 'proxy/proxy-server',
  's6-ipcserver seqpacket' => 'ipc/s6-ipcserver',
  's6-tcpserver-access p' => 'tcp/s6-tcpserver-access',
  's6-tcpserver-access w' => 'tcp/s6-tcpserver-access',
  's6-tcpserverd listen-fds' => 'build/examples-in-pages',
  'skd B' => 'skd/background',
  'skd S' => 'skd/supervise',
  'skd V' => 'skd/usage',
);

sub words_of
{
  my ($program, $letter) = @_;
  return @{$with{"$program $letter"}} if $with{"$program $letter"};
  my $option = our_programs()->{$program}{$letter};
  my $dashes = length $letter == 1 ? '-' : '--';
  return "$dashes$letter" unless defined $option->{argument};
  my $value = $own{"$program $letter"} // $value{$option->{argument}} // die "no value for $program $letter: $option->{argument}\n";
  return $dashes eq '-' ? ("-$letter", $value) : "--$letter=$value";
}

# ---- commands ----

# Each on a port of its own: what was closed by -D keeps its port for a minute.
my ($port, @tcp) = 10000;
sub next_port { @tcp = ("@_" =~ /combine/ ? '::' : '127.0.0.1', $port++) }
my %serves = (
  's6-tcpserver' => sub { ('s6-tcpserver', @_, @tcp, 'cat') },
  's6-tcpserverd' => sub { ('s6-tcpserver-socketbinder', @tcp, 's6-tcpserverd', @_, 'cat') },
  's6-tcpserver-access' => sub { ('s6-tcpserver', @tcp, 's6-tcpserver-access', @_, 'cat') },
  's6-ioconnect' => sub { ('s6-tcpserver', @tcp, 's6-tcpclient', '-H', '127.0.0.1', 7001, 's6-ioconnect', @_) },
  'tcp-socket-accept' => sub { ('tcp-socket-listen', @tcp, 'tcp-socket-accept', @_, 'cat') },
  'skd' => sub { ('skd', '-t', join(':', @tcp), @_, 'cat') },
  's6-ipcserver' => sub { ('s6-ipcserver', @_, 'socket', 'cat') },
  's6-ipcserverd' => sub { ('s6-ipcserver-socketbinder', 'socket', 's6-ipcserverd', @_, 'cat') },
  's6-ipcserver-access' => sub { ('s6-ipcserver', 'socket', 's6-ipcserver-access', @_, 'cat') },
);
sub account { return { -n => '1:1', -B => 'root:root' }->{$_[0]} // 'root' }
my %ends = (
  's6-tcpserver-socketbinder' => sub { ('s6-tcpserver-socketbinder', @_, @tcp, 'true') },
  's6-ipcserver-socketbinder' => sub { ('s6-ipcserver-socketbinder', @_, 'socket', 'true') },
  'tcp-socket-listen' => sub { ('tcp-socket-listen', @_, @tcp, 'true') },
  'udp-socket-listen' => sub { ('udp-socket-listen', @_, @tcp, 'true') },
  'local-stream-socket-listen' => sub { ('local-stream-socket-listen', @_, 'socket', 'true') },
  'netlink-datagram-socket-listen' => sub { ('netlink-datagram-socket-listen', @_, 'route', 1, 'true') },
  'tcp-socket-connect' => sub { ('tcp-socket-connect', @_, '127.0.0.1', 7001, 'true') },
  's6-tcpclient' => sub { ('s6-tcpclient', '-H', @_, ("@_" =~ /^-6/ ? '::1' : '127.0.0.1'), ("@_" =~ /^-6/ ? 7002 : 7001), 'true') },
  's6-ipcclient' => sub { ('s6-ipcclient', @_, 'other', 'true') },
  's6-applyuidgid' => sub { ('s6-applyuidgid', @_, 'true') },
  's6-envuidgid' => sub { ('s6-envuidgid', @_, account(@_), 'true') },
  's6-accessrules-cdb-from-fs' => sub { ('s6-accessrules-cdb-from-fs', @_, 'other.cdb', 'rules') },
);
my @others = (start_server([], ['cat'], port => 7001), start_server([], ['cat'], path => "$dir/other"));
push @others, have_ipv6() ? start_server([], ['cat'], ip => '::1', port => 7002) : ();

sub trial
{
  my ($program, @words) = @_;
  my @command = $serves{$program}->(@words);
  my $server = start(%place, command => \@command);
  my %to = $program =~ /ipc/ ? (path => "$dir/socket") : (ip => '127.0.0.1', port => $tcp[1]);
  my $client = eventually(sub { eval { open_client(\%to) } || !$server->alive });
  say_to($client, "a line\n") if ref $client;
  my $line = ref $client ? read_line($client) // '' : 'no client';
  $server->put_down;
  unlink "$dir/socket";
  return $line =~ /^(?:a line)+\n?$/ ? 'good' : "$line: " . log_text($server);
}

sub ending
{
  my ($program, @words) = @_;
  my $end = run({ %place }, $ends{$program}->(@words));
  unlink "$dir/socket";
  return defined $end->{code} && $end->{code} == 0 ? 'good' : ($end->{code} // 'no end') . ": $end->{err}";
}

sub cannot_be_tried
{
  my ($program, $letter) = @_;
  my $ids = $letter =~ /^(?:u|g|G|U|uid|gid|groups|env-ids|owner|user|group)$/ && $program !~ /^(?:skd|s6-envuidgid)$/;
  return 'changing ids takes root' if $ids && !can_change_ids();
  return 'changing ids takes root' if "$program $letter" eq 'skd U' && !can_change_ids();
  return 'this build has no DNS' if "$program $letter" =~ /^s6-tcpserver-access (?:h|hosts)$/ && !built_with_cares();
  return 'IPv6 is missing' if ($letter eq '6' || $letter eq 'combine4and6') && !have_ipv6();
  return 'the system has no Multipath TCP' if $letter eq 'mptcp' && get_file('/proc/sys/net/mptcp/enabled') !~ /1/;
  return undef;
}

for my $what (sort keys %tried)
{
  my ($program, $letter) = split ' ', $what;
  next if $program =~ /^s6-(?:tls|ucspitls)/;  # tls/from-pages tries those, which need keys and peers
  my $name = $program . (length $letter == 1 ? ' -' : ' --') . "$letter works, as @{$tried{$what}} has it";
  if ($elsewhere{$what})
  {
    like(get_file(source_file("tests/$elsewhere{$what}.t")), qr/-\w*\Q$letter\E\b|displays\(\)/, "$name: tests/$elsewhere{$what}.t tries it");
    next;
  }
  SKIP:
  {
    my $why = cannot_be_tried($program, $letter);
    skip "$name: $why", 1 if $why;
    my @words = words_of($program, $letter);
    next_port(@words);
    is($serves{$program} ? trial($program, @words) : $ends{$program} ? ending($program, @words) : 'this test has no command for it', 'good', $name);
  }
}

done_testing();
