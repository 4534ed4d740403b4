// Promise 1: restoring a mark releases all that was made since, in every lane, and runs the
// destructors registered since, last first.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

// What ran, in order.
static int ran[64];
static int ran_count;

static void note(void *arg)
{
  if (ran_count < 64) ran[ran_count] = *(const int *)arg;
  ran_count += 1;
}

static int numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static void promise_1_restore_releases_what_any_lane_handed_out(void)
{
  for (int frame = 0; frame < 4; frame += 1) {
    const ss_mark mark = ss_save();
    ss_buffer buffers[4];
    for (int i = 0; i < 4; i += 1) buffers[i] = ss_buffer_open();
    for (int i = 0; i < 4000; i += 1) {
      *ss_push(int, &buffers[i % 4]) = i;
      if (i % 16 == 0) memset(ss_uninit_slice(char, 40), i, 40);
    }
    for (int i = 0; i < 4; i += 1) CHECK_EQ_SIZE(ss_buffer_close(&buffers[i]).size, 4000);
    CHECK_LE_SIZE(16000 + 250 * 40, ss_thread_stats().used);
    CHECK_VALID(ss_thread_stack());
    ss_restore(mark);
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
    CHECK_VALID(ss_thread_stack());
  }
}

static void promise_1_destructors_run_last_first(void)
{
  ran_count = 0;
  SS_SCOPE {
    for (int i = 0; i < 10; i += 1) {
      ss_defer(note, &numbers[i]);
      if (i % 3 == 0) (void)ss_uninit_slice(char, 10000);
    }
    CHECK_EQ_INT(ran_count, 0);
  }
  CHECK_EQ_INT(ran_count, 10);
  for (int i = 0; i < 10; i += 1) CHECK_EQ_INT(ran[i], 9 - i);
}

static void promise_1_restore_runs_only_the_destructors_since_its_mark(void)
{
  ran_count = 0;
  const ss_mark outer = ss_save();
  ss_defer(note, &numbers[1]);
  const ss_mark inner = ss_save();
  ss_defer(note, &numbers[2]);
  ss_defer(note, &numbers[3]);
  ss_restore(inner);
  CHECK_EQ_INT(ran_count, 2);
  ss_defer(note, &numbers[4]);
  ss_restore(outer);
  CHECK_EQ_INT(ran_count, 4);
  const int expected[] = {3, 2, 4, 1};
  for (int i = 0; i < 4; i += 1) CHECK_EQ_INT(ran[i], expected[i]);
}

