// SPDX-License-Identifier: MIT
// The names HEAPU8 and the like, and GLctx, are what all versions of Emscripten give to code in
// EM_JS.
#include "arrays.h"

#include <emscripten/emscripten.h>

// clang-format off
EM_JS(void, demo_array_make_floats, (int stream, const void *data, size_t size), {
  const first = data / 4;
  (Module["demoArrays"] ||= [])[stream] = HEAPF32.slice(first, first + size / 4);
})

EM_JS(void, demo_array_make_bytes, (int stream, const void *data, size_t size), {
  (Module["demoArrays"] ||= [])[stream] = HEAPU8.slice(data, data + size);
})

EM_JS(void, demo_array_make_words, (int stream, const void *data, size_t size), {
  const first = data / 4;
  (Module["demoArrays"] ||= [])[stream] = HEAPU32.slice(first, first + size / 4);
})

EM_JS(void, demo_array_upload, (int stream, unsigned target, unsigned usage), {
  GLctx.bufferData(target, Module["demoArrays"][stream], usage);
})

EM_JS(uint32_t, demo_array_checksum, (int stream, uint32_t before), {
  const array = Module["demoArrays"][stream];
  const words = new Uint32Array(array.buffer);
  let sum = before;
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i], 16777619);
  return sum;
})

EM_JS(void, demo_array_drop, (void), {
  Module["demoArrays"].fill(null);
})
// clang-format on

void arrays_make(source_stream stream, ss_slice slice)
{
  if (stream == STREAM_COLOURS) {
    demo_array_make_bytes((int)stream, slice.data, slice.size);
  } else if (stream == STREAM_INDICES) {
    demo_array_make_words((int)stream, slice.data, slice.size);
  } else {
    demo_array_make_floats((int)stream, slice.data, slice.size);
  }
}

void arrays_upload(source_stream stream, unsigned target, unsigned usage)
{
  demo_array_upload((int)stream, target, usage);
}

uint32_t arrays_checksum(source_stream stream, uint32_t before)
{
  return demo_array_checksum((int)stream, before);
}

void arrays_drop(void)
{
  demo_array_drop();
}
