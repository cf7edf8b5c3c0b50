#!/bin/sh
# Compares the pages with the programs: every program has a page and every page of section 1 a program, the OPTIONS
# items of a page are what --help lists, in the same order, and mandoc has nothing to complain about. Then it lists
# the sentences that no test quotes, which is no error.
# usage: tools/check-pages.sh SOURCE BINDIR PAGES

test $# = 3 || { echo 'check-pages: usage: tools/check-pages.sh SOURCE BINDIR PAGES' >&2; exit 100; }
source=$1
bindir=$2
pages=$3
failed=0
work=$(mktemp -d) || exit 111
trap 'rm -rf "$work"' EXIT

complain()
{
  echo "check-pages: $*" >&2
  failed=1
}

programs()
{
  sed -n 's,^ *[a-z]*/\([a-z0-9-]*\) *\\*$,\1,p' "$source/package/targets.mak" | sort
}

# The TLS programs are built only where OpenSSL is.
is_left_out()
{
  test ! -e "$bindir/${SALLYPORT_PROGRAM_PREFIX}$1" && \
    sed -n '/^TLS_PROGRAMS/,/^$/p' "$source/package/targets.mak" | grep -q "/$1 "
}

# One line for each option: letter or -, long name, argument or -.
options_of_program()
{
  "$bindir/${SALLYPORT_PROGRAM_PREFIX}$1" --help | awk '
    /^  (-.,|   ) --/ {
      letter = substr($0, 3, 1) == "-" ? substr($0, 4, 1) : "-"
      split(substr($0, 9), words, /[ \t]/)
      n = split(words[1], parts, "=")
      argument = n > 1 ? tolower(parts[2]) : "-"
      print letter, parts[1], argument
    }'
}

# A short form and a long one must name the same argument.
options_of_page()
{
  awk '
    /^\.Sh / { inside = $2 == "OPTIONS" }
    inside && /^\.It Fl / {
      letter = "-"; name = ""; argument = ""; other = ""
      # What an argument is made of, as in "Ar uid : Ns Ar gid", runs to the comma.
      for (i = 2; i <= NF; i++) {
        if ($i == "Fl") {
          if ($(i + 1) ~ /^-/) name = substr($(i + 1), 2); else letter = $(i + 1)
          i++
        }
        else if ($i ~ /^(Ar|Ns|=|,)$/) continue
        else if (name == "") other = other $i
        else argument = argument $i
      }
      if (argument == "") argument = "-"
      if (other == "") other = "-"
      if (letter != "-" && other != argument) argument = argument "/" other
      print letter, name, argument
    }' "$1"
}

programs > "$work/programs"
test -s "$work/programs" || complain 'no programs in package/targets.mak'
while read -r program; do
  page=$pages/$program.1
  test -f "$page" || { complain "$program has no page"; continue; }
  is_left_out "$program" && continue
  options_of_program "$program" > "$work/help"
  options_of_page "$page" > "$work/page"
  test -s "$work/help" || complain "$program --help lists no options"
  diff "$work/help" "$work/page" > "$work/diff" || complain "$program: --help (<) and the page (>) disagree: $(cat "$work/diff")"
done < "$work/programs"

for page in "$pages"/*.1; do
  program=${page##*/}
  grep -qx "${program%.1}" "$work/programs" || complain "$program is the page of no program"
done

if command -v mandoc > /dev/null; then
  mandoc -T lint -W warning "$pages"/*.[1-8] || complain 'mandoc complains about the pages'
  perl "$source/tools/unquoted-sentences" "$source" "$pages"
else
  echo 'check-pages: mandoc is not installed: the pages were not linted'
fi

exit $failed
