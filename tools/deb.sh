#!/bin/sh
# Builds a Debian package in the directory deb of the build directory, with dpkg-deb alone. The names of Debian's s6
# and s6-networking stay theirs: the programs are /usr/bin/sallyport-NAME, and /usr/lib/sallyport/bin/NAME links
# to them for scripts that put that directory first in PATH. Started by make deb.
# DEB_MAINTAINER="NAME <ADDRESS>" names the maintainer of the package: without it, it is the contact of package/info.
# usage: tools/deb.sh [configure option...]

unset CDPATH  # cd would look there first, and print where it went
here=$PWD
source=$(cd "${0%/*}/.." && pwd) || exit 111
. "$source/package/info" || exit 111
die() { echo "make deb: fatal: $*" >&2; exit 111; }
command -v dpkg-deb > /dev/null || die "dpkg-deb is not installed"
: "${DEB_MAINTAINER:=${contact:-The sallyport project <sallyport@localhost.localdomain>}}"
: "${SOURCE_DATE_EPOCH:=$(git -C "$source" log -1 --format=%ct 2> /dev/null || date -r "$source/package/info" +%s)}"
export SOURCE_DATE_EPOCH
umask 022

# What this make exports is about its own tree.
unset srcdir bindir mandir docdir datadir program_prefix package_name PROGRAMS TLS_PROGRAMS CONFIGURE_WORDS DESTDIR TESTS
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

build=$here/deb/build root=$here/deb/root
rm -rf "$root" && mkdir -p "$build" "$root/DEBIAN" || die "unable to create $root"
cd "$build" || exit 111
sh "$source/configure" --prefix=/usr --sysconfdir=/etc --libexecdir=/usr/lib/sallyport --program-prefix=sallyport- \
  "CFLAGS=-g0 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -ffile-prefix-map=$source=." \
  "LDFLAGS=-pie -Wl,-z,relro -Wl,-z,now" "$@" > configure.out 2>&1 || { cat configure.out >&2; exit 111; }
make -s install DESTDIR="$root" > make.out 2>&1 || { cat make.out >&2; die "unable to build"; }

# Pages and documents as Debian wants them.
cd "$root" || exit 111
doc=usr/share/doc/sallyport
for program in usr/bin/*; do
  name=${program#usr/bin/sallyport-}
  strip --strip-unneeded --remove-section=.comment --remove-section=.note "$program" || die "unable to strip $program"
  mkdir -p usr/lib/sallyport/bin
  ln -s "../../../bin/sallyport-$name" "usr/lib/sallyport/bin/$name"
done
mv "$doc/COPYING" "$doc/copyright"
cat > "$doc/changelog" <<END
sallyport ($version) unstable; urgency=medium

  * What is new is in NEWS.

 -- $DEB_MAINTAINER  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
END
gzip -9n "$doc/changelog"
mkdir -p usr/share/lintian/overrides
cat > usr/share/lintian/overrides/sallyport <<END
# Examples for execlineb of execline, which the package depends on, and for nft of nftables.
sallyport: unusual-interpreter /bin/execlineb *
sallyport: unusual-interpreter /usr/sbin/nft *
END
# The shells look for a completion by the name that was typed.
for program in usr/bin/*; do
  name=${program#usr/bin/sallyport-}
  ln -s "sallyport-$name" "usr/share/bash-completion/completions/$name"
  ln -s "sallyport-$name.fish" "usr/share/fish/vendor_completions.d/$name.fish"
done
mkdir -p usr/share/zsh/vendor-completions
mv usr/share/zsh/site-functions/* usr/share/zsh/vendor-completions/ && rmdir usr/share/zsh/site-functions
find usr/share/man -type f -exec gzip -9n {} +

libraries()
{
  for program in usr/bin/*; do objdump -p "$program" | sed -n 's/^ *NEEDED *//p'; done | LC_ALL=C sort -u
}

# dpkg-shlibdeps wants a whole source package; dpkg -S knows who owns what the loader finds.
depends()
{
  for library in $(libraries); do
    path=$(ldconfig -p | sed -n "s,^[[:space:]]*$library .*=> ,,p" | head -n 1)
    { dpkg -S "$path" || dpkg -S "$(readlink -f "$path")" || dpkg -S "*/$library"; } 2> /dev/null | head -n 1 |
      sed 's/[:,].*//'
  done | LC_ALL=C sort -u | while read -r name; do
    version=$(dpkg-query -W -f '${Version}\n' "$name" | head -n 1)
    echo "$name (>= ${version%-*})"
  done
  echo "execline"
}

cat > DEBIAN/control <<END
Package: sallyport
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: $DEB_MAINTAINER
Installed-Size: $(du -sk usr | cut -f 1)
Depends: $(depends | paste -s -d , | sed 's/,/, /g')
Section: net
Priority: optional${url:+
Homepage: $url}
Description: small UCSPI programs that serve sockets, one step each
 Each program does one thing to a socket - bind, shed privileges, accept,
 check, connect - and then executes the rest of its command line. They are
 meant for run scripts of service supervisors, and for the shell.
 .
 The programs are called sallyport-NAME; /usr/lib/sallyport/bin has them under
 their plain names, for scripts that have that directory first in PATH.
END

# The examples and the pages name the paths that this package has.
sh "$source/tools/deb-paths.sh" "$root" /usr/lib/sallyport/bin || die "unable to adapt the examples"

find usr -type f | LC_ALL=C sort | xargs md5sum > DEBIAN/md5sums
find . -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
deb=$here/sallyport_${version}_$(dpkg --print-architecture).deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$deb" > "$build/dpkg.out" 2>&1 || { cat "$build/dpkg.out" >&2; exit 111; }
echo "made: $deb"
