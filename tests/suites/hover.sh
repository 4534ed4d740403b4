# SPDX-License-Identifier: MIT
# an editor with clangd shows what a public name is for when the pointer rests on it
# shellcheck shell=bash

tools_hover() {
  echo clangd node libc
}

needs_hover() {
  :
}

suite_hover() {
  run_script tests/reference/hover.mjs
}
