// SPDX-License-Identifier: MIT
// Slices: what each way of making one gives.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

typedef struct vertex {
  float position[3];
  unsigned char colour[4];
} vertex;

typedef struct big {
  char bytes[4 << 20];
} big;

static void uninit_slices_hold_what_is_written(void)
{
  SS_SCOPE {
    vertex *vertices = ss_uninit_slice(vertex, 1000);
    uint16_t *indices = ss_uninit_slice(uint16_t, 3000);
    for (int i = 0; i < 1000; i += 1) vertices[i] = (vertex){{(float)i, 1, 2}, {3, 4, 5, 6}};
    for (int i = 0; i < 3000; i += 1) indices[i] = (uint16_t)i;
    for (int i = 0; i < 1000; i += 1) {
      CHECK(vertices[i].position[0] == (float)i && vertices[i].colour[3] == 6);
    }
    for (int i = 0; i < 3000; i += 1) CHECK_EQ_INT(indices[i], i);
  }
}

static void uninit_gives_room_for_one_value(void)
{
  SS_SCOPE {
    vertex *a = ss_uninit(vertex);
    vertex *b = ss_try_uninit(vertex);
    *a = (vertex){{1, 1, 1}, {1, 1, 1, 1}};
    *b = (vertex){{2, 2, 2}, {2, 2, 2, 2}};
    CHECK(a->position[0] == 1 && b->position[0] == 2);
  }
}

// The memory was used before, so that it holds something else than zeros.
static void zeroed_slices_are_zero(void)
{
  for (int turn = 0; turn < 3; turn += 1) {
    SS_SCOPE {
      for (size_t size = 1; size < 5000; size = size * 2 + 1) {
        CHECK_FILLED(ss_zeroed_slice(char, size), 0, size);
        CHECK_FILLED(ss_try_zeroed_slice(vertex, size), 0, size * sizeof(vertex));
      }
    }
    SS_SCOPE {
      memset(ss_uninit_slice(char, 300000), 0xff, 300000);
    }
  }
}

static void copies_equal_their_source_and_are_their_own(void)
{
  int source[100];
  for (int i = 0; i < 100; i += 1) source[i] = i * i;
  SS_SCOPE {
    int *copy = ss_copy_slice(int, source, 100);
    int *part = ss_try_copy_slice(int, source + 10, 5);
    source[12] = -1;
    for (int i = 0; i < 100; i += 1) CHECK_EQ_INT(copy[i], i * i);
    for (int i = 0; i < 5; i += 1) CHECK_EQ_INT(part[i], (10 + i) * (10 + i));
    int *again = ss_copy_slice(int, copy, 100);  // from the stack to the stack
    CHECK(memcmp(again, copy, 100 * sizeof(int)) == 0);
    CHECK(again != copy);
  }
}

static void macros_evaluate_their_arguments_once(void)
{
  SS_SCOPE {
    size_t n = 3;
    const int source[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const int *from = source;
    (void)ss_uninit_slice(int, n++);
    (void)ss_zeroed_slice(int, n++);
    (void)ss_copy_slice(int, from++, n++);
    CHECK_EQ_SIZE(n, 6);
    CHECK_EQ_PTR(from, source + 1);
    ss_buffer buffers[2] = {ss_buffer_open(), ss_buffer_open()};
    ss_buffer *b = buffers;
    *ss_push(int, b++) = 1;
    CHECK_EQ_PTR(b, buffers + 1);
    memset(ss_extend(int, b--, n++), 0, 6 * sizeof(int));
    CHECK_EQ_PTR(b, buffers);
    CHECK_EQ_SIZE(n, 7);
    CHECK_EQ_SIZE(ss_buffer_count(int, b++), 1);
    CHECK_EQ_SIZE(ss_buffer_count(int, b), 6);
    (void)ss_buffer_close(b--);
    CHECK_EQ_SIZE(ss_buffer_close(b++).size, sizeof(int));
    CHECK_EQ_PTR(b, buffers + 1);
  }
}

static void values_larger_than_the_call_stack_work(void)
{
  SS_SCOPE {
    big *a = ss_uninit(big);
    memset(a, 0x41, sizeof *a);
    big *b = ss_uninit_slice(big, 2);
    memset(b, 0x42, 2 * sizeof *b);
    CHECK_FILLED(a, 0x41, sizeof *a);
    CHECK_FILLED(b, 0x42, 2 * sizeof *b);
  }
}

#if !SS_DEBUG  // which puts guard bytes between slices
static void plain_slices_lie_side_by_side(void)
{
  SS_SCOPE {
    char *next = ss_uninit_slice(char, 16) + 16;
    for (size_t size = 1; size < 100; size += 1) {
      const size_t used = ss_thread_stats().used;
      const size_t rounded_up = (size + 15) / 16 * 16;
      CHECK_EQ_PTR(ss_uninit_slice(char, size), next);
      CHECK_EQ_SIZE(ss_thread_stats().used, used + rounded_up);
      next += rounded_up;
    }
  }
}

static void released_memory_is_used_again(void)
{
  SS_SCOPE {
    const ss_mark mark = ss_save();
    const void *first = ss_uninit_slice(char, 1000);
    ss_restore(mark);
    CHECK_EQ_PTR(ss_uninit_slice(char, 500), first);
  }
}
#endif

TEST_GROUP(slices)
{
  RUN(uninit_slices_hold_what_is_written);
  RUN(uninit_gives_room_for_one_value);
  RUN(zeroed_slices_are_zero);
  RUN(copies_equal_their_source_and_are_their_own);
  RUN(macros_evaluate_their_arguments_once);
  RUN(values_larger_than_the_call_stack_work);
#if !SS_DEBUG
  RUN(plain_slices_lie_side_by_side);
  RUN(released_memory_is_used_again);
#endif
}
