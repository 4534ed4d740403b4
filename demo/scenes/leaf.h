// SPDX-License-Identifier: MIT
// One leaf, for scenes that are made of thousands. Its parts are made in small slices of their own,
// as in code divided into functions: the spine, the outline, the shades. All sizes are known.
//
//         1---4---7
//        /|   |   |\          0 the root, 10 the tip; 2, 5 and 8 lie on the spine.
//       0-2---5---8-10        Both halves are folded up along it.
//        \|   |   |/
//         3---6---9
#ifndef LEAF_H
#define LEAF_H

#include <math.h>

#include "source.h"

#define TAU 6.28318531f
#define LEAF_TRIANGLES 12u
#define LEAF_VERTICES (LEAF_TRIANGLES * 3u)
#define LEAF_POINTS 11
#define LEAF_SPINE 5

typedef struct leaf {
  vec3 root;
  vec3 along;  // these three are of length 1, at right angles
  vec3 across;
  vec3 up;
  float length;
  float width;
  float curl;  // how far the tip bends up
  vec3 colour;
  float glow;  // light of its own
} leaf;

/// A lamp among the leaves.
typedef struct leaf_lamp {
  vec3 place;
  vec3 colour;
} leaf_lamp;

SOURCE_INLINE void leaf_spine(const leaf *of, scene_vector *spine)
{
  for (int i = 0; i < LEAF_SPINE; i++) {
    const float s = (float)i / (float)(LEAF_SPINE - 1);
    for (int axis = 0; axis < 3; axis++) {
      spine[i][axis] =
          of->root[axis] + of->length * (s * of->along[axis] + of->curl * s * s * of->up[axis]);
    }
  }
}

SOURCE_INLINE void leaf_outline(const leaf *of, const scene_vector *spine, scene_vector *points)
{
  static const float widths[3] = {0.78f, 1.0f, 0.62f};
  memcpy(points[0], spine[0], sizeof *points);
  memcpy(points[LEAF_POINTS - 1], spine[LEAF_SPINE - 1], sizeof *points);
  for (int row = 0; row < 3; row++) {
    const float half = 0.5f * of->width * widths[row];
    for (int axis = 0; axis < 3; axis++) {
      const float middle = spine[row + 1][axis];
      const float lift = middle + 0.35f * half * of->up[axis];
      points[3 * row + 1][axis] = lift + half * of->across[axis];
      points[3 * row + 2][axis] = middle;
      points[3 * row + 3][axis] = lift - half * of->across[axis];
    }
  }
}

// Light from the sky, from the sun and from the lamp; leaves let a part of it through. `out` is
// ready for the screen, 0 to 255.
SOURCE_INLINE void leaf_shade(const scene_frame *frame, const leaf *of, const leaf_lamp *lamp,
                              vec3 normal, vec3 out)
{
  vec3 to_eye, to_lamp;
  glm_vec3_sub((float *)frame->eye, (float *)of->root, to_eye);
  glm_vec3_sub((float *)lamp->place, (float *)of->root, to_lamp);
  const float distance = glm_vec3_norm(to_eye);
  const float lamp_square = glm_vec3_norm2(to_lamp);
  const float side = glm_vec3_dot(normal, to_eye) < 0.0f ? -1.0f : 1.0f;
  const float sun = side * glm_vec3_dot(normal, (float *)frame->light);
  const float facing_lamp = glm_vec3_dot(normal, to_lamp) / sqrtf(lamp_square);
  const float direct = sun > 0.0f ? sun : -0.35f * sun;
  const float warm = (0.35f + 0.65f * fabsf(facing_lamp)) / (1.0f + 9.0f * lamp_square);
  const float sky = 0.09f + 0.05f * side * normal[1];
  const float fog = glm_clamp((distance - 2.4f) / 3.6f, 0.0f, 0.86f);
  static const float sky_colour[3] = {0.75f, 0.95f, 1.35f};
  static const float air[3] = {0.0022f, 0.0045f, 0.011f};
  for (int i = 0; i < 3; i++) {
    const float light = sky * sky_colour[i] + 0.80f * direct + warm * lamp->colour[i] + of->glow;
    const float linear = of->colour[i] * light * (1.0f - fog) + air[i] * fog;
    out[i] = 255.0f * sqrtf(fminf(linear, 1.0f));
  }
}

