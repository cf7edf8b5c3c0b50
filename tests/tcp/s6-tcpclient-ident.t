#!/usr/bin/env perl
# s6-tcpclient -r, in a machine of its own, where port 113 is ours.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Names;
use IO::Socket::IP;

in_own_machine();
page('s6-tcpclient');
my $client = bin('s6-tcpclient');
my @facts = client_facts();
my ($listener, $port) = busy_port();

sub info
{
  my (@options) = @_;
  my $r = run({ env => { TCPREMOTEINFO => 'old' } }, $client, '-H', '-r', @options, '127.0.0.1', $port, @facts);
  return client_facts($r)->{'env:TCPREMOTEINFO'} // "none ($r->{err})";
}

page_says('the owner of the connection as the server\'s host reports it, or empty; removed without it.');
is(info(), '', 's6-tcpclient -r: TCPREMOTEINFO is empty when no ident server listens');

# The answer of each server: $q is the question without its end.
my %answers = (
  'echo "$q : USERID : UNIX : alice"' => 'alice',
  'printf "%s : USERID : UNIX : bob\r\n" "$q"' => 'bob',
  'printf "%s : USERID : OTHER : no newline" "$q"' => 'no newline',
  'printf "%s : USERID : UNIX : e\033vil\n" "$q"' => 'e?vil',
  'printf "%s : USERID : UNIX : nul\0byte\n" "$q"' => '',
  'echo "$q : ERROR : HIDDEN-USER"' => '',
  'echo "1 , 2 : USERID : UNIX : liar"' => '',
  'echo garbage' => '',
  'true' => '',
  'head -c 5000 /dev/zero | tr "\0" x' => '',
);
for my $answer (sort keys %answers)
{
  my $server = start_server([], ['sh', '-c', "read -r q; q=\${q%?}; $answer"], port => 113);
  is(info(), $answers{$answer}, "s6-tcpclient -r: TCPREMOTEINFO is right with an ident server that runs: $answer");
  $server->signal('TERM');
  $server->wait;
}

# The question names the ports of the connection as the server's host sees them.
my $server = start_server([], ['sh', '-c', 'read -r q; q=${q%?}; echo "$q : USERID : UNIX : $q"'], port => 113);
my $got = client_facts(run($client, '-H', '-r', '127.0.0.1', $port, @facts));
like($got->{'env:TCPREMOTEINFO'}, qr/\A$port , $got->{'env:TCPLOCALPORT'}/,
     's6-tcpclient -r: the question to the ident server is about this connection');
$server->signal('TERM');
$server->wait;

page_says('Once there is a connection, only a failure to send the header of --send-proxy or to run prog is fatal.');
my $silent = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => 113, Listen => 5, ReuseAddr => 1) or die "cannot listen: $@\n";
is(info('--timeout=300'), '', 's6-tcpclient -r --timeout=300: TCPREMOTEINFO is empty when the ident server does not answer');
page_says('The lookups that follow it take 5 seconds at most, and what they do not find is left out.');
is(info(), '', 's6-tcpclient -r without --timeout: TCPREMOTEINFO is empty when the ident server does not answer');

done_testing();
