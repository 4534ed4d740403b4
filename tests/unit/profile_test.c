// SPDX-License-Identifier: MIT
// SS_PROFILE: what each place is said to hold is what it holds.
// Runs with SS_DEBUG: 0 1
#define SS_PROFILE 1
#include "check.h"

typedef struct told {
  char text[64 * 1024];
  size_t length;
} told;

static void keep_line(void *context, const char *line)
{
  told *all = (told *)context;
  const size_t room = sizeof all->text - all->length;
  const int length = snprintf(all->text + all->length, room, "%s\n", line);
  if (length > 0 && (size_t)length < room) all->length += (size_t)length;
}

// What the report says of the place that makes a call in a line of this file; `figure`: its name in JSON.
static size_t figure_of(const ss_stack *stack, const char *call, int line, const char *figure)
{
  static told all;
  all.length = 0;
  ss_stack_report_json(stack, keep_line, &all);
  char place[32], name[32], who[64];
  (void)snprintf(who, sizeof who, "\"call\": \"%s\"", call);
  (void)snprintf(place, sizeof place, "\"line\": %d,", line);
  (void)snprintf(name, sizeof name, "\"%s\": ", figure);
  for (char *at = strtok(all.text, "\n"); at; at = strtok(NULL, "\n")) {
    const char *number = strstr(at, name);
    if (number && strstr(at, who) && strstr(at, place)) {
      return (size_t)strtoull(number + strlen(name), NULL, 10);
    }
  }
  return SIZE_MAX;
}

static void slices_count_by_where_they_stand(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  int line = 0;
  for (int i = 1; i <= 10; i++) {
    SS_STACK_SCOPE(stack) {
      (void)ss_stack_uninit_slice(stack, char, (size_t)i * 100), line = __LINE__;
    }
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", line, "calls"), 10);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", line, "bytes"), 5500);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", line, "largest"), 1000);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", line, "at_peak"), 1000);
  CHECK_EQ_SIZE(figure_of(stack, "SS_SCOPE", line - 1, "calls"), 10);
  CHECK_EQ_SIZE(figure_of(stack, "SS_SCOPE", line - 1, "largest"), 1000);
  ss_stack_free(stack);
}

static void the_share_of_the_peak_is_that_of_its_moment(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  int early = 0, late = 0, never = 0;
  SS_STACK_SCOPE(stack) {
    SS_STACK_SCOPE(stack) {
      (void)ss_stack_uninit_slice(stack, char, 5000), never = __LINE__;
    }
    (void)ss_stack_uninit_slice(stack, char, 1000), early = __LINE__;
    SS_STACK_SCOPE(stack) {
      (void)ss_stack_uninit_slice(stack, char, 7000), late = __LINE__;
    }
    (void)ss_stack_uninit_slice(stack, char, 10);  // after the peak
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", never, "at_peak"), 0);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", early, "at_peak"), 1000);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", late, "at_peak"), 7000);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", late + 2, "at_peak"), 0);
  ss_stack_free(stack);
}

static void a_buffer_counts_while_it_is_open_and_exactly_when_it_is_closed(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  int opened = 0, other = 0;
  SS_STACK_SCOPE(stack) {
    ss_buffer open = ss_stack_buffer_open(stack);
    opened = __LINE__ - 1;
    for (int i = 0; i < 100000; i++) *ss_push(int, &open) = i;
    (void)ss_stack_uninit_slice(stack, char, 16), other = __LINE__;
    const size_t at_peak = figure_of(stack, "ss_stack_buffer_open", opened, "at_peak");
    CHECK_LE_SIZE(400000, at_peak);
    CHECK_LE_SIZE(at_peak, 400000 + 400000 / 15);
    (void)ss_buffer_close(&open);
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_buffer_open", opened, "bytes"), 400000);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", other, "at_peak"), 16);
  CHECK_LE_SIZE(2, figure_of(stack, "ss_stack_buffer_open", opened, "growths"));
  ss_stack_free(stack);
}

