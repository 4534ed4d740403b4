// SPDX-License-Identifier: MIT
// Reserves room before its first use: in the lane where slices are made, and in the lanes that the
// next buffers will take.
#include "internal.h"

// Gives the room to a parked lane without a buffer. If the lane needs a new chunk for it, that
// chunk is empty.
static bool warm_lane(ss_stack *stack, ss__lane *lane, size_t size_bytes, size_t version,
                      ss__limit_met *limit)
{
  if (lane->chunk && size_bytes <= (size_t)(lane->chunk->limit - lane->top)) return true;
  return ss__grow_lane(stack, lane, lane->top, 0, size_bytes, true, version, limit) != NULL;
}

// The lanes that buffers will take, in that order: the first free ones.
static bool warm_free_lanes(ss_stack *stack, size_t size_bytes, size_t lane_count, size_t version,
                            ss__limit_met *limit)
{
  const ss__lane *active = ss__active_lane(stack);
  for (unsigned index = 0; lane_count > 0; index++) {
    ss__lane *lane = ss__lane_at(stack, index);
    if (lane == NULL) lane = ss__add_lanes(stack, limit);
    if (lane == NULL) return false;
    if (lane->is_open || lane == active) continue;
    if (!warm_lane(stack, lane, size_bytes, version, limit)) return false;
    lane_count--;
  }
  return true;
}

bool ss__prewarm(ss_stack *stack, size_t size_bytes, size_t lane_count, const char *call)
{
  ss__limit_met limit = {NULL, 0};
  // A buffer's head lies before its data and needs room, too. Where the sum would overflow,
  // SIZE_MAX replaces it: no address space can hold that many bytes.
  const size_t room =
      size_bytes > SIZE_MAX - SS__BUFFER_HEAD ? SIZE_MAX : size_bytes + SS__BUFFER_HEAD;
  const size_t version = ss__is_in_line(stack) ? stack->mark_version + 1 : ss__next_version(stack);
  bool is_done = true;
  if (lane_count > 0 && !ss__is_in_line(stack)) {
    ss__lane *lane = ss__park(stack);
    const ss__chunk *before = lane->chunk;
    is_done = warm_lane(stack, lane, room, version, &limit);
    // The tops of marks that were saved earlier lie in another chunk now.
    if (lane->chunk != before) ss__set_version(stack, version);
    ss__activate(stack, lane);
    lane_count--;
  }
  is_done = is_done && warm_free_lanes(stack, room, lane_count, version, &limit);
  if (!is_done) (void)ss__fail(call, size_bytes, "bytes for each lane", limit.what, limit.bytes);
  return is_done;
}
