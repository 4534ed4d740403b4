// SPDX-License-Identifier: MIT
// Misuse detection: what a program compiled with SS_DEBUG=1 calls in place of the fast path.
//
// Every mark, slice, buffer and closed buffer gets an event of its own, which says where in the
// source it was made. Undoing the event checks its guard bytes and fills what is released. Each
// stack keeps notes of the marks that ended last, so that a message can name both places.
//
// Every public call passes its call site along, and the calling thread's own stack as `user`, which
// tells threads apart: a program without threads must not use the thread-local variables of an
// archive that is compiled for threads (see secondstack/config.h). The stack remembers the site of
// the latest call, for messages about misuse that is found while something is undone.
#include "records.h"
#include "secondstack_region.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif
#ifndef VALGRIND_MAKE_MEM_NOACCESS
#define VALGRIND_MAKE_MEM_NOACCESS(address, size) ((void)(address), (void)(size))
#define VALGRIND_MAKE_MEM_UNDEFINED(address, size) ((void)(address), (void)(size))
#define VALGRIND_MAKE_MEM_DEFINED(address, size) ((void)(address), (void)(size))
#endif

// A program with AddressSanitizer has these functions, whether or not the library was compiled with
// AddressSanitizer.
#if (defined(_WIN32) || defined(__APPLE__)) && !SS__ASAN
// In PE and Mach-O a weak reference needs a definition, so there the library must be compiled with
// AddressSanitizer, too.
#define __asan_poison_memory_region ((void (*)(void const volatile *, size_t))NULL)
#define __asan_unpoison_memory_region ((void (*)(void const volatile *, size_t))NULL)
#else
void __asan_poison_memory_region(void const volatile *address, size_t size) __attribute__((weak));
void __asan_unpoison_memory_region(void const volatile *address, size_t size) __attribute__((weak));
#endif
#if SS__IS_DYNAMIC
void __asan_poison_memory_region(void const volatile *address, size_t size)
{
  (void)address;
  (void)size;
}

void __asan_unpoison_memory_region(void const volatile *address, size_t size)
{
  (void)address;
  (void)size;
}
#endif

enum {
  GUARD_BYTES = 16,
  GUARD_FILL = 0xFD,
  FRESH_FILL = 0xCD,     // uninitialised slices
  RELEASED_FILL = 0xDD,  // memory of scopes that ended
  OUTSIDE_NOTED = 1000,  // this many slices outside any scope print a warning
  ENDED_NOTES = 64,      // how many ends are remembered for messages
};

// A note of a mark or a buffer that has ended.
typedef struct ended {
  size_t serial;      // a mark's version
  const char *first;  // a buffer's
  const char *place;  // of the mark on the stack
  ss__site made;
  ss__site end;
  const char *how;
} ended;

typedef struct stack_notes {
  ended ring[ENDED_NOTES];
  size_t count;
} stack_notes;

SS__PRINTF(2, 3) static _Noreturn void misuse(ss__site site, const char *format, ...)
{
  char message[512];
  const int prefix = snprintf(message, sizeof message, "secondstack: %s at %s:%d: ", site.name,
                              site.file, site.line);
  va_list arguments;
  va_start(arguments, format);
  if (prefix > 0 && (size_t)prefix < sizeof message) {
    (void)vsnprintf(message + prefix, sizeof message - (size_t)prefix, format, arguments);
  }
  va_end(arguments);
  ss__fatal(message);
}

// --- Poison

static void poison(void *data, size_t size_bytes)
{
  if (__asan_poison_memory_region) __asan_poison_memory_region(data, size_bytes);
  VALGRIND_MAKE_MEM_NOACCESS(data, size_bytes);
}

static void unpoison(void *data, size_t size_bytes)
{
  if (__asan_unpoison_memory_region) __asan_unpoison_memory_region(data, size_bytes);
  VALGRIND_MAKE_MEM_UNDEFINED(data, size_bytes);
}

