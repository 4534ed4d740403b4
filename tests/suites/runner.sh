# SPDX-License-Identifier: MIT
# What the suites beside this file have in common: building, running, counting. Each NAME.sh begins with a
# line on what it tests and defines
#   tools_NAME   prints the tools that it wants (`../../run` knows their packages)
#   needs_NAME   prints what must be there before it, a line each: `build PRESET TARGET...`, `npm FOLDER`
#   suite_NAME   runs it; a failure is a line that begins with FAILED, with indented lines behind it
# schedule.sh makes what the chosen suites need and runs them side by side.
# shellcheck shell=bash

passed=0 failed=0 skipped=0
job_count=${JOBS:-$(nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)}
limit_s=${LIMIT_S:-1500} # for one script, because a browser may hang
is_short=no # `./run test` without names: a suite may do less, and says so
filter=''   # --filter: of unit tests, just these

count() { # passed, failed, skipped
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + ${3:-0}))
}

count_line() { # passed, failed, skipped
  printf '%d passed, %d failed' "$1" "$2"
  if [ "$3" -gt 0 ]; then printf ', %d skipped' "$3"; fi
  printf '\n'
}

# One check of a suite that has no test runner of its own: passes when the command does.
check() { # name, command...
  local name=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    count 1 0
  else
    count 0 1
    printf 'FAILED %s\n' "$name"
    sed 's/^/  /' <<<"$output"
    printf '  to repeat: %s\n' "$*"
  fi
}

# Where ccache is installed, it keeps what is compiled, so that a fresh clone compiles only what has changed. Paths are
# taken relative to this folder; otherwise nothing that is compiled in another folder would be found again.
compiler_cache=()
if command -v ccache >/dev/null 2>&1 && [ -z "${CCACHE_DISABLE:-}" ]; then
  compiler_cache=("$(command -v ccache)")
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true
fi

# Configures a preset unless that is done already, and the presets and the compiler cache are the same as then: a build
# configures again by itself when a CMake file has changed.
configure() { # preset
  local log=build/$1.log launcher=(${compiler_cache[@]+"${compiler_cache[@]}"}) words before
  mkdir -p build
  case $1 in
    wasm*) launcher=("$PWD/tests/suites/emcc_clang.sh" "$PWD/build/$1/emcc-commands" ${launcher[@]+"${launcher[@]}"}) ;;
    coverage | fuzz) launcher=() ;; # what these make names the folder that it was made in
  esac
  words=$(IFS=';' && printf '%s' "${launcher[*]-}")
  before=$(sed -n 's/^CMAKE_C_COMPILER_LAUNCHER:[A-Z]*=//p' "build/$1/CMakeCache.txt" 2>/dev/null)
  if [ build/"$1"/Makefile -nt CMakePresets.json ] && [ "$words" = "$before" ] &&
    [ -z "${SEED:-}${COUNT:-}${THREADS_SECONDS:-}" ]; then
    return
  fi
  if ! cmake --preset "$1" -DSECONDSTACK_WARNINGS_AS_ERRORS=ON "-DCMAKE_C_COMPILER_LAUNCHER=$words" \
    "-DCMAKE_CXX_COMPILER_LAUNCHER=$words" >"$log" 2>&1; then
    cat "$log"
    return 1
  fi
  sed -n 's/^-- Left out/left out ('"$1"')/p' "$log"
}

# Configures a preset and builds all of it that can be built. Of the build's output only errors and warnings are
# shown.
build() { # preset, argument of cmake --build...
  local preset=$1 log=build/$1.log keep_going=(-k)
  local shown='!/^emcc: error: .\// && /[Ee]rror:|warning:|undefined /'
  case ${CMAKE_GENERATOR:-} in Ninja*) keep_going=(-k 0) ;; esac
  shift
  configure "$preset" || return 1
  cmake --build --preset "$preset" -j "$job_count" "$@" -- "${keep_going[@]}" 2>&1 | tee -a "$log" |
    awk "$shown"' { print substr($0, 1, 200); fflush() }'
  if [ "${PIPESTATUS[0]}" -eq 0 ]; then return 0; fi
  # A step that failed may have said so in other words.
  grep -B 12 '[*][*][*]' "$log" | tail -n 40 | cut -c 1-300
  return 1
}

