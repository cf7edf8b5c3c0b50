#!/usr/bin/env perl
# Command lines of the clients: help, options that are unknown or incomplete.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Usage;

my ($listener, $port) = busy_port();

# For each program, operands that are never reached, and what is printed when they are missing.
my %operands = (
  'tcp-socket-connect' => ['127.0.0.1', $port, 'true'],
  'udp-socket-connect' => ['127.0.0.1', $port, 'true'],
  'local-stream-socket-connect' => ['/nonexistent/socket', 'true'],
  's6-tcpclient' => ['127.0.0.1', $port, 'true'],
  's6-ipcclient' => ['/nonexistent/socket', 'true'],
  's6-ioconnect' => [],
);

sub is_wrong
{
  my ($program, $word, @words) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  usage_is(run(bin($program), @words), $program, $word, "'@words' is a usage error that names $word");
}

for my $program (sort keys %operands)
{
  my @rest = @{$operands{$program}};
  my @options = help_options($program);

  page($program);
  page_says('Write a summary of the options to the standard output and exit 0.');
  my $help = run(bin($program), '--help');
  is($help->{code}, 0, "$program --help exits 0");
  like($help->{out}, qr/\Ausage: \Q$program\E \[options\] /, "$program --help shows the usage");
  page_says('Write the name of the program and the version of the package to the standard output and exit 0.');
  like(run(bin($program), '--version')->{out}, qr/\A\Q$program\E \(sallyport\) [0-9.]+[^\n]*\n\z/,
    "$program --version shows the name of the program and the version");

  is_wrong($program, '-~', '-~', @rest);
  is_wrong($program, '--nonesuch', '--nonesuch', @rest);
  is_wrong($program, 'prog...') if @rest;
  is_wrong($program, 'prog...', @rest[0 .. $#rest - 1]) if @rest > 1;
  is_wrong($program, 'empty', @rest[0 .. $#rest - 1], '') if @rest;
  my $text = tool('mandoc') ? page_text(page_file("$program.1")) : undef;
  for my $option (@options)
  {
    my $long = "--$option->{name}";
    if (defined $option->{argument})
    {
      is_wrong($program, $long, $long);
      is_wrong($program, "-$option->{letter}", "-$option->{letter}") if defined $option->{letter};
      is_wrong($program, "'-'", $long, '-', @rest) unless $option->{name} =~ /name|path|local-host/;
      is_wrong($program, "''", "$long=", @rest) unless $option->{name} =~ /local-(?:name|host)/ || "$program $option->{name}" eq 's6-ipcclient local-path';
    }
    else
    {
      is_wrong($program, $long, "$long=1", @rest);
    }
    my $in_page = defined $option->{letter} ? "-$option->{letter}" : '';
    ok($text =~ /\Q$in_page\E[^-]*--\Q$option->{name}\E[ =]/, "$program: the page lists $in_page $long") if defined $text;
  }
}

done_testing();
