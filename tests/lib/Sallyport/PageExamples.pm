# What the pages show: every display, what kind it is, and whether the options in a command are options of its programs.
# Not part of the common vocabulary: use Sallyport::PageExamples.
package Sallyport::PageExamples;

use strict;
use warnings;

use Exporter qw(import);
use Text::ParseWords qw(shellwords);

use Sallyport::System;

our @EXPORT = qw(displays stale_exceptions to_try title our_programs wrong_options inline_commands stub is_execline command_of);

# What a page source shows, as a reader types it.
sub typed
{
  my ($text) = @_;
  return $text =~ s/\\e/\\/gr =~ s/\\&//gr =~ s/\\\(aq/'/gr =~ s/\\-/-/gr =~ s/\n\z//r;
}

sub page_name { return $_[0] =~ m{/([^/]+)\.[157]$} ? $1 : die "no page: $_[0]\n" }

# Displays that are no commands, by page and first line, and the test that holds them to the truth.
my @no_commands = (
  [qr/./, qr/^\S+: info: /, 'lines of the log', 'build/displays-in-pages'],
  [qr/^s6-tcpserver-access$/, qr/^info: /, 'messages', 'tcp/s6-tcpserver-access'],
  [qr/^s6-ipcserver-access$/, qr/^info: /, 'messages', 'ipc/s6-ipcserver-access'],
  [qr/^s6-ipcserver-socketbinder$/, qr/^unable to /, 'messages', 'ipc/s6-ipcserver-socketbinder'],
  [qr/^sallyport$/, qr/^ +s6-tcpserver .*the command line you write$/m, 'a drawing, whose first line is tried', 'build/examples-in-pages'],
  [qr/^sallyport-containers$/, qr/^FROM /, 'lines of a Containerfile', 'faults/containers'],
  [qr/^sallyport-from-inetd$/, qr/^echo +stream /, 'a line of inetd.conf', 'tutorial/from'],
  [qr/^sallyport-from-systemd-sockets$/, qr/^ListenStream=/, 'lines of a unit of systemd', 'tutorial/from'],
  [qr/^sallyport-rules$/, qr/^rules\//, 'files, which are compiled', 'build/displays-in-pages'],
  [qr/^sallyport-scale$/, qr/^ +clients$/m, 'a drawing, whose addresses are those of the commands', 'build/displays-in-pages'],
  [qr/^sallyport-scale$/, qr/^defaults$/m, 'a configuration of HAProxy', 'examples/scale'],
  [qr/^sallyport-security$/, qr/^program +runs as /, 'a table of the programs of a chain', 'faults/security'],
);

# Pages whose commands another test tries, each by itself; TLS needs certificates and peers.
my @tried_elsewhere = (
  [qr/^sallyport-tutorial$/, qr/./, 'tutorial/tutorial'],
  [qr/^sallyport-containers$/, qr/./, 'faults/containers'],
  [qr/^sallyport-from-/, qr/./, 'tutorial/from'],
  [qr/^sallyport-tls$/, qr/./, 'build/examples-of-tls'],
  [qr/^s6-(?:tls|ucspitls)/, qr/./, 'build/examples-of-tls'],
);

# { page, text, kind, test } of every display of every page. kind is "command" where there is something to try.
sub displays
{
  my @displays;
  for my $file (sort map { glob page_file($_) } '*.1', '*.5', '*.7')
  {
    my $text = get_file($file);
    while ($text =~ /^\.Dl ([^\n]*)$|^\.Bd ([^\n]*)\n(.*?)^\.Ed$/msg)
    {
      my %shown = (page => page_name($file), text => typed($1 // $3), how => $2 // '-literal -offset indent', kind => 'command', test => 'build/examples-in-pages');
      for (@no_commands) { @shown{qw(kind test)} = @$_[2, 3] if $shown{page} =~ $_->[0] && $shown{text} =~ $_->[1] }
      for (@tried_elsewhere) { $shown{test} = $_->[2] if $shown{kind} eq 'command' && $shown{page} =~ $_->[0] && $shown{text} =~ $_->[1] }
      push @displays, \%shown;
    }
  }
  return @displays;
}

# Lists above whose page or text is gone: nothing must be left in them that no page needs.
sub stale_exceptions
{
  my @shown = @_;
  my @stale;
  for my $row (@no_commands, @tried_elsewhere)
  {
    push @stale, "$row->[0] $row->[1]" unless grep { $_->{page} =~ $row->[0] && $_->{text} =~ $row->[1] } @shown;
  }
  return @stale;
}

# Those of a kind that are tried by a test.
sub to_try
{
  my ($test, $kind, @shown) = @_;
  return grep { $_->{kind} =~ /^\Q$kind\E/ && $_->{test} eq $test } @shown;
}

sub title { return "$_[0]{page}: " . $_[0]{text} =~ s/\n.*/ .../sr }

# ---- options ----

my %options;

sub our_programs
{
  return \%options if %options;
  for my $file (glob page_file('*.1'))
  {
    my $name = page_name($file);
    next unless have_bin($name);  # without OpenSSL there are no TLS programs
    $options{$name} = { map { my $o = $_; map { $_ ? ($_ => $o) : () } $o->{name}, $o->{letter} } help_options($name) };
  }
  return \%options;
}

# Looks at one word: what is wrong with it, and whether the next word is its argument.
sub wrong_option
{
  my ($known, $program, $word, $next) = @_;
  if ($word =~ /^--([^=]+)(=?)/)
  {
    my $option = $known->{$1} or return "$program: $word";
    return "$program: $word wants an argument" if $option->{argument} && !$2 && !defined $next;
    return ('', $option->{argument} && !$2);
  }
  for (my $i = 1; $i < length $word; $i++)
  {
    my $option = $known->{substr $word, $i, 1} or return "$program: $word";
    next unless $option->{argument};
    return "$program: $word wants an argument" if $i == length($word) - 1 && !defined $next;
    return ('', $i == length($word) - 1);
  }
  return ('', 0);
}

# What is wrong with the options of our programs in the words of a command.
sub wrong_options
{
  my @words = shellwords($_[0] =~ s/\\\n//gr =~ s/'[^']*\n[^']*'/x/gr);
  my @wrong;
  while (@words)
  {
    my $program = shift(@words) =~ s{^.*[/=]}{}r;
    my $known = our_programs()->{$program} or next;
    while (@words && $words[0] =~ /^-./)
    {
      my $word = shift @words;
      last if $word eq '--';
      my ($complaint, $takes) = wrong_option($known, $program, $word, $words[0]);
      push @wrong, $complaint if $complaint;
      shift @words if $takes;
    }
  }
  return @wrong;
}

# Commands of ours with words of their own that stand in the text: { page, text }.
sub inline_commands
{
  my @commands;
  for my $file (sort map { glob page_file($_) } '*.1', '*.5', '*.7')
  {
    for my $words (get_file($file) =~ /^\.(?:Ql|Li|It Ql|It Li) (.*)$/mg)
    {
      my $text = typed($words =~ s/ [.,;:)]+$//r =~ s/^"(.*)"$/$1/r);
      push @commands, { page => page_name($file), text => $text } if $text =~ /^(\S+) ./ && our_programs()->{$1};
    }
  }
  return @commands;
}

sub is_execline { return $_[0] =~ m{^#!/bin/execlineb} || $_[0] =~ /^\S+-socketbinder.*[^\\]\n./ }

# How a display is run: as a script if it is one, else by the shell, which ends at the first command that fails; a single
# command takes its place. Where execline is installed differs, so that the first line of its scripts is left out.
my $scripts = 0;
sub command_of
{
  my ($text) = @_;
  return (tool('execlineb'), '-Pc', $text =~ s{^#!/bin/execlineb -P\n}{}r) if is_execline($text);
  return put_file('script.' . $scripts++, "$text\n", 0755) if $text =~ /^#!/;
  return ('/bin/sh', '-ec', $text =~ /\n(?!  )./ || $text =~ /^[A-Z]+=|[|;&]$/m ? $text : "exec $text");
}

# Puts a program that does not exist into a directory: a shell script, or one for the interpreter given.
sub stub
{
  my ($place, $lines, @names) = @_;
  put_file("$place/$_", $lines =~ /^#!/ ? $lines : "#!/bin/sh\n$lines\n", 0755) for @names;
}

1;
