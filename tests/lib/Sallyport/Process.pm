# Running programs: to their end, or in the background with a log that can be asked questions. All that a
# script started is gone when the script ends.
package Sallyport::Process;

use strict;
use warnings;

use Exporter qw(import);
use Fcntl;
use IO::Select;
use POSIX ();

use Test::More ();
use Sallyport::System;

our @EXPORT = qw(run run_with_closed_fds start start_server start_listening counters_of log_says log_has log_text log_lines log_count is_serving);

my $script = $$;
my $files = 0;
my @started;

sub new_file
{
  my ($what) = @_;
  return own_dir() . "/$what." . $files++;
}

# ---- in the child, before exec ----

sub redirect
{
  my ($fd, $to) = @_;
  my $source = ref $to ? fileno $to : POSIX::open($to, $fd == 0 ? O_RDONLY : O_RDWR | O_CREAT | O_APPEND, 0644);
  die "cannot open $to: $!\n" unless defined $source;
  return if $source == $fd;  # POSIX::open gives descriptors without close-on-exec
  POSIX::dup2($source, $fd) // die "cannot redirect $fd: $!\n";
}

# Only what the test asked for is inherited, so that counting descriptors is possible.
sub arrange_fds
{
  my ($fds, $closed) = @_;
  my %keep;
  my $spare = 200;
  for my $fd (keys %$fds)
  {
    next unless ref $fds->{$fd};
    POSIX::dup2(fileno $fds->{$fd}, $spare);
    open my $copy, '+<&=', $spare++ or die "cannot copy: $!\n";
    $fds->{$fd} = $keep{$fd} = $copy;
  }
  redirect($_, $fds->{$_}) for sort { $a <=> $b } keys %$fds;
  opendir my $open, '/proc/self/fd' or die "cannot read /proc/self/fd: $!\n";
  my @open = grep { /^\d+$/ && $_ > 2 && !exists $fds->{$_} } readdir $open;
  closedir $open;
  POSIX::close($_) for @open;
  POSIX::close($_) for @$closed;
}

