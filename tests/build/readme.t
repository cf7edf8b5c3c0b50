#!/usr/bin/env perl
# README: the commands of its first lines print what they are said to print, its figures are those of the published
# benchmark, and its programs and pages are those of the package.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Text::ParseWords qw(shellwords);

my $readme = get_file(source_file('README'));
my @lines = split /\n/, $readme;
cmp_ok(scalar @lines, '<', 150, 'README has less than 150 lines');
is(join("\n", grep { length > 128 } @lines), '', 'README has no line of more than 128 characters');

# ---- the first commands, as a user who is not root where the test can be one ----

my ($server, $client, $output) = $readme =~ /^  \$ (.*) &\n  \$ (.*)\n((?:  (?!\$).+\n)+)/m or die 'README has no first commands';
$output =~ s/^  //mg;
my %user = can_change_ids() ? (before => sub { $) = '60001 60001'; $( = 60001; ($<, $>) = (60001, 60001) }) : ();
my %place = (dir => '/', env => { PATH => "$ENV{SALLYPORT_BIN}:$ENV{PATH}" }, %user);
SKIP:
{
  skip 'another user may not enter the directory of the programs', 1 if %user && run({ %place }, 's6-tcpserver', '--version')->{code};
  $server =~ s/127\.0\.0\.1 7000/127.0.0.1 0/ or die 'no port';
  $server =~ s/^s6-tcpserver /s6-tcpserver -1 / or die 'no server';
  my $running = start_listening(%place, ip => '127.0.0.1', command => [shellwords($server)]);
  $client =~ s/127\.0\.0\.1 7000/127.0.0.1 $running->{port}/ or die 'no port';
  my $end = run({ %place }, '/bin/sh', '-c', $client);
  is($end->{out}, $output, 'the first commands of README print what README shows') or diag($end->{err});
}

# ---- figures ----

my $results = get_file(source_file('doc/bench/results.md'));
my ($ratios) = $results =~ /^sallyport to each of the others, median of the rounds: (.*)$/m;
my ($floor, $tcpserver) = $ratios =~ /([\d.]+) vfork floor.*? ([\d.]+) tcpserver/;
like($readme, qr/\b\Q$floor\E times the connections of a bare accept, vfork, execve loop/,
  'README has the published ratio to the bare accept, vfork, execve loop');
is($readme =~ /([\d.]+) times those of tcpserver/ ? $1 : '', sprintf('%.1f', $tcpserver), 'README has the published ratio to tcpserver');
my ($held) = $results =~ /^\| sallyport \|.*\| +([\d.]+) \|[^|]*\|\n/m ? $results =~ /at 15000 \/ at 0.*?^\| sallyport \|.*?\| +([\d.]+) \|[^|\n]*\|$/ms : ();
like($readme, qr/at \Q$held\E of the rate/, 'README has the published ratio with clients held open');
my ($bytes) = $results =~ /bytes per client at 15000 \|.*?^\| sallyport \|.*?\| +([\d.]+) \|$/ms;
is($readme =~ /(\d+) bytes of memory for each client/ ? $1 : '', sprintf('%.0f', $bytes), 'README has the published memory for each client');
my ($ruled) = $results =~ /^\| 10,000 rules +\|[^|]*\|[^|]*\| +([\d.]+) \|/m;
like($readme, qr/10,000 access rules leave the rate as it is \(\Q$ruled\E\)/, 'README has the published ratio with 10,000 access rules');
my ($refused) = $results =~ /^\| refused by 10,000 rules +\| +([\d,]+) \|/m;
like($readme, qr/accept and close: \Q$refused\E a second/, 'README has the published rate of refusals');

# ---- programs and pages ----

my ($programs) = $readme =~ /^Programs\n-+\n(.*?)^Each has/ms;
my %named = map { $_ => 1 } $programs =~ /[a-z0-9]+(?:-[a-z0-9]+)*/g;
$named{"s6-tcpserver-$_"} = $named{"s6-ipcserver-$_"} = 1 for 'socketbinder';
$named{"s6-accessrules-$_"} = 1 for 'fs-from-cdb', 'fs-from-tcprules';
$named{"$_-socket-listen"} = 1 for 'local-stream', 'local-seqpacket';
my @all = get_file(source_file('package/targets.mak')) =~ m{^ +[a-z]+/([a-z0-9-]+) \\?$}mg;
cmp_ok(scalar @all, '>', 40, 'package/targets.mak has more than 40 programs');
is(join(' ', grep { !$named{$_} } @all), '', 'README names every program of the package');
is(join(' ', grep { !-f page_file("$1.$2") if /^([a-z0-9-]+)\((\d)\)$/ } $readme =~ /\b(sallyport[a-z0-9-]*\(\d\))/g), '',
  'README names no page that does not exist');

# ---- the contact ----

my ($contact) = get_file(source_file('package/info')) =~ /^contact=(.*)$/m;
like($readme, $contact eq '' ? qr/^Contact: none is set in this copy/m : qr/^Contact: .*\Q$contact\E/m, 'README has the contact of package/info, or that there is none');

done_testing();
