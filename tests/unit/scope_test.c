// SPDX-License-Identifier: MIT
// SS_SCOPE and SS_GUARD: every way to leave a block restores it, once.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

static int ran_count;

static void count(void *arg)
{
  (void)arg;
  ran_count += 1;
}

static void use_the_stack(void)
{
  ss_defer(count, NULL);
  memset(ss_uninit_slice(char, 5000), 1, 5000);
}

static size_t used(void)
{
  return ss_thread_stats().used;
}

static void a_scope_ends_at_its_brace(void)
{
  ran_count = 0;
  SS_SCOPE {
    use_the_stack();
    CHECK_LE_SIZE(5000, used());
  }
  CHECK_EQ_SIZE(used(), 0);
  CHECK_EQ_INT(ran_count, 1);
}

static int return_from_a_scope(void)
{
  SS_SCOPE {
    SS_SCOPE {
      use_the_stack();
      int *value = ss_uninit(int);
      *value = 42;
      return *value;  // read before the scope ends
    }
  }
  return 0;
}

static void a_scope_ends_by_return(void)
{
  ran_count = 0;
  CHECK_EQ_INT(return_from_a_scope(), 42);
  CHECK_EQ_SIZE(used(), 0);
  CHECK_EQ_INT(ran_count, 1);
}

static void a_scope_ends_by_goto(void)
{
  ran_count = 0;
  SS_SCOPE {
    use_the_stack();
    SS_SCOPE {
      use_the_stack();
      goto out;
    }
  }
  CHECK_UNREACHED("the goto was not taken");
out:
  CHECK_EQ_SIZE(used(), 0);
  CHECK_EQ_INT(ran_count, 2);
}

#if SS_DEBUG
static void leave_by_break(int turns)
{
  for (int i = 0; i < turns; i += 1) {
    SS_SCOPE {
      if (i == 1) break;
    }
  }
}

static void promise_11_a_break_out_of_a_scope_is_named(void)
{
  leave_by_break(1);
  const ss_mark mark = ss_save();
  EXPECT_FATAL(leave_by_break(3));
  CHECK_CONTAINS(fatal_message(), "SS_SCOPE at ");
  CHECK_CONTAINS(fatal_message(), "a break has left the scope");
  ss_restore(mark);
}
#endif

static void break_and_continue_leave_a_scope_not_the_loop(void)
{
  ran_count = 0;
  int turns = 0;
  for (int i = 0; i < 10; i += 1) {
    SS_SCOPE {
      use_the_stack();
      if (!SS_DEBUG && i % 2 == 0) break;
      if (SS_DEBUG && i % 2 == 0) continue;
      if (i % 3 == 0) continue;
      use_the_stack();
    }
    CHECK_EQ_SIZE(used(), 0);
    turns += 1;
  }
  CHECK_EQ_INT(turns, 10);
  CHECK_EQ_INT(ran_count, 10 + 3);  // 1, 5 and 7 used it twice
}

static void a_guard_ends_with_its_block(void)
{
  ran_count = 0;
  {
    SS_GUARD();
    use_the_stack();
    {
      SS_GUARD();
      use_the_stack();
    }
    CHECK_EQ_INT(ran_count, 1);
    CHECK_LE_SIZE(5000, used());
  }
  CHECK_EQ_SIZE(used(), 0);
  CHECK_EQ_INT(ran_count, 2);
}

static void break_and_continue_under_a_guard_mean_the_loop(void)
{
  ran_count = 0;
  int turns = 0;
  int rest = 0;
  for (int i = 0; i < 10; i += 1) {
    CHECK_EQ_SIZE(used(), 0);
    turns += 1;
    SS_GUARD();
    use_the_stack();
    if (i % 2 == 0) continue;
    if (i == 7) break;
    rest += 1;
  }
  CHECK_EQ_SIZE(used(), 0);
  CHECK_EQ_INT(turns, 8);
  CHECK_EQ_INT(rest, 3);  // 1, 3 and 5
  CHECK_EQ_INT(ran_count, 8);
}

static int return_under_two_guards(void)
{
  SS_GUARD();
  SS_GUARD();
  use_the_stack();
  return 7;
}

static void a_guard_ends_by_return(void)
{
  ran_count = 0;
  CHECK_EQ_INT(return_under_two_guards(), 7);
  CHECK_EQ_SIZE(used(), 0);
  CHECK_EQ_INT(ran_count, 1);
}

static void scopes_and_guards_work_on_a_given_stack(void)
{
  ran_count = 0;
  ss_stack *stack = ss_stack_new(NULL);
  if (!CHECK(stack != NULL)) return;
  SS_STACK_SCOPE(stack) {
    memset(ss_stack_uninit_slice(stack, char, 100), 1, 100);
    {
      SS_STACK_GUARD(stack);
      ss_stack_defer(stack, count, NULL);
    }
    CHECK_EQ_INT(ran_count, 1);
    CHECK_EQ_SIZE(used(), 0);  // the thread stack is another one
    CHECK_LE_SIZE(100, ss_stack_stats(stack).used);
    use_the_stack();
  }
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  CHECK_EQ_INT(ran_count, 1);
  CHECK_LE_SIZE(5000, used());
  ss_thread_free();
  CHECK_EQ_INT(ran_count, 2);
  ss_stack_free(stack);
}

// Scopes of two stacks may be interleaved: each has its own history.
static void scopes_of_two_stacks_do_not_mix(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  if (!CHECK(stack != NULL)) return;
  const ss_mark thread_mark = ss_save();
  char *mine = memset(ss_uninit_slice(char, 100), 0x31, 100);
  const ss_mark stack_mark = ss_stack_save(stack);
  char *its = memset(ss_stack_uninit_slice(stack, char, 100), 0x32, 100);
  CHECK_FILLED(mine, 0x31, 100);
  ss_restore(thread_mark);
  CHECK_FILLED(its, 0x32, 100);
  ss_stack_restore(stack, stack_mark);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  ss_stack_free(stack);
}

TEST_GROUP(scope)
{
  RUN(a_scope_ends_at_its_brace);
  RUN(a_scope_ends_by_return);
  RUN(a_scope_ends_by_goto);
  RUN(break_and_continue_leave_a_scope_not_the_loop);
#if SS_DEBUG
  RUN(promise_11_a_break_out_of_a_scope_is_named);
#endif
  RUN(a_guard_ends_with_its_block);
  RUN(break_and_continue_under_a_guard_mean_the_loop);
  RUN(a_guard_ends_by_return);
  RUN(scopes_and_guards_work_on_a_given_stack);
  RUN(scopes_of_two_stacks_do_not_mix);
}
