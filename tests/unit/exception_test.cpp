// SPDX-License-Identifier: MIT
// Scopes that a C++ exception leaves: all is released, and nothing of it is misuse.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

static int drops;

static void drop(void *)
{
  drops++;
}

static void throw_out_of(int depth)
{
  SS_SCOPE {
    (void)ss_uninit_slice(char, 1000);
    ss_defer(drop, nullptr);
    ss_buffer open = ss_buffer_open();
    *ss_push(int, &open) = depth;
    if (depth == 0) throw 7;
    throw_out_of(depth - 1);
    (void)ss_buffer_close(&open);
  }
}

static void promise_1_an_exception_ends_every_scope_that_it_leaves()
{
  bool is_caught = false;
  drops = 0;
  try {
    throw_out_of(20);
  } catch (int value) {
    is_caught = value == 7;
  }
  CHECK(is_caught);
  CHECK_EQ_INT(drops, 21);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void promise_1_a_guard_ends_with_the_block_that_an_exception_leaves()
{
  drops = 0;
  for (int i = 0; i < 3; i++) {
    try {
      SS_GUARD();
      ss_defer(drop, nullptr);
      if (i == 1) throw 7;
    } catch (int) {
    }
  }
  CHECK_EQ_INT(drops, 3);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

TEST_GROUP(exception)
{
  RUN(promise_1_an_exception_ends_every_scope_that_it_leaves);
  RUN(promise_1_a_guard_ends_with_the_block_that_an_exception_leaves);
}
