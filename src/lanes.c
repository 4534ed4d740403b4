// SPDX-License-Identifier: MIT
// The row of lanes, and how a lane is lowered, which stops at pinned bytes. Nothing here knows who
// opened a lane, or why it is lowered.
#include "internal.h"

ss__lane *ss__lane_at(const ss_stack *stack, unsigned index)
{
  if (index < SS__INLINE_LANES) return (ss__lane *)(uintptr_t)&stack->lanes[index];
  ss__lane_row *row = stack->more_lanes;
  index -= SS__INLINE_LANES;
  while (row && index >= SS__ROW_LANES) {
    row = row->next;
    index -= SS__ROW_LANES;
  }
  return row ? &row->lanes[index] : NULL;
}

ss__lane *ss__add_lanes(ss_stack *stack, ss__limit_met *limit)
{
  ss__lane_row **row = &stack->more_lanes;
  while (*row) row = &(*row)->next;
  *row = (ss__lane_row *)ss__acquire(stack, sizeof **row, limit);
  if (*row == NULL) return NULL;
  memset(*row, 0, sizeof **row);
  return (*row)->lanes;
}

// Returns always the first free lane, so that each buffer of a repeated frame gets the lane that
// has grown to its size.
ss__lane *ss__free_lane(ss_stack *stack, ss__limit_met *limit)
{
  const ss__lane *active = ss__active_lane(stack);
  for (ss__lane *lane = stack->lanes; lane < stack->lanes + SS__INLINE_LANES; lane++) {
    if (!lane->is_open && lane != active) return lane;
  }
  for (ss__lane_row *row = stack->more_lanes; row; row = row->next) {
    for (ss__lane *lane = row->lanes; lane < row->lanes + SS__ROW_LANES; lane++) {
      if (!lane->is_open && lane != active) return lane;
    }
  }
  return ss__add_lanes(stack, limit);
}

void ss__release_rows(ss_stack *stack)
{
  while (stack->more_lanes) {
    ss__lane_row *row = stack->more_lanes;
    stack->more_lanes = row->next;
    ss__release(stack, row, sizeof *row);
  }
}

size_t ss__depth(const ss__lane *lane, const char *top)
{
  if (lane->chunk == NULL) return 0;
  size_t depth = (size_t)(top - ss__chunk_start(lane->chunk));
  for (const ss__chunk *chunk = lane->chunk->below; chunk; chunk = chunk->below) {
    depth += (size_t)(chunk->top - ss__chunk_start(chunk));
  }
  return depth;
}

// The limit stays a step above the highest top so far. This is how the high-water mark is known
// without an instruction on the fast path.
void ss__raise_limit(ss__lane *lane, char *top)
{
  const size_t room = (size_t)(lane->chunk->limit - top);
  const size_t depth = ss__depth(lane, top);
  size_t step = depth / 16 < 256 ? 256 : depth / 16 & ~(SS_ALIGN - 1);
  if (step > room) step = room;
  lane->limit = top + step;
  if (depth + step > lane->peak) lane->peak = depth + step;
}

static bool is_within(const ss__chunk *chunk, const char *top, const char *chunk_top)
{
  return (uintptr_t)top >= (uintptr_t)ss__chunk_start(chunk) &&
         (uintptr_t)top <= (uintptr_t)chunk_top;
}

// Keeps the larger one of two empty chunks. That is usually the newer one, but max_bytes may have
// made it smaller.
static ss__chunk *keep_larger(ss_stack *stack, ss__chunk *newer, ss__chunk *older)
{
  const bool is_older = older->size_bytes > newer->size_bytes;
  ss__release_chunk(stack, is_older ? newer : older);
  return is_older ? older : newer;
}

bool ss__lower(ss_stack *stack, ss__lane *lane, char *top, size_t version)
{
  ss__chunk *newest = lane->chunk;
  if (newest == NULL) return top == SS__NOWHERE;
  bool is_exact = false;
  if (newest->version <= version) {
    is_exact = is_within(newest, top, lane->top);
    if (is_exact) lane->top = top;
  } else {
    ss__chunk *below = newest->below;
    ss__chunk *largest = newest;
    while (below && below->version > version) {
      ss__chunk *emptied = below;
      below = below->below;
      largest = keep_larger(stack, largest, emptied);
    }
    if (below && is_within(below, top, below->top)) {
      below->top = top;
      if (top == ss__chunk_start(below)) {
        ss__chunk *emptied = below;
        below = below->below;
        largest = keep_larger(stack, largest, emptied);
      }
    }
    largest->below = below;
    largest->version = (version | 1) + 1;
    lane->top = ss__chunk_start(largest);
    if (largest != newest) {
      lane->chunk = largest;
      lane->limit = lane->top;
    }
  }
  ss__pin *pin = &stack->pin;
  if (pin->chunk == lane->chunk && lane->top < pin->end) {
    pin->lane_top = lane->top;
    ss__raise(lane, pin->end);
  }
  return is_exact;
}