// One light for each side and one for the rib, a little brighter towards the tip.
SOURCE_INLINE void leaf_shades(const scene_frame *frame, const leaf *of, const leaf_lamp *lamp,
                               scene_colour *shades)
{
  static const float tilts[3] = {-0.33f, 0.0f, 0.33f};
  vec3 shade[3];
  for (int part = 0; part < 3; part++) {
    vec3 normal;
    for (int axis = 0; axis < 3; axis++) {
      normal[axis] = 0.94f * of->up[axis] + tilts[part] * of->across[axis];
    }
    leaf_shade(frame, of, lamp, normal, shade[part]);
  }
  for (int i = 0; i < LEAF_POINTS; i++) {
    const float *from = i == 0 || i == LEAF_POINTS - 1 ? shade[1] : shade[(i + 2) % 3];
    const int row = (i + 2) / 3;
    const float along = 0.80f + 0.05f * (float)row;
    shades[i] = (scene_colour){(uint8_t)(along * from[0]), (uint8_t)(along * from[1]),
                               (uint8_t)(along * from[2]), 255};
  }
}

/// Writes a leaf's LEAF_VERTICES vertices.
/// Returns: false if its source had no room for the scratch.
SOURCE_INLINE bool leaf_write(const scene_frame *frame, const leaf *of, const leaf_lamp *lamp,
                              scene_vector *positions, scene_colour *colours)
{
  static const uint8_t corners[LEAF_VERTICES] = {0, 1, 2, 0, 2, 3, 1, 4,  2, 2, 4,  5,
                                                 2, 5, 3, 3, 5, 6, 4, 7,  5, 5, 7,  8,
                                                 5, 8, 6, 6, 8, 9, 7, 10, 8, 8, 10, 9};
  // [lines] scratch: three small slices for each leaf
  const ss_mark scratch = ss_save();
  scene_vector *spine = ss_uninit_slice(scene_vector, LEAF_SPINE);
  scene_vector *points = ss_uninit_slice(scene_vector, LEAF_POINTS);
  scene_colour *shades = ss_uninit_slice(scene_colour, LEAF_POINTS);
  // [/lines]
  const bool has_room = spine && points && shades;
  if (has_room) {
    leaf_spine(of, spine);
    leaf_outline(of, spine, points);
    leaf_shades(frame, of, lamp, shades);
    for (unsigned i = 0; i < LEAF_VERTICES; i++) {
      glm_vec3_copy(points[corners[i]], positions[i]);
      colours[i] = shades[corners[i]];
    }
    source_give(shades);
    source_give(points);
    source_give(spine);
  }
  // [lines] release of the scratch
  ss_restore(scratch);
  // [/lines]
  return has_room;
}

/// Turns a leaf so that it points along a direction, rolled around that by an angle.
static inline void leaf_turn(leaf *made, vec3 direction, float roll)
{
  vec3 side, top;
  glm_vec3_normalize_to(direction, made->along);
  glm_vec3_cross(
      made->along,
      fabsf(made->along[1]) < 0.95f ? (vec3){0.0f, 1.0f, 0.0f} : (vec3){1.0f, 0.0f, 0.0f}, side);
  glm_vec3_normalize(side);
  glm_vec3_cross(side, made->along, top);
  const float c = cosf(roll), s = sinf(roll);
  for (int i = 0; i < 3; i++) {
    made->across[i] = c * side[i] + s * top[i];
    made->up[i] = c * top[i] - s * side[i];
  }
}

#endif
