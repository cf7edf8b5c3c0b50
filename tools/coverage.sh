#!/bin/sh
# Runs the tests against programs that note which of their lines ran, and prints how many did, by file and by folder.
# Fails if a folder of LIMITED has less than LEAST percent. Started by make in the build directory. Tests may fail here
# that count memory, descriptors or system calls: this run is about lines.
# usage: tools/coverage.sh [TEST...]      as in TESTS of make check

unset CDPATH  # cd would look there first, and print where it went
source=$(cd "${srcdir:-.}" && pwd) || exit 111
build=$PWD
variant=$build/check/coverage
limited="libutil libserver librules" least=90
command -v "${GCOV:-gcov}" > /dev/null || { echo "coverage: fatal: gcov is not installed" >&2; exit 111; }

test $# -eq 0 || TESTS=$*
export TESTS
sh "$source/tools/check.sh" --stage coverage || exit 111
# Programs that have changed their ids write their counts, too.
find "$variant" -name '*.gcno' | sed 's/gcno$/gcda/' > "$variant/counts"
while read -r data; do : > "$data"; chmod 666 "$data"; done < "$variant/counts"
sh "$source/tools/check.sh" coverage

cd "$variant" || exit 111
find obj -name '*.gcno' | while read -r data; do
  source_file=${data#obj/}
  test -f "$source/src/${source_file%.gcno}.c" || continue  # of a file that is no more
  "${GCOV:-gcov}" -n -o "${data%.gcno}.o" "${data%.gcno}.o" 2> /dev/null
done | awk -v limited="$limited" -v least="$least" '
  /^File / { split($0, part, "\047"); file = part[2]; sub(/^.*\/src\//, "", file); next }
  /^Lines executed:/ {
    if (file ~ /\.c$/ && file !~ /^\//) {
      split($0, part, /[:% ]+/)
      count[file] = part[5]
      ran[file] = int(part[3] * part[5] / 100 + 0.5)
    }
    file = "/"
  }
  END {
    for (file in count) {
      folder = file; sub(/\/.*/, "", folder)
      lines[folder] += count[file]; good[folder] += ran[file]
      printf "%6.1f %%  %5d of %5d  %s\n", 100 * ran[file] / count[file], ran[file], count[file], file | "sort -k 6"
    }
    close("sort -k 6")
    print "coverage: by folder"
    for (folder in lines)
      printf "%6.1f %%  %5d of %5d  %s\n", 100 * good[folder] / lines[folder], good[folder], lines[folder], folder | "sort -k 6"
    close("sort -k 6")
    n = split(limited, name, " ")
    for (i = 1; i <= n; i++)
      if (!lines[name[i]] || 100 * good[name[i]] < least * lines[name[i]]) { print "coverage: fatal: less than " least " % of " name[i]; bad = 1 }
    exit bad
  }'
