// The slow paths of slices and scopes, and what is said and done to a whole stack.
#include "internal.h"

// --- Slices

void *ss__refill(ss_stack *stack, size_t size, size_t align, const char *call)
{
  SS__STAY_OUT_OF_LINE(ss__refill);
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
    if (&ss__hook_thread_exit) ss__hook_thread_exit(stack);
  }
  ss__limit_met limit = {NULL, 0};
  if (ss__is_in_line(stack) && !ss__settle(stack, &limit)) {
    return ss__fail(call, size, "bytes", limit.what, limit.bytes);
  }
  ss__lane *lane = ss__park(stack);
  const ss__chunk *before = lane->chunk;
  const size_t room = before ? (size_t)(before->limit - lane->top) : 0;
  size_t gap = (size_t)(0 - (uintptr_t)lane->top) & most_gap;
  if (before == NULL || gap > room || size > room - gap) {
    const size_t version = ss__next_version(stack);
    if (!ss__grow_lane(stack, lane, lane->top, 0, size + most_gap, false, version, &limit)) {
      return ss__fail(call, size, "bytes", limit.what, limit.bytes);
    }
    // What was saved before has its top elsewhere.
    if (lane->chunk != before) ss__set_version(stack, version);
    gap = (size_t)(0 - (uintptr_t)lane->top) & most_gap;
  }
  char *slice = lane->top + gap;
  ss__raise(lane, slice + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)));
  ss__activate(stack, lane);
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

// Undoing may run destructors, which use the stack and may longjmp away: between two events
// everything is in order, and what is still to be undone is on the trail.
void ss__undo_to(ss_stack *stack, char *top, size_t version)
{
  for (;;) {
    // Also what a destructor left open.
    if (ss__is_in_line(stack)) ss__drop_in_line(stack);
    if (stack->trail && stack->trail->version > version) {
      stack->trail->undo(stack, stack->trail, version);
    } else if (version & 1) {
      ss__resolve(stack->trail, ss__active_lane(stack), &top, &version);
    } else {
      break;
    }
  }
  ss__lane *lane = ss__park(stack);
  ss__set_version(stack, ss__lower(stack, lane, top, version) ? version : version + 2);
  ss__activate(stack, lane);
}

void ss__restore(ss_stack *stack, char *top, size_t version)
{
  SS__STAY_OUT_OF_LINE(ss__restore);
  // Saved since a buffer was opened in line, and nothing else was made meanwhile.
  if (ss__is_in_line(stack) && version == stack->mark_version && top == stack->top) return;
  if (SS__UNLIKELY(stack->hold.is_active && version <= stack->hold.version)) {
    ss__restore_held(stack, top, version);
  } else {
    ss__undo_to(stack, top, version);
  }
}

// --- Whole stacks

void ss__empty(ss_stack *stack)
{
  if (ss__is_in_line(stack)) ss__drop_in_line(stack);
  // No mark saved before may look as if its top were still there.
  const size_t version = ss__next_version(stack);
  ss__restore(stack, SS__NOWHERE, 0);
  ss__set_version(stack, version);
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
  ss__activate(stack, stack->lanes);
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
  ss__activate(stack, stack->lanes);
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
