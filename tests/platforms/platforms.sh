#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The library on platforms other than this one: it is compiled with warnings as errors, then the unit tests in C and
# the consumers' program are built and run.
#
#   platforms.sh [PLATFORM...]
#
#   windows   MinGW's gcc, x86-64; run by Wine, if that starts here
#   musl      musl's libc, linked statically
#   s390x     64 bits, big-endian; clang with glibc, run by qemu
#   armhf     32 bits; likewise
#   wasi      WebAssembly without Emscripten; run in Node.js. It has no setjmp, of which the unit tests are made, so
#             the consumers' program and the examples run
#
# All groups of unit tests run on Windows without SS_DEBUG and those of misuse with it; elsewhere those that a libc, the
# order of bytes or 32 bits may break. What is not here is skipped and said. The last line counts.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
work=$PWD/build/platforms
passed=0 failed=0 skipped=0
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror)
expected="the sum is 4049955000"

has() {
  command -v "$1" >/dev/null 2>&1
}

fail() { # name, file with what was said
  failed=$((failed + 1))
  printf 'FAILED %s\n' "$1"
  tail -n 20 "$2" | cut -c 1-300 | sed 's/^/  /'
  printf '  to repeat: tests/platforms/platforms.sh %s\n' "${1%%:*}"
}

skip() { # name, why
  skipped=$((skipped + 1))
  printf 'skipped %s: %s\n' "$1" "$2"
}

check() { # name, command...
  local name=$1
  shift
  if "$@" >"$folder/log" 2>&1 </dev/null; then
    passed=$((passed + 1))
  else
    fail "$name" "$folder/log"
    return 1
  fi
}

