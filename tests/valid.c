// SPDX-License-Identifier: MIT
// Checks that the chunks, lanes and undo log of a stack fit together. Tests call it after every
// step.
#include "valid.h"

#include "internal.h"

static const char *why_lane_invalid(const ss_stack *stack, const ss__lane *lane, bool is_active)
{
  const ss__chunk *newest = lane->chunk;
  const size_t version = stack->mark_version & ~SS__WATCHED;
  const char *top = is_active ? stack->top : lane->top;
  const bool is_in_line = is_active && ss__is_in_line(stack);
  const char *limit = is_active && !is_in_line ? stack->limit : lane->limit;
  if (is_active && lane->is_open) return "the active lane has an open buffer";
  if (lane->is_region && !lane->is_open) return "a lane of a region that has ended";
  if (newest == NULL) {
    if (lane->is_open || is_in_line) return "an open buffer without a chunk";
    return is_active && (top != SS__NOWHERE || limit != SS__NOWHERE) ? "room without a chunk"
                                                                     : NULL;
  }
  if (top < ss__chunk_start(newest) || top > newest->limit) return "a top outside its chunk";
  if (is_in_line && (top != lane->top || top != stack->limit))
    return "room beside a buffer in line";
  if (is_in_line && (size_t)(top - ss__chunk_start(newest)) < SS__BUFFER_HEAD) return "no head";
  if (is_active && !is_in_line && limit != lane->limit) return "two limits of one lane";
  if ((limit < top || limit > newest->limit)) return "a limit outside its chunk";
  if (((uintptr_t)top | (uintptr_t)limit | (uintptr_t)newest->limit) & (SS_ALIGN - 1)) {
    return "a top or limit that is not aligned";
  }
  // The bytes that a half-done ss_restore_keep keeps lie above the top of their lane.
  const ss__pin *pin = &stack->pin;
  const bool is_held = pin->is_active && pin->chunk == newest && pin->lane_top && top == pin->end;
  const char *own_top = is_held ? pin->lane_top : top;
  if (newest->version > version && (is_active || own_top != ss__chunk_start(newest))) {
    return "a chunk from a later version";
  }
  for (const ss__chunk *chunk = newest->below; chunk; chunk = chunk->below) {
    if (chunk->top <= ss__chunk_start(chunk)) return "an empty chunk below another";
    if (chunk->top > chunk->limit) return "a lower chunk's top above its limit";
    if (chunk->version > version) return "a lower chunk from a later version";
    if (chunk->below && chunk->below->version > chunk->version)
      return "chunk versions out of order";
  }
  return NULL;
}

const char *ss__why_invalid(const ss_stack *stack)
{
  size_t reserved = 0;
  const ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    const char *why = why_lane_invalid(stack, lane, lane == ss__active_lane(stack));
    if (why) return why;
    for (const ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) {
      reserved += chunk->size_bytes;
    }
  }
  for (const ss__lane_row *row = stack->more_lanes; row; row = row->next) reserved += sizeof *row;
  const ss__pin *pin = &stack->pin;
  if (pin->is_active && pin->is_released) reserved += pin->chunk->size_bytes;
  for (const ss__chunk *spare = pin->spares; spare; spare = spare->below) {
    reserved += spare->size_bytes;
  }
  if (reserved != stack->reserved) return "reserved is not the sum of what is held";
  if (ss__is_in_line(stack) != (stack->mark_version & 1)) return "versions that do not agree";
  if (!ss__is_in_line(stack) && stack->version != (stack->mark_version & ~SS__WATCHED))
    return "two versions";
  size_t version = (stack->mark_version & ~SS__WATCHED) + 1;
  for (const ss__event *event = stack->undo_log; event; event = event->older) {
    // A pin has the number of the event above it.
    if (event != &pin->event && event->version >= version) return "events out of order";
    version = event->version;
  }
  return NULL;
}
