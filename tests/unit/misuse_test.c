// SPDX-License-Identifier: MIT
// Promise 11: misuse of marks, scopes and buffers is named, with both places as file:line.
// Runs with SS_DEBUG: 1
#include "../counted_backing.h"
#include "../misuse_places.h"

static int first_line;
static int second_line;
static int misused_line;

static void promise_11_restoring_an_inner_mark_after_its_outer_one(void)
{
  AT(first_line) const ss_mark outer = ss_save();
  AT(second_line) const ss_mark inner = ss_save();
  (void)ss_uninit_slice(char, 100);
  ss_restore(outer);
  EXPECT_FATAL(AT(misused_line) ss_restore(inner));
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "ss_restore");
}

static void promise_11_restoring_twice(void)
{
  AT(first_line) const ss_mark mark = ss_save();
  AT(second_line) ss_restore(mark);
  EXPECT_FATAL(AT(misused_line) ss_restore(mark));
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
}

// The same, where new marks and slices lie at the same addresses.
static void promise_11_restoring_twice_when_the_place_is_in_use_again(void)
{
  const ss_mark outermost = ss_save();
  AT(first_line) const ss_mark mark = ss_save();
  ss_restore(mark);
  const ss_mark other = ss_save();
  char *slice = memset(ss_uninit_slice(char, 100), 0x31, 100);
  EXPECT_FATAL(AT(misused_line) ss_restore(mark));
  CHECK_NAMES(first_line);
  CHECK_NAMES(misused_line);
  CHECK_FILLED(slice, 0x31, 100);
  ss_restore(other);
  ss_restore(outermost);
}

static void promise_11_restoring_on_another_stack(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  if (!CHECK(stack != NULL)) return;
  const ss_mark mark = ss_stack_save(stack);
  EXPECT_FATAL(AT(misused_line) ss_restore(mark));
  CHECK_NAMES(misused_line);
  ss_stack_restore(stack, mark);
  ss_stack_free(stack);
}

static void promise_11_keeping_after_the_scope_ended(void)
{
  AT(first_line) const ss_mark mark = ss_save();
  const ss_slice slice = {ss_uninit_slice(char, 100), 100};
  AT(second_line) ss_restore(mark);
  EXPECT_FATAL(AT(misused_line)(void) ss_restore_keep(mark, slice));
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "ss_restore_keep");
}

static void promise_11_restoring_after_keeping(void)
{
  const ss_mark outer = ss_save();
  AT(first_line) const ss_mark mark = ss_save();
  const ss_slice slice = {ss_uninit_slice(char, 100), 100};
  AT(second_line)(void) ss_restore_keep(mark, slice);
  EXPECT_FATAL(AT(misused_line) ss_restore(mark));
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
  ss_restore(outer);
}

static void promise_11_leaving_a_scope_with_a_buffer_open(void)
{
  const ss_mark outer = ss_save();
  const ss_mark mark = ss_save();
  AT(first_line) const ss_buffer open = ss_buffer_open();
  EXPECT_FATAL(AT(misused_line) ss_restore(mark));
  CHECK_NAMES(first_line);
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "open");
  (void)open;
  ss_restore(outer);
}

static void leave_with_an_open_buffer(void)
{
  AT(second_line) SS_SCOPE
  {
    AT(first_line) ss_buffer open = ss_buffer_open();
    *ss_push(int, &open) = 1;
  }
}

static void promise_11_leaving_an_SS_SCOPE_with_a_buffer_open(void)
{
  const ss_mark outer = ss_save();
  EXPECT_FATAL(leave_with_an_open_buffer());
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  ss_restore(outer);
}

// Each use of a buffer that was closed.
static void promise_11_using_a_closed_buffer(void)
{
  const ss_mark mark = ss_save();
  AT(first_line) ss_buffer b = ss_buffer_open();
  *ss_push(int, &b) = 1;
  AT(second_line)(void) ss_buffer_close(&b);
  EXPECT_FATAL(AT(misused_line) * ss_push(int, &b) = 2);
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "ss_push");
  EXPECT_FATAL((void)ss_extend(int, &b, 2));
  CHECK_NAMES(second_line);
  EXPECT_FATAL((void)ss_append(&b, "x", 1));
  CHECK_NAMES(second_line);
  EXPECT_FATAL(ss_reserve(&b, 1));
  CHECK_NAMES(second_line);
  EXPECT_FATAL((void)ss_buffer_count(int, &b));
  CHECK_NAMES(second_line);
  EXPECT_FATAL((void)ss_buffer_at(int, &b, 0));
  CHECK_NAMES(second_line);
  EXPECT_FATAL(AT(misused_line)(void) ss_buffer_close(&b));
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "ss_buffer_close");
  ss_restore(mark);
}

