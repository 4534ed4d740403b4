# the JavaScript module in Node.js, Chrome and Firefox, attached to programs, packed and bundled
# shellcheck shell=bash

tools_js() {
  echo cmake make emcc node npm chrome firefox
}

needs_js() {
  echo npm tests/web
  echo npm tests/js
  echo build wasm secondstack web
}

suite_js() {
  local script
  for script in tests/js/*.test.mjs; do run_script "$script"; done
}