sub arrange_signals
{
  my ($how) = @_;
  $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP QUIT ABRT PIPE CHLD ALRM);
  $SIG{$_} = 'IGNORE' for @{$how->{ignore} // []};
  my $mask = POSIX::SigSet->new(map { POSIX->can("SIG$_")->() } @{$how->{block} // []});
  POSIX::sigprocmask(POSIX::SIG_SETMASK(), $mask);
}

sub arrange_environment
{
  my ($how) = @_;
  %ENV = () if $how->{only_env};
  my %set = (%{$how->{env} // {}}, %{$how->{only_env} // {}});
  for my $name (keys %set)
  {
    if (defined $set{$name}) { $ENV{$name} = $set{$name} }
    else { delete $ENV{$name} }
  }
}

sub become
{
  my ($how) = @_;
  my %fds = (0 => '/dev/null', %{$how->{fds}});
  setpgrp 0, 0;
  chdir $how->{dir} or die "cannot enter $how->{dir}: $!\n" if defined $how->{dir};
  umask $how->{umask} if defined $how->{umask};
  arrange_environment($how);
  arrange_fds(\%fds, $how->{closed} // []);
  arrange_signals($how);
  $how->{before}->() if $how->{before};
  no warnings 'exec';
  my @command = @{$how->{command}};
  exec { $command[0] } @command;
  die "cannot execute $command[0]: $!\n";
}

sub launch
{
  my ($how) = @_;
  my $pid = fork // die "cannot fork: $!\n";
  if (!$pid)
  {
    eval { become($how) };
    syswrite STDERR, $@;
    POSIX::_exit(99);
  }
  my $self = bless { pid => $pid, session => getsid(), how => $how }, 'Sallyport::Process';
  push @started, $self;
  return $self;
}

sub getsid
{
  return get_file("/proc/$$/stat") =~ /\A\d+ \(.*\) \S \d+ \d+ (\d+) /s ? $1 : -1;
}

# ---- the process, from outside ----

sub pid { return $_[0]{pid} }
sub log_file { return $_[0]{log} }
sub port { return $_[0]{port} }
sub out { return $_[0]{out} }

sub signal
{
  my ($self, $name) = @_;
  return exists $self->{end} ? 0 : kill $name, $self->{pid};
}

# Its end, or undef if it does not come within the deadline: { code, signal }.
sub wait
{
  my ($self, $seconds) = @_;
  eventually(sub { $self->reap }, $seconds);
  return $self->{end};
}

sub reap
{
  my ($self) = @_;
  return 1 if exists $self->{end};
  return 0 unless waitpid($self->{pid}, POSIX::WNOHANG()) == $self->{pid};
  $self->{end} = { code => $? >> 8, signal => $? & 127 };
  $self->{keeper} = keep_group($self->{pid});
  return 1;
}

# The system soon gives the number of a process that has ended to another one, of another test maybe, which must not be killed for
# it. So where others of its group live on, a child of ours that has ended joins them: the group keeps its number until put_down().
sub keep_group
{
  my ($group) = @_;
  return undef if !kill(0, -$group) && $!{ESRCH};
  my $pid = fork // die "cannot fork: $!\n";
  POSIX::_exit(0) unless $pid;
  return $pid if POSIX::setpgid($pid, $group);
  waitpid $pid, 0;
  return undef;
}

# Pids of those in its group that live although it has ended.
sub left
{
  my ($self) = @_;
  return $self->{keeper} ? grep { $_ != $self->{keeper} && process_state($_) !~ /\A[ZX]?\z/ } descendants($self->{pid}, $self->{session}) : ();
}

sub alive { return !$_[0]->reap }

# Pids of the programs that serve clients now.
sub served { return children($_[0]{pid}) }

# Those that began a session of their own, as supervised services do, are found by their parent. Nothing is killed by a number
# that may belong to another process by now: one that is not reaped keeps its own, and keep_group() that of a group.
sub put_down
{
  my ($self) = @_;
  # A process that is killed cannot tell which of its lines ran.
  $self->signal('TERM'), $self->wait(1) if variant() eq 'coverage';
  if (!$self->reap)
  {
    my @family = family($self->{pid});
    kill 'KILL', $self->{pid}, -$self->{pid}, @family;
    eventually(sub { $self->reap }, 5);
  }
  my $keeper = delete $self->{keeper} or return;
  kill 'KILL', -$self->{pid};
  waitpid $keeper, 0;
}

# The reasons that the system gives for a failure come from the C library. The tests have the words of glibc.
my %words = ('Address in use' => 'Address already in use', 'Operation timed out' => 'Connection timed out', 'Not supported' => 'Operation not supported',
  'Name does not resolve' => 'Name or service not known', 'Filename too long' => 'File name too long', 'Invalid seek' => 'Illegal seek',
  'No file descriptors available' => 'Too many open files', 'Out of memory' => 'Cannot allocate memory', 'I/O error' => 'Input/output error',
  'Resource busy' => 'Device or resource busy', 'Not a socket' => 'Socket operation on non-socket');

sub in_words_of_glibc
{
  my ($text) = @_;
  $text =~ s/: \Q$_\E(?=$|:)/: $words{$_}/mg for built_with_musl() ? keys %words : ();
  return $text;
}

# ---- the vocabulary ----

# Starts a command in the background. stdout is a pipe to the script, stderr a file, stdin empty, unless
# told otherwise:
#   command => [...]           the words
#   fds => { 3 => $handle, 2 => "/dev/full" }   what is inherited, by number
#   closed => [0, 1]           standard descriptors to close
#   env => { A => 1, B => undef }, only_env => {...}
#   ignore => ["TERM"], block => ["CHLD"]       signals
#   dir => ..., umask => ..., before => sub { }
sub start
{
  my (%how) = @_;
  my %fds = %{$how{fds} // {}};
  my ($out, $write);
  if (!exists $fds{1})
  {
    pipe $out, $write or die "cannot make a pipe: $!\n";
    $fds{1} = $write;
  }
  my $log = exists $fds{2} ? undef : new_file('log');
  $fds{2} //= $log;
  my $self = launch({ %how, fds => \%fds });
  close $write if $write;
  $self->{out} = $out;
  $self->{log} = $log;
  return $self;
}

# Runs a command to its end: { out, err, code, signal }; code is undef if the deadline passed first.
# Options of start() may come first as a hash, and stdin => "text".
sub run
{
  my %how = ref $_[0] ? %{shift()} : ();
  my @command = @_;
  my ($out, $err) = (new_file('out'), new_file('err'));
  my %fds = (1 => $out, 2 => $err, %{$how{fds} // {}});
  $fds{0} = put_file(new_file('in'), $how{stdin}) if defined $how{stdin};
  my $process = launch({ %how, command => \@command, fds => \%fds });
  my $end = $process->wait($how{deadline});
  $process->put_down unless $end;
  return { out => get_file($out), err => in_words_of_glibc(get_file($err)), code => $end && !$end->{signal} ? $end->{code} : undef,
           signal => $end ? $end->{signal} : undef };
}

# run_with_closed_fds([0, 2], command...)
sub run_with_closed_fds
{
  my ($closed, @command) = @_;
  return run({ closed => $closed }, @command);
}

sub read_ready_line
{
  my ($self) = @_;
  my $line = '';
  my $select = IO::Select->new($self->{out});
  my $end = now() + 4 * deadline();  # a server that is late is no fault
  while ($line !~ /\n/ && now() < $end)
  {
    next unless $select->can_read(0.1);
    my $n = sysread $self->{out}, $line, 4096, length $line;
    last unless $n;
  }
  return $line;
}

# Starts a server that writes a line to stdout when it is ready, and waits for that line: a port for TCP, a
# path for Unix-domain sockets.
sub start_listening
{
  my (%how) = @_;
  my $self = start(%how);
  $self->{ready} = read_ready_line($self);
  if ($self->{ready} !~ /\n\z/)
  {
    my $end = $self->wait(1);
    die "the server did not become ready: @{$how{command}}\n" . log_text($self) . ($end ? "exit $end->{code} signal $end->{signal}\n" : '');
  }
  $self->{ip} = $how{ip};
  ($self->{port}) = $self->{ready} =~ /\A(\d+)\n\z/;
  ($self->{path}) = $self->{ready} =~ m{\A(.*/.*)\n\z};
  return $self;
}

# start_server([options], [prog...]): s6-tcpserver on a free port of 127.0.0.1, ready to serve.
#   ip => "::1", port => 80, or path => ... for a Unix-domain server
#   program => "s6-ipcserver", under => [words in front], and the options of start()
sub start_server
{
  my ($options, $prog, %how) = @_;
  my $ip = $how{ip} // '127.0.0.1';
  my @operands = defined $how{path} ? ($how{path}) : ($ip, $how{port} // 0);
  my $program = bin($how{program} // (defined $how{path} ? 's6-ipcserver' : 's6-tcpserver'));
  my @command = ($program, '-1', @$options, '--', @operands, @$prog);
  @command = (@{$how{under}}, @command) if $how{under};
  return start_listening(%how, ip => $ip, command => \@command);
}

# What a daemon counts, by its status socket: { accepted_total => 3, 'refused_total{reason="rate"}' => 1, ... }. Empty without an answer.
sub counters_of
{
  my ($path) = @_;
  my %counters = run(bin('s6-serverstat'), '-f', 'prometheus', $path)->{out} =~ /^sallyport_(\S+) (\S+)$/mg;
  return { map { s/\{service="[^"]*"\}//r =~ s/service="[^"]*",//r => $counters{$_} } keys %counters };
}

# A test that passes as soon as so many programs serve clients. One whose client has gone takes a moment to end.
sub is_serving
{
  my ($self, $count, $name) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  Test::More::ok(eventually(sub { $self->served == $count }), $name) or Test::More::diag(scalar($self->served), " programs are there, and not $count\n", log_text($self));
}

# ---- the log ----

sub log_text { return defined $_[0]{log} ? in_words_of_glibc(get_file($_[0]{log})) : '' }

sub log_lines { return split /\n/, log_text($_[0]) }

sub log_count
{
  my ($self, $regex) = @_;
  return scalar grep { $_ =~ $regex } log_lines($self);
}

# The first line that matches, as soon as there is one; undef after the deadline.
sub log_has
{
  my ($self, $regex, $seconds) = @_;
  my $found;
  eventually(sub { ($found) = grep { $_ =~ $regex } log_lines($self); defined $found }, $seconds);
  return $found;
}

# A test that passes when such a line is in the log. Where it is not, what was looked for and the log are shown.
sub log_says
{
  my ($self, $regex, $name, $seconds) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  my $found = log_has($self, $regex, $seconds);
  Test::More::ok(defined $found, $name) or Test::More::diag("no line matches $regex in the log:\n", log_text($self));
  return $found;
}

# An interrupted script leaves a clean machine, too.
$SIG{$_} //= sub { exit 1 } for qw(INT TERM HUP);

END
{
  if ($$ == $script)
  {
    local $?;
    $_->put_down for @started;
  }
}

1;
