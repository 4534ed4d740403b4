#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes one secondstack.c and one secondstack.h of all the library's files, to be dropped into another
# project.
#
#   amalgamate.sh DIR
#
# Feature macros come first in the file, because every header of the system reads them. The code for
# JavaScript, which is in web/, is left out.
set -eu

if [ $# -ne 1 ] || [ ! -d "$1" ]; then
  echo "usage: amalgamate.sh DIR" >&2
  exit 2
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=$(cd "$1" && pwd)
version=$(awk '$2 == "SS_VERSION" { printf "%d.%d.%d", $3 / 10000, $3 / 100 % 100, $3 % 100 }' \
  "$root/include/secondstack.h")

heading() { # what it is
  printf '// secondstack %s: %s\n// Made of several files by `./run amalgamate`.\n//\n' "$version" "$1"
  sed 's|^|// |; s| *$||' "$root/LICENSE"
  printf '\n'
}

# Prints files in which the #include lines of the library's own headers, except the public one, are replaced
# by the headers.
expand() { # names of the headers to leave out, file...
  awk -v root="$root" -v left_out="$1" '
    function find(name,    i, path, line) {
      for (i = 1; i <= 2; i++) {
        path = root (i == 1 ? "/src/" : "/include/") name
        if ((getline line < path) > 0) { close(path); return path }
      }
      printf "amalgamate.sh: no file %s\n", name > "/dev/stderr"
      exit failed = 1
    }
    function put(path,    line, name) {
      printf "\n// ---- %s\n", substr(path, length(root) + 2)
      while ((getline line < path) > 0) {
        if (line ~ /^#define _[A-Z_]*_SOURCE/) continue
        if (line !~ /^#include "/) { print line; continue }
        name = line
        gsub(/^#include "|".*/, "", name)
        if (name in seen) continue
        seen[name] = 1
        if (name == "secondstack.h") print line
        else put(find(name))
      }
      close(path)
    }
    BEGIN {
      count = split(left_out, names, " ")
      for (i = 1; i <= count; i++) seen[names[i]] = 1
      for (a = 1; a < ARGC; a++) put(ARGV[a])
    }
    END { exit failed }
  ' "${@:2}"
}

{
  heading "a second stack for every thread"
  expand "" "$root/include/secondstack.h"
} >"$target/secondstack.h"

{
  heading "compile this beside your program, with the same options"
  sed -n 's/^#define \(_[A-Z_]*_SOURCE\).*/#ifndef \1\n#define \1\n#endif/p' "$root"/src/*.c
  expand "" "$root/src/internal.h" "$root/src/platform.h"
  for file in "$root"/src/*.c; do
    if [ "${file##*/}" != thread_exit.c ]; then expand "internal.h platform.h secondstack.h" "$file"; fi
  done
  # This file comes last, because the files above it declare the hook for a thread's end as weak.
  expand "internal.h platform.h secondstack.h" "$root/src/thread_exit.c"
} >"$target/secondstack.c"
