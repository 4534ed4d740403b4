// Promises 1 and 10: scopes that a thread leaves half-way, by goto, return, longjmp, ss_thread_detach or
// pthread_exit. Each destructor runs once, last first, and all memory comes back. C++ compiles this
// too: exit_scopes_cxx_test.cpp.
// Runs with SS_DEBUG: 0 1
// Needs threads
#include "secondstack.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>

enum { SCOPES = 3 };

typedef enum way { BY_GOTO, BY_RETURN, BY_LONGJMP, BY_DETACH, BY_EXIT, BY_EXIT_DETACHED, WAYS } way;

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
  if (p->left_by == BY_DETACH || p->left_by == BY_EXIT_DETACHED) ss_thread_detach();
  if (p->left_by == BY_EXIT || p->left_by == BY_EXIT_DETACHED) pthread_exit(NULL);
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
  if (p->left_by != BY_DETACH && p->left_by != BY_LONGJMP) ss_restore(outer);
  p->has_returned = true;
  p->used = ss_thread_stats().used;
  memset(ss_uninit_slice(char, 3000), 1, 3000);
  ss_thread_detach();
  p->reserved = ss_thread_stats().reserved;
  return NULL;
}

int main(void)
{
  static const char *const names[WAYS] = {"goto",   "return",       "longjmp",
                                          "detach", "pthread_exit", "pthread_exit after a detach"};
  int passed = 0;
  int failed = 0;
  for (int i = 0; i < WAYS; i += 1) {
#if SS_DEBUG  // for which leaving a scope that ss_thread_detach has ended is misuse
    if (i == BY_DETACH || i == BY_EXIT_DETACHED) {
      printf("not run with SS_DEBUG: %s\n", names[i]);
      continue;
    }
#endif
    static passage p;
    memset(&p, 0, sizeof p);
    p.left_by = (way)i;
    current = &p;
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_thread, &p) != 0) return 2;
    (void)pthread_join(thread, NULL);
    const bool may_return = i != BY_EXIT && i != BY_EXIT_DETACHED;
    const bool holds = p.ran == SCOPES && p.wrong == 0 && p.has_returned == may_return &&
                       p.used == 0 && p.reserved == 0;
    passed += holds;
    failed += !holds;
    if (!holds) {
      printf("FAILED %s: %d destructors, %d out of order, %zu used, %zu reserved\n", names[i],
             p.ran, p.wrong, p.used, p.reserved);
    }
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
