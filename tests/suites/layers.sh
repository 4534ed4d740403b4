# SPDX-License-Identifier: MIT
# no file of the library calls one in a layer above its own: src/README.md
# shellcheck shell=bash

tools_layers() {
  echo cc libc nm
}

needs_layers() {
  :
}

suite_layers() {
  run_script tests/layers/layers.sh
}
