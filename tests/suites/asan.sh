# SPDX-License-Identifier: MIT
# the unit tests under clang's AddressSanitizer and UndefinedBehaviorSanitizer
# shellcheck shell=bash

tools_asan() {
  echo cmake make gcc c++ libc clang clang-rt
}

needs_asan() {
  echo build asan
}

suite_asan() {
  run_units asan unit
  run_ctest asan tool
}
