#!/bin/sh
# Makes PACKAGE-VERSION.tar.gz in the current directory: the same bytes for the same commit, wherever and whenever.
# Without git (in an unpacked tarball) the files get the date of package/info.
# usage: tools/dist.sh SOURCE-DIRECTORY

unset CDPATH  # cd would look there first, and print where it went
here=$PWD
cd "$1" || exit 111
. ./package/info || exit 111
name=$package-$version
out=$here/$name.tar.gz

with_git()
{
  test -z "$(git status --porcelain --untracked-files=no)" || echo "make dist: warning: changes that are not committed are left out" >&2
  # The tarball has no history: the dates of the pages go with it.
  scratch=$(mktemp -d) || return 1
  sh tools/page-dates.sh doc > "$scratch/dates"
  git -c core.autocrlf=false archive --format=tar --prefix="$name/doc/" --add-file="$scratch/dates" --prefix="$name/" HEAD
  status=$?
  rm -rf "$scratch"
  return $status
}

with_tar()
{
  find . -type f ! -name '*.tar.gz' ! -name '*~' ! -name '*.o' ! -name '*.a' | sed 's,^\./,,' |
    grep -Ev '^(obj|lib|bin|unit|check|bench|fuzz|build|doc/html|doc/pages|doc/man)/|^config\.(mak|h|log)$|\.new$' | LC_ALL=C sort |
    tar -c --format=ustar --mtime="$1" --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
      --transform="s,^,$name/," --no-recursion -T -
}

tarball()
{
  if test "$(git rev-parse --show-cdup 2> /dev/null || echo no)" = ""; then
    with_git
  elif tar --version 2> /dev/null | grep -q 'GNU tar'; then
    with_tar "@${SOURCE_DATE_EPOCH:-$(date -r package/info +%s)}"
  else
    echo "make dist: fatal: git or GNU tar is needed" >&2
    return 1
  fi
}

rm -f "$out.new"
{ tarball || echo failed > "$out.failed"; } | gzip -9n > "$out.new" || echo failed > "$out.failed"
if test -f "$out.failed"; then
  rm -f "$out.failed" "$out.new"
  exit 111
fi
mv -f "$out.new" "$out" && echo "made: $out"
