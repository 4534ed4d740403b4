// SPDX-License-Identifier: MIT
// ss_prewarm and ss_advise: what is warmed does not grow, and nothing else changes.
// Runs with SS_DEBUG: 0 1
#include "check.h"

#include <stdlib.h>

// Three buffers at once, and slices meanwhile.
static void run_frame(ss_stack *stack, int items)
{
  SS_STACK_SCOPE(stack) {
    ss_buffer a = ss_stack_buffer_open(stack), b = ss_stack_buffer_open(stack);
    ss_buffer c = ss_stack_buffer_open(stack);
    for (int i = 0; i < items; i++) {
      *ss_push(int, &a) = i;
      *ss_push(double, &b) = i;
      *ss_push(char, &c) = (char)i;
    }
    (void)ss_stack_uninit_slice(stack, char, (unsigned)items);
    (void)ss_buffer_close(&a);
    (void)ss_buffer_close(&b);
    (void)ss_buffer_close(&c);
  }
}

static void keep_line(void *context, const char *line)
{
  (void)snprintf((char *)context, 256, "%s", line);
}

static void a_run_that_takes_the_advice_grows_no_more(void)
{
  char line[256] = "";
  ss_stack *cold = ss_stack_new(NULL);
  run_frame(cold, 50000);
  CHECK_LE_SIZE(5, ss_stack_stats(cold).growths);
  ss_stack_advise(cold, keep_line, line);
  ss_stack_free(cold);

  const char *prefix = "ss_stack_prewarm(stack, ";
  if (!CHECK(strncmp(line, prefix, strlen(prefix)) == 0)) return;
  char *rest = NULL;
  const size_t size_bytes = (size_t)strtoull(line + strlen(prefix), &rest, 10);
  const size_t lane_count = (size_t)strtoull(rest + 1, NULL, 10);

  ss_stack *warm = ss_stack_new(NULL);
  ss_stack_prewarm(warm, size_bytes, lane_count);
  const ss_stats before = ss_stack_stats(warm);
  CHECK_EQ_SIZE(before.growths, lane_count);  // a chunk for each
  CHECK_EQ_SIZE(before.used, 0);
  CHECK_EQ_SIZE(before.peak, 0);
  run_frame(warm, 50000);
  const ss_stats after = ss_stack_stats(warm);
  CHECK_EQ_SIZE(after.growths, before.growths);
  CHECK_EQ_SIZE(after.backing_calls, before.backing_calls);
  CHECK_EQ_SIZE(after.bytes_copied, 0);
  CHECK_LE_SIZE(650000, after.peak);
  ss_stack_free(warm);
}

static void warming_leaves_what_is_live_where_it_is(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  SS_STACK_SCOPE(stack) {
    int *slice = ss_stack_zeroed_slice(stack, int, 100);
    ss_buffer open = ss_stack_buffer_open(stack);
    *ss_push(int, &open) = 7;
    const int *first = ss_buffer_at(int, &open, 0);
    const size_t used = ss_stack_stats(stack).used;
    CHECK(ss_stack_try_prewarm(stack, 1 << 20, 3));
    CHECK_EQ_SIZE(ss_stack_stats(stack).used, used);
    CHECK(first == ss_buffer_at(int, &open, 0) && *first == 7 && slice[99] == 0);
    const size_t growths = ss_stack_stats(stack).growths;
    (void)ss_stack_uninit_slice(stack, char, 1000000);  // SS_DEBUG wants some more
    CHECK_EQ_SIZE(ss_stack_stats(stack).growths, growths);
    (void)ss_buffer_close(&open);
  }
  ss_stack_free(stack);
}

static void more_lanes_than_a_stack_begins_with_are_warmed_too(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  ss_stack_prewarm(stack, 100000, 20);
  const ss_stats before = ss_stack_stats(stack);
  CHECK_EQ_SIZE(before.chunks, 20);
  SS_STACK_SCOPE(stack) {
    ss_buffer buffers[19];
    for (int i = 0; i < 19; i++) buffers[i] = ss_stack_buffer_open(stack);
    for (int i = 0; i < 19; i++) memset(ss_extend(char, &buffers[i], 90000), i, 90000);
    for (int i = 0; i < 19; i++) (void)ss_buffer_close(&buffers[i]);
  }
  CHECK_EQ_SIZE(ss_stack_stats(stack).backing_calls, before.backing_calls);
  ss_stack_free(stack);
}

static void warming_beyond_max_bytes_fails_and_leaves_a_usable_stack(void)
{
  const ss_config config = {.max_bytes = 64 * 1024};
  ss_stack *stack = ss_stack_new(&config);
  CHECK(!ss_stack_try_prewarm(stack, 1 << 20, 1));
  CHECK(!ss_stack_try_prewarm(stack, SIZE_MAX, 1));
  CHECK(!ss_stack_try_prewarm(stack, 40000, 2));
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  SS_STACK_SCOPE(stack) {
    CHECK(ss_stack_try_uninit_slice(stack, char, 10000) != NULL);
  }
  ss_stack_free(stack);
}

TEST_GROUP(prewarm)
{
  RUN(a_run_that_takes_the_advice_grows_no_more);
  RUN(warming_leaves_what_is_live_where_it_is);
  RUN(more_lanes_than_a_stack_begins_with_are_warmed_too);
  RUN(warming_beyond_max_bytes_fails_and_leaves_a_usable_stack);
}
