// SPDX-License-Identifier: MIT
// What the GL examples share: a context and a program of shaders. The context is WebGL2 on the page's <canvas
// id="canvas">, which emcc's own page has; natively it is OpenGL ES 3 under EGL, without a window.
#pragma once
#include <GLES3/gl3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
enum { GL_SIZE = 64 };  // width and height of the canvas

#ifdef __EMSCRIPTEN__
#include <emscripten/html5.h>
static bool gl_make_context(void)
{
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.antialias = false;
  emscripten_set_canvas_element_size("#canvas", GL_SIZE, GL_SIZE);
  return emscripten_webgl_make_context_current(
             emscripten_webgl_create_context("#canvas", &attributes)) == EMSCRIPTEN_RESULT_SUCCESS;
}
#else
#include <EGL/egl.h>
#include <EGL/eglext.h>
static bool gl_make_context(void)
{
  // Mesa's surfaceless platform needs neither a window system nor a graphics card; elsewhere the default one serves.
  EGLDisplay display =
      eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
  if (display == EGL_NO_DISPLAY) display = eglGetDisplay(EGL_DEFAULT_DISPLAY);
  const EGLint wanted[] = {
      EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_ES3_BIT, EGL_RED_SIZE, 8,
      EGL_NONE};
  const EGLint size[] = {EGL_WIDTH, GL_SIZE, EGL_HEIGHT, GL_SIZE, EGL_NONE};
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE};
  EGLConfig config;
  EGLint count = 0;
  if (!eglInitialize(display, NULL, NULL) || !eglBindAPI(EGL_OPENGL_ES_API) ||
      !eglChooseConfig(display, wanted, &config, 1, &count) || count == 0)
    return false;
  EGLSurface surface = eglCreatePbufferSurface(display, config, size);
  EGLContext context = eglCreateContext(display, config, EGL_NO_CONTEXT, version);
  return eglMakeCurrent(display, surface, surface, context) == EGL_TRUE;
}
#endif

// Makes the context, binds a vertex buffer and uses a program that paints triangles of three floats a vertex out of it:
// x, y and a brightness. Returns: false, after a message, if there is no OpenGL ES 3.
static bool gl_begin(void)
{
  if (!gl_make_context()) return fputs("no OpenGL ES 3\n", stderr), false;
  const char *const sources[] = {
      "#version 300 es\nlayout(location = 0) in vec3 v; out float light;\n"
      "void main() { light = v.z; gl_Position = vec4(v.xy, 0.0, 1.0); }",
      "#version 300 es\nprecision highp float;\nin float light; out vec4 colour;\n"
      "void main() { colour = vec4(light, light, light, 1.0); }"};
  const GLuint program = glCreateProgram();
  for (int i = 0; i < 2; i++) {
    const GLuint shader = glCreateShader(i == 0 ? GL_VERTEX_SHADER : GL_FRAGMENT_SHADER);
    glShaderSource(shader, 1, &sources[i], NULL);
    glCompileShader(shader);
    glAttachShader(program, shader);
  }
  glLinkProgram(program);
  glUseProgram(program);
  GLuint buffer;
  glGenBuffers(1, &buffer);
  glBindBuffer(GL_ARRAY_BUFFER, buffer);
  glEnableVertexAttribArray(0);
  glVertexAttribPointer(0, 3, GL_FLOAT, GL_FALSE, 3 * sizeof(float), NULL);
  return glGetError() == GL_NO_ERROR;
}

// Whether the pixel above and right of the middle has this brightness, from 0 to 255, and GL reported no error.
static bool gl_middle_is(int light)
{
  unsigned char pixel[4] = {0};
  glReadPixels(GL_SIZE / 2, GL_SIZE / 2, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
  return glGetError() == GL_NO_ERROR && abs(pixel[0] - light) <= 1;
}
