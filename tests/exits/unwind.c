// SPDX-License-Identifier: MIT
// main leaves three scopes by a JavaScript exception: emscripten_exit_with_live_runtime, or
// emscripten_set_main_loop that simulates an infinite loop (`unwind loop`). Afterwards either all of it is
// still there (C, and C++ with -fexceptions or none), or all has ended (C++ with -fwasm-exceptions, whose
// cleanups see exceptions of JavaScript); EXPECT_ENDED says which. The mark from before makes up for the
// rest, and each destructor runs once.
#include "secondstack.h"

#include <emscripten.h>
#include <stdio.h>

enum { SCOPES = 3 };

static ss_mark outer;
static char *slices[SCOPES];
static int drops[SCOPES];
static int passed;
static int failed;

static void check(bool holds, const char *what)
{
  passed += holds;
  failed += !holds;
  if (!holds) printf("FAILED %s\n", what);
}

static void drop(void *arg)
{
  *(int *)arg += 1;
}

static void look(void)
{
  size_t wrong = 0;
  for (int i = 0; i < SCOPES; i += 1) {
    check(drops[i] == EXPECT_ENDED, "a scope has ended, or it has not");
    for (int k = 0; !EXPECT_ENDED && k < 5000; k += 1) wrong += slices[i][k] != 'a' + i;
  }
  check(wrong == 0, "slices of scopes that have not ended are whole");
  printf("the scopes that main left have %s\n", drops[0] ? "ended" : "not ended");
  ss_restore(outer);
  for (int i = 0; i < SCOPES; i += 1) check(drops[i] == 1, "a destructor runs once");
  check(ss_thread_stats().used == 0, "nothing is left after the outer mark");
  ss_thread_free();
  check(ss_thread_stats().reserved == 0, "all memory is given back");
  printf("%d passed, %d failed\n", passed, failed);
  emscripten_force_exit(failed != 0);
}

static void later(void *arg)
{
  (void)arg;
  look();
}

static void leave(int argc)
{
  if (argc > 1) {
    emscripten_set_main_loop(look, 60, 1);
  } else {
    emscripten_async_call(later, NULL, 10);
    emscripten_exit_with_live_runtime();
  }
}

static void enter(int depth, int argc)
{
  SS_SCOPE {
    ss_defer(drop, &drops[depth]);
    slices[depth] = ss_uninit_slice(char, 5000);
    memset(slices[depth], 'a' + depth, 5000);
    if (depth + 1 < SCOPES) {
      enter(depth + 1, argc);
    } else {
      leave(argc);
    }
  }
}

int main(int argc, char **argv)
{
  (void)argv;
  outer = ss_save();
  enter(0, argc);
  printf("FAILED main came back\n0 passed, 1 failed\n");
  return 1;
}
