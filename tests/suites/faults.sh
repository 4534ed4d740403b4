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
  printf 'not run with faults: %s, C++; why: tests/faults/CMakeLists.txt\n' \
    "$(sed -n 's/^set(not_run \(.*\))$/\1/p' tests/faults/CMakeLists.txt | sed 's/ /, /g')"
  run_units asan faults
  run_units wasm faults
}
