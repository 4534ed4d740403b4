# SPDX-License-Identifier: MIT
# what looks inside a stack finds what is there: gdb, dumps, reports and traces of programs with a hog
# shellcheck shell=bash

tools_look() {
  echo cmake make gcc c++ libc node gdb valgrind
}

# Optimised and without debug information, as it is installed.
needs_look() {
  echo build native-release secondstack
}

suite_look() {
  run_script tests/look/gdb.test.mjs
  run_script tests/look/report.test.mjs
  run_script tests/look/trace.test.mjs
  run_script tests/look/heap_tools.test.mjs
}
