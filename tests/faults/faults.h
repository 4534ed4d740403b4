// SPDX-License-Identifier: MIT
// This file is included before all others when a unit test is compiled for fault injection
// (faults.c explains it). It replaces every public call that may need memory by a form that
// survives a refusal.
#ifndef SS_TESTS_FAULTS_H
#define SS_TESTS_FAULTS_H

#define CHECK_FAULTS 1

#include "refusing_backing.h"
#include "snapshot.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

typedef enum fault_form { FAULT_PLAIN, FAULT_TRY } fault_form;

// A call that is under way and may fail because of a refusal.
typedef struct fault_attempt {
  struct fault_attempt *outer;
  ss_stack *stack;
  const ss_buffer *buffer;
  const char *call;
  bool is_plain;
  bool is_partial;  // a failed call may have taken memory for what it made first
  volatile bool is_done;
  size_t refusals;
  size_t fatals;
  snapshot before;
  char message[256];
  jmp_buf jump;
} fault_attempt;

// Runs a test as it is, then again and again with its nth backing call refused, for every n.
void fault_run(void (*test)(void), const char *group);
void fault_print_totals(void);
// True: something was refused in this run, so that figures which count chunks and calls may differ.
bool fault_has_refused(void);
// Called by the handler of ss_set_fatal. Returns only if no attempt is under way.
void fault_catch(const char *message);

void fault_begin(fault_attempt *attempt, ss_stack *stack, const ss_buffer *buffer,
                 const char *call);
void fault_end(fault_attempt *attempt);

// Runs `plain` or `tried`, each true when it succeeds. Afterwards attempt.is_done says whether the
// call was made. If it was not, the caller makes it as it was written in the test.
#define FAULT_ATTEMPT(stack, buffer, call, plain, tried)    \
  fault_attempt attempt;                                    \
  fault_begin(&attempt, (stack), (buffer), (call));         \
  if (setjmp(attempt.jump) == 0) {                          \
    attempt.is_done = attempt.is_plain ? (plain) : (tried); \
  }                                                         \
  fault_end(&attempt)

// False: nothing is refused, or there is so much room that the call will not ask the backing.
static inline bool fault_may_fail(const ss_stack *stack, const ss_buffer *buffer, size_t size)
{
  if (!refusing_is_armed()) return false;
  const size_t room = snapshot_room_bytes(stack, buffer);
  return room < 2048 || size > room - 2048;
}
static inline size_t fault_bytes(ss__count n, size_t element_size)
{
  return ss__overflows(n, element_size) ? SIZE_MAX : (size_t)n * element_size;
}
static inline bool fault_may_fail_on(const ss_stack *stack, size_t size, size_t align)
{
  return fault_may_fail(stack, NULL, align > 1024 ? SIZE_MAX : size);
}
static inline bool fault_may_fail_in_region(const ss_region *region, size_t size, size_t align)
{
  if (!refusing_is_armed()) return false;
  const size_t room = snapshot_region_room_bytes(region);
  return room < 2048 || size > room - 2048 || align > 1024;
}
static inline bool fault_may_fail_in(const ss_buffer *buffer, size_t size)
{
  return fault_may_fail(buffer->stack, buffer, size);
}

// LeakSanitizer must not report what a longjmp over these functions leaks, because the library did
// not allocate it.
#ifdef __cplusplus
extern "C"
#endif
    void
    __lsan_ignore_object(const void *block) __attribute__((weak));
static inline void *fault_own_block(void *block)
{
  if (block == NULL) abort();
  if (__lsan_ignore_object) __lsan_ignore_object(block);
  return block;
}

// -------------------------------------------------------------------------------------------------
// The calls. Each has the parameters of the header's function of the same name.

// Opening a region asks for a lane as well, of whose room nothing is known here.
static inline ss_region fault_region_open(ss_stack *stack, ss__call call)
{
  ss_region opened[1];
  if (refusing_is_armed()) {
    FAULT_ATTEMPT(stack, NULL, ss__name(call),
                  (opened[0] = ss__open_region(stack, call), opened[0].lane != NULL),
                  (opened[0] = ss__open_region(stack, ss__trying(call)), opened[0].lane != NULL));
    if (attempt.is_done) return opened[0];
  }
  return ss__open_region(stack, call);
}

