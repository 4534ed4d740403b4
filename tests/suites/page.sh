# the demo in headless Chrome, and in Firefox on a virtual display
# shellcheck shell=bash

tools_page() {
  echo cmake make emcc node npm cglm chrome firefox xvfb
}

suite_page() {
  local script
  if ! need_npm_packages || ! build wasm --target demo; then
    build_failed wasm
    return
  fi
  for script in tests/bench/frames/*test.mjs tests/web/*test.mjs; do run_script "$script"; done
}
