// SPDX-License-Identifier: MIT
// Promise 6: how a failure is told: through ss_set_fatal, then by an abort.
// Runs with SS_DEBUG: 0 1
#ifndef __EMSCRIPTEN__
#define _POSIX_C_SOURCE 200809L
#endif

#include "../check.h"

#ifndef __EMSCRIPTEN__
#include <signal.h>
#include <unistd.h>
#endif

static void first_handler(const char *message)
{
  (void)message;
}

static void second_handler(const char *message)
{
  (void)message;
}

static void setting_a_handler_returns_the_one_before(void)
{
  CHECK(ss_set_fatal(first_handler) == check_on_fatal);
  CHECK(ss_set_fatal(second_handler) == first_handler);
  CHECK(ss_set_fatal(NULL) == second_handler);
  CHECK(ss_set_fatal(check_on_fatal) == NULL);
}

static void promise_6_the_message_is_one_line_and_says_who_speaks(void)
{
  EXPECT_FATAL((void)ss_alloc(SIZE_MAX, 1));
  CHECK(strncmp(fatal_message(), "secondstack: ", 13) == 0);
  CHECK(strchr(fatal_message(), '\n') == NULL);
}

static void promise_6_a_handler_may_longjmp_away_again_and_again(void)
{
  SS_SCOPE {
    char *outer = memset(ss_uninit_slice(char, 100), 0x29, 100);
    const ss_stats before = ss_thread_stats();
    for (volatile int i = 0; i < 100; i += 1) {
      EXPECT_FATAL((void)ss_alloc(SIZE_MAX - 15, 1));
      EXPECT_FATAL((void)ss_alloc(1, 3 << 20));
    }
    CHECK_SAME_STATS(ss_thread_stats(), before);
    CHECK_FILLED(outer, 0x29, 100);
  }
}

static void promise_6_no_try_call_is_fatal(void)
{
  // An unexpected fatal would abort this program.
  CHECK_EQ_PTR(ss_try_alloc(SIZE_MAX, 1), NULL);
  CHECK_EQ_PTR(ss_try_alloc(1, 3 << 20), NULL);
  CHECK_EQ_PTR(ss_try_uninit_slice(double, SIZE_MAX), NULL);
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
#if !SS_DEBUG  // which has made room for a record before it knows
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
#endif
}

#ifndef __EMSCRIPTEN__  // where an abort ends the program for good
#ifdef _WIN32
#define sigjmp_buf jmp_buf
#define sigsetjmp(buffer, mask) setjmp(buffer)
#define siglongjmp longjmp
#endif
static sigjmp_buf aborted;  // with the mask: musl's abort does not unblock the signal

static void on_abort(int number)
{
  (void)number;
  siglongjmp(aborted, 1);
}

static int told_count;

static void handler_that_returns(const char *message)
{
  told_count += 1;
  CHECK_CONTAINS(message, "ss_alloc");
}

// What was printed to standard error until the abort.
static void fail_until_abort(char *printed, size_t printed_bytes)
{
  FILE *file = tmpfile();
  if (!CHECK(file != NULL)) return;
  fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  void (*const before)(int) = signal(SIGABRT, on_abort);
  volatile bool was_aborted = true;
  if (sigsetjmp(aborted, 1) == 0) {
    (void)ss_alloc(SIZE_MAX, 1);
    was_aborted = false;
  }
  signal(SIGABRT, before);
  dup2(saved, STDERR_FILENO);
  close(saved);
  CHECK(was_aborted);
  rewind(file);
  const size_t length = fread(printed, 1, printed_bytes - 1, file);
  printed[length] = '\0';
  fclose(file);
}

static void promise_6_a_handler_that_returns_is_followed_by_an_abort(void)
{
  char printed[512];
  told_count = 0;
  ss_set_fatal(handler_that_returns);
  fail_until_abort(printed, sizeof printed);
  ss_set_fatal(check_on_fatal);
  CHECK_EQ_INT(told_count, 1);
}

static void promise_6_without_a_handler_the_message_is_printed(void)
{
  char printed[512];
  ss_set_fatal(NULL);
  fail_until_abort(printed, sizeof printed);
  ss_set_fatal(check_on_fatal);
  CHECK(strncmp(printed, "secondstack: ", 13) == 0);
  CHECK_CONTAINS(printed, "ss_alloc");
}
#endif

TEST_GROUP(fatal)
{
  RUN(setting_a_handler_returns_the_one_before);
  RUN(promise_6_the_message_is_one_line_and_says_who_speaks);
  RUN(promise_6_a_handler_may_longjmp_away_again_and_again);
  RUN(promise_6_no_try_call_is_fatal);
#ifndef __EMSCRIPTEN__
  RUN(promise_6_a_handler_that_returns_is_followed_by_an_abort);
  RUN(promise_6_without_a_handler_the_message_is_printed);
#else
  check_note("2 tests of the abort, which ends the program in WebAssembly");
#endif
}
