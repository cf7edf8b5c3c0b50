# One line that says how far we are. On a terminal it stays one line.
package Bench::Progress;
use strict;
use warnings;
use Time::HiRes qw(time);

sub new
{
  my ($class, $seconds) = @_;
  return bless { expected => $seconds, done => 0, start => time, said => 0, terminal => -t STDERR }, $class;
}

sub left
{
  my ($self) = @_;
  my $spent = time - $self->{start};
  # The plan's own estimate at first, then corrected by how it went so far.
  my $pace = $self->{done} > 5 ? $spent / $self->{done} : 1;
  my $left = ($self->{expected} - $self->{done}) * $pace;
  return $left > 90 ? sprintf('about %.0f min left', $left / 60) : sprintf('about %.0f s left', $left > 0 ? $left : 0);
}

# seconds: how much of the plan this step was.
sub step
{
  my ($self, $seconds, $text) = @_;
  $self->{done} += $seconds;
  my $share = $self->{expected} ? 100 * $self->{done} / $self->{expected} : 100;
  my $line = sprintf 'bench: %3.0f%%, %s: %s', $share > 100 ? 100 : $share, $self->left, $text;
  if ($self->{terminal}) { printf STDERR "\r\e[K%.110s", $line }
  elsif (time - $self->{said} > 5)
  {
    print STDERR "$line\n";
    $self->{said} = time;
  }
}

sub say_words
{
  my ($self, $text) = @_;
  print STDERR ($self->{terminal} ? "\r\e[K" : ''), "bench: $text\n";
}

sub end { print STDERR "\r\e[K" if $_[0]{terminal} }

1;
