// SPDX-License-Identifier: MIT
// ss_restore_keep: a scope ends and one of its slices lives on in the parent.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

static counted_backing counted;

static ss_stack *new_stack(void)
{
  const ss_config config = {.initial_bytes = 2048, .backing = counted_begin(&counted, 1)};
  return ss_stack_new(&config);
}

static ss_slice filled(ss_stack *stack, int byte, size_t size)
{
  const ss_slice s = {memset(ss_stack_alloc(stack, size, 1), byte, size), size};
  return s;
}

// A scope of `scratch` bytes around a slice of `size`, at the end of `below` bytes.
static void keep_one(size_t below, size_t scratch, size_t size)
{
  ss_stack *stack = new_stack();
  if (!CHECK(stack != NULL)) return;
  const ss_mark outermost = ss_stack_save(stack);
  const ss_slice outer = filled(stack, 0x11, below);
  const ss_mark mark = ss_stack_save(stack);
  const ss_slice before = filled(stack, 0x22, scratch);
  const ss_slice made = filled(stack, 0x33, size);
  (void)filled(stack, 0x44, scratch);
  CHECK_FILLED(before.data, 0x22, scratch);
  const ss_slice kept = ss_stack_restore_keep(stack, mark, made);
  CHECK_EQ_SIZE(kept.size, size);
  CHECK_ALIGNED(kept.data, 16);
  CHECK_FILLED(kept.data, 0x33, size);
  CHECK_FILLED(outer.data, 0x11, below);
  CHECK_VALID(stack);
  for (int i = 0; i < 5; i += 1) (void)filled(stack, 0x55, 300);
  CHECK_FILLED(kept.data, 0x33, size);
  CHECK_FILLED(outer.data, 0x11, below);
  ss_stack_restore(stack, outermost);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  CHECK_VALID(stack);
  ss_stack_free(stack);
  counted_end(&counted);
}

// In the same chunk, in a later one, beyond the parent's room, overlapping its new place or not.
static void a_kept_slice_survives_wherever_it_lies(void)
{
  const size_t sizes[] = {0, 1, 15, 16, 17, 100, 500, 1000, 1900, 2000, 5000, 100000};
  enum { SIZES = sizeof sizes / sizeof sizes[0] };
  enum { STEP = CHECK_ROUNDS(1, 4) };
  for (size_t b = 0; b < SIZES; b += STEP) {
    for (size_t s = STEP / 4; s < SIZES; s += STEP) {
      for (size_t k = STEP / 2; k < SIZES; k += STEP) keep_one(sizes[b], sizes[s], sizes[k]);
    }
  }
}

#if !SS_DEBUG
static void a_kept_slice_slides_down_to_where_its_scope_began(void)
{
  ss_stack *stack = new_stack();
  if (!CHECK(stack != NULL)) return;
  const char *outer = filled(stack, 0x11, 160).data;
  const ss_mark mark = ss_stack_save(stack);
  (void)filled(stack, 0x22, 320);
  const ss_slice kept = ss_stack_restore_keep(stack, mark, filled(stack, 0x33, 400));
  CHECK_EQ_PTR(kept.data, outer + 160);
  CHECK_FILLED(kept.data, 0x33, 400);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 560);
  ss_stack_free(stack);
  counted_end(&counted);
}
#endif

static void a_closed_buffer_may_be_kept(void)
{
  for (int frame = 0; frame < 4; frame += 1) {
    for (uint32_t count = 0; count < 60000; count = count * 5 + 1) {
      SS_SCOPE {
        char *outer = memset(ss_uninit_slice(char, 100), 0x61, 100);
        const ss_mark mark = ss_save();
        ss_buffer scratch = ss_buffer_open();
        ss_buffer b = ss_buffer_open();
        for (uint32_t i = 0; i < count; i += 1) {
          *ss_push(uint32_t, &b) = i;
          *ss_push(uint32_t, &scratch) = ~i;
        }
        const ss_slice made = ss_buffer_close(&b);
        (void)ss_buffer_close(&scratch);
        const ss_slice kept = ss_restore_keep(mark, made);
        if (!CHECK_EQ_SIZE(kept.size, count * sizeof(uint32_t))) break;
        memset(ss_uninit_slice(char, 1000), 0x62, 1000);
        for (uint32_t i = 0; i < count; i += 1) CHECK_EQ_SIZE(((uint32_t *)kept.data)[i], i);
        CHECK_FILLED(outer, 0x61, 100);
        CHECK_VALID(ss_thread_stack());
      }
    }
  }
}

