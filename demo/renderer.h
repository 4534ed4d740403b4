// The renderer: programs, vertex arrays, uploads and draws. It knows GL and not the scene.
#ifndef RENDERER_H
#define RENDERER_H

#include <cglm/cglm.h>

#include "secondstack.h"

/// Makes the GL objects in the current WebGL2 context; again after the context was restored.
/// Returns: false, with a line on stderr, if a shader is refused.
bool renderer_init(void);

/// Clears the canvas of width x height pixels and sets the camera.
void renderer_begin(int width, int height, mat4 view_projection);

/// Uploads one batch and draws it.
/// Shape:   positions 3 floats, colours 4 bytes a vertex; a list of triangles; empty draws nothing.
void renderer_draw(ss_slice positions, ss_slice colours);

/// GL errors so far. Waits for the GPU process: not for every frame.
unsigned renderer_gl_errors(void);

#endif
