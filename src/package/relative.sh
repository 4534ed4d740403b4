#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a compiler with its sources named relative to the current folder, as CMake does not: -flto keeps the name that
# it was given in the object, and no option makes it another. CMAKE_C_COMPILER_LAUNCHER of a release.
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
