#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compares how many checks each suite of `./run test all` made with how many it has been known to make
# (counts.txt): a suite that quietly makes fewer has lost something. A check that was skipped, and said to be,
# counts. Prints the suites that differ; exit status 1: one makes fewer.
#
#   compare_counts.sh [--write] [FOLDER]    FOLDER: what the run left, build/test unless it is given
#
# --write makes what was seen the new counts. So a change that takes checks away shows in its diff.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 2
is_writing=no
if [ "${1:-}" = --write ]; then
  is_writing=yes
  shift
fi
folder=${1:-../../build/test}
for file in "$folder"/*.counts; do
  [ -e "$file" ] || {
    echo "compare_counts: $folder has no counts: run ./run test all first" >&2
    exit 2
  }
  printf '%s %s\n' "$(basename "$file" .counts)" "$(<"$file")"
done | sort >"$folder/seen.txt"
if [ $is_writing = yes ]; then
  {
    sed '/^[^#]/d' counts.txt
    awk '{ print $1, $2 + $3 + $4 }' "$folder/seen.txt"
  } >"$folder/counts.txt" && mv "$folder/counts.txt" counts.txt
  exit
fi
awk '
  /^#/ { next }
  FNR == NR { known[$1] = $2; next }
  { made = $2 + $3 + $4; seen[$1] = 1; sum += made; if (!($1 in known)) note = " (new)"; else note = ""
    before += known[$1]
    if (made != known[$1]) printf "%-10s %5d checks, %5d known%s\n", $1, made, known[$1], note
    if (made < known[$1]) fewer++ }
  END { for (name in known) if (!(name in seen)) { printf "%-10s did not run, %5d checks known\n", name, known[name]; fewer++ }
    printf "%d checks, %d known\n", sum, before
    exit fewer > 0 }' counts.txt "$folder/seen.txt"
