// SPDX-License-Identifier: MIT
#include "ring.h"

#include <stdlib.h>

#include "memory.h"

// Sixteenths of a thread's share, for source_stream: positions, normals, colours, indices, scratch.
static const unsigned sixteenths[STREAM_COUNT] = {5, 4, 2, 4, 1};

_Thread_local ring *ring_of_thread;

static struct {
  char *memory;
  ring *rings;
  unsigned threads;
  unsigned half;
} all;

void ring_configure(unsigned threads)
{
  free(all.memory);
  free(all.rings);
  all.memory = NULL;
  all.rings = NULL;
  all.threads = threads;
  if (threads == 0) return;
  all.memory = malloc(RING_BYTES);
  all.rings = calloc(threads, sizeof(ring));
  if (all.memory == NULL || all.rings == NULL) memory_ended(RING_BYTES);
}

void ring_next_frame(void)
{
  if (all.threads == 0) return;
  all.half ^= 1u;
  const size_t sixteenth = RING_BYTES / 2 / all.threads / 16 & ~(size_t)15;
  char *at = all.memory + all.half * (RING_BYTES / 2);
  for (unsigned thread = 0; thread < all.threads; thread++) {
    for (int stream = 0; stream < STREAM_COUNT; stream++) {
      const size_t size = sixteenths[stream] * sixteenth;
      all.rings[thread].part[stream] = (ring_part){at, at, at + size};
      at += size;
    }
  }
}

ring *ring_of(unsigned thread)
{
  return thread < all.threads ? &all.rings[thread] : NULL;
}

void ring_overflow(void)
{
  ring_of_thread->overflows++;
  ring_of_thread->is_cut = true;
}
