#!/usr/bin/perl
# The TLS library is seen by the files of one folder, and a build without it works.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $src = $ENV{SALLYPORT_SRC};
my @sources = split /\n/, run('find', "$src/src", '-name', '*.[ch]')->{out};
my @seeing = grep { get_file($_) =~ /^\s*#\s*include\s*<openssl/m } @sources;
ok +(grep { m{/libtls-openssl/} } @seeing), 'src/libtls-openssl includes headers of OpenSSL';
is join(' ', grep { !m{/libtls-openssl/} } @seeing), '', 'no other folder of src includes headers of OpenSSL';
is join(' ', grep { get_file($_) =~ /\bSSL_(?:CTX|new|read|write|get)\w*\(/ } grep { !m{/libtls-openssl/} } @sources), '',
  'no other folder of src calls functions of OpenSSL';

my $dir = own_dir() . '/without';
mkdir $dir or die;
my %plain = (dir => $dir, deadline => build_deadline(), env => { MAKEFLAGS => undef });
my $end = run(\%plain, "$src/configure", '--disable-tls', "--prefix=$dir/root");
is $end->{code}, 0, 'configure --disable-tls exits 0' or diag $end->{err};
like $end->{out}, qr/^configure: OpenSSL: not wanted$/m, 'configure --disable-tls prints that OpenSSL is not wanted';
$end = run(\%plain, 'make', '-s', '-j2', 'all');
is $end->{code}, 0, 'make exits 0 after configure --disable-tls' or diag $end->{err};
is join(' ', grep { my $name = s{.*/}{}r; -e "$dir/bin/$name" } programs_in_tree('TLS_PROGRAMS')), '',
  'make builds no TLS program after configure --disable-tls';
is join(' ', grep { my $name = s{.*/}{}r; !-e "$dir/bin/$name" } programs_in_tree('PROGRAMS')), '',
  'make builds every other program after configure --disable-tls';
SKIP:
{
  skip 'install needs mandoc to make pages', 2 unless tool('mandoc');
  $end = run(\%plain, 'make', '-s', 'install');
  is $end->{code}, 0, 'make install exits 0 after configure --disable-tls' or diag $end->{err};
  is join(' ', grep { my $name = s{.*/}{}r; -e "$dir/root/share/man/man1/$name.1" } programs_in_tree('TLS_PROGRAMS')), '',
    'make install installs no page of a TLS program after configure --disable-tls';
}

done_testing;
