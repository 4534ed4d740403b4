// One pair of buffers takes every batch: respecifying a buffer that the GPU still reads gives it
// fresh storage in all WebGL2 implementations, so no draw waits for the one before.
#include "renderer.h"

#include <stdio.h>

#include "secondstack_gl.h"

enum { POSITION_ATTRIBUTE, COLOUR_ATTRIBUTE };

static const char scene_vertex_shader[] =
    "#version 300 es\n"
    "layout(location = 0) in vec3 position;\n"
    "layout(location = 1) in vec4 colour;\n"
    "uniform mat4 view_projection;\n"
    "out vec4 tint;\n"
    "void main() {\n"
    "  tint = colour;\n"
    "  gl_Position = view_projection * vec4(position, 1.0);\n"
    "}\n";

static const char scene_fragment_shader[] =
    "#version 300 es\n"
    "precision mediump float;\n"
    "in vec4 tint;\n"
    "out vec4 pixel;\n"
    "void main() { pixel = tint; }\n";

// A triangle that covers the canvas.
static const char backdrop_vertex_shader[] =
    "#version 300 es\n"
    "out vec2 place;\n"
    "void main() {\n"
    "  place = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);\n"
    "  gl_Position = vec4(place, 1.0, 1.0);\n"
    "}\n";

// The noise breaks up the bands that a dark gradient shows with 8 bits.
static const char backdrop_fragment_shader[] =
    "#version 300 es\n"
    "precision highp float;\n"
    "in vec2 place;\n"
    "out vec4 pixel;\n"
    "void main() {\n"
    "  float noise = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453);\n"
    "  float edge = smoothstep(0.0, 1.5, length(place));\n"
    "  vec3 colour = mix(vec3(0.062, 0.085, 0.135), vec3(0.014, 0.018, 0.030), edge);\n"
    "  pixel = vec4(colour + (noise - 0.5) / 255.0, 1.0);\n"
    "}\n";

static struct {
  GLuint scene_program;
  GLuint backdrop_program;
  GLuint scene_array;
  GLuint backdrop_array;
  GLuint positions;
  GLuint colours;
  GLint view_projection;
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
  const GLuint program = glCreateProgram();
  const GLuint vertex = compile(GL_VERTEX_SHADER, vertex_source);
  const GLuint fragment = compile(GL_FRAGMENT_SHADER, fragment_source);
  glAttachShader(program, vertex);
  glAttachShader(program, fragment);
  glLinkProgram(program);
  glDeleteShader(vertex);
  glDeleteShader(fragment);
  GLint is_linked = GL_FALSE;
  glGetProgramiv(program, GL_LINK_STATUS, &is_linked);
  if (is_linked) return program;

  char log[512] = "";
  glGetProgramInfoLog(program, sizeof log, NULL, log);
  fprintf(stderr, "demo: a shader program does not link: %s\n", log);
  glDeleteProgram(program);
  return 0;
}

bool renderer_init(void)
{
  gl.scene_program = link_program(scene_vertex_shader, scene_fragment_shader);
  gl.backdrop_program = link_program(backdrop_vertex_shader, backdrop_fragment_shader);
  if (gl.scene_program == 0 || gl.backdrop_program == 0) return false;
  gl.view_projection = glGetUniformLocation(gl.scene_program, "view_projection");

  glGenVertexArrays(1, &gl.backdrop_array);
  glGenVertexArrays(1, &gl.scene_array);
  glGenBuffers(1, &gl.positions);
  glGenBuffers(1, &gl.colours);
  glBindVertexArray(gl.scene_array);
  glBindBuffer(GL_ARRAY_BUFFER, gl.positions);
  glEnableVertexAttribArray(POSITION_ATTRIBUTE);
  glVertexAttribPointer(POSITION_ATTRIBUTE, 3, GL_FLOAT, GL_FALSE, 0, NULL);
  glBindBuffer(GL_ARRAY_BUFFER, gl.colours);
  glEnableVertexAttribArray(COLOUR_ATTRIBUTE);
  glVertexAttribPointer(COLOUR_ATTRIBUTE, 4, GL_UNSIGNED_BYTE, GL_TRUE, 0, NULL);
  return true;
}

void renderer_begin(int width, int height, mat4 view_projection)
{
  glViewport(0, 0, width, height);
  glClear(GL_DEPTH_BUFFER_BIT);
  // The backdrop covers every pixel, so colours need no clearing.
  glDisable(GL_DEPTH_TEST);
  glUseProgram(gl.backdrop_program);
  glBindVertexArray(gl.backdrop_array);
  glDrawArrays(GL_TRIANGLES, 0, 3);

  glEnable(GL_DEPTH_TEST);
  glUseProgram(gl.scene_program);
  glBindVertexArray(gl.scene_array);
  glUniformMatrix4fv(gl.view_projection, 1, GL_FALSE, view_projection[0]);
}

void renderer_draw(ss_slice positions, ss_slice colours)
{
  if (positions.size == 0) return;
  glBindBuffer(GL_ARRAY_BUFFER, gl.positions);
  ss_gl_buffer_data(GL_ARRAY_BUFFER, positions, GL_STREAM_DRAW);
  glBindBuffer(GL_ARRAY_BUFFER, gl.colours);
  ss_gl_buffer_data(GL_ARRAY_BUFFER, colours, GL_STREAM_DRAW);
  glDrawArrays(GL_TRIANGLES, 0, (GLsizei)(positions.size / (3 * sizeof(float))));
}

unsigned renderer_gl_errors(void)
{
  // A lost context reports one error and then none, so this ends.
  while (glGetError() != GL_NO_ERROR) gl.errors++;
  return gl.errors;
}
