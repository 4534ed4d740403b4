# SPDX-License-Identifier: MIT
# the header declares public names only, each with a comment; names, links and promises in the documents are right
# shellcheck shell=bash

tools_reference() {
  echo node
}

needs_reference() {
  :
}

suite_reference() {
  run_script tests/reference/reference.mjs
  run_script tests/reference/planted.mjs
}
