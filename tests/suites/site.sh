# SPDX-License-Identifier: MIT
# the documentation site: ./run site, its pages, links and search, and its demo on a host of plain files
# shellcheck shell=bash

tools_site() {
  echo cmake make emcc node npm cglm chrome
}

needs_site() {
  echo npm tests/web
  echo npm docs/site
  echo build wasm demo
}

suite_site() {
  # Below a folder, as many hosts have it: what is not aware of its base does not work there.
  check "./run site" ./run site --base /secondstack/ --out build/site/served/secondstack
  run_script tests/web/site.test.mjs
}
