#!/usr/bin/env perl
# The listeners in a row: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES and the variables of upstart.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;

page('tcp-socket-listen');
my @add = (bin('tcp-socket-listen'), '--systemd-compatibility');
my @address = ('127.0.0.1', 0);

sub variables
{
  my ($end) = @_;
  return join ' ', map { defined $end->{env}{$_} ? "$_=$end->{env}{$_}" : () } qw(LISTEN_FDS LISTEN_FDNAMES LISTEN_PIDFDID UPSTART_EVENTS UPSTART_FDS);
}

sub sockets
{
  my ($end) = @_;
  return join ' ', map { "$_:$end->{fd}{$_}{family}/$end->{fd}{$_}{type}" } sort { $a <=> $b } keys %{$end->{fd}};
}

# ---- one, and several ----

page_says('LISTEN_FDS and LISTEN_PID are set.');
my $one = handed(@add, @address);
is(variables($one), 'LISTEN_FDS=1', 'tcp-socket-listen --systemd-compatibility announces one listener');
is($one->{env}{LISTEN_PID}, $one->{pid}, 'tcp-socket-listen --systemd-compatibility announces its listener to the process that becomes prog');
is(sockets($one), '3:inet/stream', 'tcp-socket-listen --systemd-compatibility has its listener on descriptor 3');

page_says('If they already announce listeners to this process, those stay, and the new one follows them.');
page_says('So a list of listeners is built up by several programs in a row, as long as each of them has this option.');
my $dir = own_dir();
my @every = (@add, @address, bin('udp-socket-listen'), '--systemd-compatibility', @address,
  bin('local-stream-socket-listen'), '--systemd-compatibility', "$dir/stream", bin('local-datagram-socket-listen'), '--systemd-compatibility', "$dir/dgram",
  bin('local-seqpacket-socket-listen'), '--systemd-compatibility', "$dir/seqpacket");
my $several = handed(@every);
is(sockets($several), '3:inet/stream 4:inet/dgram 5:unix/stream 6:unix/dgram 7:unix/seqpacket',
   'five listeners in a row hand TCP, UDP and three Unix-domain sockets to prog in their order');
is(variables($several), 'LISTEN_FDS=5', 'five listeners in a row announce five sockets');
is($several->{env}{LISTEN_PID}, $several->{pid}, 'five listeners in a row announce their sockets to the process that becomes prog');
is($several->{open}, '0 1 2 3 4 5 6 7', 'five listeners in a row leave no other descriptor open');

SKIP:
{
  my $netlink = handed(@add, @address, (bin('netlink-datagram-socket-listen'), '--systemd-compatibility', 'route', 1) x 2);
  skip 'this system has no netlink sockets', 2 if $netlink->{err} =~ /family/;
  is(sockets($netlink), '3:inet/stream 4:netlink/dgram 5:netlink/dgram',
     'two netlink-datagram-socket-listen of one protocol add their sockets to a TCP one');
  is(variables($netlink), 'LISTEN_FDS=3', 'two netlink-datagram-socket-listen announce their sockets after a TCP one');
}

page_says('Listeners that were announced to another process are not counted.');
my $other = handed({ env => { LISTEN_PID => 1, LISTEN_FDS => 2, LISTEN_FDNAMES => 'a:b', LISTEN_PIDFDID => 1 } }, @add, @address);
is(variables($other), 'LISTEN_FDS=1', 'tcp-socket-listen does not count listeners that were announced to another process');
page_says('Removed if it belongs to no earlier listener.');
my $ours = handed(announced(LISTEN_PIDFDID => 77, LISTEN_FDS => 0), @add, @address);
is(variables($ours), 'LISTEN_FDS=1', 'tcp-socket-listen removes LISTEN_PIDFDID if no earlier listener belongs to it');
my $kernel = get_file('/proc/sys/kernel/osrelease') =~ /\A(\d+)\.(\d+)/ ? $1 * 100 + $2 : 0;
SKIP:
{
  skip 'this system gives processes no id of their own', 1 unless $kernel >= 609 && built_for_linux();
  my $later = handed(@add, @address, 'env', 'LISTEN_PIDFDID=77', @add, @address);
  is(variables($later), 'LISTEN_FDS=1', 'tcp-socket-listen takes an announcement with the LISTEN_PIDFDID of another process for a foreign one');
}

# ---- names ----

