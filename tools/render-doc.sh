#!/bin/sh
# Renders the pages to HTML, with an index made from their NAME lines.
# usage: tools/render-doc.sh DIRECTORY-OF-PAGES OUTPUT-DIRECTORY

set -e
from=$1 to=$2
command -v mandoc > /dev/null || { echo "make doc: fatal: mandoc is not installed" >&2; exit 111; }
mkdir -p "$to"

# entry NAME: the line of that page for the index, and nothing if there is no such page.
entry()
{
  for page in "$from/$1".[1-8]; do
    test -f "$page" || continue
    about=$(sed -n 's/^\.Nd //p' "$page" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' | head -n 1)
    echo "<dt><a href=\"$1.html\">$1</a>(${page##*.})</dt><dd>$about</dd>"
  done
}

# The pages in the groups of doc/groups, then those that are in none.
index()
{
  groups=$from/groups
  test -f "$groups" || groups=/dev/null
  while read -r first rest; do
    case $first in
      '' | \#*) ;;
      =) test -z "$open" || echo '</dl>'
        printf '<h2>%s</h2>\n<dl class="index">\n' "$rest"
        open=yes ;;
      *) for name in $first $rest; do entry "$name"; done ;;
    esac
  done < "$groups"
  test -z "$open" || echo '</dl>'
  others=$(for page in "$from"/*.[1-8]; do
    name=${page##*/}
    name=${name%.*}
    tr ' ' '\n' < "$groups" | grep -qxF -e "$name" || entry "$name"
  done)
  test -z "$others" || printf '<h2>More pages</h2>\n<dl class="index">\n%s\n</dl>\n' "$others"
}

{
  cat <<'EOF'
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="style.css" type="text/css" media="all">
<title>sallyport: all pages</title>
</head>
<body>
<h1>sallyport</h1>
<p>Tiny programs in a row that put a service on a socket. Begin with the <a href="sallyport-tutorial.html">tutorial</a>
or the <a href="sallyport.html">overview</a>.</p>
<p><img src="chain.svg" alt="the chain of a TCP server"></p>
EOF
  open=
  index
  printf '</body>\n</html>\n'
} > "$to/index.html"

# The drawing of the chain is for terminals: here the picture takes its place.
with_picture()
{
  awk '
    / id="The_chain_of_a_TCP_server"/ { wanted = 1 }
    wanted && /^<div class="Bd / { print "<p><img src=\"chain.svg\" alt=\"the chain of a TCP server\"></p>"; wanted = 0; inside = 1 }
    !inside { print }
    inside && /<\/div>/ { inside = 0 }'
}

# The title names the project, and the headings of a page of several sections are listed before the text.
with_contents()
{
  sed -e 's,<html>,<html lang="en">,' -e "s,<title>.*</title>,<title>$1 - sallyport</title>," | awk '
    function item(level, line) {
      match(line, /id="[^"]*"/)
      id = substr(line, RSTART + 4, RLENGTH - 5)
      gsub(/<[^>]*>/, "", line)
      if (level == "1" && line ~ /^(NAME|SYNOPSIS)$/) return
      if (level == "1") contents = contents close_list "<li><a href=\"#" id "\">" line "</a>"
      else contents = contents (nested ? "</li>\n" : "\n<ul>\n") "<li><a href=\"#" id "\">" line "</a>"
      nested = level == "2"
      close_list = nested ? "</li>\n</ul></li>\n" : "</li>\n"
      items++
    }
    { text[++n] = $0 }
    /<h[12] class="S[hs]"/ { heading = ""; open = 1 }
    open { heading = heading (heading == "" ? "" : " ") $0 }
    open && /<\/h[12]>/ { open = 0; item(substr(heading, index(heading, "<h") + 2, 1), heading) }
    END {
      for (i = 1; i <= n; i++) {
        print text[i]
        if (text[i] == "<div class=\"manual-text\">" && items > 3) print "<nav class=\"toc\">\n<p>On this page</p>\n<ul>\n" contents close_list "</ul>\n</nav>"
      }
    }'
}

# Pages of other packages are not here: their names stay, without a link. Ours get a way back to the index.
only_links_to_ours()
{
  awk -v to="$1" '
    BEGIN { while ((getline name < to) > 0) ours[name ".html"] = 1 }
    /^<table class="head">/ { print "<p class=\"up\"><a href=\"index.html\">All pages</a></p>" }
    {
      rest = $0; line = ""
      while (match(rest, /<a class="Xr" href="[^"]*"[^>]*>[^<]*<\/a>/)) {
        link = substr(rest, RSTART, RLENGTH)
        split(link, part, "\"")
        if (!(part[4] in ours)) { gsub(/^<a[^>]*>|<\/a>$/, "", link) }
        line = line substr(rest, 1, RSTART - 1) link
        rest = substr(rest, RSTART + RLENGTH)
      }
      print line rest
    }'
}

names=$(mktemp)
trap 'rm -f "$names"' EXIT
for page in "$from"/*.[1-8]; do
  name=${page##*/}
  echo "${name%.*}"
done > "$names"

for page in "$from"/*.[1-8]; do
  test -f "$page" || continue
  name=${page##*/}
  mandoc -T html -O style=style.css,man=%N.html "$page" | with_contents "${name%.*}(${name##*.})" | with_picture > "$to/page.tmp"
  only_links_to_ours "$names" < "$to/page.tmp" > "$to/${name%.*}.html"
done
rm -f "$to/page.tmp"
for file in "$from"/*.css "$from"/*.svg "$from"/*.png; do
  test ! -f "$file" || cp "$file" "$to/"
done
echo "pages: $to/index.html"
