# SPDX-License-Identifier: MIT
# the runner itself: a script that hangs is ended and told, what it leaves running is ended, failures are counted
# shellcheck shell=bash

tools_counting() {
  :
}

needs_counting() {
  :
}

# Runs a script as run_counted does, in a shell of its own, and prints what it counts.
counts_of() { # seconds, script
  bash -c '
    . tests/suites/runner.sh
    limit_s=$1
    run_counted counting-script.log bash -c "$2"
    printf "counts: %d %d\n" "$passed" "$failed"
  ' counts_of "$1" "$2"
}

counts_are() { # seconds, script, what is to be counted, part of what is to be said
  local said
  said=$(counts_of "$1" "$2")
  printf '%s\n' "$said"
  grep -qx "counts: $3" <<<"$said" && grep -qF "${4-}" <<<"$said"
}

# Whether a process is there, and not just waiting to be asked how it ended.
is_running() { # process
  kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

# A program that holds the output open must not hold the suite up, and must be gone afterwards.
# shellcheck disable=SC2016 # the script's own $!
a_program_left_running_is_ended() {
  counts_are 60 'sleep 600 & echo $! >build/counting-program; echo 2 passed, 0 failed' '2 0' || return 1
  sleep 0.2
  ! is_running "$(<build/counting-program)"
}

a_function_is_counted() {
  local said
  said=$(bash -c '
    . tests/suites/runner.sh
    some() { echo "1 passed, 0 failed"; }
    run_counted counting-function.log some
    printf "counts: %d %d\n" "$passed" "$failed"
  ')
  printf '%s\n' "$said"
  grep -qx 'counts: 1 0' <<<"$said"
}

suite_counting() {
  check 'what a script counts' counts_are 60 'echo 3 passed, 0 failed' '3 0'
  check 'failures' counts_are 60 'echo 3 passed, 2 failed; exit 1' '3 2' 'FAILED 2 of: bash'
  check 'a script that dies' counts_are 60 'echo 3 passed, 0 failed; exit 9' '3 1' '(status 9)'
  check 'a function of the shell' a_function_is_counted
  check 'a script that counts nothing' counts_are 60 'echo hello' '0 1' '(status 0)'
  if command -v timeout >/dev/null 2>&1; then
    check 'a script that hangs' counts_are 2 'echo hello; sleep 600' '0 1' '(not done after 2 s)'
    check 'a program that is left running' a_program_left_running_is_ended
  else
    count 0 0 2
    echo 'skipped: scripts that hang, as there is no program timeout'
  fi
}
