# the headers as C11, C17, C++17 and C++20, in gcc, clang and emcc, warnings as errors
# shellcheck shell=bash

tools_compile() {
  echo cmake make gcc c++ libc clang gles emcc node
}

suite_compile() {
  local preset
  # The tests are the compiler's runs: configuring is all the building there is.
  for preset in native native-clang wasm; do
    if configure "$preset"; then run_ctest "$preset" compile; else build_failed "$preset"; fi
  done
}
