# SPDX-License-Identifier: MIT
# the unit tests with every backing call refused in turn, under AddressSanitizer and in Node.js
# shellcheck shell=bash

tools_faults() {
  echo cmake make clang clang-rt libc emcc node
}

needs_faults() {
  echo build asan faults
  echo build wasm faults
}

suite_faults() {
  echo "not run with faults: cold_heap, refusal, poison, how threads end, C++; why: tests/faults/CMakeLists.txt"
  run_units asan faults
  run_units wasm faults
}
