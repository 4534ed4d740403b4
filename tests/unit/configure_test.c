// SPDX-License-Identifier: MIT
// ss_config: first chunk, caller's memory, own backing; and when a thread's stack may be
// configured.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

static counted_backing counted;

static bool lies_in(const void *p, const void *memory, size_t memory_bytes)
{
  return (uintptr_t)p >= (uintptr_t)memory && (uintptr_t)p < (uintptr_t)memory + memory_bytes;
}

static void the_first_chunk_has_the_size_asked_for(void)
{
  const size_t sizes[] = {1024, 10000, 1000000};
  for (size_t i = 0; i < 3; i += 1) {
    const ss_config config = {.initial_bytes = sizes[i], .backing = counted_begin(&counted, 1)};
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    memset(ss_stack_alloc(stack, 100, 1), 1, 100);
    CHECK_LE_SIZE(sizes[i], counted.last_acquire);
    CHECK_LE_SIZE(counted.last_acquire, sizes[i] + 256);
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

static void defaults_start_with_64_kib(void)
{
  SS_SCOPE {
    memset(ss_uninit_slice(char, 100), 1, 100);
    CHECK_LE_SIZE(64 * 1024, ss_thread_stats().reserved);
    CHECK_LE_SIZE(ss_thread_stats().reserved, 65 * 1024);
  }
}

static char memory[20000];

// At every offset, aligned or not.
static void the_callers_memory_is_used_first(void)
{
  for (size_t offset = 0; offset < 20; offset += 1) {
    char *own = memory + offset;
    const size_t own_bytes = sizeof memory - 100;
    memset(memory, 0x5e, sizeof memory);
    const ss_config config = {
        .memory = own, .memory_bytes = own_bytes, .backing = counted_begin(&counted, 1)};
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    const size_t calls = counted_calls(&counted);
    for (int frame = 0; frame < 3; frame += 1) {
      SS_STACK_SCOPE(stack) {
        for (int i = 0; i < 15; i += 1) {
          char *slice = memset(ss_stack_alloc(stack, 1000, 1), i, 1000);
          CHECK(lies_in(slice, own, own_bytes) && lies_in(slice + 999, own, own_bytes));
        }
        CHECK_LE_SIZE(ss_stack_stats(stack).reserved, own_bytes);
      }
    }
    CHECK_EQ_SIZE(counted_calls(&counted), calls);
    SS_STACK_SCOPE(stack) {
      char *within = memset(ss_stack_alloc(stack, 100, 1), 1, 100);
      char *beyond = memset(ss_stack_alloc(stack, 100000, 1), 2, 100000);
      CHECK(lies_in(within, own, own_bytes) && !lies_in(beyond, own, own_bytes));
      CHECK_FILLED(within, 1, 100);
      CHECK_VALID(stack);
    }
    ss_stack_free(stack);
    counted_end(&counted);
    CHECK_FILLED(memory, 0x5e, offset);  // nothing outside of it was touched
    CHECK_FILLED(own + own_bytes, 0x5e, sizeof memory - offset - own_bytes);
  }
}

static void the_callers_memory_is_used_again_after_a_trim(void)
{
  const ss_config config = {
      .memory = memory, .memory_bytes = sizeof memory, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  for (int turn = 0; turn < 3; turn += 1) {
    SS_STACK_SCOPE(stack) {
      CHECK(lies_in(ss_stack_alloc(stack, 100, 1), memory, sizeof memory));
      memset(ss_stack_alloc(stack, 500000, 1), 1, 500000);
    }
    ss_stack_trim(stack, 0);
    CHECK_EQ_SIZE(ss_stack_stats(stack).reserved, 0);
    CHECK_EQ_SIZE(counted.live_bytes, sizeof(ss_stack));
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

static void memory_too_small_to_be_of_use_is_left_alone(void)
{
  for (size_t bytes = 1; bytes < 200; bytes += 3) {
    const ss_config config = {
        .memory = memory + 1, .memory_bytes = bytes, .backing = counted_begin(&counted, 1)};
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    SS_STACK_SCOPE(stack) {
      CHECK(!lies_in(memset(ss_stack_alloc(stack, 300, 1), 1, 300), memory, sizeof memory));
      memset(ss_stack_alloc(stack, 16, 1), 1, 16);
    }
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

// Enough for programs that must not call an allocator at all.
static void a_thread_stack_may_live_in_the_callers_memory_alone(void)
{
  const ss_config config = {
      .max_bytes = sizeof memory, .memory = memory, .memory_bytes = sizeof memory};
  ss_thread_configure(&config);
  const size_t calls = ss_thread_stats().backing_calls;
  for (int frame = 0; frame < 3; frame += 1) {
    SS_SCOPE {
      for (int i = 0; i < 10; i += 1) {
        CHECK(lies_in(memset(ss_uninit_slice(char, 1000), 1, 1000), memory, sizeof memory));
      }
      CHECK_EQ_PTR(ss_try_alloc(20000, 1), NULL);
    }
  }
  CHECK_EQ_SIZE(ss_thread_stats().backing_calls, calls);
  ss_thread_configure(&(ss_config){0});
}

static void the_thread_stack_may_have_its_own_backing(void)
{
  const ss_config config = {.initial_bytes = 4096, .backing = counted_begin(&counted, 1)};
  ss_thread_configure(&config);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 100000), 1, 100000);
    CHECK_LE_SIZE(100000, counted.live_bytes);
  }
  ss_thread_configure(&(ss_config){0});  // gives back to the backing what came from it
  counted_end(&counted);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 100000), 1, 100000);
  }
  CHECK_EQ_SIZE(counted.live_bytes, 0);
}

static void nothing(void *arg)
{
  (void)arg;
}

static void configuring_while_something_is_live_is_fatal(void)
{
  const ss_config config = {.initial_bytes = 4096};
  SS_SCOPE {
    char *slice = memset(ss_uninit_slice(char, 100), 0x37, 100);
    EXPECT_FATAL(ss_thread_configure(&config));
    CHECK_CONTAINS(fatal_message(), "ss_thread_configure");
    CHECK_FILLED(slice, 0x37, 100);
  }
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    EXPECT_FATAL(ss_thread_configure(&config));
    CHECK_CONTAINS(fatal_message(), "ss_thread_configure");
    *ss_push(int, &b) = 1;
    CHECK_EQ_SIZE(ss_buffer_close(&b).size, sizeof(int));
  }
  SS_SCOPE {
    ss_defer(nothing, NULL);
    EXPECT_FATAL(ss_thread_configure(&config));
    CHECK_CONTAINS(fatal_message(), "ss_thread_configure");
  }
  ss_thread_configure(&config);  // now nothing is
  SS_SCOPE {
    memset(ss_uninit_slice(char, 100), 1, 100);
    CHECK_LE_SIZE(ss_thread_stats().reserved, 4096 + 256);
  }
  ss_thread_configure(&(ss_config){0});
}

