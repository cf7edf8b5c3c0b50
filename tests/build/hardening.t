#!/usr/bin/env perl
# What the compiler and the linker can do against an attacker, they do by default: every installed program, and what configure does
# with flags of the user.

use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $readelf = tool('readelf');
skip_all_unless('readelf', $readelf);
my $flags = get_file("$ENV{SALLYPORT_BUILD}/config.mak") =~ /^CFLAGS := (.*)$/m ? $1 : '';
plan(skip_all => 'this build has flags of its own') if $flags =~ /\S/;

sub elf { return run($readelf, '-W', @_)->{out} }

sub compiler_takes
{
  my (@flags) = @_;
  put_file(own_dir() . '/t.c', "#include <string.h>\nint main(void) { return 0; }\n");
  return run(split(' ', $ENV{configured_CC} || 'cc'), '-O2', '-Werror', @flags, '-o', own_dir() . '/t', own_dir() . '/t.c')->{code} == 0;
}

# ---- the programs ----

my $static = elf('-l', bin('s6-tcpserverd')) !~ /INTERP/;
my $fortified = 0;
for my $name (map { s{.*/}{}r } programs_built())
{
  my $file = bin($name);
  my ($header, $segments, $dynamic, $symbols) = (elf('-h', $file), elf('-l', $file), elf('-d', $file), elf('-s', $file));
  SKIP:
  {
    skip "$name is static", 2 if $static;
    like($header, qr/Type:\s+DYN/, "$name is position-independent");
    like($dynamic, qr/FLAGS_1.*\bNOW\b/, "$name binds all symbols at its start");
  }
  like($segments, qr/GNU_RELRO/, "$name has relocated data read-only after its start");
  like($segments, qr/GNU_STACK\s+(?:0x[0-9a-f]+\s+)+RW\s/, "$name has a stack that cannot be executed");
  like($symbols, qr/__stack_chk_fail/, "$name has stack canaries in its functions");
  $fortified++ if $symbols =~ /__\w+_chk\b(?!_fail)/;
}
SKIP:
{
  skip 'this libc has no such checks', 1 if built_with_musl() || !compiler_takes('-D_FORTIFY_SOURCE=2');
  cmp_ok($fortified, '>', 0, 'at least one program calls the checked functions of libc');
}

# ---- what leaves no mark in a program ----

my $taken = get_file("$ENV{SALLYPORT_BUILD}/config.mak");
for my $flag (qw(-fstack-protector-strong -fstack-clash-protection))
{
  SKIP:
  {
    skip "the compiler does not know $flag", 1 unless compiler_takes($flag);
    like($taken, qr/^CFLAGS_AUTO := .*\Q$flag\E/m, "configure sets $flag");
  }
}
SKIP:
{
  skip 'the compiler does not know -fcf-protection', 1 unless compiler_takes('-fcf-protection');
  my ($object) = grep { -f } map { "$_/obj/libserver/loop.o" } $ENV{SALLYPORT_BUILD}, "$ENV{SALLYPORT_BUILD}/../..";
  skip 'the objects are elsewhere', 1 unless $object;
  like(elf('-n', $object), qr/IBT, SHSTK/, 'loop.o marks where it may be entered');
}

# ---- flags of the user ----

my $here = own_dir() . '/build';
mkdir $here or die;

sub build_with
{
  my ($configure, $make, @targets) = @_;
  system('rm', '-rf', $here);
  mkdir $here or die;
  my $end = run({ dir => $here, deadline => build_deadline() }, 'sh', source_file('configure'), 'CC=' . ($ENV{configured_CC} || 'cc'), @$configure);
  return $end if $end->{code};
  return run({ dir => $here, deadline => build_deadline(), env => { MAKEFLAGS => undef, MFLAGS => undef, MAKELEVEL => undef, MAKEOVERRIDES => undef } }, 'make', '-s', @$make, @targets);
}

sub builds
{
  my ($name, $end) = @_;
  local $Test::Builder::Level = $Test::Builder::Level + 1;
  is($end->{code}, 0, "make with $name exits 0") or diag($end->{err});
  unlike($end->{err}, qr/warning/, "make with $name prints no warning");
}

my $some = 'bin/s6-applyuidgid';
builds('CFLAGS=-O0', build_with(['CFLAGS=-O0'], ['WERROR=-Werror'], $some));
unlike(get_file("$here/config.mak"), qr/_FORTIFY_SOURCE/, 'configure leaves out _FORTIFY_SOURCE with CFLAGS=-O0');
builds('CPPFLAGS=-D_FORTIFY_SOURCE=2', build_with(['CPPFLAGS=-D_FORTIFY_SOURCE=2'], ['WERROR=1'], $some));
unlike(get_file("$here/config.mak"), qr/^CPPFLAGS_AUTO.*_FORTIFY_SOURCE/m,
  'configure adds no _FORTIFY_SOURCE of its own to CPPFLAGS=-D_FORTIFY_SOURCE=2');
builds('CFLAGS=-DX="*/"', build_with(['CFLAGS=-DX="*/"'], ['WERROR=1'], $some));
SKIP:
{
  skip 'the compiler knows nothing of -flto', 2 unless compiler_takes('-flto=auto');
  builds('CFLAGS=-flto', build_with(['CFLAGS=-flto'], ['WERROR=1'], $some));
}
SKIP:
{
  skip 'the compiler knows nothing of -static-pie', 3 unless compiler_takes('-static-pie');
  builds('LDFLAGS=-static-pie', build_with(['--enable-static-libc', '--disable-tls', '--disable-dns', 'LDFLAGS=-static-pie'], ['WERROR=1'], $some));
  like(elf('-h', "$here/$some"), qr/Type:\s+DYN/, 'make with LDFLAGS=-static-pie makes a position-independent program');
}

done_testing();
