// SPDX-License-Identifier: MIT
// Prints a stack as text, for a person who wants to see what is in it. This code only reads and
// allocates nothing, so it may be called from a debugger. It is a file of its own so that only a
// program that calls it links it.
#include "records.h"

static bool is_open_in_line(const ss_stack *stack, const ss__lane *lane)
{
  return ss__is_in_line(stack) && lane == ss__active_lane(stack);
}

// SS_DEBUG stores the address of an open buffer's record in the word that holds a closed buffer's
// end.
static const debug_record *debug_record_of(const ss__lane *lane)
{
  const ss__event *event = (const ss__event *)(const void *)ss__record_of(lane)->end;
  if (event == NULL || !SS__IS_LINKED(ss__undo_record) || event->undo != ss__undo_record)
    return NULL;
  return (const debug_record *)(const void *)event;
}

// Says whose a region's lane is. Its slices lie one behind the other and have no records, so that only their bytes are known, which
// tell_lane has said of each chunk.
static void tell_region(const ss__listener *to, const ss_stack *stack, const ss__lane *lane)
{
  const ss__event *opened = stack->undo_log;
  const debug_record *named = NULL;  // what SS_DEBUG knows of it lies above its event
  for (; opened && !(SS__IS_LINKED(ss__undo_region) && opened->undo == ss__undo_region &&
                     opened->lane_before == lane);
       opened = opened->older) {
    const debug_record *record = (const debug_record *)(const void *)opened;
    if (SS__IS_LINKED(ss__undo_record) && opened->undo == ss__undo_record &&
        record->kind == KIND_REGION && record->lane == lane)
      named = record;
  }
  const void *first = (const char *)opened + SS__BUFFER_HEAD;
  const size_t room_bytes = (size_t)(lane->chunk->limit - lane->top);
  if (named) {
    const ss__site *made = &named->made;
    ss__tell(to, "    of the region at %p, with room for %zu bytes: %s at %s:%d", first, room_bytes,
             made->name, made->file, made->line);
  } else {
    ss__tell(to, "    of the region at %p, with room for %zu bytes", first, room_bytes);
  }
}

static void tell_lane(const ss__listener *to, const ss_stack *stack, const ss__lane *lane,
                      unsigned index)
{
  const bool is_active = lane == ss__active_lane(stack);
  const bool is_in_line = is_open_in_line(stack, lane);
  if (lane->chunk == NULL && !is_active) return;
  ss__tell(to, "  lane %u%s", index, is_active ? ", where slices are made" : "");
  for (const ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) {
    const char *start = ss__chunk_start(chunk);
    const char *top = chunk != lane->chunk ? chunk->top : is_active ? stack->top : lane->top;
    ss__tell(to, "    chunk at %p: %zu of %zu bytes%s", (const void *)start, (size_t)(top - start),
             (size_t)(chunk->limit - start), chunk->is_callers ? ", the caller's memory" : "");
  }
  if (lane->chunk == NULL || (!lane->is_open && !is_in_line)) return;
  if (lane->is_region) {
    tell_region(to, stack, lane);
    return;
  }
  const size_t room_bytes = (size_t)(lane->chunk->limit - lane->top);
  const debug_record *record = is_in_line ? NULL : debug_record_of(lane);
  if (record) {
    ss__tell(to, "    open buffer at %p, with room for %zu bytes: %s at %s:%d",
             (const void *)lane->top, room_bytes, record->made.name, record->made.file,
             record->made.line);
  } else {
    ss__tell(to, "    open buffer at %p, with room for %zu bytes", (const void *)lane->top,
             room_bytes);
  }
}

static void tell_debug_record(const ss__listener *to, const debug_record *record)
{
  const ss__site *made = &record->made;
  switch (record->kind) {
    case KIND_MARK:
      ss__tell(to, "    scope: %s at %s:%d", made->name, made->file, made->line);
      break;
    case KIND_SLICE:
      if (record->size == 0) break;  // an empty slice, or the mark of a scope that ended
      ss__tell(to, "    slice of %zu bytes at %p: %s at %s:%d", record->size,
               (const void *)record->data, made->name, made->file, made->line);
      break;
    case KIND_BUFFER:
      ss__tell(to, "    open buffer at %p: %s at %s:%d", (const void *)record->data, made->name,
               made->file, made->line);
      break;
    case KIND_REGION:
      ss__tell(to, "    region at %p: %s at %s:%d", (const void *)record->data, made->name,
               made->file, made->line);
      break;
  }
}

