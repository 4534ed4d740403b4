// SPDX-License-Identifier: MIT
// Promises 6 and 10: max_bytes is never passed, and a failure at it names the call, the size and
// the limit.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

static counted_backing counted;

static ss_stack *new_stack(size_t max_bytes, size_t room_factor)
{
  const ss_config config = {.initial_bytes = 1024,
                            .max_bytes = max_bytes,
                            .backing = counted_begin(&counted, room_factor)};
  return ss_stack_new(&config);
}

// The stack's own words lie outside of its limit.
static void check_limit(const ss_stack *stack, size_t max_bytes)
{
  CHECK_LE_SIZE(ss_stack_stats(stack).reserved, max_bytes);
  CHECK_LE_SIZE(counted.most_bytes, max_bytes + sizeof(ss_stack));
}

static void promise_10_slices_stop_at_the_maximum(void)
{
  for (size_t room_factor = 1; room_factor <= 3; room_factor += 1) {
    const size_t max_bytes = 100000;
    ss_stack *stack = new_stack(max_bytes, room_factor);
    if (!CHECK(stack != NULL)) return;
    for (int frame = 0; frame < 3; frame += 1) {
      SS_STACK_SCOPE(stack) {
        size_t got = 0;
        char *slice;
        while ((slice = ss_stack_try_alloc(stack, 512, 1)) != NULL) {
          memset(slice, 1, 512);
          got += 512;
          check_limit(stack, max_bytes);
          if (!CHECK_LE_SIZE(got, max_bytes)) break;
        }
        // Most of the maximum is of use (with SS_DEBUG each slice has a record and guard bytes).
        CHECK_LE_SIZE(SS_DEBUG ? max_bytes / 2 : max_bytes * 3 / 4, got);
      }
      CHECK_VALID(stack);
    }
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

static void promise_10_buffers_stop_at_the_maximum_and_keep_what_they_hold(void)
{
  for (size_t room_factor = 1; room_factor <= 3; room_factor += 1) {
    const size_t max_bytes = 100000;
    ss_stack *stack = new_stack(max_bytes, room_factor);
    if (!CHECK(stack != NULL)) return;
    SS_STACK_SCOPE(stack) {
      ss_buffer b = ss_stack_buffer_open(stack);
      size_t count = 0;
      size_t *item;
      while ((item = ss_try_push(size_t, &b)) != NULL) {
        *item = count;
        count += 1;
        if (!CHECK_LE_SIZE(count * sizeof(size_t), max_bytes)) break;
      }
      check_limit(stack, max_bytes);
      CHECK_LE_SIZE(max_bytes / 4, count * sizeof(size_t));
      CHECK(ss_try_push(size_t, &b) == NULL);
      CHECK_EQ_SIZE(ss_buffer_count(size_t, &b), count);
      const ss_slice s = ss_buffer_close(&b);
      if (!CHECK_EQ_SIZE(s.size, count * sizeof(size_t))) break;
      for (size_t i = 0; i < count; i += 1) CHECK_EQ_SIZE(((size_t *)s.data)[i], i);
    }
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

static void promise_10_opening_buffers_stops_at_the_maximum(void)
{
  const size_t max_bytes = 20000;
  ss_stack *stack = new_stack(max_bytes, 1);
  if (!CHECK(stack != NULL)) return;
  for (int frame = 0; frame < 2; frame += 1) {
    const ss_mark mark = ss_stack_save(stack);
    enum { MOST = 64 };
    ss_buffer buffers[MOST];
    int opened = 0;
    while (opened < MOST) {
      buffers[opened] = ss_stack_try_buffer_open(stack);
      char *bytes = ss_try_extend(char, &buffers[opened], 600);
      if (bytes == NULL) break;
      memset(bytes, opened, 600);
      opened += 1;
      check_limit(stack, max_bytes);
    }
    CHECK(opened > 3 && opened < MOST);
    if (opened < MOST) CHECK_EQ_SIZE(ss_buffer_close(&buffers[opened]).size, 0);
    for (int i = 0; i < opened; i += 1) {
      CHECK_FILLED(ss_buffer_close(&buffers[i]).data, i, 600);
    }
    CHECK_VALID(stack);
    ss_stack_restore(stack, mark);
    CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

static void promise_6_the_message_names_call_size_and_limit(void)
{
  ss_stack *stack = new_stack(54321, 1);
  if (!CHECK(stack != NULL)) return;
  const ss_mark mark = ss_stack_save(stack);
  EXPECT_FATAL((void)ss_stack_uninit_slice(stack, char, 77777));
  CHECK_CONTAINS(fatal_message(), "ss_stack_uninit_slice");
  CHECK_CONTAINS(fatal_message(), "77777");
  CHECK_CONTAINS(fatal_message(), "54321");
  CHECK(strchr(fatal_message(), '\n') == NULL);
  EXPECT_FATAL((void)ss_stack_format(stack, "%066666d", 1));
  CHECK_CONTAINS(fatal_message(), "ss_stack_format");
  CHECK_CONTAINS(fatal_message(), "66667");
  CHECK_CONTAINS(fatal_message(), "54321");
  ss_buffer b = ss_stack_buffer_open(stack);
  EXPECT_FATAL((void)ss_extend(char, &b, 88888));
  CHECK_CONTAINS(fatal_message(), "ss_extend");
  CHECK_CONTAINS(fatal_message(), "88888");
  CHECK_CONTAINS(fatal_message(), "54321");
  (void)ss_buffer_close(&b);
  ss_stack_restore(stack, mark);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  check_limit(stack, 54321);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void a_maximum_too_small_for_anything_shows_at_the_first_allocation(void)
{
  ss_stack *stack = new_stack(1, 1);
  if (!CHECK(stack != NULL)) return;
  CHECK_EQ_PTR(ss_stack_try_alloc(stack, 1, 1), NULL);
  EXPECT_FATAL((void)ss_stack_alloc(stack, 1, 1));
  CHECK_CONTAINS(fatal_message(), "ss_stack_alloc");
  CHECK_EQ_SIZE(ss_stack_stats(stack).reserved, 0);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void the_thread_stack_has_a_maximum_when_configured(void)
{
  const ss_config config = {.max_bytes = 200000};
  ss_thread_configure(&config);
  SS_SCOPE {
    memset(ss_uninit_slice(char, 50000), 1, 50000);
    CHECK_EQ_PTR(ss_try_alloc(200000, 1), NULL);
    EXPECT_FATAL((void)ss_alloc(200000, 1));
    CHECK_CONTAINS(fatal_message(), "ss_alloc");
    CHECK_CONTAINS(fatal_message(), "200000");
    CHECK_LE_SIZE(ss_thread_stats().reserved, 200000);
  }
  ss_thread_configure(&(ss_config){0});
  SS_SCOPE {
    memset(ss_uninit_slice(char, 300000), 1, 300000);
  }
}

TEST_GROUP(limit)
{
  RUN(promise_10_slices_stop_at_the_maximum);
  RUN(promise_10_buffers_stop_at_the_maximum_and_keep_what_they_hold);
  RUN(promise_10_opening_buffers_stops_at_the_maximum);
  RUN(promise_6_the_message_names_call_size_and_limit);
  RUN(a_maximum_too_small_for_anything_shows_at_the_first_allocation);
  RUN(the_thread_stack_has_a_maximum_when_configured);
}