// Makes the room of an open buffer accessible. Valgrind still knows afterwards which bytes are
// initialised.
static void uncover(ss_stack *stack, const ss__lane *lane)
{
  if (__asan_unpoison_memory_region) {
    __asan_unpoison_memory_region(lane->top, (size_t)(lane->limit - lane->top));
  }
  if (stack->profile && SS__IS_LINKED(ss__profile_uncover)) ss__profile_uncover(stack, lane);
}

static void set_guard(debug_record *record, char *data, size_t size, char *guard_end)
{
  record->data = data;
  record->size = size;
  record->guard_end = guard_end;
  unpoison(data + size, (size_t)(guard_end - (data + size)));
  memset(data + size, GUARD_FILL, (size_t)(guard_end - (data + size)));
  poison(data + size, (size_t)(guard_end - (data + size)));
}

// --- Notes

// The notes are allocated by malloc when something on the stack ends for the first time, and freed
// when the stack is emptied. Without memory for them, messages name one place only.
static stack_notes *notes_of(ss_stack *stack)
{
  if (stack->notes == NULL) stack->notes = calloc(1, sizeof(stack_notes));
  return (stack_notes *)stack->notes;
}

static void forget_notes(ss_stack *stack)
{
  free(stack->notes);
  stack->notes = NULL;
  if (stack->profile && SS__IS_LINKED(ss__profile_forget)) ss__profile_forget(stack);
}

static const ss__watch watch = {unpoison, uncover, forget_notes};

static void note_end(ss_stack *stack, const debug_record *record, const char *how)
{
  stack_notes *notes = notes_of(stack);
  if (notes == NULL) return;
  ended *note = &notes->ring[notes->count++ % ENDED_NOTES];
  note->serial = record->kind == KIND_MARK ? record->event.version : 0;
  note->first = record->first;
  note->place = (const char *)record;
  note->made = record->made;
  note->end = stack->site;
  note->how = how;
}

static const ended *find_ended(const ss_stack *stack, size_t serial, const char *first)
{
  const stack_notes *notes = (const stack_notes *)stack->notes;
  if (notes == NULL) return NULL;
  for (size_t back = 1; back <= ENDED_NOTES && back <= notes->count; back++) {
    const ended *note = &notes->ring[(notes->count - back) % ENDED_NOTES];
    if (first ? note->first == first : note->serial == serial && note->first == NULL) return note;
  }
  return NULL;
}

// --- Records

static void check_guard(const ss_stack *stack, const debug_record *record);

static void fill_released(char *data, size_t size_bytes)
{
  unpoison(data, size_bytes);
  memset(data, RELEASED_FILL, size_bytes);
  poison(data, size_bytes);
}

// Fills and poisons everything that was taken from the region: the chunks from the newest one down
// to the one that the region began in.
static void end_region(ss_stack *stack, const debug_record *record)
{
  note_end(stack, record, "ended with its scope");
  if (stack->pin.is_active) return;  // ss_restore_keep still needs what lies here
  const char *top = record->lane->top;
  for (const ss__chunk *chunk = record->lane->chunk; chunk; chunk = chunk->below) {
    char *start = ss__chunk_start(chunk);
    const bool is_first = (uintptr_t)record->data >= (uintptr_t)start &&
                          (uintptr_t)record->data <= (uintptr_t)chunk->limit;
    char *from = is_first ? record->data : start;
    fill_released(from, (size_t)(top - from));
    if (is_first) return;
    if (chunk->below) top = chunk->below->top;
  }
}

void ss__undo_record(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  debug_record *record = (debug_record *)(void *)event;
  stack->undo_log = event->older;
  if (record->kind == KIND_MARK) {
    note_end(stack, record, "skipped when an outer mark was restored");
    return;
  }
  if (record->kind == KIND_BUFFER) {
    note_end(stack, record, "dropped when its scope was left");
    return;
  }
  if (record->kind == KIND_REGION) {
    end_region(stack, record);
    return;
  }
  check_guard(stack, record);
  if (stack->pin.is_active) {  // ss_restore_keep still needs what lies here
    ss__tools_released(record, stack->site, true);
    return;
  }
  const size_t size_bytes = (size_t)(record->guard_end - record->data);
  memset(record->data, RELEASED_FILL, size_bytes);
  poison(record->data, size_bytes);
  ss__tools_released(record, stack->site, false);
}

