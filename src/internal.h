// SPDX-License-Identifier: MIT
// Declarations that the .c files share, and an explanation of how a stack's memory is laid out and
// how its history is kept.
//
// A stack has a row of lanes. A lane is a chain of chunks with one top; all but the newest chunk
// are there only because slices still live in them. One lane is active: slices are made there. An
// open buffer has all the room left in its lane, which is therefore not the active one.
//
//   lane 0   [chunk: slices ###|...............]          open buffer, growing ->
//   lane 1   [chunk ####] <- [chunk: slices ##|........]  active: stack->top, stack->limit
//   lane 2   (no chunk yet)
//
//   chunk    | ss__chunk | slices and events, each 16-aligned ... top | room ... limit |
//            ^ block                                                       block + size ^
//
// THE UNDO LOG. `version` counts what a mark cannot undo with its `top` alone: that a chunk was
// added, a buffer was opened, a buffer was closed in place, or a destructor was registered. The
// last three are events: records that lie in the lanes as slices do. They are linked, newest first,
// from `stack->undo_log`, which is the undo log, and each is stamped with the version that it
// began. Restoring to version v undoes the events stamped above v, then moves the top of the lane
// that is active then.
//
//   v0   save M0 | slice | defer (event v2) | save M1 | open buffer, slice (event v4) | restore M1
//        M1 has v2: event v4 is undone, event v2 stays, top = M1's.
//
// Marks are restored last first, so whatever was stamped above v is gone after a restore to v, and
// no valid mark holds a number above v: numbers can be used again. Hence `version` is a depth. It is
// even. It cannot wrap before memory ends, because every step up costs memory that only a restore gives
// back. A trim is the exception: it raises the version without memory, so ss__next_version refuses to
// wrap.
//
// BUFFERS IN LINE. The newest buffer is open in the active lane itself, behind room for its record:
//
//   lane   | older slices | head: the record's room | data ... buffer.top | room ... lane->limit
//                                                    ^ lane->top, stack->top and stack->limit
//
// Whatever else is made while the buffer is open finds no room, so that the library is called, and
// ss__settle turns the buffer into an event. Mostly nothing else is made, and then closing leaves
// no trace but the buffer's end, in the last word of the head. While the buffer is open in line,
// `version` is SS__IN_LINE, so that every restore calls the library, and marks get the odd number
// v + 1, which will be the event's number if the buffer becomes an event.
//   - If the undo log has an event with the mark's number v + 1, the restore goes back to the lane that
//     became active when that event was made.
//   - If it has none, the buffer was closed in line after the mark was saved. The mark's top is then the
//     buffer's data, and the restore goes to the buffer's end, which is stored in the word before the
//     data, and to version v. A buffer that was opened in line later may have become an event with the
//     same number; an event therefore also stores where its buffer was opened, which no two share.
//
// CHUNKS AND VERSIONS. A chunk is stamped with the version at which its first slice could be made.
//   - The newest chunk of the active lane: stamp <= stack->version.
//   - The chunks below it: stamps fall, and each holds something live.
//   - The newest chunk of another lane: stamp <= stack->version, or empty.
// So restoring a lane to v empties the chunks stamped above v. The largest of them, usually the
// newest, stays and is stamped v + 2; the others are released.
#ifndef SECONDSTACK_INTERNAL_H
#define SECONDSTACK_INTERNAL_H

// The library itself is compiled without SS_DEBUG and SS_PROFILE, whatever the program around it defines.
#undef SS_DEBUG
#undef SS_PROFILE
#define SS__INTERNAL
#include "platform.h"
#include "secondstack.h"

struct ss__chunk {
  ss__chunk *below;   // older chunk of the same lane, which still holds something live
  char *top;          // where slices end; the newest chunk's is in the lane, or in the stack
  char *limit;        // end of the room, a multiple of SS_ALIGN
  size_t version;     // its stamp: see above
  size_t size_bytes;  // of the whole block
  bool is_callers;    // ss_config.memory: never released
};

// The head of a buffer that is not, or no longer, open in line.
typedef struct ss__buffer_record {
  ss__event opened;
  ss__event closed;  // on the undo log if closing went back to the buffer's lane
  char *next_top;    // top of the lane that became active
  ss__lane *next_lane;
  char *opened_at;  // its first byte when it became an event: the top of the marks saved before
  char *end;        // end of the closed buffer; of an open one debug.c's record, or NULL
} ss__buffer_record;

// Why an allocation failed: which limit was met, and at how many bytes.
typedef struct ss__limit_met {
  const char *what;
  size_t bytes;
} ss__limit_met;

// Lanes beyond those within ss_stack. A row is allocated when that many buffers are open at once.
struct ss__lane_row {
  ss__lane_row *next;
  ss__lane lanes[SS__ROW_LANES];
};

