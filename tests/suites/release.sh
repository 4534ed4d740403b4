# SPDX-License-Identifier: MIT
# what ./run release makes, twice the same; its users: two files, Debian package, Meson, CMake, emcc, npm; recipes and workflows
# shellcheck shell=bash

tools_release() {
  echo cmake make cc libc emcc node npm git tar gzip pkg-config
  if has apt-get && [ "$(id -u)" -eq 0 ]; then echo dpkg-deb lintian autopkgtest meson ninja; fi
}

needs_release() {
  echo npm tests/release
}

suite_release() {
  run_script tests/release/release.sh
}
