// SPDX-License-Identifier: MIT
// secondstack_adapt.h: every callback, with memory that ends, sizes of 0, growth, shrinking, and frees in any order.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"
#include "secondstack_adapt.h"
#include <limits.h>

// As in FreeType.
typedef struct font_memory {
  void *user;
} font_memory;
SS_ADAPT_FREETYPE(font, font_memory *)
SS_ADAPT_MALLOC(scratch)

static ss_adapter *used;
static font_memory font;

// -------------------------------------------------------------------------------------------------
// The callbacks as a library calls them, brought to one shape

static void *alloc_sized(size_t size)
{
  return ss_adapt_alloc(used, size);
}

static void *resize_sized(void *block, size_t old_size, size_t size)
{
  (void)old_size;
  return ss_adapt_resize(used, block, size);
}

static void free_user_first(void *block, size_t size)
{
  (void)size;
  ss_adapt_free(used, block);
}

static void *alloc_aligned(size_t size)
{
  return ss_adapt_alloc_aligned(used, size, 256);
}

static void *resize_aligned(void *block, size_t old_size, size_t size)
{
  (void)old_size;
  return ss_adapt_resize_aligned(used, block, size, 256);
}

// Counts are what a library gives: of bytes, or of words where that divides.
static size_t element_of(size_t size)
{
  return size % 8 == 0 ? 8 : 1;
}

static void *alloc_zlib(size_t size)
{
  const size_t element = element_of(size);
  if (size > UINT_MAX) return NULL;
  return ss_adapt_zlib_alloc(used, (unsigned)(size / element), (unsigned)element);
}

static void *alloc_miniz(size_t size)
{
  return ss_adapt_miniz_alloc(used, size / element_of(size), element_of(size));
}

static void *resize_miniz(void *block, size_t old_size, size_t size)
{
  (void)old_size;
  return ss_adapt_miniz_resize(used, block, size / element_of(size), element_of(size));
}

static void *alloc_tess(size_t size)
{
  return size > UINT_MAX ? NULL : ss_adapt_tess_alloc(used, (unsigned)size);
}

static void *resize_tess(void *block, size_t old_size, size_t size)
{
  (void)old_size;
  return size > UINT_MAX ? NULL : ss_adapt_tess_resize(used, block, (unsigned)size);
}

// Lua makes a block with its kind in place of a size, and never asks for one of 0 bytes: that is a free.
static void *alloc_lua(size_t size)
{
  return ss_adapt_lua(used, NULL, 5, size ? size : 1);
}

static void *resize_lua(void *block, size_t old_size, size_t size)
{
  return ss_adapt_lua(used, block, old_size, size ? size : 1);
}

static void free_lua(void *block, size_t size)
{
  CHECK_EQ_PTR(ss_adapt_lua(used, block, size, 0), NULL);
}

static void *alloc_font(size_t size)
{
  return font_alloc(&font, size > LONG_MAX ? -1 : (long)size);
}

static void *resize_font(void *block, size_t old_size, size_t size)
{
  return font_realloc(&font, (long)old_size, size > LONG_MAX ? -1 : (long)size, block);
}

static void free_font(void *block, size_t size)
{
  (void)size;
  font_free(&font, block);
}

static void *alloc_user_last(size_t size)
{
  return ss_adapt_user_last_alloc(size, used);
}

static void free_user_last(void *block, size_t size)
{
  (void)size;
  ss_adapt_user_last_free(block, used);
}

static void *resize_scratch(void *block, size_t old_size, size_t size)
{
  (void)old_size;
  return scratch_realloc(block, size);
}

static void free_scratch(void *block, size_t size)
{
  (void)size;
  scratch_free(block);
}

static void *calloc_scratch(size_t size)
{
  void *block = scratch_calloc(size / element_of(size), element_of(size));
  if (block) CHECK_FILLED(block, 0, size);
  return block;
}

static void *aligned_scratch(size_t size)
{
  return scratch_aligned_alloc(64, size);
}

typedef struct shape {
  const char *name;
  size_t align;
  void *(*alloc)(size_t size);
  void *(*resize)(void *block, size_t old_size, size_t size);  // NULL: it has none
  void (*free)(void *block, size_t size);
} shape;

static const shape shapes[] = {
    {"user data first", 16, alloc_sized, resize_sized, free_user_first},
    {"aligned", 256, alloc_aligned, resize_aligned, free_user_first},
    {"zlib", 16, alloc_zlib, NULL, free_user_first},
    {"miniz", 16, alloc_miniz, resize_miniz, free_user_first},
    {"libtess2", 16, alloc_tess, resize_tess, free_user_first},
    {"Lua", 16, alloc_lua, resize_lua, free_lua},
    {"FreeType", 16, alloc_font, resize_font, free_font},
    {"user data last", 16, alloc_user_last, NULL, free_user_last},
    {"malloc", 16, scratch_malloc, resize_scratch, free_scratch},
    {"calloc, free with a size", 16, calloc_scratch, NULL, scratch_free_sized},
    {"aligned_alloc", 64, aligned_scratch, NULL, free_scratch},
};

