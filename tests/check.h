// The unit tests' checks. A check that fails prints its place, its text and its values, and the
// test goes on. Each program is one .c or .cpp file that includes this once:
//
//   static void pushes_are_counted(void) { ... CHECK_EQ_SIZE(ss_buffer_count(int, &b), 3); ... }
//   int main(void) { RUN(pushes_are_counted); return check_summary(); }
//
// After each test nothing may be live on the thread stack, and a trim must leave nothing reserved:
// RUN checks that, so every test begins on a cold stack.
#ifndef SS_TESTS_CHECK_H
#define SS_TESTS_CHECK_H

#include "secondstack.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// 1: each test runs again and again with refused memory. faults/faults.h is included before this file
// and says so.
#ifndef CHECK_FAULTS
#define CHECK_FAULTS 0
#endif

#ifdef __cplusplus
#include <atomic>
#define CHECK_ATOMIC(T) std::atomic<T>
#define CHECK_THREAD_LOCAL thread_local
#define CHECK_EXTERN extern "C"
#else
#define CHECK_ATOMIC(T) _Atomic(T)
#define CHECK_THREAD_LOCAL _Thread_local
#define CHECK_EXTERN extern
#endif

// -------------------------------------------------------------------------------------------------
// State

// What is printed of one test; the rest is counted.
enum { CHECK_FAILURES_SHOWN = 8 };

static CHECK_ATOMIC(int) check_failures;  // of the running test, in all its threads
static int check_tests_passed;
static int check_tests_failed;

// A fatal that a test expects, in the thread that expects it.
typedef struct check_fatal_state {
  jmp_buf jump;
  bool is_expected;
  bool was_raised;
  char message[512];
} check_fatal_state;
static CHECK_THREAD_LOCAL check_fatal_state check_fatal;

// -------------------------------------------------------------------------------------------------
// Checks. Each evaluates its arguments once and is true when it holds.

// Counts a failure; true while failures of this test are still shown.
static inline bool check_fail(const char *file, int line)
{
  const int failures = ++check_failures;
  if (failures == CHECK_FAILURES_SHOWN + 1) fprintf(stderr, "  ... more of this test\n");
  if (failures > CHECK_FAILURES_SHOWN) return false;
  fprintf(stderr, "  %s:%d: ", file, line);
  return true;
}

static inline bool check_true(bool holds, const char *text, const char *file, int line)
{
  if (!holds && check_fail(file, line)) fprintf(stderr, "%s\n", text);
  return holds;
}

// Figures that count chunks and calls may differ after a refusal; contents and what is used may not.
static inline bool check_may_differ(const char *text)
{
#if CHECK_FAULTS
  static const char *const figures[] = {"reserved",     "chunks",      "growths",  "backing_calls",
                                        "bytes_copied", "peak",        "calls(",   "acquires",
                                        "resizes",      "releases",    "refusals", "most_bytes",
                                        "live_bytes",   "last_acquire"};
  for (size_t i = 0; fault_has_refused() && i < sizeof figures / sizeof figures[0]; i += 1) {
    if (strstr(text, figures[i])) return true;
  }
#endif
  (void)text;
  return false;
}

static inline bool check_eq_size(size_t a, size_t b, const char *text, const char *file, int line)
{
  if (a == b || check_may_differ(text)) return true;
  if (check_fail(file, line)) fprintf(stderr, "%s: %zu, %zu\n", text, a, b);
  return false;
}

static inline bool check_le_size(size_t a, size_t b, const char *text, const char *file, int line)
{
  if (a <= b || check_may_differ(text)) return true;
  if (check_fail(file, line)) fprintf(stderr, "%s: %zu, %zu\n", text, a, b);
  return false;
}

static inline bool check_eq_int(long long a, long long b, const char *text, const char *file,
                                int line)
{
  if (a != b && check_fail(file, line)) fprintf(stderr, "%s: %lld, %lld\n", text, a, b);
  return a == b;
}

static inline bool check_eq_ptr(const void *a, const void *b, const char *text, const char *file,
                                int line)
{
#if CHECK_FAULTS
  if (a && b && fault_has_refused()) return true;  // which place it is may differ, too
#endif
  if (a != b && check_fail(file, line)) fprintf(stderr, "%s: %p, %p\n", text, a, b);
  return a == b;
}

static inline bool check_str(const char *a, const char *b, const char *text, const char *file,
                             int line)
{
  const bool holds = a && b && strcmp(a, b) == 0;
  if (!holds && check_fail(file, line)) {
    fprintf(stderr, "%s: \"%s\", \"%s\"\n", text, a ? a : "(NULL)", b ? b : "(NULL)");
  }
  return holds;
}

static inline bool check_contains(const char *whole, const char *part, const char *text,
                                  const char *file, int line)
{
  const bool holds = strstr(whole, part) != NULL;
  if (!holds && check_fail(file, line)) {
    fprintf(stderr, "%s: no \"%s\" in \"%s\"\n", text, part, whole);
  }
  return holds;
}

static inline bool check_aligned(const void *p, size_t align, const char *text, const char *file,
                                 int line)
{
  const bool holds = p != NULL && (uintptr_t)p % align == 0;
  if (!holds && check_fail(file, line)) fprintf(stderr, "%s: %p, %zu\n", text, p, align);
  return holds;
}

