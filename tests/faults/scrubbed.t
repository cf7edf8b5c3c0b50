#!/usr/bin/env perl
# A word with a newline or control characters makes no second line and drives no terminal, wherever it is printed: words of the
# command line and of the environment by every program, names of files by a daemon.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

page('sallyport-log');
page_says('Each message is one line of printable ASCII: every other byte in what it quotes becomes a question mark.');
page('sallyport-security');
page_says('They never write bytes of a client, of a command or of the environment to the log as they are: everything but printable ASCII becomes a question mark.');

my $odd = "a\nb\e[31m\r\x7f\xff";

sub is_scrubbed
{
  my ($err, $name) = @_;
  my @lines = split /\n/, $err, -1;
  ok($err eq '' || pop @lines eq '', "$name: the last line of the messages is whole") or diag $err;
  is(scalar(grep { !/\A[\w.-]+: (?:\w+ \d+: )?(?:usage|fatal|warning|info): [\x20-\x7e]*\z/ } @lines), 0,
    "$name: each line is a message of the program in printable ASCII") or diag $err;
}

my %nothing = map { $_ => undef } qw(LISTEN_PID LISTEN_FDS);
sub end_of
{
  my ($program, $env, @words) = @_;
  return run({ fds => { 0 => '/dev/null' }, env => { %nothing, %$env } }, bin($program), @words);
}

# The options that take an argument.
sub options_of
{
  my ($program) = @_;
  return run(bin($program), '--help')->{out} =~ /^  (?:-., |    )--([a-z0-9-]+)=/mg;
}

for my $program (map { s{.*/}{}r } programs_built())
{
  my $end = end_of($program, {}, "--$odd");
  is($end->{code}, 100, "$program refuses an option with a newline and control characters");
  like($end->{err}, qr/a\?b/, "$program quotes a refused option with question marks for its control characters");
  is_scrubbed($end->{err}, "$program --ODD");
  is_scrubbed(end_of($program, {}, "--$_=$odd")->{err}, "$program --$_=ODD") for options_of($program);
  is_scrubbed(end_of($program, {}, '--', ($odd) x $_)->{err}, "$program with $_ odd operands") for 1, 2, 3, 4, 6;
  my %env = map { $_ => $odd } qw(UID GID GIDLIST LISTEN_FDS LISTEN_PID CONNLIMIT TCPLOCALIP TCPREMOTEIP TCPREMOTEPORT TCPCONNNUM IPCREMOTEEUID IPCREMOTEEGID KEYFILE CERTFILE CADIR CAFILE);
  is_scrubbed(end_of($program, { %env, PROTO => $_ }, '--', 'true')->{err}, "$program with odd variables, PROTO " . ($_ eq $odd ? 'odd' : $_))
    for $odd, 'TCP', 'IPC';
}

# ---- a daemon's log ----

my $program = own_dir() . "/ca\nt";
system('cp', tool('cat'), $program) == 0 or die;
my $server = start_server(['-v'], [$program]);
unlink $program;
ask($server, send => 'x');
log_says($server, qr/warning: unable to launch .*ca\?t/, 's6-tcpserverd logs a program with a newline in its name that has vanished in one line');
$server->signal('TERM');
$server->wait;
is_scrubbed(log_text($server), 'the log of s6-tcpserverd');

done_testing();
