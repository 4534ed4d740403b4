// SPDX-License-Identifier: MIT
// Sizes, counts, alignments and reserves around 0, 1, 2^16, 2^31, 2^32 and the ends of size_t, on the
// platform's own memory. Each call either allocates all that was asked for, which is proved by
// writing to both ends, or fails and changes nothing. No call may take long.
#include "../check.h"

// The most that a test allocates and writes to: a machine can afford that much.
#define MOST_BYTES ((size_t)1 << 26)

static size_t sizes[200];
static size_t size_count;

static void add_around(size_t size)
{
  static const int offsets[] = {-4096, -97, -96, -64, -17, -16, -15, -1, 0, 1, 15, 16, 17, 96};
  for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i += 1) {
    sizes[size_count++] = size + (size_t)(ptrdiff_t)offsets[i];  // wraps around below 0 on purpose
  }
}

static void make_sizes(void)
{
  size_count = 0;
  add_around(0);
  add_around(4096);
  add_around((size_t)1 << 16);
  add_around((size_t)1 << 31);
  add_around((size_t)UINT32_MAX);
#if SIZE_MAX > UINT32_MAX
  add_around((size_t)1 << 32);
  add_around((size_t)1 << 47);
  add_around((size_t)1 << 62);
#endif
  add_around(SIZE_MAX / 2);
  add_around(SIZE_MAX / 4);
  add_around(SIZE_MAX);
}

// Makes a stack whose max_bytes refuses more than the test can afford to write to.
static ss_stack *new_stack(size_t max_bytes)
{
  const ss_config config = {.initial_bytes = 1024, .max_bytes = max_bytes};
  return ss_stack_new(&config);
}

static void check_ends(char *slice, size_t size)
{
  if (slice == NULL || size == 0) return;
  CHECK_LE_SIZE(size, MOST_BYTES);
  if (size > MOST_BYTES) return;
  slice[0] = 1;
  slice[size - 1] = 2;
  CHECK_EQ_INT(slice[size - 1], 2);
}

static void slices_are_whole_or_fail(void)
{
  make_sizes();
  ss_stack *stack = new_stack(MOST_BYTES);
  if (!CHECK(stack != NULL)) return;
  char *outer = memset(ss_stack_alloc(stack, 100, 1), 0x41, 100);
  for (size_t i = 0; i < size_count; i += 1) {
    for (unsigned shift = 0; shift < sizeof(size_t) * 8; shift += 1) {
      const size_t align = (size_t)1 << shift;
      const ss_mark mark = ss_stack_save(stack);
      const ss_stats before = ss_stack_stats(stack);
      char *slice = ss_stack_try_alloc(stack, sizes[i], align);
      check_ends(slice, sizes[i]);
      if (slice) {
        CHECK_EQ_SIZE((uintptr_t)slice & (align - 1), 0);
      } else {
        CHECK_SAME_STATS(ss_stack_stats(stack), before);
        CHECK(sizes[i] > MOST_BYTES / 4 || align > MOST_BYTES / 4);
      }
      ss_stack_restore(stack, mark);
    }
  }
  CHECK_VALID(stack);
  CHECK_FILLED(outer, 0x41, 100);
  ss_stack_free(stack);
}

static void counts_are_whole_or_fail(void)
{
  make_sizes();
  ss_stack *stack = new_stack(MOST_BYTES);
  if (!CHECK(stack != NULL)) return;
  for (size_t i = 0; i < size_count; i += 1) {
    typedef struct wide {
      char bytes[48];
    } wide;
    const ss_mark mark = ss_stack_save(stack);
    const bool is_possible = sizes[i] <= MOST_BYTES / 8 / sizeof(wide);
    wide *slice = ss_stack_try_uninit_slice(stack, wide, sizes[i]);
    CHECK(slice != NULL || !is_possible);
    if (slice) CHECK_LE_SIZE(sizes[i], MOST_BYTES / sizeof(wide));
    if (slice) check_ends((char *)slice, sizes[i] * sizeof(wide));
    ss_buffer b = ss_stack_buffer_open(stack);
    *ss_push(wide, &b) = (wide){{1}};
    wide *items = ss_try_extend(wide, &b, sizes[i]);
    if (items) check_ends((char *)items, sizes[i] * sizeof(wide));
    CHECK_EQ_SIZE(ss_buffer_count(wide, &b), 1 + (items ? sizes[i] : 0));
    (void)ss_buffer_close(&b);
    ss_stack_restore(stack, mark);
  }
  ss_stack_free(stack);
}

static void reserves_are_whole_or_fail(void)
{
  make_sizes();
  ss_stack *stack = new_stack(MOST_BYTES);
  if (!CHECK(stack != NULL)) return;
  for (size_t i = 0; i < size_count; i += 1) {
    const ss_mark mark = ss_stack_save(stack);
    ss_buffer b = ss_stack_buffer_open(stack);
    *ss_push(char, &b) = 7;
    const bool is_done = ss_try_reserve(&b, sizes[i]);
    CHECK(is_done || sizes[i] > MOST_BYTES / 4);
    if (is_done) check_ends(ss_extend(char, &b, sizes[i]), sizes[i]);
    CHECK_EQ_INT(*ss_buffer_at(char, &b, 0), 7);
    (void)ss_buffer_close(&b);
    ss_stack_restore(stack, mark);
  }
  CHECK_VALID(stack);
  ss_stack_free(stack);
}

static void configurations_are_honest(void)
{
  make_sizes();
  for (size_t i = 0; i < size_count; i += 1) {
    // With an absurd initial_bytes the stack takes what is needed; an absurd max_bytes is no limit.
    const ss_config initial = {.initial_bytes = sizes[i], .max_bytes = MOST_BYTES};
    ss_stack *stack = ss_stack_new(&initial);
    if (!CHECK(stack != NULL)) return;
    check_ends(ss_stack_try_alloc(stack, 1000, 16), 1000);
    CHECK_LE_SIZE(ss_stack_stats(stack).reserved, MOST_BYTES);
    ss_stack_free(stack);
    const ss_config most = {.max_bytes = sizes[i]};
    stack = ss_stack_new(&most);
    if (!CHECK(stack != NULL)) return;
    char *slice = ss_stack_try_alloc(stack, 1000, 16);
    CHECK(slice != NULL || (sizes[i] != 0 && sizes[i] < 2000));
    if (slice && sizes[i]) CHECK_LE_SIZE(ss_stack_stats(stack).reserved, sizes[i]);
    ss_stack_trim(stack, sizes[i]);
    check_ends(slice, 1000);
    ss_stack_free(stack);
  }
}

static bool next_number(void *iterator, void *item)
{
  size_t *left = iterator;
  *(int *)item = 1;
  return (*left)-- > 0;
}

static void hints_are_only_hints(void)
{
  make_sizes();
  ss_stack *stack = new_stack(MOST_BYTES);
  if (!CHECK(stack != NULL)) return;
  for (size_t i = 0; i < size_count; i += 1) {
    SS_STACK_SCOPE(stack) {
      size_t left = 10;
      CHECK_EQ_SIZE(ss_stack_collect(stack, int, next_number, &left, sizes[i]).size,
                    10 * sizeof(int));
    }
  }
  ss_stack_free(stack);
}

TEST_GROUP(arithmetic)
{
  RUN(slices_are_whole_or_fail);
  RUN(counts_are_whole_or_fail);
  RUN(reserves_are_whole_or_fail);
  RUN(configurations_are_honest);
  RUN(hints_are_only_hints);
}
