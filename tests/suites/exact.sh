# SPDX-License-Identifier: MIT
# instructions, in C and C++, bytes of code, heap taken and backing calls stay within their limits
# shellcheck shell=bash

tools_exact() {
  echo gcc c++ libc clang valgrind emcc node
}

needs_exact() {
  :
}

suite_exact() {
  run_script tests/bench/exact.mjs
  run_script tests/bench/same_code.mjs
}
