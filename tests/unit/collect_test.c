// SPDX-License-Identifier: MIT
// ss_collect: any iterator into a slice, whatever its size hint and whatever it does meanwhile.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

typedef struct range {
  uint32_t next;
  uint32_t end;
} range;

static bool next_of_range(void *iterator, void *item)
{
  range *r = iterator;
  if (r->next == r->end) return false;
  *(uint32_t *)item = r->next;
  r->next += 1;
  return true;
}

static void check_range(ss_slice s, uint32_t count)
{
  if (!CHECK_EQ_SIZE(s.size, count * sizeof(uint32_t))) return;
  const uint32_t *values = s.data;
  size_t wrong = 0;
  for (uint32_t i = 0; i < count; i += 1) wrong += values[i] != i;
  CHECK_EQ_SIZE(wrong, 0);
}

static void items_come_in_order_whatever_the_hint(void)
{
  const uint32_t counts[] = {0, 1, 2, 100, 20000};
  const size_t hints[] = {0, 1, 100, 20000, 500000};
  for (size_t c = 0; c < 5; c += 1) {
    for (size_t h = 0; h < 5; h += 1) {
      SS_SCOPE {
        range r = {0, counts[c]};
        check_range(ss_collect(uint32_t, next_of_range, &r, hints[h]), counts[c]);
        r.next = 0;
        check_range(ss_try_collect(uint32_t, next_of_range, &r, hints[h]), counts[c]);
        CHECK_EQ_SIZE(r.next, r.end);
        CHECK_VALID(ss_thread_stack());
      }
      ss_trim(0);
    }
  }
}

