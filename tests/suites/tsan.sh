# SPDX-License-Identifier: MIT
# the unit tests under ThreadSanitizer
# shellcheck shell=bash

tools_tsan() {
  echo cmake make gcc libc clang clang-rt
}

needs_tsan() {
  echo build tsan
}

suite_tsan() {
  # Where addresses are more random than ThreadSanitizer expects, it does not start.
  if setarch -R true 2>/dev/null; then
    run_units tsan unit -- setarch -R
  else
    run_units tsan unit
  fi
  run_ctest tsan tool
}
