#!/bin/sh
# Writes deps.mak to standard output: what each object, archive and program is made of.
# usage: tools/gen-deps.sh [SOURCE-DIRECTORY]

unset CDPATH  # cd would look there first, and print where it went
cd "${1:-.}" || exit 111
LC_ALL=C
export LC_ALL

programs=$(sed -n '/^[A-Z_]*PROGRAMS *:*=/,/^$/p' package/targets.mak | tr -d '\\' | sed 's/^[A-Z_]*PROGRAMS *:*=//')

for program in $programs; do
  for file in "src/$program.c" "src/${program%/*}/deps-exe/${program##*/}"; do
    test -f "$file" || { echo "gen-deps: fatal: package/targets.mak names $program, but $file is not there" >&2; exit 111; }
  done
done

echo '# Written by tools/gen-deps.sh'
echo

# Includes are followed to the end. A name is looked for beside the file, then in include-local; anything
# else in quotes is config.h or a mistake that the compiler reports.
awk '
  FNR == 1 { files[++count] = FILENAME; exists[FILENAME] = 1 }
  /^[ \t]*#[ \t]*include[ \t]*"/ {
    name = $0
    sub(/^[^"]*"/, "", name)
    sub(/".*/, "", name)
    includes[FILENAME] = includes[FILENAME] name "\n"
  }
  function follow(file,    names, n, i, beside, found) {
    n = split(includes[file], names, "\n")
    for (i = 1; i < n; i++) {
      beside = file
      sub(/[^\/]*$/, "", beside)
      if ((beside names[i]) in exists) found = beside names[i]
      else if (("src/include-local/" names[i]) in exists) found = "src/include-local/" names[i]
      else continue
      if (seen[found] == current) continue
      seen[found] = current
      line = line " $(srcdir)/" found
      follow(found)
    }
  }
  END {
    for (k = 1; k <= count; k++) {
      if (files[k] !~ /\.c$/) continue
      current = files[k]
      line = ""
      follow(current)
      object = current
      sub(/^src\//, "obj/", object)
      sub(/\.c$/, ".o", object)
      print object ": $(srcdir)/" current line
    }
  }
' $(find src -type f \( -name '*.c' -o -name '*.h' \) | sort) /dev/null
echo

libraries=$(find src -type d \( -name 'lib*' -o -name 'platform-*' \) | sed 's,.*/,,' | sort)
kept=
for library in $libraries; do
  objects=$(find "src/$library" -type f -name '*.c' | sort | sed 's,^src/\(.*\)\.c$, obj/\1.o,' | tr -d '\n')
  test -n "$objects" || continue
  kept="$kept $library"
  echo "lib/$library.a:$objects"
done
echo "LIBRARIES :=$kept"

for program in $programs; do
  folder=${program%/*} name=${program##*/} parts= libs=
  while read -r item; do
    case $item in
      ''|\#*) ;;
      */*.o) parts="$parts obj/$item" ;;
      *.o) parts="$parts obj/$folder/$item" ;;
      lib*.a) parts="$parts lib/$item" ;;
      -lskarnet) libs="$libs \$(SKALIBS_LIB)" ;;
      -lexecline) libs="$libs \$(EXECLINE_LIB)" ;;
      \$\{*\}) item=${item#??}; libs="$libs \$(${item%?})" ;;
      -l*) libs="$libs $item" ;;
      *) echo "gen-deps: fatal: src/$folder/deps-exe/$name: $item is of no known kind" >&2; exit 111 ;;
    esac
  done < "src/$folder/deps-exe/$name"
  echo
  echo "bin/$name: obj/$program.o$parts"
  test -z "$libs" || echo "bin/$name: LIBS :=$libs"
done
