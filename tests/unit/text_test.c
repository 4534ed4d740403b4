// SPDX-License-Identifier: MIT
// secondstack_text.h: texts that grow, and what they end in.
// Runs with SS_DEBUG: 0 1
#include "../check.h"
#include "secondstack_text.h"

static void a_text_is_what_was_appended_and_ends_in_a_nul(void)
{
  SS_SCOPE {
    ss_text t = ss_text_open();
    CHECK_EQ_SIZE(ss_text_length(&t), 0);
    ss_text_append(&t, "one");
    ss_text_append(&t, "");
    ss_text_append_bytes(&t, ", two and more", 5);
    ss_text_format(&t, ", %d", 3);
    CHECK_EQ_SIZE(ss_text_length(&t), 11);
    const ss_slice text = ss_text_close(&t);
    CHECK_STR((const char *)text.data, "one, two, 3");
    CHECK_EQ_SIZE(text.size, 11);
  }
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
}

static void strings_are_joined(void)
{
  static const char *const names[] = {"x", "yy", "", "z"};
  SS_SCOPE {
    for (size_t n = 0; n <= 4; n += 1) {
      static const char *const expected[] = {"", "x", "x--yy", "x--yy--", "x--yy----z"};
      ss_text t = ss_text_open();
      ss_text_join(&t, names, n, "--");
      CHECK_STR((const char *)ss_text_close(&t).data, expected[n]);
    }
  }
}

static void several_texts_grow_at_once_on_any_stack(void)
{
  ss_stack *stack = ss_stack_new(NULL);
  if (!CHECK(stack != NULL)) return;
  const ss_mark mark = ss_stack_save(stack);
  ss_text even = ss_stack_text_open(stack), odd = ss_stack_text_open(stack);
  for (int i = 0; i < 5000; i += 1) ss_text_format(i % 2 ? &odd : &even, "%d,", i);
  ss_append(&even.buffer, "end", 3);  // all that a buffer can do
  const ss_slice all_odd = ss_text_close(&odd), all_even = ss_text_close(&even);
  CHECK(memcmp(all_even.data, "0,2,4,6,8,10,", 13) == 0);
  CHECK(memcmp(all_odd.data, "1,3,5,7,9,11,", 13) == 0);
  CHECK_STR((const char *)all_even.data + all_even.size - 8, "4998,end");
  CHECK_EQ_SIZE(strlen((const char *)all_odd.data), all_odd.size);
  ss_stack_restore(stack, mark);
  ss_stack_free(stack);
}

TEST_GROUP(text)
{
  RUN(a_text_is_what_was_appended_and_ends_in_a_nul);
  RUN(strings_are_joined);
  RUN(several_texts_grow_at_once_on_any_stack);
}
