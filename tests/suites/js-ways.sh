# SPDX-License-Identifier: MIT
# the JavaScript module and its panel in Chrome and Firefox, packed and bundled
# shellcheck shell=bash

tools_js-ways() {
  echo cmake make emcc node npm chrome firefox
}

needs_js-ways() {
  echo npm tests/web
  echo npm tests/js
  echo build wasm secondstack web
}

suite_js-ways() {
  run_script tests/js/browser.test.mjs
  run_script tests/js/package.test.mjs
  run_script tests/web/panel.test.mjs
}
