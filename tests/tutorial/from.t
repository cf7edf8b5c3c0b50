#!/usr/bin/env perl
# The pages for those who come from elsewhere: nothing that the other tool has is left out, the options that a row names
# are options of the program that it names, and the examples serve.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use Sallyport::PageExamples;
use Sallyport::Tables;

# What the other tools have, by page and by the heading of the table.
my %theirs = (
  'ucspi-tcp' => {
    'tcpserver' => [map { "-$_" } qw(q Q v c x X B g u U 1 b o O d D h H p P l r R t)],
    'tcpclient' => [map { "-$_" } qw(q Q v T i p d D h H l r R t)],
    'Other programs' => [qw(tcprules tcprulescheck tcpcat mconnect who@ date@ finger@ http@ recordio addcr delcr fixcrio argv0 rblsmtpd)],
  },
  'inetd' => {
    'The fields of inetd.conf' => ['service name', 'address', qw(stream dgram tcp udp unix tcp4 tcp6 tcp46 sndbuf rcvbuf wait nowait nowait.max rpc user group), 'program, arguments', 'internal'],
    'The options of inetd' => [qw(-d -E -i -l -q -R SIGHUP)],
    'The attributes of xinetd' => [qw(id type disable socket_type protocol wait user group instances nice server server_args libwrap only_from no_access
      access_times log_type log_on_success log_on_failure rpc_version rpc_number env passenv port redirect bind interface banner banner_success banner_fail
      per_source cps max_load groups mdns umask enabled include deny_time INTERCEPT NORETRY IDONLY NAMEINARGS NODELAY KEEPALIVE NOLIBWRAP SENSOR IPv4 IPv6 LABELED)],
  },
  'systemd-sockets' => {
    'The settings of a socket unit' => [map { "$_=" } qw(ListenStream ListenDatagram ListenSequentialPacket ListenFIFO ListenSpecial ListenNetlink
      ListenMessageQueue ListenUSBFunction SocketProtocol BindIPv6Only Backlog BindToDevice SocketUser SocketGroup SocketMode DirectoryMode Accept Writable
      FlushPending MaxConnections MaxConnectionsPerSource KeepAlive KeepAliveTimeSec NoDelay Priority DeferAcceptSec ReceiveBuffer SendBuffer IPTOS IPTTL Mark
      ReusePort SmackLabel SELinuxContextFromNet PipeSize MessageQueueMaxMessages FreeBind Transparent Broadcast PassCredentials PassSecurity PassPacketInfo
      Timestamping TCPCongestion ExecStartPre TimeoutSec Service RemoveOnStop Symlinks FileDescriptorName TriggerLimitBurst PollLimitBurst
      KeepAliveIntervalSec KeepAliveProbes)],
    'The settings of the service unit' => ['%i', '%I', map { "$_=" } qw(User Group SupplementaryGroups NoNewPrivileges Type RuntimeMaxSec TimeoutStopSec
      KillMode Restart LimitNOFILE Environment EnvironmentFile WorkingDirectory UMask Nice PrivateTmp StandardInput StandardError Sockets IPAddressAllow)],
    'systemd-socket-activate' => [qw(-l -a -d --seqpacket --inetd -E --fdname)],
  },
  's6-networking' => {
    's6-tcpserver' => [map { "-$_" } qw(q Q v d D 1 c C b G g u U)],
    's6-tcpserver-socketbinder' => [map { "-$_" } qw(d D b M m B)],
    's6-tcpserverd' => [map { "-$_" } qw(v 1 c C)],
    's6-tcpserver-access' => [map { "-$_" } qw(v W w D d H h R r P p l B t i x)],
    's6-tcpclient' => [map { "-$_" } qw(q Q v 4 6 d D r R h H n N t l T i p)],
    's6-ipcserver' => [map { "-$_" } qw(q Q v d D P p 1 c C b a G g u U)],
  },
  'nosh' => {
    'Listeners' => [qw(--no-reuse-address --reuse-port --bind-to-any -H --numeric-host --numeric-service --check-interfaces --combine4and6 -b --backlog
      --systemd-compatibility --upstart-compatibility)],
    'Listeners of the local family' => [qw(-u --uid -g --gid -m --mode --user --group --pass-credentials --pass-security --raw --receive-buffer-size)],
    'Acceptors' => [qw(-v --verbose -c --connection-limit -l --localname -k --keepalives -D --no-delay -o --no-kill-IP-options)],
    'Connectors and chain programs' => [qw(tcp-socket-connect udp-socket-connect local-stream-socket-connect ucspi-socket-rules-check setuidgid envuidgid
      setuidgid-fromenv getuidgid tcpserver line-banner fdmove fifo-listen)],
  },
  'ucspi-ssl' => {
    'sslserver' => [map { "-$_" } qw(1 3 4 6 U X p P h H r R o O d D q Q v V I e E s S n N m z Z i a A c x B g u b l t T w)],
    'The variables of sslserver' => [qw(CADIR CAFILE CCAFILE CERTFILE CERTFILEEC CERTCHAINFILE KEYFILE KEYFILEEC DHFILE CIPHERS CRLDIR VERIFYDEPTH SSL_UID SSL_GID SSL_CHROOT)],
    'sslclient' => [map { "-$_" } qw(3 4 6 h H r R d D q Q v e E s S n N x X i p T l t a A c C k V w z)],
    'Other programs' => [qw(sslhandle sslcat sslconnect https@ sslprint)],
  },
  'stunnel' => {
    'Options of a service' => [qw(accept CApath CAfile cert checkEmail checkHost checkIP ciphers ciphersuites client connect CRLpath CRLfile curves logId delay engineId
      engineNum exec execArgs failover ident key libwrap local OCSP OCSPaia options protocol PSKidentity PSKsecrets pty renegotiation requireCert reset retry
      securityLevel setgid setuid sessionCacheSize sessionCacheTimeout sni sslVersion sslVersionMax sslVersionMin ticketKeySecret ticketMacSecret TIMEOUTbusy TIMEOUTclose
      TIMEOUTconnect TIMEOUTidle transparent verify verifyChain verifyPeer)],
    'Global options' => [qw(chroot compression debug EGD foreground include log output pid RNDbytes RNDfile service socket syslog SIGHUP SIGUSR1)],
  },
  'skd' => { 'Options' => [map { "-$_" } qw(i l x t u d s b c n v B L P S U V)] },
);