static void promise_1_an_outer_restore_makes_up_for_skipped_inner_ones(void)
{
  ran_count = 0;
  const ss_mark outer = ss_save();
  for (int depth = 0; depth < 10; depth += 1) {
    (void)ss_save();
    memset(ss_uninit_slice(char, 5000), depth, 5000);
    ss_defer(note, &numbers[depth]);
  }
  ss_restore(outer);
  CHECK_EQ_INT(ran_count, 10);
  for (int i = 0; i < 10; i += 1) CHECK_EQ_INT(ran[i], 9 - i);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void promise_1_destructors_of_a_closed_buffer_see_its_items(void)
{
  ran_count = 0;
  SS_SCOPE {
    ss_buffer items = ss_buffer_open();
    ss_buffer others = ss_buffer_open();
    for (int i = 0; i < 20; i += 1) {
      *ss_push(int, &items) = i;
      *ss_push(int, &others) = 100 + i;
    }
    const ss_slice first = ss_buffer_close(&items);
    ss_drop_slice(int, first.data, 20, note);
    const ss_slice second = ss_buffer_close(&others);
    ss_drop_slice(int, second.data, 20, note);
  }
  CHECK_EQ_INT(ran_count, 40);
  for (int i = 0; i < 20; i += 1) {
    CHECK_EQ_INT(ran[i], 100 + i);
    CHECK_EQ_INT(ran[20 + i], i);
  }
}

// A value of its own on the stack, checked when it is destroyed.
typedef struct text {
  char *bytes;
  size_t size;
  char fill;
} text;

static int texts_alive;

// Uses the stack in every way while a scope ends.
static void destroy_text(void *arg)
{
  text *t = arg;
  texts_alive -= 1;
  CHECK_FILLED(t->bytes, t->fill, t->size);
  SS_SCOPE {
    ss_buffer copy = ss_buffer_open();
    memset(ss_uninit_slice(char, 3000), 0x11, 3000);
    ss_buffer_append(&copy, t->bytes, t->size);
    ss_buffer_reserve(&copy, 20000);
    const ss_slice s = ss_buffer_close(&copy);
    CHECK_FILLED(s.data, t->fill, t->size);
    CHECK_FILLED(t->bytes, t->fill, t->size);
  }
  // Not released by the destructor itself: the end of the ending scope does it.
  memset(ss_uninit_slice(char, 1000), 0x22, 1000);
}

static void promise_1_destructors_may_use_the_stack(void)
{
  for (int frame = 0; frame < 3; frame += 1) {
    SS_SCOPE {
      char *outer = memset(ss_uninit_slice(char, 500), 0x77, 500);
      SS_SCOPE {
        for (int i = 0; i < 30; i += 1) {
          text *t = ss_uninit(text);
          t->size = (size_t)i * 100;
          t->fill = (char)i;
          t->bytes = memset(ss_uninit_slice(char, t->size), t->fill, t->size);
          ss_defer(destroy_text, t);
          texts_alive += 1;
        }
      }
      CHECK_EQ_INT(texts_alive, 0);
      CHECK_FILLED(outer, 0x77, 500);
      CHECK_VALID(ss_thread_stack());
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  }
}

static void note_and_defer_the_next(void *arg)
{
  const int *number = arg;
  note(arg);
  memset(ss_uninit_slice(char, 2000), 0x33, 2000);
  if (*number > 0) ss_defer(note_and_defer_the_next, &numbers[*number - 1]);
}

static void promise_1_destructors_may_defer_again(void)
{
  ran_count = 0;
  SS_SCOPE {
    char *kept = memset(ss_uninit_slice(char, 100), 0x44, 100);
    SS_SCOPE {
      ss_defer(note, &numbers[9]);
      ss_defer(note_and_defer_the_next, &numbers[5]);
      ss_defer(note, &numbers[8]);
    }
    CHECK_FILLED(kept, 0x44, 100);
  }
  CHECK_EQ_INT(ran_count, 8);
  const int expected[] = {8, 5, 4, 3, 2, 1, 0, 9};
  for (int i = 0; i < 8; i += 1) CHECK_EQ_INT(ran[i], expected[i]);
}

static void freeing_a_stack_runs_its_pending_destructors(void)
{
  ran_count = 0;
  ss_stack *stack = ss_stack_new(NULL);
  if (!CHECK(stack != NULL)) return;
  ss_stack_defer(stack, note, &numbers[1]);
  (void)ss_stack_save(stack);
  ss_stack_defer(stack, note, &numbers[2]);
  ss_stack_free(stack);
  CHECK_EQ_INT(ran_count, 2);
  CHECK_EQ_INT(ran[0], 2);
  CHECK_EQ_INT(ran[1], 1);
  ss_stack_free(NULL);
}

static void detaching_runs_the_threads_pending_destructors(void)
{
  ran_count = 0;
  ss_defer(note, &numbers[3]);
  memset(ss_uninit_slice(char, 100000), 1, 100000);
  ss_thread_detach();
  CHECK_EQ_INT(ran_count, 1);
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
  SS_SCOPE {
    CHECK_FILLED(memset(ss_uninit_slice(char, 100), 5, 100), 5, 100);
  }
}

TEST_GROUP(lifo)
{
  RUN(promise_1_restore_releases_what_any_lane_handed_out);
  RUN(promise_1_destructors_run_last_first);
  RUN(promise_1_restore_runs_only_the_destructors_since_its_mark);
  RUN(promise_1_an_outer_restore_makes_up_for_skipped_inner_ones);
  RUN(promise_1_destructors_of_a_closed_buffer_see_its_items);
  RUN(promise_1_destructors_may_use_the_stack);
  RUN(promise_1_destructors_may_defer_again);
  RUN(freeing_a_stack_runs_its_pending_destructors);
  RUN(detaching_runs_the_threads_pending_destructors);
}