static void use(ss_adapter *a)
{
  used = scratch_adapter = a;
  font.user = a;
}

// Runs a test for each shape, on the thread's stack, and says for which one something failed.
static void for_each_shape(void (*test)(const shape *s))
{
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i += 1) {
    const int failures = check_failure_count();
    SS_SCOPE {
      ss_adapter a = ss_adapt(ss_thread_stack());
      use(&a);
      test(&shapes[i]);
      CHECK_VALID(ss_thread_stack());
    }
    if (check_failure_count() != failures) printf("  with: %s\n", shapes[i].name);
  }
  use(NULL);
}

// -------------------------------------------------------------------------------------------------
// Tests

static void grow_and_shrink(const shape *s)
{
  char *below = s->alloc(40);
  char *block = s->alloc(100);
  CHECK_ALIGNED(block, s->align);
  memset(below, 1, 40);
  memset(block, 2, 100);
  CHECK_EQ_SIZE(used->live_count, 2);
  if (s->resize) {
    const char *first = block;
    block = s->resize(block, 100, 1000);
    CHECK_EQ_PTR(block, first);  // the newest grows in place
    CHECK_FILLED(block, 2, 100);
    memset(block, 3, 1000);
    block = s->resize(block, 1000, 10);
    CHECK_EQ_PTR(block, first);
    CHECK_FILLED(block, 3, 10);
    CHECK_EQ_SIZE(used->live_bytes, 50);
    // The other one shrinks where it is, and grows as a copy.
    CHECK_EQ_PTR(s->resize(below, 40, 20), below);
    char *copy = s->resize(below, 20, 4000);
    CHECK(copy != below);
    CHECK_FILLED(copy, 1, 20);
    CHECK_ALIGNED(copy, s->align);
    CHECK_FILLED(block, 3, 10);
    CHECK_EQ_SIZE(used->live_count, 2);
    CHECK_EQ_SIZE(used->live_bytes, 4010);
    CHECK_EQ_SIZE(used->wasted_bytes, 40);
    s->free(copy, 4000);
    s->free(block, 10);
  } else {
    s->free(block, 100);
    s->free(below, 40);
  }
  CHECK_EQ_SIZE(used->live_count, 0);
  CHECK_EQ_SIZE(used->live_bytes, 0);
}

static void blocks_grow_and_shrink(void)
{
  for_each_shape(grow_and_shrink);
}

static void take_nothing(const shape *s)
{
  char *blocks[2] = {NULL};
  for (int i = 0; i < 2; i += 1) {
    blocks[i] = s->alloc(0);
    CHECK(blocks[i] != NULL);
    CHECK_ALIGNED(blocks[i], s->align);
  }
  char *first = blocks[0];
  char *second = blocks[1];
  CHECK(first != second);
  if (s->resize) {
    second = s->resize(second, 0, 0);
    CHECK(second != NULL);
    second = s->resize(second, 0, 30);
    memset(second, 5, 30);
    char *third = s->resize(NULL, 0, 50);  // as alloc
    memset(third, 6, 50);
    CHECK_FILLED(second, 5, 30);
    third = s->resize(third, 50, 0);
    CHECK(third != NULL);
    s->free(third, 0);
  }
  s->free(second, 30);
  s->free(first, 0);
  s->free(NULL, 0);
  CHECK_EQ_SIZE(used->live_count, 0);
}

static void a_size_of_0_is_a_size_like_others(void)
{
  for_each_shape(take_nothing);
}

// Of three blocks of 100 bytes, those that were freed below one that lives are wasted. With SS_DEBUG
// hardly any block is taken back at once, so how many are wasted is not said.
static void check_wasted(const bool is_freed[3])
{
#if SS_DEBUG
  (void)is_freed;
#else
  size_t wasted = 0;
  bool is_below = false;
  for (int b = 2; b >= 0; b -= 1) {
    if (!is_freed[b]) is_below = true;
    if (is_freed[b] && is_below) wasted += 100;
  }
  CHECK_EQ_SIZE(used->wasted_bytes, wasted);
#endif
}

static void free_in_order(const shape *s, char *const blocks[3], const int order[3])
{
  bool is_freed[3] = {false};
  for (int step = 0; step < 3; step += 1) {
    s->free(blocks[order[step]], 100);
    is_freed[order[step]] = true;
    for (int b = 0; b < 3; b += 1) {
      if (!is_freed[b]) CHECK_FILLED(blocks[b], b + 1, 100);
    }
    check_wasted(is_freed);
  }
}