static inline void *fault_region_alloc(const ss_region *region, size_t size, size_t align,
                                       ss__call call)
{
  void *volatile slice = NULL;
  if (fault_may_fail_in_region(region, size, align)) {
    FAULT_ATTEMPT(region->stack, NULL, ss__name(call),
                  (slice = ss__alloc_in_region(region, size, align, call)) != NULL,
                  (slice = ss__alloc_in_region(region, size, align, ss__trying(call))) != NULL);
    if (attempt.is_done) return slice;
  }
  return ss__alloc_in_region(region, size, align, call);
}

static inline void *fault_region_slice(const ss_region *region, ss__count n, size_t element_size,
                                       size_t align, ss__call call)
{
  void *volatile slice = NULL;
  if (fault_may_fail_in_region(region, fault_bytes(n, element_size), align)) {
    FAULT_ATTEMPT(
        region->stack, NULL, ss__name(call),
        (slice = ss__slice_in_region(region, n, element_size, align, call)) != NULL,
        (slice = ss__slice_in_region(region, n, element_size, align, ss__trying(call))) != NULL);
    if (attempt.is_done) return slice;
  }
  return ss__slice_in_region(region, n, element_size, align, call);
}

static inline void *fault_alloc(ss_stack *stack, size_t size, size_t align, ss__call call)
{
  void *volatile slice = NULL;
  if (fault_may_fail_on(stack, size, align)) {
    FAULT_ATTEMPT(stack, NULL, ss__name(call),
                  (slice = ss__alloc(stack, size, align, call)) != NULL,
                  (slice = ss__alloc(stack, size, align, ss__trying(call))) != NULL);
    if (attempt.is_done) return slice;
  }
  return ss__alloc(stack, size, align, call);
}

static inline void *fault_slice(ss_stack *stack, ss__count n, size_t element_size, size_t align,
                                ss__call call)
{
  void *volatile slice = NULL;
  if (fault_may_fail_on(stack, fault_bytes(n, element_size), align)) {
    FAULT_ATTEMPT(stack, NULL, ss__name(call),
                  (slice = ss__slice(stack, n, element_size, align, call)) != NULL,
                  (slice = ss__slice(stack, n, element_size, align, ss__trying(call))) != NULL);
    if (attempt.is_done) return slice;
  }
  return ss__slice(stack, n, element_size, align, call);
}

static inline void *fault_zeroed(ss_stack *stack, ss__count n, size_t element_size, size_t align,
                                 ss__call call)
{
  void *volatile slice = NULL;
  if (fault_may_fail_on(stack, fault_bytes(n, element_size), align)) {
    FAULT_ATTEMPT(stack, NULL, ss__name(call),
                  (slice = ss__zeroed(stack, n, element_size, align, call)) != NULL,
                  (slice = ss__zeroed(stack, n, element_size, align, ss__trying(call))) != NULL);
    if (attempt.is_done) return slice;
  }
  return ss__zeroed(stack, n, element_size, align, call);
}

static inline void *fault_copy(ss_stack *stack, const void *src, ss__count n, size_t element_size,
                               size_t align, ss__call call)
{
  void *volatile slice = NULL;
  if (fault_may_fail_on(stack, fault_bytes(n, element_size), align)) {
    FAULT_ATTEMPT(stack, NULL, ss__name(call),
                  (slice = ss__copy(stack, src, n, element_size, align, call)) != NULL,
                  (slice = ss__copy(stack, src, n, element_size, align, ss__trying(call))) != NULL);
    if (attempt.is_done) return slice;
  }
  return ss__copy(stack, src, n, element_size, align, call);
}

