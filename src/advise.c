// SPDX-License-Identifier: MIT
// How much to reserve, in words that a program can paste.
#include "records.h"

enum { ROUNDED_BYTES = 4096 };

void ss_stack_advise(const ss_stack *stack, ss_line_fn *fn, void *context)
{
  const ss__listener to = {fn, context};
  const ss_stats stats = ss_stack_stats(stack);
  size_t lane_count = 0, peak = 0;
  const ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    const char *top = lane == ss__active_lane(stack) ? stack->top : lane->top;
    size_t deepest = ss__depth(lane, top);
    if (deepest < lane->peak) deepest = lane->peak;
    if (deepest) lane_count = index + 1;
    if (peak < deepest) peak = deepest;
  }
  const size_t size_bytes = (peak + ROUNDED_BYTES - 1) / ROUNDED_BYTES * ROUNDED_BYTES;
  const char *prefix = stack->is_thread_stack ? "ss_prewarm(" : "ss_stack_prewarm(stack, ";
  ss__tell(&to, "%s%zu, %zu);  // so far: %zu bytes at most, %zu growths, %zu bytes copied", prefix,
           size_bytes, lane_count, stats.peak, stats.growths, stats.bytes_copied);
}
