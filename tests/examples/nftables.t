#!/usr/bin/env perl
# examples/nftables: limits in the kernel, in a network namespace: beyond the burst, new connections of an address get no answer.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;
use Sallyport::Faults;

my $nft = tool('nft');
skip_all_unless('nft is installed', $nft);
in_network_namespace();
my $rules = examples() . '/nftables/limit.nft';
my $loaded = run($nft, '-f', $rules);
skip_all_unless('the kernel has nftables', $loaded->{code} == 0 || $loaded->{err} !~ /not supported|No such file|not permitted|Could not process/);
is("$loaded->{code} $loaded->{err}", '0 ', 'nft loads examples/nftables/limit.nft');

my $server = start_server(['-c1000', '-C1000'], ['cat'], port => 7001);
is(ask($server, from => '127.0.0.2', send => 'x'), 'x', 's6-tcpserver serves a client while limit.nft is loaded');
my @clients = map { quick_client($server, from => '127.0.0.3', hurry => 1) } 1 .. 100;
my ($dropped) = eventually(sub { my ($n) = run($nft, 'list', 'ruleset')->{out} =~ /counter packets (\d+)/; $n ? $n : 0 });
cmp_ok($dropped, '>', 0, 'the kernel drops connections of an address beyond the burst of limit.nft');
is(ask($server, from => '127.0.0.2', send => 'y'), 'y', 's6-tcpserver serves another address while limit.nft drops connections');
close $_ for @clients;

done_testing;
