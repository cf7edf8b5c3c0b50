#!/bin/sh
# Builds sallyport with musl, statically, and runs its tests: "make check-musl". musl-gcc is Debian's musl-tools;
# skalibs is built with it from the distribution's source package, which apt-get fetches without touching the
# system's own lists. Where something is missing this says what, and exits 111.
# usage: tools/musl-check.sh SOURCE-DIRECTORY SCRATCH-DIRECTORY
# From the environment: SKALIBS_SOURCE, an unpacked skalibs to use instead; TESTS, which tests to run.

source=$(cd "$1" && pwd) && mkdir -p "$2" && scratch=$(cd "$2" && pwd) || exit 111
: "${TESTS:=tcp/* ipc/* identity/* rules/* listen/* accept/* connect/* skd/* supervisors/* unit/*}"
cores=$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 1)

say() { echo "musl-check: $*"; }
die() { echo "musl-check: fatal: $*" >&2; exit 111; }

command -v musl-gcc > /dev/null || die "musl-gcc is not installed (Debian musl-tools)"

# apt with a list of sources of our own, all of its state in our directory. Nothing of the system changes, and no
# right is needed. Where the mirror of the system is not known, Debian's is.
fetch_skalibs()
{
  command -v apt-get > /dev/null || die "there is no apt-get to fetch skalibs with: unpack it yourself, and say where: SKALIBS_SOURCE=DIR"
  apt=$scratch/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  . /etc/os-release
  echo "deb-src [signed-by=/usr/share/keyrings/$ID-archive-keyring.gpg] ${MIRROR:-http://deb.debian.org/debian} $VERSION_CODENAME main" > "$apt/sources.list"
  set -- -q -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$apt/lists" \
    -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=
  say "fetching the source of skalibs"
  apt-get "$@" update > "$apt/log" 2>&1 && (cd "$scratch" && apt-get "$@" --download-only source skalibs) >> "$apt/log" 2>&1
  set -- "$scratch"/skalibs_*.orig.tar.*
  test -f "$1" || { cat "$apt/log" >&2; die "unable to fetch the source of skalibs: unpack it yourself, and say where: SKALIBS_SOURCE=DIR"; }
  mkdir -p "$scratch/skalibs" && tar -x -f "$1" -C "$scratch/skalibs" --strip-components=1 || die "unable to unpack $1"
}

build_skalibs()
{
  if test -n "$SKALIBS_SOURCE"; then
    rm -rf "$scratch/skalibs"
    cp -R "$SKALIBS_SOURCE" "$scratch/skalibs" || exit 111
    (cd "$scratch/skalibs" && make distclean) > /dev/null 2>&1
  else
    fetch_skalibs
  fi
  say "building skalibs"
  (cd "$scratch/skalibs" && CC=musl-gcc ./configure --disable-shared "--prefix=$scratch/root" && make "-j$cores" && make install) \
    > "$scratch/skalibs.log" 2>&1 || { tail -n 20 "$scratch/skalibs.log" >&2; die "unable to build skalibs"; }
}

# musl-gcc sees no header of the system. Those of the kernel are the same for every libc, and of execline only the
# directories of its programs are wanted.
link_headers()
{
  multiarch=$(cc -print-multiarch 2> /dev/null)
  for name in linux asm asm-generic execline; do
    for directory in "/usr/include/$multiarch/$name" "/usr/include/$name"; do
      test ! -d "$directory" || { ln -sfn "$directory" "$scratch/root/include/$name"; break; }
    done
    test -e "$scratch/root/include/$name" || die "there are no headers $name/*.h (Debian linux-libc-dev, libexecline-dev)"
  done
}

test -f "$scratch/root/lib/skalibs/libskarnet.a" || build_skalibs
link_headers
mkdir -p "$scratch/build" && cd "$scratch/build" || exit 111
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CFLAGS CPPFLAGS LDFLAGS LDLIBS CONFIGURE_WORDS srcdir
"$source/configure" CC=musl-gcc --enable-static-libc --disable-dns "--with-include=$scratch/root/include" "--with-lib=$scratch/root/lib" \
  > configure.out || exit 111
exec make -s check "TESTS=$TESTS"
