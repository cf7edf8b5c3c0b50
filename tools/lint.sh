#!/bin/sh
# Has every source looked at by gcc -fanalyzer, cppcheck and clang-tidy. Accepted complaints are in
# package/lint-exceptions and .clang-tidy, each with its reason; anything else is a failure. A tool that is not installed
# is left out, in words. Started by make in the build directory; takes about a minute.
# usage: tools/lint.sh [FILE...]      files as src/FOLDER/NAME.c; all of them if none is given

unset CDPATH  # cd would look there first, and print where it went
source=$(cd "${srcdir:-.}" && pwd) || exit 111
build=$PWD
test -f "$build/config.h" || { echo "lint: fatal: $build is not configured: run ./configure there first" >&2; exit 111; }
cd "$source" || exit 111
test $# -gt 0 || set -- src/*/*.c
work=$(mktemp -d) || exit 111
trap 'rm -rf "$work"' 0
flags="-std=c99 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -iquote $build -iquote src/include-local -iquote src"

# One line for each complaint: file:line: words.
analyzer()
{
  for file; do
    "${LINT_GCC:-gcc}" $flags -Wall -Wextra -Wvla -Wshadow -Wno-unused-parameter -O1 -fanalyzer -c -o /dev/null "$file" 2>&1
  done | grep -E ': (warning|error): '
}

cppcheck_all()
{
  cppcheck -q --std=c99 --enable=warning,performance,portability --inline-suppr --template='{file}:{line}: {severity}: {message} [{id}]' \
    -D__x86_64__ -D_POSIX_C_SOURCE=200809L -I "$build" -I src/include-local -I src --suppress=missingIncludeSystem "$@" 2>&1 | grep -E '^src/'
}

tidy()
{
  clang-tidy -quiet "$@" -- $flags 2> /dev/null | grep -E ': (warning|error): ' | sed "s|$source/||; s|^[^ :]*/src/|src/|"
}

# Takes away what package/lint-exceptions allows to the tool.
filter()
{
  grep -E "^$1[[:space:]]" package/lint-exceptions | while read -r tool file what why; do printf '%s %s\n' "$file" "$what"; done > "$work/allowed"
  while read -r line; do
    allowed=no
    while read -r file what; do
      case $line in "$file":*"$what"*) allowed=yes ;; esac
    done < "$work/allowed"
    test $allowed = yes || printf '%s\n' "$line"
  done
}

result=0
# look NAME COMMAND FUNCTION FILE...
look()
{
  name=$1 command=$2 function=$3
  shift 3
  if ! command -v "$command" > /dev/null; then
    echo "lint: $name is left out: $command is not installed"
    return
  fi
  $function "$@" | sort -u | filter "$name" > "$work/said"
  if test -s "$work/said"; then
    cat "$work/said"
    result=1
  fi
  echo "lint: $name: $# files, $(grep -c . "$work/said") complaints"
}

# The twin of another system cannot be compiled here, nor can what needs a library that is not here.
looked=
for file; do
  if "${LINT_GCC:-gcc}" $flags -fsyntax-only "$file" 2> /dev/null; then looked="$looked $file"; else echo "lint: $file does not compile here"; fi
done
set -- $looked
look analyzer "${LINT_GCC:-gcc}" analyzer "$@"
look cppcheck cppcheck cppcheck_all "$@"
look clang-tidy clang-tidy tidy "$@"
exit $result
