// SPDX-License-Identifier: MIT
// ss_dump: what a stack is made of, as text.
// Runs with SS_DEBUG: 0 1
#include "check.h"
#include "secondstack_region.h"

#include <stdio.h>

typedef struct told {
  char text[8192];
  size_t length;
} told;

static void keep_line(void *context, const char *line)
{
  told *all = (told *)context;
  const size_t room = sizeof all->text - all->length;
  const int length = snprintf(all->text + all->length, room, "%s\n", line);
  if (length > 0 && (size_t)length < room) all->length += (size_t)length;
}

static size_t count_of(const told *all, const char *text)
{
  size_t count = 0;
  for (const char *at = all->text; (at = strstr(at, text)) != NULL; at++) count++;
  return count;
}

static void do_nothing(void *arg)
{
  (void)arg;
}

static void a_dump_shows_lanes_open_buffers_and_destructors(void)
{
  char first[64], room[64];
  told all = {{0}, 0};
  ss_stack *stack = ss_stack_new(NULL);
  SS_STACK_SCOPE(stack) {
    ss_buffer a = ss_stack_buffer_open(stack);
    *ss_push(int, &a) = 1;
    int *slice = ss_stack_uninit_slice(stack, int, 1000);  // the buffer is open in line no longer
    ss_stack_defer(stack, do_nothing, slice);
    ss_buffer b = ss_stack_buffer_open(stack);
    *ss_push(int, &b) = 2;
    const ss_stats before = ss_stack_stats(stack);
    ss_stack_dump(stack, keep_line, &all);
    const ss_stats after = ss_stack_stats(stack);
    CHECK(memcmp(&before, &after, sizeof before) == 0);
    (void)snprintf(room, sizeof room, "%zu reserved", before.reserved);
    (void)snprintf(first, sizeof first, "open buffer at %p", (void *)ss_buffer_at(int, &b, 0));
    (void)ss_buffer_close(&b);
    (void)ss_buffer_close(&a);
  }
  CHECK(count_of(&all, room) == 1);
  CHECK(count_of(&all, "where slices are made") == 1);
  CHECK(count_of(&all, first) >= 1);
  CHECK(count_of(&all, ", with room for ") == 2);
  CHECK(count_of(&all, "destructor ") == 1);
#if SS_DEBUG
  CHECK(count_of(&all, "SS_SCOPE at ") == 1);
  CHECK(count_of(&all, "slice of 4000 bytes at ") == 1);
  CHECK(count_of(&all, "ss_stack_buffer_open at ") == 4);  // with its lane and with its turn
  CHECK(count_of(&all, "dump_test.c:") == 6);
#else
  CHECK(count_of(&all, "dump_test.c:") == 0);
#endif
  ss_stack_free(stack);
}

static void a_dump_names_the_region_of_a_lane(void)
{
  char first[64], chunk[64];
  static char memory[4000];  // a chunk that cannot grow
  const ss_config config = {.memory = memory, .memory_bytes = sizeof memory};
  told all = {{0}, 0}, after = {{0}, 0};
  ss_stack *stack = ss_stack_new(&config);
  SS_STACK_SCOPE(stack) {
    const ss_region region = ss_stack_region_open(stack);
    SS_STACK_SCOPE(stack) {
      (void)ss_region_slice(char, &region, 96);
      const char *far_away = ss_region_slice(char, &region, 4000000);
      ss_stack_dump(stack, keep_line, &all);
      (void)snprintf(first, sizeof first, "region at %p", (const void *)region.first);
      (void)snprintf(chunk, sizeof chunk, "chunk at %p: 4000000 of", (const void *)far_away);
    }
  }
  // With its lane and with its turn; SS_DEBUG names its place with both.
  CHECK(count_of(&all, first) == 2);
  CHECK(count_of(&all, chunk) == 1);
  CHECK(count_of(&all, ", the caller's memory") == 1);
  CHECK(count_of(&all, ": ss_stack_region_open at ") == (SS_DEBUG ? 2 : 0));
  CHECK(count_of(&all, "open buffer") == 0);
  ss_stack_dump(stack, keep_line, &after);
  CHECK(count_of(&after, "region") == 0);
  ss_stack_free(stack);
}

static void a_dump_of_an_unused_stack_has_no_chunk(void)
{
  told all = {{0}, 0};
  ss_stack *stack = ss_stack_new(NULL);
  ss_stack_dump(stack, keep_line, &all);
  CHECK(count_of(&all, " 0 chunks, 0 growths") == 1);
  CHECK(count_of(&all, "to be undone") == 0);
  ss_stack_free(stack);
}

static void the_threads_own_stack_is_named_so(void)
{
  told all = {{0}, 0};
  ss_dump(keep_line, &all);
  CHECK(count_of(&all, "a thread's stack") == 1);
}

TEST_GROUP(dump)
{
  RUN(a_dump_shows_lanes_open_buffers_and_destructors);
  RUN(a_dump_names_the_region_of_a_lane);
  RUN(a_dump_of_an_unused_stack_has_no_chunk);
  RUN(the_threads_own_stack_is_named_so);
}
