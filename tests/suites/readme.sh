# the README's code compiles and runs, its commands exist
# shellcheck shell=bash

tools_readme() {
  echo cmake make gcc c++ libc gles
}

suite_readme() {
  if build native --target secondstack; then
    run_ctest native readme
  else
    build_failed native
  fi
}
