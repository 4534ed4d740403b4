// SPDX-License-Identifier: MIT
// What one thread makes, another can use at once, even in memory that has just been grown for it. In
// WebAssembly the other thread does not know of the growth yet: V8 traps in its large copies and fills.
//   --filter receive bare         does without ss_make_visible, and so shows the trap
//   --filter receive bare stack   the same for ss_stack_make_visible
// Runs with SS_DEBUG: 0 1
#define _POSIX_C_SOURCE 200809L

#include "../check.h"

#include <pthread.h>
#include <stdatomic.h>

// Each test needs more than the heap has grown to before it. With refusals it runs many times, and only natively, where
// growth is known at once.
enum {
  SLICE_BYTES = CHECK_ROUNDS(6 << 20, 1 << 18),
  SLICES = 24,
  STACK_BYTES = CHECK_ROUNDS(224 << 20, 4 << 20),
  ITEMS = CHECK_ROUNDS(3000000, 60000),
};

// Turns of giver and receiver, who wait without a system call: that would bring the news of growth.
typedef struct handover {
  atomic_int turn;
  ss_slice slice;
  ss_stack *stack;
} handover;

static bool is_bare;

static void await_turn(handover *h, int turn)
{
  while (atomic_load(&h->turn) != turn) continue;
}

// The calling thread does not know yet that there is memory.
static bool is_unknown(const void *last_byte)
{
#ifdef __wasm_atomics__
  return (uintptr_t)last_byte >> 16 >= __builtin_wasm_memory_size(0);
#else
  (void)last_byte;
  return false;
#endif
}

static void *give_slices(void *arg)
{
  handover *h = arg;
  SS_SCOPE {
    for (int i = 0; i < SLICES; i += 1) {
      h->slice = (ss_slice){ss_alloc(SLICE_BYTES, 1), SLICE_BYTES};
      ((char *)h->slice.data)[SLICE_BYTES - 1] = (char)i;
      atomic_store(&h->turn, 2 * i + 1);
      await_turn(h, 2 * i + 2);
    }
  }
  return NULL;
}

static int receive_slices(handover *h)
{
  int unknown = 0;
  for (int i = 0; i < SLICES; i += 1) {
    await_turn(h, 2 * i + 1);
    const char *last = (char *)h->slice.data + SLICE_BYTES - 1;
    unknown += is_unknown(last);
    const ss_slice slice = is_bare ? h->slice : ss_make_visible(h->slice);
    CHECK_EQ_PTR(slice.data, h->slice.data);
    CHECK_EQ_SIZE(slice.size, SLICE_BYTES);
    CHECK_EQ_INT(*last, i);
    memset(slice.data, i + 1, slice.size);
    CHECK_EQ_INT(*last, i + 1);
    atomic_store(&h->turn, 2 * i + 2);
  }
  return unknown;
}

static void a_slice_of_another_thread_can_be_used_at_once(void)
{
  handover h = {.turn = 0};
  pthread_t giver;
  CHECK_EQ_INT(pthread_create(&giver, NULL, give_slices, &h), 0);
  printf("  %d of %d slices lay in memory that the receiver did not know yet\n", receive_slices(&h),
         SLICES);
  CHECK_EQ_INT(pthread_join(giver, NULL), 0);
}

static void an_empty_or_failed_slice_is_received_as_it_is(void)
{
  const ss_slice failed = ss_make_visible((ss_slice){NULL, 0});
  CHECK_EQ_PTR(failed.data, NULL);
  char *end = (char *)(uintptr_t)(SIZE_MAX - 15);
  const ss_slice empty = ss_make_visible((ss_slice){end, 0});
  CHECK_EQ_PTR(empty.data, end);
  CHECK_EQ_SIZE(empty.size, 0);
}

static void *give_stack(void *arg)
{
  handover *h = arg;
  ss_buffer first = ss_stack_buffer_open(h->stack);
  for (int i = 0; i < ITEMS; i += 1) *ss_push(int, &first) = i;
  h->slice = ss_buffer_close(&first);
  // The room that stays is what the receiver zeroes.
  SS_STACK_SCOPE(h->stack) {
    (void)ss_stack_alloc(h->stack, STACK_BYTES, 1);
  }
  atomic_store(&h->turn, 1);
  await_turn(h, 2);
  return NULL;
}

static void a_stack_of_another_thread_can_be_used_at_once(void)
{
  handover h = {.stack = ss_stack_new(NULL)};
  if (!CHECK(h.stack != NULL)) return;
  pthread_t giver;
  CHECK_EQ_INT(pthread_create(&giver, NULL, give_stack, &h), 0);
  await_turn(&h, 1);
  if (!is_bare) CHECK_EQ_PTR(ss_stack_make_visible(h.stack), h.stack);
  const char *zeros = ss_stack_zeroed_slice(h.stack, char, STACK_BYTES);
  CHECK_EQ_INT(zeros[STACK_BYTES - 1], 0);
  int *copy = ss_stack_copy_slice(h.stack, int, h.slice.data, ITEMS);
  CHECK_EQ_INT(copy[ITEMS - 1], ITEMS - 1);
  atomic_store(&h.turn, 2);
  CHECK_EQ_INT(pthread_join(giver, NULL), 0);
  ss_stack_free(h.stack);
}

// Each needs more than the heap has grown to before it.
TEST_GROUP_ALONE(receive, "it needs a heap that has not grown yet")
{
  is_bare = check_has_argument("bare");
  if (!check_has_argument("stack")) RUN(a_slice_of_another_thread_can_be_used_at_once);
  RUN(a_stack_of_another_thread_can_be_used_at_once);
  RUN(an_empty_or_failed_slice_is_received_as_it_is);
}