// Checks the guard bytes behind a slice, and leaves them readable.
static void check_guard(const ss_stack *stack, const debug_record *record)
{
  char *guard = record->data + record->size;
  const size_t guard_bytes = (size_t)(record->guard_end - guard);
  if (__asan_unpoison_memory_region) __asan_unpoison_memory_region(guard, guard_bytes);
  VALGRIND_MAKE_MEM_DEFINED(guard, guard_bytes);
  for (size_t i = 0; i < guard_bytes; i++) {
    if ((unsigned char)guard[i] == GUARD_FILL) continue;
    misuse(record->made,
           "written past the end of its %zu bytes (byte %zu after them); found at %s:%d",
           record->size, i + 1, stack->site.file, stack->site.line);
  }
}

static bool is_record(const ss__event *event)
{
  return event->undo == ss__undo_record;
}

// Makes an event that remembers `site`. It is allocated on the stack as a slice is.
static debug_record *push_record(ss_stack *stack, record_kind kind, ss__site site, const char *call)
{
  debug_record *record = (debug_record *)ss__claim(stack, sizeof *record, call);
  if (record == NULL) return NULL;
  memset(record, 0, sizeof *record);
  record->kind = kind;
  record->made = site;
  record->thread = stack->user;
  ss__push_event(stack, &record->event, ss__undo_record);
  return record;
}

// --- Calls

// Every call comes through here first: from then on the stack knows who uses it, and where.
static void enter(ss_stack *user, ss_stack *stack, ss__site site)
{
  stack->user = user;
  stack->site = site;
  stack->watch = &watch;
  if (stack->is_thread_stack && stack != user) misuse(site, "the stack is another thread's own");
}

// The `call` argument of the library's functions: NULL for a call that reports failure.
static const char *name_of(ss__site site)
{
  return site.is_try ? NULL : site.name;
}

// --- Slices

// Prints a line when many slices belong to no scope. That is no mistake, but they live until the
// thread ends.
static void count_outside(const ss_stack *stack, debug_record *record)
{
  const ss__event *event = record->event.older;
  while (event && !is_record(event)) event = event->older;
  const debug_record *below = (const debug_record *)(const void *)event;
  if (below && (below->kind == KIND_MARK || below->outside == 0)) return;
  record->outside = below ? below->outside + 1 : 1;
  if (record->outside != OUTSIDE_NOTED || !stack->is_thread_stack) return;
  char message[400];
  (void)snprintf(
      message, sizeof message,
      "secondstack: %s at %s:%d: %d slices lie outside any scope, and live until the thread "
      "ends: put SS_SCOPE or SS_GUARD around what makes them",
      record->made.name, record->made.file, record->made.line, OUTSIDE_NOTED);
  ss__platform_print(message);
}

void *ss__debug_alloc(ss_stack *user, ss_stack *stack, size_t size, size_t align, ss__site site)
{
  enter(user, stack, site);
  const ss_mark before = ss_stack_save(stack);
  char *slice = NULL;
  debug_record *record = NULL;
  if (size <= PTRDIFF_MAX - GUARD_BYTES) {
    record = push_record(stack, KIND_MARK, site, NULL);
    if (record) slice = (char *)ss__alloc(stack, size + GUARD_BYTES, align, NULL);
  }
  if (slice == NULL) {
    // Without room for guard bytes there may still be room for the slice; if not, this call reports
    // it.
    if (record) stack->undo_log = record->event.older;
    ss__restore(stack, before.top, before.version);
    slice = (char *)ss__refill(stack, size, align, name_of(site));
    if (slice) unpoison(slice, size);
    return slice;
  }
  unpoison(slice, size);
  memset(slice, FRESH_FILL, size);
  VALGRIND_MAKE_MEM_UNDEFINED(slice, size);
  record->kind = KIND_SLICE;
  ss__tools_made(record, slice, size, false);
  set_guard(record, slice, size, slice + size + GUARD_BYTES);
  count_outside(stack, record);
  return slice;
}