static void a_longjmp_ends_what_it_skips(void)
{
  static ss_stack *stack;
  static int skipped, after;
  stack = ss_stack_new(NULL);
  SS_STACK_SCOPE(stack) {
    jmp_buf out;
    if (setjmp(out) == 0) {
      SS_STACK_SCOPE(stack) {
        (void)ss_stack_uninit_slice(stack, char, 3000), skipped = __LINE__;
        longjmp(out, 1);
      }
    }
  }
  SS_STACK_SCOPE(stack) {
    (void)ss_stack_uninit_slice(stack, char, 4000), after = __LINE__;
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", skipped, "at_peak"), 0);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", after, "at_peak"), 4000);
  ss_stack_free(stack);
}

static void what_is_kept_counts_for_the_scope_around(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  int kept = 0;
  SS_STACK_SCOPE(stack) {
    const ss_mark mark = ss_stack_save(stack);
    (void)ss_stack_uninit_slice(stack, char, 100);
    ss_slice slice = {ss_stack_uninit_slice(stack, char, 2000), 2000};
    slice = ss_stack_restore_keep(stack, mark, slice), kept = __LINE__;
    (void)ss_stack_uninit_slice(stack, char, 9000);
    CHECK(slice.data != NULL);
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_restore_keep", kept, "at_peak"), 2000);
  ss_stack_free(stack);
}

static void a_slice_that_is_resized_counts_as_large_as_it_is(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  int line = 0;
  SS_STACK_SCOPE(stack) {
    char *slice = ss_stack_uninit_slice(stack, char, 1000);
    line = __LINE__ - 1;
    CHECK(ss_stack_try_resize_last(stack, slice, 1000, 3000));
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", line, "at_peak"), 3000);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", line, "largest"), 3000);
  ss_stack_free(stack);
}

static void many_places_are_told_apart(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  SS_STACK_SCOPE(stack) {
    // As calls in as many lines.
    for (int line = 1; line <= 200; line++) {
      const ss__site site = {"ss_alloc", "many.c", line, false, 0};
      for (int i = 0; i < line; i++) (void)ss__alloc(stack, 16, 16, site);
    }
    for (int line = 1; line <= 200; line++) {
      CHECK_EQ_SIZE(figure_of(stack, "ss_alloc", line, "calls"), (size_t)line);
    }
  }
  ss_stack_free(stack);
}

static void count_scopes(void *context, const char *line)
{
  *(size_t *)context += strstr(line, "\"cat\": \"scope\"") != NULL;
}

static void a_trace_keeps_the_latest(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  size_t none = 0, some = 0, all = 0;
  SS_STACK_SCOPE(stack) {
  }
  if (!CHECK(ss_stack_try_trace(stack, 10))) return;
  ss_stack_trace_json(stack, count_scopes, &none);
  for (int i = 0; i < 7; i++) {
    SS_STACK_SCOPE(stack) {
    }
  }
  ss_stack_trace_json(stack, count_scopes, &some);
  for (int i = 0; i < 7; i++) {
    SS_STACK_SCOPE(stack) {
    }
  }
  ss_stack_trace_json(stack, count_scopes, &all);
  CHECK_EQ_SIZE(none, 0);
  CHECK_EQ_SIZE(some, 7);
  CHECK_EQ_SIZE(all, 10);
  CHECK(!ss_stack_try_trace(stack, SIZE_MAX));
  CHECK(ss_stack_try_trace(stack, 10));
  CHECK(ss_stack_try_trace(stack, 0));
  ss_stack_free(stack);
}

TEST_GROUP(profile)
{
  RUN(slices_count_by_where_they_stand);
  RUN(the_share_of_the_peak_is_that_of_its_moment);
  RUN(a_buffer_counts_while_it_is_open_and_exactly_when_it_is_closed);
  RUN(a_longjmp_ends_what_it_skips);
  RUN(what_is_kept_counts_for_the_scope_around);
  RUN(a_slice_that_is_resized_counts_as_large_as_it_is);
  RUN(a_trace_keeps_the_latest);
  RUN(many_places_are_told_apart);
}
