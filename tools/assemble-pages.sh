#!/bin/sh
# Copies the pages, with what a page has in common with others put in its place:
# - A line
#     .\" @include NAME [WORD=value]...
#   stands for doc/parts/NAME.mdoc, in which each @WORD@ is replaced by its value (an underscore in it is a blank). Parts may
#   include others.
# - .Os names the package and its version.
# - .Dd is the date of the last change of the page or of a part of it, from doc/dates (make dist puts that into the tarball)
#   or from git. Where there is neither, it stays as it is.
# - The line  .\" @contact  becomes what package/info has as the address for reports and as the place of the project.
# The copies are tested and rendered; tools/typeset-pages.sh makes the installed ones of them.
# usage: tools/assemble-pages.sh DIRECTORY-OF-SOURCES OUTPUT-DIRECTORY

from=$1 to=$2
here=${0%/*}
mkdir -p "$to" || exit 111
. "$from/../package/info" || exit 111

sh "$here/page-dates.sh" "$from" > "$to/.dates"

assemble()
{
  awk -v parts="$from/parts" -v dates="$to/.dates" -v os="$package $version" -v contact="$contact" -v url="$url" '
    function seen(file) {
      sub(/^.*\/doc\//, "", file)
      if (date[file] > newest) newest = date[file]
    }
    function include(words,    n, word, file, line, i, pair, name, value, found) {
      n = split(words, word, " ")
      file = parts "/" word[1] ".mdoc"
      found = 0
      seen("/doc/parts/" word[1] ".mdoc")
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
        out = out line "\n"
      }
      close(file)
      if (!found) { print FILENAME ": there is no " file > "/dev/stderr"; failed = 1 }
    }
    function in_words(day,    part) {
      split(day, part, "-")
      split("January February March April May June July August September October November December", month, " ")
      return month[part[2] + 0] " " (part[3] + 0) ", " part[1]
    }
    function print_line(line) { out = out line "\n" }
    function contacts() {
      if (contact == "") print_line("This package names no address for reports: its publisher has set no contact in package/info.")
      else print_line("The address for reports is " contact ".")
      if (url != "") print_line("The project is at " url ".")
    }
    BEGIN { while ((getline line < dates) > 0) { split(line, word, " "); date[word[2]] = word[1] } }
    NR == 1 { name = FILENAME; sub(/^.*\//, "", name); newest = date[name] }
    /^\.\\" ?@include / { sub(/^\.\\" ?@include /, ""); include($0); next }
    /^\.\\" ?@contact/ { contacts(); next }
    /^\.Dd / { written = $0; next }
    $1 == ".Os" { out = out ".Os " os "\n"; next }
    { out = out $0 "\n" }
    END { printf "%s\n%s", newest == "" ? written : ".Dd " in_words(newest), out; exit failed }' "$1"
}

for page in "$from"/*.[1-8]; do
  test -f "$page" || continue
  assemble "$page" > "$to/.new" || { rm -f "$to/.new"; echo "assemble-pages: fatal: unable to assemble $page" >&2; exit 111; }
  mv -f "$to/.new" "$to/${page##*/}" || exit 111
done
rm -f "$to/.dates"
for file in "$from"/*.css "$from"/*.svg "$from"/*.png "$from/groups"; do
  test ! -f "$file" || cp "$file" "$to/" || exit 111
done
for page in "$to"/*.[1-8]; do
  test ! -f "$page" || test -f "$from/${page##*/}" || rm -f "$page"
done
