#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs the commands that a document tells its readers to paste.
#
#   check_commands.sh DOCUMENT.md KIND FOLDER WORK_DIR
#
# They are the lines of each ```sh block below a line `<!-- example KIND -->`, typed in a copy of FOLDER in WORK_DIR. Each
# must end with status 0. The environment says where the library is: CPATH and LIBRARY_PATH, or EMCC_CFLAGS.
set -u

if [ $# -ne 4 ]; then
  echo "usage: check_commands.sh DOCUMENT.md KIND FOLDER WORK_DIR" >&2
  exit 2
fi
document=$1 kind=$2 folder=$3 work=$4
passed=0 failed=0

rm -rf "$work"
mkdir -p "$(dirname "$work")"
cp -R "$folder" "$work" || exit 2
commands=$(awk -v kind="$kind" '
  $0 == "<!-- example " kind " -->" { wanted = 1; next }
  /^```sh$/ && wanted { on = 1; wanted = 0; next }
  /^```/ { on = 0 }
  on' "$document")
while IFS= read -r line; do
  if [ -z "$line" ]; then continue; fi
  if output=$(cd "$work" && bash -c "$line" 2>&1 </dev/null); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s: %s\n%s\n' "$(basename "$document")" "$line" "$output"
  fi
done <<<"$commands"
if [ $((passed + failed)) -eq 0 ]; then
  failed=1
  printf 'FAILED %s: no commands of kind %s\n' "$document" "$kind"
fi
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
