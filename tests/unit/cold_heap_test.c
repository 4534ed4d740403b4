// SPDX-License-Identifier: MIT
// How far a cold buffer of unknown size takes the heap: 64 MiB, one 16-byte item at a time. In
// WebAssembly the heap's own top is looked at; natively what the stack has reserved.
// Runs with SS_DEBUG: 0
#include "../check.h"

#ifdef __wasm__
#include <unistd.h>
#endif

static size_t heap_bytes(void)
{
#ifdef __wasm__
  return (size_t)(uintptr_t)sbrk(0);
#else
  return ss_thread_stats().reserved;
#endif
}

static void fill_cold(size_t item_count)
{
  ss_trim(0);
  const ss_stats before = ss_thread_stats();
  const size_t heap_before = heap_bytes();
  SS_SCOPE {
    ss_buffer items = ss_buffer_open();
    for (size_t i = 0; i < item_count; i++) {
      size_t *item = ss_extend(size_t, &items, 16 / sizeof(size_t));
      item[0] = i;
    }
    const ss_slice s = ss_buffer_close(&items);
    const size_t taken = heap_bytes() - heap_before;
    CHECK_EQ_SIZE(s.size, item_count * 16);
    CHECK_LE_SIZE(taken, s.size / 100 * 115);
    CHECK_EQ_SIZE(ss_thread_stats().bytes_copied - before.bytes_copied, 0);
    printf("heap taken / data: %.3f\n", (double)taken / (double)s.size);
    bool is_right = true;
    for (size_t i = 0; i < item_count; i++) {
      if (((const size_t *)s.data)[i * (16 / sizeof(size_t))] != i) is_right = false;
    }
    CHECK(is_right);
  }
}

static void promise_9_a_cold_buffer_of_64_mib_takes_at_most_1_15_of_it(void)
{
  fill_cold((size_t)4 << 20);
}

static void promise_9_one_item_more_makes_no_difference(void)
{
  fill_cold(((size_t)4 << 20) + 1);
}

TEST_GROUP_ALONE(cold_heap, "it measures how much heap a cold program takes")
{
  // The first one finds a cold heap; the second one may find the first one's memory free again.
  RUN(promise_9_a_cold_buffer_of_64_mib_takes_at_most_1_15_of_it);
  RUN(promise_9_one_item_more_makes_no_difference);
}
