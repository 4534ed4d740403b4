# SPDX-License-Identifier: MIT
# scopes left by exceptions of C++ and JavaScript, in each of Emscripten's modes
# shellcheck shell=bash

tools_exits() {
  echo cmake make emcc node
}

needs_exits() {
  echo build wasm exits
}

suite_exits() {
  run_ctest wasm exits
}
