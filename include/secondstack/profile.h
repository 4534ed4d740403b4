// SPDX-License-Identifier: MIT
// Part of secondstack.h with SS_PROFILE=1: each function here wraps the function of inline.h that
// has the same name with the suffix _plain, and counts the call. Callers use the name without the
// suffix, and so get the wrapper. A scope and a slice that finds room are counted here, where the
// program calls them; src/profile.c counts everything else, and explains the structures.
#ifndef SECONDSTACK_PROFILE_H
#define SECONDSTACK_PROFILE_H

SS__INLINE ss_mark ss__save_plain(ss_stack *stack, ss__call call);
SS__INLINE void ss__go_back_plain(ss_stack *stack, ss_mark mark, ss__call call);
SS__INLINE void *ss__alloc_plain(ss_stack *stack, size_t size, size_t align, ss__call call);
SS__INLINE bool ss__try_resize_last_plain(ss_stack *stack, void *data, size_t old_size,
                                          size_t new_size, ss__call call);
SS__INLINE ss_buffer ss__open_plain(ss_stack *stack, ss__call call);
SS__INLINE bool ss__grow_plain(ss_buffer *buffer, size_t size, bool is_exact, ss__call call);
SS__INLINE void *ss__extend_plain(ss_buffer *buffer, size_t size, size_t align, ss__call call);
SS__INLINE bool ss__reserve_plain(ss_buffer *buffer, size_t size_bytes, ss__call call);
SS__INLINE ss_slice ss__close_plain(ss_buffer *buffer, ss__call call);
SS__INLINE ss_slice ss__keep_plain(ss_stack *stack, ss_mark mark, ss_slice slice, size_t align,
                                   ss__call call);

// Takes the statistics before a call that may grow the stack. The clock is read only if `has_room`
// is false, because then the call may grow.
SS__INLINE ss__growth ss__growth_of(const ss_stack *stack, bool has_room)
{
  const ss__growth growth = {stack->growths, stack->bytes_copied, has_room ? 0 : ss__profile_now()};
  return growth;
}

// Whether a slice will fit without growth. With SS_DEBUG a slice takes more than its size.
SS__INLINE bool ss__has_room(const ss_stack *stack, size_t size, size_t align)
{
  const size_t room = (size_t)(stack->limit - stack->top);
  return SS__LIKELY(!SS_DEBUG && size <= room && (align <= SS_ALIGN || room - size >= align));
}

// Whether `place` is that of the call. If the name and the file are one literal (SS__SITE), no other
// place has the address of its name. Only the compiler can tell: at run time, two literals that
// happen to be neighbours in memory would look the same.
SS__INLINE bool ss__is_of(const ss__place *place, ss__site site)
{
  if (SS__UNLIKELY(place->site.name != site.name)) return false;
  const bool is_one_literal = site.file == site.name + strlen(site.name) + 1;
  if (__builtin_constant_p(is_one_literal) && is_one_literal) return true;
  return SS__LIKELY(place->site.line == site.line) && SS__LIKELY(place->site.file == site.file);
}

// The place of a call that may make an entry here. NULL: src/profile.c must make it.
SS__INLINE ss__place *ss__place_with_room(const ss_stack *stack, ss__site site)
{
  const ss__profile *const all = stack->profile;
  if (SS__UNLIKELY(!ss__is_watching(stack)) || SS__UNLIKELY(all->end >= all->room)) return NULL;
  ss__place *const place = all->cache[ss__cache_index(site.name, site.line)];
  return SS__LIKELY(ss__is_of(place, site)) ? place : NULL;
}

SS__INLINE ss_mark ss__save(ss_stack *stack, ss__call call)
{
#if SS_DEBUG
  const ss_mark mark = ss__save_plain(stack, call);
  (void)ss__profile_scope(stack, call.name, call.file, call.line);
  return mark;
#else
  ss__profile *const all = stack->profile;
  ss__place *const place = ss__place_with_room(stack, call);
  if (SS__UNLIKELY(place == NULL)) {
    return ss__profile_scope(stack, call.name, call.file, call.line);
  }
  place->calls++;
  const ss_mark mark = {(char *)all->end, stack->mark_version};
  ss__entry *const entry = ss__entry_at(all, all->end);
  entry->place = place;
  entry->at = stack->top;
  entry->size = all->live;
  entry->version = mark.version;
  entry->parent = all->scope;
  all->scope = all->end;
  all->end += sizeof *entry;
  return mark;
#endif
}

