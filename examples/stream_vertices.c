// SPDX-License-Identifier: MIT
// Vertices made anew in each frame: open, push, close, upload, release, all in one function. GL has copied the bytes when
// the upload returns, so the scope may end there. The number of a frame's vertices is not known beforehand.
//
//   cc -I ../include stream_vertices.c ../src/*.c -pthread -lEGL -lGLESv2 -lm && ./a.out
//   emcc stream_vertices.c -lsecondstack -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2 -o stream.html && emrun stream.html
#include "gl_context.h"
#include <secondstack_gl.h>
#include <math.h>

enum { FRAMES = 200 };

typedef struct vertex {
  float x, y, light;
} vertex;

// Halves the edge from a to b until it is short, and pushes the triangle of each piece with the middle.
static void push_fan(ss_buffer *vertices, float a, float b, float light)
{
  if (b - a > 0.1f) {
    const float half = (a + b) / 2;
    push_fan(vertices, a, half, light);
    push_fan(vertices, half, b, light);
    return;
  }
  *ss_push(vertex, vertices) = (vertex){0, 0, light};
  *ss_push(vertex, vertices) = (vertex){cosf(a), sinf(a), light};
  *ss_push(vertex, vertices) = (vertex){cosf(b), sinf(b), light};
}

// Draws the sector of a disc that covers `turn` of a full turn. Returns its number of vertices.
static size_t draw_disc(float turn, float light)
{
  size_t count = 0;
  SS_SCOPE {
    ss_buffer vertices = ss_buffer_open();
    push_fan(&vertices, 0, 6.2831853f * turn, light);
    const ss_slice slice = ss_buffer_close(&vertices);
    ss_gl_buffer_data(GL_ARRAY_BUFFER, slice, GL_STREAM_DRAW);
    count = slice.size / sizeof(vertex);
  }
  glClear(GL_COLOR_BUFFER_BIT);
  glDrawArrays(GL_TRIANGLES, 0, (GLsizei)count);
  return count;
}

int main(void)
{
  if (!gl_begin()) return 1;
  size_t fewest = SIZE_MAX, most = 0, warm_calls = 0;
  int wrong = 0;
  for (int frame = 0; frame < FRAMES; frame++) {
    const int level = 55 + frame;
    const int percent = frame * 37 % 100 + 1;
    const size_t count = draw_disc((float)percent / 100, (float)level / 255);
    if (count < fewest) fewest = count;
    if (count > most) most = count;
    if (frame == FRAMES / 2) warm_calls = ss_thread_stats().backing_calls;
    if (!gl_middle_is(percent < 13 ? 0 : level)) wrong++;  // the pixel lies in an eighth of a turn
  }
  const size_t calls = ss_thread_stats().backing_calls - warm_calls;
  printf("%d frames of %zu to %zu vertices, %d with a wrong pixel\n", FRAMES, fewest, most, wrong);
  printf("%zu allocator calls in the last %d frames\n", calls, FRAMES / 2 - 1);
  return wrong == 0 && calls == 0 ? 0 : 1;
}
