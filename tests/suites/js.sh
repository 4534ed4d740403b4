# the JavaScript module in Node.js, Chrome and Firefox, attached to programs, packed and bundled
# shellcheck shell=bash

tools_js() {
  echo cmake make emcc node npm chrome firefox
}

suite_js() {
  local script
  if ! need_npm_packages || ! need_npm_packages tests/js || ! build wasm --target secondstack web; then
    build_failed wasm
    return
  fi
  for script in tests/js/*.test.mjs; do run_script "$script"; done
}
