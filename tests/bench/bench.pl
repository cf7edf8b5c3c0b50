# The benchmark's plan: which scenarios, with which servers, for how long, and where the report goes. Started by `run`.
use strict;
use warnings;
use Bench::Growth;
use Bench::Main;
use Bench::Peers;
use Bench::Protect;
use Bench::Rules;
use Bench::System;
use Bench::Tls;

sub rate_scenarios
{
  my ($servers, $quick) = @_;
  my @few = ('vfork floor', 'clone floor', 'sallyport', 's6-tcpserver', 'tcpserver', $quick ? () : ('tcpsvd', 'xinetd', 'openbsd-inetd'));
  my @common = (kind => 'rates', family => 'tcp', handler => 'handler_nolibc', clients => 16, metric => 'rate',
    rounds => $quick ? 5 : 15, seconds => $quick ? 0.3 : 0.7);
  return (
    { @common, id => 'static', title => 'Static do-nothing handler, 16 clients at a time', servers => [choose($servers, 'tcp')], memory => 1,
      words => 'The handler is one system call without libc, so the figures are those of the servers and of the kernel.' },
    { @common, id => 'dynamic', title => 'Dynamically linked handler, 16 clients at a time', handler => 'handler_dynamic',
      servers => [choose($servers, 'tcp', @few)] },
    -x "$ENV{BENCH_TOOLS}/handler_musl" ? { @common, id => 'musl', title => 'Handler linked dynamically with musl, 16 clients at a time',
      handler => 'handler_musl', servers => [choose($servers, 'tcp', @few)], slow => 1,
      words => "Start-up of glibc asks the processor what it can do, which is slow in a virtual machine and hides the servers; musl's does not." } : (),
    { @common, id => 'libc', title => 'Handler linked statically with libc, 16 clients at a time', handler => 'handler_static',
      servers => [choose($servers, 'tcp', @few)], slow => 1 },
    { @common, id => 'sh', title => 'Shell script as handler, 16 clients at a time', handler => 'handler_sh',
      servers => [choose($servers, 'tcp', @few)], slow => 1 },
    { @common, id => 'unix', title => 'Unix-domain socket, static handler, 16 clients at a time', family => 'unix',
      servers => [choose($servers, 'unix')], memory => 1 },
    { @common, id => 'latency', title => 'Latency of a single client, static handler', clients => 1, metric => 'p50',
      servers => [choose($servers, 'tcp', @few)], words => 'From connect() to end of file, one after the other. Less is better.' });
}

sub rules_scenarios
{
  my ($servers, $quick) = @_;
  my @common = (kind => 'rates', family => 'tcp', clients => 16, metric => 'rate', base => 'without rules', rounds => $quick ? 5 : 15,
    seconds => $quick ? 0.3 : 0.7, whole_cost => 1);
  my @servers = grep { $_->{program} } rule_servers();
  return (
    { @common, id => 'rules', title => 'Access rules, 16 clients at a time', handler => 'handler_nolibc', servers => [@servers],
      words => 'Rules in a compiled file, looked up by the daemon, or by a program that is launched for each client.' },
    { @common, id => 'refused', title => 'Served or refused, handler linked statically with libc', handler => 'handler_static',
      servers => [grep { $_->{name} =~ /without|refused|accept and close/ } @servers],
      words => 'What it costs to refuse a client, next to serving one with a program that has a libc. The last row is a loop that does nothing but accept and close.' });
}

sub protection_scenarios
{
  my ($servers, $quick) = @_;
  return (
    { id => 'protect', kind => 'rates', family => 'tcp', clients => 16, metric => 'rate', base => 'nothing on', rounds => $quick ? 5 : 21, seconds => $quick ? 0.3 : 0.7,
      whole_cost => 1, handler => 'handler_hold', title => 'Protection, counters and PROXY headers, 16 clients at a time',
      servers => [grep { $_->{program} } protected_servers()],
      words => 'Each client comes from one of 2,000 addresses and sends a byte, which its handler reads.' });
}

sub growth_scenarios
{
  my ($servers, $quick) = @_;
  my %words = (
    sources => 'Each client comes from the next of so many addresses.',
    rules => 'Compiled rules, of four lengths of prefix, and a client that each length is looked up for.',
    listeners => 'tcp-socket-accept with so many sockets; the clients come to one of them.',
    variables => 'The environment of the daemon has so many variables of 40 bytes, which each program gets.');
  return map
  {
    my @servers = growing_servers($_);
    { id => "growth-$_", kind => 'growth', family => 'tcp', handler => 'handler_nolibc', clients => 16, metric => 'rate', base => $servers[0]{name}, slow => 1,
      rounds => 15, seconds => 0.7, title => "Growth: $_, 16 clients at a time", xlabel => $_, words => $words{$_}, servers => [grep { $_->{program} } @servers] }
  } qw(sources rules listeners variables);
}

