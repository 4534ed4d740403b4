// SPDX-License-Identifier: MIT
// A renderer: uploads and draws of batches. It knows its graphics interface and batches, not scenes. There are two, of which
// engine.c uses one.
#ifndef RENDERER_H
#define RENDERER_H

#include "scene.h"

/// In the order of DRAW_MODES in engine.mjs.
typedef enum draw_mode {
  DRAW_NORMAL,
  DRAW_DISCARD,  // every call is made, but no pixel
  DRAW_NONE,     // no draw calls
} draw_mode;

typedef struct renderer {
  /// Makes the objects that drawing needs. Called again after the graphics context was restored.
  /// Returns: false, with a line on stderr, if a shader is refused.
  bool (*init)(void);

  /// Clears the canvas of width x height pixels and sets the camera.
  void (*begin)(const scene_frame *frame, int width, int height, draw_mode mode);

  /// Replaces the buffers' contents by a batch, once for each attribute it has.
  /// from_arrays: take the typed arrays that were made of the batch, not the batch itself.
  /// Returns: the number of these uploads.
  unsigned (*upload)(const scene_batch *batch, bool from_arrays);

  /// Draws what was uploaded last.
  void (*draw)(const scene_batch *batch);

  /// Ends a frame.
  void (*end)(void);

  /// Errors so far. It may wait for the GPU process, so it is not called in every frame.
  unsigned (*errors)(void);

  /// Waits until all is drawn, as far as C can wait for it.
  void (*finish)(void);
} renderer;

/// In the order of APIS in engine.mjs.
typedef enum renderer_api { RENDERER_WEBGL2, RENDERER_WEBGPU } renderer_api;

/// Draws in the current WebGL2 context.
extern const renderer renderer_webgl2;

/// Draws with WebGPU, by calls of gpu_renderer.mjs.
extern const renderer renderer_webgpu;

#endif
