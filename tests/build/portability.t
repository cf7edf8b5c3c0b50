#!/usr/bin/perl
# What only Linux has is called in the Linux twin of the launcher and nowhere else.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

skip_all_unless('nm is installed', tool('nm'));

my $only_linux = qr/^(?:accept4|signalfd|clone|pidfd_\w+|epoll_\w+|syscall|eventfd|timerfd_\w+|pipe2|dup3|unshare|setns|prctl)$/;

sub linux_calls
{
  my ($object) = @_;
  return grep { /$only_linux/ } run('nm', '-u', $object)->{out} =~ /^\s+U (\w+)/mg;
}

my $obj = "$ENV{SALLYPORT_BUILD}/obj";
my @objects = glob "$obj/*/*.o";
ok @objects > 50, 'the build has more than 50 objects: ' . scalar @objects;

my @twin = grep { m{/platform-linux/} } @objects;
SKIP:
{
  skip 'the launcher of this build is the portable one', 1 unless @twin;
  ok +(grep { linux_calls($_) } @twin), 'the Linux twin of the launcher calls functions that only Linux has';
}

# Each under a question of configure: a build without the one refuses the option, and where there are no capabilities
# there are none to give up.
my %may = ('libutil/no_new_privs.o' => 'prctl', 'libutil/shed_capabilities.o' => 'syscall', 'libutil/process_id.o' => 'syscall', 'libutil/bind_file.o' => 'syscall',
  'libsandbox/landlock.o' => 'syscall', 'libsandbox/seccomp.o' => 'prctl', 'libsandbox/sandbox.o' => 'prctl');
for my $object (grep { !m{/platform-linux/} } @objects)
{
  my $name = substr $object, 1 + length $obj;
  my @calls = grep { $_ ne ($may{$name} // '') } linux_calls($object);
  is "@calls", '', "$name calls no function that only Linux has";
}

done_testing;
