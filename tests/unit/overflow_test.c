// SPDX-License-Identifier: MIT
// Promises 5 and 6: sizes are checked before anything changes; failure is loud, or NULL from a
// try_.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

typedef struct wide {
  char bytes[48];
} wide;

static const wide zeros[1];

static volatile size_t absurd_sizes[] = {SIZE_MAX,          SIZE_MAX - 1,     SIZE_MAX - 15,
                                         SIZE_MAX - 16,     SIZE_MAX - 64,    SIZE_MAX - 4096,
                                         SIZE_MAX / 2 + 16, SIZE_MAX / 2 + 1, SIZE_MAX / 2};
enum { ABSURD_SIZES = sizeof absurd_sizes / sizeof absurd_sizes[0] };

// A stack with something in it, which every failure must leave alone.
static struct {
  counted_backing counted;
  ss_stack *stack;
  char *slice;
  ss_buffer buffer;
  ss_stats before;
} fixture;

static bool set_up(void)
{
  const ss_config config = {.initial_bytes = 4096, .backing = counted_begin(&fixture.counted, 1)};
  fixture.stack = ss_stack_new(&config);
  if (!CHECK(fixture.stack != NULL)) return false;
  fixture.slice = memset(ss_stack_alloc(fixture.stack, 100, 1), 0x61, 100);
  fixture.buffer = ss_stack_buffer_open(fixture.stack);
  memset(ss_extend(char, &fixture.buffer, 200), 0x62, 200);
  memset(ss_stack_alloc(fixture.stack, 100, 1), 0x63, 100);  // so that its lane has a chunk
  fixture.before = ss_stack_stats(fixture.stack);
  return true;
}

static void check_unchanged(void)
{
  CHECK_VALID(fixture.stack);
  CHECK_SAME_STATS(ss_stack_stats(fixture.stack), fixture.before);
  CHECK_FILLED(fixture.slice, 0x61, 100);
  CHECK_EQ_SIZE(ss_buffer_count(char, &fixture.buffer), 200);
  CHECK_FILLED(ss_buffer_at(char, &fixture.buffer, 0), 0x62, 200);
}

static void tear_down(void)
{
  const ss_slice s = ss_buffer_close(&fixture.buffer);
  CHECK_EQ_SIZE(s.size, 200);
  CHECK_FILLED(s.data, 0x62, 200);
  CHECK_FILLED(fixture.slice, 0x61, 100);
  ss_stack_free(fixture.stack);
  counted_end(&fixture.counted);
}

static void promise_5_absurd_sizes_are_refused(void)
{
  if (!set_up()) return;
  ss_stack *stack = fixture.stack;
  for (size_t i = 0; i < ABSURD_SIZES; i += 1) {
    const size_t size = absurd_sizes[i];
    CHECK_EQ_PTR(ss_stack_try_alloc(stack, size, 1), NULL);
    CHECK_EQ_PTR(ss_stack_try_alloc(stack, size, 4096), NULL);
    CHECK_EQ_PTR(ss_stack_try_alloc(stack, size, (size_t)1 << 20), NULL);
    CHECK_EQ_PTR(ss_stack_try_uninit_slice(stack, char, size), NULL);
    CHECK_EQ_PTR(ss_stack_try_zeroed_slice(stack, char, size), NULL);
    CHECK_EQ_PTR(ss_stack_try_copy_slice(stack, char, "", size), NULL);
    CHECK_EQ_PTR(ss_try_extend(char, &fixture.buffer, size), NULL);
    CHECK_EQ_PTR(ss_try_append(&fixture.buffer, "", size), NULL);
    CHECK(!ss_try_reserve(&fixture.buffer, size));
  }
  check_unchanged();
  tear_down();
}

static void promise_5_counts_whose_size_overflows_are_refused(void)
{
  if (!set_up()) return;
  ss_stack *stack = fixture.stack;
  // The first count whose size wraps to something small, and those around it.
  const size_t wraps = SIZE_MAX / sizeof(wide) + 1;
  const size_t counts[] = {wraps - 1, wraps, wraps + 1, wraps + 100, SIZE_MAX / 2, SIZE_MAX};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i += 1) {
    CHECK_EQ_PTR(ss_stack_try_uninit_slice(stack, wide, counts[i]), NULL);
    CHECK_EQ_PTR(ss_stack_try_zeroed_slice(stack, wide, counts[i]), NULL);
    CHECK_EQ_PTR(ss_stack_try_copy_slice(stack, wide, zeros, counts[i]), NULL);
    CHECK_EQ_PTR(ss_try_extend(wide, &fixture.buffer, counts[i]), NULL);
  }
  check_unchanged();
  tear_down();
}

