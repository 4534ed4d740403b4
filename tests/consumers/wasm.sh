# SPDX-License-Identifier: MIT
# The ways in which a program for WebAssembly uses the library, with the emcc on PATH. run.sh reads
# it.
# shellcheck shell=bash

# Makes emcc ready, and a cache of this test's own, in which the library will be installed.
prepare_emcc() {
  if [ -n "$farm" ]; then return; fi
  # Debian's emcc finds its acorn there.
  export NODE_PATH=${NODE_PATH:-}:/usr/share/nodejs
  node=(node)
  # Old versions give Node's own fetch a file name, which it refuses.
  if node --no-experimental-fetch --eval 0 2>/dev/null; then node+=(--no-experimental-fetch); fi
  if has timeout; then node=(timeout 120 "${node[@]}"); fi

  # What emcc still has to build of its own goes to its own cache, for all that come later.
  is_frozen=no
  if [ "$(em-config FROZEN_CACHE)" = True ] || [ ! -w "$(em-config CACHE)" ]; then is_frozen=yes; fi
  if [ $is_frozen = no ]; then warm_up; fi

  emcc_cache=$(em-config CACHE)
  farm=$work/cache
  link_cache "$farm"
  list_folder "$farm/sysroot" >"$work/sysroot_before"
  export EM_CACHE=$farm
  check "wasm: install" "$root/run" install
}

# Makes a cache of links to what is in emcc's own, which nobody writes to, but for the library.
link_cache() { # folder
  local file
  mkdir -p "$1"
  cp -as "$emcc_cache/sysroot" "$1/sysroot" 2>/dev/null || cp -R "$emcc_cache/sysroot" "$1/sysroot"
  find "$1/sysroot" -name '*secondstack*' -prune -exec rm -rf {} +
  for file in sysroot_install.stamp sanity.txt; do
    if [ -e "$emcc_cache/$file" ]; then cp "$emcc_cache/$file" "$1/"; fi
  done
}

start_wasm() {
  prepare_emcc
  configure=(emcmake cmake)
  mkdir -p "$work/wasm"
  # The longest first.
  start check_port
  start check_wasm_installation
  start_sharing
  start_sources_in_cmake wasm
  start check "wasm: find_package in emcc's sysroot" build_project "$work/wasm/find_package" find_package
  start check_wasm_sysroot
  start check_wasm_amalgamated
}

# One after the other, as all of it is built in one folder.
check_wasm_installation() {
  local prefix=$work/wasm/prefix
  if [ $is_frozen = yes ]; then
    check "wasm: the README's section on Debian's emscripten" follow_readme debian
  else
    check "wasm: the README's section on emsdk" follow_readme emsdk
  fi
  check "wasm: install in another folder" "$root/run" install --prefix "$prefix"
  check "wasm: find_package in another folder" build_project "$work/wasm/find_prefix" find_package \
    "-Dsecondstack_DIR=$prefix/lib/cmake/secondstack"
  if has pkg-config; then
    check "wasm: pkg-config in another folder" emcc_with_pkg_config "$prefix" \
      "$work/wasm/pkg_config_prefix.js"
  fi
  check "wasm: uninstall from another folder" "$root/run" uninstall --prefix "$prefix"
  check "wasm: nothing stays there" test ! -e "$prefix"
  check "wasm: a folder that cannot be made is one line" refuses_in_one_line \
    "$root/run" install --prefix "$log/secondstack"
}

is_left_out() { # word
  case " ${CONSUMERS_WITHOUT:-} " in *" $1 "*) ;; *) return 1 ;; esac
}

check_wasm_sysroot() {
  check "wasm: find_package refuses another version" refuses "compatible with requested version" \
    emcmake cmake -S "$here/find_package" -B "$work/wasm/find_99" -DWANTED_VERSION=99.0
  if has pkg-config; then
    check "wasm: pkg-config" emcc_with_pkg_config "$farm/sysroot" "$work/wasm/pkg_config.js"
  else
    skip "wasm: pkg-config" "no pkg-config on PATH"
  fi
}

check_wasm_amalgamated() {
  check "wasm: amalgamate" "$root/run" amalgamate "$work/wasm/amalgamated"
  check "wasm: the amalgamated pair" builds_js "$here/dropped_in/build.sh" "$work/wasm/amalgamated" \
    "$work/wasm/dropped_in.js" emcc
  check "wasm: the amalgamated pair with threads" builds_js "$here/dropped_in/build.sh" \
    "$work/wasm/amalgamated" "$work/wasm/dropped_in_threads.js" emcc -pthread -sPTHREAD_POOL_SIZE=1 \
    -sEXIT_RUNTIME=1
}

start_sharing() {
  local threads
  start check "wasm: two libraries share one stack" shares_one_stack static "$work/wasm/static" emcc \
    -lsecondstack
  for threads in "" "-pthread -sPROXY_TO_PTHREAD=1 -sEXIT_RUNTIME=1"; do
    start check_side_module "$threads"
  done
}

check_side_module() { # options for threads
  local name="wasm: a side module shares its main module's stack${1:+, -pthread}" output
  if is_left_out side-modules; then
    skip "$name" "left out by CONSUMERS_WITHOUT"
    return
  fi
  # -O2, as the side module is: other libraries of emcc's would be needed without.
  if output=$(runs_row "-O2 -sMAIN_MODULE=2 $1" -DCONTROL=1 2>&1); then
    # shellcheck disable=SC2086 # several words
    check "$name" shares_one_stack side "$work/wasm/side${1:+-threads}" emcc $1 -lsecondstack
  else
    skip "$name" "no -sMAIN_MODULE: $(toolchain_words <<<"$output")"
  fi
}

