# SPDX-License-Identifier: MIT
# the programs in examples/, natively and in Node.js
# shellcheck shell=bash

tools_examples() {
  echo cmake make gcc c++ libc emcc node
}

needs_examples() {
  echo build native examples
  echo build wasm examples
}

suite_examples() {
  run_ctest native examples
  run_ctest wasm examples
}
