#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs the library in folders of its own and builds and runs programs that use it in every way
# there is.
#
#   run.sh [native] [wasm] [grid]      (default: all three)
#
#   native   this machine's compiler: ./run install --native, find_package, pkg-config,
#            add_subdirectory, FetchContent, the amalgamated pair
#   wasm     the same with the emcc on PATH, and the port; WebGL2
#   grid     emcc program.c -lsecondstack with each option that it must work with, as C and as C++
#
# Independent checks run side by side: JOBS at once, by default one for each processor.
# CONSUMERS_WITHOUT names checks for each of which an emcc without libraries would have to build them all:
# port-lto (the port with -flto), side-modules. They are left out, and it is said.
#
# Needs bash, cmake, make or ninja, and a C compiler, or node and emcc. It changes neither emcc's
# cache nor this machine: everything lies in build/consumers/, also a cache that emcc takes for its
# own. What the toolchain cannot do is skipped and said. The last line counts.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/consumers
expected="the sum is 4049955000"

farm=""
passed=0 failed=0 skipped=0
log=$work/log
job_count=${JOBS:-$(nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)}

# Passes when the command does; shows what it said when it does not.
check() { # name, command...
  local name=$1
  shift
  if "$@" >"$log" 2>&1 </dev/null; then
    pass "$name"
  else
    fail "$name" "$(tail -n 20 "$log" | cut -c 1-300)"
  fi
}

# Tries the command in `with`. Where that fails, the same without the library in `without`: if it fails as well,
# the toolchain cannot, and what it says is why this is skipped.
check_beside_control() { # name
  local output control
  if output=$("${with[@]}" 2>&1 </dev/null); then
    pass "$1"
  elif control=$("${without[@]}" 2>&1 </dev/null); then
    fail "$1" "$(tail -n 20 <<<"$output" | cut -c 1-300)"
  else
    skip "$1" "nor without: $(toolchain_words <<<"$control")"
  fi
}

# The line of a failure that says why.
toolchain_words() {
  grep -v '^ \|INFO\|^$' | grep -i -m 1 'error\|exception\|cannot\|not supported\|invalid' |
    cut -c 1-160 || echo "no message"
}

pass() { # name
  passed=$((passed + 1))
  printf 'ok      %s\n' "$1"
}

fail() { # name, why
  failed=$((failed + 1))
  printf 'FAILED  %s\n' "$1"
  printf '  %s\n' "${2//$'\n'/$'\n  '}"
}

skip() { # name, why
  skipped=$((skipped + 1))
  printf 'skipped %s: %s\n' "$1" "$2"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# --------------------------------------------------------------------------------------------------
# Jobs: functions of checks that run side by side, each with a folder for its log and with counts of its
# own

# Their processes, how many were started and of how many it was shown what they printed.
pids=() started=0 shown=0

# As many tokens as jobs may run at once lie in a pipe; a job takes one and puts it back when it ends.
open_jobs() {
  local i
  mkdir -p "$work/jobs"
  mkfifo "$work/jobs/tokens"
  exec 8<>"$work/jobs/tokens"
  for ((i = 0; i < job_count; i++)); do printf . >&8; done
}

# Starts a function of checks as a job, once there is a token for it.
start() { # function, argument...
  local job=$work/jobs/$started
  mkdir "$job"
  read -r -n 1 -u 8
  run_job "$@" >"$job/output" 2>&1 &
  pids+=($!)
  started=$((started + 1))
  while [ -e "$work/jobs/$shown/counts" ]; do show_job; done
}

# `job` is its folder.
run_job() { # function, argument...
  local passed=0 failed=0 skipped=0 log=$job/log
  trap 'printf . >&8' EXIT
  "$@"
  echo "$passed $failed $skipped" >"$job/counts"
}

# Waits for the jobs. What they printed comes in the order in which they were started, each as soon as it
# and all before it have ended.
collect() {
  while [ "$shown" -lt "$started" ]; do show_job; done
}

show_job() {
  local job=$work/jobs/$shown p f s
  wait "${pids[$shown]}"
  cat "$job/output"
  if read -r p f s 2>/dev/null <"$job/counts"; then
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  else
    fail "job $shown" "it ended before its checks did"
  fi
  shown=$((shown + 1))
}

# --------------------------------------------------------------------------------------------------

# Runs a command that is expected to fail, with a certain line.
refuses() { # pattern, command...
  local pattern=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf 'it did not fail:\n%s\n' "$output"
    return 1
  fi
  printf '%s\n' "$output"
  grep -q -- "$pattern" <<<"$output"
}

# Runs a program, in Node.js if it is JavaScript, and compares what it prints.
prints_sum() { # program
  local output
  case $1 in
    *.js) output=$("${node[@]}" "$1" 2>&1) ;;
    *) output=$("$1" 2>&1) ;;
  esac || { printf 'exit status %d: %.2000s\n' $? "$output" && return 1; }
  if [ "$output" != "$expected" ]; then
    printf 'it printed %.2000s\n' "$output"
    return 1
  fi
}

