# the unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
# shellcheck shell=bash

tools_asan() {
  echo cmake make gcc c++ libc clang clang-rt
}

suite_asan() {
  test_units asan
  test_units asan-gcc
}
