// secondstack: a second stack for every thread, for values that are short-lived and too large or
// too dynamic for the call stack.
//
//   SS_SCOPE {                                            // all released at its brace
//     float *weights = ss_uninit_slice(float, count);     // a slice: its size is known
//     ss_buffer points = ss_buffer_open();                // a buffer: its size is not
//     while (more()) *ss_push(vec3_t, &points) = next();
//     ss_slice s = ss_buffer_close(&points);              // exactly what was written
//     glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr)s.size, s.data, GL_STREAM_DRAW);
//   }
//
// The stack grows while a program warms up. From then on everything in the program that uses it
// shares the same memory: a repeated frame calls no allocator and copies nothing.
//
// Every ss_x(...) works on the calling thread's own stack. Its twin ss_stack_x(stack, ...) works on
// a given stack. ss_try_x and ss_stack_try_x report failure instead of aborting. Units are bytes
// where a name or a type says size or bytes, and elements where it says n or count. C11, C++17 or
// later; gcc, clang or emcc.
//
// Order: options, compiler attributes, types, stacks, scopes, slices, buffers, collecting,
// destructors, keeping a result, failure, then what is behind them.
#ifndef SECONDSTACK_H
#define SECONDSTACK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// -------------------------------------------------------------------------------------------------
// Options. Define before including; every translation unit that passes marks or buffers to another
// should agree on them.

// Checks every misuse of stacks, scopes, slices and buffers, and names both places as file:line.
// Released memory is filled, and poisoned under AddressSanitizer and Valgrind. Compile all that uses the
// stack with it then, or under AddressSanitizer at least with -fsanitize=address, too: other code does not
// know that memory is used again. The library may be as it is. Default: off, at no cost.
#ifndef SS_DEBUG
#define SS_DEBUG 0
#endif

/// Version of this header: major * 10000 + minor * 100 + patch. ss_version() is the archive's.
#define SS_VERSION 100
#define SS_VERSION_MAJOR (SS_VERSION / 10000)
#define SS_VERSION_MINOR (SS_VERSION / 100 % 100)
#define SS_VERSION_PATCH (SS_VERSION % 100)

/// Which compiled code fits which archive. The fast path is compiled into its caller, so both know the
/// layouts of ss_stack, ss_buffer and ss_mark, and this number changes with them. It is part of symbols'
/// names: code and archive that do not fit do not link, for want of `ss__refill_abi1` or the like.
#define SS_ABI 1

/// Alignment in bytes of every slice and of every buffer's first byte: enough for v128 and vec4.
#define SS_ALIGN ((size_t)16)

// -------------------------------------------------------------------------------------------------
// Compiler attributes: the one place that knows which compiler this is.

#define SS__LIKELY(condition) __builtin_expect(!!(condition), 1)
#define SS__UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define SS__COLD __attribute__((cold, noinline))
#define SS__INLINE static inline __attribute__((always_inline, unused))
#define SS__CLEANUP(function) __attribute__((cleanup(function)))
#define SS__UNUSED __attribute__((unused))
#define SS__USED __attribute__((used))
#define SS__PRINTF(text, first) __attribute__((format(printf, text, first)))

// Emscripten's archive is compiled for threads and serves programs with and without them. In a
// program without, the stack is an ordinary variable with a name of its own: newer linkers give a
// thread-local one two addresses there.
#define SS__JOIN_(a, b) a##b
#define SS__JOIN(a, b) SS__JOIN_(a, b)
#define SS__OF_ABI(name) SS__JOIN(SS__JOIN(name, _abi), SS_ABI)
#if defined(__wasm__) && !defined(__wasm_atomics__)
#define SS__THREAD_LOCAL
#define ss__thread SS__OF_ABI(ss__only_thread)
#else
// Local: in a program with Wasm Workers the linker of 3.1.69 gives code that looks the address up
// elsewhere address 0 on the main thread.
#ifdef __wasm__
#define SS__THREAD_LOCAL __thread __attribute__((tls_model("local-exec")))
#else
#define SS__THREAD_LOCAL __thread
#endif
#define ss__thread SS__OF_ABI(ss__thread)
#endif
#define ss__dynamic_thread SS__OF_ABI(ss__dynamic_thread)
#define ss__refill SS__OF_ABI(ss__refill)
#define ss__restore SS__OF_ABI(ss__restore)
#define ss__buffer_prepare SS__OF_ABI(ss__buffer_prepare)
#define ss__buffer_grow SS__OF_ABI(ss__buffer_grow)
#define ss__buffer_close SS__OF_ABI(ss__buffer_close)

// Where pthreads are, a translation unit that includes this brings along the hook that empties a
// thread's stack when the thread ends. Elsewhere it must not: Wasm Workers have no pthread keys to
// link.
#if defined(SS__INTERNAL)
#define SS__HAS_PTHREADS 0
#elif !defined(__wasm__) || defined(__EMSCRIPTEN_PTHREADS__)
#define SS__HAS_PTHREADS 1
#else
#define SS__HAS_PTHREADS 0
#endif

// Other threads see late that a shared memory has grown. Until then V8 traps in a copy or fill of many
// bytes there, "memory access out of bounds", and memory.size is too low; growing by nothing looks anew.
#ifdef __wasm_atomics__
#define SS__SEE_GROWTH(last_byte)                               \
  ((uintptr_t)(last_byte) >> 16 < __builtin_wasm_memory_size(0) \
       ? (void)0                                                \
       : (void)__builtin_wasm_memory_grow(0, 0))
#else
#define SS__SEE_GROWTH(last_byte) ((void)(last_byte))
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SS__ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SS__ASAN 1
#endif
#endif
#ifndef SS__ASAN
#define SS__ASAN 0
#endif