// The record of the newest slice, if that is `data`. A slice that was kept, or was a buffer, has
// its record elsewhere.
static debug_record *newest_slice(const ss__event *event, const char *data)
{
  debug_record *record = (debug_record *)(uintptr_t)event;
  const bool is_slice = event && is_record(event) && record->kind == KIND_SLICE;
  return is_slice && record->data == data && (char *)record < data ? record : NULL;
}

bool ss__debug_resize_last(ss_stack *user, ss_stack *stack, void *data, size_t old_size,
                           size_t new_size, ss__site site)
{
  enter(user, stack, site);
  debug_record *record = newest_slice(stack->undo_log, (const char *)data);
  // A mark may lie above the slice's record: either of an inner scope, or of one that a longjmp has
  // left. The two cannot be told apart.
  if (record == NULL) return false;
  if (record->size != old_size) {
    misuse(site, "the slice made at %s:%d has %zu bytes, not %zu", record->made.file,
           record->made.line, record->size, old_size);
  }
  check_guard(stack, record);
  const size_t held = (size_t)(record->guard_end - record->data);
  const bool is_done = new_size <= PTRDIFF_MAX - GUARD_BYTES &&
                       ss__resize_last(stack, data, held, new_size + GUARD_BYTES);
  if (is_done) {
    unpoison(
        record->data + (new_size < old_size ? new_size : old_size),
        (new_size < old_size ? old_size : new_size) - (new_size < old_size ? new_size : old_size));
    if (new_size > old_size) {
      memset(record->data + old_size, FRESH_FILL, new_size - old_size);
      VALGRIND_MAKE_MEM_UNDEFINED(record->data + old_size, new_size - old_size);
    } else {
      memset(record->data + new_size, RELEASED_FILL, held - new_size);
      poison(record->data + new_size, held - new_size);
    }
  }
  const size_t size = is_done ? new_size : old_size;
  ss__tools_resized(record, size);
  set_guard(record, record->data, size, record->data + size + GUARD_BYTES);
  return is_done;
}

typedef struct formatted {
  ss_stack *user;
  ss__site site;
} formatted;

static char *alloc_guarded_text(ss_stack *stack, size_t size, void *context)
{
  const formatted *text = (const formatted *)context;
  return (char *)ss__debug_alloc(text->user, stack, size, 1, text->site);
}

char *ss__debug_format(ss_stack *user, ss_stack *stack, ss__site site, const char *format, ...)
{
  formatted text = {user, site};
  va_list arguments;
  va_start(arguments, format);
  char *result =
      ss__format_into(stack, alloc_guarded_text, &text, name_of(site), format, arguments);
  va_end(arguments);
  return result;
}

// --- Scopes

ss_mark ss__debug_save(ss_stack *user, ss_stack *stack, ss__site site)
{
  enter(user, stack, site);
  (void)push_record(stack, KIND_MARK, site, site.name);
  const ss_mark mark = {stack->top, stack->version};
  return mark;
}

void ss__debug_break(ss__site site)
{
  misuse(site,
         "a break has left the scope, and not the loop around it: use SS_GUARD there, or goto");
}

static debug_record *find_mark(const ss_stack *stack, ss_mark mark)
{
  for (ss__event *event = stack->undo_log; event && event->version >= mark.version;
       event = event->older) {
    debug_record *record = (debug_record *)(void *)event;
    if (event->version == mark.version && is_record(event) && record->kind == KIND_MARK &&
        mark.top == (char *)record + ((sizeof *record + SS_ALIGN - 1) & ~(SS_ALIGN - 1))) {
      return record;
    }
  }
  return NULL;
}

