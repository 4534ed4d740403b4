// SPDX-License-Identifier: MIT
// ss_try_resize_last: what grows and shrinks in place, what does not, and that nothing else is touched.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

static void the_newest_slice_grows_and_shrinks_where_it_lies(void)
{
  SS_SCOPE {  // room enough from the start: a refusal would make the first chunk a small one
    (void)ss_uninit_slice(char, 4000);
  }
  SS_SCOPE {
    const size_t before = ss_thread_stats().used;
    char *slice = ss_uninit_slice(char, 100);
    memset(slice, 1, 100);
    CHECK(ss_try_resize_last(slice, 100, 1000));
    CHECK_FILLED(slice, 1, 100);
    memset(slice, 2, 1000);
    const size_t grown = ss_thread_stats().used;
    CHECK_LE_SIZE(before + 1000, grown);
    CHECK(ss_try_resize_last(slice, 1000, 10));
    CHECK_FILLED(slice, 2, 10);
    CHECK_LE_SIZE(ss_thread_stats().used + 900, grown);
    CHECK(ss_try_resize_last(slice, 10, 0));
    CHECK(ss_try_resize_last(slice, 0, 50));
    memset(slice, 3, 50);
    char *next = ss_uninit_slice(char, 20);
    memset(next, 4, 20);
    CHECK_FILLED(slice, 3, 50);
    CHECK_VALID(ss_thread_stack());
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void a_slice_that_is_not_the_newest_stays_as_it_is(void)
{
  SS_SCOPE {
    char *first = memset(ss_uninit_slice(char, 64), 1, 64);
    char *second = memset(ss_uninit_slice(char, 64), 2, 64);
    const ss_stats before = ss_thread_stats();
    CHECK(!ss_try_resize_last(first, 64, 128));
    CHECK(!ss_try_resize_last(first, 64, 0));
    CHECK(!ss_try_resize_last(NULL, 0, 0));
    CHECK(!ss_try_resize_last(NULL, 0, 16));
    const ss_stats after = ss_thread_stats();
    CHECK_SAME_STATS(before, after);
    // Each takes itself back, the last one first.
    CHECK(ss_try_resize_last(second, 64, 0));
    CHECK_FILLED(first, 1, 64);
  }
}

// Its room is behind the slice, and settled or not it is the newest.
static void an_open_buffer_behind_a_slice_is_left_alone(void)
{
  SS_SCOPE {
    char *slice = memset(ss_uninit_slice(char, 64), 1, 64);
    ss_buffer buffer = ss_buffer_open();
    *ss_push(int, &buffer) = 5;
    CHECK(!ss_try_resize_last(slice, 64, 128));
    CHECK(!ss_try_resize_last(slice, 64, 16));
    CHECK_VALID(ss_thread_stack());
    char *meanwhile = memset(ss_uninit_slice(char, 32), 3, 32);
    CHECK(!ss_try_resize_last(slice, 64, 128));
    const bool has_grown = ss_try_resize_last(meanwhile, 32, 3000);
    CHECK(has_grown || CHECK_FAULTS);
    const size_t size = has_grown ? 3000 : 32;
    memset(meanwhile, 4, size);
    for (int i = 0; i < 1000; i += 1) *ss_push(int, &buffer) = i;
    CHECK_FILLED(meanwhile, 4, size);
    CHECK_FILLED(slice, 1, 64);
    CHECK_EQ_INT(*ss_buffer_at(int, &buffer, 0), 5);
    const ss_slice all = ss_buffer_close(&buffer);
    CHECK_EQ_SIZE(all.size, 1001 * sizeof(int));
    CHECK_VALID(ss_thread_stack());
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

#if !SS_DEBUG  // where a closed buffer has its record behind it
static void the_slice_of_a_closed_buffer_may_be_cut(void)
{
  SS_SCOPE {
    ss_buffer buffer = ss_buffer_open();
    memset(ss_extend(char, &buffer, 1000), 7, 1000);
    ss_slice slice = ss_buffer_close(&buffer);
    const size_t used = ss_thread_stats().used;
    CHECK(ss_try_resize_last(slice.data, slice.size, 100));
    CHECK_LE_SIZE(ss_thread_stats().used + 880, used);
    CHECK_FILLED(slice.data, 7, 100);
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}
#endif

static void it_grows_beyond_its_chunk_or_says_so(void)
{
  const ss_config config = {.initial_bytes = 4096, .max_bytes = 100000};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  const ss_mark mark = ss_stack_save(stack);
  size_t size = 100;
  char *slice = ss_stack_uninit_slice(stack, char, size);
  memset(slice, 1, size);
  while (ss_stack_try_resize_last(stack, slice, size, size + 1000)) {
    CHECK_FILLED(slice, 1, size);
    size += 1000;
    memset(slice, 1, size);
    if (size > 200000) {
      CHECK_UNREACHED("max_bytes is no limit");
      break;
    }
  }
  CHECK_FILLED(slice, 1, size);
  CHECK(!ss_stack_try_resize_last(stack, slice, size, SIZE_MAX));
  CHECK(!ss_stack_try_resize_last(stack, slice, size, SIZE_MAX - 15));
  CHECK(!ss_stack_try_resize_last(stack, slice, size, PTRDIFF_MAX));
  CHECK_FILLED(slice, 1, size);
  CHECK_VALID(stack);
  ss_stack_restore(stack, mark);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  ss_stack_free(stack);
}

// As a library would that reallocates its last block, among scopes, destructors and buffers.
static int destroyed;
static void destroy(void *arg)
{
  (void)arg;
  destroyed += 1;
}

typedef struct block {
  unsigned char *data;
  size_t size;
  unsigned char fill;
} block;

// What a sequence of random steps has made in its scope.
typedef struct sequence {
  uint32_t seed;
  block blocks[20];
  int count;
  ss_buffer buffer;
  bool is_open;
} sequence;

static void add_block(sequence *s)
{
  block *b = &s->blocks[s->count++];
  b->size = random_below(&s->seed, 3000);
  b->fill = (unsigned char)random_next(&s->seed);
  b->data = ss_alloc(b->size, (size_t)1 << random_below(&s->seed, 8));
  memset(b->data, b->fill, b->size);
}

// The newest block can be resized if nothing was made after it, the one before it never.
static void resize_a_late_block(sequence *s)
{
  block *b = &s->blocks[s->count - 1 - (int)random_below(&s->seed, s->count > 1 ? 2 : 1)];
  const size_t size = random_below(&s->seed, 4000);
  if (!ss_try_resize_last(b->data, b->size, size)) return;
  if (size > b->size) memset(b->data + b->size, b->fill, size - b->size);
  b->size = size;
}

static void close_buffer(sequence *s)
{
  if (s->is_open) (void)ss_buffer_close(&s->buffer);
  s->is_open = false;
}

static void take_a_step(sequence *s)
{
  const size_t what = random_below(&s->seed, 10);
  if (what < 3 && s->count < (int)(sizeof s->blocks / sizeof *s->blocks)) {
    add_block(s);
  } else if (what < 7 && s->count > 0) {
    resize_a_late_block(s);
  } else if (what == 7 && !s->is_open) {
    s->buffer = ss_buffer_open();
    s->is_open = true;
  } else if (what == 8 && s->is_open) {
    memset(ss_extend(char, &s->buffer, 300), 0xEE, 300);
  } else if (what == 9 && s->is_open) {
    close_buffer(s);
  } else {
    ss_defer(destroy, NULL);
  }
}

static void any_sequence_keeps_what_it_should(void)
{
  sequence s = {.seed = 77};
  const int rounds = CHECK_ROUNDS(300, 10);
  for (int round = 0; round < rounds; round += 1) {
    const ss_mark mark = ss_save();
    s.count = 0;
    for (int step = 0; step < 60; step += 1) {
      take_a_step(&s);
      for (int i = 0; i < s.count; i += 1) {
        CHECK_FILLED(s.blocks[i].data, s.blocks[i].fill, s.blocks[i].size);
      }
    }
    close_buffer(&s);
    CHECK_VALID(ss_thread_stack());
    ss_restore(mark);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
  CHECK(destroyed > 0);
}

#if SS_DEBUG
static void a_slice_of_an_outer_scope_stays_as_it_is(void)
{
  SS_SCOPE {
    char *slice = ss_uninit_slice(char, 10);
    SS_SCOPE {
      CHECK(!ss_try_resize_last(slice, 10, 20));
    }
  }
}

static void resize_with_another_size(void)
{
  char *slice = ss_uninit_slice(char, 10);
  (void)ss_try_resize_last(slice, 11, 20);
}

static void promise_11_a_wrong_resize_is_named(void)
{
  const ss_mark mark = ss_save();
  EXPECT_FATAL(resize_with_another_size());
  CHECK_CONTAINS(fatal_message(), "has 10 bytes, not 11");
  ss_restore(mark);
}
#endif

TEST_GROUP(resize)
{
  RUN(the_newest_slice_grows_and_shrinks_where_it_lies);
  RUN(a_slice_that_is_not_the_newest_stays_as_it_is);
  RUN(an_open_buffer_behind_a_slice_is_left_alone);
#if !SS_DEBUG
  RUN(the_slice_of_a_closed_buffer_may_be_cut);
#endif
  RUN(it_grows_beyond_its_chunk_or_says_so);
  RUN(any_sequence_keeps_what_it_should);
#if SS_DEBUG
  RUN(a_slice_of_an_outer_scope_stays_as_it_is);
  RUN(promise_11_a_wrong_resize_is_named);
#endif
}
