// SPDX-License-Identifier: MIT
// Promise 6: the backing refuses its nth call, for every n. A try_ returns NULL and leaves the
// stack as it was; a plain call is fatal once, after which the stack is still usable. Nothing
// leaks.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

enum { ITEMS = 1500 };

static counted_backing counted;

static ss_stack *new_stack(size_t room_factor)
{
  const ss_config config = {.initial_bytes = 1024, .backing = counted_begin(&counted, room_factor)};
  return ss_stack_new(&config);
}

// Refuses the nth call from now on.
static void refuse(size_t n, bool is_refusing_on)
{
  counted.refuse_call = counted.acquires + counted.resizes + n;
  counted.is_refusing_on = is_refusing_on;
}

static void nothing(void *arg)
{
  (void)arg;
}

static bool next_item(void *iterator, void *item)
{
  int *i = iterator;
  *(int *)item = *i;
  return (*i)++ < ITEMS;
}

// Needs room in every way there is, with plain calls.
static void use_everything(ss_stack *stack)
{
  SS_STACK_SCOPE(stack) {
    memset(ss_stack_alloc(stack, 900, 1), 0x31, 900);
    ss_buffer a = ss_stack_buffer_open(stack);
    ss_buffer b = ss_stack_buffer_open(stack);
    for (int i = 0; i < 2000; i += 1) {
      *ss_push(int, &a) = i;
      *ss_push(double, &b) = i;
    }
    ss_reserve(&a, 30000);
    ss_stack_defer(stack, nothing, NULL);
    CHECK_EQ_SIZE(ss_buffer_close(&a).size, 8000);
    CHECK_EQ_SIZE(ss_buffer_close(&b).size, 16000);
    SS_STACK_SCOPE(stack) {
      ss_buffer five[5];
      for (int i = 0; i < 5; i += 1) five[i] = ss_stack_buffer_open(stack);
      for (int i = 0; i < 5; i += 1) memset(ss_extend(char, &five[i], 1500), i, 1500);
      for (int i = 0; i < 5; i += 1) (void)ss_buffer_close(&five[i]);
    }
    int items = 0;
    const ss_slice all = ss_stack_collect(stack, int, next_item, &items, 0);
    CHECK_EQ_SIZE(all.size, ITEMS * sizeof(int));
    memset(ss_stack_alloc(stack, 200000, 4096), 0x32, 200000);
    for (int i = 0; i < 300; i += 1) ss_stack_defer(stack, nothing, NULL);
    CHECK_EQ_SIZE(strlen(ss_stack_format(stack, "%070000d", 1)), 70000);
    const ss_mark mark = ss_stack_save(stack);
    const ss_slice kept = {memset(ss_stack_alloc(stack, 500000, 1), 0x33, 500000), 500000};
    CHECK_FILLED(ss_stack_restore_keep(stack, mark, kept).data, 0x33, 500000);
  }
}

// Refuses call n; returns false when there is no such call any more.
static bool refuse_plain(size_t room_factor, size_t n, bool is_refusing_on)
{
  ss_stack *volatile stack = new_stack(room_factor);
  if (!CHECK(stack != NULL)) return false;
  const ss_mark mark = ss_stack_save(stack);
  refuse(n, is_refusing_on);
  CATCH_FATAL(use_everything(stack));
  const bool was_refused = counted.refusals > 0;
  // One call alone may be refused without harm: it asked for more than was needed.
  if (is_refusing_on || !was_refused) CHECK(fatal_was_raised() == was_refused);
  CHECK_VALID(stack);

  counted.refuse_call = 0;
  char *before_restore = memset(ss_stack_alloc(stack, 3000, 1), 0x34, 3000);
  CHECK_FILLED(before_restore, 0x34, 3000);
  ss_stack_restore(stack, mark);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  use_everything(stack);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  CHECK_VALID(stack);
  ss_stack_free(stack);
  counted_end(&counted);
  return was_refused;
}

static void refuse_every_plain_call(size_t room_factor, bool is_refusing_on)
{
  size_t n = 1;
  while (n < 5000 && refuse_plain(room_factor, n, is_refusing_on)) n += 1;
  CHECK_LE_SIZE(8, n);
  CHECK_LE_SIZE(n, 4999);
}

static void promise_6_a_refused_call_is_fatal_once_and_the_stack_stays_usable(void)
{
  refuse_every_plain_call(1, false);
  refuse_every_plain_call(3, false);
}

static void promise_6_a_backing_that_ends_is_fatal_once_and_the_stack_stays_usable(void)
{
  refuse_every_plain_call(1, true);
  refuse_every_plain_call(3, true);
}

// What the try_ calls have made so far.
typedef struct work {
  ss_stack *stack;
  char *slice;  // 900 bytes of 0x41
  ss_buffer a;
  ss_buffer b;
  int pushed;
} work;

typedef bool step_fn(work *w);

