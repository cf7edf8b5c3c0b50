# The files of examples/, as a person would have them: copied to a directory of one's own, and started there with
# nothing but the variables set that their text tells of. Not part of the common vocabulary: use Sallyport::Examples.
package Sallyport::Examples;

use strict;
use warnings;

use Exporter qw(import);

use Sallyport::Process;
use Sallyport::System;

our @EXPORT = qw(examples start_example port_of started_as);

# The programs under test come first in PATH, as they would if they were installed.
$ENV{PATH} = "$ENV{SALLYPORT_BIN}:$ENV{PATH}" if $ENV{SALLYPORT_BIN};
delete @ENV{qw(ADDRESS PORT)};

# The directory that has the copy.
my $copied;
sub examples
{
  my $dir = own_dir() . '/examples';
  $copied //= system('cp', '-R', source_file('examples'), $dir) == 0 or die "cannot copy the examples\n";
  return $dir;
}

# Starts examples/NAME/run with a port that is free, its standard output and error in one log. The variables are
# those that the run script reads: start_example('git', REPOSITORIES => $dir). under => [...] are words before its name.
my $starts = 0;
sub start_example
{
  my ($name, %env) = @_;
  my @under = @{delete $env{under} // []};
  my $log = own_dir() . '/' . $name =~ tr{/}{.}r . '.' . $starts++ . '.log';
  open my $to_log, '>>', $log or die "cannot write $log: $!\n";
  my $server = start(command => [@under, examples() . "/$name/run"], env => { PORT => 0, %env }, fds => { 1 => $to_log, 2 => $to_log });
  $server->{log} = $log;
  $server->{ip} = '127.0.0.1';
  $server->{port} = port_of($server) unless defined $env{PORT};
  return $server;
}

# The port that s6-tcpserver -v says it serves, as soon as it does; 0 after the deadline.
sub port_of
{
  my ($server) = @_;
  my $line;
  eventually(sub { ($line) = grep { /starting - bound to ip \S+ port \d+$/ } log_lines($server); defined $line || !$server->alive });
  return ($line // '') =~ /(\d+)$/ ? $1 : 0;
}

# The user that a run script started by us runs its service as.
sub started_as { return is_root() ? 65534 : $> }

1;
