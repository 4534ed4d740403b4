# SPDX-License-Identifier: MIT
# the README's code compiles and runs, its commands exist
# shellcheck shell=bash

tools_readme() {
  echo cmake make gcc c++ libc gles
}

needs_readme() {
  echo build native secondstack
}

suite_readme() {
  run_ctest native readme
}
