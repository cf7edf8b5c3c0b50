#!/usr/bin/env perl
# A compiled database with anything in it, and one that is written over while programs use it: the daemons and the access
# programs judge it alike, none of them crashes, and what was read before goes on to count.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use POSIX ();
use Sallyport;
use Sallyport::Rules;

my $place = own_dir() . '/rules.cdb';
my @greet = ('sh', '-c', 'echo in');
my %facts = (PROTO => 'TCP', TCPREMOTEIP => '127.0.0.1', TCPREMOTEPORT => 7, TCPLOCALIP => '127.0.0.1', TCPLOCALPORT => 7);

sub corpus { return map { get_file($_) } glob source_file('tests/fuzz/corpus/cdb') . '/*' }

# Each byte of a few places changed, and the file cut at each of a few lengths: the ends of its parts, and lengths between them.
sub mutations
{
  my ($file) = @_;
  my $length = length $file;
  my @cuts = grep { $_ < $length } 0, 1, 7, 8, 2047, 2048, 2049, 2055, 2056, $length - 17, $length - 9, $length - 8, $length - 1;
  my @places = grep { $_ < $length } 0, 3, 4, 7, 8, 100, 1000, 2040, 2047, 2048, 2051, 2052, 2056, 2060, 2070, map { $length - $_ } 1, 4, 5, 8, 9, 12;
  return ((map { substr $file, 0, $_ } @cuts), (map { my ($at, $copy) = ($_, $file); substr($copy, $at, 1) ^= "\xff"; $copy } grep { $_ >= 0 } @places), $file . "\0");
}

sub replace_by
{
  my ($content) = @_;
  put_file('next.cdb', $content);
  rename own_dir() . '/next.cdb', $place or die "cannot rename: $!\n";
}

# What a running daemon and the access program make of a file: the same, "good" or "bad". The daemon logs which, maybe after the
# program of the client has answered.
sub judged_by_reload
{
  my ($server, $content) = @_;
  my ($bad, $good) = map { log_count($server, $_) } qr/keeping the old ones$/, qr/new access rules in/;
  replace_by($content);
  defined ask($server) or return 'no answer';
  eventually(sub { log_count($server, qr/keeping the old ones$|new access rules in/) > $bad + $good }) or return 'not noticed';
  return log_count($server, qr/keeping the old ones$/) > $bad ? 'bad' : 'good';
}

sub judged_by_exit
{
  my ($r) = @_;
  return 'signal ' . ($r->{signal} // 'none') unless defined $r->{code};
  return $r->{code} == 111 && $r->{err} =~ /unable to read the access rules in/ ? 'bad' : 'good';
}

{
  my $good = cdb_bytes('ip4/127.0.0.1_32' => allow_record("A=b\0"), 'ip4/127.0.0.0_8' => 'D');
  my $better = cdb_bytes('ip4/127.0.0.0_8' => allow_record());
  replace_by($good);
  my $server = start_server(['-v', '-x', $place], [@greet]);
  my (%count, @differ);
  my $n = 0;
  for my $content (corpus(), map { mutations($_) } $good, corpus())
  {
    my $reload = judged_by_reload($server, $content);
    my $access = judged_by_exit(run({ env => \%facts }, bin('s6-tcpserver-access'), '-x', $place, 'true'));
    $count{$reload}++;
    push @differ, "file $n: reload $reload, access $access" if $reload ne $access;
    $n++;
    judged_by_reload($server, $better);
  }
  is(join("\n", @differ), '', 's6-tcpserverd that reads its rules again and s6-tcpserver-access accept and refuse the same databases');
  cmp_ok($count{bad} // 0, '>', 30, 's6-tcpserverd that reads its rules again refuses most of the databases that were changed');
  cmp_ok($count{good} // 0, '>', 0, 's6-tcpserverd that reads its rules again accepts a database that is whole');
  is(ask($server), "in\n", 's6-tcpserverd that read many damaged databases serves by the last good one');
}

# Written over in place, by a process that stops at any byte: no program that has read it before is touched.
{
  my $allowed = cdb_bytes('ip4/127.0.0.0_24' => allow_record(), map { ("ip4/10.$_.0.0_16" => 'D') } 1 .. 200);
  replace_by($allowed);
  my $server = start_server(['-v', '-x', $place], [@greet]);
  my %verdict;
  my %ends;
  for my $round (1 .. 60)
  {
    open my $file, '+<', $place or die "cannot open $place: $!\n";
    if ($round % 3 == 0) { truncate $file, $round * 97 % length $allowed }
    elsif ($round % 3 == 1) { syswrite $file, "\0" x ($round * 89) }
    else { seek $file, $round * 61, 0; syswrite $file, 'overwritten' x 20 }
    $verdict{allowed}{ask($server, from => '127.0.0.1') // 'no end'}++;
    $verdict{refused}{ask($server, from => '127.0.1.1') // 'no end'}++;
    my $r = run({ env => \%facts }, bin('s6-tcpserver-access'), '-x', $place, 'true');
    $ends{$r->{code} // "signal $r->{signal}"}++;
    truncate $file, 0;
    sysseek $file, 0, 0;
    syswrite $file, $allowed;
    close $file;
    $verdict{allowed}{ask($server, from => '127.0.0.1') // 'no end'}++;
  }
  is_deeply(\%verdict, { allowed => { "in\n" => 120 }, refused => { '' => 60 } },
            's6-tcpserverd goes on by the rules that it has read while its database is written over');
  is_deeply([sort keys %ends], [111], 's6-tcpserver-access refuses a database that is half written');
  ok($server->alive, 's6-tcpserverd is alive after its database was cut and written over');
}

# The same at full speed: the moment at which the file is cut falls anywhere into the reading.
{
  my $large = cdb_bytes('ip4/127.0.0.0_8' => allow_record(), map { ('ip4/10.' . ($_ >> 8) . '.' . ($_ & 255) . '.0_24' => 'D') } 1 .. 3000);
  replace_by($large);
  my $server = start_server(['-x', $place], [@greet]);
  my $writer = fork // die "cannot fork: $!\n";
  if (!$writer)
  {
    open my $file, '+<', $place or POSIX::_exit(1);
    for (my $n = 0; getppid() != 1; $n++)
    {
      truncate $file, $n * 7919 % length $large;
      sysseek $file, 0, 0;
      syswrite $file, $large;
    }
    POSIX::_exit(0);
  }
  my (%answers, %ends);
  for (1 .. 100)
  {
    $answers{ask($server) // 'no end'}++;
    my $r = run({ env => \%facts }, bin('s6-tcpserver-access'), '-x', $place, 'true');
    $ends{defined $r->{code} ? $r->{code} =~ /\A(?:0|111)\z/ ? 'good' : $r->{code} : "signal $r->{signal}"}++;
  }
  kill 'KILL', $writer;
  waitpid $writer, 0;
  is_deeply(\%answers, { "in\n" => 100 }, 's6-tcpserverd answers every client while its database is cut and written at full speed');
  is_deeply(\%ends, { good => 100 },
            's6-tcpserver-access reads or refuses a database that is cut and written at full speed, and never ends by a signal');
}

done_testing;
