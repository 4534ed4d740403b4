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

// What code that is not compiled with SS_PROFILE does.
static ss_mark save_unprofiled(ss_stack *stack)
{
  return ss__save_plain(stack, SS__CALL("ss_stack_save"));
}

static void restore_unprofiled(ss_stack *stack, ss_mark mark)
{
  ss__go_back_plain(stack, mark, SS__CALL("ss_stack_restore"));
}

static void use_buffer_unprofiled(ss_stack *stack)
{
  ss_buffer buffer = ss__open_plain(stack, SS__CALL("ss_stack_buffer_open"));
  (void)ss__close_plain(&buffer, SS__CALL("ss_buffer_close"));
}

static void a_scope_of_unprofiled_code_ends_slices(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  int line = 0;
  // The slice of each round lies higher, so that by their places all of them might be live.
  for (size_t i = 0; i < 10; i++) {
    const ss_mark mark = save_unprofiled(stack);
    (void)ss__alloc_plain(stack, 200 * i + 16, SS_ALIGN, SS__CALL("ss_alloc"));
    if (i & 1) use_buffer_unprofiled(stack);
    (void)ss_stack_uninit_slice(stack, char, 100), line = __LINE__;
    restore_unprofiled(stack, mark);
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", line, "calls"), 10);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_uninit_slice", line, "at_peak"), 100);
  ss_stack_free(stack);
}

static void scopes_that_begin_at_the_same_place_are_told_apart(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  int line = 0;
  SS_STACK_SCOPE(stack) {
    SS_STACK_SCOPE(stack) {
      const ss_mark outer = ss_stack_save(stack);
      line = __LINE__;
      const ss_mark inner = ss_stack_save(stack);
      (void)ss_stack_uninit_slice(stack, char, 100);
      ss_stack_restore(stack, inner);
      const ss_mark unprofiled = save_unprofiled(stack);
      restore_unprofiled(stack, unprofiled);
      (void)ss_stack_uninit_slice(stack, char, 20);
      ss_stack_restore(stack, outer);
    }
    (void)ss_stack_uninit_slice(stack, char, 3000);
  }
  CHECK_EQ_SIZE(figure_of(stack, "SS_SCOPE", line - 3, "bytes"), 3000);
  CHECK_EQ_SIZE(figure_of(stack, "SS_SCOPE", line - 2, "bytes"), 0);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_save", line - 1, "bytes"), 20);
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_save", line + 1, "bytes"), 100);
  ss_stack_free(stack);
}

static void a_scope_that_a_longjmp_skips_has_made_what_it_made(void)
{
  static ss_stack *stack;
  static int line;
  stack = ss_stack_new(NULL);
  SS_STACK_SCOPE(stack) {
    jmp_buf out;
    line = __LINE__ - 2;
    if (setjmp(out) == 0) {
      SS_STACK_SCOPE(stack) {
        (void)ss_stack_uninit_slice(stack, char, 3000);
        longjmp(out, 1);
      }
    }
  }
  CHECK_EQ_SIZE(figure_of(stack, "SS_SCOPE", line + 4, "largest"), 3000);
  ss_stack_free(stack);
}

