// SPDX-License-Identifier: MIT
// Promises 1 and 10: scopes that a thread leaves half-way, by goto, return, longjmp, ss_thread_free or
// pthread_exit. Each destructor runs once, last first, and all memory comes back. C++ compiles this
// too: exit_scopes_cxx_test.cpp.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

#include <pthread.h>
#include <setjmp.h>

enum { SCOPES = 3 };

typedef enum way { BY_GOTO, BY_RETURN, BY_LONGJMP, BY_FREE, BY_EXIT, BY_EXIT_FREED } way;

typedef struct passage {
  way left_by;
  int ran;
  int wrong;
  jmp_buf jump;
  bool has_returned;
  size_t used;
  size_t reserved;
} passage;

static passage *current;
static int order[SCOPES] = {0, 1, 2};

static void run(void *arg)
{
  current->wrong += SCOPES - 1 - *(int *)arg != current->ran;
  current->ran += 1;
}

static void leave(passage *p)
{
  if (p->left_by == BY_LONGJMP) longjmp(p->jump, 1);
  if (p->left_by == BY_FREE || p->left_by == BY_EXIT_FREED) ss_thread_free();
  if (p->left_by == BY_EXIT || p->left_by == BY_EXIT_FREED) pthread_exit(NULL);
}

static void pass(passage *p, int depth)
{
  SS_SCOPE {
    ss_defer(run, &order[depth]);
    memset(ss_uninit_slice(char, 3000), depth, 3000);
    if (depth + 1 < SCOPES) {
      pass(p, depth + 1);
      if (p->left_by == BY_GOTO) goto out;
    } else {
      if (p->left_by == BY_GOTO) goto out;
      if (p->left_by == BY_RETURN) return;
      leave(p);
    }
  }
out:;
}

static void *run_thread(void *arg)
{
  passage *p = (passage *)arg;
  const ss_mark outer = ss_save();
  if (setjmp(p->jump) == 0) {
    pass(p, 0);
  } else {
    ss_restore(outer);
  }
  if (p->left_by != BY_FREE && p->left_by != BY_LONGJMP) ss_restore(outer);
  p->has_returned = true;
  p->used = ss_thread_stats().used;
  memset(ss_uninit_slice(char, 3000), 1, 3000);
  ss_thread_free();
  p->reserved = ss_thread_stats().reserved;
  return NULL;
}

static void check_leaving(way left_by)
{
  static passage p;
  memset(&p, 0, sizeof p);
  p.left_by = left_by;
  current = &p;
  pthread_t thread;
  if (!CHECK(pthread_create(&thread, NULL, run_thread, &p) == 0)) return;
  (void)pthread_join(thread, NULL);
  CHECK_EQ_INT(p.ran, SCOPES);
  CHECK_EQ_INT(p.wrong, 0);
  CHECK_EQ_INT(p.has_returned, left_by != BY_EXIT && left_by != BY_EXIT_FREED);
  CHECK_EQ_SIZE(p.used, 0);
  CHECK_EQ_SIZE(p.reserved, 0);
}

static void promise_1_goto_ends_each_scope_that_it_leaves(void)
{
  check_leaving(BY_GOTO);
}

static void promise_1_return_ends_each_scope_that_it_leaves(void)
{
  check_leaving(BY_RETURN);
}

static void promise_1_an_outer_restore_ends_scopes_that_longjmp_left(void)
{
  check_leaving(BY_LONGJMP);
}

static void promise_10_pthread_exit_ends_each_scope_that_it_leaves(void)
{
  check_leaving(BY_EXIT);
}

#if !SS_DEBUG  // for which leaving a scope that ss_thread_free has ended is misuse
static void promise_10_ss_thread_free_ends_each_scope(void)
{
  check_leaving(BY_FREE);
}

static void promise_10_pthread_exit_may_leave_scopes_that_are_ended(void)
{
  check_leaving(BY_EXIT_FREED);
}
#endif

TEST_GROUP(exit_scopes)
{
  RUN(promise_1_goto_ends_each_scope_that_it_leaves);
  RUN(promise_1_return_ends_each_scope_that_it_leaves);
  RUN(promise_1_an_outer_restore_ends_scopes_that_longjmp_left);
  RUN(promise_10_pthread_exit_ends_each_scope_that_it_leaves);
#if !SS_DEBUG
  RUN(promise_10_ss_thread_free_ends_each_scope);
  RUN(promise_10_pthread_exit_may_leave_scopes_that_are_ended);
#endif
}