// A mark of ss__save has the offset of its entry in place of the top. If it is the mark of the
// innermost scope, and nothing has happened meanwhile that the library must look at, the scope ends
// here.
SS__INLINE void ss__go_back(ss_stack *stack, ss_mark mark, ss__call call)
{
#if !SS_DEBUG && !SS__ASAN
  ss__profile *const all = stack->profile;
  if (SS__LIKELY(mark.version == stack->mark_version) && SS__LIKELY(all != NULL) &&
      SS__LIKELY((size_t)mark.top == all->scope)) {
    const ss__entry *const entry = ss__entry_at(all, (size_t)mark.top);
    ss__place *const place = entry->place;
    const size_t made = all->live - entry->size;
    place->bytes += made;
    if (place->largest < made) place->largest = made;
    all->live = entry->size;
    all->scope = entry->parent;
    all->end = (size_t)mark.top;
    stack->top = entry->at;
    return;
  }
#endif
  ss__go_back_plain(stack, mark, call);
}

// A slice that finds no room, or has a large alignment.
static SS__COLD SS__UNUSED void *ss__alloc_slowly(ss_stack *stack, size_t size, size_t align,
                                                  const char *name, const char *file, int line,
                                                  bool is_try)
{
  const ss__site site = {name, file, line, is_try, 0};
  const ss__growth before = ss__growth_of(stack, ss__has_room(stack, size, align));
  void *slice = ss__alloc_plain(stack, size, align, ss__trying(site));
  if (SS__UNLIKELY(slice == NULL)) {
    if (is_try) return NULL;
    ss__profile_fail(stack, site, size, 0);
    slice = ss__alloc_plain(stack, size, align, site);
  }
  ss__profile_slice(stack, site, slice, size, before);
  return slice;
}

SS__INLINE void *ss__alloc(ss_stack *stack, size_t size, size_t align, ss__call call)
{
  if (SS__UNLIKELY(align > SS_ALIGN || !ss__has_room(stack, size, align))) {
    return ss__alloc_slowly(stack, size, align, call.name, call.file, call.line, call.is_try);
  }
  void *slice = ss__alloc_plain(stack, size, align, call);
  ss__profile *const all = stack->profile;
  ss__place *const place = ss__place_with_room(stack, call);
  if (SS__UNLIKELY(place == NULL)) {
    ss__profile_first(stack, slice, size, call.name, call.file, call.line);
    return slice;
  }
  place->calls++;
  place->bytes += size;
  if (place->largest < size) place->largest = size;
  ss__entry *const entry = ss__entry_at(all, all->end);
  entry->place = place;
  entry->at = (char *)slice;
  entry->size = size;
  entry->version = stack->mark_version;
  all->end += sizeof *entry;
  all->live += size;
  if (SS__UNLIKELY(all->live > all->peak)) ss__profile_peak(all);
  return slice;
}

SS__INLINE bool ss__try_resize_last(ss_stack *stack, void *data, size_t old_size, size_t new_size,
                                    ss__call call)
{
  if (!ss__try_resize_last_plain(stack, data, old_size, new_size, call)) return false;
  ss__profile_resized(stack, data, new_size);
  return true;
}

// The record is made before the buffer is opened, because no record may be made while the buffer is
// open in line.
SS__INLINE ss_buffer ss__open(ss_stack *stack, ss__call call)
{
  ss__profile_open(stack, call);
  // Opening a buffer takes room for the buffer's own record, for which 256 bytes are enough.
  const ss__growth before = ss__growth_of(stack, ss__has_room(stack, 256, SS_ALIGN));
  const ss_buffer buffer = ss__open_plain(stack, call);
  ss__profile_opened(stack, buffer.lane, before);
  return buffer;
}