ok(our_programs()->{'s6-tcpserver'}{'max-clients'}, 'the test of the pages sallyport-from-... knows the options of our programs');

my %pages = table_pages();
is(join(' ', sort keys %pages), join(' ', sort keys %theirs), 'the pages sallyport-from-... are those that are expected, and no other');
my $overview = get_file(page_file('sallyport.7'));
my %display;
for my $name (sort keys %pages)
{
  my $text = get_file($pages{$name});
  like($overview, qr/^\.Xr sallyport-from-\Q$name\E 7/m, "sallyport-from-$name is linked from the overview");
  my $tables = tables($text);
  my (@forgotten, @unknown);
  for my $title (keys %$tables)
  {
    my ($program, @rows) = ($tables->{$title}{program}, @{$tables->{$title}{rows}});
    my $left = join ' ', map { $_->[0] } @rows;
    push @forgotten, map { "$title: $_" } grep { $left !~ /(?<![\w-])\Q$_\E(?!(?<=\w)[a-z])/ } @{$theirs{$name}{$title} // []};
    push @unknown, map { unknown_options(options_named($_, $program)) } @rows;
  }
  is(join(', ', grep { !exists $tables->{$_} } keys %{$theirs{$name}}), '', "sallyport-from-$name has all its tables");
  is(join(', ', @forgotten), '', "sallyport-from-$name: its tables leave no option out");
  is(join(', ', @unknown), '', "sallyport-from-$name: its tables name only options that our programs have");
  $display{$name} = [map { s/\\e$/\\/mgr } $text =~ /^\.Bd -literal -offset indent\n(.*?)^\.Ed\n/msg];
}

# Each command of ours in a display serves, on a port of its own.
my $dir = own_dir();
mkdir $_ or die for "$dir/rules", "$dir/rules/ip4", "$dir/rules/ip4/127.0.0.0_8";
put_file('rules/ip4/127.0.0.0_8/allow', '');
is(run({ dir => $dir }, bin('s6-accessrules-cdb-from-fs'), 'rules.cdb', 'rules')->{code}, 0,
   'the rules for the examples of the pages sallyport-from-... are compiled');
chmod 0644, "$dir/rules.cdb";
my %env = (PATH => "$ENV{SALLYPORT_BIN}:$ENV{PATH}", UID => 65534, GID => 65534, GIDLIST => '');
my $served = 0;
for my $name (sort keys %display)
{
  for my $command (map { split /\n\n/ } @{$display{$name}})
  {
    next unless $command =~ /^(\S+)/ && our_programs()->{$1} && $command !~ /setuidgid-fromenv/;
    next if $1 =~ /^s6-tls/;  # tls/from-pages tries those, which need keys
    $command =~ s/(127\.0\.0\.1:| )(?:7000|7)\b/${1}0/ or die "no port in $command";
    $command =~ s/\b(s6-tcpserver|tcp-socket-listen) /$1 -1 / if $command !~ /^skd/;
    $command =~ s/-t 26000/-t 300/;
    SKIP:
    {
      skip 'changing ids takes root', 1 if $command =~ / -u 65534| -U / && !can_change_ids();
      skip 'this build has no DNS', 1 if $command =~ /s6-tcpserver-access -p/ && !built_with_cares();
      my $server = start_listening(dir => $dir, env => \%env, ip => '127.0.0.1', command => ['/bin/sh', '-c', "exec $command"]);
      is(ask($server, send => "a line\n"), "a line\n", "sallyport-from-$name: this example serves: $command");
    }
    $served++;
  }
}
is($served, 7, 'all seven examples of servers in the pages sallyport-from-... are tried');

# ---- rows that are more than an option ----

my $echo = start_server([], ['cat']);
is(run({ env => \%env, stdin => "a line\n" }, 's6-tcpclient', '-H', '127.0.0.1', $echo->port, 's6-ioconnect')->{out}, "a line\n",
  's6-tcpclient with s6-ioconnect does as tcpcat does');

my %client = (%env, PROTO => 'TCP', TCPREMOTEPORT => 1, TCPLOCALIP => '127.0.0.1', TCPLOCALPORT => 1);
sub judged { return run({ dir => $dir, env => { %client, TCPREMOTEIP => $_[0] } }, qw(s6-tcpserver-access -H -x rules.cdb true))->{code} }
is(judged('127.0.0.1'), 0, 's6-tcpserver-access, which does as tcprulescheck, lets an allowed client in');
isnt(judged('192.0.2.1'), 0, 's6-tcpserver-access, which does as tcprulescheck, refuses a client that is not allowed');

my @banner = (bin('s6-tcpserver-access'), '-H', '-B', 'welcome', 'cat');
is(ask(start_server(['-i', "$dir/rules", '--refuse-with=no'], \@banner), send => "!\n"), "welcome!\n",
  's6-tcpserver-access -B, which does as banner_success, greets a client that is allowed');
mkdir $_ or die for "$dir/others", "$dir/others/ip4", "$dir/others/ip4/192.0.2.0_24";
put_file('others/ip4/192.0.2.0_24/allow', '');
is(read_all(open_client(start_server(['-i', "$dir/others", '--refuse-with=no'], \@banner))), 'no',
  's6-tcpserver --refuse-with, which does as banner_fail, sends its text to a client that is refused');

done_testing();
