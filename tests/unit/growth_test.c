// SPDX-License-Identifier: MIT
// Promise 9: growth is frugal: in place where the backing can, otherwise by a larger chunk; nothing
// empty is kept beside its successor.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

static counted_backing counted;

static ss_stack *new_stack(size_t initial_bytes, size_t room_factor)
{
  const ss_config config = {.initial_bytes = initial_bytes,
                            .backing = counted_begin(&counted, room_factor)};
  return ss_stack_new(&config);
}

static void promise_9_a_chunk_grows_in_place_where_the_backing_can(void)
{
  ss_stack *stack = new_stack(4096, 1000);
  if (!CHECK(stack != NULL)) return;
  const size_t acquires = counted.acquires;
  SS_STACK_SCOPE(stack) {
    char *first = memset(ss_stack_alloc(stack, 1000, 1), 1, 1000);
    for (int i = 0; i < 1000; i += 1) memset(ss_stack_alloc(stack, 1000, 1), 2, 1000);
    CHECK_FILLED(first, 1, 1000);
    CHECK_EQ_SIZE(ss_stack_stats(stack).chunks, 1);
  }
  CHECK_EQ_SIZE(counted.acquires, acquires + 1);
  CHECK_LE_SIZE(1, counted.resizes);
  CHECK_LE_SIZE(counted.resizes, 60);  // not one for each slice
  ss_stack_free(stack);
  counted_end(&counted);
}

