#!/bin/sh
# Names the programs of this tree that would come before others of the same name in PATH, once they are in BINDIR, and
# how to avoid it. Prints nothing if there is none. Used by configure and by make install.
# usage: tools/shadowed.sh BINDIR PREFIX PROGRAM...

bindir=$1 prefix=$2
shift 2

# The first file of that name in a folder of PATH after BINDIR. BINDIR itself does not count.
find_later()
{
  name=$1 seen=no
  set -f
  IFS=:
  for folder in $PATH; do
    if test "$folder" = "$bindir"; then seen=yes; continue; fi
    test "$seen" = yes && test -f "$folder/$name" && test -x "$folder/$name" || continue
    test "$folder/$name" -ef "$bindir/$name" && continue
    echo "$folder"
    return
  done
}

names= folders=
for program; do
  folder=$(find_later "$prefix$program")
  test -n "$folder" || continue
  names="$names $prefix$program"
  case "$folders " in *" $folder "*) ;; *) folders="$folders $folder" ;; esac
done
test -n "$names" || exit 0
echo "These programs come before others of the same name, in$folders:"
echo "$names" | fold -s -w 76 | sed 's/^ */  /; s/ *$//'
echo "Scripts that run them by name will run these. To keep both: configure with --program-prefix=P, or make deb."