static void a_part_of_a_slice_may_be_kept(void)
{
  SS_SCOPE {
    for (size_t from = 0; from < 40; from += 3) {
      const ss_mark mark = ss_save();
      unsigned char *bytes = ss_uninit_slice(unsigned char, 256);
      for (int i = 0; i < 256; i += 1) bytes[i] = (unsigned char)i;
      const ss_slice part = {bytes + from, 100};
      const ss_slice kept = ss_restore_keep(mark, part);
      CHECK_ALIGNED(kept.data, 16);
      for (size_t i = 0; i < 100; i += 1) CHECK_EQ_SIZE(((unsigned char *)kept.data)[i], from + i);
    }
  }
}

// A result handed up through scope after scope, longer in each.
static ss_slice grow_result(int depth)
{
  const ss_mark mark = ss_save();
  ss_buffer b = ss_buffer_open();
  if (depth > 0) {
    const ss_slice below = grow_result(depth - 1);
    ss_append(&b, below.data, below.size);
  }
  memset(ss_extend(char, &b, 100), depth, 100);
  return ss_restore_keep(mark, ss_buffer_close(&b));
}

static void results_may_be_handed_up_through_many_scopes(void)
{
  size_t calls = 0;
  for (int frame = 0; frame < 6; frame += 1) {
    SS_SCOPE {
      const ss_slice result = grow_result(40);
      CHECK_EQ_SIZE(result.size, 4100);
      for (int i = 0; i <= 40; i += 1) CHECK_FILLED((char *)result.data + 100 * i, i, 100);
      CHECK_LE_SIZE(ss_thread_stats().used, 4100 + 16 + (SS_DEBUG ? 512 : 0));
    }
    if (frame == 3) calls = ss_thread_stats().backing_calls;
  }
  CHECK_EQ_SIZE(ss_thread_stats().backing_calls, calls);
}

static void an_open_buffer_of_the_parent_is_not_disturbed(void)
{
  SS_SCOPE {
    ss_buffer parent = ss_buffer_open();
    for (int i = 0; i < 200; i += 1) {
      const ss_mark mark = ss_save();
      memset(ss_uninit_slice(char, 100), 0x71, 100);
      const ss_slice kept = ss_restore_keep(mark, filled(ss_thread_stack(), i, 90));
      memset(ss_extend(char, &parent, 500), i, 500);
      CHECK_FILLED(kept.data, i, 90);
    }
    const ss_slice s = ss_buffer_close(&parent);
    for (int i = 0; i < 200; i += 1) CHECK_FILLED((char *)s.data + 500 * i, i, 500);
  }
}

static const ss_slice *watched;
static int destructors_run;

// Sees the slice at its old place, and uses the memory that is about to be released.
static void look_and_scribble(void *arg)
{
  (void)arg;
  destructors_run += 1;
  CHECK_FILLED(watched->data, 0x33, watched->size);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 5000), 0x99, 5000);
  }
  memset(ss_uninit_slice(char, 700), 0x88, 700);
}

static void destructors_run_first_and_do_not_harm_the_kept_slice(void)
{
  destructors_run = 0;
  for (size_t size = 10; size < 200000; size *= 4) {
    SS_SCOPE {
      const ss_mark mark = ss_save();
      ss_slice made = {NULL, 0};
      watched = &made;
      ss_defer(look_and_scribble, NULL);
      memset(ss_uninit_slice(char, 300), 0x22, 300);
      made = filled(ss_thread_stack(), 0x33, size);
      ss_defer(look_and_scribble, NULL);
      const ss_slice kept = ss_restore_keep(mark, made);
      CHECK_FILLED(kept.data, 0x33, size);
      CHECK_VALID(ss_thread_stack());
    }
  }
  CHECK_EQ_INT(destructors_run, 2 * 8);
}

static void count_run(void *arg)
{
  (void)arg;
  destructors_run += 1;
}