static void promise_11_using_a_copy_of_a_closed_buffer(void)
{
  const ss_mark mark = ss_save();
  AT(first_line) ss_buffer b = ss_buffer_open();
  ss_buffer copy = b;
  AT(second_line)(void) ss_buffer_close(&b);
  EXPECT_FATAL(AT(misused_line) * ss_push(int, &copy) = 2);
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
  ss_restore(mark);
}

static void promise_11_using_an_old_copy_of_a_buffer_that_moved(void)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 1024, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  ss_buffer b = ss_stack_buffer_open(stack);
  ss_buffer old = b;
  memset(ss_extend(char, &b, 10000), 1, 10000);
  EXPECT_FATAL(AT(misused_line) * ss_push(char, &old) = 2);
  CHECK_NAMES(misused_line);
  CHECK_EQ_SIZE(ss_buffer_close(&b).size, 10000);
  ss_stack_free(stack);
  counted_end(&counted);
}

static void promise_11_using_a_buffer_that_its_scope_dropped(void)
{
  const ss_mark outer = ss_save();
  (void)ss_save();  // a scope that nothing ends, as after a longjmp
  AT(first_line) ss_buffer b = ss_buffer_open();
  AT(second_line) ss_restore(outer);
  EXPECT_FATAL(AT(misused_line) * ss_push(int, &b) = 2);
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
}

static void promise_11_pushing_another_type(void)
{
  typedef struct pair {
    float x, y;
  } pair;
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    AT(first_line) * ss_push(float, &b) = 1;
    (void)ss_extend(pair, &b, 1);  // a block of any type
    *ss_push(float, &b) = 2;
    EXPECT_FATAL(AT(misused_line) ss_push(pair, &b)->x = 2);
    CHECK_NAMES(first_line);
    CHECK_NAMES(misused_line);
    EXPECT_FATAL((void)ss_fill(double, &b, 1, 1.0));
    EXPECT_FATAL((void)ss_insert(double, &b, 0, 1));
    (void)ss_buffer_close(&b);
  }
}

static void promise_11_pushing_where_the_type_is_not_aligned(void)
{
  SS_SCOPE {
    AT(first_line) ss_buffer b = ss_buffer_open();
    *ss_push(char, &b) = 1;
    EXPECT_FATAL(AT(misused_line) * ss_extend(double, &b, 1) = 2);
    CHECK_NAMES(first_line);
    CHECK_NAMES(misused_line);
    (void)ss_buffer_close(&b);
  }
}

// Many marks and buffers later the places are still right for those that ended last.
static void promise_11_names_the_right_one_of_many(void)
{
  const ss_mark outer = ss_save();
  ss_mark marks[20];
  int lines[2] = {0};
  for (int i = 0; i < 20; i += 1) {
    if (i == 7) {
      AT(lines[0]) marks[i] = ss_save();
    } else {
      AT(lines[1]) marks[i] = ss_save();
    }
  }
  for (int i = 19; i >= 0; i -= 1) ss_restore(marks[i]);
  EXPECT_FATAL(ss_restore(marks[7]));
  CHECK_NAMES(lines[0]);
  EXPECT_FATAL(ss_restore(marks[8]));
  CHECK_NAMES(lines[1]);
  ss_restore(outer);
}

static size_t use_the_stack_elsewhere(void)
{
  SS_SCOPE {
    ss_mark mark = ss_save();
    memset(ss_uninit_slice(char, 10), 1, 10);
    ss_restore(mark);
  }
  return 1;
}

static void promise_11_an_argument_that_uses_the_stack_does_not_move_the_place(void)
{
  const ss_mark outermost = ss_save();
  AT(first_line) ss_buffer b = ss_buffer_open();
  AT(second_line)(void) ss_buffer_close(&b);
  EXPECT_FATAL(AT(misused_line)(void) ss_append(&b, "x", use_the_stack_elsewhere()));
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
  EXPECT_FATAL(AT(misused_line)(void) ss_extend(char, &b, use_the_stack_elsewhere()));
  CHECK_NAMES(misused_line);
  ss_restore(outermost);
}

// As promise_11_leaving_an_SS_SCOPE_with_a_buffer_open: a message has both places, also where the scope's
// mark is gone.
static void promise_11_leaving_a_scope_that_an_outer_restore_has_ended(void)
{
  const ss_mark mark = ss_save();
  EXPECT_FATAL({
    AT(first_line) SS_SCOPE {
      (void)ss_uninit_slice(int, 10);
      AT(second_line) ss_restore(mark);
}
});
CHECK_NAMES(first_line);
CHECK_NAMES(second_line);
CHECK(strstr(fatal_message(), "null") == NULL);
// Also when it ended longer ago than the notes go back.
EXPECT_FATAL({
  const ss_mark outer = ss_save();
  AT(first_line) SS_SCOPE
  {
    ss_restore(outer);
    for (int i = 0; i < 1000; i += 1) ss_restore(ss_save());
  }
});
CHECK_NAMES(first_line);
CHECK(strstr(fatal_message(), "null") == NULL);
}

