// SPDX-License-Identifier: MIT
// Uploads a slice in a WebGL2 context: what secondstack::gl is for. Linked, not run.
#include <emscripten/html5.h>
#include <secondstack_gl.h>

int main(void)
{
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  emscripten_webgl_make_context_current(emscripten_webgl_create_context("#canvas", &attributes));
  SS_SCOPE {
    float *points = ss_zeroed_slice(float, 300);
    ss_slice slice = {points, 300 * sizeof *points};
    ss_gl_buffer_data(GL_ARRAY_BUFFER, slice, GL_STREAM_DRAW);
  }
  return 0;
}
