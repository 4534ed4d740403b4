# SPDX-License-Identifier: MIT
# the documents' code compiles and runs, their commands exist
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
