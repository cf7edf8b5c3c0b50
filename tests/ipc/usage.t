#!/usr/bin/env perl
# Command lines that are wrong: every program of the family, every option, every end of every range.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;
use Sallyport::Usage;

my $listener = unix_listener();

sub run_it
{
  my ($program, @words) = @_;
  return run({ fds => { 0 => $listener } }, bin($program), @words);
}

for my $program ('s6-ipcserver', 's6-ipcserver-socketbinder')
{
  my $path = unix_path();
  check_usage($program, fds => { 0 => $listener }, rest => [$path, $nowhere], unbindable => [$listener->hostpath, $nowhere],
              before => sub { unlink $path });  # a user who is not root may not look at a path of mode 0
}
check_usage('s6-ipcserverd', fds => { 0 => $listener }, rest => [$nowhere]);

# What each range is, as the page says it.
page('s6-ipcserverd');
page_says('The largest n is 1000000, and 0 means 1.');
page_says('The largest n is 9.');

# Operands.
for my $program ('s6-ipcserver', 's6-ipcserver-socketbinder')
{
  page($program);
  usage_is(run_it($program, $_, $nowhere), $program, "'$_'", "the path is not '$_'") for '', '@';
  usage_is(run_it($program, "--$_->[0]=$_->[1]", '@name', $nowhere), $program, "--$_->[0]", "--$_->[0] with an abstract name")
    for ['mode', '0700'], ['owner', '0:0'];
}

# Where options end, and which one counts.
page('s6-ipcserver');
page_says('Options come before path.');
page_says('If an option is given twice, the last one counts.');
is(run_it('s6-ipcserver', '-qQ', '-c5', '-C', 5, '-c', 6, '--', unix_path(), $nowhere)->{code}, 127,
  's6-ipcserver accepts clustered options, which -- ends');
page('s6-ipcserverd');
page_says('Options come before prog; what follows prog belongs to it.');
is(run_it('s6-ipcserverd', $nowhere, '-c', 'many', '--nonesuch')->{code}, 127, 's6-ipcserverd does not look at what follows prog');

done_testing();