// Two generators, resumed by turns, that each have a scope on the same stack.
static void promise_11_scopes_that_end_in_the_order_in_which_they_began(void)
{
  AT(first_line) const ss_mark one = ss_save();
  (void)ss_format("one");
  AT(second_line) const ss_mark other = ss_save();
  (void)ss_format("other");
  ss_restore(one);
  EXPECT_FATAL(AT(misused_line) ss_restore(other));
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
}

static void set_version(ss_stack *stack, size_t version)
{
  stack->version = stack->mark_version = version & ~(size_t)1;
}

// Versions are not used again, until they would run out: as after days in a scope around a main loop.
static void a_scope_may_stay_open_for_as_long_as_it_likes(void)
{
  const size_t first = ss_thread_stack()->version;
  AT(first_line) const ss_mark outermost = ss_save();
  const int *mine = ss_zeroed_slice(int, 10);
  set_version(ss_thread_stack(), SIZE_MAX / 2 - 50);
  for (int frame = 0; frame < 100; frame += 1) {
    AT(second_line) const ss_mark mark = ss_save();
    memset(ss_uninit_slice(char, 4), 1, 4);
    ss_restore(mark);
    if (frame % 10 != 9) continue;
    EXPECT_FATAL(AT(misused_line) ss_restore(mark));
    CHECK_NAMES(second_line);
    CHECK_NAMES(misused_line);
  }
  CHECK_LE_SIZE(ss_thread_stack()->version, SIZE_MAX / 2);
  CHECK_EQ_INT(mine[9], 0);
  // The same where the scope around began just before.
  set_version(ss_thread_stack(), SIZE_MAX / 2 - 2);
  SS_SCOPE {
    for (int frame = 0; frame < 100000; frame += 1) {
      SS_SCOPE {
        memset(ss_uninit_slice(char, 4), 1, 4);
      }
    }
    CHECK_LE_SIZE(ss_thread_stack()->version, SIZE_MAX / 2 + 100);
  }
  ss_restore(outermost);
  CHECK_VALID(ss_thread_stack());
  ss_thread_free();
  set_version(ss_thread_stack(), first);
}

// A loop that pushes what it makes: no push looks at all that was made. (100,000 would take minutes.)
static void many_slices_are_made_while_a_buffer_grows(void)
{
  enum { COUNT = CHECK_ROUNDS(100000, 5000) };
  SS_SCOPE {
    ss_buffer names = ss_buffer_open();
    for (int i = 0; i < COUNT; i += 1) *ss_push(char *, &names) = ss_format("%d", i);
    CHECK_EQ_SIZE(ss_buffer_count(char *, &names), COUNT);
    CHECK_STR(*ss_buffer_at(char *, &names, COUNT - 1), ss_format("%d", COUNT - 1));
    (void)ss_buffer_close(&names);
  }
}

TEST_GROUP(misuse)
{
  RUN(promise_11_restoring_an_inner_mark_after_its_outer_one);
  RUN(promise_11_restoring_twice);
  RUN(promise_11_restoring_twice_when_the_place_is_in_use_again);
  RUN(promise_11_restoring_on_another_stack);
  RUN(promise_11_keeping_after_the_scope_ended);
  RUN(promise_11_restoring_after_keeping);
  RUN(promise_11_leaving_a_scope_with_a_buffer_open);
  RUN(promise_11_leaving_an_SS_SCOPE_with_a_buffer_open);
  RUN(promise_11_using_a_closed_buffer);
  RUN(promise_11_using_a_copy_of_a_closed_buffer);
  RUN(promise_11_using_an_old_copy_of_a_buffer_that_moved);
  RUN(promise_11_using_a_buffer_that_its_scope_dropped);
  RUN(promise_11_pushing_another_type);
  RUN(promise_11_pushing_where_the_type_is_not_aligned);
  RUN(promise_11_names_the_right_one_of_many);
  RUN(promise_11_an_argument_that_uses_the_stack_does_not_move_the_place);
  RUN(promise_11_leaving_a_scope_that_an_outer_restore_has_ended);
  RUN(promise_11_scopes_that_end_in_the_order_in_which_they_began);
  RUN(a_scope_may_stay_open_for_as_long_as_it_likes);
  RUN(many_slices_are_made_while_a_buffer_grows);
}