// A hint that no memory could satisfy is still only a hint.
static void a_hint_far_too_large_does_no_harm(void)
{
  const size_t hints[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / sizeof(uint32_t),
                          SIZE_MAX / sizeof(uint32_t) - 1, SIZE_MAX / 2};
  for (size_t h = 0; h < 5; h += 1) {
    static counted_backing counted;
    const ss_config config = {.backing = counted_begin(&counted, 1)};
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    range r = {0, 1000};
    check_range(ss_stack_collect(stack, uint32_t, next_of_range, &r, hints[h]), 1000);
    r.next = 0;
    check_range(ss_stack_try_collect(stack, uint32_t, next_of_range, &r, hints[h]), 1000);
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

// A struct without members is an extension of gcc, and of size 0.
__extension__ typedef struct nothing {
} nothing;

static bool next_nothing(void *iterator, void *item)
{
  (void)item;
  return --*(int *)iterator >= 0;
}

static void items_may_be_of_size_0(void)
{
  for (volatile size_t hint = 0; hint <= 5; hint += 1) {
    SS_SCOPE {
      int left = 5;
      const ss_slice s = ss_collect(nothing, next_nothing, &left, hint);
      CHECK(left == -1 || (CHECK_FAULTS && left < -1));  // asked again after a refusal
      CHECK_EQ_SIZE(s.size, 0);
      CHECK(s.data != NULL);
      ss_buffer buffer = ss_buffer_open();
      (void)ss_push(nothing, &buffer);
      (void)ss_extend(nothing, &buffer, hint);
      CHECK_EQ_SIZE(ss_buffer_count(nothing, &buffer), 0);
      CHECK_EQ_SIZE(ss_buffer_close(&buffer).size, 0);
    }
  }
}

static void an_exact_hint_means_one_growth(void)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 1024, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  range r = {0, 100000};
  (void)ss_stack_alloc(stack, 16, 1);  // the first chunk is there
  const size_t growths = ss_stack_stats(stack).growths;
  check_range(ss_stack_collect(stack, uint32_t, next_of_range, &r, 100000), 100000);
  // With SS_DEBUG records of its own may need one more.
  CHECK_LE_SIZE(ss_stack_stats(stack).growths, growths + (SS_DEBUG ? 2 : 1));
  ss_stack_free(stack);
  counted_end(&counted);
}

static void the_unused_part_of_a_hint_goes_back(void)
{
  SS_SCOPE {
    range r = {0, 10};
    const size_t used = ss_thread_stats().used;
    check_range(ss_collect(uint32_t, next_of_range, &r, 100000), 10);
    CHECK_LE_SIZE(ss_thread_stats().used, used + 1024);
  }
}

// Each item is made with scratch slices, buffers and another collect.
typedef struct triangles {
  uint32_t next;
  uint32_t end;
} triangles;

static bool next_of_triangles(void *iterator, void *item)
{
  triangles *t = iterator;
  if (t->next == t->end) return false;
  uint32_t sum = 0;
  SS_SCOPE {
    range r = {0, t->next};
    const ss_slice numbers = ss_collect(uint32_t, next_of_range, &r, t->next % 2 ? t->next : 0);
    ss_buffer copy = ss_buffer_open();
    const uint32_t *values = ss_copy_slice(uint32_t, numbers.data, t->next);
    for (uint32_t i = 0; i < t->next; i += 1) *ss_push(uint32_t, &copy) = values[i];
    const ss_slice s = ss_buffer_close(&copy);
    for (uint32_t i = 0; i < t->next; i += 1) sum += ((uint32_t *)s.data)[i];
  }
  // Not released before the collected items are.
  memset(ss_uninit_slice(char, 24), 0x3c, 24);
  *(uint32_t *)item = sum;
  t->next += 1;
  return true;
}

static void an_iterator_may_use_the_stack(void)
{
  enum { ITEMS = CHECK_ROUNDS(700, 250) };
  for (int frame = 0; frame < CHECK_ROUNDS(3, 2); frame += 1) {
    SS_SCOPE {
      triangles t = {0, ITEMS};
      const ss_slice s = ss_collect(uint32_t, next_of_triangles, &t, 0);
      const uint32_t *sums = s.data;
      if (!CHECK_EQ_SIZE(s.size, ITEMS * sizeof(uint32_t))) break;
      for (uint32_t i = 1; i < ITEMS; i += 1) CHECK_EQ_SIZE(sums[i], i * (i - 1) / 2);
      CHECK_VALID(ss_thread_stack());
    }
  }
}

static int destroyed;

static void destroy(void *arg)
{
  (void)arg;
  destroyed += 1;
}

static bool next_with_destructor(void *iterator, void *item)
{
  ss_defer(destroy, NULL);
  return next_of_range(iterator, item);
}

static void destructors_of_an_iterator_run_when_the_scope_ends(void)
{
  destroyed = 0;
  SS_SCOPE {
    range r = {0, 50};
    check_range(ss_collect(uint32_t, next_with_destructor, &r, 0), 50);
    CHECK_EQ_INT(destroyed, 0);
  }
  CHECK_EQ_INT(destroyed, 51);
}

static void a_failed_try_collect_leaves_the_stack_as_it_was(void)
{
  static counted_backing counted;
  const ss_config config = {
      .initial_bytes = 1024, .max_bytes = 50000, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  const ss_mark mark = ss_stack_save(stack);
  char *outer = memset(ss_stack_alloc(stack, 200, 1), 0x4c, 200);
  ss_buffer open = ss_stack_buffer_open(stack);
  *ss_push(int, &open) = 5;
  for (size_t hint = 0; hint <= 100000; hint += 50000) {
    const size_t used = ss_stack_stats(stack).used;
    range r = {0, 100000};
    const ss_slice s = ss_stack_try_collect(stack, uint32_t, next_of_range, &r, hint);
    CHECK_EQ_PTR(s.data, NULL);
    CHECK_EQ_SIZE(s.size, 0);
    CHECK_EQ_SIZE(ss_stack_stats(stack).used, used);
    CHECK_FILLED(outer, 0x4c, 200);
    CHECK_VALID(stack);
  }
  range volatile endless = {0, 100000};
  EXPECT_FATAL((void)ss_stack_collect(stack, uint32_t, next_of_range, (void *)&endless, 0));
  CHECK_CONTAINS(fatal_message(), "ss_stack_collect");
  CHECK_EQ_INT(*ss_buffer_at(int, &open, 0), 5);
  CHECK_FILLED(outer, 0x4c, 200);
  ss_stack_free(stack);
  (void)mark;
  counted_end(&counted);
}

TEST_GROUP(collect)
{
  RUN(items_come_in_order_whatever_the_hint);
  RUN(a_hint_far_too_large_does_no_harm);
  RUN(items_may_be_of_size_0);
  RUN(an_exact_hint_means_one_growth);
  RUN(the_unused_part_of_a_hint_goes_back);
  RUN(an_iterator_may_use_the_stack);
  RUN(destructors_of_an_iterator_run_when_the_scope_ends);
  RUN(a_failed_try_collect_leaves_the_stack_as_it_was);
}
