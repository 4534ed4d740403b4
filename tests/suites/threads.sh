# SPDX-License-Identifier: MIT
# eight threads under ThreadSanitizer, as pthreads in Node.js and in Chrome; THREADS_SECONDS=60 for long
# shellcheck shell=bash

tools_threads() {
  echo cmake make clang clang-rt libc emcc node npm chrome
}

needs_threads() {
  echo build tsan threads-hammer
  echo build wasm-pthread threads-hammer
  echo npm tests/web
}

suite_threads() {
  local prefix=()
  if setarch -R true 2>/dev/null; then prefix=(setarch -R); fi
  run_ctest tsan threads ${prefix[@]+"${prefix[@]}"}
  run_ctest wasm-pthread threads
  run_script tests/threads/hammer.test.mjs
}
