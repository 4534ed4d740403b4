# SPDX-License-Identifier: MIT
# three.js, Babylon.js, regl, gl-matrix, WebGPU and a pool of workers draw from the JavaScript module, in headless Chrome
# shellcheck shell=bash

tools_js-libraries() {
  echo cmake make emcc node npm chrome
}

needs_js-libraries() {
  echo npm tests/web
  echo npm tests/js
  echo npm examples/javascript
  echo build wasm secondstack web
}

suite_js-libraries() {
  run_script tests/js/libraries.test.mjs
}
