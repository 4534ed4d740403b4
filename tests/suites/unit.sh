# the unit tests with gcc, AddressSanitizer and UndefinedBehaviorSanitizer
# shellcheck shell=bash

tools_unit() {
  echo cmake make gcc c++ libc
}

needs_unit() {
  echo build asan-gcc
}

suite_unit() {
  run_units asan-gcc unit '*'
  run_ctest asan-gcc tool
}
