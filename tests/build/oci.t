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
my $end = run({ dir => $build, deadline => build_deadline() }, '/bin/sh', source_file('configure'), split ' ', $configure);
is($end->{code}, 0, 'configure succeeds with the words that examples/oci/lay-out gives') or BAIL_OUT($end->{err});
$end = run({ dir => $build, deadline => build_deadline(), env => { MAKEFLAGS => undef } }, 'make', '-s', '-j2', map { "bin/$_" } split ' ', $programs);
is($end->{code}, 0, 'make builds the programs that examples/oci/lay-out takes') or BAIL_OUT($end->{err});

is(run($lay_out)->{code}, 100, 'examples/oci/lay-out exits 100 without words');
is(run($lay_out, $build, $root)->{code}, 0, 'examples/oci/lay-out exits 0 with a build and a directory');
my @files;
find({ no_chdir => 1, wanted => sub { push @files, substr $File::Find::name, length $root if -f } }, $root);
is_deeply([sort @files], [map { "/bin/$_" } sort split ' ', $programs], 'the root file system of examples/oci has the programs and nothing else');

# ---- the recipe, line by line ----

is($line{FROM}, 'scratch', 'examples/oci/Containerfile is FROM scratch');
is($line{COPY}, 'rootfs/ /', 'examples/oci/Containerfile copies rootfs/ to /');
my @command = (words($line{ENTRYPOINT}), words($line{CMD}));
ok(-x "$root$_", "the root file system of examples/oci has $_ of the command") for grep { m{^/bin/} } @command;
like($line{USER}, qr/^[1-9]\d*:[1-9]\d*$/, 'the user of examples/oci/Containerfile is a number and not root');
is($line{EXPOSE}, $command[-4], 'examples/oci/Containerfile exposes the port of its command');
ok(-d "$root$line{VOLUME}", 'the root file system of examples/oci has the directory of the volume');
is($command[-2] =~ s{/[^/]*\z}{}r, $line{VOLUME}, 'the command of examples/oci/Containerfile has its socket in the volume');

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
  is((split ' ', status_field($server->pid, 'Uid'))[0], $user, 'the server of examples/oci runs as the user of Containerfile');
  is(readlink('/proc/' . $server->pid . '/root'), $root, 'the server of examples/oci runs in the root file system that was laid out');
  is(ask($server, send => "hello\n"), "hello from $user\n", 'the server of examples/oci connects a TCP client to the application');
  $application->signal('TERM');
  $application->wait;
  is(ask($server, send => "hello\n"), '', 'the server of examples/oci gives no answer without the application');
  log_says($server, qr/s6-ipcclient: fatal: unable to connect to /,
    's6-ipcclient of examples/oci logs that it is unable to connect without the application');
}

done_testing();
