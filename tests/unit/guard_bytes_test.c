// SPDX-License-Identifier: MIT
// Promise 11: one byte written past a slice is found when its scope ends, with the place that made
// the slice; released memory is filled.
// Runs with SS_DEBUG: 1
#include "../misuse_places.h"

static int made_line;
static int found_line;

// Writing there is the misuse that the library is to find: a sanitizer would stop the program
// first.
__attribute__((no_sanitize("address"))) static void write_byte(volatile char *at)
{
  *at = 'x';
}

__attribute__((no_sanitize("address"))) static char read_byte(const volatile char *at)
{
  return *at;
}

typedef ss_slice make_fn(void);

enum { SIZE = 40 };

static ss_slice of_alloc(void)
{
  AT(made_line) void *data = ss_alloc(SIZE, 1);
  return (ss_slice){data, SIZE};
}
static ss_slice of_try_alloc(void)
{
  AT(made_line) void *data = ss_try_alloc(SIZE, 64);
  return (ss_slice){data, SIZE};
}
static ss_slice of_uninit(void)
{
  AT(made_line) void *data = ss_uninit(double);
  return (ss_slice){data, sizeof(double)};
}
static ss_slice of_uninit_slice(void)
{
  AT(made_line) void *data = ss_uninit_slice(char, SIZE);
  return (ss_slice){data, SIZE};
}
static ss_slice of_odd_size(void)
{
  AT(made_line) void *data = ss_uninit_slice(char, 13);
  return (ss_slice){data, 13};
}
static ss_slice of_zeroed_slice(void)
{
  AT(made_line) void *data = ss_zeroed_slice(int, SIZE / 4);
  return (ss_slice){data, SIZE};
}
static ss_slice of_copy_slice(void)
{
  static const char source[SIZE];
  AT(made_line) void *data = ss_copy_slice(char, source, SIZE);
  return (ss_slice){data, SIZE};
}
static ss_slice of_format(void)
{
  AT(made_line) void *data = ss_format("%d apples", 12);
  return (ss_slice){data, sizeof "12 apples"};
}
static ss_slice of_no_elements(void)
{
  AT(made_line) void *data = ss_uninit_slice(int, 0);
  return (ss_slice){data, 0};
}
static ss_slice of_closed_buffer(void)
{
  AT(made_line) ss_buffer b = ss_buffer_open();
  memset(ss_extend(char, &b, SIZE), 1, SIZE);
  return ss_buffer_close(&b);
}
static bool next_of_ten(void *iterator, void *item)
{
  int *i = iterator;
  *(int *)item = *i;
  return (*i)++ < 10;
}
static ss_slice of_collect(void)
{
  int i = 0;
  AT(made_line) return ss_collect(int, next_of_ten, &i, 0);
}
static ss_slice of_collect_with_hint(void)
{
  int i = 0;
  AT(made_line) return ss_collect(int, next_of_ten, &i, 100);
}
static ss_slice of_kept(void)
{
  const ss_mark mark = ss_save();
  const ss_slice slice = {ss_uninit_slice(char, SIZE), SIZE};
  AT(made_line) return ss_restore_keep(mark, slice);
}

static make_fn *const makers[] = {
    of_alloc,        of_try_alloc,         of_uninit, of_uninit_slice, of_odd_size,
    of_zeroed_slice, of_copy_slice,        of_format, of_no_elements,  of_closed_buffer,
    of_collect,      of_collect_with_hint, of_kept,
};
enum { MAKERS = sizeof makers / sizeof makers[0] };

static char *resized;
static void resize_it(void)
{
  (void)ss_try_resize_last(resized, 10, 20);
}

static void promise_11_a_byte_past_a_slice_is_found_by_a_resize(void)
{
  const ss_mark mark = ss_save();
  resized = ss_uninit_slice(char, 10);
  if (!SS__ASAN) {  // which would stop the write itself
    resized[10] ^= 1;
    EXPECT_FATAL(resize_it());
    CHECK_CONTAINS(fatal_message(), "written past the end of its 10 bytes");
    resized[10] ^= 1;
  }
  resize_it();
  ss_restore(mark);
}