// Each order of three blocks: when all are freed, all is taken back, whatever the order was.
static void free_three(const shape *s)
{
  static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i += 1) {
    const size_t before = ss_thread_stats().used;
    char *blocks[3];
    for (int b = 0; b < 3; b += 1) {
      blocks[b] = s->alloc(100);
      if (!CHECK(blocks[b] != NULL)) return;
      memset(blocks[b], b + 1, 100);
    }
    free_in_order(s, blocks, orders[i]);
    CHECK_EQ_SIZE(used->live_count, 0);
#if SS_DEBUG
    (void)before;
#else
    CHECK_EQ_SIZE(ss_thread_stats().used, before);
#endif
  }
}

static void blocks_are_freed_in_any_order(void)
{
  for_each_shape(free_three);
}

#if SS_DEBUG && !SS__ASAN  // which would stop the read
static void free_and_look(const shape *s)
{
  const volatile unsigned char *block = s->alloc(100);
  char *above = s->alloc(1);
  memset((void *)(uintptr_t)block, 1, 100);
  s->free((void *)(uintptr_t)block, 100);
  for (int i = 0; i < 100; i += 1) CHECK_EQ_INT(block[i], 0xdd);
  s->free(above, 1);
}

static void what_is_freed_is_overwritten(void)
{
  for_each_shape(free_and_look);
}
#endif

// What the program makes itself meanwhile stays, and so do the blocks below it.
static void free_below_a_slice(const shape *s)
{
  char *block = s->alloc(100);
  char *slice = memset(ss_uninit_slice(char, 64), 9, 64);
  s->free(block, 100);
  CHECK_FILLED(slice, 9, 64);
  CHECK_EQ_SIZE(used->wasted_bytes, 100);
  char *next = memset(s->alloc(100), 4, 100);
  ss_buffer buffer = ss_buffer_open();
  *ss_push(int, &buffer) = 7;
  char *in_buffer = memset(s->alloc(100), 5, 100);
  CHECK_EQ_INT(*ss_push(int, &buffer) = 8, 8);
  s->free(next, 100);
  CHECK_FILLED(in_buffer, 5, 100);
  s->free(in_buffer, 100);
  CHECK_FILLED(slice, 9, 64);
  CHECK_EQ_INT(*ss_buffer_at(int, &buffer, 0), 7);
  CHECK_EQ_SIZE(ss_buffer_close(&buffer).size, 2 * sizeof(int));
  CHECK_EQ_SIZE(used->live_count, 0);
}

static void what_the_program_makes_meanwhile_stays(void)
{
  for_each_shape(free_below_a_slice);
}

static void memory_that_ends_is_reported_and_changes_nothing(void)
{
  static counted_backing counted;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i += 1) {
    const shape *s = &shapes[i];
    const ss_config config = {.initial_bytes = 4096, .backing = counted_begin(&counted, 1)};
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    ss_adapter a = ss_adapt(stack);
    use(&a);
    char *block = s->alloc(1000);
    if (!CHECK(block != NULL)) return;
    memset(block, 7, 1000);
    counted.refuse_call = counted.acquires + counted.resizes + 1;
    counted.is_refusing_on = true;
    const ss_adapter before = a;
    CHECK_EQ_PTR(s->alloc(100000), NULL);
    CHECK_EQ_PTR(s->alloc(SIZE_MAX), NULL);
    CHECK_EQ_PTR(s->alloc(SIZE_MAX - 20), NULL);
    CHECK_EQ_PTR(s->alloc(PTRDIFF_MAX), NULL);
    if (s->resize) {
      CHECK_EQ_PTR(s->resize(block, 1000, 100000), NULL);
      CHECK_EQ_PTR(s->resize(block, 1000, SIZE_MAX), NULL);
      CHECK_EQ_PTR(s->resize(block, 1000, PTRDIFF_MAX), NULL);
    }
    CHECK(memcmp(&before, &a, sizeof a) == 0);
    CHECK_FILLED(block, 7, 1000);
    if (s->resize) CHECK_EQ_PTR(s->resize(block, 1000, 500), block);  // less never fails
    counted.refuse_call = 0;
    char *next = s->alloc(100000);
    if (CHECK(next != NULL)) memset(next, 8, 100000);
    CHECK_FILLED(block, 7, 500);
    s->free(block, 500);
    s->free(next, 100000);
    CHECK_EQ_SIZE(a.live_count, 0);
    ss_stack_free(stack);
    counted_end(&counted);
  }
  use(NULL);
}

