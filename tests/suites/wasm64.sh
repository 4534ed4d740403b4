# SPDX-License-Identifier: MIT
# the unit and model tests with 64-bit pointers, where emcc and Node.js know them
# shellcheck shell=bash

tools_wasm64() {
  echo cmake make emcc node
}

# Old versions of emcc have no library for it, and old ones of Node.js do not run it.
has_memory64() {
  local folder=build/memory64-probe
  if [ -e "$folder/answer" ]; then return "$(<"$folder/answer")"; fi
  mkdir -p "$folder"
  echo 'int main(void) { return sizeof(void *) != 8; }' >"$folder/probe.c"
  emcc -sMEMORY64=1 "$folder/probe.c" -o "$folder/probe.js" >"$folder/log" 2>&1 &&
    node "$folder/probe.js" >>"$folder/log" 2>&1
  echo $? >"$folder/answer"
  return "$(<"$folder/answer")"
}

needs_wasm64() {
  if has_memory64; then echo build wasm64 all model; fi
}

suite_wasm64() {
  if ! has_memory64; then
    count 0 0 1
    echo "SKIPPED 64-bit pointers: emcc or node does not know them (build/memory64-probe/log)"
    return
  fi
  run_units wasm64 unit
  run_ctest wasm64 tool
  run_ctest wasm64 model
}
