# random programs, faults, the fuzzer's corpus and sizes at the edges, against a naive model
# shellcheck shell=bash

tools_model() {
  echo cmake make gcc c++ libc clang clang-rt emcc node
}

suite_model() {
  test_model native-release
  # Where the compiler can have no 32-bit libraries there is only wasm32.
  if (need m32); then
    test_model native-32
  else
    count 0 0 1
    echo "SKIPPED the model test with -m32: gcc has no 32-bit libraries"
  fi
  test_model wasm
}

test_model() { # preset
  if build "$1" --target model; then run_ctest "$1" model; else build_failed "$1"; fi
}
