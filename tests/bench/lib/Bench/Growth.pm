# Our server with more and more of one thing: what a connection costs must not grow with it.
package Bench::Growth;
use strict;
use warnings;
use Exporter 'import';
use Bench::Peers;
use Bench::Rates;
use Bench::Rules;
our @EXPORT = qw(growing_servers);

sub tcp_server
{
  my ($at, @options) = @_;
  return ("$ENV{SALLYPORT_BIN}/s6-tcpserver", own_limits(), @options, @$at{qw(ip port prog)});
}

# So many listeners in one daemon; the clients come to the last one.
sub acceptor
{
  my ($at, $count) = @_;
  my @listen = ("$ENV{SALLYPORT_BIN}/tcp-socket-listen", '-b', 1024, '--systemd-compatibility', $at->{ip});
  return (map({ (@listen, Bench::Rates::free_port()) } 2 .. $count), @listen, $at->{port}, "$ENV{SALLYPORT_BIN}/tcp-socket-accept", '-c', 16384,
    $at->{prog});
}

sub variables { my ($count) = @_; return { map { ("VARIABLE_$_" => 'x' x 40) } 1 .. $count } }

# What grows: its levels, and what makes a server of a level.
my %growth = (
  sources => [[1, 100, 10000, 30000], sub { my ($n) = @_; (load_words => [-S => $n], tcp => sub { tcp_server($_[0]) }) }],
  rules => [[500, 1000, 10000, 100000], sub { my ($n) = @_; (tcp => sub { tcp_server($_[0], '-x', compiled_rules($_[0], '', $n)) }) }],
  listeners => [[1, 4, 16, 64], sub { my ($n) = @_; (tcp => sub { acceptor($_[0], $n) }) }],
  variables => [[1, 10, 100, 1000], sub { my ($n) = @_; (tcp => sub { tcp_server($_[0]) }, env => variables($n)) }],
);

# The servers of one kind of growth, each with its level.
sub growing_servers
{
  my ($what) = @_;
  my ($levels, $server) = @{$growth{$what}};
  my $there = -x ($ENV{SALLYPORT_BIN} || '/nonexistent') . '/s6-tcpserver';
  return map { { name => "$_ $what" =~ s/^(1 \w+)s$/$1/r, program => $there, level => $_, $server->($_) } } @$levels;
}

1;
