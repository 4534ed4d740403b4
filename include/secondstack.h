// SPDX-License-Identifier: MIT
// secondstack: a second stack for every thread, for values that are short-lived and too large or
// too dynamic for the call stack.
//
//   SS_SCOPE {                                            // everything is released at its brace
//     float *weights = ss_uninit_slice(float, count);     // a slice: its size is known
//     ss_buffer points = ss_buffer_open();                // a buffer: its size is not known yet
//     while (more()) *ss_push(vec3_t, &points) = next();
//     ss_slice s = ss_buffer_close(&points);              // exactly what was written
//     glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr)s.size, s.data, GL_STREAM_DRAW);
//   }
//
// The stack grows while a program warms up. From then on everything in the program that uses the
// stack shares the same memory: a repeated frame calls no allocator and copies nothing.
//
// This file is the reference. It holds what a program uses and nothing else; the code behind it is
// in the folder secondstack/. C11, or C++17 and later; gcc, clang or emcc.
//
// Contents, in this order:
//   Options           SS_DEBUG  SS_PROFILE  SS_VERSION  SS_ABI  SS_ALIGN
//   Types             ss_slice  ss_mark  ss_buffer  ss_stack  ss_config  ss_backing  ss_frames
//                     ss_stats
//   Scopes            SS_SCOPE  SS_GUARD  ss_save  ss_restore
//   Slices            ss_uninit_slice  ss_uninit  ss_zeroed_slice  ss_copy_slice  ss_format
//                     ss_alloc  ss_try_resize_last
//   Buffers           ss_buffer_open  ss_push  ss_push_value  ss_extend  ss_append  ss_fill
//                     ss_insert  ss_append_format  ss_reserve  ss_pop  ss_truncate
//                     ss_swap_remove  ss_buffer_count  ss_buffer_at  ss_buffer_close
//   Collecting        ss_collect
//   Destructors       ss_defer  ss_defer_each
//   Keeping a result  ss_restore_keep  ss_restore_keep_aligned
//   Stacks            ss_thread_stack  ss_stack_new  ss_stack_free  ss_thread_configure
//                     ss_thread_free  ss_prewarm  ss_trim
//   Threads           ss_make_visible  ss_stack_make_visible
//   Frames            ss_frames_new  ss_frames_begin  ss_frames_stack  ss_frames_free
//   Statistics        ss_thread_stats  ss_thread_walk
//   Looking inside    ss_dump  ss_advise  ss_report  ss_report_json  ss_try_trace  ss_trace_json
//   Failure           ss_set_fatal  ss_version
//
// Most calls have four forms. Every ss_x(...) uses the calling thread's own stack, and its twin
// ss_stack_x(stack, ...) uses the stack that is given. Both abort the program through ss_set_fatal
// when memory ends; ss_try_x(...) and ss_stack_try_x(stack, ...) report the failure instead and
// change nothing. A comment describes the first form and stands above all four.
//
// Units are bytes where a name or a type says size or bytes, and elements where it says n or count.
#ifndef SECONDSTACK_H
#define SECONDSTACK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// -------------------------------------------------------------------------------------------------
// Options. Define them before this file is included. Translation units that pass marks or buffers
// to each other must agree on them.

/// 1: every misuse of stacks, scopes, slices and buffers ends the program with one line that names
/// both places as file:line, released memory is overwritten, and AddressSanitizer and Valgrind see
/// it as freed. Compile everything that uses the stack with SS_DEBUG=1 then. Default: 0, at no cost.
/// With SS_VALGRIND=1 in the environment Valgrind's tools know slices and closed buffers as blocks.
/// With -fsanitize=address and without SS_DEBUG, AddressSanitizer still stops most uses of what a
/// scope has released. Everything that uses the stack must be compiled with it then, because code
/// without it reuses memory without telling. The archive need not be compiled differently in either
/// case.
#ifndef SS_DEBUG
#define SS_DEBUG 0
#endif

/// 1: scopes, slices and buffers are counted by their place in the source, for ss_report. Set it in
/// the translation units that you want to profile; the others, and the archive, need not be
/// compiled differently. The counts need memory of their own, from malloc. Default: 0, at no cost.
#ifndef SS_PROFILE
#define SS_PROFILE 0
#endif

/// Version of this header: major * 10000 + minor * 100 + patch. ss_version() returns the archive's
/// version.
#define SS_VERSION 100
#define SS_VERSION_MAJOR (SS_VERSION / 10000)
#define SS_VERSION_MINOR (SS_VERSION / 100 % 100)
#define SS_VERSION_PATCH (SS_VERSION % 100)

/// Version of the binary interface. It is raised when a release changes the layout of ss_stack,
/// ss_buffer or ss_mark, which the inline functions know. It is part of the names of the archive's
/// functions, so that a header and an archive of different ABI fail to link (the symbol
/// `ss__refill_abi1` is undefined) instead of corrupting memory.
#define SS_ABI 1

/// Alignment in bytes of every slice and of every buffer's first byte: enough for v128 and vec4.
#define SS_ALIGN ((size_t)16)

#include "secondstack/config.h"

// -------------------------------------------------------------------------------------------------
// Types

/// A second stack. Its fields are private.
typedef struct ss_stack ss_stack;