static void counts_that_overflow_are_refused(void)
{
  SS_SCOPE {
    ss_adapter a = ss_adapt(ss_thread_stack());
    use(&a);
    const size_t half = SIZE_MAX / 2 + 1;
    CHECK_EQ_PTR(ss_adapt_miniz_alloc(&a, half, 2), NULL);
    CHECK_EQ_PTR(ss_adapt_miniz_alloc(&a, half, 3), NULL);
    void *block = ss_adapt_miniz_alloc(&a, 1, 2);
    CHECK_EQ_PTR(ss_adapt_miniz_resize(&a, block, half, 2), NULL);
    CHECK_EQ_PTR(scratch_calloc(half, 2), NULL);
#if SIZE_MAX == UINT32_MAX
    CHECK_EQ_PTR(ss_adapt_zlib_alloc(&a, UINT_MAX, UINT_MAX), NULL);
#endif
    CHECK_EQ_PTR(ss_adapt_alloc_aligned(&a, 8, 24), NULL);
    CHECK_EQ_PTR(ss_adapt_alloc_aligned(&a, 8, SIZE_MAX / 2 + 1), NULL);
    CHECK_EQ_SIZE(a.live_count, 1);
    use(NULL);
    CHECK_EQ_PTR(scratch_malloc(1), NULL);  // no adapter, no memory
    CHECK_EQ_PTR(scratch_realloc(NULL, 1), NULL);
  }
}

// A library's call in a scope of its own, whose result is kept: what it has left behind goes.
static void a_result_is_kept(void)
{
  SS_SCOPE {
    const size_t before = ss_thread_stats().used;
    const ss_mark mark = ss_save();
    ss_adapter a = ss_adapt(ss_thread_stack());
    (void)ss_adapt_alloc(&a, 5000);
    char *result = memset(ss_adapt_alloc_aligned(&a, 300, 128), 3, 300);
    (void)ss_adapt_alloc(&a, 5000);
    const ss_slice inside = {result, 300};
    const ss_slice kept = ss_restore_keep(mark, inside);
    CHECK_FILLED(kept.data, 3, 300);
    CHECK_LE_SIZE(ss_thread_stats().used, before + 300 + (SS_DEBUG ? 1024 : 16));
  }
}

// A library that allocates, reallocates and frees at random, with every callback by turns.
static void any_sequence_keeps_every_block(void)
{
  enum { BLOCKS = 24 };
  typedef struct held {
    const shape *s;
    unsigned char *data;
    size_t size;
    unsigned char fill;
  } held;
  uint32_t seed = 4711;
  for (int round = 0; round < 60; round += 1) {
    SS_SCOPE {
      held blocks[BLOCKS] = {0};
      ss_adapter a = ss_adapt(ss_thread_stack());
      use(&a);
      size_t count = 0;
      for (int step = 0; step < 200; step += 1) {
        held *h = &blocks[random_below(&seed, BLOCKS)];
        const size_t size = 1 + random_below(&seed, random_below(&seed, 8) ? 200 : 20000);
        if (h->data == NULL) {
          h->s = &shapes[random_below(&seed, sizeof shapes / sizeof *shapes)];
          h->data = h->s->alloc(size);
          h->size = size;
          count += 1;
        } else if (h->s->resize && random_below(&seed, 2)) {
          h->data = h->s->resize(h->data, h->size, size);
          CHECK_FILLED(h->data, h->fill, size < h->size ? size : h->size);
          h->size = size;
        } else {
          h->s->free(h->data, h->size);
          h->data = NULL;
          count -= 1;
        }
        if (h->data) {
          CHECK_ALIGNED(h->data, h->s->align);
          h->fill = (unsigned char)(1 + step);
          memset(h->data, h->fill, h->size);
        }
        CHECK_EQ_SIZE(a.live_count, count);
      }
      for (int b = 0; b < BLOCKS; b += 1) {
        if (blocks[b].data == NULL) continue;
        CHECK_FILLED(blocks[b].data, blocks[b].fill, blocks[b].size);
        blocks[b].s->free(blocks[b].data, blocks[b].size);
      }
      CHECK_EQ_SIZE(a.live_count, 0);
      CHECK_EQ_SIZE(a.live_bytes, 0);
      CHECK_VALID(ss_thread_stack());
    }
  }
  use(NULL);
}

TEST_GROUP(adapt)
{
  RUN(blocks_grow_and_shrink);
  RUN(a_size_of_0_is_a_size_like_others);
  RUN(blocks_are_freed_in_any_order);
#if SS_DEBUG && !SS__ASAN
  RUN(what_is_freed_is_overwritten);
#endif
  RUN(what_the_program_makes_meanwhile_stays);
  RUN(memory_that_ends_is_reported_and_changes_nothing);
  RUN(counts_that_overflow_are_refused);
  RUN(a_result_is_kept);
  RUN(any_sequence_keeps_every_block);
}
