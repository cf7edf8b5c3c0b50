#!/usr/bin/env perl
# examples/oci: the root file system of a container, made of a static build, serves with nothing but what is in it, and
# Containerfile says what is run here.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;
use Sallyport::Examples;
use File::Find;

my $build = own_dir() . '/build';
my $root = own_dir() . '/rootfs';
my $lay_out = examples() . '/oci/lay-out';
my $recipe = get_file(source_file('examples/oci/Containerfile')) =~ s/\\\n//gr;
my %line = map { /^([A-Z]+) +(.*)$/ ? ($1 => $2) : () } split /\n/, $recipe;
sub words { return map { /"([^"]*)"/g } $_[0] }

# Built as the text says, but only the programs that are wanted.
my ($configure) = get_file($lay_out) =~ m{^# +\./configure (.*) && make$}m or die;
my ($programs) = get_file($lay_out) =~ /^for program in (.*); do$/m or die;
mkdir $build or die;
my $end = run({ dir => $build, deadline => 120 }, '/bin/sh', source_file('configure'), split ' ', $configure);
is($end->{code}, 0, 'configured as lay-out says') or BAIL_OUT($end->{err});
$end = run({ dir => $build, deadline => 240, env => { MAKEFLAGS => undef } }, 'make', '-s', '-j2', map { "bin/$_" } split ' ', $programs);
is($end->{code}, 0, 'built') or BAIL_OUT($end->{err});

is(run($lay_out)->{code}, 100, 'lay-out without words is wrong usage');
is(run($lay_out, $build, $root)->{code}, 0, 'the root file system is laid out');
my @files;
find({ no_chdir => 1, wanted => sub { push @files, substr $File::Find::name, length $root if -f } }, $root);
is_deeply([sort @files], [map { "/bin/$_" } sort split ' ', $programs], 'it has the programs, and nothing else');

# ---- the recipe, line by line ----

is($line{FROM}, 'scratch', 'Containerfile begins with nothing');
is($line{COPY}, 'rootfs/ /', 'and adds what was laid out');
my @command = (words($line{ENTRYPOINT}), words($line{CMD}));
ok(-x "$root$_", "$_ is there") for grep { m{^/bin/} } @command;
like($line{USER}, qr/^[1-9]\d*:[1-9]\d*$/, 'the user is a number, for there is no /etc/passwd, and not root');
is($line{EXPOSE}, $command[-4], 'the port of the command is the one that is exposed');
ok(-d "$root$line{VOLUME}", 'the volume has its place');
is($command[-2] =~ s{/[^/]*\z}{}r, $line{VOLUME}, 'which is where the command looks');

# ---- and what it does ----

SKIP:
{
  my ($chroot, $setpriv) = (tool('chroot'), tool('setpriv'));
  skip 'being root, and chroot, is what this takes', 5 unless can_change_ids() && $chroot;

  # The application, outside, with its socket in the volume.
  my $path = "$root$command[-2]";
  my $application = start_server([], ['sh', '-c', 'read -r word; echo "$word from $IPCREMOTEEUID"'], path => $path);

  # A chroot has no ports of its own: a free one, which is announced.
  my ($user, $group) = split /:/, $line{USER};
  my @run = map { $_ eq $line{EXPOSE} ? 0 : $_ eq '-v' ? ('-1', '-v') : $_ eq '0.0.0.0' ? '127.0.0.1' : $_ } @command;
  my $server = start_listening(ip => '127.0.0.1', only_env => {}, command => [$chroot, "--userspec=$user:$group", '--groups=', $root, @run]);
  is((split ' ', status_field($server->pid, 'Uid'))[0], $user, 'the server is the user of the recipe');
  is(readlink('/proc/' . $server->pid . '/root'), $root, 'in the root file system that was laid out');
  is(ask($server, send => "hello\n"), "hello from $user\n", 'a client by TCP is served by the application');
  $application->signal('TERM');
  $application->wait;
  is(ask($server, send => "hello\n"), '', 'without the application there is no answer');
  log_says($server, qr/s6-ipcclient: fatal: unable to connect to /, 'and the log says why');
}

done_testing();
