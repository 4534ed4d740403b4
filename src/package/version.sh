#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints the version, which the header alone knows: 0.1.0
awk '$2 == "SS_VERSION" { printf "%d.%d.%d\n", $3 / 10000, $3 / 100 % 100, $3 % 100 }' \
  "$(dirname "$0")/../../include/secondstack.h"
