# instructions, bytes of code, heap taken and backing calls stay within their limits
# shellcheck shell=bash

tools_exact() {
  echo gcc c++ libc valgrind emcc node
}

suite_exact() {
  run_script tests/bench/exact.mjs
}