#ifdef __cplusplus
#if SS_DEBUG
#include <exception>
#define SS__IS_UNWINDING (std::uncaught_exceptions() > 0)
#endif
#define SS__ALIGNOF(T) alignof(T)
extern "C" {
#else
#define SS__IS_UNWINDING false
#define SS__ALIGNOF(T) _Alignof(T)
#endif

// -------------------------------------------------------------------------------------------------
// Types

/// A second stack. Complete so that the fast path can be inlined; its fields are private.
typedef struct ss_stack ss_stack;

/// Contiguous memory, valid until the scope that it was made in ends. `size` is in bytes, so that
/// glBufferData(target, s.size, s.data, usage) and memcpy(to, s.data, s.size) read as they should.
/// `data` is NULL only where a try_ function failed.
typedef struct ss_slice {
  void *data;
  size_t size;
} ss_slice;

/// A saved position of a whole stack, made by ss_save. Private fields; copy it freely.
typedef struct ss_mark {
  char *top;
  size_t version;
} ss_mark;

/// A slice that is still growing, made by ss_buffer_open. Private fields. Move it by copying, then
/// use only the copy; do not share one between threads.
typedef struct ss_buffer {
  char *top;
  struct ss__lane *lane;  // knows the first byte and the limit
  ss_stack *stack;
  char *first;  // its first byte, kept up with SS_DEBUG: tells old copies apart
} ss_buffer;

/// Called for a value when its scope ends. It may use the stack itself.
typedef void ss_destructor(void *arg);

/// Writes the next item of `iterator` to `item` and returns true, or returns false at the end.
/// It may use the stack itself: other allocations do not disturb the items.
typedef bool ss_next_fn(void *iterator, void *item);

/// Told the one-line message before the program is aborted. It may longjmp away: the stack is
/// intact.
typedef void ss_fatal_fn(const char *message);

/// Where chunks come from, if not from the platform. All three are called with `context` first.
typedef struct ss_backing {
  /// Returns a block of `size_bytes`, aligned for any standard type, or NULL.
  void *(*acquire)(void *context, size_t size_bytes);
  /// Changes the size of `block` without moving it; true if it could. May be NULL: never in place.
  bool (*resize)(void *context, void *block, size_t old_bytes, size_t new_bytes);
  /// Takes back a block of `size_bytes`.
  void (*release)(void *context, void *block, size_t size_bytes);
  void *context;
} ss_backing;

/// How a stack grows. Zero means default, for each field.
typedef struct ss_config {
  size_t initial_bytes;  ///< size of a lane's first chunk; default 64 KiB
  size_t max_bytes;      ///< limit on the memory reserved at any time, idle or not; default none
  void *memory;  ///< caller's own first chunk, before the backing is asked. The stack's until it
                 ///< is freed, detached or configured anew. A thread's own stack is emptied when
                 ///< its function has returned: memory in a local variable of that needs
                 ///< ss_thread_detach before
  size_t memory_bytes;        ///< size of `memory`
  const ss_backing *backing;  ///< must outlive the stack; default: the platform's
} ss_config;

/// What a stack holds now, and what it has cost so far.
typedef struct ss_stats {
  size_t used;      ///< bytes handed out and not released; 0 when nothing is live (with SS_DEBUG an
                    ///< open scope is). An open buffer
                    ///< counts with what it holds after ss_buffer_close.
  size_t reserved;  ///< bytes held from the backing, or from the caller's memory
  size_t peak;      ///< high-water mark of `used`, added up over lanes (never too low; within 1/16
      ///< or 256 bytes a lane), since the start or the last ss_trim. What was reserved
      ///< for an open buffer counts
  size_t chunks;         ///< chunks held
  size_t growths;        ///< chunks acquired or enlarged in place, ever
  size_t bytes_copied;   ///< bytes of open buffers moved to a larger chunk, ever
  size_t backing_calls;  ///< calls of acquire, resize and release, ever
} ss_stats;

/// One chunk of a stack, as ss_stack_walk shows it.
typedef struct ss_chunk_info {
  unsigned lane;      ///< its lane, counted from 0
  bool is_active;     ///< slices are made in this lane now
  bool is_open;       ///< an open buffer has this lane
  size_t used_bytes;  ///< handed out of this chunk; an open buffer counts as in ss_stats
  size_t room_bytes;  ///< what it can hold
  size_t peak_bytes;  ///< the lane's high-water mark, as ss_stats adds it up
} ss_chunk_info;

/// Looks at one chunk. It must not use the stack that is being walked.
typedef void ss_walk_fn(void *context, const ss_chunk_info *chunk);

typedef struct ss__chunk ss__chunk;
typedef struct ss__event ss__event;
typedef struct ss__lane_row ss__lane_row;
typedef struct ss__watch ss__watch;

// A chain of chunks with one top. The words of the active lane live in ss_stack.
typedef struct ss__lane {
  ss__chunk *chunk;  // the newest and largest; NULL: none yet
  char *top;         // of an open buffer: its first byte
  char *limit;       // of the active lane, too
  size_t peak;       // high-water mark in bytes
  bool is_open;      // an open buffer has all the room left, and a record on the trail
} ss__lane;

// A record of the undo log. `undo` takes it off the log and undoes one step on the way to `version`.
typedef void ss__undo_fn(struct ss_stack *stack, ss__event *event, size_t version);
struct ss__event {
  ss__event *older;
  size_t version;  // that it began
  ss__undo_fn *undo;
  ss__lane *lane_before;  // the one that was active, and will be again
};

// While ss_restore_keep restores a scope, the bytes that it keeps are pinned: their chunk is not released, and
// their lane is not lowered into them. The pin is on the undo log, below all that is still to be undone.
typedef struct ss__pin {
  ss__event event;
  bool is_active;
  bool is_released;  // the chunk was released while it was pinned: it goes when the pin does
  size_t version;    // that is being restored
  ss__chunk *chunk;  // NULL: nothing is pinned, or the bytes are not on this stack
  ss__lane *lane;
  char *end;
  char *lane_top;     // how far the lane should have been lowered; NULL: not into the bytes
  ss__chunk *spares;  // room for the bytes where the parent has none, linked by `below`
} ss__pin;

#define SS__INLINE_LANES 4
#define SS__ROW_LANES 8

struct ss_stack {
  // The hot words: the active lane's room, and a number that changes whenever a saved `top` alone
  // no longer says how to get back. Marks get it from `mark_version`, and are compared with `version`;
  // the two differ while a buffer is open in line (see src/internal.h).
  // These four come first: web/scopes.mjs does in JavaScript what the inline functions below do with them.
  char *top;
  char *limit;
  size_t version;
  size_t mark_version;
  // Cold from here on.
  ss__event *trail;
  ss__lane *active;  // NULL: the first; see ss__active_lane in src/internal.h
  bool is_thread_stack;
  bool is_memory_taken;  // config.memory is a chunk now
  ss_destructor *end;    // of a thread's stack: called with it when the thread ends
  const ss__watch *watch;
  void *notes;
  // For debug.c: the place of the latest call, and the own stack of the thread that made it.
  const char *file;
  int line;
  ss_stack *user;
  ss__lane lanes[SS__INLINE_LANES];
  ss__lane_row *more_lanes;
  ss_config config;
  size_t reserved;
  size_t growths;
  size_t bytes_copied;
  size_t backing_calls;
  ss__pin pin;
};

// -------------------------------------------------------------------------------------------------
// The fast path and what it calls. Read on at "Stacks" for how to use it.

// `top` and `limit` of a stack without chunks: no room, not NULL, aligned, never dereferenced.
#define SS__NOWHERE ((char *)16)

// `version` while a buffer is open in line: no mark has it.
#define SS__IN_LINE SIZE_MAX

// Bytes below a buffer's first one, which its record takes if something else is made meanwhile. The
// last word is written when the buffer is closed without one: where it ends.
#define SS__BUFFER_HEAD (12 * sizeof(void *))

extern SS__THREAD_LOCAL ss_stack ss__thread;
ss_stack *ss__dynamic_thread(void);
extern ss__lane ss__unopened_lane, ss__closed_lane;  // of buffers that are not open: no room

void ss__configure(ss_stack *stack, const ss_config *config);
void ss__detach(ss_stack *stack);
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
typedef void *ss__debug_alloc_fn(ss_stack *user, ss_stack *stack, size_t size, size_t align,
                                 const char *call);
char *ss__format(ss_stack *user, ss_stack *stack, ss__debug_alloc_fn *alloc, const char *call,
                 const char *format, ...) SS__PRINTF(5, 6);

// `user` is the calling thread's own stack: it says which thread that is, and where the call
// stands.
void *ss__debug_alloc(ss_stack *user, ss_stack *stack, size_t size, size_t align, const char *call);
ss_mark ss__debug_save(ss_stack *user, ss_stack *stack);
void ss__debug_restore(ss_stack *user, ss_stack *stack, ss_mark mark);
void ss__debug_leave(ss_stack *user, ss_stack *stack, ss_mark mark, const char *file, int line,
                     bool is_unwinding);
ss_slice ss__debug_restore_keep(ss_stack *user, ss_stack *stack, ss_mark mark, ss_slice slice,
                                size_t align, const char *call);
ss_buffer ss__debug_buffer_open(ss_stack *user, ss_stack *stack, const char *call);
ss_buffer ss__debug_buffer_extend(ss_stack *user, ss_buffer buffer, size_t size, size_t align,
                                  const char *call);
ss_buffer ss__debug_buffer_reserve(ss_stack *user, ss_buffer buffer, size_t size, const char *call);
ss_slice ss__debug_buffer_close(ss_stack *user, ss_buffer buffer);
void ss__debug_buffer_check(ss_stack *user, const ss_buffer *buffer, const char *call);

#if SS__HAS_PTHREADS
void ss__at_thread_exit(ss_destructor *end, void *argument);
SS__USED static void (*const ss__brings_thread_exit)(ss_destructor *, void *) = ss__at_thread_exit;
#endif

#if SS__ASAN
void __asan_unpoison_memory_region(void const volatile *address, size_t size);
#define SS__UNPOISON(address, size) __asan_unpoison_memory_region((address), (size))
#else
#define SS__UNPOISON(address, size) ((void)0)
#endif

#if !defined(__clang__) && (SS_DEBUG || SS__ASAN)
// -fsanitize=undefined of gcc 12 takes a thread-local address that it sees for NULL (-O1 and above), and no macro
// says that it is on: so the address is hidden in a call. Not in an inline asm, of whose result gcc would say in
// a function with setjmp that it might be clobbered. Without SS_DEBUG and AddressSanitizer, add -fno-sanitize=null.
static __attribute__((noinline, unused)) ss_stack *ss__hidden_thread(void)
{
  ss_stack *stack = &ss__thread;
  __asm__("" : "+r"(stack));
  return stack;
}
#endif

/// Returns the calling thread's own stack. Needs no set-up call; never NULL. It grows on first use,
/// and a pthread that ends gives it back (a Wasm Worker calls ss_thread_detach).
SS__INLINE ss_stack *ss_thread_stack(void)
{
#if defined(__wasm_atomics__) && defined(__PIC__)
  return ss__dynamic_thread();  // see thread_dynamic.c
#elif defined(__clang__) || !(SS_DEBUG || SS__ASAN)
  return &ss__thread;
#else
  return ss__hidden_thread();
#endif
}

// With SS_DEBUG every public call says where it stands while it runs, and then goes back to where the
// code around it stands: an argument may itself use the stack.
#if SS_DEBUG
typedef struct ss__place {
  const char *file;
  int line;
} ss__place;

SS__INLINE ss__place ss__go_to(const char *file, int line)
{
  ss_stack *user = ss_thread_stack();
  const ss__place before = {user->file, user->line};
  user->file = file;
  user->line = line;
  return before;
}

#ifdef __cplusplus
#define SS__AUTO auto
#else
#define SS__AUTO __auto_type
#endif
// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared
#define SS__AT(call) \
  SS__AT_(call, SS__JOIN(ss__before_, __COUNTER__), SS__JOIN(ss__is_, __COUNTER__))
#define SS__AT_(call, before, result)                       \
  __extension__({                                           \
    const ss__place before = ss__go_to(__FILE__, __LINE__); \
    SS__AUTO result = (call);                               \
    (void)ss__go_to(before.file, before.line);              \
    result;                                                 \
  })
#define SS__DO_AT(call) SS__DO_AT_(call, SS__JOIN(ss__before_, __COUNTER__))
#define SS__DO_AT_(call, before)                            \
  __extension__({                                           \
    const ss__place before = ss__go_to(__FILE__, __LINE__); \
    call;                                                   \
    (void)ss__go_to(before.file, before.line);              \
  })
// NOLINTEND(bugprone-macro-parentheses)
#else
#define SS__AT(call) (call)
#endif

// `call` names the public call in the message of a failure. NULL: return NULL instead.

// With a name to report, a failure does not come back. Static analysers must be told, or they warn
// of every use of a slice; compilers are not, so that they make the same code of it.
SS__INLINE void *ss__result(void *result, const char *call)
{
#if SS_DEBUG || defined(__clang_analyzer__)
  if (call != NULL && result == NULL) __builtin_unreachable();
#endif
  (void)call;
  return result;
}

SS__INLINE void *ss__alloc(ss_stack *stack, size_t size, size_t align, const char *call)
{
#if SS_DEBUG
  return ss__result(ss__debug_alloc(ss_thread_stack(), stack, size, align, call), call);
#else
  char *slice = stack->top;
  const size_t room = (size_t)(stack->limit - slice);
  if (align > SS_ALIGN) {
    const size_t gap = (size_t)(0 - (uintptr_t)slice) & (align - 1);
    if (SS__UNLIKELY((align & (align - 1)) != 0 || gap > room || size > room - gap)) {
      return ss__result(ss__refill(stack, size, align, call), call);
    }
    slice += gap;
  } else if (SS__UNLIKELY(size > room)) {
    return ss__result(ss__refill(stack, size, align, call), call);
  }
  // top and limit are multiples of SS_ALIGN: what fits, fits rounded up.
  stack->top = slice + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1));
  SS__UNPOISON(slice, size);
  return ss__result(slice, call);
