#!/usr/bin/perl
# The TLS library is seen by the files of one folder, and a build without it works.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my $src = $ENV{SALLYPORT_SRC};
my @sources = split /\n/, run('find', "$src/src", '-name', '*.[ch]')->{out};
my @seeing = grep { get_file($_) =~ /^\s*#\s*include\s*<openssl/m } @sources;
ok +(grep { m{/libtls-openssl/} } @seeing), 'the folder of the library includes it, and this test sees it';
is join(' ', grep { !m{/libtls-openssl/} } @seeing), '', 'nothing else does';
is join(' ', grep { get_file($_) =~ /\bSSL_(?:CTX|new|read|write|get)\w*\(/ } grep { !m{/libtls-openssl/} } @sources), '', 'and nothing else calls it';

my $dir = own_dir() . '/without';
mkdir $dir or die;
my %plain = (dir => $dir, deadline => 240, env => { MAKEFLAGS => undef });
my $end = run(\%plain, "$src/configure", '--disable-tls', "--prefix=$dir/root");
is $end->{code}, 0, 'configure --disable-tls' or diag $end->{err};
like $end->{out}, qr/^configure: OpenSSL: not wanted$/m, '... says so';
$end = run(\%plain, 'make', '-s', '-j2', 'all');
is $end->{code}, 0, 'builds' or diag $end->{err};
is join(' ', grep { my $name = s{.*/}{}r; -e "$dir/bin/$name" } programs_in_tree('TLS_PROGRAMS')), '', 'no TLS program is among them';
is join(' ', grep { my $name = s{.*/}{}r; !-e "$dir/bin/$name" } programs_in_tree('PROGRAMS')), '', 'all others are';
SKIP:
{
  skip 'install needs mandoc to make pages', 2 unless tool('mandoc');
  $end = run(\%plain, 'make', '-s', 'install');
  is $end->{code}, 0, 'installs' or diag $end->{err};
  is join(' ', grep { my $name = s{.*/}{}r; -e "$dir/root/share/man/man1/$name.1" } programs_in_tree('TLS_PROGRAMS')), '', 'without the pages of what is left out';
}

done_testing;
