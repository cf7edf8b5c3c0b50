#!/bin/sh
# Installs or uninstalls everything: one list of files serves both. Started by make, in the build directory, with
# the directories of config.mak in the environment.
# usage: tools/install-all.sh install|uninstall

unset CDPATH  # cd would look there first, and print where it went
set -f
umask 022
here=${0%/*}
action=$1

names() { for program in $PROGRAMS; do echo "${program##*/}"; done; }

# Each line: what it is, where it comes from, where it goes.
list()
{
  for program in $PROGRAMS; do
    echo "program/${program##*/} bin/${program##*/} $bindir/$program_prefix${program##*/}"
  done
  for page in $(find "$srcdir/doc" -type f -name '*.[1-8]' 2> /dev/null | sort); do
    name=${page##*/}
    is_left_out "${name%.*}" || echo "page/$name doc/man/$name $mandir/man${name##*.}/$(prefix_of "${name%.*}")$name"
  done
  for file in README NEWS COPYING; do
    test ! -f "$srcdir/$file" || echo "document/$file $srcdir/$file $docdir/$file"
  done
  list_tree html doc/html "$docdir/html"
  test "$action" = install || list_generated
  list_tree completion completions/bash "$datadir/bash-completion/completions"
  list_tree completion completions/zsh "$datadir/zsh/site-functions"
  list_tree completion completions/fish "$datadir/fish/vendor_completions.d"
  list_tree example "$srcdir/examples" "$datadir/sallyport/examples"
}

# What make and make doc generate: it may have been cleaned away since it was installed.
list_generated()
{
  for program in $PROGRAMS; do
    name=$program_prefix${program##*/}
    echo "completion/$name - $datadir/bash-completion/completions/$name"
    echo "completion/_$name - $datadir/zsh/site-functions/_$name"
    echo "completion/$name.fish - $datadir/fish/vendor_completions.d/$name.fish"
  done
  for page in index style.css chain.svg $(find "$srcdir/doc" -type f -name '*.[1-8]' 2> /dev/null | sed 's,.*/,,; s,\.[1-8]$,,'); do
    case $page in *.css | *.svg) ;; *) page=$page.html ;; esac
    echo "html/$page - $docdir/html/$page"
  done
}

# A program that was not built is installed without its page, too.
is_left_out()
{
  for program in $TLS_PROGRAMS; do
    test "${program##*/}" != "$1" || case " $PROGRAMS " in *" $program "*) ;; *) return 0 ;; esac
  done
  return 1
}

prefix_of()
{
  for program in $PROGRAMS; do
    test "${program##*/}" != "$1" || printf %s "$program_prefix"
  done
}

list_tree()
{
  test ! -d "$2" || (cd "$2" && find . -type f ! -name '*~' ! -name '.*' | sort) | while read -r file; do
    echo "$1/${file#./} $2/${file#./} $3/${file#./}"
  done
}

# The mode of the first pattern in package/modes that fits.
mode_of()
{
  while read -r pattern mode owner; do
    case $pattern in ''|\#*) continue ;; esac
    case $1 in
      $pattern)
        if test "$mode" = like; then if test -x "$2"; then mode=0755; else mode=0644; fi; fi
        echo "$mode${owner:+:$owner}"
        return ;;
    esac
  done < "$srcdir/package/modes"
  echo "install: fatal: package/modes has no mode for $1" >&2
  return 1
}

install_files()
{
  while read -r what from to; do
    test -f "$from" || { echo "install: fatal: $from is not there" >&2; return 111; }
    mode=$(mode_of "$what" "$from") || return 111
    test -z "$V" || echo "install $mode $DESTDIR$to"
    sh "$here/install.sh" "$mode" "$from" "$DESTDIR$to" || return 111
  done
}

uninstall_files()
{
  while read -r what from to; do
    test -z "$V" || echo "remove $DESTDIR$to"
    rm -f "$DESTDIR$to" || return 111
  done
  # Only directories that are ours alone, and only what is empty.
  for directory in "$docdir" "$datadir/sallyport"; do
    test ! -d "$DESTDIR$directory" || find "$DESTDIR$directory" -depth -type d -exec rmdir {} + 2> /dev/null
  done
  return 0
}

case $action in
  install)
    list | install_files && echo "installed: programs in $DESTDIR$bindir" || exit
    test -n "$DESTDIR" || sh "$here/shadowed.sh" "$bindir" "$program_prefix" $(names) ;;
  uninstall) list | uninstall_files ;;
  *) echo "install-all: usage: install or uninstall, not $action" >&2; exit 100 ;;
esac
