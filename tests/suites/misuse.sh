# every misuse ends the program with one line, natively and in Node.js; ASan there stops what it should
# shellcheck shell=bash

tools_misuse() {
  echo cmake make gcc libc emcc node
}

suite_misuse() {
  local preset
  for preset in native wasm wasm-pthread; do
    build "$preset" --target misuse-deaths || build_failed "$preset"
  done
  run_script tests/misuse/deaths.test.mjs
  build wasm-asan --target unit-poison-debug || build_failed wasm-asan
  run_ctest wasm-asan poison
}
