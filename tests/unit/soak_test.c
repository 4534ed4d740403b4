// SPDX-License-Identifier: MIT
// A random soak, after the one that Rust second-stack is tested with: values of several types, made
// by slices, buffers and iterators, with recursion inside iterators and destructors. Every value is
// destroyed exactly once, and is whole when it is.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

typedef struct soak {
  ss_stack *stack;
  uint32_t seed;
  long steps_left;
  long created;
  long destroyed;
  long broken;
} soak;

static soak state;

static void run_steps(int depth);

// A value's bytes follow from its first one, so that each can be checked alone.
static void create(void *value, size_t size, unsigned first)
{
  unsigned char *bytes = value;
  for (size_t i = 0; i < size; i += 1) bytes[i] = (unsigned char)(first + 7 * i);
  state.created += 1;
}

static bool is_whole(const void *value, size_t size, unsigned first)
{
  const unsigned char *bytes = value;
  for (size_t i = 0; i < size; i += 1) {
    if (bytes[i] != (unsigned char)(first + 7 * i)) return false;
  }
  return true;
}

static void destroy(void *value, size_t size)
{
  state.broken += !is_whole(value, size, *(unsigned char *)value);
  state.destroyed += 1;
  memset(value, 0xee, size);
  if (random_below(&state.seed, 200) == 0) run_steps(1);
}

static void check_slice(const void *data, size_t size, size_t n, unsigned first)
{
  for (size_t i = 0; i < n; i += 1) {
    state.broken += !is_whole((const char *)data + i * size, size, first + (unsigned)i);
  }
}

typedef struct iteration {
  size_t next;
  size_t n;
  unsigned first;
  int depth;
} iteration;

// The same for a type of each size, because macros and destructors know types and not sizes.
// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared
#define SOAK_TYPE(name, bytes_each)                                                         \
  typedef struct name {                                                                     \
    unsigned char bytes[bytes_each];                                                        \
  } name;                                                                                   \
  static void destroy_##name(void *value)                                                   \
  {                                                                                         \
    destroy(value, sizeof(name));                                                           \
  }                                                                                         \
  static bool next_##name(void *iterator, void *item)                                       \
  {                                                                                         \
    iteration *it = iterator;                                                               \
    if (it->next == it->n) return false;                                                    \
    if (random_below(&state.seed, 20) == 0) run_steps(it->depth - 1);                       \
    create(item, sizeof(name), it->first + (unsigned)it->next);                             \
    it->next += 1;                                                                          \
    return true;                                                                            \
  }                                                                                         \
  static void slice_of_##name(size_t n, unsigned first, int depth)                          \
  {                                                                                         \
    name *slice = ss_stack_uninit_slice(state.stack, name, n);                              \
    for (size_t i = 0; i < n; i += 1) create(&slice[i], sizeof(name), first + (unsigned)i); \
    ss_stack_defer_each(state.stack, name, slice, n, destroy_##name);                       \
    run_steps(depth - 1);                                                                   \
    check_slice(slice, sizeof(name), n, first);                                             \
  }                                                                                         \
  static void buffer_of_##name(size_t n, unsigned first, int depth)                         \
  {                                                                                         \
    ss_buffer buffer = ss_stack_buffer_open(state.stack);                                   \
    for (size_t i = 0; i < n; i += 1) {                                                     \
      create(ss_push(name, &buffer), sizeof(name), first + (unsigned)i);                    \
      if (random_below(&state.seed, 20) == 0) run_steps(depth - 1);                         \
    }                                                                                       \
    const ss_slice s = ss_buffer_close(&buffer);                                            \
    ss_stack_defer_each(state.stack, name, s.data, s.size / sizeof(name), destroy_##name);  \
    check_slice(s.data, sizeof(name), n, first);                                            \
  }                                                                                         \
  static void collect_of_##name(size_t n, unsigned first, int depth)                        \
  {                                                                                         \
    iteration it = {0, n, first, depth};                                                    \
    const size_t hint = random_below(&state.seed, 2) ? n : random_below(&state.seed, 100);  \
    const ss_slice s = ss_stack_collect(state.stack, name, next_##name, &it, hint);         \
    ss_stack_defer_each(state.stack, name, s.data, s.size / sizeof(name), destroy_##name);  \
    CHECK_EQ_SIZE(s.size, n * sizeof(name));                                                \
    check_slice(s.data, sizeof(name), n, first);                                            \
  }
// NOLINTEND(bugprone-macro-parentheses)

SOAK_TYPE(bytes_1, 1)
SOAK_TYPE(bytes_3, 3)
SOAK_TYPE(bytes_8, 8)
SOAK_TYPE(bytes_12, 12)
SOAK_TYPE(bytes_16, 16)
SOAK_TYPE(bytes_40, 40)
SOAK_TYPE(bytes_500, 500)

typedef void make_fn(size_t n, unsigned first, int depth);
#define SOAK_MAKERS(name) slice_of_##name, buffer_of_##name, collect_of_##name
static make_fn *const makers[] = {
    SOAK_MAKERS(bytes_1),  SOAK_MAKERS(bytes_3),  SOAK_MAKERS(bytes_8),   SOAK_MAKERS(bytes_12),
    SOAK_MAKERS(bytes_16), SOAK_MAKERS(bytes_40), SOAK_MAKERS(bytes_500),
};
enum { MAKERS = sizeof makers / sizeof makers[0] };

static void run_steps(int depth)
{
  if (depth <= 0) return;
  SS_STACK_SCOPE(state.stack) {
    for (size_t steps = random_below(&state.seed, 5); steps > 0; steps -= 1) {
      if (state.steps_left <= 0) break;
      state.steps_left -= 1;
      const size_t n = random_below(&state.seed, 8) ? random_below(&state.seed, 30)
                                                    : random_below(&state.seed, 400);
      makers[random_below(&state.seed, MAKERS)](n, random_next(&state.seed), depth);
    }
  }
}

static void soak_on(ss_stack *stack, uint32_t seed, long steps)
{
  state = (soak){.stack = stack, .seed = seed, .steps_left = steps};
  while (state.steps_left > 0) {
    run_steps(5);
    if (random_below(&state.seed, 16) == 0) {
      ss_stack_trim(stack, random_below(&state.seed, 200000));
    }
    CHECK_VALID(stack);
  }
  const int failures = check_failure_count();
  CHECK_EQ_INT(state.broken, 0);
  CHECK_EQ_INT(state.destroyed, state.created);
  CHECK(state.created > steps);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  if (check_failure_count() != failures) {
    fprintf(stderr, "  replay with soak_on(stack, %uu, %ld)\n", seed, steps);
  }
}

static void every_value_is_destroyed_once_on_the_thread_stack(void)
{
  soak_on(ss_thread_stack(), 3141592653u, 10000);
}

static void every_value_is_destroyed_once_on_small_stacks(void)
{
  static counted_backing counted;
  for (uint32_t seed = 1; seed <= CHECK_ROUNDS(30, 4); seed += 1) {
    const ss_config config = {.initial_bytes = 256 * (seed % 8 + 1),
                              .backing = counted_begin(&counted, 1 + seed % 3)};
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    soak_on(stack, 2654435761u * seed, 300);
    ss_stack_free(stack);
    counted_end(&counted);
  }
}

TEST_GROUP(soak)
{
  RUN(every_value_is_destroyed_once_on_the_thread_stack);
  RUN(every_value_is_destroyed_once_on_small_stacks);
}
