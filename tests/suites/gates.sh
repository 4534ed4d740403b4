# SPDX-License-Identifier: MIT
# the frame benchmark: its statistics, and its exact gates in headless Chrome, in the page and in a worker
# shellcheck shell=bash
# shellcheck disable=SC2154 # is_short is run's

tools_gates() {
  echo cmake make emcc node npm cglm chrome
}

needs_gates() {
  echo npm tests/web
  echo npm tests/bench/plots
  echo build wasm demo
}

suite_gates() {
  run_script tests/bench/frames/frames.test.mjs
  if [ "$is_short" = yes ]; then
    run_script tests/web/gates.test.mjs --in-page
    echo "left out: the gates in a worker; ./run test gates runs them as well"
  else
    run_script tests/web/gates.test.mjs
  fi
}