SS__INLINE size_t ss__used_bytes(const ss_buffer *buffer)
{
  return (size_t)(buffer->top - buffer->lane->top);
}

#if SS_DEBUG
SS__INLINE bool ss__grow(ss_buffer *buffer, size_t size, bool is_exact, ss__call call)
{
  return ss__grow_plain(buffer, size, is_exact, call);
}

// With SS_DEBUG every push calls src/debug.c.
SS__INLINE void *ss__extend(ss_buffer *buffer, size_t size, size_t align, ss__call call)
{
  const ss__growth before = ss__growth_of(buffer->stack, false);
  void *room = ss__extend_plain(buffer, size, align, ss__trying(call));
  if (SS__UNLIKELY(room == NULL)) {
    if (ss__is_try(call)) return NULL;
    ss__profile_fail(buffer->stack, call, size, ss__used_bytes(buffer));
    room = ss__extend_plain(buffer, size, align, call);
  }
  ss__profile_grown(buffer->stack, buffer->lane, before);
  return room;
}

SS__INLINE bool ss__reserve(ss_buffer *buffer, size_t size_bytes, ss__call call)
{
  const ss__growth before = ss__growth_of(buffer->stack, false);
  const bool has_room = ss__reserve_plain(buffer, size_bytes, call);
  ss__profile_grown(buffer->stack, buffer->lane, before);
  return has_room;
}
#else
SS__INLINE bool ss__grow(ss_buffer *buffer, size_t size, bool is_exact, ss__call call)
{
  const ss__growth before = ss__growth_of(buffer->stack, false);
  if (!ss__grow_plain(buffer, size, is_exact, ss__trying(call))) {
    if (ss__is_try(call)) return false;
    ss__profile_fail(buffer->stack, call, size, ss__used_bytes(buffer));
    if (!ss__grow_plain(buffer, size, is_exact, call)) return false;
  }
  ss__profile_grown(buffer->stack, buffer->lane, before);
  return true;
}

SS__INLINE void *ss__extend(ss_buffer *buffer, size_t size, size_t align, ss__call call)
{
  return ss__extend_plain(buffer, size, align, call);
}

SS__INLINE bool ss__reserve(ss_buffer *buffer, size_t size_bytes, ss__call call)
{
  return ss__reserve_plain(buffer, size_bytes, call);
}
#endif

SS__INLINE ss_slice ss__close(ss_buffer *buffer, ss__call call)
{
  ss_stack *const stack = buffer->stack;
  const ss__lane *const lane = buffer->lane;
  const ss_slice slice = ss__close_plain(buffer, call);
  if (slice.data) ss__profile_closed(stack, lane, slice.size);
  return slice;
}

// The kept slice is counted for the outer scope from then on.
SS__INLINE ss_slice ss__keep(ss_stack *stack, ss_mark mark, ss_slice slice, size_t align,
                             ss__call call)
{
  const ss__growth before = ss__growth_of(stack, false);
  const ss_slice kept = ss__keep_plain(stack, mark, slice, align, call);
  if (kept.data) ss__profile_slice(stack, call, kept.data, kept.size, before);
  return kept;
}

SS__INLINE char *ss__profile_text(ss_stack *stack, char *text, ss__growth before, ss__call call)
{
  if (text) ss__profile_slice(stack, call, text, strlen(text) + 1, before);
  return text;
}

#define SS__FORMAT(stack, call, ...)                                                              \
  SS__FORMAT_(SS__JOIN(ss__stack_, __COUNTER__), SS__JOIN(ss__before_, __COUNTER__), stack, call, \
              __VA_ARGS__)
#define SS__FORMAT_(on, before, stack, call, ...)                                \
  __extension__({                                                                \
    ss_stack *const on = (stack);                                                \
    const ss__growth before = ss__growth_of(on, false);                          \
    ss__profile_text(on, SS__FORMAT_PLAIN(on, call, __VA_ARGS__), before, call); \
  })

#endif
