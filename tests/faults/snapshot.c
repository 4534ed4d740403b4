// SPDX-License-Identifier: MIT
#include "snapshot.h"

#include "internal.h"

// More than this of a chunk, or of a buffer, is not looked at: its ends are.
enum { MOST_BYTES = 2048 };

// Guard bytes are poisoned, and count as well.
__attribute__((no_sanitize("address"))) static size_t sum_bytes(size_t sum, const char *from,
                                                                const char *to)
{
  const size_t size = (size_t)(to - from);
  for (size_t i = 0; i < size; i += 1) {
    if (i == MOST_BYTES / 2 && size > MOST_BYTES) i = size - MOST_BYTES / 2;
    sum = sum * 31 + (unsigned char)from[i];
  }
  return sum;
}

snapshot snapshot_take(const ss_stack *stack, const ss_buffer *buffer)
{
  snapshot taken = {ss_stack_stats(stack), 0};
  const ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index += 1) {
    const char *top = lane == ss__active_lane(stack) ? stack->top : lane->top;
    // The head of a buffer in line is written when the buffer becomes an event: of no account.
    if (lane == ss__active_lane(stack) && ss__is_in_line(stack)) top -= SS__BUFFER_HEAD;
    // A region's top is behind its newest slice, and its head stays as it is.
    if (lane->is_open && !lane->is_region) top -= SS__BUFFER_HEAD;
    for (const ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) {
      if (chunk != lane->chunk) top = chunk->top;
      taken.contents = sum_bytes(taken.contents, ss__chunk_start(chunk), top);
    }
  }
  if (buffer && buffer->top != SS__NOWHERE && buffer->lane->top != SS__NOWHERE) {
    taken.contents = sum_bytes(taken.contents, buffer->lane->top, buffer->top);
  }
  return taken;
}

size_t snapshot_region_room_bytes(const ss_region *region)
{
  const ss__lane *lane = region->lane;
  return lane && lane->is_region ? (size_t)(lane->chunk->limit - lane->top) : 0;
}

size_t snapshot_row_bytes(void)
{
  return sizeof(ss__lane_row);
}

size_t snapshot_room_bytes(const ss_stack *stack, const ss_buffer *buffer)
{
  const ss__lane *lane = buffer ? buffer->lane : ss__active_lane(stack);
  // Beside a buffer in line there is no room.
  if (lane->chunk == NULL || (buffer == NULL && ss__is_in_line(stack))) return 0;
  return (size_t)(lane->chunk->limit - (buffer ? buffer->top : stack->top));
}
