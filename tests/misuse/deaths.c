// SPDX-License-Identifier: MIT
// Programs that misuse the library and die of it. `misuse-deaths NAME` prints the places that the message
// is to name, as FILE:LINE, then does it; without a name it lists what there is. deaths.test.mjs runs
// each, natively and in Node.js.
#define SS_DEBUG 1
#include "secondstack.h"
#include "secondstack_region.h"

#include <stdio.h>
#include <stdlib.h>

#if !defined(__wasm__) || defined(__EMSCRIPTEN_PTHREADS__)
#define HAS_THREADS 1
#include <pthread.h>
#else
#define HAS_THREADS 0
#endif

// Says that the message is to name this line, which also holds `statement`.
#define NAMED(statement)                         \
  do {                                           \
    printf("names %s:%d\n", __FILE__, __LINE__); \
    fflush(stdout);                              \
    statement;                                   \
  } while (0)

typedef struct scenario {
  const char *name;
  void (*run)(void);
} scenario;

static void restore_twice(void)
{
  ss_mark mark;
  NAMED(mark = ss_save());
  NAMED(ss_restore(mark));
  NAMED(ss_restore(mark));
}

static void restore_inner_after_outer(void)
{
  ss_mark outer = ss_save();
  ss_mark inner;
  NAMED(inner = ss_save());
  NAMED(ss_restore(outer));
  NAMED(ss_restore(inner));
}

static void restore_on_another_stack(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  const ss_mark mark = ss_stack_save(stack);
  NAMED(ss_restore(mark));
}

static void restore_with_a_buffer_open(void)
{
  const ss_mark mark = ss_save();
  ss_buffer buffer;
  NAMED(buffer = ss_buffer_open());
  *ss_push(int, &buffer) = 1;
  NAMED(ss_restore(mark));
}

static void leave_a_scope_with_a_buffer_open(void)
{
  ss_buffer buffer;
  printf("names %s:%d\n", __FILE__, __LINE__ + 1);
  SS_SCOPE {
    NAMED(buffer = ss_buffer_open());
    *ss_push(int, &buffer) = 1;
  }
}

static void keep_after_the_end(void)
{
  ss_mark mark;
  NAMED(mark = ss_save());
  const ss_slice slice = {ss_uninit_slice(char, 10), 10};
  NAMED(ss_restore(mark));
  NAMED((void)ss_restore_keep(mark, slice));
}

static void push_on_a_closed_buffer(void)
{
  ss_buffer buffer;
  NAMED(buffer = ss_buffer_open());
  ss_buffer copy = buffer;
  NAMED((void)ss_buffer_close(&buffer));
  NAMED(*ss_push(int, &copy) = 1);
}

static void close_twice(void)
{
  ss_buffer buffer;
  NAMED(buffer = ss_buffer_open());
  NAMED((void)ss_buffer_close(&buffer));
  NAMED((void)ss_buffer_close(&buffer));
}

static void use_a_region_that_has_ended(void)
{
  ss_region region = {NULL, NULL, NULL, 0};
  const ss_mark mark = ss_save();
  NAMED(region = ss_region_open());
  NAMED(ss_restore(mark));
  NAMED((void)ss_region_alloc(&region, 8, 8));
}

// What a container of C++ does that grew in an inner scope and is destroyed in its own.
static void give_back_what_an_inner_scope_has_released(void)
{
  (void)ss_save();
  ss_mark inner;
  NAMED(inner = ss_save());
  void *grown = ss_alloc(100, 8);
  NAMED(ss_restore(inner));
  NAMED(ss__debug_give_back(ss_thread_stack(), grown, 100, SS__CALL("ss::allocator")));
}

static void push_on_a_dropped_buffer(void)
{
  const ss_mark outer = ss_save();
  (void)ss_save();
  ss_buffer buffer;
  NAMED(buffer = ss_buffer_open());
  NAMED(ss_restore(outer));
  NAMED((void)ss_extend(int, &buffer, 3));
}

static void push_on_an_old_copy(void)
{
  char memory[2000];
  const ss_config config = {.memory = memory, .memory_bytes = sizeof memory};
  ss_thread_configure(&config);
  ss_buffer buffer = ss_buffer_open();
  ss_buffer old = buffer;
  memset(ss_extend(char, &buffer, 100000), 1, 100000);
  NAMED(*ss_push(char, &old) = 1);
}

static void push_on_a_buffer_that_never_opened(void)
{
  const ss_config config = {.max_bytes = 1};
  ss_thread_configure(&config);
  ss_buffer buffer = ss_try_buffer_open();
  NAMED((void)ss_push(int, &buffer));
}

