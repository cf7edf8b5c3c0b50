#!/usr/bin/env perl
# Every beginning of a connection that lib/proxy-vectors knows, against every daemon: at once and byte by byte; and against one
# of them cut at every byte.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Proxy;
use Socket qw(IPPROTO_TCP TCP_NODELAY);

my @vectors = proxy_vectors();
cmp_ok(scalar(@vectors), '>=', 120, 'lib/proxy-vectors has at least 120 beginnings of a connection');
my $trust = '--proxy-from=127.0.0.1,' . $>;
my $tell = ['sh', '-c', 'printf "%s,%s,%s,%s " "$TCPREMOTEIP" "$TCPREMOTEPORT" "$TCPLOCALIP" "$TCPLOCALPORT"; exec cat'];

# What a client gets that has sent these pieces: all that the program wrote; 'closed' if there was none.
sub outcome
{
  my ($server, $stays, @pieces) = @_;
  my $client = open_client($server);
  setsockopt $client, IPPROTO_TCP, TCP_NODELAY, 1 unless defined $server->{path};
  say_to($client, $_) for @pieces;
  stop_sending($client) unless $stays;
  my $text = read_all($client);
  return 'waits' unless defined $text;
  return $text eq '' ? 'closed' : $text;
}

sub expected
{
  my ($server, $row) = @_;
  return 'closed' if $row->{result} =~ /[RW]/;
  my $real = defined $server->{path} ? qr/,,,/ : qr/127\.0\.0\.1,\d+,127\.0\.0\.1,$server->{port}/;
  my $client = $row->{result} eq 'A' ? qr/\Q$row->{client}\E/ : $real;
  return qr/\A$client \Q$row->{data}\E\z/;
}

sub fits { return ref $_[1] ? $_[0] =~ $_[1] : $_[0] eq $_[1] }

# What is wrong is closed at once, while the client stays; a header is served when it is complete.
sub test_row
{
  my ($name, $server, $row) = @_;
  my $wanted = expected($server, $row);
  my $stays = $row->{result} eq 'R';
  my $bytes = $row->{header} . $row->{data};
  my $whole = outcome($server, $stays, $stays ? $row->{header} : $bytes);
  my $single = outcome($server, $stays, split //, $bytes);
  ok(fits($whole, $wanted) && fits($single, $wanted), "$name ends as expected for the vector $row->{number}, at once and byte by byte")
    or diag("whole: $whole, byte by byte: $single, wanted: $wanted");
}

for my $name (stream_daemons())
{
  for my $way (['any', ''], ['any', 1], ['1', ''], ['2', ''])
  {
    my ($versions, $variables) = @$way;
    my @rows = grep { $_->{versions} eq $versions && $_->{variables} eq $variables } @vectors;
    my $server = stream_daemon($name, ['-v2', "--proxy=$versions", $trust, '--proxy-deadline=60', $variables ? '--proxy-variables' : ()], $tell);
    test_row("$name --proxy=$versions", $server, $_) for @rows;
    my $served = grep { $_->{result} =~ /[AL]/ } @rows;
    eventually(sub { log_count($server, qr/: (?:accept|allow) /) >= 2 * $served });
    is(log_count($server, qr/: (?:accept|allow) /), 2 * $served, "$name --proxy=$versions launches nothing for vectors without a correct header");
  }
}

# ---- cut at every byte ----

sub cuts_of
{
  my ($row) = @_;
  my $length = length $row->{header};
  return map { [$row, $_] } $length < 120 ? 1 .. $length - 1 : (1 .. 40, $length - 1);
}

# Many at a time: while some have sent their first half, the others send theirs, so that the daemon waits for many second
# halves.
sub wrong_of_batch
{
  my ($server, @batch) = @_;
  my @clients = map { open_client($server) } @batch;
  say_to($clients[$_], substr $batch[$_][0]{header}, 0, $batch[$_][1]) for 0 .. $#batch;
  for my $i (0 .. $#batch)
  {
    my ($row, $cut) = @{$batch[$i]};
    say_to($clients[$i], substr($row->{header}, $cut) . $row->{data});
    stop_sending($clients[$i]);
  }
  return grep { defined } map
  {
    my ($row, $cut) = @{$batch[$_]};
    my $text = read_all($clients[$_]) // 'nothing';
    $text eq $row->{data} ? undef : "$row->{number} cut after $cut: $text";
  } 0 .. $#batch;
}

# All of them against one daemon; against each of the others one header of each version, and one with fields.
my @good = grep { $_->{versions} eq 'any' && !$_->{variables} && $_->{result} =~ /[AL]/ } @vectors;
my ($v1) = grep { $_->{header} =~ /^PROXY TCP4/ } @good;
my ($v2, $fields) = sort { length $a->{header} <=> length $b->{header} } grep { $_->{result} eq 'A' && $_->{header} =~ /^\r/ && length $_->{header} < 120 } @good;
$fields = (sort { length $b->{header} <=> length $a->{header} } grep { $_->{result} eq 'A' && length $_->{header} < 120 } @good)[0];
for my $name (stream_daemons())
{
  my $server = stream_daemon($name, ['-c1000', $name =~ /ipc/ ? () : '-C1000', '--proxy=any', $trust, '--proxy-deadline=60'], ['cat']);
  my @cuts = map { cuts_of($_) } $name eq 's6-tcpserver' ? @good : ($v1, $v2, $fields);
  my @wrong;
  while (my @batch = splice @cuts, 0, 100) { push @wrong, wrong_of_batch($server, @batch) }
  is(join("\n", @wrong), '', "$name --proxy: wherever a header is cut, the program reads what comes after it");
}

done_testing();
