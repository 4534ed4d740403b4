# SPDX-License-Identifier: MIT
# the headers as C11, C17, C++17 and C++20, in gcc, clang and emcc, warnings as errors
# shellcheck shell=bash

tools_compile() {
  echo cmake make gcc c++ libc clang gles emcc node
}

# The tests are the compiler's runs, but for the one that links.
needs_compile() {
  echo build native secondstack
  echo build native-clang secondstack
  echo build wasm secondstack
}

suite_compile() {
  local preset
  for preset in native native-clang wasm; do run_ctest "$preset" compile; done
}