#endif
}

// A count as the caller has it: where size_t has 32 bits, a longer one must not be cut short.
typedef unsigned long long ss__count;

// A GNU empty struct has size 0.
SS__INLINE bool ss__overflows(ss__count n, size_t element_size)
{
  return n > (element_size > 1 ? SIZE_MAX / element_size : SIZE_MAX);
}

SS__INLINE void *ss__slice(ss_stack *stack, ss__count n, size_t element_size, size_t align,
                           const char *call)
{
  if (SS__UNLIKELY(ss__overflows(n, element_size))) {
    return ss__result(ss__fail_count(n, element_size, call), call);
  }
  return ss__alloc(stack, (size_t)n * element_size, align, call);
}

SS__INLINE void *ss__zeroed(ss_stack *stack, ss__count n, size_t element_size, size_t align,
                            const char *call)
{
  void *slice = ss__slice(stack, n, element_size, align, call);
  return slice ? memset(slice, 0, (size_t)n * element_size) : NULL;
}

SS__INLINE void *ss__copy(ss_stack *stack, const void *src, ss__count n, size_t element_size,
                          size_t align, const char *call)
{
  void *slice = ss__slice(stack, n, element_size, align, call);
  // memcpy must not be given NULL, which an empty source may be.
  return slice && n ? memcpy(slice, src, (size_t)n * element_size) : slice;
}

// -------------------------------------------------------------------------------------------------
// Stacks

/// Returns the archive's SS_VERSION. It may differ from the header's: see SS_ABI.
unsigned ss_version(void);

/// Makes a stack of its own, beside the threads' stacks. One thread at a time may use it.
/// config:  NULL for the defaults; copied.
/// Returns: the stack, or NULL when memory ends. Its first chunk comes with its first use.
/// Source:  second-stack 0.3.6, `Stack::new`.
ss_stack *ss_stack_new(const ss_config *config);

/// Runs the destructors still pending, gives all memory back and ends `stack`. NULL does nothing.
/// A thread stack is emptied instead, as by ss_thread_detach.
void ss_stack_free(ss_stack *stack);

/// Sets how the calling thread's stack grows. Call it while nothing is live, best before first use.
/// Errors:  aborts through ss_set_fatal while slices, buffers or destructors are live.
SS__INLINE void ss_thread_configure(const ss_config *config)
{
  ss__configure(ss_thread_stack(), config);
}

