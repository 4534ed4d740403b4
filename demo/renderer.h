// SPDX-License-Identifier: MIT
// The renderer: programs, vertex arrays, uploads and draws. It knows GL and batches, not scenes.
#ifndef RENDERER_H
#define RENDERER_H

#include "scene.h"

/// In the order of DRAW_MODES in engine.mjs.
typedef enum draw_mode {
  DRAW_NORMAL,
  DRAW_DISCARD,  // with rasterizer discard: every call is made, but no pixel
  DRAW_NONE,     // no draw calls
} draw_mode;

/// Makes the GL objects in the current WebGL2 context. Call it again after the context was restored.
/// Returns: false, with a line on stderr, if a shader is refused.
bool renderer_init(void);

/// Clears the canvas of width x height pixels and sets the camera.
void renderer_begin(const scene_frame *frame, int width, int height, draw_mode mode);

/// Replaces the buffers' contents by a batch, once for each attribute it has.
/// from_arrays: take the typed arrays that were made of the batch, not the batch itself.
/// Returns: the number of these uploads.
unsigned renderer_upload(const scene_batch *batch, bool from_arrays);

/// Draws what was uploaded last.
void renderer_draw(const scene_batch *batch);

/// Ends a frame.
void renderer_end(void);

/// GL errors so far. It waits for the GPU process, so do not call it in every frame.
unsigned renderer_gl_errors(void);

/// Waits until all is drawn.
void renderer_finish(void);

#endif
