# the unit tests with every backing call refused in turn, under AddressSanitizer and in Node.js
# shellcheck shell=bash

tools_faults() {
  echo cmake make clang clang-rt libc emcc node
}

suite_faults() {
  local preset
  echo "not run with faults: cold_heap, refusal, poison, exception; why: tests/faults/CMakeLists.txt"
  for preset in asan wasm; do
    build "$preset" --target faults || build_failed "$preset"
    run_ctest "$preset" faults
  done
}
