// SPDX-License-Identifier: MIT
// Source: typed arrays made in JavaScript, new for every batch. WebAssembly cannot write into them,
// so this is what bindings between the two do when a function returns a vector (wasm-bindgen, or
// embind with slice()): the vertices are made in a doubling vector in wasm, copied into a new typed
// array of the exact size, and the vector is freed. The engine makes the arrays (arrays.h), counts
// that as generating, and uploads from them.
#include "source_doubling.h"