/// Runs the destructors still pending on the calling thread's stack and gives all its memory back.
/// The stack is empty then and can be used again; ss_config.memory is the caller's for good. pthreads do
/// this by themselves when they end, after their function has returned; a Wasm Worker calls it last.
SS__INLINE void ss_thread_detach(void)
{
  ss__detach(ss_thread_stack());
}

/// Gives idle memory back until at most `keep_bytes` stay reserved, or until all that is left is
/// live: first what no lane has needed since the last call, so that frames which fit `keep_bytes`
/// stay warm. Live slices and open buffers stay where they are. Starts ss_stats.peak anew.
/// While ss_restore_keep runs, in a destructor, it does nothing.
/// Units:   keep_bytes in bytes; 0 on an idle stack leaves 0 reserved.
void ss_stack_trim(ss_stack *stack, size_t keep_bytes);
/// ss_stack_trim of the thread stack.
SS__INLINE void ss_trim(size_t keep_bytes)
{
  ss_stack_trim(ss_thread_stack(), keep_bytes);
}

/// Returns what `stack` holds and has cost. Walks its chunks: a few nanoseconds each.
ss_stats ss_stack_stats(const ss_stack *stack);
/// ss_stack_stats of the thread stack.
SS__INLINE ss_stats ss_thread_stats(void)
{
  return ss_stack_stats(ss_thread_stack());
}

/// Shows every chunk of `stack` to `fn`, lane by lane, the newest chunk of a lane first: for those who
/// draw how memory is used.
void ss_stack_walk(const ss_stack *stack, ss_walk_fn *fn, void *context);
/// ss_stack_walk of the thread stack.
SS__INLINE void ss_thread_walk(ss_walk_fn *fn, void *context)
{
  ss_stack_walk(ss_thread_stack(), fn, context);
}

// -------------------------------------------------------------------------------------------------
// Scopes

/// Saves the position of `stack`. Marks are restored last first; an outer one may skip inner ones.
/// Returns: the mark, valid until it or an outer one is restored. Needs no memory.
SS__INLINE ss_mark ss_stack_save(ss_stack *stack)
{
#if SS_DEBUG
  return ss__debug_save(ss_thread_stack(), stack);
#else
  ss_mark mark = {stack->top, stack->mark_version};
  return mark;
#endif
}
/// ss_stack_save of the thread stack.
SS__INLINE ss_mark ss_save(void)
{
  return ss_stack_save(ss_thread_stack());
}

/// Goes back to `mark`: runs the destructors registered since (last first), drops the buffers
/// opened since, and releases all slices made since. A buffer belongs to the scope that opened it,
/// also when an inner scope closes it. Memory stays with the stack.
SS__INLINE void ss_stack_restore(ss_stack *stack, ss_mark mark)
{
#if SS_DEBUG
  ss__debug_restore(ss_thread_stack(), stack, mark);
#else
  if (SS__LIKELY(stack->version == mark.version)) {
    stack->top = mark.top;
  } else {
    ss__restore(stack, mark.top, mark.version);
  }
#endif
}
/// ss_stack_restore of the thread stack.
SS__INLINE void ss_restore(ss_mark mark)
{
  ss_stack_restore(ss_thread_stack(), mark);
}

typedef struct ss__scope {
  ss_stack *stack;
  ss_mark mark;
#if SS_DEBUG
  ss__place place;
#endif
#ifdef __cplusplus
  ~ss__scope();  // an exception runs this in every mode
#endif
} ss__scope;

SS__INLINE void ss__scope_leave(ss__scope *scope)
{
#if SS_DEBUG
  ss__debug_leave(ss_thread_stack(), scope->stack, scope->mark, scope->place.file,
                  scope->place.line, SS__IS_UNWINDING);
#else
  ss_stack_restore(scope->stack, scope->mark);
#endif
}

// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared
#ifdef __cplusplus
SS__INLINE ss_mark ss__scope_enter(ss_stack *stack)
{
  return ss_stack_save(stack);
}
#define SS__SCOPE_VARIABLE(name, stack_) \
  ss__scope name SS__UNUSED = {(stack_), SS__AT(ss__scope_enter(name.stack)) SS__SCOPE_PLACE}
#if SS_DEBUG
#define SS__SCOPE_PLACE \
  ,                     \
  {                     \
    __FILE__, __LINE__  \
  }
#else
#define SS__SCOPE_PLACE
#endif
#else
SS__INLINE ss__scope ss__scope_enter(ss_stack *stack)
{
#if SS_DEBUG
  const ss_stack *user = ss_thread_stack();
  ss__scope scope = {stack, ss_stack_save(stack), {user->file, user->line}};
#else
  ss__scope scope = {stack, ss_stack_save(stack)};
#endif
  return scope;
}
#define SS__SCOPE_VARIABLE(name, stack_) \
  ss__scope name SS__CLEANUP(ss__scope_leave) SS__UNUSED = SS__AT(ss__scope_enter(stack_))
#endif

#define SS__UNIQUE(name) SS__JOIN(name, __LINE__)
// A loop that runs once. Its pointer does not escape, so the compiler sees that.
#define SS__SCOPE_BLOCK(name, once, stack_) \
  for (SS__SCOPE_VARIABLE(name, stack_), *once = &name; once; once = NULL)
// NOLINTEND(bugprone-macro-parentheses)

/// SS_SCOPE { ... }: a block that ends with a restore, however it is left: at its brace, by return,
/// by goto, by a C++ exception. break and continue leave the block. (longjmp skips it: the next
/// outer restore makes up for that.) If all returns of a function lie inside, compilers miss one at
/// its end: use SS_GUARD there. Not two to a line.
/// Not around a point where a coroutine is suspended: what runs meanwhile uses the same stack, and scopes end
/// last in, first out. Give each coroutine an ss_stack_new of its own for what lasts over such points.
/// In C a C++ exception ends it only if the C code is compiled with -fexceptions. What Emscripten throws in
/// emscripten_exit_with_live_runtime and emscripten_set_main_loop leaves it open, slices and all, until an
/// outer mark is restored or the stack is detached; C++ with -fwasm-exceptions ends it instead.
#define SS_SCOPE SS_STACK_SCOPE(ss_thread_stack())
/// SS_SCOPE on a given stack.
#define SS_STACK_SCOPE(stack) SS__SCOPE_BLOCK(SS__UNIQUE(ss__scope_), SS__UNIQUE(ss__once_), stack)

/// SS_GUARD();: makes the rest of the enclosing block a scope. break and continue there mean the
/// surrounding loop's. A goto or a case label that jumps over it into that rest does not compile: it would
/// restore a mark that was never saved.
#define SS_GUARD() SS_STACK_GUARD(ss_thread_stack())
/// SS_GUARD on a given stack.
#define SS_STACK_GUARD(stack) \
  SS__NO_JUMP_OVER(SS__UNIQUE(ss__jump_over_)) SS__SCOPE_VARIABLE(SS__UNIQUE(ss__guard_), stack)
// C++ and clang refuse such a jump themselves. gcc lets it pass over a variable with a cleanup, but not
// over a type whose size is known at run time only.
#if defined(__cplusplus) || defined(__clang__)
#define SS__NO_JUMP_OVER(name)
#else
#define SS__NO_JUMP_OVER(name)                                               \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wvla\"") \
      SS__UNUSED char(*name)[1 + (ss__thread.line < 0)] = NULL;              \
  _Pragma("GCC diagnostic pop")
#endif