// Finds an open buffer that belongs directly to the scope of `mark`, not to an inner scope that a
// longjmp skipped.
static const debug_record *find_open_buffer(const ss_stack *stack, const debug_record *mark)
{
  const debug_record *open = NULL;
  for (const ss__event *event = stack->undo_log; event != &mark->event; event = event->older) {
    const debug_record *record = (const debug_record *)(const void *)event;
    if (!is_record(event)) continue;
    if (record->kind == KIND_MARK) open = NULL;
    if (record->kind == KIND_BUFFER) open = record;
  }
  return open;
}

static debug_record *check_restore(const ss_stack *stack, ss_mark mark, ss__site site,
                                   bool is_unwinding)
{
  debug_record *record = find_mark(stack, mark);
  if (record == NULL) {
    const ended *note = find_ended(stack, mark.version, NULL);
    if (note) {
      misuse(site, "the mark saved at %s:%d was %s at %s:%d", note->made.file, note->made.line,
             note->how, note->end.file, note->end.line);
    }
    misuse(site, "the mark was not saved on this stack, or ended long ago");
  }
  if (record->thread != stack->user) {
    misuse(site, "the mark saved at %s:%d is another thread's", record->made.file,
           record->made.line);
  }
  const debug_record *open = is_unwinding ? NULL : find_open_buffer(stack, record);
  if (open) {
    misuse(site, "the buffer opened at %s:%d is still open", open->made.file, open->made.line);
  }
  return record;
}

// With SS_DEBUG a version is not used again after a restore, so that each mark has a version of its
// own. Before versions run out, after 2^29 scopes or more, counting begins again at the restored
// version.
static void keep_versions_apart(ss_stack *stack, size_t highest)
{
  if (highest > SIZE_MAX / 2) return;
  ss__set_version(stack, highest + 2);
}

static void end_mark(ss_stack *stack, debug_record *record)
{
  note_end(stack, record, "restored already");
  // A mark that a longjmp skipped notes its own end when it is undone.
  record->kind = KIND_SLICE;
  set_guard(record, (char *)(record + 1), 0, (char *)(record + 1));
}

void ss__debug_restore(ss_stack *user, ss_stack *stack, ss_mark mark, ss__site site,
                       bool is_unwinding)
{
  enter(user, stack, site);
  (void)check_restore(stack, mark, site, is_unwinding);
  const size_t version = stack->version;
  // The mark's record stays until everything newer is undone: a destructor may longjmp away, and
  // then the scope is restored again. A destructor that empties the stack removes the mark's
  // record, too.
  ss__restore(stack, mark.top, mark.version);
  stack->site = site;  // a destructor may have made calls of its own
  debug_record *record = find_mark(stack, mark);
  if (record) {
    end_mark(stack, record);
    ss__restore(stack, (char *)record, mark.version - 2);
  }
  keep_versions_apart(stack, version);
}

ss_slice ss__debug_restore_keep(ss_stack *user, ss_stack *stack, ss_mark mark, ss_slice slice,
                                size_t align, ss__site site)
{
  enter(user, stack, site);
  debug_record *record = check_restore(stack, mark, site, false);
  const size_t version = stack->version;
  const debug_record before = *record;
  ss_slice kept = ss__restore_keep(stack, (char *)record, mark.version - 2, slice.data, slice.size,
                                   align, name_of(site));
  stack->site = site;  // a destructor may have made calls of its own
  if (kept.data == NULL) return kept;
  keep_versions_apart(stack, version);
  note_end(stack, &before, "restored already");
  char *end = stack->top;
  char *guard = (char *)ss__alloc(stack, GUARD_BYTES, SS_ALIGN, NULL);
  if (guard != end) return kept;  // no room for guard bytes right behind it
  record = push_record(stack, KIND_SLICE, site, NULL);
  if (record) {
    ss__tools_made(record, (char *)kept.data, kept.size, true);
    set_guard(record, (char *)kept.data, kept.size, guard + GUARD_BYTES);
  }
  return kept;
}

// --- Buffers

