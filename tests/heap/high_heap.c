// SPDX-License-Identifier: MIT
// A heap of 3 GiB where pointers have 32 bits: slices and buffers beyond 2 GiB, and across it. Of what is
// large only the ends are touched, so that little of it is ever real.
#include "../check.h"

#define MIB ((size_t)1 << 20)
#define BORDER ((uintptr_t)1 << 31)

static void touch_ends(char *bytes, size_t size, char value)
{
  bytes[0] = value;
  bytes[size / 2] = value;
  bytes[size - 1] = value;
}

static bool has_ends(const char *bytes, size_t size, char value)
{
  return bytes[0] == value && bytes[size / 2] == value && bytes[size - 1] == value;
}

static bool is_beyond(const void *end)
{
  return (uintptr_t)end > BORDER;
}

static void slices_lie_beyond_2_gib(void)
{
  SS_SCOPE {
    char *low = ss_uninit_slice(char, 1500 * MIB);
    touch_ends(low, 1500 * MIB, 0x11);
    SS_SCOPE {
      char *across = ss_uninit_slice(char, 1100 * MIB);
      touch_ends(across, 1100 * MIB, 0x22);
      CHECK(is_beyond(across + 1100 * MIB - 1));
      for (int frame = 0; frame < 3; frame += 1) {
        SS_SCOPE {
          char *high = ss_uninit_slice(char, 200 * MIB);
          CHECK(is_beyond(high));
          CHECK_ALIGNED(high, SS_ALIGN);
          touch_ends(high, 200 * MIB, 0x33);
          memset(ss_uninit_slice(char, 5000), 0x44, 5000);
          CHECK(has_ends(high, 200 * MIB, 0x33));
        }
      }
      const size_t used = ss_thread_stats().used;
      CHECK_LE_SIZE(2600 * MIB, used);
      CHECK_LE_SIZE(used, 2601 * MIB);
      CHECK(has_ends(across, 1100 * MIB, 0x22));
      CHECK_VALID(ss_thread_stack());
    }
    CHECK(has_ends(low, 1500 * MIB, 0x11));
  }
}

enum { STEPS = 36 };
static const size_t step = 32 * MIB;

static ss_slice fill_in_steps(void)
{
  ss_buffer growing = ss_buffer_open();
  for (int i = 0; i < STEPS; i += 1) {
    touch_ends(ss_extend(char, &growing, step), step, (char)(i + 1));
  }
  return ss_buffer_close(&growing);
}

static void check_steps(ss_slice s)
{
  if (!CHECK_EQ_SIZE(s.size, STEPS * step)) return;
  for (int i = 0; i < STEPS; i += 1) {
    CHECK(has_ends((char *)s.data + (size_t)i * step, step, (char)(i + 1)));
  }
}

static void a_buffer_grows_in_place_across_2_gib(void)
{
  ss_stack *other = ss_stack_new(NULL);
  if (!CHECK(other != NULL)) return;
  char *low = ss_stack_uninit_slice(other, char, 1500 * MIB);
  touch_ends(low, 1500 * MIB, 0x11);
  SS_SCOPE {
    const size_t copied = ss_thread_stats().bytes_copied;
    const ss_slice s = fill_in_steps();
    CHECK_LE_SIZE(ss_thread_stats().bytes_copied - copied, step);
    CHECK(!is_beyond(s.data));
    CHECK(is_beyond((char *)s.data + s.size));
    check_steps(s);
    CHECK(has_ends(low, 1500 * MIB, 0x11));
    CHECK_VALID(ss_thread_stack());
  }
  ss_stack_free(other);
}

// A chunk ends below 2 GiB: the buffer leaves the one that it shares with a slice.
static void a_buffer_moves_where_its_chunk_would_be_too_large(void)
{
  SS_SCOPE {
    char *low = ss_uninit_slice(char, 1500 * MIB);
    touch_ends(low, 1500 * MIB, 0x11);
    const ss_slice s = fill_in_steps();
    CHECK(is_beyond((char *)s.data + s.size));
    check_steps(s);
    CHECK(has_ends(low, 1500 * MIB, 0x11));
    CHECK_VALID(ss_thread_stack());
  }
}

