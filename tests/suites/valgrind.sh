# SPDX-License-Identifier: MIT
# the unit tests under Valgrind
# shellcheck shell=bash

tools_valgrind() {
  echo cmake make gcc c++ libc valgrind
}

# Optimised, since Valgrind is slow.
needs_valgrind() {
  echo build native-release
}

suite_valgrind() {
  # Tests of guard bytes write where they must not, on purpose. A word is the number of threads that come and
  # go: with a thousand it takes minutes.
  run_units native-release unit --except guard_bytes --except cpp_misuse --word 48 -- \
    valgrind --quiet --error-exitcode=9 --leak-check=full
  run_ctest native-release valgrind
}
