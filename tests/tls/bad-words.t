#!/usr/bin/env perl
# Options about TLS that are given words that are no good: each program ends before it does anything, in one line with the word.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Tls;

skip_without_tls();

my $plain = start_tls_server([], ['cat']);
my ($listener) = busy_port();
my %env = (pair_env(tls_pair('server')), CAFILE => authority());
# The words after the options.
my %rest = (
  's6-tlsserver' => ['127.0.0.1', 0, 'true'], 's6-tlsserverd' => ['true'], 's6-tlsd' => ['true'], 's6-tlsd-io' => [3, 3], 's6-tlsc' => ['true'], 's6-tlsc-io' => [6, 7],
  's6-tlsclient' => ['127.0.0.1', $plain->port, 'true'], 's6-ucspitlsd' => ['true'], 's6-ucspitlsc' => ['true'],
);

sub complaint
{
  my ($program, @options) = @_;
  my @command = (bin($program), $program eq 's6-tlsserver' ? '-H' : (), @options, @{$rest{$program}});
  my %fds = (map { $_ => '/dev/null' } 0, 3, 6, 7);
  if ($program eq 's6-tlsserverd')
  {
    unshift @command, bin('s6-tlskeyholder');
    $fds{0} = $listener;
  }
  return run({ env => \%env, fds => \%fds }, @command);
}

# One line, from whichever program of the chain acts on the option.
sub complains
{
  my ($program, $option, $code, $words) = @_;
  my $end = complaint($program, $option);
  my $shown = length $option > 60 ? substr($option, 0, 60) . '...' : $option;
  ok(defined $end->{code} && $end->{code} == $code && $end->{err} =~ /\As6-[a-z-]+: (?:usage|fatal): [^\n]*\n\z/ && index($end->{err}, $words) >= 0,
    "$program $shown: exit code $code, and one line with the cause")
    or diag("wanted in the line: $words\n", explain($end));
}

# ---- what can be seen to be wrong at once ----

my %bad = ('--alpn' => ['', ',', 'a,', ',a', 'a,,b', 'x' x 256, join ',', ('x' x 100) x 3], '--tls-min' => ['', '1', '1.1', '1.4', '1.30', 'TLS1.3'],
  '--ciphers' => [''], '--groups' => [''], '--keylog' => [''], '--ticket-keys' => ['']);
my %must_be = ('--alpn' => 'names separated by commas, 256 bytes in all', '--tls-min' => '1.2 or 1.3');
for my $program (sort keys %rest)
{
  for my $option (sort keys %bad)
  {
    next if $option eq '--ticket-keys' && $program =~ /tlsc/;
    complains($program, "$option=$_", 100, "$program: usage: $option must be " . ($must_be{$option} // 'a word') . ", not '$_'") for @{$bad{$option}};
  }
  complains($program, '--ticket-keys=x', 100, '--ticket-keys') if $program =~ /tlsc/;
}

# ---- what only the library knows, and files ----

page('s6-tlsserver');
page_says('A name that OpenSSL does not know is an error, unless it takes ciphers away.', 'A name that OpenSSL does not know is an error.');

my %file = map { $_ => put_file(own_dir() . "/keys-$_", 'x' x $_) } 0, 47, 49, 81, 720, 4096;
for my $program (grep { !/ucspi/ } sort keys %rest)
{
  for (['cipher', '--ciphers', 'nonesuch', 'TLS_NONESUCH', 'ECDHE+AESGCM'], ['group', '--groups', 'nonesuch', 'P-65535', 'P-256'])
  {
    my ($what, $option, $one, $other, $good) = @$_;
    complains($program, "$option=$_->[0]", 100, "fatal: unknown $what in $option: '$_->[1]'\n")
      for [$one, $one], [$other, $other], ["$good:$one", $one], ["$one:$good", $one], ["$good:$other:$one", $other], ["$good:", ''], [":$good", ''], [':', ''], ['x' x 300, 'x' x 256];
  }
  complains($program, '--ciphers=!aNULL', 100, "fatal: --ciphers leaves no cipher: '!aNULL'\n");
  complains($program, '--keylog=/nonexistent/file', 111, "fatal: unable to open /nonexistent/file: No such file or directory\n");
  complains($program, '--keylog=' . own_dir(), 111, 'fatal: unable to open ' . own_dir() . ": Is a directory\n");
  next if $program =~ /tlsc/;
  complains($program, "--ticket-keys=$file{$_}", 96, "fatal: invalid $file{$_}: ticket keys are 48 bytes, or 80 bytes each, eight at the most\n") for sort keys %file;
  complains($program, '--ticket-keys=/nonexistent', 111, "fatal: unable to open /nonexistent: No such file or directory\n");
  complains($program, '--ticket-keys=' . own_dir(), 111, 'fatal: unable to read ' . own_dir() . ": Is a directory\n");
}

# ---- and what is good ----

for my $good ('--ciphers=HIGH:!aNULL:!NONESUCH:-RC4:+AES:@STRENGTH', '--ciphers=DEFAULT@SECLEVEL=1:TLS_AES_128_GCM_SHA256', '--groups=P-256:X25519:P-384')
{
  my $server = start_tls_server([$good], ['echo', 'served']);
  is(s_client($server, '')->{out}, "served\n", "s6-tlsd with $good serves a client") or diag(log_text($server));
}

done_testing;
