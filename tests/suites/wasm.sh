# SPDX-License-Identifier: MIT
# the unit tests in Node.js, plain and -pthread
# shellcheck shell=bash
# shellcheck disable=SC2154 # is_short is run's

tools_wasm() {
  echo cmake make emcc node
}

needs_wasm() {
  local targets=''
  if [ "$is_short" = yes ]; then targets=unit-short; fi
  echo build wasm $targets
  echo build wasm-pthread $targets
}

suite_wasm() {
  local preset
  for preset in wasm wasm-pthread; do
    run_units "$preset" unit
    run_ctest "$preset" tool
  done
}
