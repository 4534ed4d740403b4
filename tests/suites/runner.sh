# What the suites beside this file have in common: building, running, counting. `../../run` reads it,
# and them: each NAME.sh begins with a line on what it tests and defines tools_NAME and suite_NAME.
# shellcheck shell=bash

passed=0 failed=0 skipped=0
job_count=$(nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)

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
    printf 'FAILED %s\n%s\n' "$name" "$output"
  fi
}

configure() { # preset
  local log=build/$1.log
  mkdir -p build
  if ! cmake --preset "$1" -DSECONDSTACK_WARNINGS_AS_ERRORS=ON >"$log" 2>&1; then
    cat "$log"
    return 1
  fi
  sed -n 's/^-- Left out/left out/p' "$log"
}

# Configures and builds a preset, as much of it as builds. Of the build only what is linked and what
# goes wrong is shown.
build() { # preset, argument of cmake --build...
  local preset=$1 log=build/$1.log keep_going=(-k)
  local shown='!/^emcc: error: .\// && / Linking |[Ee]rror:|warning:|undefined /'
  case ${CMAKE_GENERATOR:-} in Ninja*) keep_going=(-k 0) ;; esac
  shift
  say "$preset: configure and build"
  configure "$preset" || return 1
  cmake --build --preset "$preset" -j "$job_count" "$@" -- "${keep_going[@]}" 2>&1 | tee -a "$log" |
    awk "$shown"' { print substr($0, 1, 200); fflush() }'
  [ "${PIPESTATUS[0]}" -eq 0 ]
}

# Runs a preset's tests, those with a label, and counts their cases.
run_ctest() { # preset, label, prefix of the command...
  local preset=$1 label=$2 log=build/$1-$2-tests.log sums p f s
  shift 2
  "$@" ctest --preset "$preset" -L "$label" --verbose -j "$job_count" >"$log" 2>&1 </dev/null
  sums=$(awk -f tests/sum_ctest.awk "$log")
  read -r p f s <<<"$sums"
  if [ $((p + f + s)) -eq 0 ]; then
    tail -n 5 "$log"
    f=1
  fi
  tail -n +2 <<<"$sums"
  count "$p" "$f" "$s"
  printf '%s, %s: ' "$preset" "$label"
  count_line "$p" "$f" "$s"
}

build_failed() { # preset
  count 0 1
  printf 'FAILED the build of %s, see build/%s.log\n' "$1" "$1"
}

test_units() { # preset, prefix of the command...
  local preset=$1
  shift
  # What was built runs all the same; what was not is a failure that CTest reports.
  build "$preset" || build_failed "$preset"
  run_ctest "$preset" unit "$@"
}

# Runs a command whose last line is: N passed, N failed[, N skipped]. Counts what it says.
run_counted() { # name of the log, command...
  local log=build/$1 status p f s
  shift
  mkdir -p build
  "$@" 2>&1 </dev/null | tee "$log"
  status=${PIPESTATUS[0]}
  read -r p f s < <(awk '/^[0-9]+ passed, [0-9]+ failed/ { p = $1; f = $3; s = $5 }
    END { print p + 0, f + 0, s + 0 }' "$log")
  if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then f=1; fi
  count "$p" "$f" "$s"
}

run_script() { # script
  local program=()
  case $1 in *.mjs) program=(node) ;; esac
  say "$1"
  run_counted "$(basename "$1").log" ${program[@]+"${program[@]}"} "$1"
}
