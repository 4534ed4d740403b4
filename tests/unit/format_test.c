// SPDX-License-Identifier: MIT
// ss_format: the text that printf would write, of any length, on the stack.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

#include <wchar.h>

static void it_writes_what_printf_writes(void)
{
  SS_SCOPE {
    CHECK_STR(ss_format("%d %s", 42, "answers"), "42 answers");
    CHECK_STR(ss_format("plain"), "plain");
    CHECK_STR(ss_format("%5.2f|%-4d|%04x", 3.14159, 7, 255u), " 3.14|7   |00ff");
    CHECK_STR(ss_format("%zu %%", (size_t)12), "12 %");
    CHECK_STR(ss_try_format("%c%c", 'a', 'b'), "ab");
  }
}

static void an_empty_text_is_a_terminator(void)
{
  SS_SCOPE {
    char *text = ss_format("%s", "");
    CHECK_STR(text, "");
    CHECK_STR(ss_format("%.0s", "cut"), "");
  }
}

static void texts_stay_when_others_are_made(void)
{
  SS_SCOPE {
    char *texts[500];
    char expected[32];
    for (int i = 0; i < 500; i += 1) texts[i] = ss_format("text number %d", i);
    for (int i = 0; i < 500; i += 1) {
      snprintf(expected, sizeof expected, "text number %d", i);
      CHECK_STR(texts[i], expected);
    }
  }
}

// Every length around the room that is left in the chunk.
static void a_text_longer_than_the_room_gets_more_room(void)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 1024, .backing = counted_begin(&counted, 1)};
  for (int length = 1; length < 2500; length += 7) {
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    char *outer = memset(ss_stack_alloc(stack, 300, 1), 0x55, 300);
    const char *text = ss_stack_format(stack, "%*d", length, 7);
    CHECK_EQ_SIZE(strlen(text), (size_t)length);
    CHECK_FILLED(text, ' ', (size_t)length - 1);
    CHECK_EQ_INT(text[length - 1], '7');
    CHECK_FILLED(outer, 0x55, 300);
    memset(ss_stack_alloc(stack, 100, 1), 0x56, 100);
    CHECK_EQ_SIZE(strlen(text), (size_t)length);
    CHECK_VALID(stack);
    ss_stack_free(stack);
  }
  counted_end(&counted);
}

static void a_text_may_print_another_from_the_stack(void)
{
  SS_SCOPE {
    const char *text = "x";
    for (int i = 0; i < 12; i += 1) text = ss_format("%s%s", text, text);
    CHECK_EQ_SIZE(strlen(text), 4096);
    CHECK_FILLED(text, 'x', 4096);
  }
}

#if !SS_DEBUG
static void a_text_takes_no_more_than_its_length(void)
{
  SS_SCOPE {
    const size_t used = ss_thread_stats().used;
    CHECK_STR(ss_format("%s", "fifteen letters"), "fifteen letters");
    CHECK_EQ_SIZE(ss_thread_stats().used, used + 16);
  }
}
#endif

// A wide character that the C locale cannot write.
static void an_unwritable_text_is_refused(void)
{
  const wchar_t unwritable[] = {(wchar_t)0x7fffffff, 0};
  char probe[64];
  if (snprintf(probe, sizeof probe, "%ls", unwritable) >= 0) {
    printf("an_unwritable_text_is_refused: this C library writes every wide character\n");
    return;
  }
  SS_SCOPE {
    const ss_stats before = ss_thread_stats();
    CHECK_EQ_PTR(ss_try_format("%ls", unwritable), NULL);
    CHECK_SAME_STATS(ss_thread_stats(), before);
    EXPECT_FATAL((void)ss_format("%ls", unwritable));
    CHECK_CONTAINS(fatal_message(), "ss_format");
    CHECK_SAME_STATS(ss_thread_stats(), before);
  }
}

TEST_GROUP(format)
{
  RUN(it_writes_what_printf_writes);
  RUN(an_empty_text_is_a_terminator);
  RUN(texts_stay_when_others_are_made);
  RUN(a_text_longer_than_the_room_gets_more_room);
  RUN(a_text_may_print_another_from_the_stack);
#if !SS_DEBUG
  RUN(a_text_takes_no_more_than_its_length);
#endif
  RUN(an_unwritable_text_is_refused);
}