static bool make_slice(work *w)
{
  w->slice = ss_stack_try_alloc(w->stack, 900, 1);
  return w->slice && memset(w->slice, 0x41, 900);
}
static bool push_both(work *w)
{
  int *item = ss_try_push(int, w->pushed % 2 ? &w->b : &w->a);
  if (item == NULL) return false;
  *item = w->pushed;
  w->pushed += 1;
  return true;
}
static bool reserve_a(work *w)
{
  return ss_try_reserve(&w->a, 20000);
}
static bool append_b(work *w)
{
  static const char zeros[9000];
  return ss_try_append(&w->b, zeros, sizeof zeros) != NULL;
}
static bool make_large_slice(work *w)
{
  char *slice = ss_stack_try_alloc(w->stack, 50000, 256);
  return slice && memset(slice, 1, 50000);
}
static bool make_zeroed_slice(work *w)
{
  return ss_stack_try_zeroed_slice(w->stack, char, 150000) != NULL;
}
static bool make_format(work *w)
{
  return ss_stack_try_format(w->stack, "%0300000d", 1) != NULL;
}
static bool defer_nothing(work *w)
{
  return ss_stack_try_defer(w->stack, nothing, NULL);
}
static bool drop_nothing(work *w)
{
  return ss_stack_try_defer_each(w->stack, char, w->slice, 3, nothing);
}

static void check_contents(const work *w)
{
  CHECK_VALID(w->stack);
  if (w->slice) CHECK_FILLED(w->slice, 0x41, 900);
  for (int i = 0; i < w->pushed; i += 1) {
    CHECK_EQ_INT(*ss_buffer_at(int, i % 2 ? &w->b : &w->a, i / 2), i);
  }
}

static void run_step(work *w, step_fn *step)
{
  const ss_stats before = ss_stack_stats(w->stack);
  if (step(w)) return;
  CHECK_LE_SIZE(1, counted.refusals);
  CHECK_SAME_STATS(ss_stack_stats(w->stack), before);
  check_contents(w);
  counted.refuse_call = 0;
  CHECK(step(w));  // nothing stands in its way now
}

static bool refuse_tried(size_t room_factor, size_t n, bool is_refusing_on)
{
  work w = {.stack = new_stack(room_factor)};
  if (!CHECK(w.stack != NULL)) return false;
  const ss_mark mark = ss_stack_save(w.stack);
  refuse(n, is_refusing_on);
  run_step(&w, make_slice);
  for (int opened = 0; opened < 2;) {
    const ss_stats before = ss_stack_stats(w.stack);
    ss_buffer b = ss_stack_try_buffer_open(w.stack);
    if (ss_try_reserve(&b, 1)) {
      *(opened ? &w.b : &w.a) = b;
      opened += 1;
      continue;
    }
    CHECK_LE_SIZE(1, counted.refusals);
    // Either it was not opened, or it was and could not grow: both end with a close.
    (void)ss_buffer_close(&b);
    CHECK_EQ_SIZE(ss_stack_stats(w.stack).reserved, before.reserved);
    check_contents(&w);
    counted.refuse_call = 0;
  }
  for (int i = 0; i < 3000; i += 1) run_step(&w, push_both);
  run_step(&w, reserve_a);
  run_step(&w, append_b);
  run_step(&w, make_large_slice);
  for (int i = 0; i < 200; i += 1) {
    run_step(&w, defer_nothing);
    run_step(&w, drop_nothing);
  }
  run_step(&w, make_zeroed_slice);
  run_step(&w, make_format);
  check_contents(&w);
  (void)ss_buffer_close(&w.a);
  (void)ss_buffer_close(&w.b);
  ss_stack_restore(w.stack, mark);
  CHECK_EQ_SIZE(ss_stack_stats(w.stack).used, 0);
  const bool was_refused = counted.refusals > 0;
  ss_stack_free(w.stack);
  counted_end(&counted);
  return was_refused;
}

static void refuse_every_tried_call(size_t room_factor, bool is_refusing_on)
{
  size_t n = 1;
  while (n < 5000 && refuse_tried(room_factor, n, is_refusing_on)) n += 1;
  CHECK_LE_SIZE(6, n);
  CHECK_LE_SIZE(n, 4999);
}

static void promise_6_a_refused_try_changes_nothing(void)
{
  refuse_every_tried_call(1, false);
  refuse_every_tried_call(3, false);
}

static void promise_6_a_try_on_a_backing_that_ends_changes_nothing(void)
{
  refuse_every_tried_call(1, true);
  refuse_every_tried_call(3, true);
}

static void promise_6_a_refused_new_stack_is_null(void)
{
  const ss_config config = {.backing = counted_begin(&counted, 1)};
  refuse(1, false);
  CHECK_EQ_PTR(ss_stack_new(&config), NULL);
  CHECK_EQ_SIZE(counted.refusals, 1);
  counted_end(&counted);
}

TEST_GROUP(refusal)
{
  RUN(promise_6_a_refused_new_stack_is_null);
  RUN(promise_6_a_refused_call_is_fatal_once_and_the_stack_stays_usable);
  RUN(promise_6_a_backing_that_ends_is_fatal_once_and_the_stack_stays_usable);
  RUN(promise_6_a_refused_try_changes_nothing);
  RUN(promise_6_a_try_on_a_backing_that_ends_changes_nothing);
}
