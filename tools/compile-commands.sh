#!/bin/sh
# Prints how each source is compiled, in the form of clang's compile_commands.json, which editors and analyzers read.
# usage: COMPILE='cc -O2 ...' tools/compile-commands.sh DIRECTORY-OF-SOURCES

unset CDPATH  # cd would look there first, and print where it went
source=$(cd "$1" && pwd) || exit 111

quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

separator='['
for file in "$source"/src/*/*.c; do
  name=${file#"$source"/src/}
  printf '%s\n  { "directory": "%s", "file": "%s", "command": "%s" }' "$separator" "$(quoted "$PWD")" "$(quoted "$file")" \
    "$(quoted "$COMPILE -c -o obj/${name%.c}.o $file")"
  separator=,
done
printf '\n]\n'
