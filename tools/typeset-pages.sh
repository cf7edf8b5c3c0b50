#!/bin/sh
# Makes the pages that are installed from the assembled ones. They differ in what groff and mandoc make of a character:
# - A hyphen, quote, accent or tilde in an example or in a name that is typed must stay the ASCII character that it is. groff
#   may print another one that looks alike, and may break a line after a hyphen. groff_char(7) has the escapes.
# - groff breaks a long line of .Dl where it likes; a literal display stays as it is.
# - A table of two columns becomes a list with tags: the first cell may then be wider than its column, and man breaks lines
#   of the second one where it should.
# - Quotes are ASCII, and words are not hyphenated: what is copied or searched for is what is written, and a line of 80 columns
#   has 80 bytes, which matters to a reader that counts them.
# usage: tools/typeset-pages.sh DIRECTORY-OF-PAGES OUTPUT-DIRECTORY

from=$1 to=$2
mkdir -p "$to" || exit 111

typeset_page()
{
  LC_ALL=C awk '
    function literal(text) {
      gsub(/\\-/, "-", text)
      gsub(/-/, "\\-", text)
      gsub(/\047/, "\\(aq", text)
      gsub(/`/, "\\(ga", text)
      gsub(/\^/, "\\(ha", text)
      gsub(/~/, "\\(ti", text)
      return text
    }
    function is_name(word) {
      gsub(/\\-/, "-", word)
      return word ~ /^[("]*((s6|tcp|udp|local|netlink|proxy)-[a-z]|--?[A-Za-z0-9])/
    }
    # Names of programs and options, and the words after a macro for what is typed, up to the next macro for something else.
    function typed(line,    n, word, i, typing, out) {
      n = split(line, word, " ")
      out = ""
      typing = 0
      for (i = 1; i <= n; i++) {
        if (word[i] ~ /^\.?Ql$/) { sub(/Ql/, "Qq Li", word[i]); typing = 1 }
        else if (word[i] ~ /^\.?Dq$/) { sub(/Dq/, "Qq", word[i]); typing = 0 }
        else if (word[i] ~ /^\.?(Fl|Cm|Ic|Li|Pa|Ev|Xr|Nm|Ar)$/) typing = 1
        else if (word[i] ~ /^\.?(No|Em|Sy|Op|Oo|Oc|Sq|Pq|Ta|Pf)$/) typing = 0
        else if (typing || is_name(word[i])) word[i] = literal(word[i])
        out = out (i > 1 ? " " : "") word[i]
      }
      return out
    }
    /^\.Bd -literal/ { in_example = 1; print; next }
    in_example && !/^\.Ed/ { print literal($0); next }
    /^\.Ed/ { in_example = 0; print; next }
    /^\.Dl / { printf ".Bd -literal -offset indent -compact\n%s\n.Ed\n", literal(substr($0, 5)); next }
    /^\.Bl -column "[^"]*" "[^"]*"$/ {
      match($0, /"[^"]*"/)
      print ".na"
      print ".Bl -tag -compact -width " substr($0, RSTART, RLENGTH)
      in_table = 1
      next
    }
    /^\.El/ && in_table { in_table = 0; print; print ".ad"; next }
    in_table && /^\.It .* Ta / {
      at = index($0, " Ta ")
      print typed(substr($0, 1, at - 1))
      rest = substr($0, at + 4)
      print typed((rest ~ /^[A-Z][a-z] / ? "." : ".No ") rest)
      next
    }
    /^\.Os/ { print; print ".hlm 0"; next }
    /^\.(Sh|Bl|Bd|Dt|Dd)/ { print; next }
    /^\./ { print typed($0); next }
    { print typed($0) }' "$1"
}

for page in "$from"/*.[1-8]; do
  test -f "$page" || continue
  typeset_page "$page" > "$to/.new" && mv -f "$to/.new" "$to/${page##*/}" || { echo "typeset-pages: fatal: unable to typeset $page" >&2; exit 111; }
done
for page in "$to"/*.[1-8]; do
  test ! -f "$page" || test -f "$from/${page##*/}" || rm -f "$page"
done
