// SPDX-License-Identifier: MIT
// Part of secondstack.h with SS_DEBUG=1. In C, which has no default arguments, each public function
// that passes its call site on is then also a macro of the same name, which adds the call site.
// (Calls that are macros anyway do so themselves.) The name in parentheses, or its address, denotes
// the function itself, whose call site is a line of the header. The macros are variadic because a
// mark or a slice may be written as a compound literal, whose commas would separate macro
// arguments.
#ifndef SECONDSTACK_DEBUG_H
#define SECONDSTACK_DEBUG_H

#define ss_save() ss__save(ss_thread_stack(), SS__CALL("ss_save"))
#define ss_stack_save(stack) ss__save((stack), SS__CALL("ss_stack_save"))
#define ss_restore(...) ss__go_back(ss_thread_stack(), __VA_ARGS__, SS__CALL("ss_restore"))
#define ss_stack_restore(stack, ...) ss__go_back((stack), __VA_ARGS__, SS__CALL("ss_stack_restore"))

#define ss_alloc(size, align) ss__alloc(ss_thread_stack(), (size), (align), SS__CALL("ss_alloc"))
#define ss_try_alloc(size, align) \
  ss__alloc(ss_thread_stack(), (size), (align), SS__TRY("ss_try_alloc"))
#define ss_stack_alloc(stack, size, align) \
  ss__alloc((stack), (size), (align), SS__CALL("ss_stack_alloc"))
#define ss_stack_try_alloc(stack, size, align) \
  ss__alloc((stack), (size), (align), SS__TRY("ss_stack_try_alloc"))

#define ss_try_resize_last(data, old_size, new_size)                     \
  ss__try_resize_last(ss_thread_stack(), (data), (old_size), (new_size), \
                      SS__TRY("ss_try_resize_last"))
#define ss_stack_try_resize_last(stack, data, old_size, new_size) \
  ss__try_resize_last((stack), (data), (old_size), (new_size), SS__TRY("ss_stack_try_resize_last"))

#define ss_buffer_open() ss__open(ss_thread_stack(), SS__CALL("ss_buffer_open"))
#define ss_try_buffer_open() ss__open(ss_thread_stack(), SS__TRY("ss_try_buffer_open"))
#define ss_stack_buffer_open(stack) ss__open((stack), SS__CALL("ss_stack_buffer_open"))
#define ss_stack_try_buffer_open(stack) ss__open((stack), SS__TRY("ss_stack_try_buffer_open"))
#define ss_append(buffer, src, size_bytes) \
  ss__append((buffer), (src), (size_bytes), SS__CALL("ss_append"))
#define ss_try_append(buffer, src, size_bytes) \
  ss__append((buffer), (src), (size_bytes), SS__TRY("ss_try_append"))
#define ss_reserve(buffer, size_bytes) \
  ((void)ss__reserve((buffer), (size_bytes), SS__CALL("ss_reserve")))
#define ss_try_reserve(buffer, size_bytes) \
  ss__reserve((buffer), (size_bytes), SS__TRY("ss_try_reserve"))
#define ss_buffer_close(buffer) ss__close((buffer), SS__CALL("ss_buffer_close"))

#define ss_restore_keep(mark, ...) \
  ss__keep(ss_thread_stack(), (mark), __VA_ARGS__, SS_ALIGN, SS__CALL("ss_restore_keep"))
#define ss_try_restore_keep(mark, ...) \
  ss__keep(ss_thread_stack(), (mark), __VA_ARGS__, SS_ALIGN, SS__TRY("ss_try_restore_keep"))
#define ss_stack_restore_keep(stack, mark, ...) \
  ss__keep((stack), (mark), __VA_ARGS__, SS_ALIGN, SS__CALL("ss_stack_restore_keep"))
#define ss_stack_try_restore_keep(stack, mark, ...) \
  ss__keep((stack), (mark), __VA_ARGS__, SS_ALIGN, SS__TRY("ss_stack_try_restore_keep"))
#define ss_restore_keep_aligned(mark, ...) \
  ss__keep(ss_thread_stack(), (mark), __VA_ARGS__, SS__CALL("ss_restore_keep_aligned"))
#define ss_try_restore_keep_aligned(mark, ...) \
  ss__keep(ss_thread_stack(), (mark), __VA_ARGS__, SS__TRY("ss_try_restore_keep_aligned"))
#define ss_stack_restore_keep_aligned(stack, mark, ...) \
  ss__keep((stack), (mark), __VA_ARGS__, SS__CALL("ss_stack_restore_keep_aligned"))
#define ss_stack_try_restore_keep_aligned(stack, mark, ...) \
  ss__keep((stack), (mark), __VA_ARGS__, SS__TRY("ss_stack_try_restore_keep_aligned"))

#endif
