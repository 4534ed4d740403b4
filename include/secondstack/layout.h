// SPDX-License-Identifier: MIT
// Part of secondstack.h, behind the reference: the structures that the inline functions and the
// archive share, and what the inline functions call.
#ifndef SECONDSTACK_LAYOUT_H
#define SECONDSTACK_LAYOUT_H

#ifdef __cplusplus
extern "C" {
#endif

// -------------------------------------------------------------------------------------------------
// Structures. A release that changes ss_stack, ss_mark or ss_buffer raises SS_ABI.

typedef struct ss__chunk ss__chunk;
typedef struct ss__event ss__event;
typedef struct ss__lane_row ss__lane_row;
typedef struct ss__profile ss__profile;
typedef struct ss__watch ss__watch;

struct ss_mark {
  char *top;
  size_t version;
};

struct ss_buffer {
  char *top;
  struct ss__lane *lane;  // has the address of the first byte, and the limit
  ss_stack *stack;
  char *first;  // its first byte, kept up to date with SS_DEBUG only, to detect old copies
};

// The place of a public call in a program. With SS_DEBUG or SS_PROFILE it is passed as an argument.
typedef struct ss__site {
  const char *name;  // of the public call
  const char *file;
  int line;
  bool is_try;          // the call reports failure instead of aborting
  size_t element_size;  // in bytes; 0: elements may have any size
} ss__site;

// A chain of chunks with one top. The words of the active lane live in ss_stack.
typedef struct ss__lane {
  ss__chunk *chunk;  // the newest and largest; NULL: none yet
  char *top;         // with an open buffer: its first byte. Not up to date in the active lane
  char *limit;       // end of the usable room, in the active lane as well
  size_t peak;       // high-water mark in bytes
  bool is_open;      // an open buffer has all the room left, and a record in the undo log
  bool is_region;    // is_open for a region, not a buffer: top is where its next slice goes
} ss__lane;

// A record of the undo log. `undo` takes it off the log and undoes one step on the way to `version`.
typedef void ss__undo_fn(struct ss_stack *stack, ss__event *event, size_t version);
struct ss__event {
  ss__event *older;
  size_t version;  // the version that began with the event
  ss__undo_fn *undo;
  ss__lane *lane_before;  // was active before the event, and is again when it is undone
};

// While ss_restore_keep restores a scope, the bytes that it keeps are pinned: their chunk is not
// released, and their lane is not lowered into them. The pin is in the undo log, below everything
// that is still to be undone.
typedef struct ss__pin {
  ss__event event;
  bool is_active;
  bool is_released;  // the chunk was released while it was pinned: it is freed when the pin ends
  size_t version;    // the version that is being restored
  ss__chunk *chunk;  // the bytes' chunk; NULL: they are not on this stack, or nothing is pinned
  ss__lane *lane;
  char *end;
  char *lane_top;     // where the end of the pin lowers the lane to; NULL: it stays
  ss__chunk *spares;  // room for the bytes where the parent has none, linked by `below`
} ss__pin;

#define SS__INLINE_LANES 4
#define SS__ROW_LANES 8

struct ss_stack {
  // The hot words: the active lane's room, and a number that changes whenever a saved `top` alone
  // no longer suffices to restore the stack. Marks get it from `mark_version`, and are compared
  // with `version`; the two differ while a buffer is open in line (see src/internal.h) and while
  // SS_PROFILE watches the stack (see src/profile.c). These four
  // come first: web/scopes.mjs does in JavaScript what inline.h does with them.
  char *top;
  char *limit;
  size_t version;
  size_t mark_version;
  // The words from here on are cold: the fast path does not use them.
  ss__event *undo_log;
  ss__lane *active;  // NULL: the first lane; see ss__active_lane in src/internal.h
  bool is_thread_stack;
  bool is_memory_taken;  // config.memory is a chunk now
  ss_destructor *end;    // of a thread's stack: called with the stack when the thread ends
  // For debug.c: the latest call, and the own stack of the thread that made it.
  const ss__watch *watch;
  void *notes;
  ss__site site;
  ss_stack *user;
  ss__lane lanes[SS__INLINE_LANES];
  ss__lane_row *more_lanes;
  ss_config config;
  size_t reserved;
  size_t growths;
  size_t bytes_copied;
  size_t backing_calls;
  ss__pin pin;
  ss__profile *profile;  // once a call with SS_PROFILE was made
};

// `top` and `limit` of a stack without chunks: no room, not NULL, aligned, never dereferenced.
#define SS__NOWHERE ((char *)16)

// `version` while a buffer is open in line: no mark has it.
#define SS__IN_LINE SIZE_MAX

// Bytes that are reserved below a buffer's data for its undo record. If the buffer is closed before
// a record was needed, only the last word is used: it stores where the buffer ends.
#define SS__BUFFER_HEAD (12 * sizeof(void *))

// -------------------------------------------------------------------------------------------------
// The archive. `call` is the name of the public call, for the message of a failure; NULL: the
// function returns NULL or false instead of aborting.

extern SS__THREAD_LOCAL ss_stack ss__thread;
ss_stack *ss__dynamic_thread(void);
extern ss__lane ss__unopened_lane, ss__closed_lane;  // lanes without room, for closed buffers

void ss__configure(ss_stack *stack, const ss_config *config);
void ss__thread_free(ss_stack *stack);
bool ss__prewarm(ss_stack *stack, size_t size_bytes, size_t lane_count, const char *call);
SS__COLD void *ss__refill(ss_stack *stack, size_t size, size_t align, const char *call);
SS__COLD void *ss__fail_count(unsigned long long n, size_t element_size, const char *call);
SS__COLD void ss__restore(ss_stack *stack, char *top, size_t version);
ss_slice ss__restore_keep(ss_stack *stack, char *top, size_t version, void *data, size_t size,
                          size_t align, const char *call);
SS__COLD bool ss__buffer_prepare(ss_stack *stack, const char *call);
SS__COLD char *ss__buffer_grow(ss_stack *stack, ss__lane *lane, char *top, size_t size,
                               bool is_exact, const char *call);
SS__COLD void *ss__buffer_close(ss_stack *stack, ss__lane *lane, char *top);
bool ss__defer(ss_stack *stack, void *first, size_t n, size_t stride, ss_destructor *fn,
               const char *call);
bool ss__resize_last(ss_stack *stack, void *data, size_t old_size, size_t new_size);
char *ss__append_format(ss_buffer *buffer, const char *call, const char *format, ...)
    SS__PRINTF(3, 4);
char *ss__format(ss_stack *stack, const char *call, const char *format, ...) SS__PRINTF(3, 4);

#if SS__HAS_PTHREADS
void ss__at_thread_exit(ss_destructor *end, void *argument);
SS__USED static void (*const ss__brings_thread_exit)(ss_destructor *, void *) = ss__at_thread_exit;
#endif

// With SS_DEBUG=1, src/debug.c. `user` is the calling thread's own stack, which identifies the
// thread.
void *ss__debug_alloc(ss_stack *user, ss_stack *stack, size_t size, size_t align, ss__site site);
bool ss__debug_resize_last(ss_stack *user, ss_stack *stack, void *data, size_t old_size,
                           size_t new_size, ss__site site);
char *ss__debug_append_format(ss_stack *user, ss_buffer *buffer, ss__site site, const char *format,
                              ...) SS__PRINTF(4, 5);
char *ss__debug_format(ss_stack *user, ss_stack *stack, ss__site site, const char *format, ...)
    SS__PRINTF(4, 5);
void ss__debug_break(ss__site site);
// Called when a container gives memory back.
void ss__debug_give_back(ss_stack *stack, const void *data, size_t size, ss__site site);
ss_mark ss__debug_save(ss_stack *user, ss_stack *stack, ss__site site);
void ss__debug_restore(ss_stack *user, ss_stack *stack, ss_mark mark, ss__site site,
                       bool is_unwinding);
ss_slice ss__debug_restore_keep(ss_stack *user, ss_stack *stack, ss_mark mark, ss_slice slice,
                                size_t align, ss__site site);
ss_buffer ss__debug_buffer_open(ss_stack *user, ss_stack *stack, ss__site site);
ss_buffer ss__debug_buffer_extend(ss_stack *user, ss_buffer buffer, size_t size, size_t align,
                                  ss__site site);
ss_buffer ss__debug_buffer_reserve(ss_stack *user, ss_buffer buffer, size_t size, ss__site site);
ss_slice ss__debug_buffer_close(ss_stack *user, ss_buffer buffer, ss__site site);
// With AddressSanitizer and without SS_DEBUG: restores, and tells AddressSanitizer which memory is
// released.
void ss__asan_restore(ss_stack *stack, char *top, size_t version);
void ss__debug_buffer_check(ss_stack *user, const ss_buffer *buffer, ss__site site);

// -------------------------------------------------------------------------------------------------
// With SS_PROFILE=1, src/profile.c, which explains how the structures are used.

typedef enum ss__place_kind { SS__PLACE_SCOPE, SS__PLACE_SLICE, SS__PLACE_BUFFER } ss__place_kind;

// In the next three structures the words that the inline functions write do not lie side by side.
// Otherwise gcc joins two stores into one of a vector, which takes more instructions.

// A place in the source, and what was made there.
typedef struct ss__place {
  ss__site site;
  size_t calls;
  size_t growths;
  unsigned long long bytes;
  unsigned long long growth_ns;
  size_t largest;
  ss__place_kind kind;
  size_t bytes_copied;
  size_t live;  // set only while a failure is told
  size_t live_at_peak;
} ss__place;

// A scope, a slice or a buffer that is live. Its size must be a multiple of 8, so that its offset has
// bits for the flags below; without the attribute it would be 52 bytes on i386.
typedef struct ss__entry {
  ss__place *place;
  const ss__lane *lane;  // of an open buffer; NULL: it is closed
  char *at;  // the top when the scope began or the buffer was opened; the slice's address
  size_t older_open;
  size_t size;               // of a slice or buffer; of a scope: ss__profile.live when it began
  ss__place *place_at_peak;  // this and the next two: the snapshot's entry in this slot
  size_t version;            // ss_stack.mark_version then; SS__IN_SNAPSHOT may be added
  ss__place *scope_at_peak;
  size_t parent;  // of a scope: ss__profile.scope before it; SS__HAS_MORE may be added
  size_t size_at_peak;
  size_t made_before;  // SS__HAS_MORE: bytes that were made in the scope and are gone
  // SS__HAS_MORE: when the scope began; 0: it is not traced
  __attribute__((aligned(8))) unsigned long long begin_ns;
} ss__entry;

// Entries are named by offsets into the array, which moves when it grows. An offset is odd, so that
// it differs from any address of a mark. The bits above the lowest one are free for flags.
#define SS__NO_ENTRY ((size_t)0)
#define SS__FIRST_ENTRY ((size_t)1)
#define SS__IS_SLOW ((size_t)2)   // of ss__profile.scope: the scope's end is for the library
#define SS__HAS_MORE ((size_t)4)  // of an entry's `parent`
#define SS__IN_SNAPSHOT ((size_t)1)
#define SS__CACHED_PLACES 1024

// Added to ss_stack.mark_version, though not to `version`. So the restore of a mark that was saved
// meanwhile calls the library, also in code that is not profiled.
#define SS__WATCHED (~(SIZE_MAX >> 1))

struct ss__profile {
  size_t end;     // offset behind the newest entry
  char *entries;  // the array
  size_t scope;   // the innermost; SS__IS_SLOW may be added
  size_t room;    // offset behind the last one that inline functions may write
  size_t live;    // bytes
  void (*restore)(ss_stack *stack, char *top, size_t version);  // what ss__restore does
  size_t peak;
  // Reads a mark of a profiled stack. True: it was saved while the stack was watched. Its version is
  // then replaced by the one that is restored, and its top by an address.
  bool (*read)(const ss_stack *stack, ss_mark *mark);
  void (*restored)(ss_stack *stack, const ss_mark *mark);  // drops the entries made since the mark
  ss__place *cache[SS__CACHED_PLACES];
};

// `before`: the stack's figures before the call.
typedef struct ss__growth {
  size_t growths, bytes_copied;
  unsigned long long begin_ns;  // 0: there was room, so the clock was not read
} ss__growth;
SS__COLD unsigned long long ss__profile_now(void);
// These two take the call site apart, because compilers would write it to memory before they know
// whether it is needed.
SS__COLD ss_mark ss__profile_scope(ss_stack *stack, const char *name, const char *file, int line);
SS__COLD void ss__profile_first(ss_stack *stack, void *data, size_t size, const char *name,
                                const char *file, int line);
void ss__profile_slice(ss_stack *stack, ss__site site, void *data, size_t size, ss__growth before);
SS__COLD void ss__profile_peak(ss__profile *all);
void ss__profile_resized(ss_stack *stack, const void *data, size_t size);
void ss__profile_open(ss_stack *stack, ss__site site);
void ss__profile_opened(ss_stack *stack, ss__lane *lane, ss__growth before);
void ss__profile_grown(ss_stack *stack, const ss__lane *lane, ss__growth before);
void ss__profile_closed(ss_stack *stack, const ss__lane *lane, size_t size);
SS__COLD void ss__profile_fail(ss_stack *stack, ss__site site, size_t size, size_t used);

// Whether a mark that is saved now calls the library when it is restored. Only then may an entry be
// made here.
SS__INLINE bool ss__is_watching(const ss_stack *stack)
{
  return (stack->mark_version & SS__WATCHED) != 0;
}

// Where in the cache a place is. Addresses of names differ by more than a pointer's size.
SS__INLINE size_t ss__cache_index(const char *name, int line)
{
  const uintptr_t address = (uintptr_t)name + (size_t)line * sizeof(ss__place *);
  return address / sizeof(ss__place *) % SS__CACHED_PLACES;
}

SS__INLINE ss__entry *ss__entry_at(const ss__profile *all, size_t offset)
{
  return (ss__entry *)(void *)(all->entries + (offset - SS__FIRST_ENTRY));
}

#if SS__ASAN
void __asan_unpoison_memory_region(void const volatile *address, size_t size);
#define SS__UNPOISON(address, size) __asan_unpoison_memory_region((address), (size))
#else
#define SS__UNPOISON(address, size) ((void)0)
#endif

#ifdef __cplusplus
}  // extern "C"
#endif

#endif
