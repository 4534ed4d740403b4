// SPDX-License-Identifier: MIT
// Statistics of a stack. They are computed from the lanes, which are not changed.
#include "internal.h"

// The current top of a lane. The active lane's own word is out of date: the stack holds its top.
static const char *lane_top(const ss_stack *stack, const ss__lane *lane)
{
  return lane == ss__active_lane(stack) ? stack->top : lane->top;
}

static size_t lane_peak(const ss_stack *stack, const ss__lane *lane)
{
  const size_t depth = ss__depth(lane, lane_top(stack, lane));
  return depth > lane->peak ? depth : lane->peak;
}

ss_stats ss_stack_stats(const ss_stack *stack)
{
  ss_stats stats;
  memset(&stats, 0, sizeof stats);
  const ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    stats.used += ss__depth(lane, lane_top(stack, lane));
    stats.peak += lane_peak(stack, lane);
    for (const ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) stats.chunks++;
  }
  stats.reserved = stack->reserved;
  stats.growths = stack->growths;
  stats.bytes_copied = stack->bytes_copied;
  stats.backing_calls = stack->backing_calls;
  return stats;
}

void ss_stack_walk(const ss_stack *stack, ss_walk_fn *fn, void *context)
{
  const ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    const char *top = lane_top(stack, lane);
    const bool is_active = lane == ss__active_lane(stack);
    for (const ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) {
      const char *start = ss__chunk_start(chunk);
      const ss_chunk_info info = {
          .lane = index,
          .is_active = is_active && !ss__is_in_line(stack),
          .is_open = lane->is_open || (is_active && ss__is_in_line(stack)),
          .used_bytes = (size_t)((chunk == lane->chunk ? top : chunk->top) - start),
          .room_bytes = (size_t)(chunk->limit - start),
          .peak_bytes = lane_peak(stack, lane),
      };
      fn(context, &info);
    }
  }
}
