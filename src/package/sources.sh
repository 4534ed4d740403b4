#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the library's sources, a line each: src/alloc.c. Each file for one platform guards itself.
cd "$(dirname "$0")/../.." && ls src/*.c
