// SPDX-License-Identifier: MIT
// The growable array that people write by hand: a block that realloc makes twice as large when it
// is full.
#ifndef DOUBLING_H
#define DOUBLING_H

#include "bench.h"

#include <stdlib.h>

typedef struct doubling {
  char *data;
  size_t size, capacity;
} doubling;

BENCH_NOINLINE static void doubling_grow(doubling *d, size_t size)
{
  size_t capacity = d->capacity ? d->capacity * 2 : 256;
  while (capacity < d->size + size) capacity *= 2;
  char *data = (char *)realloc(d->data, capacity);
  if (data == NULL) abort();
  d->data = data;
  d->capacity = capacity;
}

static inline void *doubling_extend(doubling *d, size_t size)
{
  if (size > d->capacity - d->size) doubling_grow(d, size);
  void *room = d->data + d->size;
  d->size += size;
  return room;
}

#endif
