#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# No file of src/ calls one in a layer above its own. The layers are those of the table in src/README.md; who
# calls whom is read from the symbols of the compiled files. Prints what it finds, and last: N passed, N failed.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
folder=build/layers
rm -rf "$folder"
mkdir -p "$folder"
for file in src/*.c; do
  name=$(basename "$file" .c)
  if ! "${CC:-cc}" -std=gnu11 -O1 -Iinclude -c "$file" -o "$folder/$name.o"; then exit 2; fi
  nm -g "$folder/$name.o" | awk -v file="$name.c" '
    $NF ~ /^_?ss_/ { print (NF == 2 ? "needs" : "has"), file, $NF }'
done >"$folder/symbols"
awk -F'|' '/^\| *[0-9]+ / { split($2, layer, " "); while (match($3, /[a-z_]+\.c/)) {
  print "layer", substr($3, RSTART, RLENGTH), layer[1] + 0; $3 = substr($3, RSTART + RLENGTH) } }' \
  src/README.md >"$folder/table"
(cd src && ls -- *.c) | sed 's/^/file /' >"$folder/files"
awk '
  function check(holds, what) { if (holds) passed++; else { failed++; print "FAILED " what } }
  $1 == "layer" { layer[$2] = $3; next }
  $1 == "file" { check($2 in layer, "src/README.md says no layer of " $2); is_file[$2] = 1; next }
  $1 == "has" { owner[$3] = $2; next }
  $1 == "needs" { user[++n] = $2; symbol[n] = $3 }
  END {
    for (name in layer) check(name in is_file, "src/README.md names " name ", which is not there")
    for (i = 1; i <= n; i++) {
      if (!(symbol[i] in owner)) continue
      from = user[i]
      to = owner[symbol[i]]
      check(layer[to] <= layer[from], from " calls " symbol[i] " of " to ", which is a layer above it")
    }
    printf "%d passed, %d failed\n", passed, failed
    exit failed > 0
  }' "$folder/table" "$folder/files" "$folder/symbols"
