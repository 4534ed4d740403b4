// The demo's frame: generate, upload, draw, forget; once for each ribbon, in a scope of its own.
// What JavaScript calls is exported from here.
#include <emscripten/emscripten.h>
#include <emscripten/html5.h>

#include "renderer.h"
#include "scene.h"
#include "secondstack.h"

// What JavaScript reads after a frame, by index. page.mjs has the same list as `counterNames`.
typedef enum counter {
  COUNTER_TRIANGLES,       // of the last frame
  COUNTER_UPLOADS,         // of the last frame
  COUNTER_BYTES_UPLOADED,  // of the last frame
  COUNTER_GENERATE_MS,     // of the last frame
  COUNTER_UPLOAD_MS,       // of the last frame: uploads and draws, as long as the calls take
  COUNTER_USED,            // the rest: the thread stack at the last frame's end
  COUNTER_RESERVED,
  COUNTER_PEAK,
  COUNTER_CHUNKS,
  COUNTER_GROWTHS,
  COUNTER_BYTES_COPIED,
  COUNTER_BACKING_CALLS,
  COUNTER_COUNT,
} counter;

static double counters[COUNTER_COUNT];
static uint32_t scene_seed;
static unsigned scene_triangle_budget;

/// Makes a WebGL2 context on the canvas that the CSS selector #canvas finds.
/// Returns: whether the page can draw.
EMSCRIPTEN_KEEPALIVE int demo_init(uint32_t seed, unsigned triangle_budget)
{
  scene_seed = seed;
  scene_triangle_budget = triangle_budget;

  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = false;
  attributes.antialias = true;
  attributes.preserveDrawingBuffer = false;
  attributes.powerPreference = EM_WEBGL_POWER_PREFERENCE_HIGH_PERFORMANCE;
  const EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context =
      emscripten_webgl_create_context("#canvas", &attributes);
  if (context <= 0) return 0;
  if (emscripten_webgl_make_context_current(context) != EMSCRIPTEN_RESULT_SUCCESS) return 0;
  return renderer_init();
}

/// Makes the GL objects anew after the browser lost and restored the context.
EMSCRIPTEN_KEEPALIVE int demo_restore_context(void)
{
  return renderer_init();
}

/// Draws the scene as it is at `time` seconds, on a canvas of width x height pixels.
EMSCRIPTEN_KEEPALIVE void demo_frame(double time, int width, int height)
{
  scene_frame frame;
  scene_begin(&frame, time, (float)width / (float)height, scene_seed, scene_triangle_budget);
  renderer_begin(width, height, frame.view_projection);

  size_t vertex_count = 0, bytes_uploaded = 0, uploads = 0;
  double generate_ms = 0, upload_ms = 0;
  double before = emscripten_get_now();
  for (unsigned ribbon = 0; ribbon < SCENE_RIBBON_COUNT; ribbon++) {
    SS_SCOPE {
      ss_buffer positions = ss_buffer_open();
      ss_buffer colours = ss_buffer_open();
      scene_ribbon(&frame, ribbon, &positions, &colours);
      const ss_slice position_slice = ss_buffer_close(&positions);
      const ss_slice colour_slice = ss_buffer_close(&colours);
      const double between = emscripten_get_now();

      renderer_draw(position_slice, colour_slice);
      const double after = emscripten_get_now();

      vertex_count += position_slice.size / sizeof(scene_position);
      bytes_uploaded += position_slice.size + colour_slice.size;
      if (position_slice.size != 0) uploads += 2;
      generate_ms += between - before;
      upload_ms += after - between;
      before = after;
    }
  }

  const ss_stats stack = ss_thread_stats();
  counters[COUNTER_TRIANGLES] = (double)(vertex_count / 3);
  counters[COUNTER_UPLOADS] = (double)uploads;
  counters[COUNTER_BYTES_UPLOADED] = (double)bytes_uploaded;
  counters[COUNTER_GENERATE_MS] = generate_ms;
  counters[COUNTER_UPLOAD_MS] = upload_ms;
  counters[COUNTER_USED] = (double)stack.used;
  counters[COUNTER_RESERVED] = (double)stack.reserved;
  counters[COUNTER_PEAK] = (double)stack.peak;
  counters[COUNTER_CHUNKS] = (double)stack.chunks;
  counters[COUNTER_GROWTHS] = (double)stack.growths;
  counters[COUNTER_BYTES_COPIED] = (double)stack.bytes_copied;
  counters[COUNTER_BACKING_CALLS] = (double)stack.backing_calls;
}

/// Returns one counter of the last frame. A number each, so that no view of the heap is needed.
EMSCRIPTEN_KEEPALIVE double demo_counter(unsigned index)
{
  return index < COUNTER_COUNT ? counters[index] : -1.0;
}

/// Returns how many counters there are.
EMSCRIPTEN_KEEPALIVE unsigned demo_counter_count(void)
{
  return COUNTER_COUNT;
}

/// Returns the GL errors so far. Waits for the GPU process: not for every frame.
EMSCRIPTEN_KEEPALIVE unsigned demo_gl_errors(void)
{
  return renderer_gl_errors();
}

/// Returns the size of the wasm memory in bytes.
EMSCRIPTEN_KEEPALIVE double demo_memory_bytes(void)
{
  return (double)__builtin_wasm_memory_size(0) * 65536.0;
}
