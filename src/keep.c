// Keeping a result past its scope.
//
// The scope is restored while its result is held: destructors still find it where it was, and what
// they allocate does not overwrite it. Then it slides down. Room for it is made sure of first, so
// that a failure changes nothing.
#include "internal.h"

// Keeps no empty chunk below the newest one of its lane.
static void release_if_empty(ss_stack *stack, ss__lane *lane, ss__chunk *chunk)
{
  if (chunk == NULL || chunk == lane->chunk || chunk->top != ss__chunk_start(chunk)) return;
  ss__chunk *above = lane->chunk;
  while (above && above->below != chunk) above = above->below;
  if (above == NULL) return;
  above->below = chunk->below;
  ss__release_chunk(stack, chunk);
}

// Ends the hold; its lane is as low as it should have been. Nothing is released yet.
static void let_go(ss_stack *stack)
{
  ss__hold *hold = &stack->hold;
  hold->is_active = false;
  if (hold->lane_top == NULL || hold->is_released) return;
  if (hold->lane->chunk != hold->chunk) {
    // A destructor that made the lane grow has left the kept bytes in a lower chunk.
    if (hold->chunk->top > hold->lane_top) hold->chunk->top = hold->lane_top;
  } else if (hold->lane != ss__active_lane(stack)) {
    hold->lane->top = hold->lane_top;
  }
}

static void release_held(ss_stack *stack, const ss__hold *hold)
{
  if (hold->is_released) {
    ss__release_chunk(stack, hold->chunk);
  } else {
    release_if_empty(stack, hold->lane, hold->chunk);
  }
  while (stack->hold.spares) {
    ss__chunk *spare = stack->hold.spares;
    stack->hold.spares = spare->below;
    ss__release_chunk(stack, spare);
  }
}

static void end_hold(ss_stack *stack)
{
  if (!stack->hold.is_active) return;  // a destructor has emptied the stack
  let_go(stack);
  const ss__hold hold = stack->hold;
  release_held(stack, &hold);
}

// A destructor's longjmp has left an ss_restore_keep of this scope or an inner one half done. What it
// left on the trail may lie behind the held bytes, so these are let go last.
void ss__restore_held(ss_stack *stack, char *top, size_t version)
{
  ss__undo_to(stack, top, version);
  const ss__hold hold = stack->hold;
  end_hold(stack);
  if (!hold.is_active) return;
  ss__lane *lane = ss__park(stack);
  if (hold.lane_top && hold.lane == lane && lane->chunk == hold.chunk) lane->top = hold.lane_top;
  ss__activate(stack, lane);
}

static void take_spare_back(ss_stack *stack, ss__chunk *spare)
{
  ss__chunk **link = &stack->hold.spares;
  while (*link != spare) link = &(*link)->below;
  *link = spare->below;
}

static ss__lane *find_chunk(const ss_stack *stack, const char *data, ss__chunk **found)
{
  ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    for (ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) {
      if ((uintptr_t)data >= (uintptr_t)chunk && (uintptr_t)data < (uintptr_t)chunk->limit) {
        *found = chunk;
        return lane;
      }
    }
  }
  return NULL;
}

// The room behind `top` once `version` has been restored.
static size_t room_after(const ss_stack *stack, char *top, size_t version)
{
  const ss__lane *active = ss__active_lane(stack);
  const ss__event *event = stack->trail;
  for (;;) {
    for (; event && event->version > version; event = event->older) active = event->lane_before;
    if ((version & 1) == 0) break;
    ss__resolve(event, active, &top, &version);
  }
  const ss__chunk *newest = active->chunk;
  if (newest == NULL) return 0;
  return (size_t)(newest->limit - (newest->version <= version ? top : ss__chunk_start(newest)));
}

ss_slice ss__restore_keep(ss_stack *stack, char *top, size_t version, void *data, size_t size,
                          const char *call)
{
  // A destructor that runs while another slice is held has its own copied out of the way instead.
  const bool is_inner = stack->hold.is_active && version > stack->hold.version;
  if (stack->hold.is_active && !is_inner) end_hold(stack);
  const ss_slice failed = {NULL, 0};
  ss__limit_met limit = {NULL, 0};
  if (ss__is_in_line(stack) && !ss__settle(stack, &limit)) {
    (void)ss__fail(call, size, "bytes", limit.what, limit.bytes);
    return failed;
  }
  ss__chunk *spare = NULL;
  if (is_inner || size > room_after(stack, top, version)) {
    spare = ss__new_chunk(stack, size, 0, false, &limit);
    if (spare == NULL) {
      (void)ss__fail(call, size, "bytes", limit.what, limit.bytes);
      return failed;
    }
    // Listed, in case a destructor longjmps away.
    spare->below = stack->hold.spares;
    stack->hold.spares = spare;
  }
  ss__hold hold = {true, false, version, NULL, NULL, NULL, NULL, stack->hold.spares};
  if (is_inner) {
    data = size ? memcpy(ss__chunk_start(spare), data, size) : data;
  } else {
    hold.lane = find_chunk(stack, (const char *)data, &hold.chunk);
    if (hold.chunk) hold.end = ss__align_up((char *)data + size);
    stack->hold = hold;
  }
  const size_t held_version = stack->hold.version;
  ss__undo_to(stack, top, version);
  if (!stack->hold.is_active || stack->hold.version != held_version) {
    (void)ss__fail(call, size, "bytes", "a destructor has emptied the stack, bytes left are", 0);
    return failed;
  }
  if (spare) take_spare_back(stack, spare);
  if (is_inner) {
    hold.is_active = false;
  } else {
    let_go(stack);
    hold = stack->hold;
  }
  ss__lane *lane = ss__park(stack);
  if (hold.lane_top && lane == hold.lane && lane->chunk == hold.chunk) lane->top = hold.lane_top;
  const size_t room = lane->chunk ? (size_t)(lane->chunk->limit - lane->top) : 0;
  if (spare == NULL && size > room) {
    // A destructor has made the lane's newest chunk a smaller one.
    spare = ss__new_chunk(stack, size, 0, false, &limit);
    if (spare == NULL) (void)ss__fail("ss_restore_keep", size, "bytes", limit.what, limit.bytes);
  }
  ss__chunk *const before = lane->chunk;
  if (spare && size > room) {
    ss__set_version(stack, ss__next_version(stack));
    spare->version = stack->version;
    spare->below = before;
    if (before) before->top = lane->top;
    lane->chunk = spare;
    lane->top = lane->limit = ss__chunk_start(spare);
  }
  const ss_slice kept = {lane->chunk ? lane->top : SS__NOWHERE, size};
  if (stack->watch) {
    // Not what overlaps: it is to stay defined.
    const size_t distance = (size_t)((uintptr_t)data - (uintptr_t)kept.data);
    stack->watch->unpoison(kept.data, distance < size ? distance : size);
  }
  if (size) memmove(kept.data, data, size);
  if (lane->chunk) ss__raise(lane, lane->top + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)));
  ss__activate(stack, lane);
  if (spare && lane->chunk != spare) ss__release_chunk(stack, spare);
  if (!is_inner) release_held(stack, &hold);
  release_if_empty(stack, lane, before);
  return kept;
}
