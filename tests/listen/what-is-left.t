#!/usr/bin/env perl
# What the listeners leave when something fails, and which of the announced descriptors they close.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Listeners;
use Sallyport::Unix;

my %types = ('local-stream-socket-listen' => SOCK_STREAM, 'local-seqpacket-socket-listen' => SOCK_SEQPACKET, 'local-datagram-socket-listen' => SOCK_DGRAM);

# ---- the path ----

SKIP:
{
  skip 'an owner that a user may not give needs a user without privileges', 15 if is_root() && !can_change_ids();
  my @as_user = is_root() ? (bin('s6-applyuidgid'), '-u', 1234, '-g', 1234, '-G', 1234) : ();
  for my $program (sort keys %types)
  {
    page($program);
    page_says('If a step fails, nothing new is left at path, and what was replaced is back.');
    my $dir = own_dir() . "/$program";
    mkdir $dir;
    chmod 0777, $dir, own_dir();
    my $fails = sub { return run(@as_user, bin($program), '-u', 1235, $_[0], 'true') };
    my $end = $fails->("$dir/new");
    is($end->{code}, 111, "$program exits 111 where it may not give its path away");
    like($end->{err}, qr/^\Q$program\E: fatal: unable to change the owner of \Q$dir\E\/new: /, "$program names the step that failed");
    is(join(' ', entries($dir)), '', "$program leaves nothing at its path where a step fails");

    my $stale = is_root() ? as_user(1234, 1234, sub { stale_socket("$dir/stale", $types{$program}) }) : stale_socket("$dir/stale", $types{$program});
    my $before = inode($stale);
    $fails->($stale);
    is(join(' ', entries($dir)) . ' ' . inode($stale), "stale $before", "$program gives the socket that it replaced its place back where a step fails");
  }
}

for my $program (sort keys %types)
{
  page($program);
  page_says("$program does not remove path when the service ends, nor when prog cannot be run.");
  my $path = unix_path();
  is(run(bin($program), $path, "$path.nonesuch")->{code}, 127, "$program exits 127 for a program that does not exist");
  ok(-S $path, "$program leaves its path where the program does not exist");
  is(run(bin($program), $path, 'true')->{code}, 0, "$program replaces what it has left");
}

# ---- the descriptors ----

my @add = (bin('tcp-socket-listen'), '--systemd-compatibility', '127.0.0.1', 0);
my %operands = ('tcp-socket-listen' => ['127.0.0.1', 0], 'udp-socket-listen' => ['127.0.0.1', 0], map { $_ => [unix_path()] } keys %types);
for my $program (sort keys %operands)
{
  page($program);
  page_says('A listener that was announced there is closed with a warning, and the announcement is taken back: others that it named stay open.');
  my $end = handed(@add, @add, bin($program), @{$operands{$program}});
  is($end->{fd}{4}{type}, 'stream', "$program leaves the second listener open that was announced");
  is($end->{env}{LISTEN_FDS}, undef, "$program takes the announcement of two listeners back");
}

done_testing();
