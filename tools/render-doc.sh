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
<dl class="index">
EOF
  for section in 7 1 5 8; do
    for page in "$from"/*."$section"; do
      test ! -f "$page" || entry "$page"
    done
  done
  printf '</dl>\n</body>\n</html>\n'
} > "$to/index.html"

for page in "$from"/*.[1-8]; do
  test -f "$page" || continue
  name=${page##*/}
  mandoc -T html -O style=style.css,man=%N.html "$page" > "$to/${name%.*}.html"
done
for file in "$from"/*.css "$from"/*.svg "$from"/*.png; do
  test ! -f "$file" || cp "$file" "$to/"
done
echo "pages: $to/index.html"
