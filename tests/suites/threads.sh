# eight threads under ThreadSanitizer, as pthreads in Node.js and in Chrome; THREADS_SECONDS=60 for long
# shellcheck shell=bash

tools_threads() {
  echo cmake make clang clang-rt libc emcc node npm chrome
}

suite_threads() {
  local prefix=()
  if setarch -R true 2>/dev/null; then prefix=(setarch -R); fi
  build tsan --target threads-hammer || build_failed tsan
  run_ctest tsan threads ${prefix[@]+"${prefix[@]}"}
  if ! need_npm_packages || ! build wasm-pthread --target threads-hammer; then
    build_failed wasm-pthread
    return
  fi
  run_ctest wasm-pthread threads
  run_script tests/threads/hammer.test.mjs
}
