#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds a program with two libraries that are not linked before: static ones, shared ones, or a
# WebAssembly side module.
#
#   build.sh static|shared|side FOLDER COMPILER [OPTION...]
#
# The last OPTIONs say where secondstack is. FOLDER gets program, or program.js.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kind=$1 folder=$2 compiler=$3
shift 3
mkdir -p "$folder"
cd "$folder"
suffix=""
archiver=ar
if [[ ${compiler##*/} == emcc ]]; then suffix=.js archiver=emar; fi

case $kind in
  static)
    for name in shapes text; do
      $compiler -O2 "$@" -c "$here/$name.c" -o "$name.o"
      $archiver rcs "lib$name.a" "$name.o"
    done
    $compiler -O2 "$here/program.c" -L. -lshapes -ltext "$@" -o "program$suffix"
    ;;
  shared)
    for name in shapes text; do
      $compiler -O2 -fPIC -shared "$here/$name.c" "$@" -o "lib$name.so"
    done
    $compiler -O2 "$here/program.c" -L. "-Wl,-rpath,$folder" -lshapes -ltext "$@" -o program
    ;;
  side)
    # The side module has no secondstack: its main module's is the only one.
    $compiler -O2 -fPIC -sSIDE_MODULE=2 "$here/text.c" "${@/#-lsecondstack/}" \
      -sEXPORTED_FUNCTIONS=_text_draw -o text.wasm
    $compiler -O2 -fPIC -sMAIN_MODULE=2 "$here/program.c" "$here/shapes.c" text.wasm "$@" \
      -o program.js
    ;;
esac
