#!/bin/sh
# Runs ./quickstart check in bare systems: releases of Debian that mmdebstrap unpacks to the directory chroot of the build
# directory. They have what it takes to build, and perl; no /dev/pts, no /dev/log. It runs twice in each: as root from a clone
# in /root, which other users cannot enter, and as an ordinary user. Takes root. Started by make check-chroot.
# usage: tools/check-chroot.sh [RELEASE...]   [bookworm trixie sid]
# From the environment: TESTS, as for make check; FULL=1 lets quickstart install what the tests can use; MIRROR, where the
# packages are; MMDEBSTRAP, more options for mmdebstrap.

unset CDPATH  # cd would look there first, and print where it went
source=$(cd "${0%/*}/.." && pwd) || exit 111
chroots=$PWD/chroot
die() { echo "check-chroot: fatal: $*" >&2; exit 111; }
test "$(id -u)" = 0 || die "this takes root"
for program in mmdebstrap unshare git; do command -v "$program" > /dev/null || die "$program is not installed"; done
test $# != 0 || set -- bookworm trixie sid
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CC CFLAGS CPPFLAGS LDFLAGS LDLIBS

packages() { awk '$1 == "run" { print $3 }' "$source/package/needs" | sort -u | paste -s -d , -; }

# make_chroot RELEASE
make_chroot()
{
  test ! -f "$chroots/$1.made" || return 0
  echo "check-chroot: unpacking $1"
  rm -rf "${chroots:?}/$1" && mkdir -p "$chroots" || return 111
  mmdebstrap --variant=minbase --include="perl,$(packages)" $MMDEBSTRAP "$1" "$chroots/$1" "${MIRROR:-http://deb.debian.org/debian}" \
    > "$chroots/$1.log" 2>&1 || { tail -n 5 "$chroots/$1.log" >&2; return 111; }
  chmod 0700 "$chroots/$1/root"
  : > "$chroots/$1.made"
}

# A clone of what is committed. lay_out RELEASE USER DIRECTORY
lay_out()
{
  rm -rf "$chroots/$1$3" && mkdir -p "$chroots/$1$3" || return 111
  git -C "$source" archive HEAD | tar -x -C "$chroots/$1$3" || return 111
  chown -R "$2:$2" "$chroots/$1$3"
}

# check RELEASE USER DIRECTORY. The process ids are its own, so that nothing that it starts outlives it.
check()
{
  lay_out "$@" || die "unable to copy the tree to $chroots/$1$3"
  if test -n "$FULL" && test "$2" = 0; then install=; else install=--no-install; fi
  echo "check-chroot: $1, as user $2 in $3"
  unshare --mount --pid --fork /bin/sh -c '
    mount --make-rprivate / && mount -t proc proc "$1/proc" || exit 111
    exec chroot --userspec="$2:$2" "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$3" LC_ALL=C \
      /bin/sh -c "cd \"\$1\" && exec ./quickstart $4 check default \${2:+\"TESTS=\$2\"}" sh "$3" "$5"
  ' sh "$chroots/$1" "$2" "$3" "$install" "$TESTS" > "$chroots/$1.$2.out" 2>&1 < /dev/null
  code=$?
  grep -E '(skipped: |^Result|^  Failed|^All tests|^quickstart: (fatal|not here))' "$chroots/$1.$2.out"
  test "$code" = 0 || { echo "check-chroot: $1 failed: $chroots/$1.$2.out" >&2; failed=1; }
}

failed=0
for release; do
  make_chroot "$release" || { echo "check-chroot: $release is left out: it cannot be unpacked" >&2; failed=1; continue; }
  check "$release" 0 /root/sallyport
  check "$release" 1000 /home/sallyport
done
exit "$failed"