// Prints the entries of SS_PROFILE=1, unless SS_DEBUG has a record of each, which says as much.
static void tell_entries(const ss__listener *to, const ss_stack *stack)
{
  const ss__profile *all = stack->profile;
  if (all == NULL || stack->site.name || all->end == SS__FIRST_ENTRY) return;
  ss__tell(to, "  profiled, the newest first");
  size_t live = all->live;
  for (size_t at = all->end; at > SS__FIRST_ENTRY;) {
    at -= sizeof(ss__entry);
    const ss__entry *entry = ss__entry_at(all, at);
    const ss__site *made = &entry->place->site;
    size_t size = entry->size;
    if (entry->place->kind == SS__PLACE_SCOPE) {
      size = live - entry->size + ((entry->parent & SS__HAS_MORE) ? entry->made_before : 0);
      live = entry->size;
    }
    if (entry->place->kind == SS__PLACE_SLICE) {
      ss__tell(to, "    slice of %zu bytes at %p: %s at %s:%d", size, (const void *)entry->at,
               made->name, made->file, made->line);
    } else {
      ss__tell(to, "    %s at %s:%d, of %zu bytes", made->name, made->file, made->line, size);
    }
  }
}

static void tell_event(const ss__listener *to, const ss_stack *stack, const ss__event *event)
{
  if (event->undo == ss__undo_open) {
    const ss__buffer_record *record = (const ss__buffer_record *)(const void *)event;
    const ss__lane *lane = event->lane_before;
    const bool is_open = lane->is_open && (const void *)ss__record_of(lane) == (const void *)record;
    ss__tell(to, "    buffer at %p: %s", (const void *)((const char *)event + SS__BUFFER_HEAD),
             is_open ? "open" : "closed");
  } else if (SS__IS_LINKED(ss__undo_region) && event->undo == ss__undo_region) {
    if (stack->site.name) return;  // SS_DEBUG's record of the region says more
    ss__tell(to, "    region at %p", (const void *)((const char *)event + SS__BUFFER_HEAD));
  } else if (event->undo == ss__undo_close) {
    return;  // the event of opening prints the buffer
  } else if (SS__IS_LINKED(ss__undo_defer) && event->undo == ss__undo_defer) {
    const destructor_record *record = (const destructor_record *)(const void *)event;
    ss__tell(to, "    destructor %p of %zu at %p", (const void *)(uintptr_t)record->fn,
             record->count, (const void *)record->next);
  } else if (SS__IS_LINKED(ss__undo_pin) && event->undo == ss__undo_pin) {
    ss__tell(to, "    bytes that ss_restore_keep keeps at %p", (const void *)stack->pin.chunk);
  } else if (SS__IS_LINKED(ss__undo_record) && event->undo == ss__undo_record) {
    tell_debug_record(to, (const debug_record *)(const void *)event);
  }
}

void ss_stack_dump(const ss_stack *stack, ss_line_fn *fn, void *context)
{
  const ss__listener to = {fn, context};
  const ss_stats stats = ss_stack_stats(stack);
  ss__tell(&to, "secondstack: %s at %p: %zu bytes used, %zu reserved, %zu at most",
           stack->is_thread_stack ? "a thread's stack" : "stack", (const void *)stack, stats.used,
           stats.reserved, stats.peak);
  ss__tell(&to, "  %zu chunks, %zu growths, %zu bytes copied, %zu backing calls", stats.chunks,
           stats.growths, stats.bytes_copied, stats.backing_calls);
  const ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    tell_lane(&to, stack, lane, index);
  }
  if (stack->undo_log) ss__tell(&to, "  to be undone, the newest first");
  for (const ss__event *event = stack->undo_log; event; event = event->older) {
    tell_event(&to, stack, event);
  }
  tell_entries(&to, stack);
}