static void promise_9_a_buffer_grows_in_place_without_copying(void)
{
  ss_stack *stack = new_stack(4096, 1000);
  if (!CHECK(stack != NULL)) return;
  SS_STACK_SCOPE(stack) {
    ss_buffer b = ss_stack_buffer_open(stack);
    *ss_push(int, &b) = 0;
    const void *place = ss_buffer_at(int, &b, 0);
    for (int i = 1; i < 500000; i += 1) *ss_push(int, &b) = i;
    const ss_slice s = ss_buffer_close(&b);
    CHECK_EQ_PTR(s.data, place);
    CHECK_EQ_SIZE(s.size, 500000 * sizeof(int));
    for (int i = 0; i < 500000; i += 1) CHECK_EQ_INT(((int *)s.data)[i], i);
    CHECK_EQ_SIZE(ss_stack_stats(stack).bytes_copied, 0);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

static void promise_9_otherwise_a_new_chunk_is_at_least_half_as_large_again(void)
{
  ss_stack *stack = new_stack(1024, 1);
  if (!CHECK(stack != NULL)) return;
  SS_STACK_SCOPE(stack) {
    (void)ss_stack_alloc(stack, 100, 1);
    size_t acquires = counted.acquires;
    size_t chunk_bytes = counted.last_acquire;
    size_t chunks = 1;
    for (int i = 0; i < 20000; i += 1) {
      memset(ss_stack_alloc(stack, 100, 1), 1, 100);
      if (counted.acquires == acquires) continue;
      CHECK_EQ_SIZE(counted.acquires, acquires + 1);
      CHECK_LE_SIZE(chunk_bytes + chunk_bytes / 2, counted.last_acquire);
      CHECK_LE_SIZE(counted.last_acquire, 3 * chunk_bytes);
      acquires = counted.acquires;
      chunk_bytes = counted.last_acquire;
      chunks += 1;
    }
    CHECK_LE_SIZE(5, chunks);
    CHECK_EQ_SIZE(ss_stack_stats(stack).chunks, chunks);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

static void promise_9_an_oversized_request_gets_a_chunk_of_its_size(void)
{
  ss_stack *stack = new_stack(1024, 1);
  if (!CHECK(stack != NULL)) return;
  SS_STACK_SCOPE(stack) {
    (void)ss_stack_alloc(stack, 100, 1);
    memset(ss_stack_alloc(stack, 1000000, 1), 1, 1000000);
    CHECK_LE_SIZE(counted.last_acquire, 1000000 + 1024);
  }
  SS_STACK_SCOPE(stack) {
    ss_buffer b = ss_stack_buffer_open(stack);
    ss_reserve(&b, 5000000);
    CHECK_LE_SIZE(counted.last_acquire, 5000000 + 1024);
    memset(ss_extend(char, &b, 5000000), 1, 5000000);
    CHECK_EQ_SIZE(ss_buffer_close(&b).size, 5000000);
    CHECK_LE_SIZE(ss_stack_stats(stack).bytes_copied, 1024);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

// A scope that outgrows its chunk every time, each time by more.
static void promise_9_a_chunk_with_nothing_live_is_released(void)
{
  ss_stack *stack = new_stack(1024, 1);
  if (!CHECK(stack != NULL)) return;
  for (size_t size = 500; size < 3000000; size *= 2) {
    SS_STACK_SCOPE(stack) {
      for (int i = 0; i < 3; i += 1) memset(ss_stack_alloc(stack, size, 1), 1, size);
    }
    CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
    CHECK_EQ_SIZE(ss_stack_stats(stack).chunks, 1);
    CHECK_EQ_SIZE(counted.live_bytes, ss_stack_stats(stack).reserved + sizeof(ss_stack));
    CHECK_VALID(stack);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

// A buffer that moves leaves nothing behind in a chunk of its own.
static void promise_9_a_moved_buffer_releases_its_old_chunk(void)
{
  ss_stack *stack = new_stack(1024, 1);
  if (!CHECK(stack != NULL)) return;
  const ss_mark mark = ss_stack_save(stack);
  ss_buffer b = ss_stack_buffer_open(stack);
  for (int i = 0; i < 300000; i += 1) *ss_push(int, &b) = i;
  // One for the buffer; with SS_DEBUG one below it for the mark's record, one in the next lane.
  CHECK_LE_SIZE(ss_stack_stats(stack).chunks, SS_DEBUG ? 3 : 1);
  CHECK_LE_SIZE(ss_stack_stats(stack).reserved, 3 * 300000 * sizeof(int));
  // Growing by doubling copies less than what there is in the end.
  CHECK_LE_SIZE(ss_stack_stats(stack).bytes_copied, 2 * 300000 * sizeof(int));
  (void)ss_buffer_close(&b);
  ss_stack_restore(stack, mark);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void fill_cold_buffer(size_t bytes)
{
  ss_buffer b = ss_buffer_open();
  uint64_t count = 0;
  while (count < bytes / sizeof(uint64_t)) {
    *ss_push(uint64_t, &b) = count;
    count += 1;
  }
  const ss_slice s = ss_buffer_close(&b);
  CHECK_EQ_SIZE(s.size, bytes);
  const uint64_t *values = s.data;
  size_t wrong = 0;
  for (uint64_t i = 0; i < count; i += 1) wrong += values[i] != i;
  CHECK_EQ_SIZE(wrong, 0);
}

// The platform's own backing grows in place: POSIX within reserved address space, Emscripten at the
// heap's end.
static void promise_9_a_cold_buffer_takes_little_more_than_it_holds(void)
{
  const size_t bytes = (size_t)CHECK_ROUNDS(16, 4) << 20;
  const ss_mark mark = ss_save();
  fill_cold_buffer(bytes);
  CHECK_LE_SIZE(ss_thread_stats().reserved, bytes + bytes * 15 / 100);
  // With SS_DEBUG the first chunk may have another one behind it, for the records in the next lane.
  CHECK_LE_SIZE(ss_thread_stats().bytes_copied, SS_DEBUG ? 65536 : 0);
  ss_restore(mark);
}

static void promise_9_a_buffer_of_known_size_takes_what_it_holds(void)
{
  const size_t bytes = (size_t)16 << 20;
  const ss_mark mark = ss_save();
  ss_buffer b = ss_buffer_open();
  ss_reserve(&b, bytes);
  const size_t growths = ss_thread_stats().growths;
  memset(ss_extend(char, &b, bytes), 1, bytes);
  CHECK_EQ_SIZE(ss_thread_stats().growths, growths);
  CHECK_LE_SIZE(ss_thread_stats().reserved, bytes + bytes / 50);
  CHECK_EQ_SIZE(ss_buffer_close(&b).size, bytes);
  ss_restore(mark);
}

TEST_GROUP_ALONE(growth, "it needs a heap whose end is free")
{
  RUN(promise_9_a_cold_buffer_takes_little_more_than_it_holds);
  RUN(promise_9_a_buffer_of_known_size_takes_what_it_holds);
  RUN(promise_9_a_chunk_grows_in_place_where_the_backing_can);
  RUN(promise_9_a_buffer_grows_in_place_without_copying);
  RUN(promise_9_otherwise_a_new_chunk_is_at_least_half_as_large_again);
  RUN(promise_9_an_oversized_request_gets_a_chunk_of_its_size);
  RUN(promise_9_a_chunk_with_nothing_live_is_released);
  RUN(promise_9_a_moved_buffer_releases_its_old_chunk);
}
