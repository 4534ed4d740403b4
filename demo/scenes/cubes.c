// SPDX-License-Identifier: MIT
// The cases are derived from the cube's faces. Walking around a face, seen from outside, the
// corners inside form runs. Where a run begins an edge is crossed inwards, where it ends outwards,
// and the surface runs along the face from the first to the second. The neighbouring face meets
// each edge from the other side, so these pieces chain up to closed loops, one polygon each.
//
// A face with two opposite corners inside has two runs. That decision depends on the face alone, so
// the two cubes at a face always agree and the surface has no holes.
#include "cubes.h"

#include <stdbool.h>

#define NONE 0xff

static unsigned edge_between(unsigned a, unsigned b)
{
  const unsigned low = a & b;  // the corner of the two that is nearer to the origin
  const unsigned x = low & 1u, y = low >> 1 & 1u, z = low >> 2;
  switch (a ^ b) {
    case 1:
      return y + 2 * z;
    case 2:
      return 4 + x + 2 * z;
    default:
      return 8 + x + 2 * y;
  }
}

// The corners of a face, counter-clockwise seen from outside.
static void face_corners(unsigned face, unsigned corners[4])
{
  const unsigned axis = face / 2, side = face % 2;
  const unsigned along = 1u << axis, u = 1u << (axis + 1) % 3, v = 1u << (axis + 2) % 3;
  const unsigned around[4] = {0, u, u | v, v};
  for (unsigned i = 0; i < 4; i++) corners[i] = around[side ? i : 3 - i] | (side ? along : 0);
}

static cube_case derive(unsigned inside)
{
  uint8_t next[CUBE_EDGES];
  for (unsigned edge = 0; edge < CUBE_EDGES; edge++) next[edge] = NONE;
  for (unsigned face = 0; face < 6; face++) {
    unsigned corners[4];
    face_corners(face, corners);
    for (unsigned i = 0; i < 4; i++) {
      const unsigned before = corners[i];
      if (inside >> before & 1u || !(inside >> corners[(i + 1) % 4] & 1u)) continue;
      unsigned last = i + 1;  // of the run that begins here
      while (inside >> corners[(last + 1) % 4] & 1u) last++;
      const unsigned enters = edge_between(before, corners[(i + 1) % 4]);
      const unsigned leaves = edge_between(corners[last % 4], corners[(last + 1) % 4]);
      next[enters] = (uint8_t)leaves;
    }
  }

  cube_case made = {0};
  for (unsigned first = 0; first < CUBE_EDGES; first++) {
    if (next[first] == NONE) continue;
    // A fan around the loop's first edge.
    uint8_t second = next[first];
    next[first] = NONE;
    while (next[second] != first && next[second] != NONE) {
      const uint8_t third = next[second];
      uint8_t *triangle = &made.edges[made.triangle_count++ * 3];
      triangle[0] = (uint8_t)first;
      triangle[1] = second;
      triangle[2] = third;
      next[second] = NONE;
      second = third;
    }
    next[second] = NONE;
  }
  return made;
}

const cube_case *cube_cases(void)
{
  static cube_case cases[256];
  static bool is_derived;
  if (!is_derived) {
    for (unsigned inside = 0; inside < 256; inside++) cases[inside] = derive(inside);
    is_derived = true;
  }
  return cases;
}
