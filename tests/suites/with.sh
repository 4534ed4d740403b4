# SPDX-License-Identifier: MIT
# other people's libraries on the second stack, in examples/with/: the same output as with malloc; with ASan, in Node.js
# shellcheck shell=bash

tools_with() {
  echo cmake make gcc c++ libc clang clang-rt emcc node pkg-config zlib lua freetype imgui stb font
}

needs_with() {
  echo build native with
  echo build asan with
  echo build wasm with
}

suite_with() {
  local preset
  for preset in native asan wasm; do run_ctest "$preset" with; done
}