// Callbacks by which debug.c and profile.c learn what happens to memory.
struct ss__watch {
  void (*unpoison)(void *data, size_t size_bytes);  // before bytes are written or given back
  void (*uncover)(ss_stack *stack,
                  const ss__lane *lane);  // all of an open buffer's room
  void (*forget)(ss_stack *stack);        // the stack is emptied
};

// All versions of Binaryen since 2021 inline a function that is called once into its caller, even
// if it is declared noinline (https://github.com/emscripten-core/emscripten/pull/13744); the caller
// here is somebody's hot loop. Binaryen leaves alone a function whose address is taken.
#define SS__STAY_OUT_OF_LINE(function) __asm__ volatile("" ::"r"(&(function)))

// The value of a thread's stack before it is used: the first slice finds no room.
#define SS__THREAD_STACK_INIT(end_of_thread)                                                  \
  {                                                                                           \
    .top = SS__NOWHERE, .limit = SS__NOWHERE, .is_thread_stack = true, .end = (end_of_thread) \
  }

static inline char *ss__align_up(char *address)
{
  return address + ((size_t)(0 - (uintptr_t)address) & (SS_ALIGN - 1));
}

static inline char *ss__align_down(char *address)
{
  return address - ((uintptr_t)address & (SS_ALIGN - 1));
}

static inline char *ss__chunk_start(const ss__chunk *chunk)
{
  return ss__align_up((char *)(uintptr_t)(chunk + 1));
}

_Noreturn void ss__fatal(const char *message);

// An assertion of what the surrounding code relies on. It is checked in the builds with sanitizers,
// the model's and the fuzzer's (SECONDSTACK_ASSERTIONS in CMakeLists.txt), and compiles to nothing
// in a release.
#ifndef SS__ASSERTIONS
#define SS__ASSERTIONS 0
#endif
#define SS__ASSERT_TEXT(condition) \
  "secondstack: " __FILE__ ": a fault of the library, this does not hold: " #condition
#if SS__ASSERTIONS
#define SS__ASSERT(condition) ((condition) ? (void)0 : ss__fatal(SS__ASSERT_TEXT(condition)))
#else
#define SS__ASSERT(condition) ((void)0)
#endif

static inline bool ss__is_in_line(const ss_stack *stack)
{
  return stack->version == SS__IN_LINE;
}

static inline void ss__set_version(ss_stack *stack, size_t version)
{
  stack->version = stack->mark_version = version;
}

static inline ss__lane *ss__active_lane(const ss_stack *stack)
{
  // A thread's stack cannot hold its own address before it runs.
  return stack->active ? stack->active : (ss__lane *)(uintptr_t)stack->lanes;
}

// Parking copies the hot words of the stack (top and limit) into the active lane. Until
// ss__activate, the lane's words are valid and the stack's are not. No buffer may be open in line.
static inline ss__lane *ss__park(ss_stack *stack)
{
  ss__lane *lane = ss__active_lane(stack);
  lane->top = stack->top;
  lane->limit = stack->limit;
  return lane;
}

static inline void ss__activate(ss_stack *stack, ss__lane *lane)
{
  stack->active = lane;
  stack->top = lane->chunk ? lane->top : SS__NOWHERE;
  stack->limit = lane->chunk ? lane->limit : SS__NOWHERE;
}

// The version after this one. Aborts instead of wrapping around.
static inline size_t ss__next_version(const ss_stack *stack)
{
  if (SS__UNLIKELY(stack->version >= SS__IN_LINE - 3))
    ss__fatal("secondstack: too many trims in one scope");
  return stack->version + 2;
}

static inline void ss__push_event(ss_stack *stack, ss__event *event, ss__undo_fn *undo)
{
  ss__set_version(stack, ss__next_version(stack));
  event->older = stack->undo_log;
  event->version = stack->version;
  event->undo = undo;
  event->lane_before = ss__active_lane(stack);
  stack->undo_log = event;
}

// --- lanes.c: the row of lanes

// The lanes in order; NULL behind the last one.
ss__lane *ss__lane_at(const ss_stack *stack, unsigned index);
// The first lane that is neither active nor open. A lane is made if there is none; NULL: no memory.
ss__lane *ss__free_lane(ss_stack *stack, ss__limit_met *limit);
// Adds a row of lanes and returns its first one; NULL: no memory.
ss__lane *ss__add_lanes(ss_stack *stack, ss__limit_met *limit);
void ss__release_rows(ss_stack *stack);
// Takes back what a parked lane handed out after `version` began, down to `top` if its chunk still
// exists. False: the lane keeps a chunk that was added later, so the tops of marks of that version
// do not lie in it.
bool ss__lower(ss_stack *stack, ss__lane *lane, char *top, size_t version);
// Moves a lane's limit up to a step above `top`.
void ss__raise_limit(ss__lane *lane, char *top);
// Bytes from the lane's bottom to `top` in its newest chunk.
size_t ss__depth(const ss__lane *lane, const char *top);

