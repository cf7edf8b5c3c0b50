#!/usr/bin/perl
# The recipes in packaging/ say what package/info, configure and package/needs say.
use strict;
use warnings;
use lib "$ENV{SALLYPORT_SRC}/tests/lib";
use Sallyport;

my ($version) = get_file(source_file('package/info')) =~ /^version=(.*)$/m;
my $alpine = get_file(source_file('packaging/alpine/APKBUILD'));
my $nix = get_file(source_file('packaging/nix/default.nix'));

is +($alpine =~ /^pkgver=(.*)$/m)[0], $version, 'the Alpine recipe has the version of package/info';
is +($nix =~ /^  version = "(.*)";$/m)[0], $version, 'the Nix recipe has the version of package/info';

# The address for reports and the place of the project: an empty one is not made up.
my ($contact, $url) = map { my $name = $_; get_file(source_file('package/info')) =~ /^$name=(['"]?)(.*)\1$/m ? $2 : die } qw(contact url);
is +($alpine =~ /^# Maintainer:[ \t]*(.*)$/m)[0], $contact, 'the Alpine recipe has the contact of package/info';
is +($alpine =~ /^url="(.*)"$/m)[0], $url || 'https://example.org/sallyport', 'the Alpine recipe has the URL of package/info';
is +($nix =~ /^    homepage = "(.*)";$/m)[0] // '', $url, 'the Nix recipe has the URL of package/info';
my $deb = get_file(source_file('tools/deb.sh'));
like $deb, qr/DEB_MAINTAINER:=\$\{contact:-/, 'tools/deb.sh takes the contact of package/info';
like $deb, qr/^Priority: optional\$\{url:\+\nHomepage: \$url\}\n/m, 'tools/deb.sh takes the URL of package/info';

my $options = run('/bin/sh', source_file('configure'), '--help')->{out};
for my $recipe ([Alpine => $alpine], [Nix => $nix], [Debian => get_file(source_file('tools/deb.sh'))])
{
  my ($name, $text) = @$recipe;
  my @lines = grep { /^\s*[^#]*(?:configure|--with-\S+=)/ } split /\n/, $text =~ s/\\\n\s*/ /gr;
  my %used = map { $_ => 1 } map { /(?<![\w-])(--[a-z]+(?:-[a-z]+)+|--[a-z]+)=?/g } grep { /\bconfigure\b.* --|^\s*--with/ } @lines;
  ok %used > 1, "the $name recipe gives options to configure";
  like $options, qr/^  (?:--[a-z-]+, )?\Q$_\E\b/m, "the $name recipe gives $_ to configure, which has this option" for sort keys %used;
}

# The column of Alpine in package/needs, without the compiler, which every Alpine recipe has.
my %made = map { $_ => 1 } map { split ' ' } $alpine =~ /^(?:make)?depends="(.*)"$/mg;
for (grep { /^run\s/ } split /\n/, get_file(source_file('package/needs')))
{
  my $packages = (split)[3];
  ok $made{$_}, "the Alpine recipe depends on $_" for grep { !/^(?:gcc|musl-dev|make)$/ } split /,/, $packages;
}

is run('/bin/sh', '-n', source_file('packaging/alpine/APKBUILD'))->{code}, 0, 'sh finds no error of syntax in the Alpine recipe';
SKIP:
{
  skip 'nix-instantiate is not installed', 1 unless tool('nix-instantiate');
  is run('nix-instantiate', '--parse', source_file('packaging/nix/default.nix'))->{code}, 0,
    'nix-instantiate finds no error of syntax in the Nix recipe';
}

done_testing;