// -------------------------------------------------------------------------------------------------
// Slices. All are aligned to 16 bytes at least, and to the alignment of T. n = 0 gives a pointer
// that is not NULL and must not be dereferenced.

/// Returns `size` uninitialised bytes, aligned to `align`.
/// Units:   both in bytes; align a power of two; up to 16 means 16.
/// Errors:  aborts through ss_set_fatal when memory or max_bytes ends or align is no power of two.
SS__INLINE void *ss_alloc(size_t size, size_t align)
{
  return ss__alloc(ss_thread_stack(), size, align, "ss_alloc");
}
/// ss_alloc that returns NULL and changes nothing where ss_alloc would abort.
SS__INLINE void *ss_try_alloc(size_t size, size_t align)
{
  return ss__alloc(ss_thread_stack(), size, align, NULL);
}
/// ss_alloc on a given stack.
SS__INLINE void *ss_stack_alloc(ss_stack *stack, size_t size, size_t align)
{
  return ss__alloc(stack, size, align, "ss_stack_alloc");
}
/// ss_try_alloc on a given stack.
SS__INLINE void *ss_stack_try_alloc(ss_stack *stack, size_t size, size_t align)
{
  return ss__alloc(stack, size, align, NULL);
}

/// T *ss_uninit_slice(T, size_t n): n uninitialised elements.
/// Shape:   n contiguous elements, valid until the scope ends.
/// Units:   n in elements.
/// Errors:  aborts through ss_set_fatal when n * sizeof(T) overflows or memory ends;
///          ss_try_uninit_slice returns NULL instead.
#define ss_uninit_slice(T, n) SS__SLICE(T, ss_thread_stack(), n, "ss_uninit_slice")
#define ss_try_uninit_slice(T, n) SS__SLICE(T, ss_thread_stack(), n, NULL)
#define ss_stack_uninit_slice(stack, T, n) SS__SLICE(T, stack, n, "ss_stack_uninit_slice")
#define ss_stack_try_uninit_slice(stack, T, n) SS__SLICE(T, stack, n, NULL)
#define SS__SLICE(T, stack, n, call) \
  ((T *)SS__AT(ss__slice((stack), (n), sizeof(T), SS__ALIGNOF(T), (call))))

/// T *ss_uninit(T): one uninitialised value, however huge: it never passes through the call stack.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_uninit returns NULL instead.
#define ss_uninit(T) SS__SLICE(T, ss_thread_stack(), 1, "ss_uninit")
#define ss_try_uninit(T) SS__SLICE(T, ss_thread_stack(), 1, NULL)
#define ss_stack_uninit(stack, T) SS__SLICE(T, stack, 1, "ss_stack_uninit")
#define ss_stack_try_uninit(stack, T) SS__SLICE(T, stack, 1, NULL)

/// T *ss_zeroed_slice(T, size_t n): n elements, all bytes zero.
/// Errors:  as ss_uninit_slice; ss_try_zeroed_slice returns NULL instead.
#define ss_zeroed_slice(T, n) SS__ZEROED(T, ss_thread_stack(), n, "ss_zeroed_slice")
#define ss_try_zeroed_slice(T, n) SS__ZEROED(T, ss_thread_stack(), n, NULL)
#define ss_stack_zeroed_slice(stack, T, n) SS__ZEROED(T, stack, n, "ss_stack_zeroed_slice")
#define ss_stack_try_zeroed_slice(stack, T, n) SS__ZEROED(T, stack, n, NULL)
#define SS__ZEROED(T, stack, n, call) \
  ((T *)SS__AT(ss__zeroed((stack), (n), sizeof(T), SS__ALIGNOF(T), (call))))

/// T *ss_copy_slice(T, const T *src, size_t n): a copy of n elements. src may be NULL when n is 0.
/// Errors:  as ss_uninit_slice; ss_try_copy_slice returns NULL instead.
#define ss_copy_slice(T, src, n) SS__COPY(T, ss_thread_stack(), src, n, "ss_copy_slice")
#define ss_try_copy_slice(T, src, n) SS__COPY(T, ss_thread_stack(), src, n, NULL)
#define ss_stack_copy_slice(stack, T, src, n) SS__COPY(T, stack, src, n, "ss_stack_copy_slice")
#define ss_stack_try_copy_slice(stack, T, src, n) SS__COPY(T, stack, src, n, NULL)
#define SS__COPY(T, stack, src, n, call) \
  ((T *)SS__AT(ss__copy((stack), (src), (n), sizeof(T), SS__ALIGNOF(T), (call))))

/// char *ss_format(const char *format, ...): the text that printf would write, ended by a NUL.
/// Errors:  aborts through ss_set_fatal when memory ends or the format cannot be written (EILSEQ);
///          ss_try_format returns NULL instead.
#define ss_format(...) SS__FORMAT(ss_thread_stack(), "ss_format", __VA_ARGS__)
#define ss_try_format(...) SS__FORMAT(ss_thread_stack(), NULL, __VA_ARGS__)
#define ss_stack_format(stack, ...) SS__FORMAT(stack, "ss_stack_format", __VA_ARGS__)
#define ss_stack_try_format(stack, ...) SS__FORMAT(stack, NULL, __VA_ARGS__)
#define SS__FORMAT(stack, call, ...) \
  SS__AT(ss__format(ss_thread_stack(), (stack), SS__FORMAT_ALLOC, (call), __VA_ARGS__))
#if SS_DEBUG
#define SS__FORMAT_ALLOC ss__debug_alloc
#else
#define SS__FORMAT_ALLOC NULL
#endif

/// Returns `slice`, which another thread made, ready for use in the calling thread. Call it there before
/// the first use: in WebAssembly a thread sees late that another one has grown the memory, and a large
/// memcpy or memset traps until then. Two compares; natively nothing. How `slice` gets from thread to
/// thread, by an atomic variable or a lock, and that its scope stays open, is the program's affair.
SS__INLINE ss_slice ss_receive_slice(ss_slice slice)
{
  if (slice.size > 0) SS__SEE_GROWTH((char *)slice.data + (slice.size - 1));
  return slice;
}

/// Returns `stack`, an owned stack that another thread has used, ready for use in the calling thread: as
/// ss_receive_slice, for all that the stack holds.
ss_stack *ss_receive_stack(ss_stack *stack);

// -------------------------------------------------------------------------------------------------
// Buffers: slices that are still growing. Several may grow at once, and slices may be taken
// meanwhile: each open buffer has a lane of its own. Elements lie packed, in the order written,
// from a first byte that is aligned to 16; types that ask for more belong into slices. Pointers
// into an open buffer are valid until it grows again.