static void promise_11_a_byte_past_any_slice_is_found(void)
{
  for (volatile size_t i = 0; i < MAKERS; i += 1) {
    const ss_mark outer = ss_save();
    const ss_mark mark = ss_save();
    const ss_slice slice = makers[i]();
    memset(ss_uninit_slice(char, 100), 1, 100);
    write_byte((char *)slice.data + slice.size);
    EXPECT_FATAL(AT(found_line) ss_restore(mark));
    if (!CHECK_NAMES(made_line) || !CHECK_NAMES(found_line)) {
      fprintf(stderr, "  slice kind %zu\n", (size_t)i);
    }
    char size_text[32];
    snprintf(size_text, sizeof size_text, "%zu bytes", slice.size);
    CHECK_CONTAINS(fatal_message(), size_text);
    ss_restore(outer);
    CHECK_VALID(ss_thread_stack());
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void promise_11_the_last_guard_byte_counts_too(void)
{
  const ss_mark mark = ss_save();
  AT(made_line) char *slice = ss_uninit_slice(char, 32);
  write_byte(slice + 32 + 15);
  EXPECT_FATAL(AT(found_line) ss_restore(mark));
  CHECK_NAMES(made_line);
  CHECK_NAMES(found_line);
  ss_thread_free();
}

static void promise_11_writing_within_slices_is_fine(void)
{
  for (size_t i = 0; i < MAKERS; i += 1) {
    SS_SCOPE {
      const ss_slice slice = makers[i]();
      memset(slice.data, 0x66, slice.size);
      CHECK_FILLED(slice.data, 0x66, slice.size);
    }
  }
}

// All bytes have one value, which is not what was written.
static void check_released(const char *data, size_t size)
{
  const char fill = read_byte(data);
  CHECK(fill != 0x11);
  size_t others = 0;
  for (size_t i = 0; i < size; i += 1) others += read_byte(data + i) != fill;
  CHECK_EQ_SIZE(others, 0);
}

static void promise_11_released_memory_is_filled(void)
{
  const ss_mark mark = ss_save();
  ss_slice slices[MAKERS];
  for (size_t i = 0; i < MAKERS; i += 1) {
    slices[i] = makers[i]();
    memset(slices[i].data, 0x11, slices[i].size);
  }
  ss_restore(mark);
  for (size_t i = 0; i < MAKERS; i += 1) {
    if (slices[i].size > 0) check_released(slices[i].data, slices[i].size);
  }
}

static void promise_11_uninitialised_memory_does_not_look_like_what_was_there(void)
{
  for (int turn = 0; turn < 2; turn += 1) {
    SS_SCOPE {
      const char *slice = ss_uninit_slice(char, 1000);
      check_released(slice, 1000);
      memset((char *)(uintptr_t)slice, 0x11, 1000);
    }
  }
}

static void overrun_outside_of_scopes(void)
{
  SS_SCOPE {
    (void)ss_alloc(SIZE, 1);  // earlier calls are not to be named
  }
  AT(made_line) char *slice = ss_alloc(SIZE, 1);
  write_byte(slice + SIZE);
  AT(found_line)(void) ss_alloc(SIZE, 1);
  ss_thread_free();  // has no place of its own
}

static void promise_11_ss_thread_free_names_the_latest_call(void)
{
  EXPECT_FATAL(overrun_outside_of_scopes());
  CHECK_NAMES(made_line);
  CHECK_NAMES(found_line);
  ss_thread_free();
}

TEST_GROUP(guard_bytes)
{
  RUN(promise_11_ss_thread_free_names_the_latest_call);
  RUN(promise_11_a_byte_past_a_slice_is_found_by_a_resize);
  RUN(promise_11_a_byte_past_any_slice_is_found);
  RUN(promise_11_the_last_guard_byte_counts_too);
  RUN(promise_11_writing_within_slices_is_fine);
  RUN(promise_11_released_memory_is_filled);
  RUN(promise_11_uninitialised_memory_does_not_look_like_what_was_there);
}