// The text is made beforehand, because a list of arguments can be read only once and the call may
// be made more than once.
SS__PRINTF(3, 4)
static inline char *fault_format(ss_stack *stack, ss__call call, const char *format, ...)
{
  char *volatile slice = NULL;
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  // A format that cannot be written is passed on in the same way, so that the call fails as the
  // test's own call would.
  char *text = length < 0 ? NULL : (char *)fault_own_block(malloc((size_t)length + 1));
  if (text == NULL) return SS__FORMAT(stack, call, "%ls", L"\xd800");
  va_start(arguments, format);
  (void)vsnprintf(text, (size_t)length + 1, format, arguments);
  va_end(arguments);
  if (fault_may_fail_on(stack, (size_t)length, 1)) {
    FAULT_ATTEMPT(stack, NULL, ss__name(call),
                  (slice = SS__FORMAT(stack, call, "%s", text)) != NULL,
                  (slice = SS__FORMAT(stack, ss__trying(call), "%s", text)) != NULL);
    if (!attempt.is_done) slice = NULL;
  }
  if (slice == NULL) slice = SS__FORMAT(stack, call, "%s", text);
  free(text);
  return slice;
}

static inline bool fault_is_open(const ss_buffer *buffer)
{
  return buffer->lane != &ss__unopened_lane;
}

static inline ss_buffer fault_open(ss_stack *stack, ss__call call)
{
  ss_buffer opened[1];
  if (SS_DEBUG ? refusing_is_armed() : fault_may_fail_on(stack, 0, 1)) {
    FAULT_ATTEMPT(stack, NULL, ss__name(call),
                  (opened[0] = ss__open(stack, call), fault_is_open(opened)),
                  (opened[0] = ss__open(stack, ss__trying(call)), fault_is_open(opened)));
    if (attempt.is_done) return opened[0];
  }
  return ss__open(stack, call);
}

static inline void *fault_extend_by(ss_buffer *buffer, ss__count n, size_t element_size,
                                    size_t align, ss__call call)
{
  void *volatile room = NULL;
  if (fault_may_fail_in(buffer, fault_bytes(n, element_size))) {
    FAULT_ATTEMPT(buffer->stack, buffer, ss__name(call),
                  (room = ss__extend_by(buffer, n, element_size, align, call)) != NULL,
                  (room = ss__extend_by(buffer, n, element_size, align, ss__trying(call))) != NULL);
    if (attempt.is_done) return room;
  }
  return ss__extend_by(buffer, n, element_size, align, call);
}

static inline void *fault_insert(ss_buffer *buffer, size_t i, ss__count n, size_t element_size,
                                 size_t align, ss__call call)
{
  void *volatile room = NULL;
  if (fault_may_fail_in(buffer, fault_bytes(n, element_size))) {
    FAULT_ATTEMPT(buffer->stack, buffer, ss__name(call),
                  (room = ss__insert(buffer, i, n, element_size, align, call)) != NULL,
                  (room = ss__insert(buffer, i, n, element_size, align, ss__trying(call))) != NULL);
    if (attempt.is_done) return room;
  }
  return ss__insert(buffer, i, n, element_size, align, call);
}

// The text is made beforehand, as in fault_format.
SS__PRINTF(3, 4)
static inline char *fault_append_format(ss_buffer *buffer, ss__call call, const char *format, ...)
{
  char *volatile at = NULL;
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *text = length < 0 ? NULL : (char *)fault_own_block(malloc((size_t)length + 1));
  if (text == NULL) return SS__APPEND_FORMAT(buffer, call, "%ls", L"\xd800");
  va_start(arguments, format);
  (void)vsnprintf(text, (size_t)length + 1, format, arguments);
  va_end(arguments);
  if (fault_may_fail_in(buffer, (size_t)length + 1)) {
    FAULT_ATTEMPT(buffer->stack, buffer, ss__name(call),
                  (at = SS__APPEND_FORMAT(buffer, call, "%s", text)) != NULL,
                  (at = SS__APPEND_FORMAT(buffer, ss__trying(call), "%s", text)) != NULL);
    if (!attempt.is_done) at = NULL;
  }
  if (at == NULL) at = SS__APPEND_FORMAT(buffer, call, "%s", text);
  free(text);
  return at;
}

