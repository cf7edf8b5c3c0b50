#!/usr/bin/env perl
# The benchmark measures a scenario and writes its report: a row for each server, or a note with the reason why it has none.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

plan skip_all => 'the benchmark needs only one build of the programs' unless variant() eq 'default';
plan skip_all => 'the benchmark reads /proc' unless -r '/proc/net/tcp';
my $dir = own_dir();
my $end = run({ deadline => build_deadline(), env => { SALLYPORT_BUILD => $dir, BENCH_PATH => undef } }, source_file('tests/bench/run'),
  '--only=growth-listeners', '--rounds=1', '--seconds=0.2', "--output=$dir/report");
plan skip_all => 'the programs of the benchmark cannot be compiled here' if -e "$dir/bench/tools" && !-x "$dir/bench/tools/handler_nolibc";

is($end->{code}, 0, 'the benchmark exits 0') or diag($end->{err});
my $report = eval { get_file("$dir/report/results.md") } // '';
for my $server ('1 listener', '4 listeners', '16 listeners', '64 listeners')
{
  like($report, qr/^(?:\| \Q$server\E +\| +[\d,.]+ \||- \Q$server\E[ ,])/m, "the report of the benchmark has a row for $server, or a note") or diag($report);
}
my @figures = eval { get_file("$dir/report/results.csv") } =~ /^growth-listeners,.*,(?:cpu|p99|rate),[\d.e-]+$/mg;
cmp_ok(scalar(@figures), '>', 0, 'the benchmark writes each figure into results.csv');
like(run(source_file('tests/bench/run'), '--help')->{out}, qr/growth-sources growth-rules growth-listeners growth-variables/, 'the usage of the benchmark names its scenarios');
is(run(source_file('tests/bench/run'), '--nonesuch')->{code}, 100, 'the benchmark exits 100 with an option that it does not have');

done_testing;