static void break_out_of_a_scope(void)
{
  for (int i = 0; i < 3; i++) {
    NAMED(SS_SCOPE { break; });
  }
}

static void resize_of_another_size(void)
{
  char *slice;
  NAMED(slice = ss_uninit_slice(char, 10));
  NAMED((void)ss_try_resize_last(slice, 11, 20));
}

static void push_another_type(void)
{
  struct point {
    float x, y, z;
  };
  ss_buffer buffer = ss_buffer_open();
  NAMED(*ss_push(float, &buffer) = 1);
  NAMED(ss_push(struct point, &buffer)->x = 1);
}

static void push_what_is_not_aligned(void)
{
  ss_buffer buffer;
  NAMED(buffer = ss_buffer_open());
  *ss_push(char, &buffer) = 1;
  NAMED(*ss_extend(double, &buffer, 1) = 1);
}

// Survives, and is told of once.
static void told_of_slices_outside_any_scope(void)
{
  SS_SCOPE {
    for (int i = 0; i < 3000; i++) (void)ss_uninit_slice(int, 1);
  }
  ss_buffer buffer = ss_buffer_open();
  (void)ss_buffer_close(&buffer);
  for (int i = 0; i < 3000; i++) {
    if (i == 0) printf("names %s:%d\n", __FILE__, __LINE__ + 1);
    (void)ss_uninit_slice(int, 1);
  }
}

static void write_past_a_slice(void)
{
  const ss_mark mark = ss_save();
  volatile char *slice;
  NAMED(slice = ss_uninit_slice(char, 40));
  slice[40] = 1;
  NAMED(ss_restore(mark));
}

static void configure_while_something_lives(void)
{
  (void)ss_uninit_slice(char, 40);
  ss_thread_configure(NULL);
}

#if HAS_THREADS
static ss_stack *shared_stack;
static ss_mark shared_mark;

static void in_a_thread(void *(*run)(void *))
{
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, NULL) != 0) exit(2);
  (void)pthread_join(thread, NULL);
}

static void *use_shared_stack(void *arg)
{
  NAMED((void)ss_stack_alloc(shared_stack, 10, 1));
  return arg;
}

static void *restore_shared_mark(void *arg)
{
  NAMED(ss_stack_restore(shared_stack, shared_mark));
  return arg;
}

static void use_another_threads_own_stack(void)
{
  shared_stack = ss_thread_stack();
  in_a_thread(use_shared_stack);
}

static void restore_another_threads_mark(void)
{
  shared_stack = ss_stack_new(NULL);
  NAMED(shared_mark = ss_stack_save(shared_stack));
  in_a_thread(restore_shared_mark);
}
#endif

static const scenario scenarios[] = {
    {"restore_twice", restore_twice},
    {"restore_inner_after_outer", restore_inner_after_outer},
    {"restore_on_another_stack", restore_on_another_stack},
    {"restore_with_a_buffer_open", restore_with_a_buffer_open},
    {"leave_a_scope_with_a_buffer_open", leave_a_scope_with_a_buffer_open},
    {"keep_after_the_end", keep_after_the_end},
    {"push_on_a_closed_buffer", push_on_a_closed_buffer},
    {"close_twice", close_twice},
    {"use_a_region_that_has_ended", use_a_region_that_has_ended},
    {"give_back_what_an_inner_scope_has_released", give_back_what_an_inner_scope_has_released},
    {"push_on_a_dropped_buffer", push_on_a_dropped_buffer},
    {"push_on_an_old_copy", push_on_an_old_copy},
    {"push_on_a_buffer_that_never_opened", push_on_a_buffer_that_never_opened},
    {"push_what_is_not_aligned", push_what_is_not_aligned},
    {"push_another_type", push_another_type},
    {"resize_of_another_size", resize_of_another_size},
    {"break_out_of_a_scope", break_out_of_a_scope},
    {"told_of_slices_outside_any_scope", told_of_slices_outside_any_scope},
    {"write_past_a_slice", write_past_a_slice},
    {"configure_while_something_lives", configure_while_something_lives},
#if HAS_THREADS
    {"use_another_threads_own_stack", use_another_threads_own_stack},
    {"restore_another_threads_mark", restore_another_threads_mark},
#endif
};

int main(int argc, char **argv)
{
  for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i += 1) {
    if (argc < 2) {
      puts(scenarios[i].name);
    } else if (strcmp(argv[1], scenarios[i].name) == 0) {
      scenarios[i].run();
      puts("survived");
      return 0;
    }
  }
  return argc < 2 ? 0 : 2;
}