// Too small for the frame, it must not take the place of the larger chunk again and again.
static void promise_4_small_memory_of_the_caller_does_not_keep_frames_cold(void)
{
  static char small_memory[4096];
  const ss_config config = {.memory = small_memory,
                            .memory_bytes = sizeof small_memory,
                            .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  size_t calls_when_warm = 0;
  for (int frame = 0; frame < 10; frame += 1) {
    SS_STACK_SCOPE(stack) {
      memset(ss_stack_alloc(stack, 100000, 1), frame, 100000);
      for (int i = 0; i < 40; i += 1) memset(ss_stack_alloc(stack, 1000, 1), frame, 1000);
    }
    if (frame == 4) calls_when_warm = counted_calls(&counted);
  }
  CHECK_EQ_SIZE(counted_calls(&counted), calls_when_warm);
  ss_stack_free(stack);
  counted_end(&counted);
}

// The memory's second chunk begins where its first one did: what lies below it must still be
// released.
static void the_callers_memory_may_serve_a_lane_twice(void)
{
  static char small_memory[512];
  const ss_config config = {.memory = small_memory,
                            .memory_bytes = sizeof small_memory,
                            .initial_bytes = 1024,
                            .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  for (int round = 0; round < 3; round += 1) {
    SS_STACK_SCOPE(stack) {
      (void)ss_stack_alloc(stack, 600, 1);
      ss_buffer buffer = ss_stack_buffer_open(stack);
      (void)ss_stack_alloc(stack, 100, 1);
      (void)ss_buffer_close(&buffer);
    }
    SS_STACK_SCOPE(stack) {
      ss_buffer buffer = ss_stack_buffer_open(stack);
      (void)ss_stack_alloc(stack, 1500, 1);
      SS_STACK_SCOPE(stack) {
        (void)ss_stack_alloc(stack, 100, 1);
      }
      (void)ss_buffer_close(&buffer);
    }
    CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
    CHECK_VALID(stack);
    ss_stack_trim(stack, 0);
    CHECK_EQ_SIZE(ss_stack_stats(stack).reserved, 0);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

TEST_GROUP(configure)
{
  RUN(the_first_chunk_has_the_size_asked_for);
  RUN(defaults_start_with_64_kib);
  RUN(the_callers_memory_is_used_first);
  RUN(the_callers_memory_is_used_again_after_a_trim);
  RUN(memory_too_small_to_be_of_use_is_left_alone);
  RUN(a_thread_stack_may_live_in_the_callers_memory_alone);
  RUN(the_thread_stack_may_have_its_own_backing);
  RUN(promise_4_small_memory_of_the_caller_does_not_keep_frames_cold);
  RUN(the_callers_memory_may_serve_a_lane_twice);
  RUN(configuring_while_something_is_live_is_fatal);
}
