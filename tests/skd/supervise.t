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
ok(tells(3), 'skd -S starts prog again whenever it ends');
cmp_ok(scalar @{told()}, '<=', 1 + (now() - $began), 'skd -S starts prog at most once a second');
my @lines = grep { !/warning/ } log_lines($server);
like($lines[0], qr/^skd: info: start pid \d+$/, 'skd -S -v logs the start of prog');
like($lines[1], qr/^skd: info: end pid \d+ exitcode 3$/, 'skd -S -v logs the end of prog with its exit code');
is(log_count($server, qr/^skd: warning: sh ended at once: starting it at most once a second$/), 1,
   'skd -S warns once about a prog that ends at once');
$server->signal('TERM');
is(($server->wait // {})->{code}, 0, 'skd -S exits 0 at a SIGTERM while prog keeps ending');

# The program has the descriptors of its caller, and none of ours.
my $plain = start(command => [bin('skd'), '-SP', own_dir() . '/pid', '-L', '>>' . own_dir() . '/log', 'sh', '-c', 'read x; echo "got $x"; ls /proc/$$/fd; grep ^SigBlk /proc/self/status; sleep 60'],
                  fds => { 0 => put_file('in', "word\n") });
my $out = '';
eventually(sub { sysread $plain->out, $out, 1000, length $out; $out =~ /SigBlk/ });
like($out, qr/\Agot word\n0\n1\n2\nSigBlk:\s*0+\n\z/,
     'prog of skd -S has the stdin and stdout of skd, no other descriptor than 0, 1 and 2, and no blocked signal');
is_serving($plain, 1, 'skd -S runs one prog at a time');

# A program that dies of a signal.
my ($pid) = $plain->served;
kill 'KILL', $pid;
ok(eventually(sub { my ($next) = $plain->served; $next && $next != $pid }), 'skd -S starts a killed prog again');
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
  is(told()->[-1], $signal, "skd -S passes SIG$signal on to prog");
}
rename own_dir() . '/supervised.log', own_dir() . '/supervised.old' or die;
$s->signal('HUP');
ok(eventually(sub { -e own_dir() . '/supervised.log' }), 'skd -S -L opens its log again at a SIGHUP');

page_says('So are SIGTERM and SIGINT, with a SIGCONT; skd exits when prog has ended.');
for my $signal (qw(TERM INT))
{
  $s->signal($signal);
  is(($s->wait // {})->{code}, 0, "skd -S exits 0 at a SIG$signal");
  is(scalar(grep { $_ eq $signal } @{told()}), 1, "skd -S passes SIG$signal on to prog once before it exits");
  $s = trapped();
}
my ($child) = $s->served;
kill 'STOP', $child;
eventually(sub { process_state($child) eq 'T' });
$s->signal('TERM');
is(($s->wait // {})->{code}, 0, 'skd -S exits 0 at a SIGTERM with a stopped prog');

page_says('For SIGQUIT prog gets SIGTERM, and for SIGABRT SIGKILL.');
$s = trapped();
$s->signal('QUIT');
is(($s->wait // {})->{code}, 0, 'skd -S exits 0 at a SIGQUIT');
is(scalar(grep { $_ eq 'TERM' } @{told()}), 1, 'skd -S sends SIGTERM to prog at a SIGQUIT');
$s = trapped();
($child) = $s->served;
$s->signal('ABRT');
is(($s->wait // {})->{code}, 0, 'skd -S exits 0 at a SIGABRT');
is(scalar(grep { $_ ne 'ready' && $_ ne 'CONT' } @{told()}), 0, 'prog of skd -S gets no signal that it is able to trap at a SIGABRT of skd');
ok(!is_live($child), 'skd -S kills prog at a SIGABRT');

# ---- in the background, as in the manual ----

page_says('A program that does its own networking, as a daemon that is started again:');
my $daemon = skd_background({}, ['-S'], ['sleep', '60']);
is($daemon->{code}, 0, 'skd -S -B exits 0');
ok(eventually(sub { children($daemon->{pid}) == 1 }), 'skd -S -B runs prog in the background');
ok(end_daemon($daemon), 'SIGTERM ends skd -S -B');

done_testing();
