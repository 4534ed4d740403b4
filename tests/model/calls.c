// SPDX-License-Identifier: MIT
// The four forms of each call. The order is: plain on the thread stack, try_ on the thread stack,
// plain on a given stack, try_ on a given stack.
#include "calls.h"

#include "host.h"
#include "machine.h"

call_guard *calls_guard;
size_t calls_fatal_count;

static void on_fatal(const char *message)
{
  if (strncmp(message, "secondstack: ss_", 16) != 0 || strchr(message, '\n')) machine_fail(message);
  if (calls_guard == NULL) machine_fail(message);
  calls_fatal_count += 1;
  longjmp(calls_guard->jump, 1);
}

void calls_begin(void)
{
  calls_guard = NULL;
  (void)ss_set_fatal(on_fatal);
}

// Sets `result` to what the call returns in the form asked for, and does not change `result` when a
// plain call fails. `result` must be volatile.
#define CALL(form, result, thread_plain, thread_try, stack_plain, stack_try) \
  do {                                                                       \
    call_guard guard;                                                        \
    guard.outer = calls_guard;                                               \
    calls_guard = (form).is_plain ? &guard : NULL;                           \
    if (!(form).is_plain) {                                                  \
      if ((form).is_thread) {                                                \
        result = thread_try;                                                 \
      } else {                                                               \
        result = stack_try;                                                  \
      }                                                                      \
    } else if (setjmp(guard.jump) == 0) {                                    \
      if ((form).is_thread) {                                                \
        result = thread_plain;                                               \
      } else {                                                               \
        result = stack_plain;                                                \
      }                                                                      \
    }                                                                        \
    calls_guard = guard.outer;                                               \
  } while (0)

void *call_alloc(call_form form, size_t size, size_t align)
{
  void *volatile slice = NULL;
  CALL(form, slice, ss_alloc(size, align), ss_try_alloc(size, align),
       ss_stack_alloc(form.stack, size, align), ss_stack_try_alloc(form.stack, size, align));
  return slice;
}

void *call_uninit(call_form form, size_t count)
{
  uint32_t *volatile slice = NULL;
  CALL(form, slice, ss_uninit_slice(uint32_t, count), ss_try_uninit_slice(uint32_t, count),
       ss_stack_uninit_slice(form.stack, uint32_t, count),
       ss_stack_try_uninit_slice(form.stack, uint32_t, count));
  return slice;
}

void *call_zeroed(call_form form, size_t size)
{
  char *volatile slice = NULL;
  CALL(form, slice, ss_zeroed_slice(char, size), ss_try_zeroed_slice(char, size),
       ss_stack_zeroed_slice(form.stack, char, size),
       ss_stack_try_zeroed_slice(form.stack, char, size));
  return slice;
}

void *call_copy(call_form form, const void *src, size_t size)
{
  char *volatile slice = NULL;
  const char *from = src;
  CALL(form, slice, ss_copy_slice(char, from, size), ss_try_copy_slice(char, from, size),
       ss_stack_copy_slice(form.stack, char, from, size),
       ss_stack_try_copy_slice(form.stack, char, from, size));
  return slice;
}

char *call_format(call_form form, size_t width)
{
  char *volatile text = NULL;
  const int columns = (int)width;
  CALL(form, text, ss_format("%*d", columns, 7), ss_try_format("%*d", columns, 7),
       ss_stack_format(form.stack, "%*d", columns, 7),
       ss_stack_try_format(form.stack, "%*d", columns, 7));
  return text;
}

bool call_open(call_form form, ss_buffer *buffer)
{
  volatile bool is_done = false;
  CALL(form, is_done, (*buffer = ss_buffer_open(), true), (*buffer = ss_try_buffer_open(), true),
       (*buffer = ss_stack_buffer_open(form.stack), true),
       (*buffer = ss_stack_try_buffer_open(form.stack), true));
  if (!is_done) return false;
  if (buffer->lane != &ss__unopened_lane) return true;
  // A push to the buffer of a failed ss_try_buffer_open fails, and closing it gives no slice.
  if (ss_try_push(char, buffer)) machine_fail("a push on a buffer that failed to open");
  if (ss_buffer_close(buffer).data) machine_fail("data of a buffer that failed to open");
  return false;
}

void *call_extend(call_form form, ss_buffer *buffer, size_t size)
{
  char *volatile room = NULL;
  CALL(form, room, ss_extend(char, buffer, size), ss_try_extend(char, buffer, size),
       ss_extend(char, buffer, size), ss_try_extend(char, buffer, size));
  return room;
}

void *call_push(call_form form, ss_buffer *buffer)
{
  char *volatile room = NULL;
  CALL(form, room, ss_push(char, buffer), ss_try_push(char, buffer), ss_push(char, buffer),
       ss_try_push(char, buffer));
  return room;
}

void *call_append(call_form form, ss_buffer *buffer, const void *src, size_t size)
{
  void *volatile room = NULL;
  CALL(form, room, ss_append(buffer, src, size), ss_try_append(buffer, src, size),
       ss_append(buffer, src, size), ss_try_append(buffer, src, size));
  return room;
}

void *call_insert(call_form form, ss_buffer *buffer, size_t i, size_t size)
{
  char *volatile gap = NULL;
  CALL(form, gap, ss_insert(char, buffer, i, size), ss_try_insert(char, buffer, i, size),
       ss_insert(char, buffer, i, size), ss_try_insert(char, buffer, i, size));
  return gap;
}