# Runs those tests of a preset that have the label, and counts their cases.
run_ctest() { # preset, label, prefix of the command...
  local preset=$1 label=$2 log=build/$1-$2-tests.log sums p f s
  shift 2
  # -LE '^$' instead of the preset's own filter, which leaves out what only ./run test builds.
  "$@" ctest --preset "$preset" -L "^$label\$" -LE '^$' --verbose -j "$job_count" >"$log" 2>&1 </dev/null
  sums=$(awk -v preset="$preset" -f tests/sum_ctest.awk "$log")
  read -r p f s <<<"$sums"
  tail -n +2 <<<"$sums"
  if [ $((p + f + s)) -eq 0 ]; then
    printf 'FAILED %s, %s: no test ran\n' "$preset" "$label"
    tail -n 5 "$log" | sed 's/^/  /'
    f=1
  fi
  count "$p" "$f" "$s"
  printf '%s, %s: ' "$preset" "$label"
  count_line "$p" "$f" "$s"
}

# Runs a preset's programs of unit tests, or others that are made like them, side by side by run_program.sh. If some
# could not be built, the others run, and each one that does not run is a failure.
run_units() { # preset, kind (unit, faults), option of run_program.sh..., --, prefix of the command...
  local preset=$1 kind=$2 folder=build/test/$1-$2 options=() p=$passed f=$failed program
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  if [ $# -gt 0 ]; then shift; fi
  if [ -n "$filter" ]; then options+=(--filter "$filter"); fi
  rm -rf "$folder"
  mkdir -p "$folder"
  for program in $(unit_programs "$preset" "$kind"); do
    printf '%s\0' "tests/suites/run_program.sh '$preset $program' ${options[*]} -- $* \
      $(<"build/$preset/programs/$kind/$program") 2>&1 | tee '$folder/$program'"
  done | xargs -0 -n 1 -P "$job_count" bash -c
  for program in $(unit_programs "$preset" "$kind"); do
    # shellcheck disable=SC2046 # two numbers
    count $(awk '/^[0-9]+ passed, [0-9]+ failed/ { p = $1; f = $3; is_whole = 1 }
      END { print p + 0, is_whole ? f + 0 : 1 }' "$folder/$program" 2>/dev/null || echo 0 1)
  done
  if [ $((passed - p + failed - f)) -eq 0 ] && [ -z "$filter" ]; then
    count 0 1
    printf 'FAILED %s: there is no program of kind %s\n' "$preset" "$kind"
  fi
  printf '%s, %s: ' "$preset" "$kind"
  count_line $((passed - p)) $((failed - f)) 0
}

# The programs that a preset has; `./run test` leaves out those of C++ in other modes than C++17.
unit_programs() { # preset, kind
  local file name
  for file in build/"$1"/programs/"$2"/*; do
    name=${file##*/}
    if [ "$is_short" = yes ]; then
      case $name in
        *c++17-*debug | *c++17) ;;
        *c++*) continue ;;
      esac
      case $name in *c++17-plain* | *c++17-wasm*) continue ;; esac
    fi
    printf '%s\n' "$name"
  done
}

# Runs a command for `limit_s` at most. What it has started and left running in its process group is ended, too: it would hold
# the command's output open, and who reads that would wait for ever. There is no limit without the program `timeout`, and
# for a function of the shell.
run_limited() { # command...
  local pid status
  if ! command -v timeout >/dev/null 2>&1 || ! type -P "$1" >/dev/null; then
    "$@" </dev/null
    return
  fi
  # timeout makes a process group of its own, whose number is its own.
  timeout -k 10 "$limit_s" "$@" </dev/null &
  pid=$!
  trap 'kill -TERM -- -$pid 2>/dev/null; exit 143' INT TERM HUP
  wait "$pid"
  status=$?
  trap - INT TERM HUP
  kill -KILL -- "-$pid" 2>/dev/null
  return "$status"
}

# Runs a command whose last line is: N passed, N failed[, N skipped]. Counts what it says.
run_counted() { # name of the log, command...
  local log=build/$1 begin=$SECONDS status p f s
  shift
  mkdir -p build
  run_limited "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  # A root that is entered by chroot has no /dev/fd, so nothing here is read from a process.
  read -r p f s <<<"$(awk '/^[0-9]+ passed, [0-9]+ failed/ { p = $1; f = $3; s = $5 }
    END { print p + 0, f + 0, s + 0 }' "$log")"
  if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
    f=1
    if [ $((SECONDS - begin)) -ge "$limit_s" ]; then
      printf 'FAILED %s (not done after %d s)\n' "$*" "$limit_s"
    else
      printf 'FAILED %s (status %d)\n' "$*" "$status"
    fi
    tail -n 20 "$log" | sed 's/^/  /'
  fi
  if [ "$f" -gt 0 ]; then printf 'FAILED %d of: %s\n' "$f" "$*"; fi
  count "$p" "$f" "$s"
}

run_script() { # script, argument...
  local program=()
  case $1 in *.mjs) program=(node) ;; esac
  printf '== %s\n' "$*"
  run_counted "$(basename "$1").log" ${program[@]+"${program[@]}"} "$@"
}
