#!/usr/bin/env perl
# Every display of every page is a command that a test tries, or one of a few other kinds, and the test that is named for
# it exists. The options of a command are options of the programs in it. What is no command is held to the truth here.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::PageExamples;
use IO::Socket::UNIX;

in_network_namespace();

my $dir = own_dir();
my @shown = displays();
cmp_ok(scalar @shown, '>', 100, 'the pages have more than 100 displays');
is(join(', ', map { title($_) } grep { $_->{how} !~ /^-literal -offset indent$/ } @shown), '',
  'every display of the pages is .Dl or .Bd -literal -offset indent');
is(join(', ', stale_exceptions(@shown)), '', 'every exception of PageExamples.pm matches a display of the pages');
is(join(', ', grep { !-f source_file("tests/$_.t") } map { $_->{test} } @shown), '', 'the test that is named for each display of the pages exists');

# ---- options ----

for my $example ((grep { $_->{kind} eq 'command' } @shown), inline_commands())
{
  next if $example->{page} =~ /^sallyport-from/;  # other programs have our names there
  is("@{[wrong_options($example->{text})]}", '', title($example) . ': its options exist');
}
is("@{[wrong_options('nice -n 5 s6-tcpserver -vc 3 -Y --nonesuch 0 1 cat')]}", 's6-tcpserver: -Y s6-tcpserver: --nonesuch',
  'the check of options finds wrong options');

# ---- what is no command ----

my ($machines) = map { $_->{text} } to_try('build/displays-in-pages', 'a drawing, whose addresses', @shown);
my @written = map { $_->{text} } grep { $_->{page} eq 'sallyport-scale' && $_->{kind} !~ /drawing/ } @shown;
for my $address ($machines =~ /\b(192\.[\d.]+|port \d+)/g)
{
  my $wanted = $address =~ s/^port //r;
  next if $address eq '192.0.2.11';  # node b, which is as node a
  ok(scalar(grep { /\b\Q$wanted\E\b/ } @written), "$address of the drawing in sallyport-scale(7) is in a display of the page");
}

for my $files (to_try('build/displays-in-pages', 'files', @shown))
{
  for my $file (split /\n/, $files->{text} =~ s/^/$dir\//mgr)
  {
    run('mkdir', '-p', $file =~ s{/[^/]*$}{}r);
    put_file($file, $file =~ /TCPCONNMAX/ ? '10' : $file =~ /exec$/ ? 'true' : '');
  }
  my $end = run(bin('s6-accessrules-cdb-from-fs'), "$dir/rules.cdb", "$dir/rules");
  is("$end->{code}: $end->{err}", '0: ', "s6-accessrules-cdb-from-fs compiles the files that $files->{page} shows");
}

# Lines of the log: a daemon of that name logs such lines, whatever the numbers.
sub without_numbers { return map { s/\d+(?:\.\d+){3}/IP/gr =~ s/\d+/N/gr } split /\n/, $_[0] =~ s/ \\\n +/ /gr }

# What a daemon listens by, and what a client of it connects to.
my %listener = (
  'local-stream-socket-accept' => ['local-stream-socket-listen', "$dir/socket"],
  'local-seqpacket-socket-accept' => ['local-seqpacket-socket-listen', "$dir/socket"],
  'tcp-socket-accept' => ['tcp-socket-listen', '127.0.0.1', 7009],
  's6-ipcserverd' => ['s6-ipcserver-socketbinder', "$dir/socket"],
  's6-tcpserverd' => ['s6-tcpserver-socketbinder', '127.0.0.1', 7009],
);

sub connected
{
  my ($name) = @_;
  return IO::Socket::UNIX->new(Type => $name =~ /seqpacket/ ? SOCK_SEQPACKET : SOCK_STREAM, Peer => "$dir/socket") if $name =~ /local|ipc/;
  return eval { open_client({ ip => '127.0.0.1', port => 7009 }) };
}

sub lines_of
{
  my ($name) = @_;
  my @command = (@{$listener{$name}}, $name, $name =~ /accept/ ? '-v' : '-v2', 'cat');
  my $server = start(env => { PATH => "$ENV{SALLYPORT_BIN}:$ENV{PATH}" }, command => ['/bin/sh', '-c', "exec @command"]);
  my $client = eventually(sub { connected($name) }) or return {};
  log_has($server, qr/accept|allow/);
  close $client;
  log_has($server, qr/status: 0/) if log_has($server, qr/end pid/);
  my $text = log_text($server);
  $server->put_down;
  unlink "$dir/socket";
  return { map { $_ => 1 } without_numbers($text) };
}

for my $log (to_try('build/displays-in-pages', 'lines of the log', @shown))
{
  my ($name) = $log->{text} =~ /^(\S+): /;
  my $logged = lines_of($name);
  is(join("\n", grep { !$logged->{$_} } without_numbers($log->{text})), '', "$name logs the lines that the page $log->{page} shows");
}

done_testing();
