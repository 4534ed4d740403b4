# a heap of 3 GiB in Node.js: pointers beyond 2 GiB, sizes beyond it, and its end
# shellcheck shell=bash

tools_heap() {
  echo cmake make emcc node
}

suite_heap() {
  build wasm --target heap || build_failed wasm
  run_ctest wasm heap
}
