#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the program as configure scripts do: build.sh COMPILER OUTPUT [FLAG...]
set -eu
compiler=$1 output=$2
shift 2
flags=$(pkg-config --cflags --libs secondstack)
# shellcheck disable=SC2086 # several words
"$compiler" "$(dirname "$0")/../program.c" $flags -pthread "$@" -o "$output"
