// SPDX-License-Identifier: MIT
// Promise 11: released memory is filled, and poisoned under AddressSanitizer. Called with `touch`,
// the program reads a released byte, for tests that expect a tool to stop it
// (tests/CMakeLists.txt).
// Runs with SS_DEBUG: 0 1
#include "../check.h"

// Present under AddressSanitizer only.
int __asan_address_is_poisoned(void const volatile *address) __attribute__((weak));

static bool is_poisoned(const void *address)
{
  return __asan_address_is_poisoned && __asan_address_is_poisoned(address);
}

static void promise_11_a_released_slice_is_poisoned(void)
{
  char *slice;
  SS_SCOPE {
    slice = ss_zeroed_slice(char, 100);
    CHECK(!is_poisoned(slice));
    CHECK(!is_poisoned(slice + 99));
    CHECK(is_poisoned(slice + 100) || !SS_DEBUG);
  }
  CHECK(is_poisoned(slice));
  CHECK(is_poisoned(slice + 99));
}

static void promise_11_a_closed_buffer_is_poisoned_behind_its_end(void)
{
  ss_slice s;
  SS_SCOPE {
    ss_buffer buffer = ss_buffer_open();
    for (int i = 0; i < 1000; i++) *ss_push(int, &buffer) = i;
    s = ss_buffer_close(&buffer);
    CHECK(!is_poisoned((char *)s.data + s.size - 1));
    CHECK(is_poisoned((char *)s.data + s.size) || !SS_DEBUG);
  }
  CHECK(is_poisoned(s.data));
}

static void promise_11_memory_used_again_is_not_poisoned(void)
{
  for (size_t round = 0; round < 3; round++) {
    SS_SCOPE {
      char *slice = ss_uninit_slice(char, 5000 + round * 1000);
      memset(slice, (int)round, 5000 + round * 1000);
      ss_buffer buffer = ss_buffer_open();
      memset(ss_extend(char, &buffer, 20000), 1, 20000);
      ss_slice s = ss_buffer_close(&buffer);
      CHECK_EQ_SIZE(s.size, 20000);
    }
  }
}

static void promise_11_a_kept_slice_is_not_poisoned(void)
{
  SS_SCOPE {
    ss_mark mark = ss_save();
    (void)ss_zeroed_slice(char, 300);
    ss_slice s = {ss_zeroed_slice(char, 1000), 1000};
    s = ss_restore_keep(mark, s);
    CHECK(!is_poisoned(s.data));
    CHECK(!is_poisoned((char *)s.data + 999));
    CHECK_FILLED(s.data, 0, 1000);
  }
}

// What tools must stop: `--filter poison touch`.
static void touch_a_released_slice(void)
{
  const volatile char *slice;
  SS_SCOPE {
    slice = ss_zeroed_slice(char, 100);
  }
  CHECK(slice[50] != 0x7f);
}

TEST_GROUP(poison)
{
  if (check_has_argument("touch")) RUN(touch_a_released_slice);
  if (!__asan_address_is_poisoned) {
    check_note("AddressSanitizer's poison, as this program is not built with it");
    return;
  }
  RUN(promise_11_a_released_slice_is_poisoned);
  RUN(promise_11_a_closed_buffer_is_poisoned_behind_its_end);
  RUN(promise_11_memory_used_again_is_not_poisoned);
  RUN(promise_11_a_kept_slice_is_not_poisoned);
}
