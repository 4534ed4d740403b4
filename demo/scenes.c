// SPDX-License-Identifier: MIT
// The table of all scenes on all sources, and what scenes share.
#include "scene.h"

#define DECLARE(scene, scene_constant, source, source_constant) \
  extern const scene_ops scene_##scene##_##source;
SCENE_AND_SOURCE_LIST(DECLARE)

const scene_ops *scene_ops_of(scene_kind scene, source_kind source)
{
#define CELL(scene, scene_constant, source, source_constant) \
  [scene_constant][source_constant] = &scene_##scene##_##source,
  static const scene_ops *const table[SCENE_COUNT][SOURCE_COUNT] = {SCENE_AND_SOURCE_LIST(CELL)};
  return table[scene][source];
}

void scene_look(scene_frame *frame, const vec3 eye, const vec3 centre, float radius)
{
  vec3 from, to;
  glm_vec3_copy((float *)eye, from);
  glm_vec3_copy((float *)centre, to);
  const float distance = glm_vec3_distance(from, to);
  // The sphere fits the height, and the width where that is less.
  const float half = asinf(fminf(radius / distance, 0.95f));
  const float field = frame->aspect < 1.0f ? 2.0f * atanf(tanf(half) / frame->aspect) : 2.0f * half;
  mat4 view, projection;
  glm_lookat(from, to, (vec3){0.0f, 1.0f, 0.0f}, view);
  glm_perspective(field, frame->aspect, 0.1f, 40.0f, projection);
  glm_mat4_mul(projection, view, frame->view_projection);
  glm_vec3_copy(from, frame->eye);
}
