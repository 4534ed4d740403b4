// SPDX-License-Identifier: MIT
// Promise 3 across scopes: a buffer belongs to the scope that opened it, wherever it grows and
// closes.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

static void push_range(ss_buffer *buffer, uint32_t first, uint32_t end)
{
  for (uint32_t i = first; i < end; i += 1) *ss_push(uint32_t, buffer) = i;
}

static bool counts_up(ss_slice slice, uint32_t count)
{
  const uint32_t *values = slice.data;
  if (slice.size != count * sizeof(uint32_t)) return false;
  for (uint32_t i = 0; i < count; i += 1) {
    if (values[i] != i) return false;
  }
  return true;
}

static void promise_3_a_buffer_closed_in_an_inner_scope_lives_until_the_outer_ends(void)
{
  for (int frame = 0; frame < 4; frame += 1) {
    SS_SCOPE {
      ss_slice closed = {0};
      size_t used_by_outer = 0;
      ss_buffer buffer = ss_buffer_open();
      push_range(&buffer, 0, 100);
      SS_SCOPE {
        memset(ss_uninit_slice(char, 400), 0x41, 400);
        push_range(&buffer, 100, 5000);
        closed = ss_buffer_close(&buffer);
        used_by_outer = ss_thread_stats().used;
        // Made after the close, in the inner scope: released by it.
        memset(ss_uninit_slice(char, 100000), 0x42, 100000);
        CHECK(counts_up(closed, 5000));
      }
      CHECK_VALID(ss_thread_stack());
      CHECK_LE_SIZE(ss_thread_stats().used, used_by_outer);
      CHECK_LE_SIZE(5000 * sizeof(uint32_t), ss_thread_stats().used);
      CHECK(counts_up(closed, 5000));
      for (int i = 0; i < 50; i += 1) memset(ss_uninit_slice(char, 3000), 0x43, 3000);
      CHECK(counts_up(closed, 5000));
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

// Several of them, closed two scopes further in, with scratch before, between and after.
static void promise_3_buffers_of_different_scopes_close_in_the_innermost(void)
{
  for (int frame = 0; frame < 4; frame += 1) {
    ss_slice slices[3] = {0};
    const ss_mark outer = ss_save();
    ss_buffer a = ss_buffer_open();
    push_range(&a, 0, 3000);
    const ss_mark middle = ss_save();
    ss_buffer b = ss_buffer_open();
    push_range(&b, 0, 2000);
    const ss_mark inner = ss_save();
    ss_buffer c = ss_buffer_open();
    push_range(&c, 0, 1000);
    push_range(&a, 3000, 4000);
    slices[0] = ss_buffer_close(&a);
    memset(ss_uninit_slice(char, 2000), 0x21, 2000);
    slices[2] = ss_buffer_close(&c);
    memset(ss_uninit_slice(char, 2000), 0x22, 2000);
    slices[1] = ss_buffer_close(&b);
    memset(ss_uninit_slice(char, 2000), 0x23, 2000);
    CHECK(counts_up(slices[2], 1000));
    CHECK_VALID(ss_thread_stack());
    ss_restore(inner);
    for (int i = 0; i < 30; i += 1) memset(ss_uninit_slice(char, 2000), 0x24, 2000);
    CHECK(counts_up(slices[0], 4000));
    CHECK(counts_up(slices[1], 2000));
    CHECK_VALID(ss_thread_stack());
    ss_restore(middle);
    for (int i = 0; i < 30; i += 1) memset(ss_uninit_slice(char, 2000), 0x25, 2000);
    CHECK(counts_up(slices[0], 4000));
    CHECK_VALID(ss_thread_stack());
    ss_restore(outer);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

// Each level has a buffer open while the deeper ones come and go.
static void recurse(uint32_t level, uint32_t levels)
{
  SS_SCOPE {
    ss_buffer buffer = ss_buffer_open();
    const uint32_t half = 100 + 37 * level;
    push_range(&buffer, 0, half);
    char *slice = memset(ss_uninit_slice(char, 200), (int)level, 200);
    if (level + 1 < levels) recurse(level + 1, levels);
    push_range(&buffer, half, 2 * half);
    if (level + 1 < levels && level % 4 == 0) recurse(level + 1, levels - 2);
    CHECK_FILLED(slice, (int)level, 200);
    CHECK(counts_up(ss_buffer_close(&buffer), 2 * half));
    CHECK_FILLED(slice, (int)level, 200);
  }
}

static void promise_3_recursion_may_hold_an_open_buffer_at_each_level(void)
{
  for (int frame = 0; frame < 3; frame += 1) recurse(0, 12);
  const ss_stats warm = ss_thread_stats();
  recurse(0, 12);
  CHECK_EQ_SIZE(ss_thread_stats().bytes_copied, warm.bytes_copied);
  CHECK_EQ_SIZE(ss_thread_stats().backing_calls, warm.backing_calls);
  CHECK_VALID(ss_thread_stack());
}

// Slices of the outer scope in several lanes stay while an inner scope uses those lanes.
static void promise_3_an_inner_scope_leaves_every_lane_as_it_was(void)
{
  SS_SCOPE {
    ss_slice outer[5];
    ss_buffer buffers[5];
    for (int i = 0; i < 5; i += 1) buffers[i] = ss_buffer_open();
    for (uint32_t i = 0; i < 5; i += 1) push_range(&buffers[i], 0, 500 + i);
    for (int i = 0; i < 5; i += 1) outer[i] = ss_buffer_close(&buffers[i]);
    const size_t used = ss_thread_stats().used;
    for (int turn = 0; turn < 5; turn += 1) {
      SS_SCOPE {
        ss_buffer inner[9];
        for (int i = 0; i < 9; i += 1) inner[i] = ss_buffer_open();
        for (uint32_t i = 0; i < 9; i += 1) push_range(&inner[i], 0, 800);
        for (int i = 8; i >= 0; i -= 1) CHECK(counts_up(ss_buffer_close(&inner[i]), 800));
      }
      CHECK_EQ_SIZE(ss_thread_stats().used, used);
      CHECK_VALID(ss_thread_stack());
    }
    for (uint32_t i = 0; i < 5; i += 1) CHECK(counts_up(outer[i], 500 + i));
  }
}

// The buffer's chunk is replaced while an inner scope is open; the inner mark must not bring the
// old one back.
static void promise_3_a_buffer_that_moved_in_an_inner_scope_stays_moved(void)
{
  SS_SCOPE {
    ss_buffer outer = ss_buffer_open();
    push_range(&outer, 0, 10);
    uint32_t count = 10;
    for (uint32_t turn = 0; turn < 12; turn += 1) {
      SS_SCOPE {
        ss_buffer inner = ss_buffer_open();
        push_range(&inner, 0, count);
        push_range(&outer, count, 2 * count);
        count *= 2;
        CHECK(counts_up(ss_buffer_close(&inner), count / 2));
      }
      CHECK_VALID(ss_thread_stack());
    }
    CHECK(counts_up(ss_buffer_close(&outer), count));
  }
}

// A mark is saved, the lane it was saved in becomes a buffer's, and the scope ends in another lane.
static void promise_3_the_active_lane_changes_between_mark_and_restore(void)
{
  for (int frame = 0; frame < 3; frame += 1) {
    SS_SCOPE {
      char *below = memset(ss_uninit_slice(char, 640), 0x71, 640);
      SS_SCOPE {
        ss_buffer first = ss_buffer_open();
        push_range(&first, 0, 50);
        SS_SCOPE {
          ss_buffer second = ss_buffer_open();
          push_range(&second, 0, 50);
          SS_SCOPE {
            memset(ss_uninit_slice(char, 90000), 0x72, 90000);
            push_range(&first, 50, 100);
          }
          CHECK(counts_up(ss_buffer_close(&second), 50));
        }
        push_range(&first, 100, 200);
        CHECK(counts_up(ss_buffer_close(&first), 200));
      }
      char *again = memset(ss_uninit_slice(char, 640), 0x73, 640);
      CHECK_FILLED(below, 0x71, 640);
      CHECK_FILLED(again, 0x73, 640);
      CHECK_VALID(ss_thread_stack());
    }
  }
}

TEST_GROUP(lane_scopes)
{
  RUN(promise_3_a_buffer_closed_in_an_inner_scope_lives_until_the_outer_ends);
  RUN(promise_3_buffers_of_different_scopes_close_in_the_innermost);
  RUN(promise_3_recursion_may_hold_an_open_buffer_at_each_level);
  RUN(promise_3_an_inner_scope_leaves_every_lane_as_it_was);
  RUN(promise_3_a_buffer_that_moved_in_an_inner_scope_stays_moved);
  RUN(promise_3_the_active_lane_changes_between_mark_and_restore);
}