page_says('The names of the listeners, with colons between them, if any of them was given a name.');
page_says('There are at least as many names as listeners.');
page_says('Names that are there before the first listener are kept, and each listener takes the next one;');
page_says('those that belong to another process are dropped.');
page_says('Those without a name are called "unknown".');
my @more = (@add, @address);
my %names = (
  'the only one has a name' => [[@add, '--name=web', @address], 'LISTEN_FDS=1 LISTEN_FDNAMES=web'],
  'the first of two has a name' => [[@add, '--name', 'web', @address, @more], 'LISTEN_FDS=2 LISTEN_FDNAMES=web:unknown'],
  'the last of two has a name' => [[@more, @add, '--name', 'web', @address], 'LISTEN_FDS=2 LISTEN_FDNAMES=unknown:web'],
  'the middle one of three has a name' => [[@more, @add, '--name', 'a b', @address, @more], 'LISTEN_FDS=3 LISTEN_FDNAMES=unknown:a b:unknown'],
  'the third one finds one name' => [[@more, @more, 'env', 'LISTEN_FDNAMES=a', @more], 'LISTEN_FDS=3 LISTEN_FDNAMES=a:unknown:unknown'],
  'the second one finds three names' => [[@more, 'env', 'LISTEN_FDNAMES=a:b:c', @more], 'LISTEN_FDS=2 LISTEN_FDNAMES=a:b:c'],
  'the third one finds an empty name and another one' => [[@more, @more, 'env', 'LISTEN_FDNAMES=:b', @more],
    'LISTEN_FDS=3 LISTEN_FDNAMES=unknown:b:unknown'],
  'two find two names' => [['env', 'LISTEN_FDNAMES=web:tls', @more, @more], 'LISTEN_FDS=2 LISTEN_FDNAMES=web:tls'],
  'two find three names' => [['env', 'LISTEN_FDNAMES=web:tls:x', @more, @more], 'LISTEN_FDS=2 LISTEN_FDNAMES=web:tls:x'],
  'two find one name' => [['env', 'LISTEN_FDNAMES=web', @more, @more], 'LISTEN_FDS=2 LISTEN_FDNAMES=web:unknown'],
  'the first of two finds two names and has one of its own' => [['env', 'LISTEN_FDNAMES=old:tls', @add, '--name=new', @address, @more],
    'LISTEN_FDS=2 LISTEN_FDNAMES=new:tls'],
  'the only one finds an empty name' => [['env', 'LISTEN_FDNAMES=', @more], 'LISTEN_FDS=1 LISTEN_FDNAMES=unknown'],
  'the only one finds a name of another process' => [['env', 'LISTEN_PID=1', 'LISTEN_FDNAMES=old', @more], 'LISTEN_FDS=1'],
  'the only one finds a name of another process and has one of its own' => [['env', 'LISTEN_PID=x', 'LISTEN_FDNAMES=old',
    @add, '--name=new', @address], 'LISTEN_FDS=1 LISTEN_FDNAMES=new'],
);
is(variables(handed(@{$names{$_}[0]})), $names{$_}[1],
   "listeners in a row set LISTEN_FDNAMES as expected if $_") for sort keys %names;

page_says('up to 255 printable ASCII characters, none of them a colon.');
my $longest = 'x' x 255;
is(handed(@add, "--name=$longest", @address)->{env}{LISTEN_FDNAMES}, $longest, 'tcp-socket-listen takes a name of 255 characters');
is(run(@add, "--name=$_", @address, 'true')->{code}, 100,
   'tcp-socket-listen exits 100 for a --name of ' . (length > 255 ? '256 characters' : "'" . s/([^ -~])/sprintf '\\x%02x', ord $1/ger . "'"))
  for '', 'a:b', "${longest}x", "tab\t", "\xe9";
page_says('This needs --systemd-compatibility.');
my $alone = run(bin('tcp-socket-listen'), '--name=web', @address, 'true');
is($alone->{code}, 100, 'tcp-socket-listen exits 100 for --name without --systemd-compatibility');
like($alone->{err}, qr/--name needs --systemd-compatibility/, 'tcp-socket-listen reports that --name needs --systemd-compatibility');

# ---- what is not true ----

my @every_listener = map { "$_-socket-listen" } qw(tcp udp local-stream local-datagram local-seqpacket netlink-datagram);
my $made = 0;
my %operands = (map({ $_ => [@address] } qw(tcp udp)), map({ my $name = $_; $_ => sub { "$dir/made-" . $made++ } } qw(local-stream local-datagram local-seqpacket)),
  'netlink-datagram' => ['route', 1]);
