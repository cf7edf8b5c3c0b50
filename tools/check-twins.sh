#!/bin/sh
# The archives named (the twins of libfast) must offer the same fast_* functions.

names() { nm -g "$1" 2> /dev/null | sed -n 's/^[0-9a-fA-F]* [TDBRW] \(fast_.*\)$/\1/p' | sort -u; }

first=$1
wanted=$(names "$first")
test -n "$wanted" || { echo "$first defines no fast_ function" >&2; exit 1; }
for twin; do
  if test "$(names "$twin")" != "$wanted"; then
    echo "these do not offer the same functions:" "$first" "$twin" >&2
    { echo "$wanted"; names "$twin"; } | sort | uniq -u >&2
    exit 1
  fi
done
