// SPDX-License-Identifier: MIT
// The public calls, each in the form that a program asks for: on the thread stack or on a given
// one, plain or try_. A plain call that fails returns through ss_set_fatal and a longjmp, with the
// same result as a failed try_ call.
#ifndef SS_TESTS_CALLS_H
#define SS_TESTS_CALLS_H

#include "secondstack_region.h"

#include <setjmp.h>

typedef struct call_form {
  ss_stack *stack;
  bool is_thread;  // `stack` is the thread stack: use the forms that do not take a stack
  bool is_plain;
} call_form;

// The plain call that is under way. NULL: a fatal error is a mistake.
typedef struct call_guard {
  jmp_buf jump;
  struct call_guard *outer;
} call_guard;

extern call_guard *calls_guard;
extern size_t calls_fatal_count;
void calls_begin(void);  // sets ss_set_fatal

void *call_alloc(call_form form, size_t size, size_t align);
void *call_uninit(call_form form, size_t count);  // of uint32_t
void *call_zeroed(call_form form, size_t size);
void *call_copy(call_form form, const void *src, size_t size);
char *call_format(call_form form, size_t width);
// Returns true if the buffer is open.
bool call_open(call_form form, ss_buffer *buffer);
void *call_extend(call_form form, ss_buffer *buffer, size_t size);
void *call_push(call_form form, ss_buffer *buffer);  // one byte
void *call_append(call_form form, ss_buffer *buffer, const void *src, size_t size);
void *call_insert(call_form form, ss_buffer *buffer, size_t i, size_t size);
bool call_reserve(call_form form, ss_buffer *buffer, size_t size);
ss_slice call_collect(call_form form, ss_next_fn *next, void *iterator, size_t size_hint);
// Returns true if the region is open.
bool call_region_open(call_form form, ss_region *region);
// If `align` is 1, the plain form is ss_region_slice.
void *call_region_alloc(call_form form, const ss_region *region, size_t size, size_t align);
bool call_defer(call_form form, ss_destructor *fn, void *arg);
bool call_drop(call_form form, uint32_t *elements, size_t count, ss_destructor *fn);
// If `align` is above SS_ALIGN, calls ss_restore_keep_aligned.
ss_slice call_keep(call_form form, ss_mark mark, ss_slice slice, size_t align);
ss_mark call_save(call_form form);
void call_restore(call_form form, ss_mark mark);
bool call_resize(call_form form, void *data, size_t old_size, size_t new_size);
void call_trim(call_form form, size_t keep_bytes);
ss_stats call_stats(call_form form);
// Returns true if the call was refused, as it must be while something is live.
bool call_configure(const ss_config *config);

#endif
