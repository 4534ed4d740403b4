// The slow paths of slices and scopes, and what is said and done to a whole stack.
#include "internal.h"

#include <limits.h>

size_t ss__next_version(const ss_stack *stack)
{
  if (stack->version == SIZE_MAX - 1) ss__fatal("secondstack: too many trims within one scope");
  return stack->version + 1;
}

// --- Slices

void *ss__refill(ss_stack *stack, size_t size, size_t align, const char *call)
{
  if (align > SS_ALIGN && (align & (align - 1)) != 0) {
    return ss__fail(call, align, "bytes of alignment", "a power of two is needed, up to",
                    PTRDIFF_MAX);
  }
  const size_t most_gap = align > SS_ALIGN ? align - SS_ALIGN : 0;
  if (size > PTRDIFF_MAX - most_gap) {
    return ss__fail(call, size, "bytes", "the address space ends at", PTRDIFF_MAX);
  }
  if (stack->is_thread_stack && !stack->is_hooked) {
    stack->is_hooked = true;
    ss__hook_thread_exit(stack);
  }
  ss__lane *lane = ss__park(stack);
  const ss__chunk *before = lane->chunk;
  const size_t room = before ? (size_t)(before->limit - lane->top) : 0;
  size_t gap = (size_t)(0 - (uintptr_t)lane->top) & most_gap;
  if (before == NULL || gap > room || size > room - gap) {
    ss__limit_met limit = {NULL, 0};
    const size_t version = ss__next_version(stack);
    if (!ss__grow_lane(stack, lane, lane->top, 0, size + most_gap, false, version, &limit)) {
      return ss__fail(call, size, "bytes", limit.what, limit.bytes);
    }
    // What was saved before has its top elsewhere.
    if (lane->chunk != before) stack->version = version;
    gap = (size_t)(0 - (uintptr_t)lane->top) & most_gap;
  }
  char *slice = lane->top + gap;
  ss__raise(lane, slice + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)));
  ss__activate(stack, stack->active);
  SS__UNPOISON(slice, size);
  return slice;
}

void *ss__claim(ss_stack *stack, size_t size, const char *call)
{
  void *record = ss__alloc(stack, size, SS_ALIGN, call);
  if (record && stack->watch) stack->watch->unpoison(record, size);
  return record;
}

// --- Scopes

void ss__push_event(ss_stack *stack, ss__event *event, ss__undo_fn *undo)
{
  stack->version = ss__next_version(stack);
  event->older = stack->trail;
  event->version = stack->version;
  event->undo = undo;
  event->lane_before = stack->active;
  stack->trail = event;
}

// Lets go of what ss_restore_keep held; its lane is as low as it should have been.
static void end_hold(ss_stack *stack)
{
  ss__hold *hold = &stack->hold;
  hold->is_active = false;
  if (hold->lane_top && !hold->is_released) {
    if (hold->lane->chunk != hold->chunk) {
      // A destructor that made the lane grow has left the kept bytes in a lower chunk.
      if (hold->chunk->top > hold->lane_top) hold->chunk->top = hold->lane_top;
    } else if (hold->lane != ss__lane_at(stack, stack->active)) {
      hold->lane->top = hold->lane_top;
    }
  }
  if (hold->is_released) ss__release_chunk(stack, hold->chunk);
  if (hold->spare) ss__release_chunk(stack, hold->spare);
}

// Undoing may run destructors, which use the stack and may longjmp away: between two events everything
// is in order, and what is still to be undone is on the trail.
static void undo_to(ss_stack *stack, char *top, size_t version)
{
  while (stack->trail && stack->trail->version > version) {
    stack->trail->undo(stack, stack->trail, version);
  }
  ss__lane *lane = ss__park(stack);
  stack->version = ss__lower(stack, lane, top, version) ? version : version + 1;
  ss__activate(stack, stack->active);
}

void ss__restore(ss_stack *stack, char *top, size_t version)
{
  // A destructor's longjmp has left an ss_restore_keep of this scope or an inner one half done.
  if (stack->hold.is_active && version <= stack->hold.version) end_hold(stack);
  undo_to(stack, top, version);
}

// --- Keeping a result

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
static size_t room_after(const ss_stack *stack, const char *top, size_t version)
{
  unsigned active = stack->active;
  for (const ss__event *event = stack->trail; event && event->version > version;
       event = event->older) {
    active = event->lane_before;
  }
  const ss__chunk *newest = ss__lane_at(stack, active)->chunk;
  if (newest == NULL) return 0;
  return (size_t)(newest->limit - (newest->version <= version ? top : ss__chunk_start(newest)));
}

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

