#!/usr/bin/env perl
# Every command that a page shows as an example: its options are options of the programs in it, and it does what can be
# tried here. It serves a client, or talks to a server, or ends well. What differs is listed below: paths are in a
# directory of the test, names of hosts are this machine, and programs that do not exist are written here.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;
use IO::Socket::UNIX;
use Socket qw(MSG_DONTWAIT);
use Text::ParseWords qw(shellwords);

in_network_namespace();
skip_all_unless('fdmove of execline is installed', tool('fdmove'));

my $dir = own_dir();
my %options;
for my $page (glob page_file('*.1'))
{
  my ($name) = $page =~ m{/([^/]+)\.1$};
  next unless have_bin($name);  # without OpenSSL there are no TLS programs
  $options{$name} = { map { my $o = $_; map { $_ ? ($_ => $o) : () } $o->{name}, $o->{letter} } help_options($name) };
}

# ---- the examples of the pages: [page, text] ----

my @examples;
for my $page (glob page_file('*.1'))
{
  my ($name) = $page =~ m{/([^/]+)\.1$};
  my ($section) = get_file($page) =~ /^\.Sh EXAMPLES\n(.*?)(?=^\.Sh |\z)/ms or next;
  while ($section =~ /^\.Dl ([^\n]*)$|^\.Bd -literal[^\n]*\n(.*?)^\.Ed$/msg)
  {
    my $text = ($1 // $2) =~ s/\\e/\\/gr =~ s/\\&//gr;
    push @examples, [$name, $text =~ s/\n\z//r] unless $text =~ /^\S+: (?:info|warning): /;
  }
}
cmp_ok(scalar @examples, '>', 60, 'there are examples');

# ---- what is wrong with the options of our programs in some words ----

sub wrong_option
{
  my ($known, $program, $word, $next) = @_;
  if ($word =~ /^--([^=]+)(=?)/)
  {
    my $option = $known->{$1} or return "$program: $word";
    return "$program: $word wants an argument" if $option->{argument} && !$2 && !defined $next;
    return ('', $option->{argument} && !$2);
  }
  for (my $i = 1; $i < length $word; $i++)
  {
    my $option = $known->{substr $word, $i, 1} or return "$program: $word";
    next unless $option->{argument};
    return "$program: $word wants an argument" if $i == length($word) - 1 && !defined $next;
    return ('', $i == length($word) - 1);
  }
  return ('', 0);
}

sub wrong_options
{
  my @words = shellwords($_[0] =~ s/\\\n//gr =~ s/'[^']*\n[^']*'/x/gr);
  my @wrong;
  while (@words)
  {
    my $program = shift(@words) =~ s{^.*/}{}r;
    my $known = $options{$program} or next;
    while (@words && $words[0] =~ /^-./)
    {
      my $word = shift @words;
      last if $word eq '--';
      my ($complaint, $takes) = wrong_option($known, $program, $word, $words[0]);
      push @wrong, $complaint if $complaint;
      shift @words if $takes;
    }
  }
  return @wrong;
}

sub title { return "$_[0][0]: " . $_[0][1] =~ s/\n.*/ .../sr }

is("@{[wrong_options($_->[1])]}", '', title($_)) for @examples;
is("@{[wrong_options('nice -n 5 s6-tcpserver -vc 3 -Y --nonesuch 0 1 cat')]}", 's6-tcpserver: -Y s6-tcpserver: --nonesuch', 'a wrong option is noticed');

# ---- a place for them ----

mkdir "$dir/$_" or die for qw(bin run run/service srv srv/www etc);
put_file("bin/$_", "#!/bin/sh\nexec cat\n", 0755) for qw(page answer greet adder fingerd);
put_file("bin/$_", "#!/bin/sh\necho began\n", 0755) for qw(resolver logd watcher devices reader uscheduled);
put_file('srv/www/index.html', "a page\n");
put_file('etc/motd', "a line\n");
chmod 01777, "$dir/run";
my %env = (PATH => "$dir/bin:$ENV{SALLYPORT_BIN}:$ENV{PATH}:/usr/lib/execline/bin");

# Rules that let these clients in, as directory and compiled, in a directory where an example runs.
sub new_place
{
  my $place = "$dir/place." . $_[0];
  my @rules = ('ip4', 'ip4/127.0.0.0_8', 'uid', "uid/$>");
  mkdir $_ or die for $place, "$place/rules", map { "$place/rules/$_" } @rules;
  put_file("$place/rules/$_/allow", '') for @rules[1, 3];
  run({ dir => $place }, bin('s6-accessrules-cdb-from-fs'), 'rules.cdb', 'rules')->{code} == 0 or die;
  run('rm', '-rf', "$dir/tmp", "$dir/etc/service.rules", map { "$dir/run/$_" } qw(echo ask page));
  run('cp', '-R', "$place/rules", "$dir/etc/service.rules");
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
  $text =~ s{\b(?:mail|www)\.example\.org\b|192\.0\.2\.7(?:,2001:db8::7)?|\blocalhost\b}{127.0.0.1}g;
  $text =~ s/\bs6-envuidgid www\b/s6-envuidgid nobody/;
  $text =~ s/--group=adm\b/--group=root/;
  $text =~ s/-t 3000\b/-t 300/;
  $text =~ s/ -([A-Z]*)B([A-Z]*) / -$1$2 / if $text =~ /^skd/;
  $text =~ s/-S?L (?:uschedule|motd\S*)/-L '>log'/;
  return $text =~ s{^#!/bin/execlineb -P\n}{}r if $text =~ /^#!/;
  return $text;
}

sub command_of
{
  my ($original) = @_;
  my $text = adapted($original);
  my $is_script = $original =~ m{^#!/bin/execlineb} || $original =~ /^\S+-socketbinder.*[^\\]\n./;
  return $is_script ? (tool('execlineb'), '-Pc', $text) : ('/bin/sh', '-c', $text =~ /\n(?!  )./ ? $text : "exec $text");
}

# ---- trying ----

# Whom a client of an example talks to, while it is tried.
sub other_side
{
  my ($text) = @_;
  my %number = (smtp => 25, http => 80, daytime => 13);
  return start_server([], ['cat'], path => "$dir/run/service/socket") if $text =~ m{/run/service/socket};
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
  return { path => $1 } if $text =~ m{s6-ipcserver|local-\w+-socket-listen|skd -vl} && $text =~ m{ (/\S+)};
  my %number = (echo => 7);
  return { ip => $1 eq '::' ? '::1' : '127.0.0.1', port => $number{$2} // $2 } if $text =~ m{ ([0-9.]{7,}|::|'\*') (\d+|echo)\b};
  return { ip => '127.0.0.1', port => 3000 } if $text =~ /-vt 3000/;
  return undef;
}

sub connected
{
  my ($address, $type) = @_;
  return eval { open_client($address) } unless $type;
  return IO::Socket::UNIX->new(Type => SOCK_SEQPACKET, Peer => $address->{path});
}

sub one_message
{
  my ($socket) = @_;
  my $message = '';
  eventually(sub { recv $socket, $message, 100, MSG_DONTWAIT; length $message });
  return $message;
}

sub serves
{
  my ($text, $place) = @_;
  my $address = address_of(adapted($text));
  my $server = start(dir => $place, env => \%env, fds => { 1 => "$place/out", 3 => "$place/ready" }, command => [command_of($text)]);
  if (($address->{port} // '') eq '0')
  {
    eventually(sub { get_file("$place/out") =~ /^(\d+)\n/ and $address->{port} = $1 });
  }
  my $client = eventually(sub { connected($address, $text =~ /seqpacket/) || !$server->alive });
  return 'it ended: ' . log_text($server) unless ref $client;
  say_to($client, $text =~ /httpd/ ? "GET /index.html HTTP/1.0\r\n\r\n" : "a line\n");
  my $line = $text =~ /seqpacket/ ? one_message($client) : read_line($client);
  my $wanted = $text =~ /httpd/ ? qr/^HTTP\/1\.. 200/ : qr/^a line$/;
  my $end = ($line // '') =~ $wanted ? 'good' : 'it answered: ' . ($line // '') . log_text($server);
  close $client;
  $server->signal('TERM');
  $server->wait;
  return $end;
}

sub ends_well
{
  my ($text, $place) = @_;
  my $end = run({ dir => $place, env => \%env, stdin => "a line\n" }, command_of($text));
  return defined $end->{code} && $end->{code} == 0 ? 'good' : ($end->{code} // 'no end') . ": $end->{err}";
}

sub cannot_be_tried
{
  my ($text) = @_;
  return 'a line of a unit of systemd' if $text =~ /^(?:ExecStart|Sockets)=/;
  return 'it shows or takes what another service offers' if $text =~ /echo\.status/ && $text !~ /--status-socket/ || $text =~ /proxy-server/;
  return 'the tests of TLS have peers for it' if $text =~ /s6-(?:tls|ucspitls)/;
  return 'it waits for datagrams' if $text =~ /^skd .* -u /;
  return 'the root directory needs a program of its own' if $text =~ /^UID=/;
  return 'changing ids takes root' if $text =~ /s6-(?:set|env|apply)uidgid|--(?:owner|user)=| -u \d+ -g| -U / && !can_change_ids();
  return 'IPv6 is missing' if $text =~ / :: |'\*'/ && !have_ipv6();
  return 'the names of services are missing' if $text =~ / (smtp|echo|http|domain|daytime) / && !getservbyname($1, 'tcp');
  return 'busybox is missing' if $text =~ /busybox/ && !tool('busybox');
  return undef;
}

my $n = 0;
for my $example (@examples)
{
  my $text = $example->[1];
  SKIP:
  {
    my $why = cannot_be_tried($text);
    skip title($example) . ": $why", 1 if $why;
    my $is_server = $text =~ /s6-\w+serverd? |-accept |^skd -v/ && $text !~ /UNIXREMOTE/;
    my $other = other_side($text);
    is($is_server ? serves($text, new_place($n++)) : ends_well($text, new_place($n++)), 'good', title($example) . ': tried');
    $other->put_down if $other;
    unlink "$dir/run/service/socket";
  }
}

done_testing();
