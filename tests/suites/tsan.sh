# the unit tests under ThreadSanitizer
# shellcheck shell=bash

tools_tsan() {
  echo cmake make gcc libc clang clang-rt
}

suite_tsan() {
  # Where addresses are more random than ThreadSanitizer expects, it does not start.
  if setarch -R true 2>/dev/null; then
    test_units tsan setarch -R
  else
    test_units tsan
  fi
}
