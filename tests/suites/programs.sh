# SPDX-License-Identifier: MIT
# programs in which allocation is the work: with the second stack the same output as with malloc, and no allocator call
# shellcheck shell=bash

tools_programs() {
  echo gcc c++ libc emcc node npm lua
}

needs_programs() {
  echo npm tests/bench/programs
}

suite_programs() {
  run_script tests/bench/programs.mjs --check
}
