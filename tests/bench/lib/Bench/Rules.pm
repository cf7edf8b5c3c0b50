# Compiled access rules, and our server with 10,000 of them: judged by the daemon, judged by a program for each client, and refused.
package Bench::Rules;
use strict;
use warnings;
use Exporter 'import';
use File::Path qw(make_path);
use Bench::Peers;
our @EXPORT = qw(rule_servers compiled_rules);

my $RULES = 10000;
my @words = own_limits();
my %compiled;

# Hosts and networks that are not ours, of several prefix lengths, so that a client of 127.0.0.1 is looked up in each length.
sub write_rules
{
  my ($dir, $verdict, $count) = @_;
  my @keys = map { sprintf 'ip4/10.%d.%d.%d_32', $_ >> 16 & 255, $_ >> 8 & 255, $_ & 255 } 1 .. $count - 500;
  push @keys, map { ("ip4/172.16.$_.0_24", "ip4/172.$_.0.0_16") } 1 .. 249;
  make_path(map { "$dir/$_" } @keys, 'ip4/127.0.0.0_8', 'ip4/127.0.0.1_32');
  for my $file ((map { "$_/deny" } @keys), 'ip4/127.0.0.0_8/allow', $verdict ? "ip4/127.0.0.1_32/$verdict" : ())
  {
    open my $out, '>', "$dir/$file" or die "bench: fatal: unable to write $dir/$file: $!\n";
  }
}

# The file of so many rules, at least 500, that say this of our clients; made once for the whole run.
sub compiled_rules
{
  my ($at, $verdict, $count) = @_;
  return $compiled{"$verdict$count"} if $compiled{"$verdict$count"};
  my $dir = "$at->{dir}/rules";
  write_rules($dir, $verdict, $count);
  system("$ENV{SALLYPORT_BIN}/s6-accessrules-cdb-from-fs", "$dir.cdb", $dir) == 0 or die "bench: fatal: unable to compile rules\n";
  return $compiled{"$verdict$count"} = "$dir.cdb";
}

sub rule_servers
{
  my $bin = $ENV{SALLYPORT_BIN} || '/nonexistent';
  my ($server, $access) = map { -x "$bin/$_" ? "$bin/$_" : undef } qw(s6-tcpserver s6-tcpserver-access);
  my $floor = "$ENV{BENCH_TOOLS}/floor_refuse";
  return (
    { name => 'without rules', program => $server, tcp => sub { ($server, @words, @{$_[0]}{qw(ip port prog)}) } },
    { name => '10,000 rules', program => $server, tcp => sub { ($server, @words, '-x', compiled_rules($_[0], '', $RULES), @{$_[0]}{qw(ip port prog)}) } },
    { name => 'refused by 10,000 rules', program => $server, refuses => 1,
      tcp => sub { ($server, @words, '-x', compiled_rules($_[0], 'deny', $RULES), @{$_[0]}{qw(ip port prog)}) } },
    { name => 'accept and close, nothing else', program => -x $floor ? $floor : undef, refuses => 1, tcp => sub { ($floor, $_[0]{address}) } },
    { name => 's6-tcpserver-access, 10,000 rules', program => $access,
      tcp => sub { ($server, @words, @{$_[0]}{qw(ip port)}, $access, qw(-H -v0 -x), compiled_rules($_[0], '', $RULES), $_[0]{prog}) } });
}

1;
