# Rules directories and constant databases, made and read independently of the programs under test.
package Sallyport::Rules;

use strict;
use warnings;

use Exporter qw(import);
use File::Path qw(make_path remove_tree);

use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(make_rules new_rules compile_rules tree_of cdb_records cdb_bytes allow_record);

# make_rules("rules", "ip4/0.0.0.0_0/allow" => "", ...): the directory, below own_dir().
sub make_rules
{
  my ($name, @files) = @_;
  my $dir = $name =~ m{^/} ? $name : own_dir() . "/$name";
  make_path($dir);
  while (my ($file, $content) = splice @files, 0, 2)
  {
    my $path = "$dir/$file";
    make_path($path =~ s{/[^/]*\z}{}r);
    put_file($path, $content);
  }
  return $dir;
}

# The same from nothing: what was there is gone.
sub new_rules
{
  my ($name, @files) = @_;
  remove_tree(own_dir() . "/$name");
  return make_rules($name, @files);
}

# The rules directory compiled by the program under test, beside it: its path. Rules that never match are meant.
sub compile_rules
{
  my ($dir) = @_;
  my $cdb = "$dir.cdb";
  my $r = run(bin('s6-accessrules-cdb-from-fs'), '-m', '0644', $cdb, $dir);
  die "cannot compile $dir: $r->{err}" unless ($r->{code} // 1) == 0;
  return $cdb;
}

# { relative path => content } of all files below a directory.
sub tree_of
{
  my ($dir, $below) = @_;
  my %tree;
  opendir my $entries, $dir or die "cannot read $dir: $!\n";
  for my $entry (grep { !/^\.\.?\z/ } readdir $entries)
  {
    my $name = defined $below ? "$below/$entry" : $entry;
    if (-d "$dir/$entry" && !-l "$dir/$entry") { %tree = (%tree, %{tree_of("$dir/$entry", $name)}) }
    else { $tree{$name} = get_file("$dir/$entry") }
  }
  return \%tree;
}

# { key => record } of a database, by its list of records.
sub cdb_records
{
  my ($file) = @_;
  my $bytes = get_file($file);
  my ($end, $at) = (unpack('V', $bytes), 2048);
  my %records;
  while ($at < $end)
  {
    my ($key, $data) = unpack 'V V', substr $bytes, $at, 8;
    $records{substr $bytes, $at + 8, $key} = substr $bytes, $at + 8 + $key, $data;
    $at += 8 + $key + $data;
  }
  return \%records;
}

sub cdb_hash
{
  my $hash = 5381;
  $hash = (($hash * 33) & 0xffffffff) ^ ord for split //, $_[0];
  return $hash;
}

# cdb_bytes(key => record, ...): a database with any keys and records whatsoever.
sub cdb_bytes
{
  my @pairs = @_;
  my ($records, @tables) = ('', map { [] } 1 .. 256);
  while (my ($key, $data) = splice @pairs, 0, 2)
  {
    my $hash = cdb_hash($key);
    push @{$tables[$hash % 256]}, [$hash, 2048 + length $records];
    $records .= pack('V V', length $key, length $data) . $key . $data;
  }
  my ($header, $slots) = ('', '');
  for my $table (@tables)
  {
    my $count = 2 * @$table;
    my @slots = map { [0, 0] } 1 .. $count;
    for my $entry (@$table)
    {
      my $where = ($entry->[0] >> 8) % $count;
      $where = ($where + 1) % $count while $slots[$where][1];
      $slots[$where] = $entry;
    }
    $header .= pack 'V V', 2048 + length($records) + length($slots), $count;
    $slots .= pack 'V V', @$_ for @slots;
  }
  return $header . $records . $slots;
}

# allow_record("A=1\0B\0", "script")
sub allow_record
{
  my ($env, $exec) = @_;
  return 'A' . pack('n', length($env //= '')) . $env . pack('n', length($exec //= '')) . $exec;
}

1;
