# scopes left by exceptions of C++ and JavaScript, in each of Emscripten's modes
# shellcheck shell=bash

tools_exits() {
  echo cmake make emcc node
}

suite_exits() {
  build wasm --target exits || build_failed wasm
  run_ctest wasm exits
}
