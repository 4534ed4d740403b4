#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Checks that what a reader copies from the README or another document works.
#
#   check_readme.sh README.md WORK_DIR LIBRARY COMPILER [FLAG...]
#
# Each ```c block is compiled against the library, and each ```cpp block with the compiler that CXX names.
# One with a main is run too and must return 0. One without is tried as the body of a function, which is
# run, then as top-level code, which is compiled only; context.h has the headers that it need not include.
# Each line of a ```sh block that
# calls ./run, or cmake or ctest with --preset, must name what there is; other lines are listed as not
# checked.
set -u

if [ $# -lt 4 ]; then
  echo "usage: check_readme.sh README.md WORK_DIR LIBRARY COMPILER [FLAG...]" >&2
  exit 2
fi
readme=$1 work=$2 library=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
compile=("$@" -std=c11 -Wall -Wextra -Werror -Wno-unused "-I$root/include")
compile_cpp=("${CXX:-c++}" "${@:2}" -std=c++17 -Wall -Wextra -Werror -Wno-unused "-I$root/include")

passed=0 failed=0
pass() { passed=$((passed + 1)); }
fail() {
  failed=$((failed + 1))
  printf 'FAILED %s\n' "$1"
  if [ $# -gt 1 ]; then printf '%s\n' "$2"; fi
}

# Writes each fenced block to WORK_DIR/<line of its fence>.<language>.
extract_blocks() {
  awk -v work="$work" '
    /^```/ && file { close(file); file = ""; next }
    /^```(c|cpp|sh)$/ { file = sprintf("%s/%04d.%s", work, NR, substr($0, 4)); printf "" > file; next }
    /^```/ { file = "/dev/null"; next }
    file { print > file }
  ' "$readme"
}

check_program() { # block, place, compiler and its flags...
  local output
  if ! output=$("${@:3}" "$1" "$library" -lm -pthread -o "$1.program" 2>&1); then
    fail "$2 does not compile" "$output"
  elif ! output=$("$1.program" 2>&1 </dev/null); then
    fail "$2 does not return 0" "$output"
  else
    pass
  fi
}

# A block's #include lines stay outside the function; #line keeps the compiler's line numbers.
write_fragment() { # block, whether it is a function's body
  case $1 in
    *.cpp) printf '#include "secondstack.hpp"\n' ;;
    *) printf '#include "secondstack.h"\n' ;;
  esac
  grep '^#include' "$1"
  printf '#include "%s/context.h"\n' "$here"
  if [ "$2" = body ]; then printf 'void fragment(void);\nvoid fragment(void)\n{\n'; fi
  printf '#line 1 "%s"\n' "$1"
  sed 's/^#include.*//' "$1"
  if [ "$2" = body ]; then printf '}\nint main(void)\n{\n  fragment();\n  return 0;\n}\n'; fi
}

check_fragment() { # block, place, compiler and its flags...
  local kind output="" extension=${1##*.}
  for kind in body top; do
    write_fragment "$1" "$kind" >"$1.$kind.$extension"
    if output+=$("${@:3}" -pedantic-errors -c "$1.$kind.$extension" -o "$1.o" 2>&1); then
      if [ "$kind" = top ]; then pass; else check_program "$1.o" "$2" "${@:3}"; fi
      return
    fi
    output+=$'\n'
  done
  fail "$2 does not compile, neither as a function's body nor as top-level code" "$output"
}

check_command() { # line, place
  local -a words
  local preset
  read -r -a words <<<"${1%%#*}"
  case ${words[0]-} in
    "") return ;;
    ./run)
      # With --help at its end ./run checks its arguments and does no more.
      if "$root/run" "${words[@]:1}" --help >/dev/null 2>&1; then pass; else fail "$2: $1"; fi
      return
      ;;
    cmake | ctest)
      preset=$(sed -n 's/.*--preset[ =]\([^ ]*\).*/\1/p' <<<"$1")
      if [ -n "$preset" ]; then
        if grep -q "\"name\": \"$preset\"" "$root/CMakePresets.json"; then pass; else fail "$2: $1"; fi
        return
      fi
      ;;
  esac
  printf 'not checked: %s\n' "$1"
}

check_commands() { # block, place
  local line part
  while IFS= read -r line; do
    line=${line#\$ }
    while IFS= read -r part; do
      check_command "$part" "$2"
    done <<<"${line// && /$'\n'}"
  done <"$1"
}

rm -rf "$work"
mkdir -p "$work"
extract_blocks
for block in "$work"/*.c "$work"/*.cpp "$work"/*.sh; do
  if [ ! -e "$block" ]; then continue; fi
  number=$(basename "${block%.*}")
  place="$(basename "$readme"):$((10#$number))"
  case $block in
    *.sh)
      check_commands "$block" "$place"
      continue
      ;;
    *.cpp) with=("${compile_cpp[@]}") ;;
    *) with=("${compile[@]}") ;;
  esac
  if grep -Eq '\bmain *\(' "$block"; then
    check_program "$block" "$place" "${with[@]}"
  else
    check_fragment "$block" "$place" "${with[@]}"
  fi
done
if [ $((passed + failed)) -eq 0 ]; then fail "$readme: no code blocks"; fi
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