static bool is_lane_of(const ss_stack *stack, const ss__lane *lane)
{
  if (lane >= stack->lanes && lane < stack->lanes + SS__INLINE_LANES) return true;
  const ss__lane_row *row = stack->more_lanes;
  while (row && (lane < row->lanes || lane >= row->lanes + SS__ROW_LANES)) row = row->next;
  return row != NULL;
}

// In the head of an open buffer, the word that stores the end of a closed one holds the address of
// the buffer's record.
static char **record_place(const ss__lane *lane)
{
  return &((ss__buffer_record *)(void *)(lane->top - SS__BUFFER_HEAD))->end;
}

// Finds the record through the lane. The undo log is not searched, because it is long where a loop
// pushes what it makes. The buffer may be an old copy, so its lane is not read before it is known
// to be one of the stack's.
static debug_record *find_buffer(const ss_buffer *buffer)
{
  if (!is_lane_of(buffer->stack, buffer->lane) || !buffer->lane->is_open) return NULL;
  debug_record *record = (debug_record *)(void *)*record_place(buffer->lane);
  return record && record->first == buffer->first ? record : NULL;
}

// Does not return if the buffer is not open.
static debug_record *check_buffer(const ss_buffer *buffer, ss__site site)
{
  debug_record *record = find_buffer(buffer);
  if (record) return record;
  const ended *note = find_ended(buffer->stack, 0, buffer->first);
  if (note) {
    misuse(site, "the buffer opened at %s:%d was %s at %s:%d", note->made.file, note->made.line,
           note->how, note->end.file, note->end.line);
  }
  misuse(site, "the buffer is not open, or an old copy was used");
}

static bool has_opened(const ss_buffer *buffer)
{
  return buffer->lane != &ss__unopened_lane;
}

// The buffer becomes an event at once, because its guard bytes and its place in the source are kept
// in an event.
ss_buffer ss__debug_buffer_open(ss_stack *user, ss_stack *stack, ss__site site)
{
  enter(user, stack, site);
  const char *call = name_of(site);
  const ss_mark before = ss_stack_save(stack);
  const ss_buffer buffer = ss__open(stack, call);
  if (buffer.first == NULL) return buffer;
  ss__limit_met limit = {"memory has ended, reserved so far are", stack->reserved};
  debug_record *record = NULL;
  if (ss__is_in_line(stack) && ss__settle(stack, &limit)) {
    record = push_record(stack, KIND_BUFFER, site, NULL);
  }
  if (record == NULL) {
    // The stack is restored before the failure is reported: the handler may longjmp away.
    const ss_buffer failed = {SS__NOWHERE, &ss__unopened_lane, stack, NULL};
    ss__restore(stack, before.top, before.version);
    (void)ss__fail(call, sizeof *record, "bytes", limit.what, limit.bytes);
    return failed;
  }
  record->data = buffer.top;
  *record_place(buffer.lane) = (char *)record;
  record->first = buffer.first;
  count_outside(stack, record);
  unpoison(buffer.top, ss__buffer_room(&buffer));
  return buffer;
}

static ss_buffer make_room(ss_buffer buffer, debug_record *record, size_t size, bool is_exact,
                           const char *call)
{
  char *top = NULL;
  if (size <= PTRDIFF_MAX - GUARD_BYTES) {
    if (size + GUARD_BYTES <= ss__buffer_room(&buffer)) return buffer;
    top =
        ss__buffer_grow(buffer.stack, buffer.lane, buffer.top, size + GUARD_BYTES, is_exact, NULL);
  }
  // Without room for guard bytes there may still be room for the elements; if not, this call
  // reports it.
  if (top == NULL && size > ss__buffer_room(&buffer)) {
    top = ss__buffer_grow(buffer.stack, buffer.lane, buffer.top, size, is_exact, call);
  }
  if (top) buffer.top = top;
  // Copies of the ss_buffer that were made before the buffer moved are recognised by their old
  // `first`.
  record->data = record->first = buffer.first = buffer.lane->top;
  unpoison(buffer.top, ss__buffer_room(&buffer));
  return buffer;
}

