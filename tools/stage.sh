#!/bin/sh
# Configures and builds one variant in check/VARIANT of the build directory and installs it, for the tests.
# Started by check.sh, which gets its environment from make. A second run does only what has changed.
# usage: tools/stage.sh VARIANT PREFIX

unset CDPATH  # cd would look there first, and print where it went
variant=$1 prefix=$2
build=$PWD
case $srcdir in /*) source=$srcdir ;; *) source=$(cd "$srcdir" && pwd) ;; esac
directory=$build/check/$variant
mkdir -p "$directory" && cd "$directory" || exit 111

# The last word counts: these undo whatever would put the programs elsewhere.
eval "set -- $CONFIGURE_WORDS"
set -- "$@" "--prefix=$prefix" --exec-prefix= --bindir= --libexecdir= --libdir= --sysconfdir= --datadir= --mandir= \
  --docdir= --program-prefix= --enable-absolute-paths

case $variant in
  default) ;;
  portable) set -- "$@" --disable-linux --disable-dns --disable-tls ;;
  sanitize)
    flags="-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"
    $configured_CC -c -o options.o "$source/tools/sanitizer-options.c" || exit 111
    if ! $configured_CC $flags options.o -x c - -o trial 2> trial.log <<EOF
int main(void) { return 0; }
EOF
    then
      echo "check: $configured_CC has no sanitizers: that variant is left out" >&2
      exit 99
    fi
    set -- "$@" --disable-fast-launch --disable-sandbox "CFLAGS=$configured_CFLAGS $flags" "LDFLAGS=$configured_LDFLAGS $directory/options.o" ;;
  coverage)
    flags="-g -O0 --coverage -fprofile-update=atomic"
    $configured_CC -c -o options.o "$source/tools/coverage-exit.c" || exit 111
    set -- "$@" --disable-sandbox "CFLAGS=$configured_CFLAGS $flags" "LDFLAGS=$configured_LDFLAGS $directory/options.o --coverage" ;;
  *) echo "check: usage: no variant $variant" >&2; exit 100 ;;
esac

cores=$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 1)
case " $MAKEFLAGS" in *jobserver*|*\ -j*) jobs= ;; *) jobs=-j$cores ;; esac

unset srcdir bindir mandir docdir datadir program_prefix package version PROGRAMS TLS_PROGRAMS CONFIGURE_WORDS DESTDIR
unset CC AR CPPFLAGS CFLAGS LDFLAGS LDLIBS

# The words are kept as they were given: only other words, or another configure, ask again.
for word; do printf '%s\n' "$word"; done > words.new
if cmp -s words.new words && test -f config.mak && test config.mak -nt "$source/configure"; then
  rm -f words.new
else
  sh "$source/configure" "$@" > configure.log 2>&1 || { cat configure.log >&2; exit 111; }
  mv -f words.new words
fi

if test -n "$V"; then exec $MAKE $jobs WERROR=-Werror install unit; fi
$MAKE -s $jobs WERROR=-Werror install unit > make.log 2>&1 || { cat make.log >&2; exit 111; }
