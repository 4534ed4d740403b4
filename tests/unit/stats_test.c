// SPDX-License-Identifier: MIT
// ss_stats: what is counted, and that it agrees with what the backing saw.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

static counted_backing counted;

static ss_stack *new_stack(size_t room_factor)
{
  const ss_config config = {.initial_bytes = 2048, .backing = counted_begin(&counted, room_factor)};
  return ss_stack_new(&config);
}

typedef struct walked {
  size_t chunks, used, peak, open_lanes, active_chunks;
  unsigned last_lane;
} walked;

static void add_chunk(void *context, const ss_chunk_info *chunk)
{
  walked *sum = (walked *)context;
  CHECK_LE_SIZE(chunk->used_bytes, chunk->room_bytes);
  CHECK_LE_SIZE(sum->last_lane, chunk->lane);
  CHECK(!(chunk->is_active && chunk->is_open));
  if (sum->chunks == 0 || chunk->lane != sum->last_lane) {
    sum->peak += chunk->peak_bytes;
    sum->open_lanes += chunk->is_open;
  }
  sum->chunks += 1;
  sum->used += chunk->used_bytes;
  sum->active_chunks += chunk->is_active;
  sum->last_lane = chunk->lane;
}

static walked walk(const ss_stack *stack)
{
  walked sum = {0};
  ss_stack_walk(stack, add_chunk, &sum);
  return sum;
}

// The stack's own words come from the backing, too, but are not part of what it reserves.
static void check_against_backing(const ss_stack *stack)
{
  const ss_stats stats = ss_stack_stats(stack);
  CHECK_EQ_SIZE(stats.reserved + sizeof(ss_stack), counted.live_bytes);
  CHECK_LE_SIZE(stats.used, stats.reserved);
  CHECK_LE_SIZE(stats.used, stats.peak);
  const walked sum = walk(stack);
  CHECK_EQ_SIZE(sum.chunks, stats.chunks);
  CHECK_EQ_SIZE(sum.used, stats.used);
  CHECK_EQ_SIZE(sum.peak, stats.peak);
}

