#!/usr/bin/env perl
# File systems that refuse an operation: locks, other names, modes, owners, writing at once. What makes a Unix-domain
# path or a file of rules goes on where nothing is lost by it, and leaves nothing over where it cannot.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Faults;
use Sallyport::Rules;
use Sallyport::Unix;

skip_all_unless('strace may trace here', !can_inject());

my $count = 0;

sub trace_file { return own_dir() . '/trace.' . $count++ }

# The number of the first call that matches, in a run of its own.
sub first_call
{
  my ($calls, $match, @command) = @_;
  my $trace = trace_file();
  run(tool('strace'), '-o', $trace, '-e', "trace=$calls", @command);
  my @lines = grep { /\A\w+\(/ } split /\n/, get_file($trace);
  my ($first) = grep { $lines[$_] =~ $match } 0 .. $#lines;
  return defined $first ? ':when=' . ($first + 1) : '';
}

# Runs the command while calls fail: all of them, or only the first one that matches.
sub refusing
{
  my ($calls, $error, $match, $prepare, @command) = @_;
  $prepare->();
  my $when = $match ? first_call($calls, $match, @command) : '';
  $prepare->();
  my $log = trace_file();
  my $r = run(tool('strace'), '-o', $log, '-e', "trace=$calls", '-e', "inject=$calls:error=$error$when", @command);
  $r->{injected} = () = get_file($log) =~ /INJECTED/g;
  return $r;
}

sub names_in
{
  my ($dir) = @_;
  opendir my $handle, $dir or die "opendir: $!\n";
  return join ' ', sort grep { !/^\.\.?\z/ } readdir $handle;
}

sub clear { unlink "$_[0]/name", "$_[0]/.name.binding", "$_[0]/.name.replaced" }

# ---- a Unix-domain path that is replaced ----

# What fails; with which error; which of the calls; options; whether the program goes on (undef: either is right, as
# long as nothing remains); what it is about.
my %option = ('s6-ipcserver-socketbinder' => { mode => ['-a', '0600'], owner => ['--owner', '60001:60001'] },
  map { $_ => { mode => ['-m', '0600'], owner => ['-u', 60001] } } 'local-stream-socket-listen', 'local-datagram-socket-listen');
my @refusals = (
  (map { ['fcntl,?fcntl64', $_, qr/F_SETLK/, '', 1, 'locks'] } qw(ENOLCK EINVAL EOPNOTSUPP ENOSYS)),
  (map { ['?rename,?renameat,?renameat2', $_, undef, '', 1, 'other names'] } qw(EPERM EXDEV EINVAL)),
  (map { ['?chmod,?fchmodat,?fchmodat2', $_, undef, 'mode', undef, 'modes'] } qw(EPERM EOPNOTSUPP)),
  ['fchownat,?chown,?lchown', 'EPERM', undef, 'owner', 0, 'owners'],
);

sub check_binder
{
  my ($program, $calls, $error, $match, $option, $goes_on, $what) = @_;
  my $dir = own_dir() . '/bind.' . $count++;
  mkdir $dir or die "mkdir: $!\n";
  my $prepare = sub { clear($dir); stale_socket("$dir/name") };
  my $r = refusing($calls, $error, $match, $prepare, bin($program), @{$option{$program}{$option} // []}, "$dir/name", 'true');
  my $name = "$program on a file system without $what ($error)";
  $goes_on = $r->{code} == 0 unless defined $goes_on;
  is($r->{code}, $goes_on ? 0 : 111, "$name " . ($goes_on ? 'exits 0' : 'exits 111')) or diag($r->{err});
  like($r->{err}, qr/\A(?:\Q$program\E: fatal: unable to [^\n]+\n)?\z/, "$name prints one fatal line or nothing");
  is(names_in($dir), 'name', "$name leaves nothing but the socket");
  ok($r->{injected} || !$match, "$name meets the error");
}

for my $program (sort keys %option)
{
  check_binder($program, @$_) for grep { $_->[3] ne 'owner' || can_change_ids() } @refusals;
}

# ---- files of rules ----

my $rules = make_rules('rules', 'ip4/0.0.0.0_0/allow' => '', 'ip4/0.0.0.0_0/env/A' => 'b');
my $old = compile_rules($rules);

sub check_compiler
{
  my ($calls, $error, $goes_on, $words, $program, $from) = @_;
  my $dir = own_dir() . '/rules.' . $count++;
  mkdir $dir or die "mkdir: $!\n";
  my $r = refusing($calls, $error, undef, sub { }, bin($program), "$dir/new", $from);
  my $level = $goes_on ? 'warning' : 'fatal';
  ok($r->{injected}, "$program meets $error of $calls");
  is($r->{code}, $goes_on ? 0 : 111, "$program exits " . ($goes_on ? 0 : 111) . " when $calls fails with $error") or diag($r->{err});
  is(names_in($dir), $goes_on ? 'new' : '', "$program leaves no temporary file when $calls fails with $error");
  if ($words)
  {
    like($r->{err}, qr/\A$program: $level: unable to $words \Q$dir\E\/new: [^\n]+\n\z/,
      "$program prints one line with the file when $calls fails with $error");
  }
  else { is($r->{err}, '', "$program prints nothing when $calls fails with $error") }
}

check_compiler(@$_, 's6-accessrules-cdb-from-fs', $rules)
  for ['fsync,fdatasync', 'EINVAL', 1, ''], ['fsync,fdatasync', 'ENOSYS', 1, ''], ['fsync,fdatasync', 'EIO', 0, 'write to'];
for my $refusal (['fchmod', 'EPERM', 1, 'change the mode of'], ['fchmod', 'EOPNOTSUPP', 1, 'change the mode of'], ['fchmod', 'EIO', 0, 'change the mode of'],
  ['?rename,?renameat,?renameat2', 'EPERM', 0, 'give its name to'], ['?rename,?renameat,?renameat2', 'EIO', 0, 'give its name to'])
{
  check_compiler(@$refusal, 's6-accessrules-cdb-from-fs', $rules);
  check_compiler(@$refusal, 's6-accessrules-fs-from-cdb', $old);
}

done_testing;
