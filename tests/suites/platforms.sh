# SPDX-License-Identifier: MIT
# the unit tests for Windows (MinGW, Wine), musl, big-endian and 32 bits (qemu), and programs for WASI
# shellcheck shell=bash

# What only Debian has is asked for there; elsewhere a platform that is not here is skipped, and it is said.
tools_platforms() {
  echo cc gcc libc clang node
  if has apt-get && [ "$(id -u)" -eq 0 ]; then
    echo mingw wine musl-gcc qemu-s390x-static wasi-libc wasm-rt wasm-ld
    echo binutils-s390x-linux-gnu libgcc-s390x-linux-gnu libc-s390x-linux-gnu
    echo binutils-arm-linux-gnueabihf libgcc-arm-linux-gnueabihf libc-arm-linux-gnueabihf
  fi
}

needs_platforms() {
  :
}

suite_platforms() {
  run_script tests/platforms/platforms.sh
}