ss_slice ss__restore_keep(ss_stack *stack, char *top, size_t version, void *data, size_t size,
                          const char *call)
{
  const ss_slice failed = {NULL, 0};
  ss__limit_met limit = {NULL, 0};
  ss__hold hold = {true, false, version, NULL, NULL, ss__align_up((char *)data + size), NULL, NULL};
  if (stack->hold.is_active && version <= stack->hold.version) end_hold(stack);
  if (size > room_after(stack, top, version)) {
    hold.spare = ss__new_chunk(stack, size, 0, &limit);
    if (hold.spare == NULL) {
      (void)ss__fail(call, size, "bytes", limit.what, limit.bytes);
      return failed;
    }
  }
  hold.lane = find_chunk(stack, data, &hold.chunk);
  stack->hold = hold;
  undo_to(stack, top, version);
  hold = stack->hold;
  stack->hold.spare = NULL;
  stack->hold.is_released = false;
  end_hold(stack);
  ss__lane *lane = ss__park(stack);
  if (lane == hold.lane && lane->chunk == hold.chunk && hold.lane_top) lane->top = hold.lane_top;
  if (hold.spare == NULL && size > (lane->chunk ? (size_t)(lane->chunk->limit - lane->top) : 0)) {
    // A destructor has made the lane's newest chunk a smaller one.
    hold.spare = ss__new_chunk(stack, size, 0, &limit);
    if (hold.spare == NULL) {
      (void)ss__fail("ss_restore_keep", size, "bytes", limit.what, limit.bytes);
    }
  }
  if (hold.spare) {
    stack->version = ss__next_version(stack);
    hold.spare->version = stack->version;
    hold.spare->below = lane->chunk;
    if (lane->chunk) lane->chunk->top = lane->top;
    lane->chunk = hold.spare;
    lane->top = lane->limit = ss__chunk_start(hold.spare);
  }
  ss_slice kept = {lane->chunk ? lane->top : SS__NOWHERE, size};
  if (stack->watch) stack->watch->unpoison(kept.data, size);
  if (size) memmove(kept.data, data, size);
  if (lane->chunk) ss__raise(lane, lane->top + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)));
  ss__activate(stack, stack->active);
  if (hold.is_released) ss__release_chunk(stack, hold.chunk);
  release_if_empty(stack, lane, hold.spare ? hold.spare->below : NULL);
  if (!hold.is_released) release_if_empty(stack, hold.lane, hold.chunk);
  return kept;
}

// --- Whole stacks

void ss__empty(ss_stack *stack)
{
  // No mark saved before may look as if its top were still there.
  const size_t version = ss__next_version(stack);
  ss__restore(stack, SS__NOWHERE, 0);
  stack->version = version;
  ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    while (lane->chunk) {
      ss__chunk *chunk = lane->chunk;
      lane->chunk = chunk->below;
      ss__release_chunk(stack, chunk);
    }
    lane->peak = 0;
    lane->is_open = false;
  }
  ss__release_rows(stack);
  ss__activate(stack, 0);
  if (stack->watch) stack->watch->forget(stack);
}

ss_stack *ss_stack_new(const ss_config *config)
{
  ss_stack maker;
  memset(&maker, 0, sizeof maker);
  if (config) maker.config = *config;
  maker.config.max_bytes = 0;  // bounds what the stack holds, not the stack's own few words
  ss__limit_met limit = {NULL, 0};
  ss_stack *stack = (ss_stack *)ss__acquire(&maker, sizeof *stack, &limit);
  if (stack == NULL) return NULL;
  memset(stack, 0, sizeof *stack);
  if (config) stack->config = *config;
  ss__activate(stack, 0);
  return stack;
}

void ss_stack_free(ss_stack *stack)
{
  if (stack == NULL) return;
  ss__empty(stack);
  if (stack->is_thread_stack) return;
  stack->reserved = sizeof *stack;
  ss__release(stack, stack, sizeof *stack);
}

ss_stats ss_stack_stats(const ss_stack *stack)
{
  ss_stats stats;
  memset(&stats, 0, sizeof stats);
  const ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    const size_t depth = ss__depth(lane, index == stack->active ? stack->top : lane->top);
    stats.used += depth;
    stats.peak += depth > lane->peak ? depth : lane->peak;
    for (const ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) stats.chunks++;
  }
  stats.reserved = stack->reserved;
  stats.growths = stack->growths;
  stats.bytes_copied = stack->bytes_copied;
  stats.backing_calls = stack->backing_calls;
  return stats;
}