/// Opens a buffer. It belongs to the scope it is opened in: end it with ss_buffer_close, or let the
/// scope's end drop it, which SS_DEBUG takes for a mistake unless longjmp or an exception skipped
/// it.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_buffer_open returns a buffer on
///          which every try_ call fails and whose ss_buffer_close gives a slice with data NULL.
/// Source:  second-stack 0.3.6, `buffer`, whose iterator this replaces.
SS__INLINE ss_buffer ss__open(ss_stack *stack, const char *call)
{
#if SS_DEBUG
  return ss__debug_buffer_open(ss_thread_stack(), stack, call);
#else
  ss_buffer buffer = {SS__NOWHERE, &ss__unopened_lane, stack, NULL};
  if (SS__UNLIKELY(SS__BUFFER_HEAD > (size_t)(stack->limit - stack->top))) {
    if (!ss__buffer_prepare(stack, call)) return buffer;
  }
  // In line: the active lane's own room, until something else is made meanwhile, which finds none.
  buffer.first = buffer.top = stack->top + SS__BUFFER_HEAD;
  buffer.lane = stack->active;
  buffer.lane->top = stack->top = stack->limit = buffer.top;
  stack->mark_version = stack->version + 1;
  stack->version = SS__IN_LINE;
  SS__UNPOISON(buffer.top - SS__BUFFER_HEAD,
               (size_t)(buffer.lane->limit - buffer.top) + SS__BUFFER_HEAD);
  return buffer;
#endif
}
SS__INLINE ss_buffer ss_buffer_open(void)
{
  return ss__open(ss_thread_stack(), "ss_buffer_open");
}
SS__INLINE ss_buffer ss_try_buffer_open(void)
{
  return ss__open(ss_thread_stack(), NULL);
}
/// ss_buffer_open on a given stack.
SS__INLINE ss_buffer ss_stack_buffer_open(ss_stack *stack)
{
  return ss__open(stack, "ss_stack_buffer_open");
}
/// ss_try_buffer_open on a given stack.
SS__INLINE ss_buffer ss_stack_try_buffer_open(ss_stack *stack)
{
  return ss__open(stack, NULL);
}

SS__INLINE size_t ss__buffer_room(const ss_buffer *buffer)
{
  return (size_t)(buffer->lane->limit - buffer->top);
}

// Only `top` changes here: V8 keeps each word that a cold call may change on its stack all through a
// loop.
SS__INLINE bool ss__grow(ss_buffer *buffer, size_t size, bool is_exact, const char *call)
{
  char *top = ss__buffer_grow(buffer->stack, buffer->lane, buffer->top, size, is_exact, call);
  // With a name to report, a failure does not come back.
  if (call == NULL && top == NULL) return false;
  buffer->top = (char *)ss__result(top, call);
  return true;
}

SS__INLINE void *ss__extend(ss_buffer *buffer, size_t size, size_t align, const char *call)
{
#if SS_DEBUG
  const ss_buffer extended = ss__debug_buffer_extend(ss_thread_stack(), *buffer, size, align, call);
  if (size > ss__buffer_room(&extended)) return ss__result(NULL, call);
  *buffer = extended;
#else
  (void)align;
  if (SS__UNLIKELY(size > ss__buffer_room(buffer))) {
    if (!ss__grow(buffer, size, false, call)) return ss__result(NULL, call);
  }
#endif
  char *room = buffer->top;
  buffer->top = room + size;
  return ss__result(room, call);
}

SS__INLINE void *ss__extend_by(ss_buffer *buffer, ss__count n, size_t element_size, size_t align,
                               const char *call)
{
  if (SS__UNLIKELY(ss__overflows(n, element_size))) {
    return ss__result(ss__fail_count(n, element_size, call), call);
  }
  return ss__extend(buffer, (size_t)n * element_size, align, call);
}

// A plain call, which has a name to report, does not come back without room.
SS__INLINE bool ss__is_there(const void *room, const char *call)
{
  return call != NULL || room != NULL;
}

/// T *ss_push(T, ss_buffer *buffer): room for one element at the end, uninitialised.
///   *ss_push(int, &b) = 7;
/// What is written must neither come from this buffer nor push to it: which side of the = is evaluated
/// first is the compiler's choice, and the push may move the buffer. There is ss_push_value for that.
/// Returns: a pointer valid until the buffer grows again. What was written before must leave the
///          end aligned for T, which it does when all elements are of one type.
/// Errors:  aborts through ss_set_fatal when memory ends or the buffer is closed; ss_try_push
///          returns NULL instead.
#define ss_push(T, buffer) SS__EXTEND(T, buffer, 1, "ss_push")
#define ss_try_push(T, buffer) SS__EXTEND(T, buffer, 1, NULL)

/// T *ss_push_value(T, ss_buffer *buffer, T value): appends `value`, which is evaluated first and so may be
/// an element of this buffer, or the result of a call that pushes to it.
///   ss_push_value(int, &b, *ss_buffer_at(int, &b, 0));
/// Returns, errors: as ss_push; ss_try_push_value returns NULL instead.
#define ss_push_value(T, buffer, value) SS__PUSH_VALUE(T, buffer, value, "ss_push_value")
#define ss_try_push_value(T, buffer, value) SS__PUSH_VALUE(T, buffer, value, NULL)
#define SS__PUSH_VALUE(T, buffer, value, call)                               \
  SS__PUSH_VALUE_(T, buffer, value, call, SS__JOIN(ss__value_, __COUNTER__), \
                  SS__JOIN(ss__room_, __COUNTER__))
// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared
#define SS__PUSH_VALUE_(T, buffer, value, call, copy, room) \
  __extension__({                                           \
    T copy = (value);                                       \
    T *room = SS__EXTEND(T, buffer, 1, call);               \
    if (ss__is_there(room, call)) *room = copy;             \
    room;                                                   \
  })
// NOLINTEND(bugprone-macro-parentheses)

/// T *ss_extend(T, ss_buffer *buffer, size_t n): room for n elements at the end, uninitialised:
/// fill them as a block.
/// Shape:   n contiguous elements; n may be 0.
/// Units:   n in elements; the buffer itself counts bytes.
/// Returns: a pointer to the first, valid until the buffer grows again.
/// Errors:  as ss_push, and when n * sizeof(T) overflows; ss_try_extend returns NULL instead.
#define ss_extend(T, buffer, n) SS__EXTEND(T, buffer, n, "ss_extend")
#define ss_try_extend(T, buffer, n) SS__EXTEND(T, buffer, n, NULL)
#define SS__EXTEND(T, buffer, n, call) \
  (SS__PACKS(T), (T *)SS__AT(ss__extend_by((buffer), (n), sizeof(T), SS__ALIGNOF(T), (call))))
// Refuses at compile time a type that a buffer cannot align.
#define SS__PACKS(T) ((void)sizeof(char[SS__ALIGNOF(T) <= SS_ALIGN ? 1 : -1]))

/// Copies `size_bytes` from `src` to the end. src must not point into this buffer; it may be NULL
/// when size_bytes is 0.
/// Returns: where the copy begins, valid until the buffer grows again.
/// Errors:  as ss_push; ss_try_buffer_append returns NULL instead.
SS__INLINE void *ss__append(ss_buffer *buffer, const void *src, size_t size_bytes, const char *call)
{
  void *room = ss__extend(buffer, size_bytes, 1, call);
  return room && size_bytes ? memcpy(room, src, size_bytes) : room;
}
SS__INLINE void *ss_buffer_append(ss_buffer *buffer, const void *src, size_t size_bytes)
{
  return ss__append(buffer, src, size_bytes, "ss_buffer_append");
}
SS__INLINE void *ss_try_buffer_append(ss_buffer *buffer, const void *src, size_t size_bytes)
{
  return ss__append(buffer, src, size_bytes, NULL);
}

/// Makes room for `size_bytes` more: until they are written the buffer will not grow again. Where
/// it must grow for them, it grows in place by just that.
/// Errors:  as ss_push; ss_try_buffer_reserve returns false instead.
SS__INLINE bool ss__reserve(ss_buffer *buffer, size_t size_bytes, const char *call)
{
#if SS_DEBUG
  *buffer = ss__debug_buffer_reserve(ss_thread_stack(), *buffer, size_bytes, call);
#else
  if (size_bytes > ss__buffer_room(buffer)) return ss__grow(buffer, size_bytes, true, call);
#endif
  return size_bytes <= ss__buffer_room(buffer);
}
SS__INLINE void ss_buffer_reserve(ss_buffer *buffer, size_t size_bytes)
{
  (void)ss__reserve(buffer, size_bytes, "ss_buffer_reserve");
}
SS__INLINE bool ss_try_buffer_reserve(ss_buffer *buffer, size_t size_bytes)
{
  return ss__reserve(buffer, size_bytes, NULL);
}

