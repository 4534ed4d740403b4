// SPDX-License-Identifier: MIT
// ss_frames: what is made in a frame lives for as many frames as were asked for, and no longer.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

enum { MOST = 5, FRAMES = 40 };

static int destroyed[FRAMES];
static void destroy(void *arg)
{
  *(int *)arg += 1;
}

static void each_frame_lives_for_the_count_of_frames(void)
{
  for (size_t count = 1; count <= MOST; count += 1) {
    ss_frames *frames = ss_frames_new(count, NULL);
    if (!CHECK(frames != NULL)) return;
    CHECK(ss_frames_stack(frames, 0) == NULL);
    memset(destroyed, 0, sizeof destroyed);
    unsigned char *made[FRAMES];
    for (int f = 0; f < FRAMES; f += 1) {
      ss_stack *stack = ss_frames_begin(frames);
      CHECK_EQ_PTR(ss_frames_stack(frames, 0), stack);
      made[f] = ss_stack_uninit_slice(stack, unsigned char, 1000 + 100 * (size_t)f);
      memset(made[f], f + 1, 1000 + 100 * (size_t)f);
      ss_stack_defer(stack, destroy, &destroyed[f]);
      ss_buffer buffer = ss_stack_buffer_open(stack);
      for (int i = 0; i < 2000; i += 1) *ss_push(int, &buffer) = i;
      const ss_slice slice = ss_buffer_close(&buffer);
      CHECK_EQ_INT(((int *)slice.data)[1999], 1999);
      for (int old = 0; old <= f; old += 1) {
        const bool lives = (size_t)(f - old) < count;
        CHECK_EQ_INT(destroyed[old], !lives);
        if (lives) CHECK_FILLED(made[old], old + 1, 1000 + 100 * (size_t)old);
      }
      CHECK_VALID(stack);
    }
    CHECK(ss_frames_stack(frames, count) == NULL);
    for (size_t ago = 1; ago < count; ago += 1) CHECK(ss_frames_stack(frames, ago) != NULL);
    ss_frames_free(frames);
    for (int f = 0; f < FRAMES; f += 1) CHECK_EQ_INT(destroyed[f], 1);
  }
}

static void a_repeated_frame_calls_no_allocator(void)
{
  static counted_backing counted;
  const ss_config config = {.backing = counted_begin(&counted, 1)};
  ss_frames *frames = ss_frames_new(3, &config);
  if (!CHECK(frames != NULL)) return;
  size_t calls[3] = {0};
  for (int f = 0; f < 30; f += 1) {
    ss_stack *stack = ss_frames_begin(frames);
    for (int i = 0; i < 10; i += 1) memset(ss_stack_uninit_slice(stack, char, 20000), 1, 20000);
    if (f >= 27) CHECK_EQ_SIZE(ss_stack_stats(stack).backing_calls, calls[f % 3]);
    calls[f % 3] = ss_stack_stats(stack).backing_calls;
  }
  ss_frames_free(frames);
  counted_end(&counted);
}

static void an_inner_scope_left_open_ends_with_its_frame(void)
{
  ss_frames *frames = ss_frames_new(2, NULL);
  if (!CHECK(frames != NULL)) return;
  for (int f = 0; f < 10; f += 1) {
    ss_stack *stack = ss_frames_begin(frames);
    (void)ss_stack_save(stack);
    memset(ss_stack_uninit_slice(stack, char, 5000), f, 5000);
    ss_buffer buffer = ss_stack_buffer_open(stack);  // never closed
    *ss_push(int, &buffer) = 1;
    CHECK_VALID(stack);
  }
  ss_frames_free(frames);
}

static void memory_of_the_callers_serves_the_first_stack(void)
{
  static char memory[100000];
  const ss_config config = {.memory = memory, .memory_bytes = sizeof memory};
  ss_frames *frames = ss_frames_new(2, &config);
  if (!CHECK(frames != NULL)) return;
  char *first = ss_stack_uninit_slice(ss_frames_begin(frames), char, 100);
  char *second = ss_stack_uninit_slice(ss_frames_begin(frames), char, 100);
  CHECK(first >= memory && first < memory + sizeof memory);
  CHECK(second < memory || second >= memory + sizeof memory);
  ss_frames_free(frames);
}

static void no_frames_are_none(void)
{
  CHECK(ss_frames_new(0, NULL) == NULL);
  CHECK(ss_frames_new(SIZE_MAX, NULL) == NULL);
  ss_frames_free(NULL);
}

TEST_GROUP(frames)
{
  RUN(each_frame_lives_for_the_count_of_frames);
  RUN(a_repeated_frame_calls_no_allocator);
  RUN(an_inner_scope_left_open_ends_with_its_frame);
  RUN(memory_of_the_callers_serves_the_first_stack);
  RUN(no_frames_are_none);
}
