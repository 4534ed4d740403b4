// SPDX-License-Identifier: MIT
// The cases of marching cubes: for each way in which a cube's corners lie inside or outside, the
// triangles that separate them.
//
// Corner c lies at x = c & 1, y = c >> 1 & 1, z = c >> 2. Edges along x are 0 to 3 (y + 2 z), along
// y 4 to 7 (x + 2 z), along z 8 to 11 (x + 2 y).
#ifndef CUBES_H
#define CUBES_H

#include <stdint.h>

#define CUBE_EDGES 12
// Every loop of n edges becomes n - 2 triangles.
#define CUBE_MAX_TRIANGLES (CUBE_EDGES - 2)

typedef struct cube_case {
  uint8_t triangle_count;
  uint8_t edges[CUBE_MAX_TRIANGLES * 3];
} cube_case;

/// Returns the 256 cases, by the set of corners that are inside. Derives them when first called;
/// call it once before threads share them.
const cube_case *cube_cases(void);

#endif
