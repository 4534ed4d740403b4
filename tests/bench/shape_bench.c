// SPDX-License-Identifier: MIT
// The same work as others would write it. What a compiler makes of a loop depends on more than the
// allocator: on where the limit's array is, on the type of the counter, on the size of an element and on
// what it is computed from. slice_bench.c and buffer_bench.c have one loop each; here are several, each
// with limit, stack and alternatives in the same shape. The reports give the worst of them.
//
// Slices: a save, a slice, its first byte or element written, a restore. Pushes: 10,000 elements, one by one.
#include "bench.h"

#include <secondstack.h>
#include <stdlib.h>

enum { ITEMS = 10 * 1000, ARENA_BYTES = 1 << 20 };

// A limit whose address is a constant of the instruction: nothing has to be loaded to find it.
static _Alignas(16) char arena[ARENA_BYTES];

static struct {
  size_t used;
} static_bump;

static inline char *static_alloc(size_t size)
{
  char *slice = arena + static_bump.used;
  static_bump.used += (size + 15) & ~(size_t)15;
  return slice;
}

// --- Slices. `body` uses the slice named `slice`, of `n` elements of type T.

#define SLICE_SHAPE(shape, T, n, counter, body)                                     \
  static void shape##_bump(size_t repeat, size_t size, size_t count)                \
  {                                                                                 \
    (void)size, (void)count;                                                        \
    for (counter i = 0; i < (counter)repeat; i++) {                                 \
      const size_t mark = static_bump.used;                                         \
      T *slice = (T *)(void *)static_alloc((n) * sizeof(T));                        \
      body;                                                                         \
      BENCH_ESCAPE(slice);                                                          \
      static_bump.used = mark;                                                      \
      BENCH_FENCE();                                                                \
    }                                                                               \
  }                                                                                 \
  static void shape##_stack(size_t repeat, size_t size, size_t count)               \
  {                                                                                 \
    (void)size, (void)count;                                                        \
    for (counter i = 0; i < (counter)repeat; i++) {                                 \
      const ss_mark mark = ss_save();                                               \
      T *slice = ss_uninit_slice(T, n);                                             \
      body;                                                                         \
      BENCH_ESCAPE(slice);                                                          \
      ss_restore(mark);                                                             \
      BENCH_FENCE();                                                                \
    }                                                                               \
  }                                                                                 \
  static void shape##_malloc(size_t repeat, size_t size, size_t count)              \
  {                                                                                 \
    (void)size, (void)count;                                                        \
    for (counter i = 0; i < (counter)repeat; i++) {                                 \
      T *slice = (T *)malloc((n) * sizeof(T));                                      \
      body;                                                                         \
      BENCH_ESCAPE(slice);                                                          \
      free(slice);                                                                  \
      BENCH_FENCE();                                                                \
    }                                                                               \
  }                                                                                 \
  static const bench_variant shape##_variants[] = {{"static bump", shape##_bump},   \
                                                   {"secondstack", shape##_stack},  \
                                                   {"malloc+free", shape##_malloc}, \
                                                   {NULL, NULL}}

typedef struct matrix {
  float m[16];
} matrix;

SLICE_SHAPE(slice_constant, char, 64, size_t, *slice = 1);
SLICE_SHAPE(slice_varying, char, 1 + (i & 255), size_t, *slice = 1);
SLICE_SHAPE(slice_int_counter, int, 100, int, *slice = i);
SLICE_SHAPE(slice_struct, matrix, 1, size_t, slice->m[0] = slice->m[15] = 1.0f);
SLICE_SHAPE(slice_filled, float, 32, int, for (int k = 0; k < 32; k++) slice[k] = (float)(i + k));

// --- Pushes. `set(at, i)` writes the element. The limit is a static array, or one found through a pointer.

#define PUSH_SHAPE(shape, T, counter, where, set)                                         \
  static T shape##_array[ITEMS];                                                          \
  static T *shape##_pointer = shape##_array;                                              \
  static void shape##_fixed(size_t repeat, size_t size, size_t count)                     \
  {                                                                                       \
    (void)size, (void)count;                                                              \
    for (; repeat != 0; repeat--) {                                                       \
      T *items = shape##_##where;                                                         \
      for (counter i = 0; i < ITEMS; i++) set(&items[i], i);                              \
      BENCH_ESCAPE(items);                                                                \
      BENCH_ESCAPE(shape##_pointer);                                                      \
    }                                                                                     \
  }                                                                                       \
  static void shape##_stack(size_t repeat, size_t size, size_t count)                     \
  {                                                                                       \
    (void)size, (void)count;                                                              \
    for (; repeat != 0; repeat--) {                                                       \
      const ss_mark mark = ss_save();                                                     \
      ss_buffer items = ss_buffer_open();                                                 \
      for (counter i = 0; i < ITEMS; i++) set(ss_push(T, &items), i);                     \
      const ss_slice all = ss_buffer_close(&items);                                       \
      BENCH_ESCAPE(all.data);                                                             \
      ss_restore(mark);                                                                   \
    }                                                                                     \
  }                                                                                       \
  static void shape##_by_hand(size_t repeat, size_t size, size_t used)                    \
  {                                                                                       \
    (void)size, (void)used;                                                               \
    for (; repeat != 0; repeat--) {                                                       \
      T *items = NULL;                                                                    \
      size_t count = 0, capacity = 0;                                                     \
      for (counter i = 0; i < ITEMS; i++) {                                               \
        if (count == capacity) {                                                          \
          capacity = capacity ? 2 * capacity : 16;                                        \
          T *larger = (T *)realloc(items, capacity * sizeof(T));                          \
          if (larger == NULL) abort();                                                    \
          items = larger;                                                                 \
        }                                                                                 \
        set(&items[count], i);                                                            \
        count += 1;                                                                       \
      }                                                                                   \
      BENCH_ESCAPE(items);                                                                \
      free(items);                                                                        \
    }                                                                                     \
  }                                                                                       \
  static const bench_variant shape##_variants[] = {{"fixed array", shape##_fixed},        \
                                                   {"secondstack push", shape##_stack},   \
                                                   {"doubling by hand", shape##_by_hand}, \
                                                   {NULL, NULL}}

typedef struct words {
  uint32_t x, y, z, colour;
} words;

typedef struct mixed {
  float x, y, z;
  uint8_t r, g, b, a;
} mixed;

typedef struct place {
  float x, y, z;
} place;

#define SET_WORDS(at, i)                                                          \
  do {                                                                            \
    *(at) = (words){(uint32_t)(i), (uint32_t)(i) + 1, (uint32_t)(i) + 2, 0xff00}; \
  } while (0)
#define SET_MIXED(at, i)                                                                      \
  do {                                                                                        \
    const float f = (float)(i);                                                               \
    *(at) = (mixed){f * 0.5f, f + 1.0f, 2.0f - f, (uint8_t)(i), (uint8_t)((i) >> 4), 7, 255}; \
  } while (0)
#define SET_PLACE(at, i)                        \
  do {                                          \
    const float f = (float)(i);                 \
    *(at) = (place){f * 0.5f, f * f, 1.0f - f}; \
  } while (0)
#define SET_NUMBER(at, i) \
  do {                    \
    *(at) = (i)*3;        \
  } while (0)
#define SET_DOUBLE(at, i)     \
  do {                        \
    *(at) = (double)(i)*0.25; \
  } while (0)

PUSH_SHAPE(push_words_pointer, words, size_t, pointer, SET_WORDS);
PUSH_SHAPE(push_words_static, words, size_t, array, SET_WORDS);
PUSH_SHAPE(push_mixed_static, mixed, int, array, SET_MIXED);
PUSH_SHAPE(push_place_static, place, int, array, SET_PLACE);
PUSH_SHAPE(push_int_static, int, int, array, SET_NUMBER);
PUSH_SHAPE(push_double_pointer, double, int, pointer, SET_DOUBLE);

int main(int argc, char **argv)
{
  bench_begin(argc, argv);
  static const struct {
    const char *name;
    const bench_variant *variants;
    size_t size;
    size_t items;
  } cases[] = {
      {"slice shape: constant size", slice_constant_variants, 64, 1},
      {"slice shape: varying size", slice_varying_variants, 128, 1},
      {"slice shape: int counter", slice_int_counter_variants, 400, 1},
      {"slice shape: one struct", slice_struct_variants, sizeof(matrix), 1},
      {"slice shape: 32 floats filled", slice_filled_variants, 128, 1},
      {"push shape: 4 words, array by pointer", push_words_pointer_variants, sizeof(words), ITEMS},
      {"push shape: 4 words, static array", push_words_static_variants, sizeof(words), ITEMS},
      {"push shape: mixed vertex, int counter", push_mixed_static_variants, sizeof(mixed), ITEMS},
      {"push shape: 3 floats, int counter", push_place_static_variants, sizeof(place), ITEMS},
      {"push shape: int, int counter", push_int_static_variants, sizeof(int), ITEMS},
      {"push shape: double, array by pointer", push_double_pointer_variants, sizeof(double), ITEMS},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bench_run(&(bench_case){.name = cases[i].name,
                            .size = cases[i].size,
                            .count = cases[i].items,
                            .operations = cases[i].items,
                            .variants = cases[i].variants});
  }
  return 0;
}
