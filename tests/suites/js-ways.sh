# SPDX-License-Identifier: MIT
# the JavaScript module and its panel in Chrome and Firefox, in Deno and Bun, packed and bundled
# shellcheck shell=bash

tools_js-ways() {
  echo cmake make emcc node npm chrome firefox xvfb
}

needs_js-ways() {
  echo npm tests/web
  echo npm tests/js
  echo npm tests/js/runtimes
  echo build wasm secondstack web
}

suite_js-ways() {
  run_script tests/js/browser.test.mjs
  run_script tests/js/memory.test.mjs
  run_script tests/js/runtimes.test.mjs
  run_script tests/js/package.test.mjs
  run_script tests/web/panel.test.mjs
}
