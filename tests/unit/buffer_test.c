// SPDX-License-Identifier: MIT
// Buffers: push, extend, append, reserve, count, at, close.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

typedef struct vertex {
  float x, y, z;
  uint32_t colour;
} vertex;

static void pushes_are_kept_in_order(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    for (uint32_t i = 0; i < 100000; i += 1) {
      *ss_push(vertex, &b) = (vertex){(float)i, 0, 1, i};
      if (i % 1000 == 0) CHECK_EQ_SIZE(ss_buffer_count(vertex, &b), i + 1);
    }
    for (uint32_t i = 0; i < 100000; i += 1) {
      if (ss_buffer_at(vertex, &b, i)->colour != i) CHECK_EQ_SIZE(i, SIZE_MAX);
    }
    const ss_slice s = ss_buffer_close(&b);
    CHECK_EQ_SIZE(s.size, 100000 * sizeof(vertex));
    const vertex *vertices = s.data;
    CHECK(vertices[0].colour == 0 && vertices[99999].x == 99999.0f);
  }
}

static void pushes_extends_and_appends_lie_packed(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    const int more[] = {4, 5, 6};
    *ss_push(int, &b) = 0;
    int *block = ss_extend(int, &b, 3);
    for (int i = 0; i < 3; i += 1) block[i] = 1 + i;
    const int *appended = ss_append(&b, more, sizeof more);
    CHECK_EQ_INT(appended[2], 6);
    CHECK_EQ_PTR(appended, ss_buffer_at(int, &b, 4));
    int *pushed = ss_try_push(int, &b);
    if (CHECK(pushed != NULL)) *pushed = 7;
    int *extended = ss_try_extend(int, &b, 1);
    if (CHECK(extended != NULL)) *extended = 8;
    CHECK(ss_try_append(&b, more, sizeof(int)) != NULL);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 10);
    CHECK_EQ_SIZE(ss_buffer_count(char, &b), 10 * sizeof(int));
    *ss_buffer_at(int, &b, 9) = 9;
    const ss_slice s = ss_buffer_close(&b);
    CHECK_EQ_SIZE(s.size, 10 * sizeof(int));
    for (int i = 0; i < 10; i += 1) CHECK_EQ_INT(((int *)s.data)[i], i);
  }
}

static void sizes_need_not_be_multiples_of_anything(void)
{
  uint32_t seed = 77777;
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    size_t total = 0;
    for (int i = 0; i < 2000; i += 1) {
      const size_t size = random_below(&seed, 37);
      memset(ss_extend(char, &b, size), i & 0x7f, size);
      total += size;
    }
    CHECK_EQ_SIZE(ss_buffer_count(char, &b), total);
    const ss_slice s = ss_buffer_close(&b);
    CHECK_EQ_SIZE(s.size, total);
    const char *at = s.data;
    seed = 77777;
    for (int i = 0; i < 2000; i += 1) {
      const size_t size = random_below(&seed, 37);
      CHECK_FILLED(at, i & 0x7f, size);
      at += size;
    }
  }
}

static void what_is_reserved_fits_without_growth(void)
{
  const size_t sizes[] = {1, 100, 65536, CHECK_ROUNDS(1000000, 100000)};
  for (size_t i = 0; i < 4; i += 1) {
    SS_SCOPE {
      ss_buffer b = ss_buffer_open();
      *ss_push(char, &b) = 1;
      if (i % 2) {
        CHECK(ss_try_reserve(&b, sizes[i]));
      } else {
        ss_reserve(&b, sizes[i]);
      }
      CHECK_EQ_SIZE(ss_buffer_count(char, &b), 1);  // room is no content
      const ss_stats before = ss_thread_stats();
      const void *place = ss_buffer_at(char, &b, 0);
      for (size_t k = 0; k < sizes[i]; k += 1) *ss_push(char, &b) = 2;
      CHECK_EQ_PTR(ss_buffer_at(char, &b, 0), place);
      CHECK_EQ_SIZE(ss_thread_stats().growths, before.growths);
      const ss_slice s = ss_buffer_close(&b);
      CHECK_EQ_SIZE(s.size, 1 + sizes[i]);
      CHECK_FILLED((char *)s.data + 1, 2, sizes[i]);
    }
    ss_trim(0);
  }
}

static void the_unused_room_goes_back(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    ss_reserve(&b, 40000);
    const size_t chunks = ss_thread_stats().chunks;
    *ss_push(int, &b) = 7;
    const ss_slice s = ss_buffer_close(&b);
    CHECK_LE_SIZE(ss_thread_stats().used, 1000);
    const char *next = ss_uninit_slice(char, 30000);
    CHECK(next != s.data);
    CHECK_EQ_SIZE(ss_thread_stats().chunks, chunks);
#if !SS_DEBUG  // which puts guard bytes and records between them
    CHECK_EQ_PTR(next, (char *)s.data + 16);
#endif
    CHECK_EQ_INT(*(int *)s.data, 7);
  }
}

