#!/usr/bin/env perl
# skd -S: a program that is started again.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Skd;

page('skd');

my $told = own_dir() . '/told';
sub told { return [split /\n/, get_file($told)] }
sub tells { my ($n) = @_; return eventually(sub { @{told()} >= $n }) }

page_says('Without a socket: do not become prog, but start it, and start it again whenever it ends, at most once a second.');
my $began = now();
my $server = start(command => [bin('skd'), '-Sv', 'sh', '-c', 'echo run $$ >> "$0"; exit 3', $told]);
ok(tells(3), 'a program that ends is started again');
cmp_ok(scalar @{told()}, '<=', 1 + (now() - $began), 'at most once a second');
my @lines = grep { !/warning/ } log_lines($server);
like($lines[0], qr/^skd: info: start pid \d+$/, 'the log has its start');
like($lines[1], qr/^skd: info: end pid \d+ exitcode 3$/, 'and its end');
is(log_count($server, qr/^skd: warning: sh ended at once: starting it at most once a second$/), 1, 'that this happens at once is said once');
$server->signal('TERM');
is(($server->wait // {})->{code}, 0, 'SIGTERM between two runs: exit 0');

# The program has the descriptors of its caller, and none of ours.
my $plain = start(command => [bin('skd'), '-SP', own_dir() . '/pid', '-L', '>>' . own_dir() . '/log', 'sh', '-c', 'read x; echo "got $x"; ls /proc/$$/fd; grep ^SigBlk /proc/self/status; sleep 60'],
                  fds => { 0 => put_file('in', "word\n") });
my $out = '';
eventually(sub { sysread $plain->out, $out, 1000, length $out; $out =~ /SigBlk/ });
like($out, qr/\Agot word\n0\n1\n2\nSigBlk:\s*0+\n\z/, 'stdin, stdout, no other descriptor, no blocked signal');
is(scalar($plain->served), 1, 'there is one program');

# A program that dies of a signal.
my ($pid) = $plain->served;
kill 'KILL', $pid;
ok(eventually(sub { my ($next) = $plain->served; $next && $next != $pid }), 'a killed program is started again');
$plain->signal('QUIT');
$plain->wait;

# ---- signals ----

my $trap = ['sh', '-c', 'for s in HUP INT TERM USR1 USR2 CONT; do trap "echo $s >> $0" $s; done; trap "echo TERM >> $0; exit 0" TERM; trap "echo INT >> $0; exit 0" INT; echo ready >> $0; while :; do sleep 0.02; done', $told];

sub trapped
{
  unlink $told;
  my $s = start(command => [bin('skd'), '-S', '-L', '>>' . own_dir() . '/supervised.log', @$trap], @_);
  tells(1);
  return $s;
}

page_says('With -S, SIGHUP, SIGUSR1 and SIGUSR2 are passed on to prog.');
my $s = trapped();
my $n = 1;
for my $signal (qw(HUP USR1 USR2))
{
  $s->signal($signal);
  tells(++$n);
  is(told()->[-1], $signal, "SIG$signal is passed on");
}
rename own_dir() . '/supervised.log', own_dir() . '/supervised.old' or die;
$s->signal('HUP');
ok(eventually(sub { -e own_dir() . '/supervised.log' }), 'SIGHUP also opens the log again');

page_says('So are SIGTERM and SIGINT, with a SIGCONT; skd exits when prog has ended.');
for my $signal (qw(TERM INT))
{
  $s->signal($signal);
  is(($s->wait // {})->{code}, 0, "SIG$signal: exit 0");
  is(scalar(grep { $_ eq $signal } @{told()}), 1, 'prog got it, and has ended');
  $s = trapped();
}
my ($child) = $s->served;
kill 'STOP', $child;
eventually(sub { process_state($child) eq 'T' });
$s->signal('TERM');
is(($s->wait // {})->{code}, 0, 'SIGTERM with a stopped program: exit 0');

page_says('For SIGQUIT prog gets SIGTERM, and for SIGABRT SIGKILL.');
$s = trapped();
$s->signal('QUIT');
is(($s->wait // {})->{code}, 0, 'SIGQUIT: exit 0');
is(scalar(grep { $_ eq 'TERM' } @{told()}), 1, 'prog got SIGTERM');
$s = trapped();
($child) = $s->served;
$s->signal('ABRT');
is(($s->wait // {})->{code}, 0, 'SIGABRT: exit 0');
is(scalar(grep { $_ ne 'ready' && $_ ne 'CONT' } @{told()}), 0, 'prog had no chance to tell');
ok(!is_live($child), 'it is gone');

# ---- in the background, as in the manual ----

page_says('A program that does its own networking, as a daemon that is started again:');
my $daemon = skd_background({}, ['-S'], ['sleep', '60']);
is($daemon->{code}, 0, '-SB: the command exits 0');
ok(eventually(sub { children($daemon->{pid}) == 1 }), 'the program runs');
ok(end_daemon($daemon), 'SIGTERM ends both');

done_testing();