static void buffers_open_beyond_2_gib(void)
{
  SS_SCOPE {
    touch_ends(ss_uninit_slice(char, 1500 * MIB), 1500 * MIB, 0x11);
    touch_ends(ss_uninit_slice(char, 900 * MIB), 900 * MIB, 0x12);
    const ss_mark mark = ss_save();
    ss_buffer a = ss_buffer_open();
    ss_buffer b = ss_buffer_open();
    for (uint32_t i = 0; i < 3000000; i += 1) {
      *ss_push(uint32_t, &a) = i;
      *ss_push(uint32_t, &b) = ~i;
    }
    const ss_slice second = ss_buffer_close(&b);
    const ss_slice first = ss_buffer_close(&a);
    CHECK(is_beyond(second.data) || is_beyond(first.data));
    size_t wrong = 0;
    for (uint32_t i = 0; i < 3000000; i += 1) {
      wrong += ((uint32_t *)first.data)[i] != i || ((uint32_t *)second.data)[i] != ~i;
    }
    CHECK_EQ_SIZE(wrong, 0);
    const ss_slice kept = ss_restore_keep(mark, second);
    CHECK_EQ_SIZE(kept.size, second.size);
    CHECK_EQ_SIZE(((uint32_t *)kept.data)[2999999], (uint32_t)~2999999u);
    CHECK_VALID(ss_thread_stack());
  }
}

// No object is larger than PTRDIFF_MAX; a count of bytes beyond it is refused, not cut short.
static void sizes_beyond_2_gib_are_refused(void)
{
  static const size_t sizes[] = {BORDER - 1, BORDER,       BORDER + 1, BORDER + 4096,
                                 3u << 30,   SIZE_MAX - 1, SIZE_MAX,   SIZE_MAX - 100};
  SS_SCOPE {
    char *outer = memset(ss_uninit_slice(char, 100), 0x55, 100);
    ss_buffer b = ss_buffer_open();
    memset(ss_extend(char, &b, 1000), 0x66, 1000);
    const ss_stats before = ss_thread_stats();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i += 1) {
      CHECK_EQ_PTR(ss_try_alloc(sizes[i], 1), NULL);
      CHECK_EQ_PTR(ss_try_extend(char, &b, sizes[i]), NULL);
      CHECK(!ss_try_reserve(&b, sizes[i]));
      CHECK_EQ_PTR(ss_try_uninit_slice(double, sizes[i] / 8 + 1), NULL);
      EXPECT_FATAL((void)ss_alloc(sizes[i], 1));
    }
    CHECK_EQ_SIZE(ss_thread_stats().used, before.used);
    CHECK_FILLED(ss_buffer_close(&b).data, 0x66, 1000);
    CHECK_FILLED(outer, 0x55, 100);
  }
}

// Where memory ends a call fails as any other, and what is there stays.
static void the_end_of_4_gib_is_met(void)
{
  SS_SCOPE {
    size_t count = 0;
    char *slices[64];
    while (count < 64) {
      char *slice = ss_try_uninit_slice(char, 250 * MIB);
      if (slice == NULL) break;
      touch_ends(slice, 250 * MIB, (char)count);
      slices[count++] = slice;
    }
    CHECK_LE_SIZE(11, count);
    CHECK_LE_SIZE(count, 16);
    for (size_t i = 0; i < count; i += 1) CHECK(has_ends(slices[i], 250 * MIB, (char)i));
    EXPECT_FATAL((void)ss_uninit_slice(char, 1500 * MIB));
    CHECK_CONTAINS(fatal_message(), "memory has ended");
    memset(ss_uninit_slice(char, 1000), 1, 1000);
    CHECK_VALID(ss_thread_stack());
  }
}

TEST_GROUP(high_heap)
{
  RUN(slices_lie_beyond_2_gib);
  RUN(a_buffer_grows_in_place_across_2_gib);
  RUN(a_buffer_moves_where_its_chunk_would_be_too_large);
  RUN(buffers_open_beyond_2_gib);
  RUN(sizes_beyond_2_gib_are_refused);
  if (HAS_DLMALLOC) {
    RUN(the_end_of_4_gib_is_met);
  } else {
    check_note("the end of 4 GiB, as emmalloc of 3.1.6 hands out a block that ends beyond it");
  }
}