/// Contiguous memory, valid until the scope in which it was made ends. `size` is in bytes, so that
/// a slice can be passed on directly, as in glBufferData(target, s.size, s.data, usage) or
/// memcpy(to, s.data, s.size). `data` is NULL only where a try_ function failed.
typedef struct ss_slice {
  void *data;
  size_t size;
} ss_slice;

/// A saved position of a whole stack, made by ss_save. Its fields are private; copy it freely.
typedef struct ss_mark ss_mark;

/// A slice that is still growing, made by ss_buffer_open. Its fields are private. A buffer may be
/// moved by copying: use only the copy afterwards. One thread at a time may use it.
typedef struct ss_buffer ss_buffer;

/// Called for a value when its scope ends. It may use the stack itself.
typedef void ss_destructor(void *arg);

/// Writes the next item of `iterator` to `item` and returns true, or returns false at the end.
/// It may use the stack itself: other allocations do not disturb the items.
typedef bool ss_next_fn(void *iterator, void *item);

/// Receives the one-line message before the program is aborted. It may leave by longjmp: the stack
/// is intact.
typedef void ss_fatal_fn(const char *message);

/// The backing allocator of a stack: where its chunks come from, if not from the platform. All
/// three functions receive `context` first.
typedef struct ss_backing {
  /// Returns a block of `size_bytes`, aligned for any standard type, or NULL.
  void *(*acquire)(void *context, size_t size_bytes);
  /// Changes the size of `block` without moving it; true if it could. May be NULL: never in place.
  bool (*resize)(void *context, void *block, size_t old_bytes, size_t new_bytes);
  /// Takes back a block of `size_bytes`.
  void (*release)(void *context, void *block, size_t size_bytes);
  void *context;
} ss_backing;

/// How a stack grows: for ss_thread_configure, or for ss_stack_new. In each field zero means the
/// default.
typedef struct ss_config {
  /// Size of the first chunk of each lane. Default: 64 KiB.
  size_t initial_bytes;
  /// Limit on the memory that is reserved at any time, in use or idle. A call that would need more
  /// fails as if memory had ended. Default: none.
  size_t max_bytes;
  /// The caller's own memory, used as the first chunk before the backing allocator is asked. It
  /// belongs to the stack until the stack is freed or configured anew. A thread's own
  /// stack is emptied after the thread's function has returned, so a local variable of that
  /// function can serve as this memory only if the function calls ss_thread_free before it returns.
  void *memory;
  /// Size of `memory`.
  size_t memory_bytes;
  /// The backing allocator, which must outlive the stack. Default: the platform's memory.
  const ss_backing *backing;
} ss_config;

/// A ring of stacks, one for each frame that is still in use. Its fields are private.
typedef struct ss_frames ss_frames;

/// What a stack holds now, and what it has cost so far.
typedef struct ss_stats {
  /// Bytes in use. An open buffer contributes the bytes that are written, not its capacity. With
  /// SS_DEBUG each open scope contributes its record.
  size_t used;
  /// Bytes held from the backing allocator or from the caller's memory.
  size_t reserved;
  /// High-water mark of `used` since the start or the last ss_trim, added up over the lanes. It is
  /// never too low, and too high by at most 1/16 or 256 bytes for each lane. An open buffer
  /// contributes its capacity.
  size_t peak;
  /// Chunks held.
  size_t chunks;
  /// Number of times that a chunk was acquired or enlarged in place, ever.
  size_t growths;
  /// Bytes of open buffers moved to a larger chunk, ever.
  size_t bytes_copied;
  /// Calls of acquire, resize and release, ever.
  size_t backing_calls;
} ss_stats;

/// One chunk of a stack, as ss_stack_walk shows it.
typedef struct ss_chunk_info {
  unsigned lane;      ///< its lane, counted from 0
  bool is_active;     ///< slices are made in this lane now
  bool is_open;       ///< an open buffer has this lane
  size_t used_bytes;  ///< in use in this chunk; an open buffer counts as in ss_stats
  size_t room_bytes;  ///< bytes that the chunk can hold
  size_t peak_bytes;  ///< the lane's high-water mark, as ss_stats adds it up
} ss_chunk_info;

/// Looks at one chunk. It must not use the stack that is being walked.
typedef void ss_walk_fn(void *context, const ss_chunk_info *chunk);

/// Receives one line of text, without a newline. It must not use the stack that the text describes.
typedef void ss_line_fn(void *context, const char *line);

