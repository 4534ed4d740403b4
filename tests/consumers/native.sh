# SPDX-License-Identifier: MIT
# The ways in which a program for this machine uses the library. run.sh reads it.
# shellcheck shell=bash

start_native() {
  configure=(cmake)
  mkdir -p "$work/native"
  start check_native_installation
  start check "native: the build target install, without ./run" installs_with_cmake
  start check "native: the README's section on CMake" follow_readme cmake
  start_sources_in_cmake native
  start check_native_amalgamated
}

# One after the other, as all of it is built in one folder.
check_native_installation() {
  local prefix=$work/native/prefix staged=$work/native/staged kind
  mkdir -p "$prefix/include" "$staged"
  echo "not ours" >"$prefix/include/other.h"
  list_folder "$prefix" >"$work/native/before"

  check "native: install" "$root/run" install --native --prefix "$prefix"
  check "native: find_package" build_project "$work/native/find_package" find_package \
    "-DCMAKE_PREFIX_PATH=$prefix"
  check "native: find_package of this version" build_project "$work/native/find_version" find_package \
    "-DCMAKE_PREFIX_PATH=$prefix" -DWANTED_VERSION="$(header_version)"
  check "native: find_package refuses another version" refuses "compatible with requested version" \
    cmake -S "$here/find_package" -B "$work/native/find_99" "-DCMAKE_PREFIX_PATH=$prefix" \
    -DWANTED_VERSION=99.0
  check_pkg_config "$prefix"
  for kind in static shared; do
    check "native: two $kind libraries share one stack" shares_one_stack $kind "$work/native/$kind" cc \
      "-I$prefix/include" "-L$(dirname "$(find "$prefix" -name libsecondstack.a)")" -lsecondstack -pthread
  done
  check "native: installing again" "$root/run" install --native --prefix "$prefix"
  check "native: a file of an older version goes when the newer has none" replaces_older "$prefix"
  check "native: uninstall" "$root/run" uninstall --native --prefix "$prefix"
  check "native: uninstall leaves what was there" has_nothing_else "$prefix" "$work/native/before"
  check "native: uninstall refuses when nothing is installed" refuses "nothing is installed" \
    "$root/run" uninstall --native --prefix "$prefix"

  check "native: install behind DESTDIR" env "DESTDIR=$staged" "$root/run" install --native \
    --prefix /opt/secondstack
  check "native: all of it is behind DESTDIR" test -e "$staged/opt/secondstack/include/secondstack.h"
  check "native: uninstall behind DESTDIR" env "DESTDIR=$staged" "$root/run" uninstall --native \
    --prefix /opt/secondstack
  check "native: nothing stays behind DESTDIR" test ! -e "$staged/opt/secondstack"
  check "native: a folder that cannot be made is one line" refuses_in_one_line \
    "$root/run" install --native --prefix "$log/secondstack"
}

check_native_amalgamated() {
  local compiler found=no
  check "native: amalgamate" "$root/run" amalgamate "$work/native/amalgamated"
  for compiler in gcc clang; do
    if ! has $compiler; then continue; fi
    found=yes
    check "native: the amalgamated pair with $compiler" builds_dropped_in "$work/native/amalgamated" \
      "$work/native/dropped_in_$compiler" $compiler -pthread
  done
  if [ $found = no ]; then skip "native: the amalgamated pair" "no gcc and no clang on PATH"; fi
}

header_version() {
  awk '$2 == "SS_VERSION" { printf "%d.%d.%d", $3 / 10000, $3 / 100 % 100, $3 % 100 }' \
    "$root/include/secondstack.h"
}

check_pkg_config() { # prefix
  local folder
  if ! has pkg-config; then
    skip "native: pkg-config" "no pkg-config on PATH"
    return
  fi
  folder=$(dirname "$(find "$1" -name secondstack.pc)")
  check "native: pkg-config" builds_with_pkg_config "$folder" cc "$work/native/pkg_config"
  check "native: pkg-config knows the version" env "PKG_CONFIG_PATH=$folder" \
    pkg-config --exact-version="$(header_version)" secondstack
}

builds_with_pkg_config() { # folder of the .pc file, compiler, program
  PKG_CONFIG_PATH=$1 "$here/pkg_config/build.sh" "$2" "$3" && prints_sum "$3"
}

builds_dropped_in() { # folder, program, compiler, flag...
  "$here/dropped_in/build.sh" "$@" && prints_sum "$2"
}

replaces_older() { # prefix
  echo "of an older version" >"$1/include/secondstack_old.h"
  echo include/secondstack_old.h >>"$1/share/secondstack/manifest.txt"
  "$root/run" install --native --prefix "$1" && [ ! -e "$1/include/secondstack_old.h" ]
}

refuses_in_one_line() { # command...
  local output
  if output=$("$@" 2>&1); then return 1; fi
  printf '%s\n' "$output"
  [ "$(wc -l <<<"$output")" -eq 1 ] && [[ $output == "run: cannot write to "* ]]
}

installs_with_cmake() {
  local folder=$work/native/cmake
  cmake -S "$work/pack/secondstack" -B "$folder" -DSECONDSTACK_BUILD_TESTS=OFF &&
    cmake --build "$folder" -j 2 && cmake --install "$folder" --prefix "$folder/prefix" &&
    test -e "$folder/prefix/include/secondstack.h" &&
    cmake -D "PREFIX=$folder/prefix" -P "$root/src/package/uninstall.cmake" &&
    test ! -e "$folder/prefix"
}
