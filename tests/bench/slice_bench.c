// SPDX-License-Identifier: MIT
// Scopes and slices: what it costs to take memory and to give it back.
//
// An operation is: save, take a slice, write its first byte, restore. Cases of one size, of 16 scopes
// within each other, of mixed sizes, at the end of a chunk, and with a destructor.
#include "bench.h"

#include <secondstack.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <obstack.h>
#define obstack_chunk_alloc malloc
#define obstack_chunk_free free
#endif

enum { ARENA_BYTES = 80 << 20, SIZE_COUNT = 1024, DEPTH = 16 };

// The limit: a top that is moved without a look at any end. Global, as a library's would be: the
// compiler cannot keep it in a register.
struct {
  char *top;
} bump;

uint32_t random_sizes[SIZE_COUNT];

static inline char *bump_alloc(size_t size)
{
  char *slice = bump.top;
  bump.top = slice + ((size + 15) & ~(size_t)15);
  return slice;
}

// The shortest allocator that can grow and go back: a compare and a cold call on either side. What the
// compiler makes of that is the bound of every checked one.
typedef struct checked_block {
  struct checked_block *below;
  char *top_below, *limit_below;
} checked_block;

struct {
  char *top, *limit;
  size_t version;  // blocks held
  checked_block *newest;
} checked;

BENCH_NOINLINE __attribute__((cold)) static char *checked_refill(size_t size)
{
  checked_block *block = (checked_block *)malloc(sizeof *block + 16 + size + ARENA_BYTES);
  if (block == NULL) abort();
  *block = (checked_block){checked.newest, checked.top, checked.limit};
  char *start = (char *)(block + 1);
  start += (size_t)(0 - (uintptr_t)start) & 15;
  checked.newest = block;
  checked.version++;
  checked.top = start + ((size + 15) & ~(size_t)15);
  checked.limit = start + size + ARENA_BYTES;
  return start;
}

BENCH_NOINLINE __attribute__((cold)) static void checked_go_back(char *top, size_t version)
{
  while (checked.version != version) {
    checked_block *block = checked.newest;
    checked.newest = block->below;
    checked.top = block->top_below;
    checked.limit = block->limit_below;
    checked.version--;
    free(block);
  }
  checked.top = top;
}

static inline char *checked_alloc(size_t size)
{
  char *slice = checked.top;
  if (__builtin_expect(size > (size_t)(checked.limit - slice), 0)) return checked_refill(size);
  checked.top = slice + ((size + 15) & ~(size_t)15);
  return slice;
}

// Somebody uses the slice: the same for all.
#define USE(slice)       \
  do {                   \
    *(slice) = 1;        \
    BENCH_ESCAPE(slice); \
  } while (0)

// --- One slice of a size

static void slice_bump(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    char *mark = bump.top;
    char *slice = bump_alloc(size);
    USE(slice);
    bump.top = mark;
  })
}

static void slice_checked(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    char *mark = checked.top;
    const size_t version = checked.version;
    char *slice = checked_alloc(size);
    USE(slice);
    if (__builtin_expect(checked.version == version, 1)) {
      checked.top = mark;
    } else {
      checked_go_back(mark, version);
    }
  })
}

static void slice_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    const ss_mark mark = ss_save();
    char *slice = ss_uninit_slice(char, size);
    USE(slice);
    ss_restore(mark);
  })
}

static void slice_scope(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(
      repeat, SS_SCOPE {
        char *slice = ss_uninit_slice(char, size);
        USE(slice);
      })
}

static void slice_malloc(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    char *slice = (char *)malloc(size);
    USE(slice);
    free(slice);
  })
}

// The call stack is given back when a function returns, so each needs one of its own.
BENCH_NOINLINE static void use_alloca(size_t size)
{
  char *slice = (char *)__builtin_alloca(size);
  USE(slice);
}

static void slice_alloca(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, { use_alloca(size); })
}

#ifdef __GLIBC__
struct obstack obstack;

static void slice_obstack(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    char *slice = (char *)obstack_alloc(&obstack, (int)size);
    USE(slice);
    obstack_free(&obstack, slice);
  })
}
#endif

#ifdef __GLIBC__
#define OBSTACK_VARIANT {"obstack", slice_obstack},
#else
#define OBSTACK_VARIANT
#endif