# The last thing: the rest of the tests use what is installed.
finish_wasm() {
  check "wasm: uninstall" "$root/run" uninstall
  check "wasm: uninstall leaves emcc's sysroot as it was" has_what_it_had
}

# emcc may have built libraries of its own meanwhile.
has_what_it_had() {
  list_folder "$farm/sysroot" >"$work/sysroot_after"
  LC_ALL=C comm -23 "$work/sysroot_before" "$work/sysroot_after" >"$work/sysroot_lost"
  find "$farm/sysroot" -name '*secondstack*' >>"$work/sysroot_lost"
  cat "$work/sysroot_lost"
  [ ! -s "$work/sysroot_lost" ]
}

builds_js() { # script, folder, program, compiler...
  "$@" && prints_sum "$3"
}

emcc_with_pkg_config() { # prefix, program
  PKG_CONFIG_LIBDIR=$1/lib/pkgconfig "$here/pkg_config/build.sh" emcc "$2" \
    -sPTHREAD_POOL_SIZE=1 -sEXIT_RUNTIME=1 && prints_sum "$2"
}

# --------------------------------------------------------------------------------------------------
# The port

check_port() {
  local port=$root/web/secondstack.py nothing=$work/wasm/port/nothing.py output
  mkdir -p "$work/wasm/port"
  link_cache "$work/wasm/port/cache"
  printf 'def get(*_): return []\ndef clear(*_): pass\ndef show(): return "none"\n' \
    >"$nothing"
  if ! output=$(uses_port "$nothing" -DCONTROL=1 2>&1); then
    skip "wasm: --use-port" "this emcc has no ports from a file: $(toolchain_words <<<"$output")"
    return
  fi
  check "wasm: --use-port" uses_port "$port"
  check_port_with_lto
  check "wasm: --use-port, -pthread" uses_port "$port" -pthread -sPTHREAD_POOL_SIZE=1 -sEXIT_RUNTIME=1
  check "wasm: --use-port with options" uses_port "$port:optimizationLevel=z:debug=true"
  check "wasm: --use-port, an archive for each set of options" has_archives_of_port
  check "wasm: --use-port names a wrong option" refuses "fast. is not supported" \
    uses_port "$port:fast=1"
  check "wasm: --use-port names a wrong value" refuses "debug. can be" uses_port "$port:debug=maybe"
  check "wasm: --use-port, the release's recipe" uses_recipe
}

# What a release hands to Emscripten: the port that fetches the archive of the sources and knows its checksum.
uses_recipe() {
  local folder=$work/wasm/port/recipe version recipe
  version=$("$root/src/package/version.sh")
  recipe=$folder/contrib.secondstack.py # a port of a file has the file's name, and this one is contrib.secondstack
  mkdir -p "$folder" && cp -R "$work/pack/secondstack" "$folder/secondstack-$version" &&
    tar -czf "$folder/secondstack.tar.gz" -C "$folder" "secondstack-$version" || return 1
  sed -e "s|@VERSION@|$version|g" -e "s|@URL@|file://$folder/secondstack.tar.gz|g" -e "s|@HOMEPAGE@|file://$folder|g" \
    -e "s|@SHA512@|$(sha512sum "$folder/secondstack.tar.gz" | cut -d ' ' -f 1)|g" \
    "$root/src/package/recipes/emscripten/secondstack.py.in" >"$recipe"
  uses_port "$recipe" && refuses "debug. can be" uses_port "$recipe:debug=maybe"
}

# Debian's 6.0.5 links nothing with -flto.
check_port_with_lto() {
  local name="wasm: --use-port, -flto, -O2" with without
  if is_left_out port-lto; then
    # Its archive is made all the same, and looked for below.
    uses_port "$port" -flto -O2 -nostdlib >"$log" 2>&1
    skip "$name" "left out by CONSUMERS_WITHOUT"
    return
  fi
  with=(uses_port "$port" -flto -O2) without=(uses_port "$nothing" -DCONTROL=1 -flto -O2)
  check_beside_control "$name"
}

# In a cache in which nothing is installed. It is ours, so what Debian's emcc must not build it may
# build here.
uses_port() { # port, option...
  local port=$1 program=$work/wasm/port/program.js
  shift
  EM_FROZEN_CACHE='' EM_CACHE=$work/wasm/port/cache emcc "$here/program.c" "--use-port=$port" "$@" -o "$program" &&
    prints_sum "$program"
}

has_archives_of_port() {
  find "$work/wasm/port/cache/sysroot/lib/wasm32-emscripten" -name 'libsecondstack-*.a' | sed 's|.*emscripten/||' |
    sort >"$work/wasm/port/archives"
  cat "$work/wasm/port/archives"
  grep -q -- '^libsecondstack-[0-9.]*-[0-9a-f]*-O3.a$' "$work/wasm/port/archives" &&
    grep -q -- '^lto/libsecondstack-[0-9.]*-[0-9a-f]*-O3.a$' "$work/wasm/port/archives" &&
    grep -q -- '^libsecondstack-[0-9.]*-[0-9a-f]*-Oz-debug.a$' "$work/wasm/port/archives" &&
    [ "$(wc -l <"$work/wasm/port/archives")" -eq 3 ]
}