static void a_buffer_may_be_moved_by_copying(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    for (int i = 0; i < 100; i += 1) *ss_push(int, &b) = i;
    ss_buffer moved = b;
    for (int i = 100; i < 30000; i += 1) *ss_push(int, &moved) = i;
    const ss_slice s = ss_buffer_close(&moved);
    CHECK_EQ_SIZE(s.size, 30000 * sizeof(int));
    for (int i = 0; i < 30000; i += 1) CHECK_EQ_INT(((int *)s.data)[i], i);
  }
}

// A buffer opened for each of many rows: closing one and opening the next costs no lane.
static void buffers_may_follow_one_another(void)
{
  SS_SCOPE {
    ss_slice rows[300];
    for (int row = 0; row < 300; row += 1) {
      ss_buffer b = ss_buffer_open();
      for (int i = 0; i < row; i += 1) *ss_push(int, &b) = row * 1000 + i;
      rows[row] = ss_buffer_close(&b);
    }
    for (int row = 0; row < 300; row += 1) {
      CHECK_EQ_SIZE(rows[row].size, (size_t)row * sizeof(int));
      for (int i = 0; i < row; i += 1) CHECK_EQ_INT(((int *)rows[row].data)[i], row * 1000 + i);
    }
    CHECK_LE_SIZE(ss_thread_stats().chunks, 10);
    CHECK_VALID(ss_thread_stack());
  }
}

static void a_buffer_outside_any_scope_lives_until_the_stack_is_emptied(void)
{
  ss_buffer b = ss_buffer_open();
  for (int i = 0; i < 1000; i += 1) *ss_push(int, &b) = i;
  const ss_slice s = ss_buffer_close(&b);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 100000), 1, 100000);
  }
  for (int i = 0; i < 1000; i += 1) CHECK_EQ_INT(((int *)s.data)[i], i);
  CHECK_LE_SIZE(s.size, ss_thread_stats().used);
  ss_thread_free();
}

static int flatten(ss_buffer *tree, int depth)
{
  const int self = (int)ss_buffer_count(int, tree);
  if (depth > 0) (void)ss_push_value(int, tree, flatten(tree, depth - 1) + 1);
  (void)ss_push_value(int, tree, self);
  return self;
}

// The value is there before the buffer grows, and moves.
static void a_pushed_value_may_come_from_the_buffer(void)
{
  typedef struct corner {
    float position[3];
    unsigned colour[9];
  } corner;
  SS_SCOPE {
    ss_buffer corners = ss_buffer_open();
    ss_buffer next_one = ss_buffer_open();
    *ss_push(corner, &corners) = (corner){{1, 2, 3}, {4, 5}};
    for (size_t i = 1; i < 3000; i += 1) {
      const corner *pushed =
          ss_push_value(corner, &corners, *ss_buffer_at(corner, &corners, i / 2));
      CHECK_EQ_PTR(pushed, ss_buffer_at(corner, &corners, i));
      CHECK_EQ_INT(pushed->colour[1], 5);
      CHECK(ss_try_push_value(int, &next_one, (int)i) != NULL);
    }
    CHECK_EQ_SIZE(ss_buffer_count(corner, &corners), 3000);
    CHECK_EQ_INT(*ss_buffer_at(int, &next_one, 2998), 2999);
    ss_buffer tree = ss_buffer_open();
    CHECK_EQ_INT(flatten(&tree, 50), 0);
    CHECK_EQ_SIZE(ss_buffer_count(int, &tree), 101);
    for (size_t i = 0; i < 101; i += 1) {
      CHECK_EQ_INT(*ss_buffer_at(int, &tree, i), i % 2 ? 1 : 0);
    }
    (void)ss_buffer_close(&tree);
    (void)ss_buffer_close(&next_one);
    (void)ss_buffer_close(&corners);
  }
}

static void a_pushed_value_that_has_no_room_is_named(void)
{
  const ss_config config = {.initial_bytes = 1000, .max_bytes = 20000};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  ss_buffer buffer = ss_stack_buffer_open(stack);
  // Twice, as the first may be a refusal of tests/faults.
  for (int misses = 0; misses < 2;) misses += ss_try_push_value(int, &buffer, 7) == NULL;
  const size_t count = ss_buffer_count(int, &buffer);
  EXPECT_FATAL((void)ss_push_value(int, &buffer, 8));
  CHECK_CONTAINS(fatal_message(), "ss_push_value");
  CHECK_EQ_SIZE(ss_buffer_count(int, &buffer), count);
  ss_stack_free(stack);
}

TEST_GROUP(buffer)
{
  RUN(a_pushed_value_may_come_from_the_buffer);
  RUN(a_pushed_value_that_has_no_room_is_named);
  RUN(pushes_are_kept_in_order);
  RUN(pushes_extends_and_appends_lie_packed);
  RUN(sizes_need_not_be_multiples_of_anything);
  RUN(what_is_reserved_fits_without_growth);
  RUN(the_unused_room_goes_back);
  RUN(a_buffer_may_be_moved_by_copying);
  RUN(buffers_may_follow_one_another);
  RUN(a_buffer_outside_any_scope_lives_until_the_stack_is_emptied);
}
