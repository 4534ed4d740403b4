// SPDX-License-Identifier: MIT
// Keeping a result past its scope.
//
// The scope is restored while its result is pinned: destructors still find the result at its old
// address, and what they allocate does not overwrite it. Then the result is moved down. Its room is
// reserved before anything is undone, so that a failure changes nothing.
#include "records.h"

// -------------------------------------------------------------------------------------------------
// Spare chunks, for a parent without room. They are in a list because a destructor may longjmp
// away.

static ss__chunk *reserve_spare(ss_stack *stack, size_t size, size_t wanted_bytes,
                                ss__limit_met *limit)
{
  ss__chunk *spare = ss__new_chunk(stack, size, wanted_bytes, false, limit);
  if (spare == NULL) return NULL;
  spare->below = stack->pin.spares;
  stack->pin.spares = spare;
  return spare;
}

static void take_spare_back(ss_stack *stack, const ss__chunk *spare)
{
  ss__chunk **link = &stack->pin.spares;
  while (*link != spare) link = &(*link)->below;
  *link = spare->below;
}

// -------------------------------------------------------------------------------------------------
// The pin

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

// Ends the pin and lowers its lane to where the restore would have lowered it without the pin.
// Releases nothing yet.
static void unpin(ss_stack *stack)
{
  ss__pin *pin = &stack->pin;
  pin->is_active = false;
  if (pin->lane_top == NULL || pin->is_released) return;
  if (pin->lane->chunk != pin->chunk) {
    // A destructor that made the lane grow has left the kept bytes in a lower chunk.
    if (pin->chunk->top > pin->lane_top) pin->chunk->top = pin->lane_top;
  } else if (pin->lane == ss__active_lane(stack)) {
    ss__park(stack)->top = pin->lane_top;
    ss__activate(stack, pin->lane);
  } else {
    pin->lane->top = pin->lane_top;
  }
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

// Releases the chunk whose release the pin has delayed, and the spare chunks of keeps that a
// longjmp left unfinished.
static void release_pinned(ss_stack *stack)
{
  ss__pin *pin = &stack->pin;
  ss__chunk *const chunk = pin->chunk;
  pin->chunk = NULL;  // so that it can be released
  if (pin->is_released) {
    ss__release_chunk(stack, chunk);
  } else {
    release_if_empty(stack, pin->lane, chunk);
  }
  while (stack->pin.spares) {
    ss__chunk *spare = stack->pin.spares;
    stack->pin.spares = spare->below;
    ss__release_chunk(stack, spare);
  }
}

// Undoes the pin of a keep that a destructor's longjmp left unfinished, when a scope around it
// ends. The records that the destructor left on the log may lie behind the pinned bytes, so they
// have been undone before this.
void ss__undo_pin(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  stack->undo_log = event->older;
  unpin(stack);
  release_pinned(stack);
}

// Drops the pin of such a keep where the log is not undone down to it.
static void drop_pin(ss_stack *stack)
{
  ss__event **link = &stack->undo_log;
  while (*link && *link != &stack->pin.event) link = &(*link)->older;
  if (*link) *link = stack->pin.event.older;
  unpin(stack);
  release_pinned(stack);
}

// Pins the bytes while `version` is restored. True: the pin is on the undo log, below all events
// newer than `version`. False: there are no such events, so no destructor can run and the log does
// not need the pin.
static bool pin_bytes(ss_stack *stack, size_t version, const char *data, size_t size)
{
  ss__pin *pin = &stack->pin;
  ss__chunk *const spares = pin->spares;
  memset(pin, 0, sizeof *pin);
  pin->is_active = true;
  pin->version = version;
  pin->spares = spares;
  pin->lane = find_chunk(stack, data, &pin->chunk);
  if (pin->chunk) pin->end = ss__align_up((char *)(uintptr_t)data + size);
  ss__event *oldest = NULL;
  for (ss__event *event = stack->undo_log; event && event->version > version;
       event = event->older) {
    oldest = event;
  }
  if (oldest == NULL) return false;
  pin->event = *oldest;  // for its version and its lane, which is active when it is undone
  pin->event.undo = ss__undo_pin;
  oldest->older = &pin->event;
  return true;
}

// -------------------------------------------------------------------------------------------------
// Keeping

// Bytes from `top` to the next address that is aligned to `align`.
static size_t gap_at(const char *top, size_t align)
{
  return (size_t)(0 - (uintptr_t)top) & (align - 1);
}

static bool fits(size_t size, size_t align, const ss__chunk *chunk, const char *top)
{
  if (chunk == NULL) return size == 0;
  const size_t room = (size_t)(chunk->limit - top);
  const size_t gap = gap_at(top, align);
  return gap <= room && size <= room - gap;
}

// The lane that is active once `version` has been restored, and its top then.
static const ss__lane *lane_after(const ss_stack *stack, char **top, size_t version)
{
  const ss__lane *active = ss__active_lane(stack);
  const ss__event *event = stack->undo_log;
  for (;;) {
    for (; event && event->version > version; event = event->older) active = event->lane_before;
    if ((version & 1) == 0) break;
    ss__resolve(event, active, top, &version);
  }
  if (active->chunk && active->chunk->version > version) *top = ss__chunk_start(active->chunk);
  return active;
}

// Whether the bytes will fit behind `top`, whichever chunk is the lane's newest after the restore.
static bool will_fit(const ss__lane *lane, const char *top, size_t size, size_t align)
{
  const ss__chunk *newest = lane->chunk;
  if (newest == NULL || top != ss__chunk_start(newest)) return fits(size, align, newest, top);
  // A destructor may replace this chunk by a larger one, whose start is aligned differently.
  return fits(size + (align - SS_ALIGN), SS_ALIGN, newest, top);
}

// Reserves room for the bytes before anything is undone. If the parent has no room, a spare chunk
// is made, as large as the next chunk of a lane that grows: it stays in the lane when the outer
// scopes end, so that the next frame finds room. False: no memory.
static bool reserve_room(ss_stack *stack, char *top, size_t version, size_t size, size_t align,
                         bool is_inner, ss__chunk **spare, ss__limit_met *limit)
{
  const ss__lane *lane = lane_after(stack, &top, version);
  const bool is_tight = !will_fit(lane, top, size, align);
  if (!is_tight && !is_inner) return true;
  const size_t wanted_bytes = is_tight ? ss__wanted_bytes(stack, lane->chunk) : 0;
  *spare = reserve_spare(stack, size + (align - SS_ALIGN), wanted_bytes, limit);
  return *spare != NULL;
}

// Ends the scope while the bytes stay where they are. False: a destructor has emptied the stack.
static bool restore_pinned(ss_stack *stack, char *top, size_t version, const void *data,
                           size_t size)
{
  if (pin_bytes(stack, version, (const char *)data, size)) {
    if (!ss__undo_above(stack, &stack->pin.event, version)) return false;
    stack->undo_log = stack->pin.event.older;
  }
  ss__undo_to(stack, top, version);
  unpin(stack);
  return true;
}

// Ends the scope of a keep that a destructor makes while the bytes of another keep are pinned.
// There is only one pin, so the bytes of this keep are copied out of the way.
static bool restore_copied(ss_stack *stack, char *top, size_t version, const ss__chunk *spare,
                           const void *data, size_t size)
{
  const size_t pinned_version = stack->pin.version;
  if (size) memcpy(ss__chunk_start(spare), data, size);
  ss__undo_to(stack, top, version);
  return stack->pin.is_active && stack->pin.version == pinned_version;
}

// Makes room for the bytes in the parked lane: either will_fit has found that they fit, or the
// spare has the room. True: the spare is now the lane's newest chunk.
static bool take_room(ss_stack *stack, ss__lane *lane, ss__chunk *spare, size_t size, size_t align)
{
  ss__chunk *const newest = lane->chunk;
  if (fits(size, align, newest, lane->top)) return false;
  if (spare) {
    ss__set_version(stack, ss__next_version(stack));
    spare->version = stack->version;
    spare->below = newest;
    if (newest) newest->top = lane->top;
    lane->chunk = spare;
    lane->top = lane->limit = ss__chunk_start(spare);
    return true;
  }
  // Here a destructor has left an empty chunk that, because of max_bytes, is smaller than the room
  // in the chunk below it.
  SS__ASSERT(newest && newest->below && lane->top == ss__chunk_start(newest));
  SS__ASSERT(fits(size, align, newest->below, newest->below->top));
  lane->chunk = newest->below;
  lane->top = lane->limit = lane->chunk->top;
  ss__release_chunk(stack, newest);
  return false;
}

// Unpoisons the part of the destination that does not overlap the source. Valgrind would take the
// overlap for uninitialised if it were unpoisoned as well.
static void unpoison_beside(const ss_stack *stack, char *to, const char *from, size_t size)
{
  const size_t down = (size_t)((uintptr_t)from - (uintptr_t)to);
  const size_t up = (size_t)((uintptr_t)to - (uintptr_t)from);
  if (up < size) {
    stack->watch->unpoison(to + (size - up), up);
  } else {
    stack->watch->unpoison(to, down < size ? down : size);
  }
}

// Moves the bytes to the parked lane's top: mostly to a lower address, to a higher one where the
// alignment requires it.
static ss_slice slide(const ss_stack *stack, ss__lane *lane, const void *data, size_t size,
                      size_t align)
{
  ss_slice kept = {(void *)(uintptr_t)align, size};  // empty, for a lane without a chunk
  if (lane->chunk == NULL) return kept;
  char *target = lane->top + gap_at(lane->top, align);
  kept.data = target;
  if (stack->watch) unpoison_beside(stack, target, (const char *)data, size);
  if (size) memmove(target, data, size);
  ss__raise(lane, target + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)));
  return kept;
}

