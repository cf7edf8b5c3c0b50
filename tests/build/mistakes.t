#!/usr/bin/env perl
# Mistakes that people make, and the one line that helps: the exit code, and what must be in the message.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Unix;

my $dir = own_dir() . '/here';
mkdir $dir or die "mkdir: $!\n";
put_file('here/greetx', "#!/bin/sh\necho hello\n");
put_file('here/lost', "#!/nonexistent/interpreter -x\n");
put_file('here/plain', "echo hello\n");
put_file('here/empty', "#!\n");
put_file('here/text', "hello\n");
put_file('here/barred', "#!$dir/text\n");
chmod 0755, map { "$dir/$_" } qw(greetx lost plain empty barred);
chmod 0644, "$dir/text";
mkdir "$dir/directory" or die;

my $listener = unix_listener();
my @tcp = ('s6-tcpserver', '127.0.0.1', 0);
my @apply = ('s6-applyuidgid');
my $long = '/tmp/' . 'x' x 110;

sub helps
{
  my ($words, $code, $message, $how) = @_;
  my ($program, @rest) = @$words;
  my $r = run({ dir => $dir, %{$how // {}} }, bin($program), @rest);
  (my $shown = join ' ', @$words) =~ s/x{20,}/.../g;
  is($r->{code}, $code, "'$shown' exits $code");
  my $lines = () = $r->{err} =~ /\n/g;
  ok(index($r->{err}, $message) >= 0 && $lines == 1,
    "'$shown' prints one line with this hint: " . substr($message, 0, 60) =~ s/x{20,}/.../gr) or diag("wanted: $message\ngot: $r->{err}");
}

# ---- options ----

helps([@tcp, '-v', './greetx'], 127, 'unable to exec -v: No such file or directory (options come before the operands)');
helps(['tcp-socket-listen', '127.0.0.1', 0, '--backlog=3', 'true'], 127, 'unable to exec --backlog=3: No such file or directory (options come before the operands)');
helps(['s6-tcpserver', '-v2', '127.0.0.1', 0, 'true'], 100, 'option -v takes no number here: that is the -v of s6-tcpserverd');
helps(['s6-ipcserver', '-v2', '/nonexistent/path', 'true'], 100, 'option -v takes no number here: that is the -v of s6-ipcserverd');
helps(['tcp-socket-accept', '-v2', 'true'], 100, 'option -v takes no number here');
helps([$_, '-h'], 100, 'unknown option -h: did you mean --help?') for qw(s6-tcpserver s6-ipcserver s6-applyuidgid tcp-socket-listen s6-connlimit skd);
helps([$_, '-V'], 100, 'unknown option -V: did you mean --version?') for qw(s6-tcpserver s6-ipcserver s6-connlimit);
helps([$tcp[0], '-p', @tcp[1, 2], 'true'], 100, 'unknown option -p: s6-tcpserver-access and s6-tcpclient have it');
helps(['s6-tcpserverd', '-u', 1, 'true'], 100, 'unknown option -u: s6-tcpserver has it');
helps([$tcp[0], '--paranoid', @tcp[1, 2], 'true'], 100, 'unknown option --paranoid: s6-tcpserver-access has it');
helps([$tcp[0], '-X', @tcp[1, 2], 'true'], 100, 'unknown option -X: did you mean -x?');
helps([$tcp[0], '- ', @tcp[1, 2], 'true'], 100, 'unknown option - ');
helps([$tcp[0], '-c', '-v', @tcp[1, 2], 'true'], 100, "not '-v': is its argument missing?");
helps([$tcp[0], '-c', @tcp[1, 2], 'true'], 100, "not '127.0.0.1': is its argument missing?");
helps(['s6-tcpclient', '-t', 'www.example.org', 45800, 'true'], 100, "not 'www.example.org'");
helps([$tcp[0], '127.0.0.1', '-v', 45800, 'true'], 100, "not '-v': options come before the operands");
helps([$tcp[0], '-c=3', @tcp[1, 2], 'true'], 100, "not '=3': after a letter the argument stands without =");
helps([$tcp[0], '-backlog=3', @tcp[1, 2], 'true'], 100, 'did you mean --backlog?');

# Every option of every program, with one letter too many, and with one dash too few.
for my $program (map { s{.*/}{}r } glob "$ENV{SALLYPORT_BIN}/*")
{
  next if $ENV{SALLYPORT_PROGRAM_PREFIX};
  my @options = help_options($program);
  my %letter = map { ($_->{letter} // '') => 1 } @options;
  for my $name (map { $_->{name} } @options)
  {
    my ($last) = $name =~ /(.)$/;
    my $long = run(bin($program), "--$name$last");
    is("$long->{code} $long->{err}" =~ /^100 .*did you mean --\Q$name\E\?/ ? 1 : 0, 1,
      "$program --$name$last suggests --$name") or diag($long->{err});
    next if length $name < 3 || $letter{substr $name, 0, 1};
    my $short = run(bin($program), "-$name");
    is("$short->{code} $short->{err}" =~ /^100 .*did you mean --\Q$name\E\?/ ? 1 : 0, 1, "$program -$name suggests --$name") or diag($short->{err});
  }
}

helps(['s6-tcpserver', '-u', 'nobody', '127.0.0.1', 0, 'true'], 100, "not 'nobody': s6-envuidgid ACCOUNT and -U take names");
helps([@apply, '-u', 'nobody', 'true'], 100, "not 'nobody': s6-envuidgid ACCOUNT and -U take names");
helps([@apply, '-G', 'staff', 'true'], 100, "not 'staff': s6-envuidgid ACCOUNT and -U take names");
helps(['local-stream-socket-listen', '-u', 'nobody', "$dir/socket", 'true'], 100, "not 'nobody': --user and --group take names");

# ---- programs ----

helps([@tcp, 'greetx'], 127, 'unable to exec greetx: No such file or directory (it is not in PATH, but in the current directory: ./ before its name?)');
helps([@apply, 'greetx'], 127, 'unable to exec greetx: No such file or directory (it is not in PATH, but in the current directory: ./ before its name?)');
helps([@tcp, './lost'], 127, 'unable to exec ./lost: its interpreter /nonexistent/interpreter does not exist');
helps([@tcp, './barred'], 126, "unable to exec ./barred: its interpreter $dir/text cannot be executed");
helps([@apply, './lost'], 127, 'unable to exec ./lost: No such file or directory (its interpreter /nonexistent/interpreter does not exist)');
helps([@tcp, './text'], 126, 'unable to exec ./text: Permission denied (no one may execute it: chmod +x?)');
helps([@apply, './text'], 126, 'unable to exec ./text: Permission denied (no one may execute it: chmod +x?)');
helps([@apply, './directory'], 126, 'unable to exec ./directory: Permission denied (it is a directory)');
helps([@apply, './plain'], 126, 'unable to exec ./plain: Exec format error (it has no #! line)') unless built_with_musl();

# A program whose dynamic loader is not here, as one that was built for another C library; and files that only begin like one.
SKIP:
{
  my $true = get_file(tool('true'));
  skip 'true has no dynamic loader here', 2 unless $true =~ s{(/lib[^\0]{4,80}\.so[^\0]*)(?=\0)}{'/nonexistent' . ('x' x (length($1) - 12))}e;
  my $loader = $&;
  skip 'its name is too short', 2 if length($loader) < 14;
  chmod 0755, put_file('here/loaded', $true);
  helps([$_->[0], @$_[1 .. $#$_], './loaded'], 127, 'its interpreter /nonexistent' . 'x' x (length($loader) - 12) . ' does not exist') for \@tcp, \@apply;
}
my @like = ("\177ELF", "\177ELF\2\1" . "\377" x 58, "\177ELF\1\2" . "\0" x 58, "\177ELF\2\1" . "\0" x 26 . pack('Q<', 64) . "\0" x 14 . pack('v2', 56, 2) . "\0" x 6 . pack('V', 3) . "\377" x 200);
for my $n (0 .. $#like)
{
  chmod 0755, put_file("here/like$n", $like[$n]);
  my $r = run({ dir => $dir }, bin('s6-applyuidgid'), "./like$n");
  is($r->{code}, 126, "s6-applyuidgid exits 126 for a file that only begins like an ELF program: case $n") or diag($r->{err});
}
helps([@tcp, './none'], 127, 'unable to exec ./none: No such file or directory');
my $plain = start_server([], ["$dir/plain"]);
log_says($plain, qr/\As6-tcpserverd: warning: \S+\/plain may be no program: it has no #! line$/,
  's6-tcpserverd warns at its start of a program without a #! line');

# ---- addresses, ports, paths ----

helps(['s6-tcpserver', '127.0.0.1:45800', 'true', 'true'], 100, "not '127.0.0.1:45800': address and port are two words");
helps([$_, '127.0.0.1:45800', 'true'], 100, 'address and port are two words') for qw(s6-tcpserver tcp-socket-listen tcp-socket-connect s6-tcpclient);
helps(['s6-tcpserver', '[::1]:45800', 'true'], 100, 'address and port are two words');
helps([$_, 45800, 'true'], 100, 'the address comes before the port, as in 127.0.0.1 7000') for qw(s6-tcpserver s6-tcpserver-socketbinder udp-socket-listen);
for my $program (qw(s6-tcpserver s6-tcpserver-socketbinder s6-tcpclient tcp-socket-listen tcp-socket-connect udp-socket-listen udp-socket-connect))
{
  helps([$program, 45800, '127.0.0.1', 'true'], 100, "'45800' and '127.0.0.1' are swapped: the address comes before the port");
  helps([$program, 45800, '::1', 'true'], 100, "'45800' and '::1' are swapped: the address comes before the port");
}
helps(['s6-tcpserver', 'localhost', 45800, 'true'], 100, "not 'localhost': tcp-socket-listen takes names");
helps(['s6-tcpserver', '[::1]', 45800, 'true'], 100, "not '[::1]': an address has no brackets here, and the port is a word of its own");
helps(['tcp-socket-connect', '127.0.0.1:45800', 'http', 'true'], 100, "not '127.0.0.1:45800': address and port are two words");
helps(['s6-tcpclient', '[::1]', 45800, 'true'], 100, "not '[::1]': an address has no brackets here");
helps([$_, 'fe80::1', 45800, 'true'], 100, "'fe80::1' is link-local: it needs a % and an interface after it, as in fe80::1%eth0")
  for qw(s6-tcpserver s6-tcpclient tcp-socket-listen tcp-socket-connect s6-tcpserver-socketbinder);
helps(['s6-ipcserver', $long, 'true'], 111, 'a path has at most ' . ($^O eq 'linux' ? 107 : ''));
helps([$_, $long, 'true'], 100, 'is too long: it may have at most ') for qw(s6-ipcclient local-stream-socket-listen local-stream-socket-connect);
SKIP:
{
  skip 'becoming another user takes root', 4 unless can_change_ids();
  skip 'low ports are for all users here', 4 if (-r '/proc/sys/net/ipv4/ip_unprivileged_port_start' ? get_file('/proc/sys/net/ipv4/ip_unprivileged_port_start') : 1024) < 1024;
  my %user = (before => sub { $) = '60001 60001'; $( = 60001; ($<, $>) = (60001, 60001) });
  helps([$_, '127.0.0.1', 80, 'true'], 111, 'Permission denied (a port below 1024 takes root or the capability)', \%user) for qw(s6-tcpserver tcp-socket-listen);
}

helps([$_, '-?', 'true'], 100, 'unknown option -?: did you mean --help?') for map { s{.*/}{}r } programs_built();

# ---- descriptors ----

open my $null, '<', '/dev/null' or die;
helps(['s6-tcpserverd', 'true'], 100, 'fd 0 is not a socket: a listening socket is wanted there, as the programs called ...-socketbinder make it', { fds => { 0 => $null } });
helps(['tcp-socket-accept', 'true'], 100, 'fd 3 is not open: a listening socket is wanted there, as the programs called ...-socket-listen make it');
helps(['s6-ioconnect'], 100, 'fd 6 is not open: s6-tcpclient and the programs called ...-socket-connect put a connection on 6 and 7');

# ---- variables, rules ----

my $variable = 'PROTO not set: a server sets it for the programs that it launches';
helps([$_, 'true'], 100, $variable, { env => { PROTO => undef } }) for qw(s6-connlimit s6-tcpserver-access s6-ipcserver-access);
helps(['s6-accessrules-cdb-from-fs', "$dir/directory", "$dir/text"], 100, 'is a directory: cdbfile comes before dir');
helps(['s6-accessrules-fs-from-cdb', "$dir/text", "$dir/directory"], 100, 'is a directory: dir comes before cdbfile');
helps(['s6-tcpserver', '-x', "$dir/directory", '127.0.0.1', 0, 'true'], 111, "unable to read the access rules in $dir/directory: it is a directory: -i takes one");
helps(['s6-tcpserver', '-i', "$dir/text", '127.0.0.1', 0, 'true'], 111, "unable to read the access rules in $dir/text: it is a file: -x takes compiled rules");
my $unwritable = '/nonexistent/rules.cdb';
helps(['s6-accessrules-cdb-from-fs', $unwritable, $dir], 111, "unable to create $unwritable: No such file or directory");
helps(['tcp-socket-connect', 'nosuch.invalid', 80, 'true'], 111, 'unable to look up nosuch.invalid: ');

done_testing;
