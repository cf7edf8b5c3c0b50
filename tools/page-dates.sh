#!/bin/sh
# Prints the date of the last change of each page and each part of a page: "2026-11-21 parts/rates.mdoc". It is read from
# doc/dates in a tarball, and from git in a clone. Without both, it prints nothing.
# usage: tools/page-dates.sh DIRECTORY-OF-SOURCES

unset CDPATH  # cd would look there first, and print where it went
if test -f "$1/dates"; then
  exec cat "$1/dates"
fi
# Only a repository that has this very directory at its top knows the pages.
test "$(cd "$1/.." && git rev-parse --show-cdup 2> /dev/null || echo none)" = "" || exit 0
cd "$1/.." && git -c core.quotePath=false log --date=short --format='day %cd' --name-only -- doc 2> /dev/null | LC_ALL=C awk '
  /^day / { day = $2; next }
  sub(/^doc\//, "") && !($0 in done) { done[$0] = 1; print day, $0 }' | LC_ALL=C sort -k 2
exit 0