bool call_reserve(call_form form, ss_buffer *buffer, size_t size)
{
  volatile bool is_done = false;
  CALL(form, is_done, (ss_reserve(buffer, size), true), ss_try_reserve(buffer, size),
       (ss_reserve(buffer, size), true), ss_try_reserve(buffer, size));
  return is_done;
}

ss_slice call_collect(call_form form, ss_next_fn *next, void *iterator, size_t size_hint)
{
  ss_slice items[1] = {{NULL, 0}};
  volatile bool is_done = false;
  CALL(form, is_done, (items[0] = ss_collect(unsigned char, next, iterator, size_hint), true),
       (items[0] = ss_try_collect(unsigned char, next, iterator, size_hint), true),
       (items[0] = ss_stack_collect(form.stack, unsigned char, next, iterator, size_hint), true),
       (items[0] = ss_stack_try_collect(form.stack, unsigned char, next, iterator, size_hint),
        true));
  const ss_slice failed = {NULL, 0};
  return is_done ? items[0] : failed;
}

bool call_region_open(call_form form, ss_region *region)
{
  volatile bool is_done = false;
  CALL(form, is_done, (*region = ss_region_open(), true), (*region = ss_try_region_open(), true),
       (*region = ss_stack_region_open(form.stack), true),
       (*region = ss_stack_try_region_open(form.stack), true));
  if (!is_done) return false;
  if (region->lane) return true;
  // A region that a failed ss_try_region_open returns gives no slice.
  if (ss_region_try_alloc(region, 1, 1)) machine_fail("a slice of a region that failed to open");
  return false;
}

void *call_region_alloc(call_form form, const ss_region *region, size_t size, size_t align)
{
  void *volatile slice = NULL;
  if (align == 1) {
    CALL(form, slice, ss_region_slice(char, region, size), ss_region_try_alloc(region, size, 1),
         ss_region_slice(char, region, size), ss_region_try_alloc(region, size, 1));
  } else {
    CALL(form, slice, ss_region_alloc(region, size, align),
         ss_region_try_alloc(region, size, align), ss_region_alloc(region, size, align),
         ss_region_try_alloc(region, size, align));
  }
  return slice;
}

bool call_defer(call_form form, ss_destructor *fn, void *arg)
{
  volatile bool is_done = false;
  CALL(form, is_done, (ss_defer(fn, arg), true), ss_try_defer(fn, arg),
       (ss_stack_defer(form.stack, fn, arg), true), ss_stack_try_defer(form.stack, fn, arg));
  return is_done;
}

bool call_drop(call_form form, uint32_t *elements, size_t count, ss_destructor *fn)
{
  volatile bool is_done = false;
  CALL(form, is_done, (ss_defer_each(uint32_t, elements, count, fn), true),
       ss_try_defer_each(uint32_t, elements, count, fn),
       (ss_stack_defer_each(form.stack, uint32_t, elements, count, fn), true),
       ss_stack_try_defer_each(form.stack, uint32_t, elements, count, fn));
  return is_done;
}

ss_slice call_keep(call_form form, ss_mark mark, ss_slice slice, size_t align)
{
  ss_slice kept[1] = {{NULL, 0}};
  volatile bool is_done = false;
  if (align > SS_ALIGN) {
    CALL(form, is_done, (kept[0] = ss_restore_keep_aligned(mark, slice, align), true),
         (kept[0] = ss_try_restore_keep_aligned(mark, slice, align), true),
         (kept[0] = ss_stack_restore_keep_aligned(form.stack, mark, slice, align), true),
         (kept[0] = ss_stack_try_restore_keep_aligned(form.stack, mark, slice, align), true));
  } else {
    CALL(form, is_done, (kept[0] = ss_restore_keep(mark, slice), true),
         (kept[0] = ss_try_restore_keep(mark, slice), true),
         (kept[0] = ss_stack_restore_keep(form.stack, mark, slice), true),
         (kept[0] = ss_stack_try_restore_keep(form.stack, mark, slice), true));
  }
  const ss_slice failed = {NULL, 0};
  return is_done ? kept[0] : failed;
}

ss_mark call_save(call_form form)
{
  host_is_sparing = SS_DEBUG;
  const ss_mark mark = form.is_thread ? ss_save() : ss_stack_save(form.stack);
  host_is_sparing = false;
  return mark;
}

void call_restore(call_form form, ss_mark mark)
{
  if (form.is_thread) {
    ss_restore(mark);
  } else {
    ss_stack_restore(form.stack, mark);
  }
}

bool call_resize(call_form form, void *data, size_t old_size, size_t new_size)
{
  return form.is_thread ? ss_try_resize_last(data, old_size, new_size)
                        : ss_stack_try_resize_last(form.stack, data, old_size, new_size);
}

void call_trim(call_form form, size_t keep_bytes)
{
  if (form.is_thread) {
    ss_trim(keep_bytes);
  } else {
    ss_stack_trim(form.stack, keep_bytes);
  }
}

ss_stats call_stats(call_form form)
{
  return form.is_thread ? ss_thread_stats() : ss_stack_stats(form.stack);
}

bool call_configure(const ss_config *config)
{
  const call_form form = {NULL, true, true};
  volatile bool is_done = false;
  CALL(form, is_done, (ss_thread_configure(config), true), true, true, true);
  return !is_done;
}
