# SPDX-License-Identifier: MIT
# clang-tidy and cppcheck find nothing in the C code, shellcheck nothing in the scripts
# shellcheck shell=bash

tools_tidy() {
  echo clang-tidy cppcheck shellcheck c++ libc emcc cglm node
  echo egl freetype gles lua sdl2 stb zlib # the examples' headers
}

# Prints one job: a line with its name and the command.
tidy_job() { # file, compiler's flag...
  local file=$1
  shift
  printf 'clang-tidy %s' "$file"
  printf '\t'
  # Headers are checked with every file that includes them. max-nodes bounds the time that the analyser spends
  # on a test with many loops.
  printf '%q ' clang-tidy --quiet "$file" -- "$@" -Xclang -analyzer-config -Xclang max-nodes=30000
  printf '\n'
}

# The header is C when C++ includes it, too, so checks for C++ idioms are off. The analyser takes some members that
# are set for unset ones. Tests leave a fatal by longjmp in C++, too, and assign an element to itself on purpose.
tidy_cxx_job() { # file, compiler's flag...
  local checks=-bugprone-reserved-identifier,-clang-analyzer-core.CallAndMessage
  checks+=",-bugprone-unhandled-self-assignment,-cert-err52-cpp,-cert-oop54-cpp"
  checks+=",-misc-non-private-member-variables-in-classes,-readability-*"
  checks+=",readability-function-cognitive-complexity"
  tidy_job "$@" -std=gnu++17 | sed "s/ --quiet / --quiet --checks='$checks' /"
}

# The value of SS_DEBUG with which a test is checked: the first one that its head names.
first_debug() { # file
  sed -n 's,^// Runs with SS_DEBUG: *\([01]\).*,\1,p' "$1"
}

# A line with one of these patterns marks a test that is for Emscripten only.
for_emscripten='^#include <emscripten\|^// Runs in: Emscripten'

# Prints the header of Emscripten that a test includes and that this version of Emscripten lacks.
missing_header() { # file
  local header
  for header in $(sed -n 's,^#include <\(emscripten/.*\)>.*,\1,p' "$1"); do
    if [ ! -e "$(em-config CACHE)/sysroot/include/$header" ]; then echo "$header"; fi
  done
}

tidy_native_jobs() {
  local file debug
  for file in src/*.c; do
    case $file in *_wasm.c) continue ;; esac
    tidy_job "$file" -std=gnu11 -Iinclude
  done
  for file in tests/unit/*_test.c tests/unit/*_test.cpp; do
    debug=$(first_debug "$file")
    if grep -q "$for_emscripten" "$file"; then continue; fi
    case $file in
      *.c) tidy_job "$file" -std=gnu11 -Iinclude -Isrc -Itests "-DSS_DEBUG=$debug" ;;
      *) tidy_cxx_job "$file" -Iinclude -Isrc -Itests "-DSS_DEBUG=$debug" ;;
    esac
  done
  for debug in 0 1; do
    tidy_job tests/compile/every_call.c -std=gnu11 -Iinclude "-DSS_DEBUG=$debug"
  done
}

tidy_wasm_jobs() {
  local file source flags
  flags=(--target=wasm32-unknown-emscripten "--sysroot=$(em-config CACHE)/sysroot" -pthread
    -std=gnu11 -Iinclude -Isrc -Idemo -Ibuild/tidy/lists -isystem build/tidy/include
    -isystem "$(em-config CACHE)/sysroot/include/compat")
  for file in src/*_wasm.c web/*.c demo/*.c tests/compile/gl.c; do
    tidy_job "$file" "${flags[@]}"
  done
  for file in $(grep -l "$for_emscripten" tests/unit/*.c); do
    if [ -n "$(missing_header "$file")" ]; then continue; fi
    tidy_job "$file" "${flags[@]}" -Itests "-DSS_DEBUG=$(first_debug "$file")"
  done
  # Each scene is checked with one source of vertices, and the scene that makes every call with all of them.
  for file in demo/scenes/*.c; do
    for source in stack malloc doubling array ring; do
      if [ "$source" != stack ] && [ "$file" != demo/scenes/spike.c ]; then continue; fi
      tidy_job "$file" "${flags[@]}" "-DSOURCE_NAME=$source" \
        "-DSOURCE_HEADER=\"sources/source_$source.h\""
    done
  done
}

example_flags=(-Iinclude -isystem /usr/include/SDL2 -isystem /usr/include/freetype2 -isystem /usr/include/lua5.4)

# An example says what it shows as briefly as it can, so that it is looked at for its complexity only.
tidy_example_jobs() {
  local file
  for file in examples/*.c examples/*/*.c; do
    if ! lacks_headers "$file"; then
      tidy_job "$file" -std=gnu11 "${example_flags[@]}" |
        sed 's/ --quiet / --quiet --checks="-*,readability-function-cognitive-complexity" /'
    fi
  done
}

