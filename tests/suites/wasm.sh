# the unit tests in Node.js, plain and -pthread
# shellcheck shell=bash

tools_wasm() {
  echo cmake make emcc node
}

needs_wasm() {
  echo build wasm
  echo build wasm-pthread
}

suite_wasm() {
  local preset
  for preset in wasm wasm-pthread; do
    run_units "$preset" unit '*'
    run_ctest "$preset" tool
  done
}
