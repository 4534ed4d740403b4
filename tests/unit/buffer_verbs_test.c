// SPDX-License-Identifier: MIT
// What changes a buffer besides pushing: pop, truncate, swap_remove, insert, fill and append_format.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

#include <stdio.h>

static void pop_takes_the_last_element_until_none_is_left(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    CHECK(ss_pop(int, &b) == NULL);
    for (int i = 0; i < 3; i += 1) *ss_push(int, &b) = i;
    const int *last = ss_pop(int, &b);
    CHECK_EQ_INT(*last, 2);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 2);
    *ss_push(int, &b) = 7;
    CHECK_EQ_INT(*ss_pop(int, &b), 7);
    CHECK_EQ_INT(*ss_pop(int, &b), 1);
    CHECK_EQ_INT(*ss_pop(int, &b), 0);
    CHECK(ss_pop(int, &b) == NULL);
    CHECK_EQ_SIZE(ss_buffer_close(&b).size, 0);
  }
}

static void truncate_keeps_the_first_elements(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    for (int i = 0; i < 100; i += 1) *ss_push(int, &b) = i;
    ss_truncate(int, &b, 1000);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 100);
    ss_truncate(int, &b, 100);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 100);
    ss_truncate(int, &b, 10);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 10);
    *ss_push(int, &b) = 55;
    ss_truncate(int, &b, 0);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 0);
    (void)ss_buffer_close(&b);
  }
}

static void swap_remove_puts_the_last_in_its_place(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    CHECK(!ss_swap_remove(int, &b, 0));
    for (int i = 0; i < 4; i += 1) *ss_push(int, &b) = i;
    CHECK(ss_swap_remove(int, &b, 1));
    CHECK_EQ_INT(*ss_buffer_at(int, &b, 1), 3);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 3);
    CHECK(ss_swap_remove(int, &b, 2));
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 2);
    CHECK(!ss_swap_remove(int, &b, 2));
    CHECK(!ss_swap_remove(int, &b, SIZE_MAX));
    CHECK_EQ_INT(*ss_buffer_at(int, &b, 0), 0);
    (void)ss_buffer_close(&b);
  }
}

static void insert_moves_up_what_follows(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    ss_insert(int, &b, 0, 1)[0] = 5;
    ss_insert(int, &b, 0, 1)[0] = 4;
    ss_insert(int, &b, 99, 1)[0] = 9;  // beyond the end: appended
    int *gap = ss_insert(int, &b, 2, 3);
    for (int i = 0; i < 3; i += 1) gap[i] = 6 + i;
    for (int i = 0; i < 6; i += 1) CHECK_EQ_INT(*ss_buffer_at(int, &b, i), 4 + i);
    CHECK(ss_insert(int, &b, 1, 0) != NULL);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 6);
    // Far enough to move to other chunks.
    for (int i = 0; i < 30; i += 1) memset(ss_insert(int, &b, 3, 1000), 0xFF, 1000 * sizeof(int));
    CHECK_EQ_INT(*ss_buffer_at(int, &b, 2), 6);
    CHECK_EQ_INT(*ss_buffer_at(int, &b, 3), -1);
    CHECK_EQ_INT(*ss_buffer_at(int, &b, 30003), 7);
    CHECK(ss_try_insert(int, &b, 0, SIZE_MAX / 8) == NULL);
    CHECK_EQ_SIZE(ss_buffer_count(int, &b), 30006);
    (void)ss_buffer_close(&b);
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static int asked;
static double ask(void)
{
  asked += 1;
  return 1.5;
}

static void fill_appends_copies_of_what_is_evaluated_once(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    asked = 0;
    const double *all = ss_fill(double, &b, 1000, ask());
    CHECK_EQ_INT(asked, 1);
    for (int i = 0; i < 1000; i += 1) CHECK(all[i] == 1.5);
    CHECK(ss_fill(double, &b, 0, 2.5) != NULL);
    // A value from the buffer itself, while that grows.
    *ss_buffer_at(double, &b, 0) = 3.5;
    (void)ss_fill(double, &b, 100000, *ss_buffer_at(double, &b, 0));
    CHECK_EQ_SIZE(ss_buffer_count(double, &b), 101000);
    CHECK(*ss_buffer_at(double, &b, 100999) == 3.5);
    const volatile size_t too_many = SIZE_MAX / 4;  // unknown to the compiler, which would warn
    CHECK(ss_try_fill(double, &b, too_many, 0.5) == NULL);
    CHECK_EQ_SIZE(ss_buffer_count(double, &b), 101000);
    (void)ss_buffer_close(&b);
  }
}

static void text_is_appended_without_its_nul(void)
{
  SS_SCOPE {
    ss_buffer b = ss_buffer_open();
    CHECK_STR(ss_append_format(&b, "%d%%", 50), "50%");
    CHECK_STR(ss_append_format(&b, "%s", ""), "");
    (void)ss_append_format(&b, ", %s", "and more");
    CHECK_EQ_SIZE(ss_buffer_count(char, &b), strlen("50%, and more"));
    for (int i = 0; i < 3000; i += 1) (void)ss_append_format(&b, "<%04d>", i);
    const char *text = ss_buffer_at(char, &b, 0);
    CHECK(memcmp(text, "50%, and more<0000><0001>", 25) == 0);
    const ss_slice all = ss_buffer_close(&b);
    CHECK_EQ_SIZE(all.size, 13 + 3000 * 6);
    CHECK(memcmp((char *)all.data + all.size - 6, "<2999>", 6) == 0);
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void text_longer_than_the_room_is_whole(void)
{
  const ss_config config = {.initial_bytes = 1024};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  for (size_t before = 0; before < 1100; before += 37) {
    const ss_mark mark = ss_stack_save(stack);
    ss_buffer b = ss_stack_buffer_open(stack);
    memset(ss_extend(char, &b, before), 'x', before);
    CHECK_STR(ss_append_format(&b, "%0500d", 7) + 490, "0000000007");
    CHECK_EQ_SIZE(ss_buffer_close(&b).size, before + 500);
    ss_stack_restore(stack, mark);
    CHECK_VALID(stack);
  }
  ss_stack_free(stack);
}

static void verbs_on_a_buffer_that_never_opened_change_nothing(void)
{
  const ss_config config = {.max_bytes = 1};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  ss_buffer b = ss_stack_try_buffer_open(stack);
  CHECK(ss_pop(int, &b) == NULL);
  CHECK(!ss_swap_remove(int, &b, 0));
  ss_truncate(int, &b, 0);
  CHECK(ss_try_insert(int, &b, 0, 1) == NULL);
  CHECK(ss_try_fill(int, &b, 1, 1) == NULL);
  CHECK(ss_try_append_format(&b, "%d", 1) == NULL);
  CHECK(ss_buffer_close(&b).data == NULL);
  ss_stack_free(stack);
}

TEST_GROUP(buffer_verbs)
{
  RUN(pop_takes_the_last_element_until_none_is_left);
  RUN(truncate_keeps_the_first_elements);
  RUN(swap_remove_puts_the_last_in_its_place);
  RUN(insert_moves_up_what_follows);
  RUN(fill_appends_copies_of_what_is_evaluated_once);
  RUN(text_is_appended_without_its_nul);
  RUN(text_longer_than_the_room_is_whole);
  RUN(verbs_on_a_buffer_that_never_opened_change_nothing);
}