static void a_buffer_that_grows_in_an_inner_scope_counts_for_its_own(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  int opened = 0;
  SS_STACK_SCOPE(stack) {
    ss_buffer buffer = ss_stack_buffer_open(stack);
    opened = __LINE__ - 1;
    (void)ss_push(int, &buffer);
    (void)ss_stack_uninit_slice(stack, char, 100);
    SS_STACK_SCOPE(stack) {
      (void)ss_stack_uninit_slice(stack, char, 1000);
      (void)ss_extend(char, &buffer, 60000 - sizeof(int));
    }
    (void)ss_buffer_close(&buffer);
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_stack_buffer_open", opened, "bytes"), 60000);
  CHECK_EQ_SIZE(figure_of(stack, "SS_SCOPE", opened - 1, "bytes"), 60100);
  CHECK_EQ_SIZE(figure_of(stack, "SS_SCOPE", opened + 4, "bytes"), 1000);
  ss_stack_free(stack);
}

#if !SS_DEBUG
static void a_scope_whose_stack_was_emptied_ends_nothing(void)
{
  ss_stack *stack = ss_thread_stack();
  int line = 0;
  SS_SCOPE {
    (void)ss_uninit_slice(char, 1000);
    ss_thread_free();
    (void)ss_uninit_slice(char, 300), line = __LINE__;
  }
  CHECK_EQ_SIZE(figure_of(stack, "ss_uninit_slice", line, "at_peak"), 300);
  ss_thread_free();
}
#endif

// A loop must not raise the version forever.
static void versions_do_not_rise_with_the_number_of_scopes(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  SS_STACK_SCOPE(stack) {
    size_t version = 0;
    for (int i = 0; i < 100; i++) {
      SS_STACK_SCOPE(stack) {
        (void)ss_stack_uninit_slice(stack, char, 100);
        ss_buffer buffer = ss_stack_buffer_open(stack);
        (void)ss_buffer_close(&buffer);
        ss_stack_defer(stack, free, NULL);
      }
      if (i == 10) version = stack->version;
    }
    if (!SS_DEBUG) CHECK_EQ_SIZE(stack->version, version);
  }
  ss_stack_free(stack);
}

// Random scopes and slices, of profiled code and of other code, against a list of what is live.
enum { RANDOM_PLACES = 8, MOST_LIVE = 4096 };

typedef struct naive {
  struct {
    int line;  // 0: a scope; of code that is not profiled, if it has no place
    size_t size;
    int scope;  // a scope's place
    ss_mark mark;
    size_t made;
  } live[MOST_LIVE];
  size_t count;
  size_t total, peak;
  size_t calls[2 * RANDOM_PLACES], bytes[2 * RANDOM_PLACES];
  size_t largest[2 * RANDOM_PLACES], at_peak[2 * RANDOM_PLACES];
} naive;

static size_t innermost(const naive *all, size_t from)
{
  while (from > 0 && (all->live[from - 1].line || all->live[from - 1].scope < 0)) from--;
  return from;
}

static void make_slice(naive *all, ss_stack *stack, int place, size_t size)
{
  const ss__site site = {"ss_alloc", "random.c", place + 1, false, 0};
  (void)ss__alloc(stack, size, SS_ALIGN, site);
  all->live[all->count].line = place + 1;
  all->live[all->count++].size = size;
  const size_t scope = innermost(all, all->count);
  if (scope) all->live[scope - 1].made += size;
  all->calls[place]++;
  all->bytes[place] += size;
  if (all->largest[place] < size) all->largest[place] = size;
  all->total += size;
  if (all->total <= all->peak) return;
  all->peak = all->total;
  memset(all->at_peak, 0, sizeof all->at_peak);
  int around = -1;
  for (size_t i = 0; i < all->count; i++) {
    if (all->live[i].line == 0) {
      if (all->live[i].scope >= 0) around = all->live[i].scope;
      continue;
    }
    all->at_peak[all->live[i].line - 1] += all->live[i].size;
    if (around >= 0) all->at_peak[around] += all->live[i].size;
  }
}

static void begin_scope(naive *all, ss_stack *stack, int place)
{
  const ss__site site = {"SS_SCOPE", "random.c", place + 1, false, 0};
  all->live[all->count].line = 0;
  all->live[all->count].size = 0;
  all->live[all->count].scope = place;
  all->live[all->count].made = 0;
  all->live[all->count++].mark = place < 0 ? save_unprofiled(stack) : ss__save(stack, site);
  if (place >= 0) all->calls[place]++;
}

// Ends a scope, and those within it that have not ended.
static void end_scopes(naive *all, ss_stack *stack, size_t index)
{
  if (all->live[index].scope < 0) {
    restore_unprofiled(stack, all->live[index].mark);
  } else {
    ss_stack_restore(stack, all->live[index].mark);
  }
  while (all->count > index) {
    all->count--;
    all->total -= all->live[all->count].size;
    const int place = all->live[all->count].scope;
    if (all->live[all->count].line || place < 0) continue;
    all->bytes[place] += all->live[all->count].made;
    if (all->largest[place] < all->live[all->count].made)
      all->largest[place] = all->live[all->count].made;
  }
}

// Ends the innermost scope, or the one that is `skip` - 1 scopes around it. The outermost stays.
static void end_some_scope(naive *all, ss_stack *stack, unsigned skip)
{
  for (size_t index = all->count; index > 1; index--) {
    if (all->live[index - 1].line || --skip) continue;
    end_scopes(all, stack, index - 1);
    return;
  }
}

static void run_random(naive *all, ss_stack *stack, unsigned seed)
{
  for (int step = 0; step < 3000; step++) {
    seed = seed * 1664525u + 1013904223u;
    const unsigned choice = seed >> 24 & 15, value = seed >> 8 & 0xFFFF;
    const int place = (int)(value % RANDOM_PLACES);
    if (choice < 6 && all->count < MOST_LIVE) {
      make_slice(all, stack, place, 1 + value % (step % 100 == 0 ? 60000 : 500));
    } else if (choice < 9 && all->count < MOST_LIVE) {
      // A slice first: at one and the same place nothing tells an inner scope of profiled code, which
      // a longjmp left, from an outer one.
      if (all->count + 1 < MOST_LIVE) make_slice(all, stack, place, 16);
      begin_scope(all, stack, choice == 8 ? -1 : RANDOM_PLACES + place);
    } else if (choice < 14) {
      end_some_scope(all, stack, choice == 13 ? 1 + value % 3 : 1);
    } else if (choice == 14) {
      use_buffer_unprofiled(stack);
    } else {
      ss_stack_defer(stack, free, NULL);
    }
  }
  end_scopes(all, stack, 0);
}

static void random_scopes_and_slices_are_counted_exactly(void)
{
  static naive all;
  for (unsigned seed = 1; seed <= 40; seed++) {
    memset(&all, 0, sizeof all);
    ss_stack *stack = ss_stack_new(NULL);
    begin_scope(&all, stack, RANDOM_PLACES);
    run_random(&all, stack, seed);
    size_t wrong = 0;
    for (int place = 0; place < 2 * RANDOM_PLACES; place++) {
      if (all.calls[place] == 0) continue;
      const char *call = place < RANDOM_PLACES ? "ss_alloc" : "SS_SCOPE";
      wrong += figure_of(stack, call, place + 1, "calls") != all.calls[place];
      wrong += figure_of(stack, call, place + 1, "bytes") != all.bytes[place];
      wrong += figure_of(stack, call, place + 1, "largest") != all.largest[place];
      wrong += figure_of(stack, call, place + 1, "at_peak") != all.at_peak[place];
    }
    if (!CHECK_EQ_SIZE(wrong, 0)) fprintf(stderr, "with the seed %u\n", seed);
    ss_stack_free(stack);
  }
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
  RUN(a_scope_of_unprofiled_code_ends_slices);
  RUN(scopes_that_begin_at_the_same_place_are_told_apart);
  RUN(a_scope_that_a_longjmp_skips_has_made_what_it_made);
  RUN(a_buffer_that_grows_in_an_inner_scope_counts_for_its_own);
#if !SS_DEBUG
  RUN(a_scope_whose_stack_was_emptied_ends_nothing);
#endif
  RUN(versions_do_not_rise_with_the_number_of_scopes);
  RUN(random_scopes_and_slices_are_counted_exactly);
}
