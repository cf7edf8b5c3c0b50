#!/bin/sh
# Renders the pages to HTML, with an index made from their NAME lines.
# usage: tools/render-doc.sh DIRECTORY-OF-PAGES OUTPUT-DIRECTORY

set -e
from=$1 to=$2
command -v mandoc > /dev/null || { echo "make doc: fatal: mandoc is not installed" >&2; exit 111; }
mkdir -p "$to"

entry()
{
  name=${1##*/}
  about=$(sed -n 's/^\.Nd //p' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' | head -n 1)
  echo "<dt><a href=\"${name%.*}.html\">${name%.*}</a>(${name##*.})</dt><dd>$about</dd>"
}

# list HEADING PAGE...
list()
{
  printf '<h2>%s</h2>\n<dl class="index">\n' "$1"
  shift
  for page; do
    test ! -f "$page" || entry "$page"
  done
  echo '</dl>'
}

{
  cat <<'EOF'
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="style.css" type="text/css" media="all">
<title>sallyport</title>
</head>
<body>
<h1>sallyport</h1>
<p>Tiny programs in a row that put a service on a socket. Begin with the <a href="sallyport-tutorial.html">tutorial</a>
or the <a href="sallyport.html">overview</a>.</p>
<p><img src="chain.svg" alt="the chain of a TCP server"></p>
EOF
  list 'First' "$from/sallyport-tutorial.7" "$from/sallyport.7"
  list 'More to read' $(ls "$from"/*.7 | grep -Ev '/sallyport(-tutorial|-from-.*)?\.7$')
  list 'Coming from another toolset' "$from"/sallyport-from-*.7
  list 'Programs' "$from"/*.[1-6] "$from"/*.8
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
  mandoc -T html -O style=style.css,man=%N.html "$page" | with_picture > "$to/page.tmp"
  only_links_to_ours "$names" < "$to/page.tmp" > "$to/${name%.*}.html"
done
rm -f "$to/page.tmp"
for file in "$from"/*.css "$from"/*.svg "$from"/*.png; do
  test ! -f "$file" || cp "$file" "$to/"
done
echo "pages: $to/index.html"