// --- Sizes that differ

// 16 bytes to 64 KiB, as many of each order of magnitude, the same sequence in every run.
static void choose_sizes(void)
{
  uint64_t seed = 20;
  for (size_t i = 0; i < SIZE_COUNT; i++) {
    const uint32_t least = 16u << (bench_random(&seed) % 12);
    random_sizes[i] = least + (uint32_t)(bench_random(&seed) % least);
  }
}

// The next of random_sizes, round and round.
#define NEXT_SIZE(i) random_sizes[(i)++ & (SIZE_COUNT - 1)]

static void random_bump(size_t repeat, size_t size, size_t count)
{
  (void)size, (void)count;
  size_t i = 0;
  BENCH_EIGHT_TIMES(repeat, {
    char *mark = bump.top;
    char *slice = bump_alloc(NEXT_SIZE(i));
    USE(slice);
    bump.top = mark;
  })
}

static void random_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)size, (void)count;
  size_t i = 0;
  BENCH_EIGHT_TIMES(repeat, {
    const ss_mark mark = ss_save();
    char *slice = ss_uninit_slice(char, NEXT_SIZE(i));
    USE(slice);
    ss_restore(mark);
  })
}

static void random_malloc(size_t repeat, size_t size, size_t count)
{
  (void)size, (void)count;
  size_t i = 0;
  BENCH_EIGHT_TIMES(repeat, {
    char *slice = (char *)malloc(NEXT_SIZE(i));
    USE(slice);
    free(slice);
  })
}

#ifdef __GLIBC__
static void random_obstack(size_t repeat, size_t size, size_t count)
{
  (void)size, (void)count;
  size_t i = 0;
  BENCH_EIGHT_TIMES(repeat, {
    char *slice = (char *)obstack_alloc(&obstack, (int)NEXT_SIZE(i));
    USE(slice);
    obstack_free(&obstack, slice);
  })
}
#endif

// --- Scopes within each other, one function call each, as in a program

BENCH_NOINLINE static void nest_bump(size_t depth, size_t size)
{
  char *mark = bump.top;
  char *slice = bump_alloc(size);
  USE(slice);
  if (depth > 1) nest_bump(depth - 1, size);
  bump.top = mark;
  BENCH_FENCE();
}

BENCH_NOINLINE static void nest_secondstack(size_t depth, size_t size)
{
  const ss_mark mark = ss_save();
  char *slice = ss_uninit_slice(char, size);
  USE(slice);
  if (depth > 1) nest_secondstack(depth - 1, size);
  ss_restore(mark);
  BENCH_FENCE();
}

BENCH_NOINLINE static void nest_scope(size_t depth, size_t size)
{
  SS_SCOPE {
    char *slice = ss_uninit_slice(char, size);
    USE(slice);
    if (depth > 1) nest_scope(depth - 1, size);
  }
  BENCH_FENCE();
}

BENCH_NOINLINE static void nest_malloc(size_t depth, size_t size)
{
  char *slice = (char *)malloc(size);
  USE(slice);
  if (depth > 1) nest_malloc(depth - 1, size);
  free(slice);
  BENCH_FENCE();
}

BENCH_NOINLINE static void nest_alloca(size_t depth, size_t size)
{
  char *slice = (char *)__builtin_alloca(size);
  USE(slice);
  if (depth > 1) nest_alloca(depth - 1, size);
  BENCH_ESCAPE(slice);
}

#define NESTED(name)                                                        \
  static void nested_##name(size_t repeat, size_t size, size_t count)       \
  {                                                                         \
    for (size_t left = repeat; left != 0; left--) nest_##name(count, size); \
  }
NESTED(bump)
NESTED(secondstack)
NESTED(scope)
NESTED(malloc)
NESTED(alloca)

// --- At the end of a chunk

// Leaves half of `size` in the first and smallest chunk, so that each scope of the loop goes over its end.
static void edge_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)count;
  ss_trim(0);
  SS_SCOPE {
    (void)ss_uninit(char);
    const ss_stack *stack = ss_thread_stack();
    char *filler = ss_uninit_slice(char, (size_t)(stack->limit - stack->top) - size / 2);
    USE(filler);
    slice_secondstack(repeat, size, 1);
  }
}