static inline void *fault_append(ss_buffer *buffer, const void *src, size_t size_bytes,
                                 ss__call call)
{
  void *volatile room = NULL;
  if (fault_may_fail_in(buffer, size_bytes)) {
    FAULT_ATTEMPT(buffer->stack, buffer, ss__name(call),
                  (room = ss__append(buffer, src, size_bytes, call)) != NULL,
                  (room = ss__append(buffer, src, size_bytes, ss__trying(call))) != NULL);
    if (attempt.is_done) return room;
  }
  return ss__append(buffer, src, size_bytes, call);
}

static inline bool fault_reserve(ss_buffer *buffer, size_t size_bytes, ss__call call)
{
  if (fault_may_fail_in(buffer, size_bytes)) {
    FAULT_ATTEMPT(buffer->stack, buffer, ss__name(call), ss__reserve(buffer, size_bytes, call),
                  ss__reserve(buffer, size_bytes, ss__trying(call)));
    if (attempt.is_done) return true;
  }
  return ss__reserve(buffer, size_bytes, call);
}

static inline bool fault_defer(ss_stack *stack, void *first, size_t n, size_t stride,
                               ss_destructor *fn, const char *call)
{
  if (fault_may_fail_on(stack, 0, 1)) {
    FAULT_ATTEMPT(stack, NULL, call, ss__defer(stack, first, n, stride, fn, call),
                  ss__defer(stack, first, n, stride, fn, NULL));
    if (attempt.is_done) return true;
  }
  return ss__defer(stack, first, n, stride, fn, call);
}

// The name is the first parameter because callers may pass the others as one macro.
static inline ss_slice fault_keep_aligned(ss__call call, ss_stack *stack, ss_mark mark,
                                          ss_slice slice, size_t align)
{
  ss_slice kept[1];
  if (refusing_is_armed()) {
    FAULT_ATTEMPT(
        stack, NULL, ss__name(call),
        (kept[0] = ss__keep(stack, mark, slice, align, call), kept[0].data != NULL),
        (kept[0] = ss__keep(stack, mark, slice, align, ss__trying(call)), kept[0].data != NULL));
    if (attempt.is_done) return kept[0];
  }
  return ss__keep(stack, mark, slice, align, call);
}

static inline ss_slice fault_keep(ss__call call, ss_stack *stack, ss_mark mark, ss_slice slice)
{
  return fault_keep_aligned(call, stack, mark, slice, SS_ALIGN);
}

static inline ss_slice fault_own_keep_aligned(ss__call call, ss_mark mark, ss_slice slice,
                                              size_t align)
{
  return fault_keep_aligned(call, ss_thread_stack(), mark, slice, align);
}

static inline ss_slice fault_own_keep(ss__call call, ss_mark mark, ss_slice slice)
{
  return fault_keep(call, ss_thread_stack(), mark, slice);
}

// Saving a mark needs memory with SS_DEBUG only, and has no try_ form.
static inline ss_mark fault_save(ss_stack *stack, ss__call call)
{
  ss_mark mark[1];
  if (SS_DEBUG && fault_may_fail_on(stack, 0, 1)) {
    fault_attempt attempt;
    fault_begin(&attempt, stack, NULL, ss__name(call));
    attempt.is_plain = true;
    if (setjmp(attempt.jump) == 0) {
      mark[0] = ss__save(stack, call);
      attempt.is_done = true;
    }
    fault_end(&attempt);
    if (attempt.is_done) return mark[0];
  }
  return ss__save(stack, call);
}

static inline ss__scope fault_scope_enter(ss_stack *stack, ss__call call)
{
  const ss__scope scope = {stack, fault_save(stack, call) SS__SCOPE_SITE(call)};
  return scope;
}

// This is a function of its own because a setjmp in the test might clobber its variable.
SS__UNUSED __attribute__((noinline)) static ss_stack *fault_new(const ss_config *config)
{
  ss_stack *stack = ss_stack_new(config);
  if (stack || !refusing_is_armed()) return stack;
  refusing_arm(0, false);
  return ss_stack_new(config);
}

