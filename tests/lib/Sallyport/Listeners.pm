# What a listener hands to its program: the sockets and the variables, as that program sees them.
package Sallyport::Listeners;

use strict;
use warnings;

use Exporter qw(import);
use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(handed announced probe);

# The command of a program that tells on its standard output what it was handed.
sub probe { return ($^X, '-I' . source_file('tests/lib'), '-MSallyport::Probe', '-e', 'Sallyport::Probe::tell()') }

# handed([options of run], command...): runs a listener before the probe: what run() returns, and pid,
# env, fd => { 3 => {...} }, announced (the line that came before).
sub handed
{
  my %how = ref $_[0] ? %{shift()} : ();
  my $end = run(\%how, @_, probe());
  ($end->{announced}) = $end->{out} =~ /\A(\d+)\n/;
  for (split /\n/, $end->{out})
  {
    $end->{fd}{$1}{$2} = $3 if /\A(\d+)\.(\w+)=(.*)\z/s;
    $end->{env}{$1} = $2 if /\Aenv\.(\w+)=(.*)\z/s;
    $end->{$1} = $2 if /\A(pid|open)=(.*)\z/s;
  }
  return $end;
}

# Words to put before a command, so that it is the one that LISTEN_PID names: announced(LISTEN_FDS => 1).
sub announced
{
  my %env = @_;
  my $set = join ' ', 'LISTEN_PID=$$', map { "$_='$env{$_}'" } sort keys %env;
  return ('sh', '-c', "$set exec \"\$0\" \"\$@\"");
}

1;
