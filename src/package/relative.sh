#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a compiler with its sources named relative to the current folder. CMake names them absolutely, and with
# -flto the compiler writes that name into the object, which no option prevents. A release uses this script as
# CMAKE_C_COMPILER_LAUNCHER.
#
#   relative.sh COMPILER ARGUMENT...
for argument; do
  shift
  case $argument in
    /*.c) argument=$(realpath --relative-to=. "$argument") ;;
  esac
  set -- "$@" "$argument"
done
exec "$@"
