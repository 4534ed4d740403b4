// SPDX-License-Identifier: MIT
// The checks of the unit tests. A check that fails prints its place, its text and its values, and
// the test goes on. All unit tests of one configuration are one program, in which each file is a
// group:
//
//   static void pushes_are_counted(void) { ... CHECK_EQ_SIZE(ss_buffer_count(int, &b), 3); ... }
//   TEST_GROUP(buffer)
//   {
//     RUN(pushes_are_counted);
//   }
//
// check.c has the program's `main`, which runs the groups, or the tests that --filter names.
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

// 1: each test runs repeatedly, each time with another call of the backing refused.
//    faults/faults.h, which is then included before this file, sets it.
#ifndef CHECK_FAULTS
#define CHECK_FAULTS 0
#endif
// How often a test repeats its steps: `all` times, or `in_faults` times where the whole test is run
// a hundred times anyway.
#define CHECK_ROUNDS(all, in_faults) (CHECK_FAULTS ? (in_faults) : (all))

#ifdef __cplusplus
extern "C" {
#endif

// -------------------------------------------------------------------------------------------------
// Checks. Each evaluates its arguments once, and returns whether it holds.

// Counts a failure. Returns whether to show it: after many failures of a test the others are only
// counted.
bool check_fail(const char *file, int line);
// How often a check of the running test has failed, in all its threads.
int check_failure_count(void);

void check_failed(const char *text, const char *file, int line);
// This is inline so that compilers and analysers see what is true in the rest of the test.
static inline bool check_true(bool holds, const char *text, const char *file, int line)
{
  if (!holds) check_failed(text, file, line);
  return holds;
}
bool check_eq_size(size_t a, size_t b, const char *text, const char *file, int line);
bool check_le_size(size_t a, size_t b, const char *text, const char *file, int line);
bool check_eq_int(long long a, long long b, const char *text, const char *file, int line);
bool check_eq_ptr(const void *a, const void *b, const char *text, const char *file, int line);
bool check_str(const char *a, const char *b, const char *text, const char *file, int line);
bool check_contains(const char *whole, const char *part, const char *text, const char *file,
                    int line);
bool check_aligned(const void *p, size_t align, const char *text, const char *file, int line);
bool check_filled(const void *data, int byte, size_t size, const char *text, const char *file,
                  int line);
void check_valid(const ss_stack *stack, const char *file, int line);
void check_same_stats(ss_stats a, ss_stats b, const char *file, int line);

#define CHECK(condition) check_true((condition), #condition, __FILE__, __LINE__)
// Fails: the test must not get here.
#define CHECK_UNREACHED(why) check_true(false, why, __FILE__, __LINE__)
#define CHECK_EQ_SIZE(a, b) check_eq_size((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_LE_SIZE(a, b) check_le_size((a), (b), #a " <= " #b, __FILE__, __LINE__)
#define CHECK_EQ_INT(a, b) check_eq_int((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_EQ_PTR(a, b) check_eq_ptr((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_STR(a, b) check_str((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_CONTAINS(whole, part) check_contains((whole), (part), #whole, __FILE__, __LINE__)
#define CHECK_ALIGNED(p, align) check_aligned((p), (align), #p ", " #align, __FILE__, __LINE__)
// Checks that all `size` bytes at `data` have the value `byte`.
#define CHECK_FILLED(data, byte, size) \
  check_filled((data), (byte), (size), #data, __FILE__, __LINE__)

// Checks the library's own invariants, which src/internal.h lists.
#define CHECK_VALID(stack) check_valid((stack), __FILE__, __LINE__)
// Checks that two snapshots of a stack's figures are the same.
#define CHECK_SAME_STATS(a, b) check_same_stats((a), (b), __FILE__, __LINE__)

// -------------------------------------------------------------------------------------------------
// Expecting a fatal

// Whether a thread expects a fatal, and the fatal that was raised.
typedef struct check_fatal_state {
  jmp_buf jump;
  bool is_expected;
  bool was_raised;
  char message[512];
} check_fatal_state;

// Returns the state of the calling thread.
check_fatal_state *check_fatal(void);

// Runs `statement`, which may fail through ss_set_fatal. The handler longjmps back here, so locals
// that `statement` changes must be volatile. Afterwards fatal_was_raised() and fatal_message() say
// what happened.
#define CATCH_FATAL(statement)              \
  do {                                      \
    check_fatal()->is_expected = true;      \
    check_fatal()->was_raised = false;      \
    check_fatal()->message[0] = '\0';       \
    if (setjmp(check_fatal()->jump) == 0) { \
      statement;                            \
    }                                       \
    check_fatal()->is_expected = false;     \
  } while (0)

// CATCH_FATAL of a statement that must fail.
#define EXPECT_FATAL(statement)                                                         \
  do {                                                                                  \
    CATCH_FATAL(statement);                                                             \
    check_true(check_fatal()->was_raised, "no fatal: " #statement, __FILE__, __LINE__); \
  } while (0)

// The handler of ss_set_fatal with which each test begins.
void check_on_fatal(const char *message);

static inline bool fatal_was_raised(void)
{
  return check_fatal()->was_raised;
}

static inline const char *fatal_message(void)
{
  return check_fatal()->message;
}

// -------------------------------------------------------------------------------------------------
// Groups and tests

typedef struct check_group {
  const char *name;
  const char *alone;  // why the group runs in a process of its own, or NULL if it does not
  void (*run)(void);
  struct check_group *next;
} check_group;

// Adds a group. It is called before main.
void check_add_group(check_group *group);

// The group of a file's tests: in braces behind it stands one RUN for each test. The braces are run
// once to list the tests and once to run them, so nothing but RUN belongs into them.
#define TEST_GROUP(name) CHECK__GROUP(name, NULL)
// A group that needs a process of its own, for the given reason: suites/run_program.sh starts the
// program once more for it.
#define TEST_GROUP_ALONE(name, reason) CHECK__GROUP(name, reason)
#define CHECK__GROUP(name, alone)                                              \
  static void name##_group(void);                                              \
  __attribute__((constructor)) static void name##_add_group(void)              \
  {                                                                            \
    static check_group group = {CHECK__TEXT(name), alone, name##_group, NULL}; \
    check_add_group(&group);                                                   \
  }                                                                            \
  static void name##_group(void)
#define CHECK__TEXT(name) #name

#define RUN(test) check_run((test), #test)
void check_run(void (*test)(void), const char *name);

// Runs a test, and checks what must hold after each test.
void check_once(void (*test)(void));

// Prints what this program does not check in the running group.
void check_note(const char *what);

// Returns whether `word` is among the program's arguments that are not options.
bool check_has_argument(const char *word);
// Returns the first number among these arguments, or `otherwise` if there is none.
int check_number_argument(int otherwise);

#ifdef __cplusplus
}
#endif

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

// Returns a random number below `limit`.
static inline size_t random_below(uint32_t *seed, size_t limit)
{
  return random_next(seed) % limit;
}

#endif