// The result lies in another lane, and the parent's own has no room for it.
static void a_refused_try_leaves_the_scope_open(void)
{
  ss_stack *stack = new_stack();
  if (!CHECK(stack != NULL)) return;
  destructors_run = 0;
  const ss_slice outer = filled(stack, 0x11, 1000);
  const ss_mark mark = ss_stack_save(stack);
  ss_stack_defer(stack, count_run, NULL);
  ss_buffer first = ss_stack_buffer_open(stack);
  ss_buffer second = ss_stack_buffer_open(stack);
  memset(ss_extend(char, &second, 60000), 0x33, 60000);
  const ss_slice made = ss_buffer_close(&second);
  (void)ss_buffer_close(&first);
  const ss_slice last = filled(stack, 0x44, 1000);
  const ss_stats before = ss_stack_stats(stack);
  counted.refuse_call = counted.acquires + counted.resizes + 1;
  counted.is_refusing_on = true;
  const ss_slice refused = ss_stack_try_restore_keep(stack, mark, made);
  CHECK_EQ_PTR(refused.data, NULL);
  CHECK_EQ_SIZE(refused.size, 0);
  CHECK_EQ_INT(destructors_run, 0);
  CHECK_SAME_STATS(ss_stack_stats(stack), before);
  CHECK_FILLED(made.data, 0x33, made.size);
  CHECK_FILLED(last.data, 0x44, last.size);
  EXPECT_FATAL((void)ss_stack_restore_keep(stack, mark, made));
  CHECK_CONTAINS(fatal_message(), "ss_stack_restore_keep");
  CHECK_CONTAINS(fatal_message(), "60000");
  CHECK_EQ_INT(destructors_run, 0);
  CHECK_FILLED(made.data, 0x33, made.size);
  CHECK_VALID(stack);
  counted.refuse_call = 0;
  CHECK_FILLED(memset(ss_stack_alloc(stack, 9000, 1), 0x55, 9000), 0x55, 9000);
  const ss_slice kept = ss_stack_try_restore_keep(stack, mark, made);
  CHECK_EQ_SIZE(kept.size, made.size);
  CHECK_FILLED(kept.data, 0x33, made.size);
  CHECK_EQ_INT(destructors_run, 1);
  CHECK_FILLED(outer.data, 0x11, outer.size);
  CHECK_VALID(stack);
  ss_stack_free(stack);
  counted_end(&counted);
}

static ss_stack *shared;

// A destructor that keeps a slice itself, while the slice of the scope that ends is being kept.
static void keep_meanwhile(void *size)
{
  const ss_mark outer = ss_stack_save(shared);
  const ss_mark mark = ss_stack_save(shared);
  (void)filled(shared, 0x66, 700);
  const ss_slice kept = ss_stack_restore_keep(shared, mark, filled(shared, 0x77, *(size_t *)size));
  CHECK_FILLED(kept.data, 0x77, kept.size);
  ss_stack_restore(shared, outer);
}

static void a_destructor_may_keep_a_slice_while_one_is_kept(void)
{
  static size_t sizes[] = {0, 16, 500, 5000, 50000};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i += 1) {
    for (size_t kept_size = 1; kept_size < 20000; kept_size *= 7) {
      shared = new_stack();
      if (!CHECK(shared != NULL)) return;
      const ss_slice outer = filled(shared, 0x11, 100);
      const ss_mark mark = ss_stack_save(shared);
      (void)filled(shared, 0x22, 1500);
      const ss_slice made = filled(shared, 0x33, kept_size);
      ss_stack_defer(shared, keep_meanwhile, &sizes[i]);
      const ss_slice kept = ss_stack_restore_keep(shared, mark, made);
      CHECK_FILLED(kept.data, 0x33, kept_size);
      CHECK_FILLED(outer.data, 0x11, 100);
      CHECK_VALID(shared);
      ss_stack_free(shared);
      counted_end(&counted);
    }
  }
}

static void fill_another_lane(void *stack)
{
  SS_STACK_SCOPE(stack) {
    ss_buffer buffer = ss_stack_buffer_open(stack);
    (void)filled(stack, 0x66, 3000);
    (void)ss_buffer_close(&buffer);
  }
}

