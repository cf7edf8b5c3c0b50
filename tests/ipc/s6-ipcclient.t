#!/usr/bin/env perl
# s6-ipcclient: its words and its variables. How it connects is tested in connect/local-stream-socket-connect.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);

page('s6-ipcclient');
my $client = bin('s6-ipcclient');
my @facts = client_facts();
my $dir = own_dir();
my $path = "$dir/socket";
my $listener = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $path, Listen => 1000) or die "cannot listen: $!\n";

sub local_path { return client_facts(run($client, @_, $path, @facts))->{'env:IPCLOCALPATH'} }

page_says('Always "IPC".');
page_says('All other variables are passed to prog as they are.');
my $r = run({ only_env => { PATH => $ENV{PATH}, PROTO => 'old', IPCLOCALPATH => 'old', IPCREMOTEEUID => 'stays' } }, $client, $path, 'env');
is(join("\n", sort split /\n/, $r->{out}), join("\n", sort "PATH=$ENV{PATH}", 'PROTO=IPC', 'IPCLOCALPATH=', 'IPCREMOTEEUID=stays'),
   's6-ipcclient sets PROTO and IPCLOCALPATH and passes on the other variables');
page_says('Set IPCLOCALPATH to name.');
is(local_path('-l', 'name'), 'name', 's6-ipcclient -l sets IPCLOCALPATH');
is(local_path('--local-name=' . 'n' x 500), 'n' x 500, 's6-ipcclient --local-name sets IPCLOCALPATH to a name of 500 bytes as it is');
page_says('The argument of -l, or else that of -p, or else empty.');
page_says("Bind the client's end to path, which must not exist yet. It is not removed afterwards.");
is(local_path('-p', "$dir/mine"), "$dir/mine", 's6-ipcclient -p sets IPCLOCALPATH to the path');
ok(-S "$dir/mine", 's6-ipcclient -p binds the path, which stays');
is(local_path('-p', "$dir/mine2", '-l', 'name'), 'name', 's6-ipcclient -p -l sets IPCLOCALPATH to the argument of -l');
is(run($client, '-p', "$dir/mine", $path, 'true')->{err}, "s6-ipcclient: fatal: unable to bind to $dir/mine: Address already in use\n",
  's6-ipcclient -p prints that a path is taken');
page_says('An empty path leaves it without a name.');
is(local_path('-p', ''), '', 's6-ipcclient -p with an empty path sets IPCLOCALPATH to nothing');
is(local_path('-p', "$dir/mine3", '-l', ''), '', 's6-ipcclient -p -l with an empty name sets IPCLOCALPATH to nothing');
ok(-S "$dir/mine3", 's6-ipcclient -p binds the path also if -l has an empty name');

page_says('Be more verbose: print the peer of the connection.');
page_says('Be less verbose.');
page_says('Print only errors and warnings. This is the default.');
page_says('If an option is given twice, the last one counts; but each -q and -v counts.');
my $line = "s6-ipcclient: info: connected to $path\n";
my %words = ('' => '', '-v' => $line, '-vQ' => '', '-Qv' => $line, '-q' => '', '-qv' => '', '-qvv' => $line, '-qqqvv' => $line, '-vvq' => $line);
for my $options (sort keys %words)
{
  is(run($client, (length $options ? $options : ()), $path, 'true')->{err}, $words{$options},
    "s6-ipcclient with '$options' prints " . (length $words{$options} ? 'the peer of the connection' : 'nothing'));
}

my $server = start_server([], ['sh', '-c', 'read -r x; echo "heard $x"'], path => "$dir/served") if have_bin('s6-ipcserver');
SKIP:
{
  skip 's6-ipcserver is not built', 1 unless $server;
  is(run($client, "$dir/served", 'sh', '-c', 'echo hello >&7; cat <&6')->{out}, "heard hello\n", 's6-ipcclient talks to s6-ipcserver');
}

done_testing();
