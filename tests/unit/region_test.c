// SPDX-License-Identifier: MIT
// ss_region: slices of an outer scope stay while inner scopes come and go, and go with the outer one.
// Runs with SS_DEBUG: 0 1
#include <secondstack_region.h>

#include "../counted_backing.h"

enum { TURNS = 200 };

static void slices_of_a_region_outlive_inner_scopes(void)
{
  unsigned char *kept[TURNS];
  SS_SCOPE {
    ss_region region = ss_region_open();
    for (size_t i = 0; i < TURNS; i++) {
      SS_SCOPE {
        memset(ss_uninit_slice(char, 3000), 7, 3000);
        kept[i] = ss_region_slice(unsigned char, &region, 10 * i + 1);
        memset(kept[i], (int)i, 10 * i + 1);
        SS_SCOPE {
          memset(ss_uninit_slice(char, 100), 9, 100);
        }
      }
      CHECK_VALID(ss_thread_stack());
    }
    for (size_t i = 0; i < TURNS; i++) CHECK_FILLED(kept[i], (int)i, 10 * i + 1);
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  CHECK_VALID(ss_thread_stack());
}

static void slices_and_buffers_of_the_same_scope_are_undisturbed(void)
{
  SS_SCOPE {
    int *before = ss_zeroed_slice(int, 100);
    ss_buffer outer = ss_buffer_open();
    ss_region first = ss_region_open(), second = ss_region_open();
    ss_buffer inner = ss_buffer_open();
    int *a[TURNS], *b[TURNS];
    for (int i = 0; i < TURNS; i++) {
      *ss_push(int, &outer) = i;
      a[i] = ss_region_slice(int, &first, 20);
      *ss_push(int, &inner) = -i;
      b[i] = ss_region_slice(int, &second, 30);
      a[i][19] = i;
      b[i][29] = 2 * i;
      CHECK_VALID(ss_thread_stack());
    }
    for (int i = 0; i < TURNS; i++) {
      CHECK_EQ_INT(*ss_buffer_at(int, &outer, i), i);
      CHECK_EQ_INT(*ss_buffer_at(int, &inner, i), -i);
      CHECK_EQ_INT(a[i][19] + b[i][29], 3 * i);
    }
    (void)ss_buffer_close(&outer);
    CHECK_EQ_INT(*ss_region_slice(int, &first, 1) = 5, 5);
    (void)ss_buffer_close(&inner);
    CHECK_VALID(ss_thread_stack());
    CHECK_EQ_INT(before[99], 0);
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void a_slice_of_a_region_is_aligned_as_asked(void)
{
  SS_SCOPE {
    ss_region region = ss_region_open();
    for (size_t align = 1; align <= 4096; align *= 2) {
      (void)ss_region_alloc(&region, 1, 1);
      CHECK_ALIGNED(ss_region_alloc(&region, 40, align), align);
    }
    CHECK(ss_region_try_alloc(&region, 40, 48) == NULL);
    CHECK(ss_region_try_alloc(&region, SIZE_MAX, 16) == NULL);
    CHECK(ss_region_try_alloc(&region, SIZE_MAX - 10, 4096) == NULL);
    CHECK_VALID(ss_thread_stack());
  }
}

static int destroyed;
static void destroy(void *arg)
{
  destroyed += *(int *)arg;
}

static void destructors_still_find_what_lies_in_a_region(void)
{
  destroyed = 0;
  SS_SCOPE {
    ss_region region = ss_region_open();
    int *counted = ss_region_slice(int, &region, 1);
    *counted = 3;
    ss_defer(destroy, counted);
    (void)ss_region_slice(char, &region, 100000);
  }
  CHECK_EQ_INT(destroyed, 3);
}

static void a_result_in_a_region_is_kept(void)
{
  SS_SCOPE {
    const ss_mark mark = ss_save();
    ss_region region = ss_region_open();
    memset(ss_region_slice(char, &region, 50000), 1, 50000);
    const ss_slice made = {ss_region_slice(char, &region, 200000), 200000};
    memset(made.data, 2, made.size);
    const ss_slice kept = ss_restore_keep(mark, made);
    memset(ss_uninit_slice(char, 1000), 3, 1000);
    CHECK_FILLED((unsigned char *)kept.data, 2, kept.size);
    CHECK_VALID(ss_thread_stack());
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void a_repeated_frame_calls_no_allocator(void)
{
  static counted_backing counted;
  const ss_config config = {.backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  size_t calls = 0;
  for (int frame = 0; frame < 20; frame++) {
    const ss_mark mark = ss_stack_save(stack);
    ss_region region = ss_stack_region_open(stack);
    for (int i = 0; i < 50; i++) {
      const ss_mark inner = ss_stack_save(stack);
      (void)ss_stack_uninit_slice(stack, char, 5000);
      (void)ss_region_slice(char, &region, 700);
      ss_stack_restore(stack, inner);
    }
    ss_stack_restore(stack, mark);
    CHECK_VALID(stack);
    if (frame > 15) CHECK_EQ_SIZE(ss_stack_stats(stack).backing_calls, calls);
    calls = ss_stack_stats(stack).backing_calls;
  }
  ss_stack_trim(stack, 0);
  CHECK_VALID(stack);
  ss_stack_free(stack);
  counted_end(&counted);
}

SS__UNUSED static void a_refusal_changes_nothing(void)
{
  static counted_backing counted;
  const ss_config config = {.backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  counted.refuse_call = counted.acquires + counted.resizes + 1;
  counted.is_refusing_on = true;
  const ss_region none = ss_stack_try_region_open(stack);
  CHECK(ss_region_try_alloc(&none, 8, 8) == NULL);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  counted.refuse_call = 0;
  counted.is_refusing_on = false;
  const ss_mark mark = ss_stack_save(stack);
  const ss_region region = ss_stack_region_open(stack);
  char *made = (char *)ss_region_alloc(&region, 100, 8);
  memset(made, 4, 100);
  counted.refuse_call = counted.acquires + counted.resizes + 1;
  counted.is_refusing_on = true;
  CHECK(ss_region_try_alloc(&region, 1 << 20, 8) == NULL);
  counted.refuse_call = 0;
  counted.is_refusing_on = false;
  CHECK_FILLED((unsigned char *)made, 4, 100);
  CHECK(ss_region_try_alloc(&region, 1 << 20, 8) != NULL);
  CHECK_VALID(stack);
  ss_stack_restore(stack, mark);
  CHECK_VALID(stack);
  ss_stack_free(stack);
  counted_end(&counted);
}

// Opens regions until many are open, the nth call of the backing refused. Returns false once nothing was refused any more.
static bool open_many_with_a_refusal(size_t n)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 400, .backing = counted_begin(&counted, 1)};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return false;
  counted.refuse_call = counted.acquires + counted.resizes + n;
  for (int i = 0; i < 12; i++) {
    const ss_stats before = ss_stack_stats(stack);
    const size_t refusals = counted.refusals;
    ss_region region = ss_stack_try_region_open(stack);
    if (region.lane == NULL) {
      CHECK_EQ_SIZE(counted.refusals, refusals + 1);
      CHECK_EQ_SIZE(ss_stack_stats(stack).used, before.used);
      if (!SS_DEBUG) CHECK_EQ_SIZE(ss_stack_stats(stack).chunks, before.chunks);
      region = ss_stack_region_open(stack);
    }
    CHECK(ss_region_try_alloc(&region, 200, 8) != NULL);
    CHECK_VALID(stack);
  }
  const bool has_refused = counted.refusals > 0;
  ss_stack_free(stack);
  counted_end(&counted);
  return has_refused;
}

SS__UNUSED static void a_region_that_cannot_be_opened_leaves_no_chunk_behind(void)
{
  for (size_t n = 1; open_many_with_a_refusal(n); n++) CHECK_LE_SIZE(n, 100);
}

// What scopes within each other hold in their regions, beside what was written there.
enum { DEPTH = 6, PIECES = 40 };

typedef struct level {
  ss_mark mark;
  ss_region region;
  struct {
    unsigned char *data;
    size_t size;
  } pieces[PIECES];
  size_t count;
} level;

typedef struct levels {
  ss_stack *stack;
  level at[DEPTH];
  size_t depth;
} levels;

static void enter_level(levels *all)
{
  level *entered = &all->at[all->depth++];
  entered->mark = ss_stack_save(all->stack);
  entered->region = ss_stack_region_open(all->stack);
  entered->count = 0;
}

static void leave_level(levels *all)
{
  const level *left = &all->at[--all->depth];
  for (size_t i = 0; i < left->count; i++) {
    CHECK_FILLED(left->pieces[i].data, (int)(all->depth + i), left->pieces[i].size);
  }
  ss_stack_restore(all->stack, left->mark);
}

static void take_piece(levels *all, size_t owner, size_t size)
{
  level *taking = &all->at[owner];
  if (taking->count == PIECES) return;
  const size_t i = taking->count++;
  taking->pieces[i].size = size;
  taking->pieces[i].data = ss_region_slice(unsigned char, &taking->region, size);
  memset(taking->pieces[i].data, (int)(owner + i), size);
}

// Random scopes, slices and regions against what was written.
static void random_scopes_and_regions_keep_every_byte(void)
{
  uint32_t seed = 12345;
  for (int round = 0; round < CHECK_ROUNDS(150, 2); round++) {
    levels all = {.stack = ss_stack_new(NULL)};
    if (!CHECK(all.stack != NULL)) return;
    for (int step = 0; step < 300; step++) {
      const size_t kind = random_below(&seed, 10);
      if (all.depth == 0 || (kind == 0 && all.depth < DEPTH)) {
        enter_level(&all);
      } else if (kind == 1) {
        leave_level(&all);
      } else if (kind == 2) {
        memset(ss_stack_uninit_slice(all.stack, char, 500), 0xaa, 500);
      } else {
        const size_t owner = random_below(&seed, all.depth);
        take_piece(&all, owner, 1 + random_below(&seed, kind == 3 ? 20000 : 300));
      }
      CHECK_VALID(all.stack);
    }
    while (all.depth > 0) leave_level(&all);
    CHECK_EQ_SIZE(ss_stack_stats(all.stack).used, 0);
    ss_stack_free(all.stack);
  }
}

TEST_GROUP(region)
{
  RUN(slices_of_a_region_outlive_inner_scopes);
  RUN(slices_and_buffers_of_the_same_scope_are_undisturbed);
  RUN(a_slice_of_a_region_is_aligned_as_asked);
  RUN(destructors_still_find_what_lies_in_a_region);
  RUN(a_result_in_a_region_is_kept);
  RUN(a_repeated_frame_calls_no_allocator);
#if CHECK_FAULTS
  check_note("tests that refuse calls of the backing by themselves: here every call is refused");
#else
  RUN(a_refusal_changes_nothing);
  RUN(a_region_that_cannot_be_opened_leaves_no_chunk_behind);
#endif
  RUN(random_scopes_and_regions_keep_every_byte);
}