SS__UNUSED __attribute__((noinline)) static ss_frames *fault_frames_new(size_t count,
                                                                        const ss_config *config)
{
  ss_frames *frames = ss_frames_new(count, config);
  if (frames || count == 0 || !refusing_is_armed()) return frames;
  refusing_arm(0, false);
  return ss_frames_new(count, config);
}

// --- Collecting: items that were taken before the failure are given again.

typedef struct fault_items {
  ss_next_fn *next;
  void *iterator;
  size_t element_size;
  size_t given;
  size_t taken;
  size_t room;  // of `items`, in elements
  char *items;
} fault_items;

// This is not inlined, because a longjmp would undo what is counted in registers.
SS__UNUSED __attribute__((noinline)) static bool fault_next(void *iterator, void *item)
{
  fault_items *all = (fault_items *)iterator;
  const size_t size = all->element_size;
  if (all->given == all->taken) {
    if (!all->next(all->iterator, item)) return false;
    if (all->taken == all->room) {
      all->room = 2 * all->room + 64;
      all->items = (char *)fault_own_block(realloc(all->items, all->room * size));
    }
    memcpy(all->items + all->taken * size, item, size);
    all->taken += 1;
  }
  memcpy(item, all->items + all->given * size, size);
  all->given += 1;
  return true;
}

static inline ss_slice fault_collect(ss_stack *stack, ss_next_fn *next, void *iterator,
                                     size_t size_hint, size_t element_size, size_t align,
                                     ss__call call)
{
  if (!refusing_is_armed()) {
    return ss__collect(stack, next, iterator, size_hint, element_size, align, call);
  }
  fault_items all = {next, iterator, element_size, 0, 0, 0, NULL};
  ss_slice items[1];
  fault_attempt attempt;
  fault_begin(&attempt, stack, NULL, ss__name(call));
  attempt.is_partial = true;
  // A plain call that fails leaves its buffer open, in a scope that the longjmp skips.
  const ss_mark outer = fault_save(stack, SS__CALL("ss_save"));
  (void)fault_save(stack, SS__CALL("ss_save"));
  if (setjmp(attempt.jump) == 0) {
    const ss__call told = attempt.is_plain ? call : ss__trying(call);
    items[0] = ss__collect(stack, fault_next, &all, size_hint, element_size, align, told);
    attempt.is_done = items[0].data != NULL;
  }
  if (!attempt.is_done) ss__go_back(stack, outer, SS__CALL("ss_restore"));
  fault_end(&attempt);
  if (!attempt.is_done) {
    all.given = 0;
    items[0] = ss__collect(stack, fault_next, &all, size_hint, element_size, align, call);
  }
  free(all.items);
  return items[0];
}

// -------------------------------------------------------------------------------------------------
// The public names

#define ss_stack_new fault_new
#define ss_frames_new fault_frames_new
#define ss__slice fault_slice
#define ss__open_region fault_region_open
#define ss__alloc_in_region fault_region_alloc
#define ss__slice_in_region fault_region_slice
#define ss__zeroed fault_zeroed
#define ss__copy fault_copy
#define ss__extend_by fault_extend_by
#define ss__insert fault_insert
#define ss__collect fault_collect
#define ss__scope_enter fault_scope_enter
#undef SS__FORMAT
#define SS__FORMAT(stack, call, ...) fault_format((stack), (call), __VA_ARGS__)
#undef SS__APPEND_FORMAT
#define SS__APPEND_FORMAT(buffer, call, ...) fault_append_format((buffer), (call), __VA_ARGS__)
#undef SS__DEFER_EACH
#define SS__DEFER_EACH(T, stack, data, n, fn, call) \
  fault_defer((stack), SS__POINTER_TO(T, data), (n), sizeof(T), (fn), (call))

