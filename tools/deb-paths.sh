#!/bin/sh
# Makes the examples and pages of an installed tree name the paths of the Debian package. Scripts that run our programs by their
# plain names get BIN as the first directory of PATH: elsewhere in PATH may be programs of s6 with these names.
# usage: tools/deb-paths.sh ROOT BIN

unset CDPATH  # cd would look there first, and print where it went
root=$1 bin=$2
examples=$root/usr/share/sallyport/examples
ours=$(cd "$root$bin" && ls | paste -s -d '|' -)

# edit FILE SED-WORDS... keeps the mode.
edit()
{
  file=$1
  shift
  sed "$@" < "$file" > "$file.new" && cat "$file.new" > "$file" && rm -f "$file.new"
}

find "$examples" -type f | while read -r file; do
  read -r first < "$file"
  if grep -Eqv '^ *#' "$file" && grep -Ev '^ *#' "$file" | grep -Eqw -e "$ours"; then
    case $first in
      '#!/bin/sh') edit "$file" "1a\\
PATH=$bin:\$PATH export PATH" ;;
      '#!/bin/execlineb'*) edit "$file" "1a\\
importas -i path PATH export PATH $bin:\${path}" ;;
    esac
  fi
  case ${file#"$examples/"} in
    README) edit "$file" -e "s,(after ./quickstart they are in build/quickstart/root/bin),(the scripts put $bin first in it)," ;;
    systemd/*) edit "$file" -e "s,/usr/local/bin/s6,$bin/s6,g" -e "s,/usr/local/bin,$bin,g" -e s,/usr/local/share,/usr/share,g ;;
  esac
done

find "$root/usr/share/man" "$root/usr/share/doc" -type f | while read -r page; do
  case $page in
    *.gz) gzip -dc "$page" | sed s,/usr/local/share/sallyport,/usr/share/sallyport,g | gzip -9n > "$page.new" && mv -f "$page.new" "$page" ;;
    *.html) edit "$page" s,/usr/local/share/sallyport,/usr/share/sallyport,g ;;
  esac
done
