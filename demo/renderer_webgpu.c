// SPDX-License-Identifier: MIT
// With WebGPU: JavaScript has its calls, and gpu_renderer.mjs makes them, so that every version of Emscripten will do. What C
// hands over is where a batch lies in its memory.
#include <emscripten/emscripten.h>

#include "arrays.h"
#include "renderer.h"

// clang-format off
EM_JS(int, demo_gpu_is_ready, (void), {
  return Module["demoGpu"].isReady;
})

EM_JS(void, demo_gpu_begin, (const float *view_projection, const float *eye, const float *light,
                             float gloss, int width, int height, int mode), {
  const gpu = Module["demoGpu"];
  gpu.setCamera(HEAPF32, view_projection / 4, eye / 4, light / 4, gloss);
  gpu.begin(width, height, mode);
})

EM_JS(void, demo_gpu_upload, (int stream, const void *data, size_t size), {
  Module["demoGpu"].upload(stream, HEAPU8.subarray(data, data + size));
})

EM_JS(void, demo_gpu_upload_array, (int stream), {
  Module["demoGpu"].upload(stream, Module["demoArrays"][stream]);
})

EM_JS(void, demo_gpu_draw, (int has_normals, unsigned vertices, unsigned indices), {
  Module["demoGpu"].draw(has_normals, vertices, indices);
})

EM_JS(void, demo_gpu_end, (void), {
  Module["demoGpu"].end();
})

EM_JS(unsigned, demo_gpu_errors, (void), {
  return Module["demoGpu"].errorCount;
})
// clang-format on

static bool init(void)
{
  return demo_gpu_is_ready() != 0;
}

static void begin_frame(const scene_frame *frame, int width, int height, draw_mode mode)
{
  demo_gpu_begin((const float *)frame->view_projection, frame->eye, frame->light, frame->gloss,
                 width, height, (int)mode);
}

static unsigned upload(const scene_batch *batch, bool from_arrays)
{
  unsigned uploads = 0;
  for (int i = 0; i < SCENE_ATTRIBUTES; i++) {
    const ss_slice slice = batch->attribute[i];
    if (slice.size == 0) continue;
    if (from_arrays) {
      demo_gpu_upload_array(i);
    } else {
      demo_gpu_upload(i, slice.data, slice.size);
    }
    uploads++;
  }
  return uploads;
}

static void draw(const scene_batch *batch)
{
  const size_t vertices = batch->attribute[STREAM_POSITIONS].size / sizeof(scene_vector);
  const size_t indices = batch->attribute[STREAM_INDICES].size / sizeof(uint32_t);
  if (vertices == 0) return;
  demo_gpu_draw(batch->attribute[STREAM_NORMALS].size != 0, (unsigned)vertices, (unsigned)indices);
}

static void end_frame(void)
{
  demo_gpu_end();
}

static unsigned errors(void)
{
  return demo_gpu_errors();
}

// Only JavaScript can wait for a queue; engine.mjs does.
static void finish(void)
{
}

const renderer renderer_webgpu = {init, begin_frame, upload, draw, end_frame, errors, finish};