ss_buffer ss__debug_buffer_extend(ss_stack *user, ss_buffer buffer, size_t size, size_t align,
                                  ss__site site)
{
  if (!has_opened(&buffer)) {
    if (!site.is_try) misuse(site, "the buffer never opened");
    return buffer;
  }
  enter(user, buffer.stack, site);
  debug_record *record = check_buffer(&buffer, site);
  const bool is_first = record->pushed.element_size == 0;
  if (site.element_size != 0 && !is_first && record->pushed.element_size != site.element_size) {
    misuse(site,
           "an element of %zu bytes, where the first one, pushed at %s:%d, has %zu: ss_extend and "
           "ss_append take blocks of any type",
           site.element_size, record->pushed.file, record->pushed.line,
           record->pushed.element_size);
  }
  if (((uintptr_t)buffer.top & (align - 1)) != 0) {
    misuse(site, "the end of the buffer opened at %s:%d is not aligned to %zu bytes",
           record->made.file, record->made.line, align);
  }
  buffer = make_room(buffer, record, size, false, name_of(site));
  if (is_first && size <= ss__buffer_room(&buffer)) record->pushed = site;
  return buffer;
}

ss_buffer ss__debug_buffer_reserve(ss_stack *user, ss_buffer buffer, size_t size, ss__site site)
{
  if (!has_opened(&buffer)) return buffer;
  enter(user, buffer.stack, site);
  return make_room(buffer, check_buffer(&buffer, site), size, true, name_of(site));
}

void ss__debug_buffer_check(ss_stack *user, const ss_buffer *buffer, ss__site site)
{
  if (!has_opened(buffer)) return;
  enter(user, buffer->stack, site);
  (void)check_buffer(buffer, site);
}

char *ss__debug_append_format(ss_stack *user, ss_buffer *buffer, ss__site site, const char *format,
                              ...)
{
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, arguments);
  char *text = NULL;
  if (length < 0) {
    (void)ss__fail(name_of(site), 0, "bytes", "the format cannot be written, bytes written are", 0);
  } else {
    const size_t size = (size_t)length + 1;
    const ss_buffer extended = ss__debug_buffer_extend(user, *buffer, size, 1, site);
    if (size <= ss__buffer_room(&extended)) {
      *buffer = extended;
      text = buffer->top;
      (void)vsnprintf(text, size, format, again);
      buffer->top += length;
    }
  }
  va_end(again);
  va_end(arguments);
  return text;
}

ss_slice ss__debug_buffer_close(ss_stack *user, ss_buffer buffer, ss__site site)
{
  char *data = buffer.lane->top;
  const ss_slice slice = {has_opened(&buffer) ? data : NULL, (size_t)(buffer.top - data)};
  if (!has_opened(&buffer)) return slice;
  enter(user, buffer.stack, site);
  debug_record *record = check_buffer(&buffer, site);
  note_end(buffer.stack, record, "closed");
  if (ss__buffer_room(&buffer) >= GUARD_BYTES) buffer.top += GUARD_BYTES;
  record->kind = KIND_SLICE;
  ss__tools_made(record, data, slice.size, true);
  set_guard(record, data, slice.size, buffer.top);
  (void)ss__buffer_close(buffer.stack, buffer.lane, buffer.top);
  return slice;
}

// --- Containers

// Returns the record of the slice that contains an address, or NULL if no slice with a record does.
static const debug_record *find_slice(const ss_stack *stack, const char *data)
{
  for (const ss__event *event = stack->undo_log; event; event = event->older) {
    const debug_record *record = (const debug_record *)(const void *)event;
    if (is_record(event) && record->kind == KIND_SLICE && record->size > 0 &&
        (uintptr_t)data >= (uintptr_t)record->data &&
        (uintptr_t)data < (uintptr_t)record->guard_end)
      return record;
  }
  return NULL;
}

