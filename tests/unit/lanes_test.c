// SPDX-License-Identifier: MIT
// Promise 3: open buffers do not disturb each other, however many grow at once and in whichever
// order they close.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

enum { MOST_BUFFERS = 40 };

typedef struct growing {
  ss_buffer buffer;
  uint32_t count;
  ss_slice slice;
} growing;

// The value of buffer `id` at `i`: no two buffers hold the same.
static uint32_t value_of(size_t id, uint32_t i)
{
  return (uint32_t)id << 24 | i;
}

static void push_next(growing *g, size_t id)
{
  *ss_push(uint32_t, &g->buffer) = value_of(id, g->count);
  g->count += 1;
}

static void close_it(growing *g)
{
  CHECK_EQ_SIZE(ss_buffer_count(uint32_t, &g->buffer), g->count);
  g->slice = ss_buffer_close(&g->buffer);
  CHECK_EQ_SIZE(g->slice.size, g->count * sizeof(uint32_t));
  CHECK_ALIGNED(g->slice.data, 16);
}

static bool holds_its_values(const growing *g, size_t id)
{
  const uint32_t *values = g->slice.data;
  for (uint32_t i = 0; i < g->count; i += 1) {
    if (values[i] != value_of(id, i)) return false;
  }
  return true;
}

static void open_all(growing *all, size_t count)
{
  for (size_t i = 0; i < count; i += 1) all[i] = (growing){.buffer = ss_buffer_open()};
}

// Opens `count` buffers, grows them by turns and closes them in `order`.
static void grow_by_turns(size_t count, uint32_t turns, const size_t *order)
{
  growing all[MOST_BUFFERS];
  SS_SCOPE {
    open_all(all, count);
    for (uint32_t turn = 0; turn < turns; turn += 1) {
      for (size_t i = 0; i < count; i += 1) push_next(&all[i], i);
    }
    CHECK_VALID(ss_thread_stack());
    for (size_t i = 0; i < count; i += 1) {
      close_it(&all[order[i]]);
      // The rest keeps growing, and new slices do not touch what was closed.
      memset(ss_uninit_slice(char, 100), 0xdd, 100);
      for (size_t rest = i + 1; rest < count; rest += 1) push_next(&all[order[rest]], order[rest]);
    }
    for (size_t i = 0; i < count; i += 1) CHECK(holds_its_values(&all[i], i));
    CHECK_VALID(ss_thread_stack());
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void shuffle(size_t *order, size_t count, uint32_t *seed)
{
  for (size_t i = 0; i < count; i += 1) order[i] = i;
  for (size_t i = count; i > 1; i -= 1) {
    const size_t other = random_below(seed, i);
    const size_t swapped = order[i - 1];
    order[i - 1] = order[other];
    order[other] = swapped;
  }
}

static void promise_3_four_buffers_close_in_every_order(void)
{
  size_t orders = 0;
  for (size_t a = 0; a < 4; a += 1) {
    for (size_t b = 0; b < 4; b += 1) {
      for (size_t c = 0; c < 4; c += 1) {
        if (a == b || a == c || b == c) continue;
        const size_t order[] = {a, b, c, 6 - a - b - c};
        grow_by_turns(4, 3000, order);
        orders += 1;
      }
    }
  }
  CHECK_EQ_SIZE(orders, 24);
}

static void grow_many_in_random_orders(size_t count)
{
  size_t order[MOST_BUFFERS];
  uint32_t seed = 123456789u + (uint32_t)count;
  for (int frame = 0; frame < CHECK_ROUNDS(8, 2); frame += 1) {
    shuffle(order, count, &seed);
    grow_by_turns(count, CHECK_ROUNDS(1000, 300), order);
  }
}

static void promise_3_nine_buffers_grow_by_turns(void)
{
  grow_many_in_random_orders(9);
}

static void promise_3_forty_buffers_grow_by_turns(void)
{
  grow_many_in_random_orders(40);
}

// One frame's work: four buffers of unequal sizes, scratch slices and whole scopes between pushes.
static void frame_of_four(void)
{
  growing all[4];
  SS_SCOPE {
    open_all(all, 4);
    for (uint32_t turn = 0; turn < 5000; turn += 1) {
      for (size_t i = 0; i < 4; i += 1) {
        if (turn % (i + 1) == 0) push_next(&all[i], i);
      }
      if (turn % 50 == 0) memset(ss_uninit_slice(char, 48), 0xcc, 48);
      if (turn % 20 == 0) {
        SS_SCOPE {
          memset(ss_uninit_slice(char, 5000), 0xbb, 5000);
          push_next(&all[turn % 4], turn % 4);
        }
      }
    }
    for (size_t i = 0; i < 4; i += 1) close_it(&all[i]);
    for (size_t i = 0; i < 4; i += 1) CHECK(holds_its_values(&all[i], i));
  }
}

static void promise_3_nothing_is_copied_once_warm(void)
{
  for (int frame = 0; frame < 4; frame += 1) frame_of_four();
  const ss_stats warm = ss_thread_stats();
  for (int frame = 0; frame < 10; frame += 1) frame_of_four();
  const ss_stats later = ss_thread_stats();
  CHECK_EQ_SIZE(later.bytes_copied, warm.bytes_copied);
  CHECK_EQ_SIZE(later.backing_calls, warm.backing_calls);
  CHECK_EQ_SIZE(later.growths, warm.growths);
}

// A function that knows nothing of its caller's buffers.
static uint32_t sum_of_squares(uint32_t count)
{
  uint32_t sum = 0;
  SS_SCOPE {
    ss_buffer squares = ss_buffer_open();
    uint32_t *scratch = ss_uninit_slice(uint32_t, count);
    for (uint32_t i = 0; i < count; i += 1) {
      scratch[i] = i;
      *ss_push(uint32_t, &squares) = i * i;
    }
    const ss_slice s = ss_buffer_close(&squares);
    for (uint32_t i = 0; i < count; i += 1) sum += ((uint32_t *)s.data)[i] + scratch[i] - i;
  }
  return sum;
}

static void promise_3_a_called_function_may_use_the_stack_under_an_open_buffer(void)
{
  enum { CALLS = CHECK_ROUNDS(1500, 400) };
  ss_stats warm = {0};
  for (int frame = 0; frame < 6; frame += 1) {
    if (frame == 4) warm = ss_thread_stats();
    SS_SCOPE {
      ss_buffer sums = ss_buffer_open();
      for (uint32_t i = 0; i < CALLS; i += 1) *ss_push(uint32_t, &sums) = sum_of_squares(i % 300);
      const ss_slice s = ss_buffer_close(&sums);
      const uint32_t *values = s.data;
      CHECK_EQ_SIZE(s.size, CALLS * sizeof(uint32_t));
      for (uint32_t i = 0; i < CALLS; i += 1) {
        const uint32_t n = i % 300;
        if (n > 0) CHECK_EQ_SIZE(values[i], (n - 1) * n * (2 * n - 1) / 6);
      }
    }
  }
  CHECK_EQ_SIZE(ss_thread_stats().bytes_copied, warm.bytes_copied);
  CHECK_EQ_SIZE(ss_thread_stats().backing_calls, warm.backing_calls);
}

TEST_GROUP(lanes)
{
  RUN(promise_3_four_buffers_close_in_every_order);
  RUN(promise_3_nine_buffers_grow_by_turns);
  RUN(promise_3_forty_buffers_grow_by_turns);
  RUN(promise_3_nothing_is_copied_once_warm);
  RUN(promise_3_a_called_function_may_use_the_stack_under_an_open_buffer);
}