sub tls_scenarios
{
  my ($servers, $quick) = @_;
  my @common = (kind => 'rates', family => 'tcp', clients => 16, metric => 'rate', base => 'sallyport', rounds => $quick ? 5 : 11, seconds => $quick ? 0.5 : 1.5,
    whole_cost => 1, all_but_load => 1, handler => 'handler_hold', slow => 1);
  return (
    { @common, id => 'tls', title => 'TLS 1.3, a new session for each client, 16 clients at a time', load_words => ['-t', -s => 'xq', -e => 1],
      servers => [tls_servers()],
      words => 'ECDSA with P-256. A program is launched for each client: by the TLS server itself, or by the s6-tcpserver of sallyport to which a relay connects.' },
    { @common, id => 'tls-again', title => 'TLS 1.3, each client resumes a session, 16 clients at a time', load_words => ['-T', -s => 'xq', -e => 1],
      servers => [tls_servers()], resumed => 1,
      words => 'The same with clients who have been there before. Servers that resume nothing make a whole handshake each time.' });
}

sub held_scenarios
{
  my ($servers, $quick) = @_;
  my @levels = $quick ? (0, 1000, 5000) : (0, 1000, 5000, 15000, 30000);
  my @common = (kind => 'held', handler => 'handler_hold', clients => 16, rounds => $quick ? 1 : 3, seconds => $quick ? 0.5 : 2,
    sources => $levels[-1]);
  return (
    { @common, id => 'held', title => 'New connections while others are held open, TCP', family => 'tcp', levels => [@levels],
      servers => [choose($servers, 'tcp', 'sallyport', 's6-tcpserver', 'tcpserver')],
      words => "Each held client has a live handler and, over TCP, a source address of its own." },
    { @common, id => 'held-unix', title => 'New connections while others are held open, Unix-domain socket', family => 'unix',
      levels => [map { $_ == 1000 ? 900 : $_ } @levels], servers => [choose($servers, 'unix', 'sallyport', 's6-ipcserver', 'unixserver')] });
}

sub chain_programs
{
  my ($builds) = @_;
  my @ours = map { my $dir = $_; map { "$dir/$_" } qw(s6-tcpserver s6-tcpserver-socketbinder s6-applyuidgid s6-tcpserverd
    s6-ipcserver s6-ipcserver-socketbinder s6-ipcserverd) } sort { $builds->{$a} cmp $builds->{$b} } keys %$builds;
  my @theirs = map { find_program($_) } qw(s6-tcpserverd s6-ipcserverd tcpserver tcpsvd unixserver xinetd inetd socat systemd-socket-activate);
  return [grep { defined && -x } @ours, @theirs];
}

sub other_scenarios
{
  my ($servers, $quick) = @_;
  my $builds = own_builds();
  my @start = (kind => 'start', rounds => $quick ? 3 : 9, count => 50);
  return (
    { @start, id => 'start', title => 'Start, TCP', family => 'tcp', servers => [grep { $_->{start} } choose($servers, 'tcp')],
      words => 'From exec of the command line to the line that announces the port.' },
    { @start, id => 'start-unix', title => 'Start, Unix-domain socket', family => 'unix', servers => [grep { $_->{start} } choose($servers, 'unix')],
      words => 'From exec of the command line to the line that announces readiness.' },
    { id => 'calls', kind => 'calls', title => 'System calls per connection', rounds => 1, count => 200, handler => 'handler_nolibc', family => 'tcp',
      servers => [choose($servers, 'tcp', 'vfork floor', 'clone floor', 'sallyport', 's6-tcpserver', 'tcpserver')],
      words => 'Counted by strace, in the daemon and in the child up to its execve.' },
    { id => 'sizes', kind => 'sizes', title => 'Sizes of the binaries', builds => $builds, programs => chain_programs($builds) });
}

exit run_plan(program => 'tests/bench/run', name => 'results', title => 'Benchmark', servers => [find_servers()],
  scenarios => sub { (rate_scenarios(@_), rules_scenarios(@_), protection_scenarios(@_), growth_scenarios(@_), tls_scenarios(@_), held_scenarios(@_), other_scenarios(@_)) },
  words => <<'END');
Medians over rounds in which all servers take turns, with the range of the rounds. A ratio is that of two figures of the same
round, and is the figure to look at: the vfork floor is a bare loop of accept, vfork and execve. Limits, backlogs and environment are the same
for all, and each server is in its quickest configuration, with the variables of UCSPI where it has them.
END
