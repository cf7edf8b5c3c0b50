#!/bin/sh
# Builds the variants named and runs the tests against each, all in one run of prove. Started by make in the build
# directory. The tests of tests/build look at the tree itself: they run once, with the default variant.
# usage: tools/check.sh [--stage] VARIANT...
# From the environment: TESTS, names of tests ("tcp/* unit/address_test"); V=1 to see each test; TIMER=1 how long each took;
# REPEAT=N to run them N times, and STOP=1 to end after the first time that failed.

unset CDPATH  # cd would look there first, and print where it went
here=$(cd "${0%/*}" && pwd)
source=$(cd "$srcdir" && pwd)
build=$PWD

stage_only=no
if test "$1" = --stage; then stage_only=yes; shift; fi

# Root tests what other users may do with the programs: a clone in root's own home is closed to them. Then all that
# another user starts or stands in goes to a directory that is open, for as long as the tests run: the programs, the
# programs that the tests compile, what quickstart has unpacked, and the directory where the tests run.
is_closed()
{
  directory=$build
  while test -n "$directory"; do
    case $(ls -ld "$directory" | cut -c 10) in x|t) ;; *) return 0 ;; esac
    directory=${directory%/*}
  done
  return 1
}

root=$build/check
if test "$stage_only" = no && test "$(id -u)" = 0 && is_closed; then
  root=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-check.XXXXXX") || exit 111
  trap 'rm -rf "$root"' 0
  trap 'exit 111' HUP INT TERM
  chmod 755 "$root"
  if test -d unpacked; then
    cp -R -p unpacked "$root" || exit 111
    PATH=$(printf '%s\n' "$PATH" | sed "s,$build/unpacked/,$root/unpacked/,g")
  fi
  echo "check: other users cannot enter $build: the programs go to $root"
fi

staged=
for variant; do
  echo "check: building the $variant variant"
  sh "$here/stage.sh" "$variant" "$root/$variant/root"
  case $? in
    0) staged="$staged $variant" ;;
    99) ;;
    *) echo "check: fatal: unable to build the $variant variant" >&2; exit 111 ;;
  esac
done
test "$stage_only" = no || exit 0
command -v prove > /dev/null || { echo "check: fatal: prove is not installed (Debian perl, Alpine perl-utils, Fedora perl-Test-Harness)" >&2; exit 111; }

wanted()
{
  test -n "$TESTS" || return 0
  for pattern in $TESTS; do
    pattern=${pattern#tests/} pattern=${pattern%.t}
    case $1 in $pattern) return 0 ;; esac
  done
  return 1
}

# What takes longest begins first, so that no single test is waited for at the end.
longest="build/deb tls/peers tls/closing build/quickstart build/install tls/bad-input build/shadow build/hardening build/openssl build/configure
  tls/s6-tlsserver examples/nodes linger/requests tcp/sessions proxy/vectors tls/renewal build/portability build/tree build/pages tcp/usage ipc/usage skd/usage
  faults/writing tls/certificates faults/errnos-parts tcp/s6-tcpserver-access-names faults/command-lines faults/upgrade faults/errnos build/oci"

longest_first()
{
  awk -v "longest=$(echo $longest)" '
    BEGIN { count = split(longest, name, " ") }
    { path = $0; sub(/^[^\/]*\//, "", path); sub(/\.t$/, "", path); script[NR] = $0; tests[path] = tests[path] " " NR }
    END {
      for (i = 1; i <= count; i++) {
        found = split(tests[name[i]], line, " ")
        for (n = 1; n <= found; n++) { print script[line[n]]; delete script[line[n]] }
      }
      for (i = 1; i <= NR; i++) if (i in script) print script[i]
    }'
}

# One small script per test and variant: prove then runs them all side by side, and shows the variant in the name.
# wrap VARIANT NAME COMMAND
wrap()
{
  wanted "$2" || return 0
  script=$1/$2.t
  mkdir -p "${script%/*}"
  cat > "$script" <<EOF
#!/bin/sh
SALLYPORT_SRC='$source' SALLYPORT_BUILD='$build/check/$1' SALLYPORT_BIN='$root/$1/root/bin' SALLYPORT_VARIANT=$1
SALLYPORT_HELPERS='$root/$1/helpers'
export SALLYPORT_SRC SALLYPORT_BUILD SALLYPORT_BIN SALLYPORT_VARIANT SALLYPORT_HELPERS
exec $3
EOF
  chmod 755 "$script"
  echo "$script"
}

wrap_variant()
{
  for file in $(cd "$source/tests" 2> /dev/null && find . -type f -name '*.t' ! -path './bench/*' | sort); do
    file=${file#./}
    case $1/$file in default/*|*/lib/*) ;; */build/*) continue ;; esac
    if test -x "$source/tests/$file"; then command="'$source/tests/$file'"; else command="perl '$source/tests/$file'"; fi
    wrap "$1" "${file%.t}" "$command"
  done
  for program in "$build/check/$1"/unit/*_test; do
    test -f "$source/tests/unit/${program##*/}.c" || continue
    wrap "$1" "unit/${program##*/}" "'$program'"
  done
}

set -f
rm -rf "$root/run" && mkdir -p "$root/run" && cd "$root/run" || exit 111
scripts=$(for variant in $staged; do set +f; wrap_variant "$variant"; set -f; done | longest_first)
if test -z "$scripts"; then
  echo "check: no tests${TESTS:+ match $TESTS}"
  test -z "$TESTS"; exit
fi

# A make started by a test is no part of this make.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES DESTDIR
unset srcdir bindir mandir docdir datadir program_prefix package version PROGRAMS TLS_PROGRAMS CONFIGURE_WORDS TESTS CC AR CPPFLAGS CFLAGS LDFLAGS LDLIBS
cores=$(getconf _NPROCESSORS_ONLN 2> /dev/null || echo 1)
jobs=$((3 * cores))
test "$jobs" -ge 4 || jobs=4
times=${REPEAT:-1} stop=$STOP result=0 round=0
unset REPEAT STOP
while test "$round" -lt "$times"; do
  round=$((round + 1))
  test "$times" = 1 || echo "check: time $round of $times"
  prove ${V:+-v} ${TIMER:+--timer} -j "$jobs" $scripts && continue
  result=1
  test -z "$stop" || break
done
exit "$result"