open my $null, '<', '/dev/null' or die;
my @wrong = (
  ['no number', undef, [map { { LISTEN_PID => $_, LISTEN_FDS => 2, LISTEN_FDNAMES => 'a:b' } } '', 'x', '1x', '-1', '99999999999999999999']],
  ['a number that is none', qr/LISTEN_FDS is not a number/, [map { { LISTEN_FDS => $_ } } '', 'abc', '1x', '-1', 1025, '99999999999999999999']],
  ['not open', qr/not open/, [{ LISTEN_FDS => 2 }]],
);
for my $program (@every_listener)
{
  page($program);
  page_says('A wrong announcement, because LISTEN_FDS is no number or a descriptor is not open or is not a socket, is dropped with a warning,');
  for my $wrong (@wrong)
  {
    my ($what, $words, $environments) = @$wrong;
    for my $env (@$environments)
    {
      my $words_of = $operands{$program =~ s/-socket-listen//r};
      my $end = handed(defined $env->{LISTEN_PID} ? { env => $env } : announced(%$env), bin($program), '--systemd-compatibility', ref $words_of eq 'CODE' ? $words_of->() : @$words_of);
      next if $end->{err} =~ /family/;
      my $shown = join ' ', map { "$_=$env->{$_}" } sort keys %$env;
      is(variables($end), 'LISTEN_FDS=1', "$program drops the wrong announcement $shown and announces one listener");
      is($end->{env}{LISTEN_PID}, $end->{pid}, "$program drops the wrong announcement $shown and sets LISTEN_PID to the process that becomes prog");
      ref $words eq 'Regexp' ?
        like($end->{err}, qr/\A$program: warning: .*$words.*: starting with one listener\n\z/, "$program warns about the wrong announcement $shown") :
        is($end->{err}, '', "$program drops the announcement $shown of another process without a warning");
    }
  }
}
page('tcp-socket-listen');
my $file = handed({ fds => { 3 => $null } }, announced(LISTEN_FDS => 1), @add, @address);
is(sockets($file) . ' ' . variables($file), '3:inet/stream LISTEN_FDS=1', 'tcp-socket-listen replaces a file that was announced as a listener');

# ---- without the option ----

page_says('Without this option the socket is on descriptor 3, whatever was announced.');
page_says('A listener that was announced there is closed with a warning, and the announcement is taken back: others that it named stay open.');
my $replaced = handed(@add, @address, bin('udp-socket-listen'), @address);
is(sockets($replaced), '3:inet/dgram', 'udp-socket-listen without --systemd-compatibility replaces an announced listener on descriptor 3');
is(variables($replaced), '', 'udp-socket-listen without --systemd-compatibility takes the announcement of a listener back');
like($replaced->{err}, qr/\Audp-socket-listen: warning: the listener on fd 3 .* is closed.*\n\z/,
     'udp-socket-listen without --systemd-compatibility warns that it closes an announced listener');
my $foreign = handed({ env => { LISTEN_PID => 1, LISTEN_FDS => 1 } }, bin('tcp-socket-listen'), @address);
is(variables($foreign) . $foreign->{err}, 'LISTEN_FDS=1',
   'tcp-socket-listen without --systemd-compatibility leaves an announcement to another process alone');

# ---- upstart ----

page_says('Set UPSTART_FDS to the number of the descriptor, and UPSTART_EVENTS to');
my @upstart = (@add, '--upstart-compatibility', @address);
is(variables(handed(bin('tcp-socket-listen'), '--upstart-compatibility', @address)), 'UPSTART_EVENTS=socket UPSTART_FDS=3',
   'tcp-socket-listen --upstart-compatibility sets the variables of upstart');
is(variables(handed(@more, @upstart)), 'LISTEN_FDS=2 UPSTART_EVENTS=socket UPSTART_FDS=4',
   'tcp-socket-listen --upstart-compatibility sets UPSTART_FDS to the descriptor after an earlier listener');

# ---- every listener has these options ----

for my $program (map { "$_-socket-listen" } qw(tcp udp local-stream local-datagram local-seqpacket netlink-datagram))
{
  page($program);
  page_says('So a list of listeners is built up by several programs in a row, as long as each of them has this option.');
  my %has = map { $_->{name} => 1 } help_options($program);
  is(join(' ', map { $has{$_} ? () : $_ } qw(systemd-compatibility name upstart-compatibility)), '',
     "$program has the options --systemd-compatibility, --name and --upstart-compatibility");
}

done_testing;
