#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs a program of unit tests to its end, even if a test ends the process: when the program dies, the test that
# was running has failed, and the program is started again with the test after it. Each group of tests that asks
# for a process of its own gets one.
#
#   run_program.sh NAME [--filter GROUP[.TEST]] [--except GROUP] [--word WORD] -- COMMAND...
#
# Each WORD is passed on to the tests. Prints every failed test with the command that repeats it alone, and as its
# last line: N passed, N failed.
set -u

limit_s=600 # for one process, because a sanitizer's report in a thread can hang
name=$1 filter='' options=() words=()
shift
while [ "$1" != -- ]; do
  case $1 in
    --filter) filter=$2 ;;
    --word) words+=("$2") ;;
    *) options+=("$1" "$2") ;;
  esac
  shift 2
done
shift
command=("$@")
passed=0 failed=0
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT

with_limit() { # command...
  if command -v timeout >/dev/null 2>&1; then timeout -k 5 "$limit_s" "$@"; else "$@"; fi
}

# Prints the lines of `output` that belong to a test: those between its name and the name of the next test.
output_of() { # test
  awk -v test="$1" '/^run / { is_shown = $2 == test; next } is_shown && ++lines <= 60' "$folder/output"
}

tell_failure() { # test, how
  printf 'FAILED %s %s%s\n' "$name" "$1" "${2:+ ($2)}"
  output_of "$1" | grep -v '^FAILED ' | sed 's/^ */  /'
  printf '  to repeat: %s --filter %s\n' "${command[*]}" "$1"
}

# Runs the tests that the options choose, in as many processes as that takes.
run_chosen() { # option of the program...
  local status last after=() started bad test
  while :; do
    with_limit "${command[@]}" --trace "$@" ${after[@]+"${after[@]}"} ${words[@]+"${words[@]}"} >"$folder/output" 2>&1 </dev/null
    status=$?
    if [ $status -eq 2 ] && grep -q '^check: no such test' "$folder/output"; then return; fi
    started=$(grep -c '^run ' "$folder/output")
    last=$(sed -n 's/^run //p' "$folder/output" | tail -n 1)
    bad=$(grep -c '^FAILED ' "$folder/output")
    passed=$((passed + started - bad)) failed=$((failed + bad))
    for test in $(sed -n 's/^FAILED \([^ ]*\) .*/\1/p' "$folder/output"); do tell_failure "$test"; done
    grep '^not checked: ' "$folder/output"
    if grep -q '^[0-9]* passed, [0-9]* failed' "$folder/output"; then
      # All tests have run. A sanitizer's report at the end belongs to none of them, and counts as a failure more.
      if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then
        failed=$((failed + 1))
        printf 'FAILED %s (its tests pass, then it ends with status %d)\n' "$name" "$status"
        sed -n '/^run /!p' "$folder/output" | tail -n 60 | sed 's/^/  /'
        printf '  to repeat: %s\n' "${command[*]} $*"
      fi
      return
    fi
    if [ -z "$last" ] || [ "${after[1]:-}" = "$last" ]; then
      failed=$((failed + 1))
      printf 'FAILED %s (it does not run: status %d)\n' "$name" "$status"
      tail -n 20 "$folder/output" | sed 's/^/  /'
      printf '  to repeat: %s\n' "${command[*]} $*"
      return
    fi
    passed=$((passed - 1)) failed=$((failed + 1))
    case $status in
      124 | 137) tell_failure "$last" "not done after $limit_s s" ;;
      *) tell_failure "$last" "the program died with status $status" ;;
    esac
    after=(--after "$last")
  done
}

if [ -n "$filter" ]; then
  run_chosen --filter "$filter" ${options[@]+"${options[@]}"}
else
  run_chosen ${options[@]+"${options[@]}"}
  for group in $("${command[@]}" --groups | sed -n 's/	.*//p'); do
    run_chosen --filter "$group" ${options[@]+"${options[@]}"}
  done
fi
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