SS__INLINE size_t ss__buffer_size(const ss_buffer *buffer, const char *call)
{
#if SS_DEBUG
  ss__debug_buffer_check(ss_thread_stack(), buffer, call);
#endif
  (void)call;
  return (size_t)(buffer->top - buffer->lane->top);
}
SS__INLINE void *ss__buffer_at(const ss_buffer *buffer, size_t offset, const char *call)
{
#if SS_DEBUG
  ss__debug_buffer_check(ss_thread_stack(), buffer, call);
#endif
  (void)call;
  return buffer->lane->top + offset;
}

/// size_t ss_buffer_count(T, const ss_buffer *buffer): how many elements of type T it holds.
#define ss_buffer_count(T, buffer) \
  (SS__AT(ss__buffer_size((buffer), "ss_buffer_count")) / (sizeof(T) ? sizeof(T) : 1))

/// T *ss_buffer_at(T, const ss_buffer *buffer, size_t i): element i, valid until the buffer grows
/// again. i must be below ss_buffer_count.
#define ss_buffer_at(T, buffer, i) \
  ((T *)SS__AT(ss__buffer_at((buffer), (size_t)(i) * sizeof(T), "ss_buffer_at")))

/// Ends the growth of `buffer` and returns exactly what was written. The unused room goes back. The
/// slice lives as long as the scope that opened the buffer.
/// Returns: the slice; data is not NULL even if it is empty (only after a failed
///          ss_try_buffer_open).
/// Errors:  using the buffer afterwards aborts through ss_set_fatal.
SS__INLINE ss_slice ss_buffer_close(ss_buffer *buffer)
{
#if SS_DEBUG
  const ss_slice slice = ss__debug_buffer_close(ss_thread_stack(), *buffer);
#else
  // Few locals: gcc warns of each that a longjmp around this might clobber.
  ss_slice slice = {buffer->lane->top, (size_t)(buffer->top - buffer->lane->top)};
  if (SS__LIKELY((buffer->stack->mark_version & 1) != 0 && slice.data == buffer->stack->top)) {
    // Open in line. A mark saved meanwhile finds its way back by the end.
    buffer->top += (size_t)(0 - (uintptr_t)buffer->top) & (SS_ALIGN - 1);
    ((char **)ss__result(slice.data, "ss_buffer_close"))[-1] = buffer->top;
    buffer->stack->top = buffer->top;
    buffer->stack->limit = buffer->lane->limit;
    buffer->stack->version = --buffer->stack->mark_version;
  } else {
    slice.data = ss__buffer_close(buffer->stack, buffer->lane, buffer->top);
  }
#endif
  buffer->top = SS__NOWHERE;
  buffer->lane = &ss__closed_lane;
  return slice;
}

// -------------------------------------------------------------------------------------------------
// Collecting

// Inline, so that a `next` the compiler can see is compiled into the loop.
SS__INLINE ss_slice ss__collect(ss_stack *stack, ss_next_fn *next, void *iterator, size_t size_hint,
                                size_t element_size, size_t align, const char *call)
{
  // Not ss_stack_save, which with SS_DEBUG needs memory.
  const ss_mark before = {stack->top, stack->mark_version};
  ss_buffer items = ss__open(stack, call);
  // One more than the hint: the end is found in a slot of its own. A hint too large is only a hint.
  if (size_hint < SIZE_MAX && size_hint && !ss__overflows(size_hint + 1, element_size)) {
    (void)ss__reserve(&items, (size_hint + 1) * element_size, NULL);
  }
  for (;;) {
    void *item = ss__extend(&items, element_size, align, call);
    if (item == NULL) {
      const ss_slice failed = {NULL, 0};
      (void)ss_buffer_close(&items);
      ss__restore(stack, before.top, before.version);
      return failed;
    }
    if (!next(iterator, item)) break;
  }
  items.top -= element_size;
  return ss_buffer_close(&items);
}

/// ss_slice ss_collect(T, ss_next_fn *next, void *iterator, size_t size_hint): all items of an
/// iterator.
/// Units:   size_hint in elements: how many are expected at least; 0 if unknown. An exact hint
///          means one growth; one too large is only a hint.
/// Returns: the items in order; `size` is in bytes.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_collect returns data NULL instead,
///          with the stack as it was (the iterator has moved on).
/// Source:  second-stack 0.3.6, `buffer`, over any C iterator and with its size hint used.
#define ss_collect(T, next, iterator, size_hint) \
  SS__COLLECT(T, ss_thread_stack(), next, iterator, size_hint, "ss_collect")
#define ss_try_collect(T, next, iterator, size_hint) \
  SS__COLLECT(T, ss_thread_stack(), next, iterator, size_hint, NULL)
#define ss_stack_collect(stack, T, next, iterator, size_hint) \
  SS__COLLECT(T, stack, next, iterator, size_hint, "ss_stack_collect")
#define ss_stack_try_collect(stack, T, next, iterator, size_hint) \
  SS__COLLECT(T, stack, next, iterator, size_hint, NULL)
#define SS__COLLECT(T, stack, next, iterator, size_hint, call)                           \
  (SS__PACKS(T), SS__AT(ss__collect((stack), (next), (iterator), (size_hint), sizeof(T), \
                                    SS__ALIGNOF(T), (call))))

// -------------------------------------------------------------------------------------------------
// Destructors

/// Calls fn(arg) when the current scope ends. The last one registered runs first. Outside any scope
/// it runs when the stack is freed or detached. One that longjmps away does not run again.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_defer returns false instead.
SS__INLINE void ss_defer(ss_destructor *fn, void *arg)
{
  (void)ss__defer(ss_thread_stack(), arg, 1, 0, fn, "ss_defer");
}
SS__INLINE bool ss_try_defer(ss_destructor *fn, void *arg)
{
  return ss__defer(ss_thread_stack(), arg, 1, 0, fn, NULL);
}
/// ss_defer on a given stack.
SS__INLINE void ss_stack_defer(ss_stack *stack, ss_destructor *fn, void *arg)
{
  (void)ss__defer(stack, arg, 1, 0, fn, "ss_stack_defer");
}
/// ss_try_defer on a given stack.
SS__INLINE bool ss_stack_try_defer(ss_stack *stack, ss_destructor *fn, void *arg)
{
  return ss__defer(stack, arg, 1, 0, fn, NULL);
}

/// void ss_drop_slice(T, T *data, size_t n, ss_destructor *fn): calls fn on each of the n elements,
/// first to last, when the current scope ends.
/// Errors:  as ss_defer; ss_try_drop_slice is false instead.
#define ss_drop_slice(T, data, n, fn) \
  ((void)SS__DROP(T, ss_thread_stack(), data, n, fn, "ss_drop_slice"))
#define ss_try_drop_slice(T, data, n, fn) SS__DROP(T, ss_thread_stack(), data, n, fn, NULL)
#define ss_stack_drop_slice(stack, T, data, n, fn) \
  ((void)SS__DROP(T, stack, data, n, fn, "ss_stack_drop_slice"))
