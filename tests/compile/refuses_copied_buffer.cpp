// SPDX-License-Identifier: MIT
// Does not compile: two buffers cannot grow in the same place.
#include "secondstack.hpp"

size_t copy_buffer(const ss::buffer<int> &buffer);

size_t copy_buffer(const ss::buffer<int> &buffer)
{
  const ss::buffer<int> copy(buffer);
  return copy.size();
}
