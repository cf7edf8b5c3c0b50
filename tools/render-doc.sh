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
<p><img src="chain.svg" alt="the chain of a TCP server" style="max-width: 100%; width: 24rem"></p>
<dl class="index">
EOF
  for section in 7 1 5 8; do
    for page in "$from"/*."$section"; do
      test ! -f "$page" || entry "$page"
    done
  done
  printf '</dl>\n</body>\n</html>\n'
} > "$to/index.html"

# Pages of other packages are not here: their names stay, without a link.
only_links_to_ours()
{
  awk -v to="$1" '
    BEGIN { while ((getline name < to) > 0) ours[name ".html"] = 1 }
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
  mandoc -T html -O style=style.css,man=%N.html "$page" > "$to/page.tmp"
  only_links_to_ours "$names" < "$to/page.tmp" > "$to/${name%.*}.html"
done
rm -f "$to/page.tmp"
for file in "$from"/*.css "$from"/*.svg "$from"/*.png; do
  test ! -f "$file" || cp "$file" "$to/"
done
echo "pages: $to/index.html"
