# SPDX-License-Identifier: MIT
# the unit tests with gcc and clang
# shellcheck shell=bash

tools_native() {
  echo cmake make gcc c++ libc clang
}

needs_native() {
  echo build native
  echo build native-release
  echo build native-clang
}

suite_native() {
  local preset
  for preset in native native-release native-clang; do
    run_units "$preset" unit
    run_ctest "$preset" tool
  done
  # What README.md names: without what takes long and other suites run.
  check "ctest --preset native, as it is after a build" ctest --preset native -E '^(unit|compile)'
}