# Sets `compile`, `link` (behind the objects) and `run` of a platform; false, with `why`, if it is not here. `run` is
# empty where programs are built only, and `why` then says the reason.
find_platform() { # platform
  compile=() link=() run=() why=''
  case $1 in
    windows)
      # winpthreads does not say that pthread_exit does not return, and tests ask for sizes that no loop can go over.
      compile=(x86_64-w64-mingw32-gcc -Wno-return-type -Wno-aggressive-loop-optimizations)
      link=(-static -lpthread)
      export WINEPREFIX=$work/wine WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml=
      ;;
    musl)
      compile=(musl-gcc)
      link=(-static -pthread)
      run=(env)
      ;;
    s390x)
      compile=(clang --target=s390x-linux-gnu)
      link=(-static -pthread)
      run=(qemu-s390x-static)
      ;;
    armhf)
      compile=(clang --target=arm-linux-gnueabihf)
      link=(-static -pthread)
      run=(qemu-arm-static)
      ;;
    wasi)
      compile=(clang --target=wasm32-wasi)
      run=(node --no-warnings tests/platforms/wasi.mjs)
      ;;
    *)
      echo "platforms.sh: no platform '$1'" >&2
      exit 2
      ;;
  esac
  echo 'int main(void) { return 0; }' >"$folder/probe.c"
  if ! has "${compile[0]}"; then
    why="no ${compile[0]}"
  elif ! "${compile[@]}" "$folder/probe.c" "${link[@]}" -o "$folder/probe.exe" >"$folder/log" 2>&1; then
    why="${compile[*]} makes no program: $(grep -m 1 -i error "$folder/log")"
  elif [ "$1" = windows ]; then
    case $(uname -s) in MINGW* | MSYS* | CYGWIN*) run=(env) ;; esac # it is Windows
    if [ ${#run[@]} -gt 0 ]; then
      :
    elif ! has wine; then
      why="no wine"
    elif ! timeout 120 wine "$folder/probe.exe" >"$folder/log" 2>&1 </dev/null; then
      why="Wine does not start here: $(tail -n 1 "$folder/log")"
    else
      run=(wine)
    fi
    return 0
  elif ! has "${run[0]}"; then
    why="no ${run[0]}"
    run=()
  fi
  [ -z "$why" ] || [ "$why" = "no ${run[0]:-}" ]
}

compile_all() { # define, folder, source...
  local define=$1 to=$2 source
  shift 2
  mkdir -p "$to"
  for source; do
    "${compile[0]}" -std=gnu11 -O1 "${warnings[@]}" "${compile[@]:1}" -DSS__ASSERTIONS=1 "$define" -Iinclude -Isrc -Itests -c "$source" \
      -o "$to/$(basename "$source" .c).o" || return 1
  done
}

link_all() { # program, folder...
  local program=$1 objects=()
  shift
  for to; do objects+=("$to"/*.o); done
  "${compile[@]}" "${objects[@]}" ${link[@]+"${link[@]}"} -o "$program"
}

groups_of() { # platform, SS_DEBUG
  case $1-$2 in
    *-1) echo fatal guard_bytes misuse misuse_threads poison scope ;;
    musl-0 | s390x-0 | armhf-0) echo align buffer fatal format growth huge keep lanes limit longjmp overflow slices thread_exit threads ;;
    *) echo '*' ;;
  esac
}

# The groups that CMakeLists.txt would take here, with this value of SS_DEBUG.
unit_sources() { # platform, SS_DEBUG
  local file head groups
  groups=$(groups_of "$1" "$2")
  for file in tests/unit/*_test.c; do
    if [ "$groups" != '*' ] && [[ " $groups " != *" $(basename "$file" _test.c) "* ]]; then continue; fi
    head=$(sed -n '1,20p' "$file")
    case $head in *'#include <emscripten/'* | *'// Runs in: Emscripten'* | *'// Runs as a program of its own'*) continue ;; esac
    if grep -q "^// Runs with SS_DEBUG:.*$2" <<<"$head"; then echo "$file"; fi
  done
}

prints() { # text, command...
  local text=$1 output
  shift
  output=$(timeout 120 "$@" 2>&1 </dev/null) || { printf 'exit status %d: %s\n' $? "$output" && return 1; }
  output=${output//$'\r'/}
  if [ "$output" != "$text" ]; then
    printf 'it printed %.2000s\n' "$output"
    return 1
  fi
}

# Counts the cases of a unit test program.
run_unit() { # platform, program
  local log=$2.log counts
  timeout 300 "${run[@]}" "$2" >"$log" 2>&1 </dev/null
  counts=$(tr -d '\r' <"$log" | awk '/^[0-9]+ passed, [0-9]+ failed/ { print $1, $3 }')
  if [ -z "$counts" ] || [ "${counts#* }" != 0 ]; then
    fail "$1: $(basename "$2")" "$log"
  else
    passed=$((passed + ${counts% *}))
    printf '%s: %s, %s tests passed\n' "$1" "$(basename "$2")" "${counts% *}"
  fi
}

test_platform() { # platform
  local name=$1 folder=$work/$1 debug values=(0) example
  rm -rf "$folder"
  mkdir -p "$folder"
  if ! find_platform "$name"; then
    skip "$name" "$why"
    return
  fi
  check "$name: the library compiles without a warning" compile_all -DSS_DEBUG=0 "$folder/library" src/*.c || return
  check "$name: the program compiles" compile_all -DSS_DEBUG=0 "$folder/program" tests/consumers/program.c &&
    check "$name: the program links" link_all "$folder/program.exe" "$folder/program" "$folder/library"
  if [ "$name" = wasi ]; then
    for example in hello parse_json; do
      check "$name: the example $example compiles" compile_all -DSS_DEBUG=0 "$folder/$example" "examples/$example.c" &&
        check "$name: the example $example links" link_all "$folder/$example.exe" "$folder/$example" "$folder/library"
    done
  else
    # Where most is different, misuse as well.
    if [ "$name" = windows ]; then values=(0 1); fi
    for debug in "${values[@]}"; do
      # shellcheck disable=SC2046 # one word each
      check "$name: the unit tests with SS_DEBUG=$debug compile" compile_all "-DSS_DEBUG=$debug" "$folder/unit-$debug" \
        tests/check.c tests/valid.c $(unit_sources "$name" "$debug") &&
        check "$name: the unit tests with SS_DEBUG=$debug link" link_all "$folder/unit-$debug.exe" \
          "$folder/unit-$debug" "$folder/library"
    done
  fi
  if [ ${#run[@]} -eq 0 ]; then
    skip "$name" "built only, not run: $why"
    return
  fi
  check "$name: the program runs" prints "$expected" "${run[@]}" "$folder/program.exe"
  if [ "$name" = wasi ]; then
    for example in hello parse_json; do
      check "$name: the example $example" cc -std=gnu11 -Iinclude "examples/$example.c" src/*.c -pthread -o "$folder/$example.native"
      check "$name: the example $example prints what it does here" prints "$("$folder/$example.native" </dev/null)" \
        "${run[@]}" "$folder/$example.exe"
    done
  else
    for debug in "${values[@]}"; do run_unit "$name" "$folder/unit-$debug.exe"; done
  fi
}

chosen=("$@")
if [ ${#chosen[@]} -eq 0 ]; then chosen=(windows musl s390x armhf wasi); fi
mkdir -p "$work"
for platform in "${chosen[@]}"; do test_platform "$platform"; done
# Wine's server would go on for a while, and this would wait for it.
if [ -d "$work/wine" ] && has wineserver; then WINEPREFIX=$work/wine wineserver -k >/dev/null 2>&1; fi
printf '%d passed, %d failed' "$passed" "$failed"
if [ "$skipped" -gt 0 ]; then printf ', %d skipped' "$skipped"; fi
printf '\n'
[ "$failed" -eq 0 ]
