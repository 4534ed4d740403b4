# SPDX-License-Identifier: MIT
# programs that use the installed library, natively and with emcc's options
# shellcheck shell=bash

tools_consumers() {
  echo cmake make gcc c++ libc emcc node pkg-config
}

needs_consumers() {
  :
}

suite_consumers() {
  run_script tests/consumers/run.sh
}
