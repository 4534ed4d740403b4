#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Looks for programs that break the library, beginning with the committed corpus, and then says which
# lines the corpus reaches. `../../run fuzz` calls it: fuzz.sh MINUTES [debug | merge]. With `debug` the programs run
# with SS_DEBUG=1. With `merge` what was found is added to the corpus, minimised.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
# shellcheck source=tests/suites/runner.sh
. tests/suites/runner.sh
say() {
  printf '== %s\n' "$*"
}

minutes=$1 fuzzer=fuzz
if [ "${2:-}" = debug ]; then fuzzer=fuzz-debug; fi
packed=tests/fuzz/corpus.bin corpus=build/fuzz-corpus found=build/fuzz-found
programs=build/coverage/tests/model
# The machine counts the library's blocks itself; a longjmp may leave its own temporaries behind.
export ASAN_OPTIONS=detect_leaks=0
options=(-detect_leaks=0 -max_len=2048 -use_value_profile=0 -artifact_prefix=build/fuzz-)

build fuzz --target "$fuzzer" || exit 1
build coverage --target model || exit 1
# libFuzzer reads and writes folders.
rm -rf "$corpus"
mkdir -p "$corpus" "$found"
LLVM_PROFILE_FILE=/dev/null "$programs/model-replay" --unpack "$packed" "$corpus" || exit 1
if [ "$minutes" -gt 0 ]; then
  say "fuzzing for $minutes minutes; what breaks the library is left as build/fuzz-crash-*"
  "build/fuzz/tests/model/$fuzzer" "${options[@]}" -max_total_time=$((minutes * 60)) -print_final_stats=1 \
    "$found" "$corpus" >build/fuzz-run.log 2>&1 </dev/null
  status=$?
  grep -E '^stat::number_of_executed_units|^stat::average_exec_per_sec' build/fuzz-run.log
  if [ $status -ne 0 ]; then
    grep -E '^model:|ERROR|SUMMARY|Test unit written' build/fuzz-run.log
    exit 1
  fi
fi
if [ "${2:-}" = merge ]; then
  rm -rf build/fuzz-merged
  mkdir -p build/fuzz-merged
  build/fuzz/tests/model/fuzz "${options[@]}" -merge=1 build/fuzz-merged "$corpus" "$found" \
    >build/fuzz-merge.log 2>&1 || exit 1
  LLVM_PROFILE_FILE=/dev/null "$programs/model-replay" --pack "$packed" build/fuzz-merged || exit 1
fi

say "what the corpus, 20 programs with faults and the sizes at the edges reach"
export LLVM_PROFILE_FILE=build/fuzz-%p.profraw
rm -f build/fuzz-*.profraw
"$programs/model-replay" --corpus "$packed" || exit 1
"$programs/model-faults" 1 20 || exit 1
"$programs/model-arithmetic" || exit 1
llvm-profdata merge -o build/fuzz.profdata build/fuzz-*.profraw || exit 1
# debug.c is what SS_DEBUG adds: the unit tests'. valid.c is a test itself: it should find nothing.
llvm-cov show "$programs/model-replay" -object "$programs/model-faults" \
  -object "$programs/model-arithmetic" -instr-profile=build/fuzz.profdata -show-instantiations=0 \
  -ignore-filename-regex='tests/|debug[.]c|valid[.]c' >build/fuzz-coverage.txt || exit 1
awk -F'|' '
  /^\/.*:$/ { sub(/:$/, ""); sub(/.*\//, ""); file = $0; next }
  $2 ~ /[0-9]/ { all[file]++; total++; if ($2 + 0 == 0) { missed[file]++; total_missed++ } }
  END {
    for (file in all) printf "%-20s %4d lines, %2d missed\n", file, all[file], missed[file]
    printf "%.1f%% of %d lines\n", 100 - 100 * total_missed / total, total
  }' build/fuzz-coverage.txt | sort
echo "line by line: build/fuzz-coverage.txt"
