# the unit tests in Node.js, plain and -pthread
# shellcheck shell=bash

tools_wasm() {
  echo cmake make emcc node
}

suite_wasm() {
  test_units wasm
  test_units wasm-pthread
}