static void promise_6_an_overflow_is_fatal_and_names_the_call(void)
{
  if (!set_up()) return;
  ss_stack *stack = fixture.stack;
  volatile size_t count = SIZE_MAX / sizeof(wide) + 1;
  EXPECT_FATAL((void)ss_stack_uninit_slice(stack, wide, count));
  CHECK_CONTAINS(fatal_message(), "ss_stack_uninit_slice");
  EXPECT_FATAL((void)ss_stack_zeroed_slice(stack, wide, count));
  CHECK_CONTAINS(fatal_message(), "ss_stack_zeroed_slice");
  EXPECT_FATAL((void)ss_stack_copy_slice(stack, wide, zeros, count));
  CHECK_CONTAINS(fatal_message(), "ss_stack_copy_slice");
  EXPECT_FATAL((void)ss_extend(wide, &fixture.buffer, count));
  CHECK_CONTAINS(fatal_message(), "ss_extend");
  EXPECT_FATAL((void)ss_stack_alloc(stack, SIZE_MAX - 15, 1));
  CHECK_CONTAINS(fatal_message(), "ss_stack_alloc");
  EXPECT_FATAL((void)ss_append(&fixture.buffer, "", absurd_sizes[0]));
  CHECK_CONTAINS(fatal_message(), "ss_append");
  EXPECT_FATAL(ss_reserve(&fixture.buffer, SIZE_MAX));
  CHECK_CONTAINS(fatal_message(), "ss_reserve");
  check_unchanged();
  tear_down();
}

static void promise_6_the_thread_stacks_calls_name_themselves(void)
{
  volatile size_t count = SIZE_MAX / sizeof(wide) + 1;
  EXPECT_FATAL((void)ss_alloc(SIZE_MAX, 1));
  CHECK_CONTAINS(fatal_message(), "ss_alloc");
  EXPECT_FATAL((void)ss_uninit_slice(wide, count));
  CHECK_CONTAINS(fatal_message(), "ss_uninit_slice");
  EXPECT_FATAL((void)ss_zeroed_slice(wide, count));
  CHECK_CONTAINS(fatal_message(), "ss_zeroed_slice");
  EXPECT_FATAL((void)ss_copy_slice(wide, zeros, count));
  CHECK_CONTAINS(fatal_message(), "ss_copy_slice");
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
}

static void promise_5_an_alignment_must_be_a_power_of_two(void)
{
  if (!set_up()) return;
  static const size_t wrong[] = {17, 24, 48, 96, 100, 4095, 65537, SIZE_MAX, SIZE_MAX - 15};
  for (volatile size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i += 1) {
    CHECK_EQ_PTR(ss_stack_try_alloc(fixture.stack, 16, wrong[i]), NULL);
    EXPECT_FATAL((void)ss_stack_alloc(fixture.stack, 16, wrong[i]));
    CHECK_CONTAINS(fatal_message(), "ss_stack_alloc");
  }
  // A power of two, but no memory is that large.
  CHECK_EQ_PTR(ss_stack_try_alloc(fixture.stack, 16, SIZE_MAX / 2 + 1), NULL);
  check_unchanged();
  tear_down();
}

// A count may be longer than size_t: it is not cut short before it is checked.
static void promise_5_a_count_of_64_bits_is_not_cut_short(void)
{
#if SIZE_MAX == UINT32_MAX
  if (!set_up()) return;
  ss_stack *stack = fixture.stack;
  static volatile unsigned long long counts[] = {1ull << 32, (1ull << 32) + 16, 3ull << 33,
                                                 1ull << 63};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i += 1) {
    CHECK_EQ_PTR(ss_stack_try_uninit_slice(stack, char, counts[i]), NULL);
    CHECK_EQ_PTR(ss_stack_try_uninit_slice(stack, wide, counts[i]), NULL);
    CHECK_EQ_PTR(ss_stack_try_zeroed_slice(stack, char, counts[i]), NULL);
    CHECK_EQ_PTR(ss_stack_try_copy_slice(stack, char, "", counts[i]), NULL);
    CHECK_EQ_PTR(ss_try_extend(char, &fixture.buffer, counts[i]), NULL);
  }
  EXPECT_FATAL((void)ss_stack_uninit_slice(stack, char, counts[1]));
  CHECK_CONTAINS(fatal_message(), "ss_stack_uninit_slice: 4294967312 elements");
  check_unchanged();
  tear_down();
#endif
}

TEST_GROUP(overflow)
{
  RUN(promise_5_absurd_sizes_are_refused);
  RUN(promise_5_counts_whose_size_overflows_are_refused);
  RUN(promise_5_an_alignment_must_be_a_power_of_two);
  RUN(promise_5_a_count_of_64_bits_is_not_cut_short);
  RUN(promise_6_an_overflow_is_fatal_and_names_the_call);
  RUN(promise_6_the_thread_stacks_calls_name_themselves);
}