# Two libraries in one program, which do not know of each other, use one stack.
shares_one_stack() { # static, shared or side, folder, compiler, option...
  local folder=$2 suffix="" expected="one stack"
  rm -rf "$folder"
  "$here/sharing/build.sh" "$@" || return 1
  if [ -e "$folder/program.js" ]; then suffix=.js; fi
  # Old versions look for a side module in the current folder.
  (cd "$folder" && prints_sum "./program$suffix")
}

# All files, links and folders below a folder, to see whether two states of it are the same. The size
# of a folder says nothing.
list_folder() { # folder
  (cd "$1" && find . -exec ls -dl {} + | awk '/^d/ { $5 = 0 } { print $1, $5, $9, $10, $11 }') |
    LC_ALL=C sort
}

has_nothing_else() { # folder, file with what list_folder printed before
  list_folder "$1" | diff "$2" -
}

# --------------------------------------------------------------------------------------------------
# What native and wasm consumers have in common

# Configures, builds and runs one of the CMake projects.
build_project() { # folder for the build, project, option of cmake...
  local folder=$1 project=$2 suffix=""
  shift 2
  rm -rf "$folder"
  "${configure[@]}" -S "$here/$project" -B "$folder" -DCMAKE_BUILD_TYPE=Release "$@" || return 1
  cmake --build "$folder" -j 2 || return 1
  if [ -e "$folder/program.js" ]; then suffix=.js; fi
  prints_sum "$folder/program$suffix" || return 1
  # Only with MAX_WEBGL_VERSION=2 does Emscripten's JavaScript ask for such a context.
  [ ! -e "$folder/gl.js" ] || grep -q '"webgl2"' "$folder/gl.js"
}

# The library's sources as they are handed out: no tests, no demo.
pack_sources() {
  mkdir -p "$work/pack/secondstack"
  cp -R "$root/CMakeLists.txt" "$root/LICENSE" "$root/include" "$root/src" "$root/tools" "$root/web" \
    "$work/pack/secondstack/"
  rm -rf "$work/pack/secondstack/web/node_modules"
  (cd "$work/pack" && cmake -E tar czf secondstack.tar.gz secondstack)
}

start_sources_in_cmake() { # name
  start check "$1: add_subdirectory" build_project "$work/$1/add_subdirectory" add_subdirectory \
    "-DSECONDSTACK_SOURCE=$work/pack/secondstack"
  start check "$1: FetchContent from an archive" build_project "$work/$1/fetch_content" fetch_content \
    "-DSECONDSTACK_URL=file://$work/pack/secondstack.tar.gz"
  # The same for every compiler.
  if [ "$1" = wasm ]; then return; fi
  start check "$1: FetchContent from a folder" build_project "$work/$1/fetch_folder" fetch_content \
    "-DFETCHCONTENT_SOURCE_DIR_SECONDSTACK=$work/pack/secondstack" -DFETCHCONTENT_FULLY_DISCONNECTED=ON
}

# shellcheck source=tests/consumers/newcomer.sh
. "$here/newcomer.sh"
# shellcheck source=tests/consumers/native.sh
. "$here/native.sh"
# shellcheck source=tests/consumers/wasm.sh
. "$here/wasm.sh"
# shellcheck source=tests/consumers/grid.sh
. "$here/grid.sh"

parts=("$@")
if [ ${#parts[@]} -eq 0 ]; then parts=(native wasm grid); fi
for part in "${parts[@]}"; do
  case $part in
    native | wasm | grid) ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "${BASH_SOURCE[0]}" && exit ;;
    *)
      echo "run.sh: no part '$part'; there are: native wasm grid" >&2
      exit 2
      ;;
  esac
done

rm -rf "$work"
mkdir -p "$work"
if ! has make && has ninja; then export CMAKE_GENERATOR=${CMAKE_GENERATOR:-Ninja}; fi
pack_sources || exit 1
open_jobs
for part in "${parts[@]}"; do
  "start_$part"
done
collect
if [ -n "$farm" ]; then finish_wasm; fi

printf '%d passed, %d failed' "$passed" "$failed"
if [ "$skipped" -gt 0 ]; then printf ', %d skipped' "$skipped"; fi
printf '\n'
[ "$failed" -eq 0 ]
