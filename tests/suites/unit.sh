# SPDX-License-Identifier: MIT
# the unit tests with gcc, AddressSanitizer and UndefinedBehaviorSanitizer
# shellcheck shell=bash
# shellcheck disable=SC2154 # is_short is run's

tools_unit() {
  echo cmake make gcc c++ libc
}

needs_unit() {
  if [ "$is_short" = yes ]; then echo build asan-gcc unit-short; else echo build asan-gcc; fi
}

suite_unit() {
  run_units asan-gcc unit
  run_ctest asan-gcc tool
}
