// SPDX-License-Identifier: MIT
// Source: malloc and free for slices, whose size is known, and buffers that realloc makes twice as
// large whenever they are full.
#include <stdlib.h>

static char *vector_regrow(char *data, size_t used_bytes, size_t room_bytes)
{
  (void)used_bytes;
  return realloc(data, room_bytes);
}

#include "source_vector.h"
