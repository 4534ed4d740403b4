// SPDX-License-Identifier: MIT
// Buffers of unknown size.
#include "libraries.h"

#include <secondstack.h>

uintptr_t shapes_draw(int count)
{
  SS_GUARD();
  ss_buffer corners = ss_buffer_open();
  for (int i = 0; i < count; i++) *ss_push(float, &corners) = (float)i;
  return (uintptr_t)ss_buffer_close(&corners).data;
}