// Whether an address lies below a lane's top, so that something may live there.
static bool is_below_a_top(const ss_stack *stack, const char *data)
{
  const ss__lane *lane;
  for (unsigned index = 0; (lane = ss__lane_at(stack, index)) != NULL; index++) {
    const char *top = lane == ss__active_lane(stack) ? stack->top : lane->top;
    for (const ss__chunk *chunk = lane->chunk; chunk; chunk = chunk->below) {
      if (chunk != lane->chunk) top = chunk->top;
      if ((uintptr_t)data >= (uintptr_t)chunk && (uintptr_t)data < (uintptr_t)top) return true;
    }
  }
  return false;
}

// Of the marks that lay below the address, the one that ended last.
static const ended *find_ended_below(const ss_stack *stack, const char *data)
{
  const stack_notes *notes = (const stack_notes *)stack->notes;
  for (size_t back = 1; notes && back <= ENDED_NOTES && back <= notes->count; back++) {
    const ended *note = &notes->ring[(notes->count - back) % ENDED_NOTES];
    if (note->serial != 0 && (uintptr_t)note->place < (uintptr_t)data) return note;
  }
  return NULL;
}

void ss__debug_give_back(ss_stack *stack, const void *data, size_t size, ss__site site)
{
  if (size == 0) return;
  const debug_record *slice = find_slice(stack, (const char *)data);
  if (slice ? slice->data == (const char *)data : is_below_a_top(stack, (const char *)data)) return;
  const ended *note = find_ended_below(stack, (const char *)data);
  if (note == NULL) return;
  misuse(
      site,
      "the container has grown in the scope opened at %s:%d, within its own, and its memory went "
      "when that was left at %s:%d: ss::region_allocator binds it to its scope",
      note->made.file, note->made.line, note->end.file, note->end.line);
}

// --- Regions

ss_region ss__debug_region_open(ss_stack *user, ss_stack *stack, ss__site site)
{
  enter(user, stack, site);
  const char *call = name_of(site);
  const ss_mark before = ss_stack_save(stack);
  ss_region region = ss__region_open(stack, call);
  if (region.lane == NULL) return region;
  debug_record *record = push_record(stack, KIND_REGION, site, NULL);
  if (record == NULL) {
    // The stack is restored before the failure is reported: the handler may longjmp away.
    ss__restore(stack, before.top, before.version);
    (void)ss__fail(call, sizeof *record, "bytes", "memory has ended, reserved so far are",
                   stack->reserved);
    region.lane = NULL;
    return region;
  }
  record->data = record->first = region.first;
  record->lane = region.lane;
  return region;
}

static bool is_region_open(const ss_region *region)
{
  for (const ss__event *event = region->stack->undo_log; event && event->version >= region->version;
       event = event->older) {
    const debug_record *record = (const debug_record *)(const void *)event;
    if (is_record(event) && record->kind == KIND_REGION && record->first == region->first)
      return true;
  }
  return false;
}

void *ss__debug_region_alloc(ss_stack *user, const ss_region *region, size_t size, size_t align,
                             ss__site site)
{
  enter(user, region->stack, site);
  ss_region open = *region;
  if (open.lane && !is_region_open(region)) {
    const ended *note = find_ended(region->stack, 0, region->first);
    if (note) {
      misuse(site, "the region opened at %s:%d %s at %s:%d", note->made.file, note->made.line,
             note->how, note->end.file, note->end.line);
    }
    open.lane = NULL;  // it ended long ago: the call fails as without SS_DEBUG
  }
  void *slice = ss__region_alloc(&open, size, align, name_of(site));
  if (slice == NULL) return NULL;
  memset(slice, FRESH_FILL, size);
  VALGRIND_MAKE_MEM_UNDEFINED(slice, size);
  return slice;
}

// --- AddressSanitizer alone

void ss__asan_restore(ss_stack *stack, char *top, size_t version)
{
  stack->watch = &watch;
  char *end = stack->top;
  if (stack->version == version) {
    stack->top = top;
  } else {
    ss__restore(stack, top, version);
    end = stack->limit;
  }
  if (__asan_poison_memory_region) {
    __asan_poison_memory_region(stack->top, (size_t)(end - stack->top));
  }
}
