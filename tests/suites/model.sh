# SPDX-License-Identifier: MIT
# random programs, faults, the fuzzer's corpus and sizes at the edges, against a naive model
# shellcheck shell=bash
# shellcheck disable=SC2154 # is_short is run's

tools_model() {
  echo cmake make gcc c++ libc
  if [ "$is_short" = no ]; then
    echo emcc node
    if has dpkg && [ "$(dpkg --print-architecture)" = amd64 ]; then echo m32; fi
  fi
}

needs_model() {
  if [ "$is_short" = yes ]; then
    echo build asan-gcc model-random model-replay
    return
  fi
  echo build native-release model
  if is_there m32; then echo build native-32 model; fi
  echo build wasm model
}

suite_model() {
  if [ "$is_short" = yes ]; then
    run_ctest asan-gcc model-short
    return
  fi
  run_ctest native-release model
  # Where the compiler can have no 32-bit libraries there is only wasm32.
  if is_there m32; then
    run_ctest native-32 model
  else
    count 0 0 1
    echo "SKIPPED the model test with -m32: gcc has no 32-bit libraries"
  fi
  run_ctest wasm model
}
