// SPDX-License-Identifier: MIT
// Source: malloc and free for every slice. A buffer grows as std::vector does: a new block of twice
// the size, a copy, and the old block freed.
#include <stdlib.h>
#include <string.h>

static char *vector_regrow(char *data, size_t used_bytes, size_t room_bytes)
{
  char *larger = malloc(room_bytes);
  if (larger == NULL || data == NULL) return larger;
  memcpy(larger, data, used_bytes);
  free(data);
  return larger;
}

#include "source_vector.h"
