// SPDX-License-Identifier: MIT
// How full each thread's second stack was where it was fullest, for the page's memory strips.
//
// One row of doubles for each thread, which engine.mjs reads in place:
//
//   | used | reserved | peak | chunk count | 4 unused | chunk 0 | chunk 1 | ... STACKS_CHUNKS |
//   a chunk: | lane | is newest | is active | used | room | peak of its lane | 2 unused |
#ifndef STACKS_H
#define STACKS_H

#include <stddef.h>

#define STACKS_THREADS 17  // the GL thread, then 16 workers
#define STACKS_CHUNKS 64
#define STACKS_HEAD_WORDS 8
#define STACKS_CHUNK_WORDS 8
#define STACKS_WORDS (STACKS_HEAD_WORDS + STACKS_CHUNKS * STACKS_CHUNK_WORDS)

/// All rows.
extern double stacks_rows[STACKS_THREADS][STACKS_WORDS];

/// Forgets what the calling thread saw in the frame before. `thread` says who calls.
void stacks_begin(unsigned thread);

/// Looks at the calling thread's second stack and keeps what it sees if it is fuller than before.
void stacks_look(unsigned thread);

/// Bytes live where the thread's stack was fullest.
size_t stacks_deepest(unsigned thread);

#endif
