// SPDX-License-Identifier: MIT
// With WebGL2. One set of buffers takes every batch: respecifying a buffer that the GPU still reads gives it
// fresh storage in all WebGL2 implementations, so no draw waits for the one before.
#include "renderer.h"

#include <stdio.h>

#include "arrays.h"
#include "secondstack_gl.h"
#include "shaders.h"

typedef struct program {
  GLuint name;
  GLint view_projection;
  GLint eye;
  GLint light;
  GLint gloss;
} program;

static struct {
  program tinted;
  program lit;
  GLuint backdrop;
  GLuint backdrop_array;
  GLuint scene_array;
  GLuint buffer[SCENE_ATTRIBUTES];
  bool has_normals;  // the normals of the vertex array are switched on
  const scene_frame *frame;
  const program *in_use;
  draw_mode mode;
  unsigned errors;
} gl;

static GLuint compile(GLenum kind, const char *source)
{
  const GLuint shader = glCreateShader(kind);
  glShaderSource(shader, 1, &source, NULL);
  glCompileShader(shader);
  return shader;
}

// Returns 0 if the program does not link.
static GLuint link_program(const char *vertex_source, const char *fragment_source)
{
  const GLuint name = glCreateProgram();
  const GLuint vertex = compile(GL_VERTEX_SHADER, vertex_source);
  const GLuint fragment = compile(GL_FRAGMENT_SHADER, fragment_source);
  glAttachShader(name, vertex);
  glAttachShader(name, fragment);
  glLinkProgram(name);
  glDeleteShader(vertex);
  glDeleteShader(fragment);
  GLint is_linked = GL_FALSE;
  glGetProgramiv(name, GL_LINK_STATUS, &is_linked);
  if (is_linked) return name;

  char log[512] = "";
  glGetProgramInfoLog(name, sizeof log, NULL, log);
  (void)fprintf(stderr, "demo: a shader program does not link: %s\n", log);
  glDeleteProgram(name);
  return 0;
}

static program make_program(const char *vertex_source, const char *fragment_source)
{
  program made = {.name = link_program(vertex_source, fragment_source)};
  if (made.name == 0) return made;
  made.view_projection = glGetUniformLocation(made.name, "view_projection");
  made.eye = glGetUniformLocation(made.name, "eye");
  made.light = glGetUniformLocation(made.name, "light");
  made.gloss = glGetUniformLocation(made.name, "gloss");
  return made;
}

static bool init(void)
{
  gl.tinted = make_program(tinted_vertex_shader, tinted_fragment_shader);
  gl.lit = make_program(lit_vertex_shader, lit_fragment_shader);
  gl.backdrop = link_program(backdrop_vertex_shader, backdrop_fragment_shader);
  if (gl.tinted.name == 0 || gl.lit.name == 0 || gl.backdrop == 0) return false;

  glGenVertexArrays(1, &gl.backdrop_array);
  glGenVertexArrays(1, &gl.scene_array);
  glGenBuffers(SCENE_ATTRIBUTES, gl.buffer);
  glBindVertexArray(gl.scene_array);
  glBindBuffer(GL_ARRAY_BUFFER, gl.buffer[STREAM_POSITIONS]);
  glEnableVertexAttribArray(STREAM_POSITIONS);
  glVertexAttribPointer(STREAM_POSITIONS, 3, GL_FLOAT, GL_FALSE, 0, NULL);
  glBindBuffer(GL_ARRAY_BUFFER, gl.buffer[STREAM_NORMALS]);
  glVertexAttribPointer(STREAM_NORMALS, 3, GL_FLOAT, GL_FALSE, 0, NULL);
  glBindBuffer(GL_ARRAY_BUFFER, gl.buffer[STREAM_COLOURS]);
  glEnableVertexAttribArray(STREAM_COLOURS);
  glVertexAttribPointer(STREAM_COLOURS, 4, GL_UNSIGNED_BYTE, GL_TRUE, 0, NULL);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, gl.buffer[STREAM_INDICES]);
  gl.has_normals = false;
  return true;
}

