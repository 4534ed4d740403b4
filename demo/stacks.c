// SPDX-License-Identifier: MIT
#include "stacks.h"

#include "secondstack.h"
#include "secondstack_attach.h"  // engine.mjs attaches to the program

double stacks_rows[STACKS_THREADS][STACKS_WORDS];

static size_t deepest[STACKS_THREADS];

static void keep_chunk(void *context, const ss_chunk_info *chunk)
{
  double *row = context;
  const size_t count = (size_t)row[3];
  if (count == STACKS_CHUNKS) return;
  double *words = row + STACKS_HEAD_WORDS + count * STACKS_CHUNK_WORDS;
  words[0] = chunk->lane;
  // A lane's newest chunk comes first.
  words[1] = count == 0 || words[-STACKS_CHUNK_WORDS] != words[0];
  words[2] = chunk->is_active;
  words[3] = (double)chunk->used_bytes;
  words[4] = (double)chunk->room_bytes;
  words[5] = (double)chunk->peak_bytes;
  row[3] = (double)(count + 1);
}

static void keep(unsigned thread, const ss_stats *stats)
{
  double *row = stacks_rows[thread];
  row[0] = (double)stats->used;
  row[1] = (double)stats->reserved;
  row[2] = (double)stats->peak;
  row[3] = 0;
  ss_thread_walk(keep_chunk, row);
}

void stacks_begin(unsigned thread)
{
  const ss_stats stats = ss_thread_stats();
  deepest[thread] = 0;
  keep(thread, &stats);
}

void stacks_look(unsigned thread)
{
  const ss_stats stats = ss_thread_stats();
  if (stats.used <= deepest[thread]) return;
  deepest[thread] = stats.used;
  keep(thread, &stats);
}

size_t stacks_deepest(unsigned thread)
{
  return deepest[thread];
}