static inline bool check_filled(const void *data, int byte, size_t size, const char *text,
                                const char *file, int line)
{
  const unsigned char *bytes = (const unsigned char *)data;
  size_t i = 0;
  while (i < size && bytes[i] == (unsigned char)byte) i += 1;
  if (i < size && check_fail(file, line)) {
    fprintf(stderr, "%s: byte %zu is 0x%02x, not 0x%02x\n", text, i, bytes[i], (unsigned char)byte);
  }
  return i == size;
}

#define CHECK(condition) check_true((condition), #condition, __FILE__, __LINE__)
// Getting here is the failure.
#define CHECK_UNREACHED(why) check_true(false, why, __FILE__, __LINE__)
#define CHECK_EQ_SIZE(a, b) check_eq_size((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_LE_SIZE(a, b) check_le_size((a), (b), #a " <= " #b, __FILE__, __LINE__)
#define CHECK_EQ_INT(a, b) check_eq_int((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_EQ_PTR(a, b) check_eq_ptr((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_STR(a, b) check_str((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_CONTAINS(whole, part) check_contains((whole), (part), #whole, __FILE__, __LINE__)
#define CHECK_ALIGNED(p, align) check_aligned((p), (align), #p ", " #align, __FILE__, __LINE__)
// `size` bytes at `data` all have the value `byte`.
#define CHECK_FILLED(data, byte, size) \
  check_filled((data), (byte), (size), #data, __FILE__, __LINE__)

// The library's own invariants hold (declared in src/internal.h).
CHECK_EXTERN const char *ss__why_invalid(const ss_stack *stack);
#define CHECK_VALID(stack) check_valid((stack), __FILE__, __LINE__)
static inline void check_valid(const ss_stack *stack, const char *file, int line)
{
  const char *broken = ss__why_invalid(stack);
  if (broken && check_fail(file, line)) fprintf(stderr, "the stack is invalid: %s\n", broken);
}

// Two snapshots of a stack that must not differ.
#define CHECK_SAME_STATS(a, b) check_same_stats((a), (b), __FILE__, __LINE__)
static inline void check_same_stats(ss_stats a, ss_stats b, const char *file, int line)
{
  check_eq_size(a.used, b.used, "used", file, line);
  check_eq_size(a.reserved, b.reserved, "reserved", file, line);
  check_eq_size(a.chunks, b.chunks, "chunks", file, line);
  check_eq_size(a.growths, b.growths, "growths", file, line);
  check_eq_size(a.bytes_copied, b.bytes_copied, "bytes_copied", file, line);
}

// -------------------------------------------------------------------------------------------------
// Expecting a fatal

// Runs `statement`, which may fail through ss_set_fatal. The handler longjmps back here, so locals
// that `statement` changes must be volatile. Then fatal_was_raised() and fatal_message() tell.
#define CATCH_FATAL(statement)           \
  do {                                   \
    check_fatal.is_expected = true;      \
    check_fatal.was_raised = false;      \
    check_fatal.message[0] = '\0';       \
    if (setjmp(check_fatal.jump) == 0) { \
      statement;                         \
    }                                    \
    check_fatal.is_expected = false;     \
  } while (0)

// The same where it must fail.
#define EXPECT_FATAL(statement)                                                      \
  do {                                                                               \
    CATCH_FATAL(statement);                                                          \
    check_true(check_fatal.was_raised, "no fatal: " #statement, __FILE__, __LINE__); \
  } while (0)

static inline bool fatal_was_raised(void)
{
  return check_fatal.was_raised;
}

static inline const char *fatal_message(void)
{
  return check_fatal.message;
}

static inline void check_on_fatal(const char *message)
{
#if CHECK_FAULTS
  fault_catch(message);
#endif
  if (!check_fatal.is_expected) {
    fprintf(stderr, "  unexpected fatal: %s\n", message);
    return;  // and so aborts
  }
  check_fatal.is_expected = false;
  check_fatal.was_raised = true;
  snprintf(check_fatal.message, sizeof check_fatal.message, "%s", message);
  longjmp(check_fatal.jump, 1);
}

// -------------------------------------------------------------------------------------------------
// Running

static inline void check_once(void (*test)(void))
{
  test();
  CHECK_VALID(ss_thread_stack());
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  ss_trim(0);
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
}

#if CHECK_FAULTS
static inline int check_failure_count(void)
{
  return check_failures;
}
#endif

#define RUN(test) check_run((test), #test)
static inline void check_run(void (*test)(void), const char *name)
{
  ss_set_fatal(check_on_fatal);
  check_failures = 0;
#if CHECK_FAULTS
  const fault_test whole = {name, test, check_once, check_fail, check_failure_count};
  fault_run(&whole);
#else
  check_once(test);
#endif
  if (check_failures == 0) {
    check_tests_passed += 1;
    return;
  }
  check_tests_failed += 1;
  fprintf(stderr, "FAILED %s (%d checks)\n", name, (int)check_failures);
  // So that the next test does not fail for this one's sake.
  ss_thread_detach();
}

static inline int check_summary(void)
{
#if CHECK_FAULTS
  fault_print_totals();
#endif
  printf("%d passed, %d failed\n", check_tests_passed, check_tests_failed);
  return check_tests_failed == 0 ? 0 : 1;
}

// -------------------------------------------------------------------------------------------------
// Random numbers that are the same everywhere (xorshift32). A seed must not be 0.

static inline uint32_t random_next(uint32_t *seed)
{
  uint32_t x = *seed;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *seed = x;
}

// A number below `limit`.
static inline size_t random_below(uint32_t *seed, size_t limit)
{
  return random_next(seed) % limit;
}

#endif
