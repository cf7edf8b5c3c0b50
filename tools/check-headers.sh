#!/bin/sh
# Each header must compile alone. Started by make in the build directory, with COMPILE in the environment.

status=0
for header in $(find "$srcdir/src" -type f -name '*.h' | sort); do
  case $header in
    */platform-linux/*) case " $platform_twins " in *" linux "*) ;; *) continue ;; esac ;;
    */libdns-cares/*) case " $dns_twins " in *" cares "*) ;; *) continue ;; esac ;;
    */libtls-*) test -z "$without_tls" || continue ;;
  esac
  # The dummy keeps -pedantic compilers from minding an empty file.
  echo "typedef int nothing;" | $COMPILE -Werror -fsyntax-only -include "$header" -x c - || { echo "$header does not compile alone" >&2; status=1; }
done
exit $status