static void a_destructor_may_make_the_kept_slices_lane_grow(void)
{
  for (size_t size = 100; size < 3000; size += 100) {
    ss_stack *stack = new_stack();
    if (!CHECK(stack != NULL)) return;
    const ss_mark mark = ss_stack_save(stack);
    ss_stack_defer(stack, fill_another_lane, stack);
    ss_buffer buffer = ss_stack_buffer_open(stack);
    const ss_slice made = filled(stack, 0x33, size);
    (void)ss_buffer_close(&buffer);
    const ss_slice kept = ss_stack_restore_keep(stack, mark, made);
    CHECK_FILLED(kept.data, 0x33, size);
    CHECK_VALID(stack);
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

static void trim_and_refuse(void *stack)
{
  ss_stack_trim(stack, 0);
  counted.refuse_call = counted.acquires + counted.resizes + 1;
  counted.is_refusing_on = true;
}

// The kept slice comes down to a chunk that was large enough when the call began.
static void a_destructor_may_trim_while_a_slice_is_kept(void)
{
  const ss_config config = {.initial_bytes = 60000, .backing = counted_begin(&counted, 2)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  const ss_mark mark = ss_stack_save(stack);
  ss_stack_defer(stack, trim_and_refuse, stack);
  ss_buffer b = ss_stack_buffer_open(stack);
  const ss_slice made = filled(stack, 0x33, 20000);  // in another lane
  (void)ss_buffer_close(&b);
  const ss_slice kept = ss_stack_try_restore_keep(stack, mark, made);
  CHECK_EQ_SIZE(kept.size, 20000);
  if (kept.data) CHECK_FILLED(kept.data, 0x33, 20000);
  ss_stack_free(stack);
  counted_end(&counted);
}

// A keep of a slice that lies in a chunk which is larger than a newer one of its lane, so that the
// larger chunk is the one that stays, with the held bytes in it. `ends` is run as a destructor.
static void keep_below_a_smaller_chunk(const ss_config *config, bool is_trimmed,
                                       ss_destructor *ends)
{
  shared = ss_stack_new(config);
  if (!CHECK(shared != NULL)) return;
  const ss_mark mark = ss_stack_save(shared);
  ss_stack_defer(shared, ends, NULL);
  ss_buffer names = ss_stack_buffer_open(shared);
  *ss_push(int, &names) = 1;
  (void)filled(shared, 0x22, 4);
  ss_buffer values = ss_stack_buffer_open(shared);
  *ss_push(int, &values) = 1;
  (void)ss_buffer_close(&names);
  (void)filled(shared, 0x22, 2500);
  const ss_slice made = filled(shared, 0x33, 600);
  (void)filled(shared, 0x22, 1500);
  if (is_trimmed) ss_stack_trim(shared, 0);
  (void)ss_buffer_close(&values);
  const ss_slice kept = ss_stack_restore_keep(shared, mark, made);
  CHECK_EQ_SIZE(kept.size, 600);
  CHECK_FILLED(kept.data, 0x33, 600);
  CHECK_VALID(shared);
  ss_stack_free(shared);
  counted_end(&counted);
}

static void take_more_than_there_is(void *unused)
{
  (void)unused;
  CHECK_VALID(shared);
  CHECK_EQ_PTR(ss_stack_try_uninit_slice(shared, char, 100000), NULL);
  CHECK_VALID(shared);
}

static void take_much(void *unused)
{
  (void)unused;
  for (size_t size = 64; size < 200000; size = size * 3 / 2 & ~(size_t)15) {
    CHECK_VALID(shared);
    CHECK_FILLED(filled(shared, 0x44, size).data, 0x44, size);
  }
  CHECK_VALID(shared);
}

// Here it is max_bytes that makes the newer chunk the smaller one, and here it is a trim.
static void a_destructor_has_only_the_room_that_there_is_while_a_slice_is_kept(void)
{
  const ss_config limited = {
      .initial_bytes = 2000, .max_bytes = 11000, .backing = counted_begin(&counted, 1)};
#if !SS_DEBUG
  keep_below_a_smaller_chunk(&limited, false, take_more_than_there_is);
#else
  (void)limited, (void)take_more_than_there_is;  // the records alone take more than max_bytes
#endif
  for (size_t room_factor = 1; room_factor <= 2; room_factor += 1) {
    const ss_config config = {.initial_bytes = 2000,
                              .backing = counted_begin(&counted, room_factor)};
    counted.backing.resize = counted_resize;
    keep_below_a_smaller_chunk(&config, true, take_much);
  }
}

// The kept slice goes down, up, or stays, in the parent's chunk, one that is emptied, or a spare one.
static void keep_aligned(size_t align, size_t below, size_t scratch, size_t size)
{
  ss_stack *stack = new_stack();
  if (!CHECK(stack != NULL)) return;
  ss_buffer open = ss_stack_buffer_open(stack);
  const ss_slice outer = filled(stack, 0x11, below);
  const ss_mark mark = ss_stack_save(stack);
  (void)filled(stack, 0x22, scratch);
  ss_slice made = {ss_stack_alloc(stack, size, align), size};
  memset(made.data, 0x33, size);
  made.data = (char *)made.data + (size & 16);  // a part, which is not aligned, may have to go up
  made.size -= size & 16;
  const ss_slice kept = ss_stack_restore_keep_aligned(stack, mark, made, align);
  CHECK_EQ_SIZE(kept.size, made.size);
  CHECK_ALIGNED(kept.data, align > 16 ? align : 16);
  CHECK_FILLED(kept.data, 0x33, kept.size);
  CHECK_VALID(stack);
  CHECK_FILLED(outer.data, 0x11, below);
  (void)filled(stack, 0x55, 300);
  CHECK_FILLED(kept.data, 0x33, kept.size);
  CHECK_EQ_SIZE(ss_buffer_close(&open).size, 0);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void a_kept_slice_keeps_the_alignment_asked_for(void)
{
  const size_t sizes[] = {0, 16, 48, 100, 1000, 1800, 5000};
  enum { SIZES = sizeof sizes / sizeof sizes[0], STEP = CHECK_ROUNDS(1, 3) };
  for (size_t align = 1; align <= 4096; align *= 4) {
    for (size_t b = 0; b < SIZES; b += STEP) {
      for (size_t s = 0; s < SIZES; s += STEP) {
        for (size_t k = b % 3 * (STEP / 3); k < SIZES; k += STEP)
          keep_aligned(align * 2, sizes[b], sizes[s], sizes[k]);
      }
    }
  }
}

static void an_alignment_that_is_no_power_of_two_is_refused(void)
{
  const ss_mark mark = ss_save();
  const ss_slice made = {memset(ss_alloc(100, 64), 0x33, 100), 100};
  const ss_stats before = ss_thread_stats();
  static const size_t aligns[] = {24, 48, 100, SIZE_MAX};
  for (size_t i = 0; i < sizeof aligns / sizeof aligns[0]; i += 1) {
    CHECK_EQ_PTR(ss_try_restore_keep_aligned(mark, made, aligns[i]).data, NULL);
    EXPECT_FATAL((void)ss_restore_keep_aligned(mark, made, aligns[i]));
    CHECK_CONTAINS(fatal_message(), "ss_restore_keep_aligned");
    CHECK_CONTAINS(fatal_message(), "a power of two");
  }
  // No memory is that aligned.
  CHECK_EQ_PTR(ss_try_restore_keep_aligned(mark, made, SIZE_MAX / 2 + 1).data, NULL);
  CHECK_SAME_STATS(before, ss_thread_stats());
  CHECK_FILLED(made.data, 0x33, 100);
  const ss_slice kept = ss_try_restore_keep_aligned(mark, made, 64);
  CHECK_ALIGNED(kept.data, 64);
  CHECK_FILLED(kept.data, 0x33, 100);
  ss_thread_free();
}

static void nothing_may_be_kept(void)
{
  const ss_slice nothing = {NULL, 0};
  SS_SCOPE {
    const ss_slice kept = ss_restore_keep(ss_save(), nothing);
    CHECK_EQ_SIZE(kept.size, 0);
    CHECK(kept.data != NULL);
  }
}

TEST_GROUP(keep)
{
  RUN(a_kept_slice_survives_wherever_it_lies);
#if !SS_DEBUG
  RUN(a_kept_slice_slides_down_to_where_its_scope_began);
#endif
  RUN(a_closed_buffer_may_be_kept);
  RUN(a_part_of_a_slice_may_be_kept);
  RUN(results_may_be_handed_up_through_many_scopes);
  RUN(an_open_buffer_of_the_parent_is_not_disturbed);
  RUN(destructors_run_first_and_do_not_harm_the_kept_slice);
  RUN(a_refused_try_leaves_the_scope_open);
  RUN(a_destructor_may_keep_a_slice_while_one_is_kept);
  RUN(a_destructor_may_make_the_kept_slices_lane_grow);
  RUN(a_destructor_may_trim_while_a_slice_is_kept);
  RUN(a_destructor_has_only_the_room_that_there_is_while_a_slice_is_kept);
  RUN(a_kept_slice_keeps_the_alignment_asked_for);
  RUN(an_alignment_that_is_no_power_of_two_is_refused);
  RUN(nothing_may_be_kept);
}