# Whether an example includes what is not installed, which is so only where there is no apt-get.
lacks_headers() { # file
  ! cc -fsyntax-only -std=gnu11 "${example_flags[@]}" "$1" 2>/dev/null
}

# cppcheck knows that a function does not return only by the attribute, so _Noreturn is defined as that.
cppcheck_job() { # name, argument...
  printf 'cppcheck %s\t' "$1"
  shift
  printf '%q ' cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
    --enable=warning,style,performance,portability --suppressions-list=tests/suites/cppcheck.txt \
    '-D_Noreturn=__attribute__((noreturn))' -U__has_include -Iinclude -Isrc "$@"
  printf '\n'
}

# Makes a folder with a link to cglm, so that no other header of the host is found beside emcc's.
prepare_wasm_headers() {
  local folder
  mkdir -p build/tidy/include
  for folder in /usr/include /usr/local/include /opt/homebrew/include; do
    if [ -d "$folder/cglm" ]; then ln -sfn "$folder/cglm" build/tidy/include/cglm; fi
  done
  mkdir -p build/tidy/lists
  node demo/lists_for_c.mjs header build/tidy/lists/lists.h
  # Some versions of Emscripten install their headers when they compile for the first time.
  if [ ! -e "$(em-config CACHE)/sysroot/include/emscripten.h" ]; then
    emcc -x c -c -o build/tidy/none.o /dev/null
  fi
}

# Checks every script, and with it the files that the script sources.
check_scripts() {
  local scripts
  # shellcheck disable=SC2207 # no name has a space
  scripts=(run .ci/* tests/suites/*.sh $(grep -l '^#!.*sh$' src/*/*.sh tests/*/*.sh))
  check "shellcheck ${scripts[*]}" shellcheck -x -S warning "${scripts[@]}"
}

needs_tidy() {
  :
}

suite_tidy() {
  local clean file missing skips=0
  rm -rf build/tidy
  prepare_wasm_headers
  {
    tidy_native_jobs
    tidy_wasm_jobs
    tidy_example_jobs
    cppcheck_job "of src/ and the unit tests" src tests/unit/*.c
    cppcheck_job "of src/, web/ and demo/ as WebAssembly" --platform=unix32 -D__EMSCRIPTEN__ \
      -D__wasm__ '-DEM_JS(...)=' -Idemo -Ibuild/tidy/lists -DSOURCE_NAME=stack \
      '-DSOURCE_HEADER="sources/source_stack.h"' src web demo
  } >build/tidy/jobs
  # shellcheck disable=SC2016,SC2154 # expands in the shell that xargs starts; runner.sh has it
  tr '\n' '\0' <build/tidy/jobs | xargs -0 -n 1 -P "$job_count" bash -c '
    if output=$(eval "${1#*	}" 2>&1); then
      echo pass
    else
      printf "FAILED %s\n%s\n" "${1%%	*}" "$output"
    fi' job >build/tidy/log
  grep -v '^pass$' build/tidy/log
  check_scripts
  check "tests/mutations/list.txt fits the sources" node tests/mutations/mutations.mjs --check
  # A job that did not run at all counts as failed, too.
  clean=$(grep -c '^pass$' build/tidy/log)
  for file in tests/unit/*.c; do
    missing=$(missing_header "$file")
    if [ -z "$missing" ]; then continue; fi
    skips=$((skips + 1))
    say "skipped clang-tidy $file: this emcc has no $missing"
  done
  for file in examples/*.c examples/*/*.c; do
    if ! lacks_headers "$file"; then continue; fi
    skips=$((skips + 1))
    say "skipped clang-tidy $file: not all that it includes is installed"
  done
  count "$clean" "$(($(wc -l <build/tidy/jobs) - clean))" "$skips"
}