#undef ss_save
#undef ss_stack_save
#undef ss_alloc
#undef ss_try_alloc
#undef ss_stack_alloc
#undef ss_stack_try_alloc
#undef ss_buffer_open
#undef ss_try_buffer_open
#undef ss_stack_buffer_open
#undef ss_stack_try_buffer_open
#undef ss_append
#undef ss_try_append
#undef ss_reserve
#undef ss_try_reserve
#undef ss_restore_keep
#undef ss_try_restore_keep
#undef ss_stack_restore_keep
#undef ss_stack_try_restore_keep
#undef ss_restore_keep_aligned
#undef ss_try_restore_keep_aligned
#undef ss_stack_restore_keep_aligned
#undef ss_stack_try_restore_keep_aligned

#define FAULT_OWN ss_thread_stack()
#define ss_save() fault_save(FAULT_OWN, SS__CALL("ss_save"))
#define ss_stack_save(s) fault_save((s), SS__CALL("ss_stack_save"))
#define ss_alloc(size, align) fault_alloc(FAULT_OWN, (size), (align), SS__CALL("ss_alloc"))
#define ss_try_alloc(size, align) fault_alloc(FAULT_OWN, (size), (align), SS__TRY("ss_try_alloc"))
#define ss_stack_alloc(s, size, align) fault_alloc((s), (size), (align), SS__CALL("ss_stack_alloc"))
#define ss_stack_try_alloc(s, size, align) \
  fault_alloc((s), (size), (align), SS__TRY("ss_stack_try_alloc"))
#define ss_buffer_open() fault_open(FAULT_OWN, SS__CALL("ss_buffer_open"))
#define ss_try_buffer_open() fault_open(FAULT_OWN, SS__TRY("ss_try_buffer_open"))
#define ss_stack_buffer_open(s) fault_open((s), SS__CALL("ss_stack_buffer_open"))
#define ss_stack_try_buffer_open(s) fault_open((s), SS__TRY("ss_stack_try_buffer_open"))
#define ss_append(b, src, size) fault_append((b), (src), (size), SS__CALL("ss_append"))
#define ss_try_append(b, src, size) fault_append((b), (src), (size), SS__TRY("ss_try_append"))
#define ss_reserve(b, size) ((void)fault_reserve((b), (size), SS__CALL("ss_reserve")))
#define ss_try_reserve(b, size) fault_reserve((b), (size), SS__TRY("ss_try_reserve"))
#define ss_defer(fn, arg) ((void)fault_defer(FAULT_OWN, (arg), 1, 0, (fn), "ss_defer"))
#define ss_try_defer(fn, arg) fault_defer(FAULT_OWN, (arg), 1, 0, (fn), NULL)
#define ss_stack_defer(s, fn, arg) ((void)fault_defer((s), (arg), 1, 0, (fn), "ss_stack_defer"))
#define ss_stack_try_defer(s, fn, arg) fault_defer((s), (arg), 1, 0, (fn), NULL)
#define ss_restore_keep(...) fault_own_keep(SS__CALL("ss_restore_keep"), __VA_ARGS__)
#define ss_try_restore_keep(...) fault_own_keep(SS__TRY("ss_try_restore_keep"), __VA_ARGS__)
#define ss_stack_restore_keep(...) fault_keep(SS__CALL("ss_stack_restore_keep"), __VA_ARGS__)
#define ss_stack_try_restore_keep(...) fault_keep(SS__TRY("ss_stack_try_restore_keep"), __VA_ARGS__)
#define ss_restore_keep_aligned(...) \
  fault_own_keep_aligned(SS__CALL("ss_restore_keep_aligned"), __VA_ARGS__)
#define ss_try_restore_keep_aligned(...) \
  fault_own_keep_aligned(SS__TRY("ss_try_restore_keep_aligned"), __VA_ARGS__)
#define ss_stack_restore_keep_aligned(...) \
  fault_keep_aligned(SS__CALL("ss_stack_restore_keep_aligned"), __VA_ARGS__)
#define ss_stack_try_restore_keep_aligned(...) \
  fault_keep_aligned(SS__TRY("ss_stack_try_restore_keep_aligned"), __VA_ARGS__)

#endif
