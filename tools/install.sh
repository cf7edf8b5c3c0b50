#!/bin/sh
# Installs one file: a complete one takes the place of the old one at once, or nothing changes.
# usage: tools/install.sh MODE[:OWNER[:GROUP]] SOURCE DESTINATION

set -e
umask 022
mode=${1%%:*} owner=
case $1 in *:*) owner=${1#*:} ;; esac
source=$2 destination=$3
case $destination in */*) mkdir -p "${destination%/*}" ;; esac
test ! -d "$destination" || { echo "install: fatal: $destination is a directory" >&2; exit 111; }
new=${destination%/*}/.install.$$.${destination##*/}
trap 'rm -f "$new"' 0
trap 'exit 111' HUP INT TERM
cp "$source" "$new"
test -z "$owner" || chown "$owner" "$new"
chmod "$mode" "$new"
mv -f "$new" "$destination"
