#!/usr/bin/perl
# The recipes in packaging/ say what package/info, configure and package/needs say.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my ($version) = get_file(source_file('package/info')) =~ /^version=(.*)$/m;
my $alpine = get_file(source_file('packaging/alpine/APKBUILD'));
my $nix = get_file(source_file('packaging/nix/default.nix'));

is +($alpine =~ /^pkgver=(.*)$/m)[0], $version, 'Alpine: the version';
is +($nix =~ /^  version = "(.*)";$/m)[0], $version, 'Nix: the version';

# The address for reports and the place of the project: an empty one is not made up.
my ($contact, $url) = map { my $name = $_; get_file(source_file('package/info')) =~ /^$name=(['"]?)(.*)\1$/m ? $2 : die } qw(contact url);
is +($alpine =~ /^# Maintainer:[ \t]*(.*)$/m)[0], $contact, 'Alpine: the contact';
is +($alpine =~ /^url="(.*)"$/m)[0], $url || 'https://example.org/sallyport', 'Alpine: the place';
is +($nix =~ /^    homepage = "(.*)";$/m)[0] // '', $url, 'Nix: the place';
my $deb = get_file(source_file('tools/deb.sh'));
like $deb, qr/DEB_MAINTAINER:=\$\{contact:-/, 'Debian: the contact';
like $deb, qr/^Priority: optional\$\{url:\+\nHomepage: \$url\}\n/m, 'Debian: the place';

my $options = run('/bin/sh', source_file('configure'), '--help')->{out};
for my $recipe ([Alpine => $alpine], [Nix => $nix], [Debian => get_file(source_file('tools/deb.sh'))])
{
  my ($name, $text) = @$recipe;
  my @lines = grep { /^\s*[^#]*(?:configure|--with-\S+=)/ } split /\n/, $text =~ s/\\\n\s*/ /gr;
  my %used = map { $_ => 1 } map { /(?<![\w-])(--[a-z]+(?:-[a-z]+)+|--[a-z]+)=?/g } grep { /\bconfigure\b.* --|^\s*--with/ } @lines;
  ok %used > 1, "$name: configure is given options";
  like $options, qr/^  (?:--[a-z-]+, )?\Q$_\E\b/m, "$name: configure has $_" for sort keys %used;
}

# The column of Alpine in package/needs, without the compiler, which every Alpine recipe has.
my %made = map { $_ => 1 } map { split ' ' } $alpine =~ /^(?:make)?depends="(.*)"$/mg;
for (grep { /^run\s/ } split /\n/, get_file(source_file('package/needs')))
{
  my $packages = (split)[3];
  ok $made{$_}, "Alpine: $_ is asked for" for grep { !/^(?:gcc|musl-dev|make)$/ } split /,/, $packages;
}

is run('/bin/sh', '-n', source_file('packaging/alpine/APKBUILD'))->{code}, 0, 'Alpine: the shell reads it';
SKIP:
{
  skip 'nix-instantiate is not installed', 1 unless tool('nix-instantiate');
  is run('nix-instantiate', '--parse', source_file('packaging/nix/default.nix'))->{code}, 0, 'Nix: nix reads it';
}

done_testing;
