// SPDX-License-Identifier: MIT
// ss_defer and ss_defer_each: what runs, how often and in which order.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

static int ran[1000];
static int ran_count;

static void note(void *arg)
{
  if (ran_count < 1000) ran[ran_count] = *(const int *)arg;
  ran_count += 1;
}

typedef struct resource {
  int number;
  char padding[20];
} resource;

static void close_resource(void *arg)
{
  resource *r = arg;
  note(&r->number);
  r->number = -1;
}

static void elements_drop_first_to_last(void)
{
  ran_count = 0;
  SS_SCOPE {
    resource *resources = ss_uninit_slice(resource, 100);
    for (int i = 0; i < 100; i += 1) resources[i].number = i;
    ss_defer_each(resource, resources, 100, close_resource);
    CHECK_EQ_INT(ran_count, 0);
  }
  CHECK_EQ_INT(ran_count, 100);
  for (int i = 0; i < 100; i += 1) CHECK_EQ_INT(ran[i], i);
}

static void slices_drop_last_first(void)
{
  ran_count = 0;
  static int first[3] = {1, 2, 3};
  static int second[2] = {4, 5};
  static int deferred = 6;
  SS_SCOPE {
    ss_defer_each(int, first, 3, note);
    ss_defer(note, &deferred);
    CHECK(ss_try_defer_each(int, second, 2, note));
    CHECK(ss_try_defer(note, &deferred));
  }
  const int expected[] = {6, 4, 5, 6, 1, 2, 3};
  CHECK_EQ_INT(ran_count, 7);
  for (int i = 0; i < 7; i += 1) CHECK_EQ_INT(ran[i], expected[i]);
}

static void dropping_part_of_a_slice_drops_just_that(void)
{
  ran_count = 0;
  SS_SCOPE {
    int *numbers = ss_uninit_slice(int, 10);
    for (int i = 0; i < 10; i += 1) numbers[i] = i;
    ss_defer_each(int, numbers + 2, 3, note);
    ss_defer_each(int, numbers, 0, note);
  }
  CHECK_EQ_INT(ran_count, 3);
  for (int i = 0; i < 3; i += 1) CHECK_EQ_INT(ran[i], 2 + i);
}

static int nulls;

static void count_null(void *arg)
{
  nulls += arg == NULL;
}

static void a_null_argument_is_passed_on(void)
{
  nulls = 0;
  SS_SCOPE {
    for (int i = 0; i < 5; i += 1) ss_defer(count_null, NULL);
  }
  CHECK_EQ_INT(nulls, 5);
}

static void many_destructors_over_many_chunks_all_run(void)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 600, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  static int numbers[1000];
  for (int frame = 0; frame < 2; frame += 1) {
    ran_count = 0;
    SS_STACK_SCOPE(stack) {
      for (int i = 0; i < 1000; i += 1) {
        numbers[i] = i;
        ss_stack_defer(stack, note, &numbers[i]);
        if (i % 10 == 0) memset(ss_stack_alloc(stack, 333, 1), 1, 333);
      }
      CHECK_VALID(stack);
    }
    CHECK_EQ_INT(ran_count, 1000);
    for (int i = 0; i < 1000; i += 1) CHECK_EQ_INT(ran[i], 999 - i);
    CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

// The destructor of one scope opens and ends scopes of its own, with destructors in them.
static int depth_reached;

static void nest(void *arg)
{
  int *depth = arg;
  depth_reached = *depth > depth_reached ? *depth : depth_reached;
  if (*depth == 12) return;
  SS_SCOPE {
    int *next = ss_uninit(int);
    *next = *depth + 1;
    ss_defer(nest, next);
    ss_buffer b = ss_buffer_open();
    for (int i = 0; i < 100; i += 1) *ss_push(int, &b) = i;
    ss_defer_each(int, ss_buffer_close(&b).data, 10, note);
  }
}

static void destructors_may_nest_scopes_with_destructors(void)
{
  ran_count = 0;
  depth_reached = 0;
  SS_SCOPE {
    int *depth = ss_uninit(int);
    *depth = 1;
    ss_defer(nest, depth);
  }
  CHECK_EQ_INT(depth_reached, 12);
  CHECK_EQ_INT(ran_count, 110);
  for (int i = 0; i < 110; i += 1) CHECK_EQ_INT(ran[i], i % 10);
}

static jmp_buf escape;

static void jump_away(void *arg)
{
  note(arg);
  longjmp(escape, 1);
}

// What a destructor jumped over is still pending, and itself does not run again.
static void a_destructor_may_longjmp_away(void)
{
  ran_count = 0;
  static int numbers[] = {1, 2, 3};
  const ss_mark outer = ss_save();
  const ss_mark inner = ss_save();
  ss_defer(note, &numbers[0]);
  ss_defer(jump_away, &numbers[1]);
  ss_defer(note, &numbers[2]);
  if (setjmp(escape) == 0) {
    ss_restore(inner);
    CHECK_UNREACHED("it did not jump");
  }
  CHECK_EQ_INT(ran_count, 2);
  ss_restore(outer);
  const int expected[] = {3, 2, 1};
  CHECK_EQ_INT(ran_count, 3);
  for (int i = 0; i < 3; i += 1) CHECK_EQ_INT(ran[i], expected[i]);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void a_refused_defer_registers_nothing(void)
{
  ran_count = 0;
  static int number = 1;
  static counted_backing counted;
  const ss_config config = {.max_bytes = 1, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  CHECK(!ss_stack_try_defer(stack, note, &number));
  CHECK(!ss_stack_try_defer_each(stack, int, &number, 1, note));
  EXPECT_FATAL(ss_stack_defer(stack, note, &number));
  CHECK_CONTAINS(fatal_message(), "ss_stack_defer");
  EXPECT_FATAL(ss_stack_defer_each(stack, int, &number, 1, note));
  CHECK_CONTAINS(fatal_message(), "ss_stack_defer_each");
  ss_stack_free(stack);
  counted_end(&counted);
  CHECK_EQ_INT(ran_count, 0);
}

TEST_GROUP(defer)
{
  RUN(elements_drop_first_to_last);
  RUN(slices_drop_last_first);
  RUN(dropping_part_of_a_slice_drops_just_that);
  RUN(a_null_argument_is_passed_on);
  RUN(many_destructors_over_many_chunks_all_run);
  RUN(destructors_may_nest_scopes_with_destructors);
  RUN(a_destructor_may_longjmp_away);
  RUN(a_refused_defer_registers_nothing);
}
