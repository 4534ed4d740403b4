// The scene: ribbons woven around a torus, cut into triangles as finely as the view needs.
//
// Pure generation, no GL. A frame is a function of its time, aspect ratio, seed and triangle budget
// only. How many triangles a ribbon becomes is known when its last one is written, not before.
#ifndef SCENE_H
#define SCENE_H

#include <cglm/cglm.h>
#include <stdint.h>

#include "secondstack.h"

/// Ribbons per frame; each is one batch.
#define SCENE_RIBBON_COUNT 63u

/// Three of these make a triangle.
typedef vec3 scene_position;

/// Colour of a vertex, 8 bits a channel, ready for the screen.
typedef struct scene_colour {
  uint8_t r, g, b, a;
} scene_colour;

/// What all ribbons of one frame share.
typedef struct scene_frame {
  mat4 view_projection;
  vec3 eye;
  float aspect;
  float time;      // seconds
  float max_edge;  // longest edge wanted, in halves of the screen's height
  uint32_t seed;
} scene_frame;

/// Sets the camera and the level of detail for one frame.
/// Units:   time in seconds; triangle_budget is what a frame has on average, not a limit.
void scene_begin(scene_frame *frame, double time, float aspect, uint32_t seed,
                 unsigned triangle_budget);

/// Appends the triangles of one ribbon, as a plain list, to two open buffers.
/// Shape:   as many positions as colours, a multiple of 3; none if the ribbon is out of view.
void scene_ribbon(const scene_frame *frame, unsigned ribbon, ss_buffer *positions,
                  ss_buffer *colours);

#endif
