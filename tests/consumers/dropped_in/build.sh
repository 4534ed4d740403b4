#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the program with secondstack.c and secondstack.h, which were put into a folder, all as plain
# C11 without a warning: build.sh FOLDER OUTPUT COMPILER [FLAG...]
set -eu
folder=$1 output=$2
shift 2
"$@" -std=c11 -O2 -Wall -Wextra -Wpedantic -Wshadow -Werror -I"$folder" \
  "$(dirname "$0")/../program.c" "$folder/secondstack.c" -o "$output"
