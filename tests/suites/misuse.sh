# SPDX-License-Identifier: MIT
# every misuse ends the program with one line, natively and in Node.js; ASan there stops what it should
# shellcheck shell=bash

tools_misuse() {
  echo cmake make gcc libc emcc node
}

needs_misuse() {
  echo build native misuse-deaths
  echo build wasm misuse-deaths
  echo build wasm-pthread misuse-deaths
  echo build wasm-asan misuse-poison misuse-poison-debug
}

suite_misuse() {
  run_script tests/misuse/deaths.test.mjs
  run_ctest wasm-asan poison
}
