# SPDX-License-Identifier: MIT
# the demo's every control, in Firefox on a virtual display too, with WebGPU, for long, and ./run demo --watch
# shellcheck shell=bash

tools_page-long() {
  echo cmake make emcc node npm cglm chrome firefox xvfb
}

needs_page-long() {
  echo npm tests/web
  echo npm tests/bench/plots
  echo build wasm demo
}

suite_page-long() {
  local name
  for name in firefox webgpu controls learn ways soak watch; do run_script "tests/web/$name.test.mjs"; done
}
