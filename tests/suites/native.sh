# the unit tests with gcc and clang
# shellcheck shell=bash

tools_native() {
  echo cmake make gcc c++ libc clang
}

suite_native() {
  test_units native
  test_units native-release
  test_units native-clang
}