#define ss_stack_try_drop_slice(stack, T, data, n, fn) SS__DROP(T, stack, data, n, fn, NULL)
#define SS__DROP(T, stack, data, n, fn, call) \
  ss__defer((stack), SS__POINTER_TO(T, data), (n), sizeof(T), (fn), (call))
// Refuses a pointer to another type at compile time.
// NOLINTNEXTLINE(bugprone-sizeof-expression): the size does not matter
#define SS__POINTER_TO(T, pointer) ((void)sizeof((T *)0 == (pointer)), (void *)(pointer))

// -------------------------------------------------------------------------------------------------
// Keeping a result

/// Ends the scope of `mark` but keeps `slice`, which was made in it: the bytes slide down to where
/// the scope began and belong to the parent scope. Destructors registered since the mark run first,
/// on the old place.
/// Returns: the slice at its new place, aligned to 16: for a type that asks for more there is
///          ss_restore_keep_aligned.
/// Errors:  aborts through ss_set_fatal when the parent has no room and memory ends;
///          ss_try_restore_keep returns data NULL instead and leaves the scope open. When a destructor
///          empties the stack (ss_thread_detach), the bytes are gone: likewise, but the scope is, too.
SS__INLINE ss_slice ss__keep_aligned(ss_stack *stack, ss_mark mark, ss_slice slice, size_t align,
                                     const char *call)
{
#if SS_DEBUG
  return ss__debug_restore_keep(ss_thread_stack(), stack, mark, slice, align, call);
#else
  return ss__restore_keep(stack, mark.top, mark.version, slice.data, slice.size, align, call);
#endif
}
SS__INLINE ss_slice ss__keep(ss_stack *stack, ss_mark mark, ss_slice slice, const char *call)
{
  return ss__keep_aligned(stack, mark, slice, SS_ALIGN, call);
}
SS__INLINE ss_slice ss_restore_keep(ss_mark mark, ss_slice slice)
{
  return ss__keep(ss_thread_stack(), mark, slice, "ss_restore_keep");
}
SS__INLINE ss_slice ss_try_restore_keep(ss_mark mark, ss_slice slice)
{
  return ss__keep(ss_thread_stack(), mark, slice, NULL);
}
/// ss_restore_keep on a given stack.
SS__INLINE ss_slice ss_stack_restore_keep(ss_stack *stack, ss_mark mark, ss_slice slice)
{
  return ss__keep(stack, mark, slice, "ss_stack_restore_keep");
}
/// ss_try_restore_keep on a given stack.
SS__INLINE ss_slice ss_stack_try_restore_keep(ss_stack *stack, ss_mark mark, ss_slice slice)
{
  return ss__keep(stack, mark, slice, NULL);
}

/// ss_restore_keep of what was made with a larger alignment, as by ss_alloc or for a vector type: the new
/// place is aligned to `align`, too.
/// Units:   align in bytes, a power of two; up to 16 means 16.
/// Errors:  as ss_restore_keep, and when align is no power of two.
SS__INLINE ss_slice ss_restore_keep_aligned(ss_mark mark, ss_slice slice, size_t align)
{
  return ss__keep_aligned(ss_thread_stack(), mark, slice, align, "ss_restore_keep_aligned");
}
SS__INLINE ss_slice ss_try_restore_keep_aligned(ss_mark mark, ss_slice slice, size_t align)
{
  return ss__keep_aligned(ss_thread_stack(), mark, slice, align, NULL);
}
/// ss_restore_keep_aligned on a given stack.
SS__INLINE ss_slice ss_stack_restore_keep_aligned(ss_stack *stack, ss_mark mark, ss_slice slice,
                                                  size_t align)
{
  return ss__keep_aligned(stack, mark, slice, align, "ss_stack_restore_keep_aligned");
}
/// ss_try_restore_keep_aligned on a given stack.
SS__INLINE ss_slice ss_stack_try_restore_keep_aligned(ss_stack *stack, ss_mark mark, ss_slice slice,
                                                      size_t align)
{
  return ss__keep_aligned(stack, mark, slice, align, NULL);
}

// -------------------------------------------------------------------------------------------------
// Failure

/// Sets what is told of a failure before the program is aborted, for the whole program; NULL: print
/// to standard error. Set it before threads start. It may longjmp away, and finds the stack usable.
/// Returns: the one set before, or NULL.
ss_fatal_fn *ss_set_fatal(ss_fatal_fn *fn);

#ifdef __cplusplus
}  // extern "C"

inline __attribute__((always_inline)) ss__scope::~ss__scope()
{
  ss__scope_leave(this);
}
#endif

// -------------------------------------------------------------------------------------------------
// With SS_DEBUG=1 each function says where it is called, as the macros above do by themselves.

#if SS_DEBUG
#define ss_save(...) SS__AT(ss_save(__VA_ARGS__))
#define ss_restore(...) SS__DO_AT(ss_restore(__VA_ARGS__))
#define ss_stack_save(...) SS__AT(ss_stack_save(__VA_ARGS__))
#define ss_stack_restore(...) SS__DO_AT(ss_stack_restore(__VA_ARGS__))
#define ss_alloc(...) SS__AT(ss_alloc(__VA_ARGS__))
#define ss_try_alloc(...) SS__AT(ss_try_alloc(__VA_ARGS__))
#define ss_stack_alloc(...) SS__AT(ss_stack_alloc(__VA_ARGS__))
#define ss_stack_try_alloc(...) SS__AT(ss_stack_try_alloc(__VA_ARGS__))
#define ss_buffer_open(...) SS__AT(ss_buffer_open(__VA_ARGS__))
#define ss_try_buffer_open(...) SS__AT(ss_try_buffer_open(__VA_ARGS__))
#define ss_stack_buffer_open(...) SS__AT(ss_stack_buffer_open(__VA_ARGS__))
#define ss_stack_try_buffer_open(...) SS__AT(ss_stack_try_buffer_open(__VA_ARGS__))
#define ss_buffer_append(...) SS__AT(ss_buffer_append(__VA_ARGS__))
#define ss_try_buffer_append(...) SS__AT(ss_try_buffer_append(__VA_ARGS__))
#define ss_buffer_reserve(...) SS__DO_AT(ss_buffer_reserve(__VA_ARGS__))
#define ss_try_buffer_reserve(...) SS__AT(ss_try_buffer_reserve(__VA_ARGS__))
#define ss_buffer_close(...) SS__AT(ss_buffer_close(__VA_ARGS__))
#define ss_restore_keep(...) SS__AT(ss_restore_keep(__VA_ARGS__))
#define ss_try_restore_keep(...) SS__AT(ss_try_restore_keep(__VA_ARGS__))
#define ss_stack_restore_keep(...) SS__AT(ss_stack_restore_keep(__VA_ARGS__))
#define ss_stack_try_restore_keep(...) SS__AT(ss_stack_try_restore_keep(__VA_ARGS__))
#define ss_restore_keep_aligned(...) SS__AT(ss_restore_keep_aligned(__VA_ARGS__))
#define ss_try_restore_keep_aligned(...) SS__AT(ss_try_restore_keep_aligned(__VA_ARGS__))
#define ss_stack_restore_keep_aligned(...) SS__AT(ss_stack_restore_keep_aligned(__VA_ARGS__))
#define ss_stack_try_restore_keep_aligned(...) \
  SS__AT(ss_stack_try_restore_keep_aligned(__VA_ARGS__))
#endif

#endif