// --- A destructor

size_t destructor_calls;

BENCH_NOINLINE static void destroy(void *slice)
{
  BENCH_ESCAPE(slice);
  destructor_calls++;
}

static void destructor_bump(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    char *mark = bump.top;
    char *slice = bump_alloc(size);
    USE(slice);
    destroy(slice);
    bump.top = mark;
  })
}

static void destructor_secondstack(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    const ss_mark mark = ss_save();
    char *slice = ss_uninit_slice(char, size);
    USE(slice);
    ss_defer(destroy, slice);
    ss_restore(mark);
  })
}

static void destructor_malloc(size_t repeat, size_t size, size_t count)
{
  (void)count;
  BENCH_EIGHT_TIMES(repeat, {
    char *slice = (char *)malloc(size);
    USE(slice);
    destroy(slice);
    free(slice);
  })
}

// --- The cases

#ifdef __GLIBC__
#define OBSTACK(function) {"obstack", function},
#else
#define OBSTACK(function)
#endif

static void bench_sizes(void)
{
  static const bench_variant small[] = {
      {"static bump", slice_bump},        {"checked bump", slice_checked},
      {"secondstack", slice_secondstack}, {"secondstack SS_SCOPE", slice_scope},
      {"malloc+free", slice_malloc},      {"alloca", slice_alloca},
      OBSTACK(slice_obstack){NULL, NULL}};
  static const bench_variant large[] = {
      {"static bump", slice_bump},        {"checked bump", slice_checked},
      {"secondstack", slice_secondstack}, {"secondstack SS_SCOPE", slice_scope},
      {"malloc+free", slice_malloc},      OBSTACK(slice_obstack){NULL, NULL}};
  // What fits the call stack of a browser's thread.
  const size_t most_alloca = 4 << 10;
  static const size_t sizes[] = {16, 256, 4 << 10, 64 << 10, 1 << 20, 64 << 20};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    bench_run(&(bench_case){.name = "slice",
                            .size = sizes[i],
                            .count = 1,
                            .step = BENCH_STEP,
                            .variants = sizes[i] <= most_alloca ? small : large});
  }
}

static void bench_mixes(void)
{
  static const bench_variant random[] = {{"static bump", random_bump},
                                         {"secondstack", random_secondstack},
                                         {"malloc+free", random_malloc},
                                         OBSTACK(random_obstack){NULL, NULL}};
  bench_run(&(bench_case){
      .name = "random sizes", .count = SIZE_COUNT, .step = BENCH_STEP, .variants = random});

  static const bench_variant nested[] = {{"static bump", nested_bump},
                                         {"secondstack", nested_secondstack},
                                         {"secondstack SS_SCOPE", nested_scope},
                                         {"malloc+free", nested_malloc},
                                         {"alloca", nested_alloca},
                                         {NULL, NULL}};
  bench_run(&(bench_case){.name = "nested scopes",
                          .size = 256,
                          .count = DEPTH,
                          .operations = DEPTH,
                          .variants = nested});

  static const bench_variant edge[] = {{"static bump", slice_bump},
                                       {"secondstack at the edge", edge_secondstack},
                                       {"secondstack elsewhere", slice_secondstack},
                                       {NULL, NULL}};
  bench_run(&(bench_case){
      .name = "chunk edge", .size = 256, .count = 1, .step = BENCH_STEP, .variants = edge});

  static const bench_variant destructor[] = {{"static bump", destructor_bump},
                                             {"secondstack", destructor_secondstack},
                                             {"malloc+free", destructor_malloc},
                                             {NULL, NULL}};
  bench_run(&(bench_case){
      .name = "destructor", .size = 256, .count = 1, .step = BENCH_STEP, .variants = destructor});
}

int main(int argc, char **argv)
{
  bench_begin(argc, argv);
  choose_sizes();
  char *arena = (char *)malloc(ARENA_BYTES);
  if (arena == NULL) return 1;
  bump.top = arena + ((size_t)(0 - (uintptr_t)arena) & 15);
  (void)checked_refill(0);  // a mark at its end then keeps the block
#ifdef __GLIBC__
  obstack_init(&obstack);
#endif
  bench_sizes();
  bench_mixes();
  free(arena);
  return 0;
}