#ifdef __cplusplus
extern "C" {
#endif

// -------------------------------------------------------------------------------------------------
// Scopes

/// SS_SCOPE { ... }: a block that ends with a restore, however it is left: at its brace, by return,
/// by goto, by a C++ exception.
/// break and continue leave the block, not a loop around it: the block is itself a loop that runs
/// once. Use SS_GUARD where a surrounding loop is meant. SS_DEBUG takes a break for a mistake and
/// names the scope; a continue cannot be told from the block's end.
/// longjmp skips the ends of the scopes between the jump and its target. Nothing is lost: the end
/// of an outer scope, or the next restore of an outer mark, runs the destructors of the scopes that
/// were skipped and releases their memory.
/// Compilers cannot see that the block always runs: a function whose only `return` is inside
/// SS_SCOPE gets -Wreturn-type, so use SS_GUARD there. Variables behind the macro are named after
/// __LINE__, so at most one scope fits on a line.
/// A coroutine must not be suspended inside the block, because what runs meanwhile uses the same
/// stack and scopes end last in, first out. Give each coroutine an ss_stack_new of its own for what
/// lasts over such points.
/// In C a C++ exception ends the scope only if the C code is compiled with -fexceptions. What
/// Emscripten throws in emscripten_exit_with_live_runtime and emscripten_set_main_loop leaves the
/// scope open, slices and all, until an outer mark is restored or the stack is freed; C++ code
/// with -fwasm-exceptions ends the scope instead.
#define SS_SCOPE SS_STACK_SCOPE(ss_thread_stack())
/// SS_SCOPE on a given stack.
#define SS_STACK_SCOPE(stack) SS__SCOPE_BLOCK(SS__UNIQUE(ss__scope_), SS__UNIQUE(ss__once_), stack)

/// SS_GUARD();: makes the rest of the enclosing block a scope. break and continue there act on the
/// surrounding loop. A goto or a case label that jumps over SS_GUARD into that rest does not
/// compile, because it would restore a mark that was never saved.
#define SS_GUARD() SS_STACK_GUARD(ss_thread_stack())
/// SS_GUARD on a given stack.
#define SS_STACK_GUARD(stack) \
  SS__NO_JUMP_OVER(SS__UNIQUE(ss__jump_over_)) SS__SCOPE_VARIABLE(SS__UNIQUE(ss__guard_), stack)

/// Saves the position of the stack. Marks are restored last first. Restoring an outer mark ends the
/// inner ones, too: to restore one of those afterwards is a mistake, which SS_DEBUG names.
/// Returns: the mark, valid until it or an outer one is restored. Needs no memory.
static inline ss_mark ss_save(void);
/// ss_save on a given stack.
static inline ss_mark ss_stack_save(ss_stack *stack);

/// Goes back to `mark`: runs the destructors registered since (last first), drops the buffers that
/// were opened since and are still open, and releases all slices made since. A buffer belongs to
/// the scope that opened it, also when an inner scope closes it. The memory stays with the stack.
static inline void ss_restore(ss_mark mark);
/// ss_restore on a given stack.
static inline void ss_stack_restore(ss_stack *stack, ss_mark mark);

// -------------------------------------------------------------------------------------------------
// Slices. All are aligned to 16 bytes at least, and to the alignment of T. A slice never moves
// while its scope lives, also when the stack grows. A slice that is made outside any scope lives
// until its stack is freed, or until its thread ends; SS_DEBUG prints a line to standard error when
// there are a thousand of those. n = 0 gives a pointer that is not NULL and must not be
// dereferenced.

/// T *ss_uninit_slice(T, size_t n): n uninitialised elements.
/// Shape:   n contiguous elements, valid until the scope ends.
/// Units:   n in elements.
/// Errors:  aborts through ss_set_fatal when n * sizeof(T) overflows or memory ends;
///          ss_try_uninit_slice returns NULL instead.
#define ss_uninit_slice(T, n) SS__SLICE(T, ss_thread_stack(), n, SS__CALL("ss_uninit_slice"))
#define ss_try_uninit_slice(T, n) SS__SLICE(T, ss_thread_stack(), n, SS__TRY("ss_try_uninit_slice"))
#define ss_stack_uninit_slice(stack, T, n) SS__SLICE(T, stack, n, SS__CALL("ss_stack_uninit_slice"))
#define ss_stack_try_uninit_slice(stack, T, n) \
  SS__SLICE(T, stack, n, SS__TRY("ss_stack_try_uninit_slice"))

/// T *ss_uninit(T): one uninitialised value, however huge: it never passes through the call stack.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_uninit returns NULL instead.
#define ss_uninit(T) SS__SLICE(T, ss_thread_stack(), 1, SS__CALL("ss_uninit"))
#define ss_try_uninit(T) SS__SLICE(T, ss_thread_stack(), 1, SS__TRY("ss_try_uninit"))
#define ss_stack_uninit(stack, T) SS__SLICE(T, stack, 1, SS__CALL("ss_stack_uninit"))
#define ss_stack_try_uninit(stack, T) SS__SLICE(T, stack, 1, SS__TRY("ss_stack_try_uninit"))

/// T *ss_zeroed_slice(T, size_t n): n elements, all bytes zero.
/// Errors:  as ss_uninit_slice; ss_try_zeroed_slice returns NULL instead.
#define ss_zeroed_slice(T, n) SS__ZEROED(T, ss_thread_stack(), n, SS__CALL("ss_zeroed_slice"))
#define ss_try_zeroed_slice(T, n) \
  SS__ZEROED(T, ss_thread_stack(), n, SS__TRY("ss_try_zeroed_slice"))
#define ss_stack_zeroed_slice(stack, T, n) \
  SS__ZEROED(T, stack, n, SS__CALL("ss_stack_zeroed_slice"))
#define ss_stack_try_zeroed_slice(stack, T, n) \
  SS__ZEROED(T, stack, n, SS__TRY("ss_stack_try_zeroed_slice"))

/// T *ss_copy_slice(T, const T *src, size_t n): a copy of n elements. src may be NULL when n is 0.
/// Errors:  as ss_uninit_slice; ss_try_copy_slice returns NULL instead.
#define ss_copy_slice(T, src, n) SS__COPY(T, ss_thread_stack(), src, n, SS__CALL("ss_copy_slice"))
#define ss_try_copy_slice(T, src, n) \
  SS__COPY(T, ss_thread_stack(), src, n, SS__TRY("ss_try_copy_slice"))
#define ss_stack_copy_slice(stack, T, src, n) \
  SS__COPY(T, stack, src, n, SS__CALL("ss_stack_copy_slice"))
#define ss_stack_try_copy_slice(stack, T, src, n) \
  SS__COPY(T, stack, src, n, SS__TRY("ss_stack_try_copy_slice"))

/// char *ss_format(const char *format, ...): the text that printf would write, followed by a NUL.
/// Errors:  aborts through ss_set_fatal when memory ends or the format cannot be written (EILSEQ);
///          ss_try_format returns NULL instead.
#define ss_format(...) SS__FORMAT(ss_thread_stack(), SS__CALL("ss_format"), __VA_ARGS__)
#define ss_try_format(...) SS__FORMAT(ss_thread_stack(), SS__TRY("ss_try_format"), __VA_ARGS__)
#define ss_stack_format(stack, ...) SS__FORMAT(stack, SS__CALL("ss_stack_format"), __VA_ARGS__)
#define ss_stack_try_format(stack, ...) \
  SS__FORMAT(stack, SS__TRY("ss_stack_try_format"), __VA_ARGS__)

/// Returns `size` uninitialised bytes, aligned to `align`.
/// Units:   both in bytes; align is a power of two, and up to 16 means 16.
/// Errors:  aborts through ss_set_fatal when memory or max_bytes ends, or when align is no power of
///          two; ss_try_alloc returns NULL instead.
static inline void *ss_alloc(size_t size, size_t align);
/// ss_alloc that returns NULL and changes nothing where ss_alloc would abort.
static inline void *ss_try_alloc(size_t size, size_t align);
/// ss_alloc on a given stack.
static inline void *ss_stack_alloc(ss_stack *stack, size_t size, size_t align);
/// ss_try_alloc on a given stack.
static inline void *ss_stack_try_alloc(ss_stack *stack, size_t size, size_t align);

/// Makes the newest slice larger or smaller in place; a new_size of 0 releases it. It serves code
/// that was written for realloc and free, and a slice that turns out to need less room than it was
/// given.
/// data:     a slice, a value or a closed buffer's slice that was made in the scope that is
///           innermost now. What it held stays, up to the smaller of both sizes.
/// old_size: its size in bytes; new_size: the size in bytes that it is to have.
/// Returns:  true if the slice has the new size now; false, with nothing changed, if something was
///           made after it, or there is no room behind it. With SS_DEBUG it is false more often,
///           also for a slice of an outer scope, because the end of the inner scope would take
///           back what was added.
static inline bool ss_try_resize_last(void *data, size_t old_size, size_t new_size);
/// ss_try_resize_last on a given stack.
static inline bool ss_stack_try_resize_last(ss_stack *stack, void *data, size_t old_size,
                                            size_t new_size);

// -------------------------------------------------------------------------------------------------
// Buffers: slices that are still growing. Several buffers may grow at once, and slices may be taken
// meanwhile: each open buffer has a lane of its own. Elements lie packed, in the order written,
// from a first byte that is aligned to 16; types that need a larger alignment belong into slices.
// Pointers into an open buffer are valid until it grows again: until the next call that appends to
// it, inserts into it or reserves room. Such a call moves the buffer if its chunk is full and cannot
// be enlarged in place. A closed buffer is a slice, which does not move.

/// Opens a buffer. The buffer belongs to the scope in which it is opened: end it with
/// ss_buffer_close, or let the end of that scope drop it. Dropping releases its memory. SS_DEBUG
/// takes an open buffer at the end of its scope for a mistake, unless longjmp or an exception left
/// the scope.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_buffer_open returns a buffer on
///          which every try_ call fails and whose ss_buffer_close gives a slice with data NULL.
static inline ss_buffer ss_buffer_open(void);
/// ss_buffer_open that reports failure as described there.
static inline ss_buffer ss_try_buffer_open(void);
/// ss_buffer_open on a given stack.
static inline ss_buffer ss_stack_buffer_open(ss_stack *stack);
/// ss_try_buffer_open on a given stack.
static inline ss_buffer ss_stack_try_buffer_open(ss_stack *stack);

/// T *ss_push(T, ss_buffer *buffer): appends room for one uninitialised element.
///   *ss_push(int, &b) = 7;
/// The value that is written must neither come from this buffer nor push to it: which side of the =
/// is evaluated first is the compiler's choice, and the push may move the buffer. Use ss_push_value
/// for such a value.
/// Push elements of one type into a buffer. SS_DEBUG names one of another size, and the place where
/// the first was pushed; ss_extend and ss_append take blocks of any type.
/// Returns: a pointer valid until the buffer grows again. What was written before must leave the
///          end aligned for T, which it does when all elements are of one type.
/// Errors:  aborts through ss_set_fatal when memory ends or the buffer is closed; ss_try_push
///          returns NULL instead.
#define ss_push(T, buffer) SS__EXTEND(T, buffer, 1, SS__ELEMENTS(T, SS__CALL("ss_push")))
#define ss_try_push(T, buffer) SS__EXTEND(T, buffer, 1, SS__ELEMENTS(T, SS__TRY("ss_try_push")))

/// T *ss_push_value(T, ss_buffer *buffer, T value): appends `value`, which is evaluated first. So
/// `value` may be an element of this buffer, or the result of a call that pushes to it.
///   ss_push_value(int, &b, *ss_buffer_at(int, &b, 0));
/// Returns, errors: as ss_push; ss_try_push_value returns NULL instead.
#define ss_push_value(T, buffer, value) SS__PUSH_VALUE(T, buffer, value, SS__CALL("ss_push_value"))
#define ss_try_push_value(T, buffer, value) \
  SS__PUSH_VALUE(T, buffer, value, SS__TRY("ss_try_push_value"))

/// T *ss_extend(T, ss_buffer *buffer, size_t n): appends room for n uninitialised elements, to be
/// filled as a block.
/// Shape:   n contiguous elements; n may be 0.
/// Units:   n in elements; the buffer itself counts bytes.
/// Returns: a pointer to the first element, valid until the buffer grows again.
/// Errors:  as ss_push, and when n * sizeof(T) overflows; ss_try_extend returns NULL instead.
#define ss_extend(T, buffer, n) SS__EXTEND(T, buffer, n, SS__CALL("ss_extend"))
#define ss_try_extend(T, buffer, n) SS__EXTEND(T, buffer, n, SS__TRY("ss_try_extend"))

/// Copies `size_bytes` from `src` to the end. src must not point into this buffer; it may be NULL
/// when size_bytes is 0.
/// Returns: where the copy begins, valid until the buffer grows again.
/// Errors:  as ss_push; ss_try_append returns NULL instead.
static inline void *ss_append(ss_buffer *buffer, const void *src, size_t size_bytes);
/// ss_append that returns NULL where that would abort.
static inline void *ss_try_append(ss_buffer *buffer, const void *src, size_t size_bytes);

/// T *ss_fill(T, ss_buffer *buffer, size_t n, T value): appends n copies of `value`, which is
/// evaluated once, before the buffer grows.
/// Returns, errors: as ss_extend; ss_try_fill returns NULL instead.
#define ss_fill(T, buffer, n, value) SS__FILL(T, buffer, n, value, SS__CALL("ss_fill"))
#define ss_try_fill(T, buffer, n, value) SS__FILL(T, buffer, n, value, SS__TRY("ss_try_fill"))

/// T *ss_insert(T, ss_buffer *buffer, size_t i, size_t n): makes room for n uninitialised elements
/// before element i. The elements from i on move up by n; an i at or beyond the end appends.
/// Returns: a pointer to the first new element, valid until the buffer grows again.
/// Errors:  as ss_extend; ss_try_insert returns NULL instead, with nothing changed.
#define ss_insert(T, buffer, i, n) SS__INSERT(T, buffer, i, n, SS__CALL("ss_insert"))
#define ss_try_insert(T, buffer, i, n) SS__INSERT(T, buffer, i, n, SS__TRY("ss_try_insert"))

/// char *ss_append_format(ss_buffer *buffer, const char *format, ...): appends the text that printf
/// would write. A NUL lies behind it until the buffer grows again, and is not part of the buffer.
/// Returns: where the text begins, valid until the buffer grows again.
/// Errors:  as ss_push, and when the format cannot be written (EILSEQ); ss_try_append_format
///          returns NULL instead.
#define ss_append_format(buffer, ...) \
  SS__APPEND_FORMAT(buffer, SS__CALL("ss_append_format"), __VA_ARGS__)
#define ss_try_append_format(buffer, ...) \
  SS__APPEND_FORMAT(buffer, SS__TRY("ss_try_append_format"), __VA_ARGS__)

/// T *ss_pop(T, ss_buffer *buffer): removes the last element.
/// Returns: a pointer to the removed element, valid until the buffer grows again; NULL if the
///          buffer is empty.
#define ss_pop(T, buffer) ((T *)ss__pop((buffer), sizeof(T), SS__CALL("ss_pop")))

/// void ss_truncate(T, ss_buffer *buffer, size_t n): keeps the first n elements. Does nothing if
/// the buffer has no more than n.
#define ss_truncate(T, buffer, n) ss__truncate((buffer), (n), sizeof(T), SS__CALL("ss_truncate"))

/// bool ss_swap_remove(T, ss_buffer *buffer, size_t i): removes element i and puts the last element
/// in its place. This costs one copy, while removing in order would move all elements that follow.
/// Returns: false, with nothing changed, if there is no element i.
#define ss_swap_remove(T, buffer, i) \
  ss__swap_remove((buffer), (i), sizeof(T), SS__CALL("ss_swap_remove"))

/// Makes room for `size_bytes` more, so that the buffer does not move until they are written. If
/// its chunk has to be enlarged for them, it is enlarged by exactly what is missing where it can be
/// enlarged in place.
/// Errors:  as ss_push; ss_try_reserve returns false instead.
static inline void ss_reserve(ss_buffer *buffer, size_t size_bytes);
/// ss_reserve that returns false where that would abort.
static inline bool ss_try_reserve(ss_buffer *buffer, size_t size_bytes);

/// size_t ss_buffer_count(T, const ss_buffer *buffer): how many elements of type T the buffer
/// holds.
#define ss_buffer_count(T, buffer) \
  (ss__buffer_size((buffer), SS__CALL("ss_buffer_count")) / (sizeof(T) ? sizeof(T) : 1))

/// T *ss_buffer_at(T, const ss_buffer *buffer, size_t i): element i, valid until the buffer grows
/// again. i must be below ss_buffer_count.
#define ss_buffer_at(T, buffer, i) \
  ((T *)ss__buffer_at((buffer), (size_t)(i) * sizeof(T), SS__CALL("ss_buffer_at")))

/// Ends the growth of `buffer` and returns exactly what was written. The unused room goes back to
/// the stack. The slice lives as long as the scope that opened the buffer.
/// Returns: the slice; data is not NULL even if it is empty, except after a failed
///          ss_try_buffer_open.
/// Errors:  using the buffer afterwards aborts through ss_set_fatal.
static inline ss_slice ss_buffer_close(ss_buffer *buffer);

// -------------------------------------------------------------------------------------------------
// Collecting

/// ss_slice ss_collect(T, ss_next_fn *next, void *iterator, size_t size_hint): all items of an
/// iterator.
/// Units:   size_hint in elements: how many are expected at least; 0 if unknown. With an exact hint
///          the stack grows at most once; a hint that is too large costs nothing if there is no
///          memory for it.
/// Returns: the items in order; `size` is in bytes.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_collect returns data NULL instead,
///          with the stack as it was (the iterator has moved on).
#define ss_collect(T, next, iterator, size_hint) \
  SS__COLLECT(T, ss_thread_stack(), next, iterator, size_hint, SS__CALL("ss_collect"))
#define ss_try_collect(T, next, iterator, size_hint) \
  SS__COLLECT(T, ss_thread_stack(), next, iterator, size_hint, SS__TRY("ss_try_collect"))
#define ss_stack_collect(stack, T, next, iterator, size_hint) \
  SS__COLLECT(T, stack, next, iterator, size_hint, SS__CALL("ss_stack_collect"))
#define ss_stack_try_collect(stack, T, next, iterator, size_hint) \
  SS__COLLECT(T, stack, next, iterator, size_hint, SS__TRY("ss_stack_try_collect"))

// -------------------------------------------------------------------------------------------------
// Destructors

/// Calls fn(arg) when the current scope ends. The destructor registered last runs first. Outside
/// any scope it runs when the stack is freed. A destructor that leaves by longjmp does not run
/// again.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_defer returns false instead.
static inline void ss_defer(ss_destructor *fn, void *arg);
/// ss_defer that returns false where that would abort.
static inline bool ss_try_defer(ss_destructor *fn, void *arg);
/// ss_defer on a given stack.
static inline void ss_stack_defer(ss_stack *stack, ss_destructor *fn, void *arg);
/// ss_try_defer on a given stack.
static inline bool ss_stack_try_defer(ss_stack *stack, ss_destructor *fn, void *arg);

/// void ss_defer_each(T, T *data, size_t n, ss_destructor *fn): calls fn on each of the n elements,
/// first to last, when the current scope ends.
/// Errors:  as ss_defer; ss_try_defer_each returns false instead.
#define ss_defer_each(T, data, n, fn) \
  ((void)SS__DEFER_EACH(T, ss_thread_stack(), data, n, fn, "ss_defer_each"))
#define ss_try_defer_each(T, data, n, fn) SS__DEFER_EACH(T, ss_thread_stack(), data, n, fn, NULL)
#define ss_stack_defer_each(stack, T, data, n, fn) \
  ((void)SS__DEFER_EACH(T, stack, data, n, fn, "ss_stack_defer_each"))
#define ss_stack_try_defer_each(stack, T, data, n, fn) SS__DEFER_EACH(T, stack, data, n, fn, NULL)

// -------------------------------------------------------------------------------------------------
// Keeping a result. A function that returns a slice on its caller's stack begins with ss_save,
// works, and ends with `return ss_restore_keep(mark, result);`. What it made beside the result is
// released.

/// Ends the scope of `mark` but keeps `slice`, which was made in it: the bytes move down to where
/// the scope began and belong to the parent scope. Destructors registered since the mark run first,
/// while the bytes are still at the old place.
/// Returns: the slice at its new place, aligned to 16 bytes as every slice is at least. A larger
///          alignment that the type needs is kept by ss_restore_keep_aligned only.
/// Errors:  aborts through ss_set_fatal when the parent has no room and memory ends;
///          ss_try_restore_keep returns data NULL instead and leaves the scope open. When a
///          destructor empties the stack (ss_thread_free), the bytes are gone: the call fails as
///          if memory had ended, but the scope has ended, too.
static inline ss_slice ss_restore_keep(ss_mark mark, ss_slice slice);
/// ss_restore_keep that returns data NULL where that would abort.
static inline ss_slice ss_try_restore_keep(ss_mark mark, ss_slice slice);
/// ss_restore_keep on a given stack.
static inline ss_slice ss_stack_restore_keep(ss_stack *stack, ss_mark mark, ss_slice slice);
/// ss_try_restore_keep on a given stack.
static inline ss_slice ss_stack_try_restore_keep(ss_stack *stack, ss_mark mark, ss_slice slice);

/// ss_restore_keep of a slice with a larger alignment, as made by ss_alloc or for a vector type:
/// the new place is aligned to `align`, too.
/// Units:   align in bytes, a power of two; up to 16 means 16.
/// Errors:  as ss_restore_keep, and when align is no power of two.
static inline ss_slice ss_restore_keep_aligned(ss_mark mark, ss_slice slice, size_t align);
/// ss_restore_keep_aligned that returns data NULL where that would abort.
static inline ss_slice ss_try_restore_keep_aligned(ss_mark mark, ss_slice slice, size_t align);
/// ss_restore_keep_aligned on a given stack.
static inline ss_slice ss_stack_restore_keep_aligned(ss_stack *stack, ss_mark mark, ss_slice slice,
                                                     size_t align);
/// ss_try_restore_keep_aligned on a given stack.
static inline ss_slice ss_stack_try_restore_keep_aligned(ss_stack *stack, ss_mark mark,
                                                         ss_slice slice, size_t align);

// -------------------------------------------------------------------------------------------------
// Stacks

/// Returns the calling thread's own stack, which is never NULL and needs no set-up call. The stack
/// grows on first use. A pthread that ends releases its stack's memory by itself; a Wasm Worker
/// must call ss_thread_free.
static inline ss_stack *ss_thread_stack(void);

/// Makes a stack of its own, beside the threads' stacks. One thread at a time may use it.
/// config:  NULL for the defaults; copied.
/// Returns: the stack, or NULL when memory ends. Its first chunk is acquired when it is first used.
ss_stack *ss_stack_new(const ss_config *config);

/// Runs the destructors that are still pending, gives all memory back and ends `stack`. NULL does
/// nothing. A thread's own stack is emptied instead, as by ss_thread_free.
void ss_stack_free(ss_stack *stack);

/// Sets how the calling thread's stack grows. Call it while nothing is live, best before first use.
/// Errors:  aborts through ss_set_fatal while slices, buffers or destructors are live.
static inline void ss_thread_configure(const ss_config *config);

/// Runs the destructors that are still pending on the calling thread's stack and gives all its
/// memory back. The stack is empty then and can be used again, without ss_config.memory, which
/// belongs to the caller again. pthreads do this by themselves when they end, after their function
/// has returned; a Wasm Worker must make this call last.
static inline void ss_thread_free(void);

/// Reserves memory before its use, so that the first frame need not: `lane_count` lanes get room
/// for `size_bytes` each. One lane serves the slices, and each buffer that is open at the same time
/// takes one more; ss_advise says what a run would have needed.
/// Errors:  aborts through ss_set_fatal when memory or max_bytes ends; ss_try_prewarm returns false
///          instead. Memory that was reserved before the failure stays with the stack.
static inline void ss_prewarm(size_t size_bytes, size_t lane_count);
/// ss_prewarm that returns false where that would abort.
static inline bool ss_try_prewarm(size_t size_bytes, size_t lane_count);
/// ss_prewarm of a given stack.
static inline void ss_stack_prewarm(ss_stack *stack, size_t size_bytes, size_t lane_count);
/// ss_try_prewarm of a given stack.
static inline bool ss_stack_try_prewarm(ss_stack *stack, size_t size_bytes, size_t lane_count);

/// Gives idle memory back until at most `keep_bytes` stay reserved, or until all remaining memory
/// is live. Memory above each lane's peak since the last trim goes first: a frame whose peak fits
/// into keep_bytes will not allocate again. Live slices and open buffers stay where they are.
/// Resets ss_stats.peak to what is in use. A program with rare large frames calls it once per
/// frame. Does nothing in a destructor that ss_restore_keep runs.
/// Units:   keep_bytes in bytes; 0 on an idle stack leaves 0 reserved.
static inline void ss_trim(size_t keep_bytes);
/// ss_trim of a given stack.
void ss_stack_trim(ss_stack *stack, size_t keep_bytes);

// -------------------------------------------------------------------------------------------------
// Threads: handing memory from one thread to another. Another thread may read and write a slice as
// long as the scope of the slice stays open. The program synchronises the two threads, by an atomic
// variable or a lock, and the other thread calls ss_make_visible first. A thread's own stack is for
// that thread only: SS_DEBUG takes it for a mistake when another thread makes or releases something
// on it.

/// Returns `slice`, which another thread made, ready for use in the calling thread. Call it there
/// before the first use: in WebAssembly a thread learns late that another one has grown the shared
/// memory, and a large memcpy or memset beyond the old size traps until then. The call costs two
/// comparisons there, and nothing on other platforms.
static inline ss_slice ss_make_visible(ss_slice slice);

/// Returns `stack`, an owned stack that another thread has used, ready for use in the calling
/// thread: as ss_make_visible, for everything that the stack holds.
ss_stack *ss_stack_make_visible(ss_stack *stack);

// -------------------------------------------------------------------------------------------------
// Frames: data that lives longer than one turn of a loop, because a GPU, a worker or the next frame
// still reads it.

/// Makes a ring of `count` stacks. What is made on the stack of a frame lives until the frame
/// begins that comes `count` frames later: with a count of 1 until the next one.
/// config:  the configuration of each of the stacks, so max_bytes is a limit for one frame. NULL
///          for the defaults. Its memory, if it has any, is used by the first of the stacks.
/// Returns: the frames, or NULL when memory ends or the count is 0. One thread at a time may use
///          them.
ss_frames *ss_frames_new(size_t count, const ss_config *config);

/// Begins the next frame. What was made `count` frames ago is released, and its destructors run;
/// SS_DEBUG fills that memory, and AddressSanitizer reports any later use of it.
/// Returns: the stack of the new frame, for all calls that take a stack. The memory of earlier
///          frames is used again, so a loop that repeats itself makes no allocator call.
ss_stack *ss_frames_begin(ss_frames *frames);

/// Returns the stack of the frame that began `ago` frames before the present one, for access to
/// what is still alive in it. 0 is the present frame. NULL: there was no such frame yet, or `ago`
/// is not below the count.
ss_stack *ss_frames_stack(const ss_frames *frames, size_t ago);

/// Releases everything that is still in the frames, and their stacks. NULL does nothing.
void ss_frames_free(ss_frames *frames);

// -------------------------------------------------------------------------------------------------
// Statistics

/// Returns what the calling thread's stack holds and has cost so far. It walks the chunks, which
/// takes a few nanoseconds for each chunk.
static inline ss_stats ss_thread_stats(void);
/// ss_thread_stats of a given stack.
ss_stats ss_stack_stats(const ss_stack *stack);

/// Shows every chunk of the calling thread's stack to `fn`, lane by lane, the newest chunk of a
/// lane first: for those who draw how memory is used.
static inline void ss_thread_walk(ss_walk_fn *fn, void *context);
/// ss_thread_walk of a given stack.
void ss_stack_walk(const ss_stack *stack, ss_walk_fn *fn, void *context);

// -------------------------------------------------------------------------------------------------
// Looking inside. A program links these only if it calls them.

/// Describes the calling thread's stack to `fn`, line by line: its statistics, its lanes with their
/// chunks and open buffers, and what the ends of the scopes will undo. With SS_DEBUG or SS_PROFILE
/// the text includes each scope, slice and buffer with its place in the source. If `fn` is NULL,
/// the lines go to standard error. The call changes nothing and needs no memory.
static inline void ss_dump(ss_line_fn *fn, void *context);
/// ss_dump of a given stack. A debugger may call it: `call (void)ss_stack_dump(stack, 0, 0)`.
void ss_stack_dump(const ss_stack *stack, ss_line_fn *fn, void *context);

/// Passes to `fn` one line of code, a call of ss_prewarm with which the calling thread's stack
/// would not have grown since the start or since the last ss_trim. Print the line where a program
/// ends, and paste it where the program begins. With SS_DEBUG its size includes what SS_DEBUG
/// needs. If `fn` is NULL, the line goes to standard error.
static inline void ss_advise(ss_line_fn *fn, void *context);
/// ss_advise of a given stack.
void ss_stack_advise(const ss_stack *stack, ss_line_fn *fn, void *context);

/// Reports to `fn`, as a table, which places in the source use the calling thread's stack. There is
/// a line for each place that was compiled with SS_PROFILE=1, in the order of the bytes that were
/// live from that place at the moment when all profiled places together had the most. Then there is
/// a line for each scope, with the bytes that were made directly in it. If `fn` is NULL, the lines
/// go to standard error. Counting begins with the first profiled call on a stack, and the counts
/// are dropped when the stack is freed, configured or emptied.
static inline void ss_report(ss_line_fn *fn, void *context);
/// ss_report of a given stack.
void ss_stack_report(const ss_stack *stack, ss_line_fn *fn, void *context);

/// ss_report for tools: the lines are one JSON object. The object has the figures of ss_stats, and
/// an array `places`, which has for each place: call, file, line, is_scope, calls, bytes, largest,
/// at_peak, growths, growth_ns (the time that its growths have taken), bytes_copied.
static inline void ss_report_json(ss_line_fn *fn, void *context);
/// ss_report_json of a given stack.
void ss_stack_report_json(const ss_stack *stack, ss_line_fn *fn, void *context);

/// Begins to trace the calling thread's stack: the latest `event_count` ends of scopes and growths in
/// code with SS_PROFILE=1, each with its time. These events need about 64 bytes each, on a stack of
/// their own. A trace that was begun before is dropped; an event_count of 0 only drops it.
/// Returns: false if there is no memory, in which case nothing is traced.
static inline bool ss_try_trace(size_t event_count);
/// ss_try_trace of a given stack.
bool ss_stack_try_trace(ss_stack *stack, size_t event_count);

/// Passes the trace to `fn`, as one object in the JSON trace-event format, which ui.perfetto.dev
/// and chrome://tracing open: scopes as slices, with the bytes made in them, growths as instants
/// and what is reserved as a counter. `otherData` says how many older events are left out, and how
/// many microseconds after the beginning of the trace the object was written. If `fn` is NULL, the
/// lines go to standard error. Tracing goes on.
static inline void ss_trace_json(ss_line_fn *fn, void *context);
/// ss_trace_json of a given stack.
void ss_stack_trace_json(const ss_stack *stack, ss_line_fn *fn, void *context);

// -------------------------------------------------------------------------------------------------
// Failure. When memory ends, or a limit is met, a plain call passes a message of one line to the
// function of ss_set_fatal and then aborts the program. A try_ call returns NULL, false, or a slice
// whose data is NULL instead, and leaves the stack as it was.

/// Sets the function that receives the message of a failure before the program is aborted, for the
/// whole program; NULL prints to standard error. Set it before threads start. The function may
/// leave by longjmp, and finds the stack usable.
/// Returns: the function that was set before, or NULL.
ss_fatal_fn *ss_set_fatal(ss_fatal_fn *fn);

/// Returns the archive's SS_VERSION, which may differ from the header's: see SS_ABI.
unsigned ss_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif

#include "secondstack/layout.h"
#include "secondstack/inline.h"
#if SS__HAS_SITES
#include "secondstack/debug.h"
#endif

#endif
