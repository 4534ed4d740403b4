# SPDX-License-Identifier: MIT
# calls, layouts and JavaScript's exports are those of the last release, or a new version says what has changed
# shellcheck shell=bash

tools_api() {
  echo gcc libc emcc cmake make node
}

needs_api() {
  echo build wasm secondstack web
}

suite_api() {
  run_script tests/api/watch.mjs
}
