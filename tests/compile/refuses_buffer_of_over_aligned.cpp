// SPDX-License-Identifier: MIT
// Does not compile: a buffer's first byte is aligned to 16, so elements that ask for more would not be.
#include "secondstack.hpp"

struct alignas(64) lane_of_floats {
  float values[16];
};

void open_over_aligned();

void open_over_aligned()
{
  ss::buffer<lane_of_floats> lanes;
}
