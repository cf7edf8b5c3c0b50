# What the machine has and what its processes do: deadlines, directories, /proc, privileges, namespaces.
package Sallyport::System;

use strict;
use warnings;

use Exporter qw(import);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use Test::More;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

our @EXPORT = qw(
  deadline build_deadline eventually now own_dir put_file get_file put_in_root source_file page_file man_file variant
  bin have_bin tool skip_all_unless built_for_linux platform built_with_musl built_with_tls programs_in_tree programs_built
  children family zombies descendants identity fd_targets status_field process_state processor_ticks signal_in_mask
  is_root can_change_ids in_network_namespace have_ipv6 have_localhost
  with_rlimit help_options
);

# A directory in PATH that may not be entered turns "not found" into "permission denied".
$ENV{PATH} = join ':', grep { -d && -x _ } split /:/, $ENV{PATH} // '/usr/bin:/bin';

# How the programs under test were built; "sanitize" is slow.
sub variant { return $ENV{SALLYPORT_VARIANT} // '' }

# False for programs of ./configure --disable-linux, which do without what only Linux has. What they cannot do, tests
# skip in these words: "only Linux has ...".
sub built_for_linux { return get_file("$ENV{SALLYPORT_BUILD}/config.mak") !~ /^linux := no$/m }

# The twin of the platform layer that these programs are linked with: linux, or posix, as with a sanitizer.
sub platform { return get_file("$ENV{SALLYPORT_BUILD}/config.mak") =~ /^platform := (\w+)$/m ? $1 : '' }

# False for programs of ./configure --disable-tls, or where OpenSSL is not installed.
sub built_with_tls { return get_file("$ENV{SALLYPORT_BUILD}/config.mak") =~ /^tls := yes$/m }

# "folder/name" of every program of the tree, or of the lists that are named.
sub programs_in_tree
{
  my $targets = get_file(source_file('package/targets.mak'));
  my @lists = @_ ? @_ : qw(PROGRAMS TLS_PROGRAMS);
  return sort map { $targets =~ /^$_ := ((?:.*\\\n)*.*)/m ? grep { m{/} } split ' ', $1 : () } @lists;
}

# The same for those that this build has.
sub programs_built { return programs_in_tree(built_with_tls() ? () : 'PROGRAMS') }

sub built_with_musl { return get_file("$ENV{SALLYPORT_BUILD}/config.mak") =~ /^CC := .*musl/m }

# Seconds after which a test gives up hope, also on a machine that has ten times as much to do. Nothing is ever judged by how long it took.
sub deadline { return $ENV{SALLYPORT_DEADLINE} // 60 }

# The same for what compiles a whole tree, or much of it, beside other tests that do.
sub build_deadline { return 20 * deadline() }

sub now { return clock_gettime(CLOCK_MONOTONIC) }

# Calls the sub until it returns something true, and returns that; something false after the deadline.
sub eventually
{
  my ($question, $seconds) = @_;
  my $end = now() + ($seconds // deadline());
  my $pause = 0.001;
  for (;;)
  {
    my $answer = $question->();
    return $answer if $answer || now() > $end;
    select undef, undef, undef, $pause;
    $pause *= 2 if $pause < 0.03;
  }
}

my ($dir, $owner);

# Removed at the end, after all processes of the test are gone; kept and named if the test has failed.
END
{
  my $code = $?;
  if (defined $dir && $owner == $$)
  {
    my $builder = Test::More->builder;
    if ($code || !$builder->is_passing) { $builder->diag("The files of this test are kept in $dir.") }
    else { remove_tree($dir) }
  }
  $? = $code;
}

# A directory for this script alone.
sub own_dir
{
  ($dir, $owner) = (tempdir('sallyport-XXXXXX', TMPDIR => 1), $$) unless defined $dir;
  chmod 0755, $dir;  # programs that have changed their ids look into it
  return $dir;
}

sub put_file
{
  my ($file, $content, $mode) = @_;
  $file = own_dir() . "/$file" unless $file =~ m{^/};
  open my $out, '>', $file or die "cannot write $file: $!\n";
  print $out $content or die "cannot write $file: $!\n";
  close $out or die "cannot write $file: $!\n";
  chmod $mode, $file if defined $mode;
  return $file;
}

sub get_file
{
  my ($file) = @_;
  open my $in, '<', $file or return '';
  local $/;
  return <$in> // '';
}

# Puts a program into a new root directory under another name, and the libraries that it asks for.
sub put_in_root
{
  my ($root, $program, $name) = @_;
  my @libraries = grep { -e } map { m{(/\S+) \(0x} ? $1 : () } `ldd \Q$program\E 2> /dev/null`;
  for ([$program, $name], map { [$_, $_] } @libraries)
  {
    my ($from, $to) = ($_->[0], $root . $_->[1]);
    (my $folder = $to) =~ s{/[^/]*\z}{};
    system('mkdir', '-p', $folder) == 0 && system('cp', '-L', $from, $to) == 0 && chmod(0755, $to) or die "cannot copy $from\n";
  }
}

# A page as it is installed: page_file("skd.1"); all of them: page_file('*.[1-8]') for glob.
sub page_file { return "$ENV{SALLYPORT_BUILD}/doc/pages/$_[0]" }

# The page as it is installed.
sub man_file { return "$ENV{SALLYPORT_BUILD}/doc/man/$_[0]" }

sub source_file { return "$ENV{SALLYPORT_SRC}/$_[0]" }

# The installed program of that name.
sub bin
{
  my ($program) = @_;
  die "SALLYPORT_BIN is not set: run the tests by 'make check'\n" unless $ENV{SALLYPORT_BIN};
  return "$ENV{SALLYPORT_BIN}/" . ($ENV{SALLYPORT_PROGRAM_PREFIX} // '') . $program;
}

sub have_bin { return -x bin($_[0]) }

# The path of a program that is not ours, or undef.
sub tool
{
  my ($name) = @_;
  for my $place (split(/:/, $ENV{PATH} // ''), qw(/usr/local/sbin /usr/sbin /sbin /usr/local/bin /usr/bin /bin /usr/lib/git-core /usr/lib/execline/bin))
  {
    return "$place/$name" if length $place && -x "$place/$name" && -f _;
  }
  return undef;
}

# For a script that makes no sense without: skip_all_unless("curl is installed", tool("curl")).
sub skip_all_unless
{
  my ($words, $condition) = @_;
  plan(skip_all => "needs this: $words") unless $condition;
}

sub stat_fields
{
  my ($pid) = @_;
  my $line = get_file("/proc/$pid/stat");
  return $line =~ /\A(\d+) \(.*\) (\S) (\d+) (\d+) (\d+) (?:\S+ ){15}(\d+) /s ? { pid => $1, state => $2, parent => $3, group => $4, session => $5, began => $6 } : undef;
}

sub all_pids
{
  opendir my $proc, '/proc' or die "cannot read /proc: $!\n";
  return grep /^\d+$/, readdir $proc;
}

# Pids of the direct children of a process.
sub children
{
  my ($parent) = @_;
  my @pids = sort { $a <=> $b } map { $_->{pid} } grep { $_ && $_->{parent} == $parent && $_->{state} ne 'Z' } map { stat_fields($_) } all_pids();
  return @pids;
}

# The children, their children, and so on.
sub family
{
  my @children = children(@_);
  return (@children, map { family($_) } @children);
}

sub zombies
{
  my ($parent) = @_;
  my @pids = map { $_->{pid} } grep { $_ && $_->{parent} == $parent && $_->{state} eq 'Z' } map { stat_fields($_) } all_pids();
  return @pids;
}

# Pids of those in the process group and session given: what a test started, orphans included.
sub descendants
{
  my ($group, $session) = @_;
  return map { $_->{pid} } grep { $_ && $_->{group} == $group && $_->{session} == $session } map { stat_fields($_) } all_pids();
}

# What no other process has, also when its number is given to another one: number and start, '' for none.
sub identity
{
  my $fields = stat_fields($_[0]);
  return $fields ? "$fields->{pid} $fields->{began}" : '';
}

sub process_state
{
  my $fields = stat_fields($_[0]);
  return $fields ? $fields->{state} : '';
}

# Processor time that a process has used.
sub processor_ticks
{
  my ($user, $system) = (split ' ', get_file("/proc/$_[0]/stat") =~ s{\A.*\) }{}sr)[11, 12];
  return $user + $system;
}

# { fd => what it is } of a process.
sub fd_targets
{
  my ($pid) = @_;
  opendir my $fds, "/proc/$pid/fd" or return {};
  my %targets;
  for my $fd (grep /^\d+$/, readdir $fds)
  {
    my $target = readlink "/proc/$pid/fd/$fd";
    $targets{$fd} = $target if defined $target;
  }
  return \%targets;
}

# A line of /proc/PID/status: status_field($pid, "Groups"); $pid may be "self".
sub status_field
{
  my ($pid, $name) = @_;
  return get_file("/proc/$pid/status") =~ /^\Q$name\E:[ \t]*(.*?)[ \t]*$/m ? $1 : undef;
}

# Whether a mask as /proc/PID/status shows it has the signal of that number.
sub signal_in_mask
{
  my ($mask, $number) = @_;
  my $low = hex substr($mask, -8);
  return ($low >> ($number - 1)) & 1;
}

sub is_root { return $> == 0 }

# Root with all ids to choose from, which root of a user namespace has not.
sub can_change_ids
{
  return 0 unless is_root();
  my ($inside, $outside, $count) = split ' ', get_file('/proc/self/uid_map');
  return defined $count && $count > 65536;
}

sub have_ipv6
{
  require IO::Socket::IP;  # without the flag, ::1 does not count on a machine that has no other IPv6 address
  return !!IO::Socket::IP->new(LocalHost => '::1', LocalPort => 0, Listen => 1,
                                GetAddrInfoFlags => Socket::AI_NUMERICHOST());
}

# A bare system has no /etc/hosts, and may have no name server.
sub have_localhost { return defined scalar gethostbyname 'localhost' }

# Starts the script again in a network namespace of its own, where every port is free and addresses can be
# added; skips it, in words, where that is not allowed.
sub in_network_namespace
{
  if (!$ENV{SALLYPORT_IN_NAMESPACE})
  {
    my $unshare = tool('unshare');
    skip_all_unless('unshare and ip are installed', $unshare && tool('ip'));
    my @flags = is_root() ? ('-n') : ('-r', '-n');
    skip_all_unless('the right to make a network namespace', system("$unshare @flags true 2>/dev/null") == 0);
    $ENV{SALLYPORT_IN_NAMESPACE} = 1;
    exec $unshare, @flags, $^X, $0, @ARGV or die "cannot execute unshare: $!\n";
  }
  system(tool('ip'), 'link', 'set', 'lo', 'up') == 0 or die "cannot bring up lo\n";
}

# The same command under a soft resource limit: with_rlimit(n => 4, @command), with the letters of ulimit.
sub with_rlimit
{
  my ($letter, $limit, @command) = @_;
  my $set = "ulimit -S -$letter \"\$0\"";
  $set = "{ ulimit -S -u \"\$0\" 2>/dev/null || ulimit -S -p \"\$0\"; }" if $letter eq 'u';
  return ('sh', '-c', "$set && exec \"\$@\"", $limit, @command);
}

# What a program's --help lists, in order: { letter, name, argument, text }.
sub help_options
{
  my ($program) = @_;
  my @options;
  open my $help, '-|', bin($program), '--help' or die "cannot run $program --help: $!\n";
  while (my $line = <$help>)
  {
    push @options, { letter => $1, name => $2, argument => $3 }
      if $line =~ /^  (?:-(.), |    )--([A-Za-z0-9-]+)(?:=(\S+))?(?:\s|$)/;
  }
  return @options;
}

1;
