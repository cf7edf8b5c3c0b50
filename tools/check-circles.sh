#!/bin/sh
# usage: check-circles.sh SOURCE-DIRECTORY BUILD-DIRECTORY
# No file may need one that needs it, directly or in a circle: neither by what it calls (the symbols of the objects) nor
# by what its header includes. And libraries depend one way.

unset CDPATH  # cd would look there first, and print where it went
src=$1 build=$2 status=0
LC_ALL=C
export LC_ALL

# Lines "A B": object A needs a symbol that only B defines. Twins define the same; none of them calls upwards.
calls() {
  cd "$src/src" || exit 111
  for file in $(find . -name '*.c' | sed 's,^\./\(.*\)\.c$,\1,' | sort); do
    test -f "$build/obj/$file.o" || continue
    nm -g "$build/obj/$file.o" 2> /dev/null | awk -v o="$file" '
      $1 == "U" { print "needs", o, $2 }
      NF == 3 && $2 ~ /^[TDBRWVC]$/ { print "has", o, $3 }'
  done | awk '
    $1 == "has" && $3 != "main" { if ($3 in owner) twins[$3] = 1; owner[$3] = $2 }
    $1 == "needs" { from[++n] = $2; symbol[n] = $3 }
    END {
      for (i = 1; i <= n; i++)
        if (symbol[i] in owner && !(symbol[i] in twins) && owner[symbol[i]] != from[i]) print from[i], owner[symbol[i]]
    }' | sort -u
}

# Lines "A B": header A includes header B.
includes() {
  cd "$src/src" || exit 111
  for header in $(find . -name '*.h' | sed 's,^\./,,' | sort); do
    sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$header" | while read -r name; do
      if test -f "${header%/*}/$name"; then echo "$header ${header%/*}/$name"
      elif test -f "include-local/$name"; then echo "$header include-local/$name"
      fi
    done
  done
}

no_circle() {
  what=$1
  tsort > /dev/null 2> "$build/circles.out" && return
  echo "these need each other by what they $what:" >&2
  sed -n 's/^tsort: //p' "$build/circles.out" | grep -v 'contains a loop' >&2
  status=1
}

# The rank of a folder: it may need its own rank's files only in its own folder, and those of lower ranks.
one_way() {
  awk '
    function rank(file) {
      sub(/\/.*/, "", file)
      if (file == "libutil") return 1
      if (file ~ /^platform-/) return 2
      if (file ~ /^lib(rules|proxy|dns|tls|sandbox)/) return 3
      if (file == "libserver") return 4
      return 5
    }
    { a = $1; b = $2; sub(/\/.*/, "", a); sub(/\/.*/, "", b) }
    a != b && rank($1) <= rank($2) && !(rank($1) == 3 && rank($2) == 3) { print $1 " must not need " $2; bad = 1 }
    END { exit bad }'
}

calls > "$build/calls.out"
test -s "$build/calls.out" || { echo "check-circles: no objects in $build/obj" >&2; exit 1; }
no_circle call < "$build/calls.out"
one_way < "$build/calls.out" >&2 || status=1
includes > "$build/includes.out"
no_circle include < "$build/includes.out"
rm -f "$build/calls.out" "$build/includes.out" "$build/circles.out"
exit $status
