// SPDX-License-Identifier: MIT
// The memory of the ring source: fixed when the scene starts, used in two halves that alternate
// from frame to frame, divided among the threads that generate.
#ifndef RING_H
#define RING_H

#include "scene.h"

/// The size of the whole ring: all threads and both halves together.
#define RING_BYTES ((size_t)24 << 20)
#define RING_SPILL_BYTES ((size_t)16 << 10)

typedef struct ring_part {
  char *base;
  char *top;
  char *limit;
} ring_part;

/// One thread's share of the half that this frame uses.
typedef struct ring {
  ring_part part[STREAM_COUNT];
  size_t overflows;              // since the start
  bool is_cut;                   // something did not fit since the scene's source_begin
  const source_stream *streams;  // what a batch makes outside any scope, from the next one on
  unsigned scopes;               // how many are open: what is made within one is scratch
  char spill[STREAM_COUNT][RING_SPILL_BYTES] __attribute__((aligned(16)));
} ring;

/// The ring that the calling thread generates into.
extern _Thread_local ring *ring_of_thread;

/// Takes the memory and divides it among `threads`. 0 gives it back.
void ring_configure(unsigned threads);

/// Turns to the other half. No thread may be generating.
void ring_next_frame(void);

/// The ring of one thread, counted from 0; NULL while there is none.
ring *ring_of(unsigned thread);

/// Notes that something did not fit.
void ring_overflow(void);

#endif
