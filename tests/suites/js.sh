# SPDX-License-Identifier: MIT
# the JavaScript module in Node.js: its calls, its types, attached to programs, the document's code
# shellcheck shell=bash

tools_js() {
  echo cmake make emcc node npm chrome
}

needs_js() {
  echo npm tests/web
  echo npm tests/js
  echo build wasm secondstack web
}

suite_js() {
  local name
  for name in api realm types attach measure readme; do run_script "tests/js/$name.test.mjs"; done
}