static ss_slice keep(ss_stack *stack, char *top, size_t version, void *data, size_t size,
                     size_t align, const char *call)
{
  const ss_slice failed = {NULL, 0};
  if (align < SS_ALIGN) align = SS_ALIGN;
  if ((align & (align - 1)) != 0) {
    (void)ss__fail_align(align, call);
    return failed;
  }
  if (size > PTRDIFF_MAX - (align - SS_ALIGN)) {
    (void)ss__fail(call, size, "bytes", "the address space ends at", PTRDIFF_MAX);
    return failed;
  }
  const bool is_inner = stack->pin.is_active && version > stack->pin.version;
  if (stack->pin.is_active && !is_inner) drop_pin(stack);
  ss__limit_met limit = {NULL, 0};
  ss__chunk *spare = NULL;
  if ((ss__is_in_line(stack) && !ss__settle(stack, &limit)) ||
      !reserve_room(stack, top, version, size, align, is_inner, &spare, &limit)) {
    (void)ss__fail(call, size, "bytes", limit.what, limit.bytes);
    return failed;
  }
  const bool is_restored = is_inner ? restore_copied(stack, top, version, spare, data, size)
                                    : restore_pinned(stack, top, version, data, size);
  if (!is_restored) {
    (void)ss__fail(call, size, "bytes", "a destructor has emptied the stack, bytes left are", 0);
    return failed;
  }
  if (is_inner) data = ss__chunk_start(spare);
  if (spare) take_spare_back(stack, spare);
  ss__lane *lane = ss__park(stack);
  ss__chunk *const before = lane->chunk;
  const ss__chunk *const pinned = is_inner ? NULL : stack->pin.chunk;
  const bool is_spare_used = take_room(stack, lane, spare, size, align);
  const ss_slice kept = slide(stack, lane, data, size, align);
  ss__activate(stack, lane);
  // These chunks are released last because the bytes lay in them until now.
  if (spare && !is_spare_used) ss__release_chunk(stack, spare);
  if (!is_inner) release_pinned(stack);
  if (is_spare_used && before != pinned) release_if_empty(stack, lane, before);
  return kept;
}

// NOLINTNEXTLINE(readability-non-const-parameter): a mark's top
ss_slice ss__restore_keep(ss_stack *stack, char *top, size_t version, void *data, size_t size,
                          size_t align, const char *call)
{
  const ss_mark saved = {top, version};
  ss_mark mark = saved;
  if (stack->profile) (void)stack->profile->read(stack, &mark);
  const ss_slice kept = keep(stack, mark.top, mark.version, data, size, align, call);
  if (stack->profile && kept.data) stack->profile->restored(stack, &saved);
  return kept;
}
