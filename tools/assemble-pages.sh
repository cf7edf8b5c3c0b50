#!/bin/sh
# Copies the pages, with the text that several of them share put in its place. A line
#   .\" @include NAME [WORD=value]...
# stands for doc/parts/NAME.mdoc, in which each @WORD@ is replaced by its value (an underscore in it is a blank). Parts may
# include others. What is installed, tested and rendered are the copies.
# usage: tools/assemble-pages.sh DIRECTORY-OF-SOURCES OUTPUT-DIRECTORY

from=$1 to=$2
mkdir -p "$to" || exit 111

assemble()
{
  awk -v parts="$from/parts" '
    function include(words,    n, word, file, line, i, pair, name, value, found) {
      n = split(words, word, " ")
      file = parts "/" word[1] ".mdoc"
      found = 0
      while ((getline line < file) > 0) {
        found = 1
        if (line ~ /^\.\\" ?@include /) { sub(/^\.\\" ?@include /, "", line); include(line); continue }
        if (line ~ /^\.\\"/) continue
        for (i = 2; i <= n; i++) {
          split(word[i], pair, "=")
          name = "@" pair[1] "@"
          value = pair[2]
          gsub(/_/, " ", value)
          gsub(name, value, line)
        }
        if (line ~ /@[A-Z]+@/) { print FILENAME ": " file " needs a value for: " line > "/dev/stderr"; failed = 1 }
        print line
      }
      close(file)
      if (!found) { print FILENAME ": there is no " file > "/dev/stderr"; failed = 1 }
    }
    /^\.\\" ?@include / { sub(/^\.\\" ?@include /, ""); include($0); next }
    { print }
    END { exit failed }' "$1"
}

for page in "$from"/*.[1-8]; do
  test -f "$page" || continue
  assemble "$page" > "$to/.new" || { rm -f "$to/.new"; echo "assemble-pages: fatal: unable to assemble $page" >&2; exit 111; }
  mv -f "$to/.new" "$to/${page##*/}" || exit 111
done
for file in "$from"/*.css "$from"/*.svg "$from"/*.png; do
  test ! -f "$file" || cp "$file" "$to/" || exit 111
done
for page in "$to"/*.[1-8]; do
  test ! -f "$page" || test -f "$from/${page##*/}" || rm -f "$page"
done
