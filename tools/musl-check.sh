#!/bin/sh
# Builds sallyport with musl, statically, and runs its tests: "make check-musl". musl is built from Debian's newest stable
# source package, because musl 1.2.5 changed what programs like ours feel, and skalibs from the distribution's. apt-get
# fetches both without touching the system's own lists. Where something is missing this names it, and exits 111.
# usage: tools/musl-check.sh SOURCE-DIRECTORY SCRATCH-DIRECTORY
# From the environment: MUSL_SOURCE, an unpacked musl to use instead, or "system" for the musl-gcc that is installed;
# SKALIBS_SOURCE, an unpacked skalibs; TESTS, which tests to run.

unset CDPATH  # cd would look there first, and print where it went
source=$(cd "$1" && pwd) && mkdir -p "$2" && scratch=$(cd "$2" && pwd) || exit 111
: "${TESTS:=tcp/* ipc/* identity/* rules/* listen/* accept/* connect/* skd/* supervisors/* unit/*}"
cores=$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 1)

say() { echo "musl-check: $*"; }
die() { echo "musl-check: fatal: $*" >&2; exit 111; }

# fetch NAME KEYRING MIRROR SUITE: NAME's source into $scratch/NAME. apt gets a list of sources of our own, and all of its state
# in our directory: nothing of the system changes, and no right is needed.
fetch()
{
  command -v apt-get > /dev/null || die "there is no apt-get to fetch $1 with: unpack it yourself, and give its place: $variable=DIR"
  apt=$scratch/apt.$1
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$scratch/$1"
  echo "deb-src [signed-by=/usr/share/keyrings/$2] $3 $4 main" > "$apt/sources.list"
  name=$1
  set -- -q -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$apt/lists" \
    -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=
  say "fetching the source of $name"
  apt-get "$@" update > "$apt/log" 2>&1 && (cd "$scratch" && apt-get "$@" --download-only source "$name") >> "$apt/log" 2>&1
  set -- "$scratch/$name"_*.orig.tar.?z*
  test -f "$1" || { cat "$apt/log" >&2; die "unable to fetch the source of $name: unpack it yourself, and give its place: $variable=DIR"; }
  tar -x -f "$1" -C "$scratch/$name" --strip-components=1 || die "unable to unpack $1"
}

# take NAME DIRECTORY: an unpacked source of the user, copied.
take()
{
  rm -rf "${scratch:?}/$1"
  cp -R "$2" "$scratch/$1" || exit 111
  (cd "$scratch/$1" && make distclean) > /dev/null 2>&1
}

# build NAME OPTIONS OF CONFIGURE... Each has a root of its own: a directory that we name by -I would no longer be one of the system's.
build()
{
  name=$1
  shift
  say "building $name"
  (cd "$scratch/$name" && ./configure "--prefix=$scratch/root.$name" "$@" && make "-j$cores" && make install) > "$scratch/$name.log" 2>&1 \
    || { tail -n 20 "$scratch/$name.log" >&2; die "unable to build $name"; }
}

build_musl()
{
  variable=MUSL_SOURCE
  if test -n "$MUSL_SOURCE"; then take musl "$MUSL_SOURCE"
  else fetch musl debian-archive-keyring.gpg http://deb.debian.org/debian trixie
  fi
  build musl --disable-shared --enable-wrapper=gcc
}

build_skalibs()
{
  variable=SKALIBS_SOURCE
  . /etc/os-release
  if test -n "$SKALIBS_SOURCE"; then take skalibs "$SKALIBS_SOURCE"
  else fetch skalibs "$ID-archive-keyring.gpg" "${MIRROR:-http://deb.debian.org/debian}" "$VERSION_CODENAME"
  fi
  build skalibs --disable-shared "CC=$musl_gcc"
}

if test "$MUSL_SOURCE" = system; then
  musl_gcc=$(command -v musl-gcc) || die "musl-gcc is not installed (Debian musl-tools)"
else
  musl_gcc=$scratch/root.musl/bin/musl-gcc
  test -x "$musl_gcc" || build_musl
  say "musl $(cat "$scratch/musl/VERSION")"
fi

# musl-gcc sees no header of the system. Those of the kernel are the same for every libc, and of execline only the
# directories of its programs are wanted.
link_headers()
{
  multiarch=$(cc -print-multiarch 2> /dev/null)
  for name in linux asm asm-generic execline; do
    for directory in "/usr/include/$multiarch/$name" "/usr/include/$name"; do
      test ! -d "$directory" || { ln -sfn "$directory" "$scratch/root.skalibs/include/$name"; break; }
    done
    test -e "$scratch/root.skalibs/include/$name" || die "there are no headers $name/*.h (Debian linux-libc-dev, libexecline-dev)"
  done
}

test -f "$scratch/root.skalibs/lib/skalibs/libskarnet.a" || build_skalibs
link_headers
mkdir -p "$scratch/build" && cd "$scratch/build" || exit 111
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CFLAGS CPPFLAGS LDFLAGS LDLIBS CONFIGURE_WORDS srcdir
"$source/configure" "CC=$musl_gcc" --enable-static-libc --disable-dns "--with-include=$scratch/root.skalibs/include" "--with-lib=$scratch/root.skalibs/lib" \
  > configure.out || exit 111
exec make -s check "TESTS=$TESTS"
