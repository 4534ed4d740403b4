// SPDX-License-Identifier: MIT
// Source: malloc and free for every slice. A buffer grows as std::vector does: it allocates a block of
// twice the size, copies its elements there, and frees the old block.
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
