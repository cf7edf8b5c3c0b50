#!/bin/sh
# usage: check-twins.sh PREFIX ARCHIVE...
# The archives, twins of each other, must offer the same PREFIX_* functions.

prefix=$1
shift

names() { nm -g "$1" 2> /dev/null | sed -n 's/^[0-9a-fA-F]* [TDBRW] \('"$prefix"'_.*\)$/\1/p' | sort -u; }

first=$1
wanted=$(names "$first")
test -n "$wanted" || { echo "$first defines no ${prefix}_ function" >&2; exit 1; }
for twin; do
  if test "$(names "$twin")" != "$wanted"; then
    echo "these do not offer the same functions:" "$first" "$twin" >&2
    { echo "$wanted"; names "$twin"; } | sort | uniq -u >&2
    exit 1
  fi
done
