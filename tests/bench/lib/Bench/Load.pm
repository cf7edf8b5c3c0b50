# The load generator as an object: one process, told by lines what to do, every answer bounded in time.
package Bench::Load;
use strict;
use warnings;
use IO::Handle;
use IPC::Open2;
use IO::Select;

# words: options of the load generator, then the address.
sub new
{
  my ($class, @words) = @_;
  my $self = bless {}, $class;
  my $program = grep({ /^-[tT]$/ } @words) ? 'load_tls' : 'load';
  $self->{pid} = open2($self->{from}, $self->{to}, "$ENV{BENCH_TOOLS}/$program", @words);
  $self->{to}->autoflush(1);
  return $self;
}

# Returns the answer as a hash, or an empty one when there was none in time.
sub ask
{
  my ($self, $seconds, @words) = @_;
  local $SIG{PIPE} = 'IGNORE';
  print { $self->{to} } "@words\n";
  return unless IO::Select->new($self->{from})->can_read($seconds);
  my $line = readline $self->{from};
  return unless defined $line;
  return $line =~ /(\w+)=(\S+)/g;
}

sub run { my ($self, $clients, $seconds) = @_; return $self->ask($seconds + 30, 'run', $clients, $seconds) }
sub count { my ($self, $clients, $number) = @_; return $self->ask(60, 'count', $clients, $number) }
sub hold { my ($self, $number) = @_; return $self->ask(180, 'hold', $number) }

# End of file on its input ends it, which resets what it holds; a stuck one is killed.
sub stop
{
  my ($self) = @_;
  my $pid = delete $self->{pid} or return;
  close $self->{to};
  kill 'KILL', $pid unless IO::Select->new($self->{from})->can_read(20);
  waitpid $pid, 0;
}

sub DESTROY { local ($?, $@); $_[0]->stop }

1;
