// Scopes that a C++ exception leaves: all is released, and nothing of it is misuse.
// Runs with SS_DEBUG: 0 1
#include <cstdio>

#include "secondstack.h"

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

static bool promise_1_an_exception_ends_every_scope_that_it_leaves()
{
  bool is_caught = false;
  drops = 0;
  try {
    throw_out_of(20);
  } catch (int value) {
    is_caught = value == 7;
  }
  return is_caught && drops == 21 && ss_thread_stats().used == 0;
}

static bool promise_1_a_guard_ends_with_the_block_that_an_exception_leaves()
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
  return drops == 3 && ss_thread_stats().used == 0;
}

int main()
{
  int passed = 0, failed = 0;
  const auto run = [&](const char *name, bool holds) {
    (holds ? passed : failed)++;
    if (!holds) {
      std::printf("FAILED %s (drops %d, used %zu)\n", name, drops, ss_thread_stats().used);
    }
  };
  run("promise_1_an_exception_ends_every_scope_that_it_leaves",
      promise_1_an_exception_ends_every_scope_that_it_leaves());
  run("promise_1_a_guard_ends_with_the_block_that_an_exception_leaves",
      promise_1_a_guard_ends_with_the_block_that_an_exception_leaves());
  ss_thread_detach();
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
