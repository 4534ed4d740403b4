# SPDX-License-Identifier: MIT
# the programs in examples/, natively, in Node.js and, with WebGL2 or sound, in headless Chrome
# shellcheck shell=bash

tools_examples() {
  echo cmake make gcc c++ libc emcc node npm chrome gles egl sdl2
}

needs_examples() {
  echo npm tests/web
  echo build native examples
  echo build wasm examples
}

suite_examples() {
  run_ctest native examples
  run_ctest wasm examples
  run_script tests/web/examples.test.mjs
}