static void begin_frame(const scene_frame *frame, int width, int height, draw_mode mode)
{
  gl.frame = frame;
  gl.in_use = NULL;
  gl.mode = mode;
  glViewport(0, 0, width, height);
  if (mode == DRAW_DISCARD) glEnable(GL_RASTERIZER_DISCARD);
  if (mode != DRAW_NONE) {
    glClear(GL_DEPTH_BUFFER_BIT);
    // The backdrop covers every pixel, so colours need no clearing.
    glDisable(GL_DEPTH_TEST);
    glUseProgram(gl.backdrop);
    glBindVertexArray(gl.backdrop_array);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glEnable(GL_DEPTH_TEST);
  }
  glBindVertexArray(gl.scene_array);
}

static unsigned upload(const scene_batch *batch, bool from_arrays)
{
  unsigned uploads = 0;
  for (int i = 0; i < SCENE_ATTRIBUTES; i++) {
    const source_stream stream = (source_stream)i;
    const ss_slice slice = batch->attribute[stream];
    if (slice.size == 0) continue;
    const GLenum target = stream == STREAM_INDICES ? GL_ELEMENT_ARRAY_BUFFER : GL_ARRAY_BUFFER;
    // [lines] upload: from where the bytes lie
    glBindBuffer(target, gl.buffer[stream]);
    if (from_arrays) {
      arrays_upload(stream, target, GL_STREAM_DRAW);
    } else {
      ss_gl_buffer_data(target, slice, GL_STREAM_DRAW);
    }
    // [/lines]
    uploads++;
  }
  return uploads;
}

static void use(const program *wanted)
{
  if (gl.in_use == wanted) return;
  gl.in_use = wanted;
  glUseProgram(wanted->name);
  glUniformMatrix4fv(wanted->view_projection, 1, GL_FALSE,
                     (const float *)gl.frame->view_projection);
  if (wanted != &gl.lit) return;
  glUniform3fv(wanted->eye, 1, gl.frame->eye);
  glUniform3fv(wanted->light, 1, gl.frame->light);
  glUniform1f(wanted->gloss, gl.frame->gloss);
}

static void draw(const scene_batch *batch)
{
  if (gl.mode == DRAW_NONE || batch->attribute[STREAM_POSITIONS].size == 0) return;
  const bool has_normals = batch->attribute[STREAM_NORMALS].size != 0;
  use(has_normals ? &gl.lit : &gl.tinted);
  if (has_normals != gl.has_normals) {
    // Normals that the program does not read must be switched off: WebGL compares the size of every
    // buffer that is switched on with the draw, and theirs may be too short.
    if (has_normals) {
      glEnableVertexAttribArray(STREAM_NORMALS);
    } else {
      glDisableVertexAttribArray(STREAM_NORMALS);
    }
    gl.has_normals = has_normals;
  }
  const size_t index_bytes = batch->attribute[STREAM_INDICES].size;
  if (index_bytes != 0) {
    glDrawElements(GL_TRIANGLES, (GLsizei)(index_bytes / sizeof(uint32_t)), GL_UNSIGNED_INT, NULL);
  } else {
    const size_t vertices = batch->attribute[STREAM_POSITIONS].size / sizeof(scene_vector);
    glDrawArrays(GL_TRIANGLES, 0, (GLsizei)vertices);
  }
}

static void end_frame(void)
{
  if (gl.mode == DRAW_DISCARD) glDisable(GL_RASTERIZER_DISCARD);
}

static unsigned errors(void)
{
  // A lost context reports one error and then none, so this ends.
  while (glGetError() != GL_NO_ERROR) gl.errors++;
  return gl.errors;
}

static void finish(void)
{
  unsigned char pixel[4];
  glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
}

const renderer renderer_webgl2 = {init, begin_frame, upload, draw, end_frame, errors, finish};
