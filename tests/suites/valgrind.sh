# the unit tests under Valgrind
# shellcheck shell=bash

tools_valgrind() {
  echo cmake make gcc c++ libc valgrind
}

suite_valgrind() {
  # Optimised, since Valgrind is slow.
  if build native-release; then
    run_ctest native-release valgrind
  else
    build_failed native-release
  fi
}
