# SPDX-License-Identifier: MIT
# faults put into the library on purpose: the short run's tests find each; takes minutes, not part of all
# shellcheck shell=bash
# shellcheck disable=SC2034 # limit_s is runner.sh's

tools_mutations() {
  echo cmake make gcc c++ libc emcc node
}

needs_mutations() {
  :
}

suite_mutations() {
  limit_s=20000 # it builds and tests the library some hundred times
  run_script tests/mutations/mutations.mjs
}
