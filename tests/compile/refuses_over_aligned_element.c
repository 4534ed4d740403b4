// SPDX-License-Identifier: MIT
// Does not compile: a buffer's first byte is aligned to 16, so elements that ask for more would not be.
#include "secondstack.h"

typedef struct lane_of_floats {
  _Alignas(64) float values[16];
} lane_of_floats;

void push_over_aligned(ss_buffer *buffer);

void push_over_aligned(ss_buffer *buffer)
{
  (void)ss_push(lane_of_floats, buffer);
}