static void a_new_stack_holds_nothing(void)
{
  ss_stack *stack = new_stack(1);
  if (!CHECK(stack != NULL)) return;
  const ss_stats stats = ss_stack_stats(stack);
  CHECK_EQ_SIZE(stats.used, 0);
  CHECK_EQ_SIZE(stats.reserved, 0);
  CHECK_EQ_SIZE(stats.peak, 0);
  CHECK_EQ_SIZE(stats.chunks, 0);
  CHECK_EQ_SIZE(stats.growths, 0);
  CHECK_EQ_SIZE(stats.bytes_copied, 0);
  CHECK_EQ_SIZE(stats.backing_calls, 0);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void nothing(void *arg)
{
  (void)arg;
}

// Random work in nested scopes; `most_used` is the largest `used` that was seen.
static void random_work(ss_stack *stack, uint32_t *seed, int depth, size_t *most_used)
{
  SS_STACK_SCOPE(stack) {
    ss_buffer buffer = ss_stack_buffer_open(stack);
    for (int step = 0; step < 20; step += 1) {
      const size_t size = random_below(seed, 2000);
      switch (random_below(seed, 5)) {
        case 0:
        case 1:
          memset(ss_stack_alloc(stack, size, 1), step, size);
          break;
        case 2:
          memset(ss_extend(char, &buffer, size), step, size);
          break;
        case 3:
          ss_stack_defer(stack, nothing, NULL);
          break;
        case 4:
          if (depth > 0) random_work(stack, seed, depth - 1, most_used);
          break;
      }
      const size_t used = ss_stack_stats(stack).used;
      if (used > *most_used) *most_used = used;
      check_against_backing(stack);
    }
    (void)ss_buffer_close(&buffer);
    const size_t used = ss_stack_stats(stack).used;
    if (used > *most_used) *most_used = used;
  }
}

static void used_is_0_at_the_end_and_the_peak_never_too_low(void)
{
  for (size_t room_factor = 1; room_factor <= 4; room_factor += 3) {
    ss_stack *stack = new_stack(room_factor);
    if (!CHECK(stack != NULL)) return;
    size_t most_used = 0;
    size_t peak = 0;
    for (uint32_t seed = 1; seed <= CHECK_ROUNDS(40, 2); seed += 1) {
      uint32_t state = seed * 2654435761u;
      random_work(stack, &state, CHECK_ROUNDS(4, 3), &most_used);
      const ss_stats stats = ss_stack_stats(stack);
      CHECK_EQ_SIZE(stats.used, 0);
      CHECK_LE_SIZE(most_used, stats.peak);
      CHECK_LE_SIZE(peak, stats.peak);
      peak = stats.peak;
      CHECK_VALID(stack);
    }
    // Added up over lanes, whose high-water marks need not fall together.
    CHECK_LE_SIZE(peak, 3 * most_used);
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

static void the_peak_of_one_lane_is_close(void)
{
  for (size_t size = 10; size < 1000000; size *= 3) {
    ss_trim(0);
    size_t most_used = 0;
    SS_SCOPE {
      for (int i = 0; i < 10; i += 1) memset(ss_uninit_slice(char, size), 1, size);
      most_used = ss_thread_stats().used;
    }
    SS_SCOPE {
      memset(ss_uninit_slice(char, size), 1, size);
    }
    CHECK_LE_SIZE(most_used, ss_thread_stats().peak);
    CHECK_LE_SIZE(ss_thread_stats().peak, most_used + most_used / 16 + 256);
  }
}

static void calls_and_growths_are_counted(void)
{
  ss_stack *stack = new_stack(1);
  if (!CHECK(stack != NULL)) return;
  const size_t calls_before = counted_calls(&counted);
  for (size_t size = 1000; size < 1000000; size *= 2) {
    SS_STACK_SCOPE(stack) {
      for (int i = 0; i < 4; i += 1) memset(ss_stack_alloc(stack, size, 1), 1, size);
      check_against_backing(stack);
    }
  }
  ss_stack_trim(stack, 0);
  const ss_stats stats = ss_stack_stats(stack);
  CHECK_EQ_SIZE(stats.backing_calls, counted_calls(&counted) - calls_before);
  CHECK_EQ_SIZE(stats.growths, counted.acquires - 1);
  CHECK_EQ_SIZE(stats.chunks, 0);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void moved_bytes_are_counted(void)
{
  ss_stack *stack = new_stack(1);
  if (!CHECK(stack != NULL)) return;
  ss_buffer b = ss_stack_buffer_open(stack);
  size_t moves = 0;
  size_t moved = 0;
  for (int i = 0; i < 50000; i += 1) {
    const void *place = i ? ss_buffer_at(int, &b, 0) : NULL;
    *ss_push(int, &b) = i;
    if (i > 0 && ss_buffer_at(int, &b, 0) != place) {
      moves += 1;
      moved += (size_t)i * sizeof(int);
    }
  }
  CHECK_LE_SIZE(3, moves);
  CHECK_LE_SIZE(moved, ss_stack_stats(stack).bytes_copied);
  CHECK_LE_SIZE(ss_stack_stats(stack).bytes_copied, moved + (moves + 1) * 512);
  (void)ss_buffer_close(&b);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void a_closed_buffer_counts_with_what_it_holds(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    memset(ss_extend(char, &b, 30000), 1, 30000);
    ss_reserve(&b, 200000);
    (void)ss_buffer_close(&b);
    CHECK_LE_SIZE(30000, ss_thread_stats().used);
    CHECK_LE_SIZE(ss_thread_stats().used, 31000);
    CHECK_LE_SIZE(30000, ss_thread_stats().peak);
  }
}

static void a_walk_tells_lanes_apart(void)
{
  ss_stack *stack = new_stack(1);
  if (!CHECK(stack != NULL)) return;
  CHECK_EQ_SIZE(walk(stack).chunks, 0);
  SS_STACK_SCOPE(stack) {
    ss_buffer first = ss_stack_buffer_open(stack);
    *ss_push(int, &first) = 1;
    ss_buffer second = ss_stack_buffer_open(stack);
    *ss_push(int, &second) = 2;
    memset(ss_stack_alloc(stack, 300, 1), 3, 300);
    const walked sum = walk(stack);
    CHECK_EQ_SIZE(sum.chunks, 3);
    CHECK_EQ_SIZE(sum.open_lanes, 2);
    CHECK_EQ_SIZE(sum.active_chunks, 1);
    CHECK_EQ_SIZE(sum.last_lane, 2);
    (void)ss_buffer_close(&second);
    (void)ss_buffer_close(&first);
    CHECK_EQ_SIZE(walk(stack).open_lanes, 0);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

TEST_GROUP(stats)
{
  RUN(a_walk_tells_lanes_apart);
  RUN(a_new_stack_holds_nothing);
  RUN(used_is_0_at_the_end_and_the_peak_never_too_low);
  RUN(the_peak_of_one_lane_is_close);
  RUN(calls_and_growths_are_counted);
  RUN(moved_bytes_are_counted);
  RUN(a_closed_buffer_counts_with_what_it_holds);
}