// Sets the top of a parked lane, and raises its limit if needed.
static inline void ss__raise(ss__lane *lane, char *top)
{
  lane->top = top;
  // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a lane with a top has a chunk
  if (SS__UNLIKELY(top > lane->limit || lane->limit > lane->chunk->limit))
    ss__raise_limit(lane, top);
}

// --- chunk.c: chunks, and the only calls of the backing

// Gives a parked lane room for `size_bytes` behind the `used_bytes` that begin at `start`. If that
// takes a new chunk, the used bytes are copied there and the chunk is stamped with `version`.
// `is_exact`: growing in place adds no more than asked for.
// Returns: the new address of `start`, or NULL with nothing changed and *limit set.
char *ss__grow_lane(ss_stack *stack, ss__lane *lane, char *start, size_t used_bytes,
                    size_t size_bytes, bool is_exact, size_t version, ss__limit_met *limit);
// The size of the next chunk of a lane, unless the request needs more. `newest`: the lane's newest
// chunk, or NULL.
size_t ss__wanted_bytes(const ss_stack *stack, const ss__chunk *newest);
// A chunk beside the lanes with room for `size_bytes`, or NULL with *limit set.
// `may_be_callers`: the chunk may be made in ss_config.memory.
ss__chunk *ss__new_chunk(ss_stack *stack, size_t size_bytes, size_t wanted_bytes,
                         bool may_be_callers, ss__limit_met *limit);
bool ss__resize_chunk(ss_stack *stack, ss__chunk *chunk, size_t size_bytes);
// Makes a chunk larger in place, because `extra_bytes` are missing at its end.
bool ss__grow_in_place(ss_stack *stack, ss__chunk *chunk, size_t extra_bytes, bool is_generous);
void ss__release_chunk(ss_stack *stack, ss__chunk *chunk);
void *ss__acquire(ss_stack *stack, size_t size_bytes, ss__limit_met *limit);
void ss__release(ss_stack *stack, void *block, size_t size_bytes);

// --- in_line.c. Optional: a program that opens no buffer does not link this file. Then no buffer
// is open in line and no mark has an odd version, so these functions are not called.

// The buffer that is open in line becomes an event. False: no memory, *limit is set.
bool ss__settle(ss_stack *stack, ss__limit_met *limit) SS__OPTIONAL;
// Drops the buffer that is open in line.
void ss__drop_in_line(ss_stack *stack) SS__OPTIONAL;
// Finds the top and the version to which a mark with an odd version is restored, once everything
// stamped above it has been undone. `log` is what is left of the undo log, and `active` the lane
// that is active then. If the first event is of a later buffer, the new version is below that
// event's. The top is NULL if the stack was emptied since.
void ss__resolve(const ss__event *log, const ss__lane *active, char **top,
                 size_t *version) SS__OPTIONAL;
// The events of opening a buffer, and of closing one that went back to its lane.
ss__undo_fn ss__undo_open, ss__undo_close;

// The record of the open buffer in a lane.
static inline ss__buffer_record *ss__record_of(const ss__lane *lane)
{
  return (ss__buffer_record *)(void *)(lane->top - SS__BUFFER_HEAD);
}

// --- undo.c: the undo log

// Undoes what is newer than `version` and lowers the lane that was active at that version to `top`.
void ss__undo_to(ss_stack *stack, char *top, size_t version);
// Undoes what is above `event` on the log, on the way to `version`. False: the event is no longer
// on the log, because a destructor has emptied the stack.
bool ss__undo_above(ss_stack *stack, const ss__event *event, size_t version);

// --- alloc.c

// A slice for the library itself.
void *ss__claim(ss_stack *stack, size_t size, const char *call);

// --- format.c

// Prints into memory from `alloc`. Returns NULL if `alloc` does.
typedef char *ss__text_alloc(ss_stack *stack, size_t size, void *context);
char *ss__format_into(ss_stack *stack, ss__text_alloc *alloc, void *context, const char *call,
                      const char *format, va_list arguments) SS__PRINTF(5, 0);

// --- stack.c

// Runs all pending destructors and releases all memory.
void ss__empty(ss_stack *stack);

// --- fail.c

// Reports `secondstack: ss_alloc: 12 bytes asked for: max_bytes is 8` and aborts. Returns NULL at
// once when call is NULL.
void *ss__fail(const char *call, size_t amount, const char *unit, const char *what, size_t limit);
// Reports an alignment that is no power of two.
static inline void *ss__fail_align(size_t align, const char *call)
{
  return ss__fail(call, align, "bytes of alignment", "a power of two is needed, up to",
                  PTRDIFF_MAX);
}

#endif
