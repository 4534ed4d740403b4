# SPDX-License-Identifier: MIT
# a heap of 3 GiB in Node.js: pointers beyond 2 GiB, sizes beyond it, and its end
# shellcheck shell=bash

tools_heap() {
  echo cmake make emcc node
}

needs_heap() {
  echo build wasm heap
}

suite_heap() {
  run_ctest wasm heap
}
