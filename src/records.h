// SPDX-License-Identifier: MIT
// The kinds of records on the undo log other than a buffer's, which internal.h has, and the
// functions that undo each kind. dump.c reads the records that destructor.c and debug.c write, and
// tells them apart by these functions. The functions are weak references, so that
// reading a log links no file that the program does not use otherwise. A function that is not
// linked is NULL, which no event has.
#ifndef SECONDSTACK_RECORDS_H
#define SECONDSTACK_RECORDS_H

#include "internal.h"

// --- destructor.c

typedef struct destructor_record {
  ss__event event;
  ss_destructor *fn;
  char *next;     // element to drop next
  size_t count;   // elements left
  size_t stride;  // bytes from one element to the next
} destructor_record;

typedef enum record_kind { KIND_MARK, KIND_SLICE, KIND_BUFFER, KIND_REGION } record_kind;

// --- debug.c

// The event of a mark, of a slice with its guard bytes, of a buffer, which becomes a slice, or of a region.
typedef struct debug_record {
  ss__event event;
  record_kind kind;
  ss__site made;
  char *data;          // a slice's, a buffer's or a region's
  size_t size;         // a slice's, in bytes
  char *first;         // a buffer's ss_buffer.first; old copies have another one
  char *guard_end;     // guard bytes lie from data + size to here
  const void *thread;  // the thread that saved the mark
  ss__site pushed;     // where a buffer's first element was pushed, if element_size is not 0
  ss__lane *lane;      // a region's
  size_t outside;      // slices below it that belong to no scope; 0: this one belongs to one
  bool is_block;       // Valgrind knows the slice as a block
} debug_record;

// --- heap_tools.c

// A slice was made. `is_written`: its contents are defined and may be read.
void ss__tools_made(debug_record *record, const char *data, size_t size, bool is_written);
// The slice is about to have another size.
void ss__tools_resized(debug_record *record, size_t new_size);
// The slice was released by a call at `end`. `is_kept`: its bytes will still be read, by
// ss_restore_keep.
void ss__tools_released(debug_record *record, ss__site end, bool is_kept);

void ss__undo_defer(ss_stack *stack, ss__event *event, size_t version) SS__OPTIONAL;
// Undoes the event of a region; in region.c.
void ss__undo_region(ss_stack *stack, ss__event *event, size_t version) SS__OPTIONAL;
void ss__undo_pin(ss_stack *stack, ss__event *event, size_t version) SS__OPTIONAL;
void ss__undo_record(ss_stack *stack, ss__event *event, size_t version) SS__OPTIONAL;

// --- tell.c

typedef struct ss__listener {
  ss_line_fn *fn;  // NULL: standard error
  void *context;
} ss__listener;
void ss__tell(const ss__listener *to, const char *format, ...) SS__PRINTF(2, 3);

// --- profile.c

void ss__profile_uncover(ss_stack *stack, const ss__lane *lane) SS__OPTIONAL;
void ss__profile_forget(ss_stack *stack) SS__OPTIONAL;
// A file's name, escaped for JSON; a name that is too long is cut.
const char *ss__quoted(const char *text, char *room, size_t room_bytes);
typedef struct ss__trace ss__trace;
ss__trace *ss__trace_of(const ss_stack *stack);
// Replaces a stack's trace. The one before it is ended. False: no memory.
bool ss__set_trace(ss_stack *stack, ss__trace *trace);

// --- trace.c. Optional: only a program that traces links this file. In any other, no stack has a
// trace.

void ss__trace_end(ss__trace *trace) SS__OPTIONAL;
// A scope has ended. `begin_ns`: 0 if it began before the trace.
void ss__trace_scope(ss__trace *trace, const ss__place *place, unsigned long long begin_ns,
                     size_t bytes) SS__OPTIONAL;
void ss__trace_growth(ss__trace *trace, const ss_stack *stack, const ss__place *place,
                      size_t bytes_copied) SS__OPTIONAL;

#endif
