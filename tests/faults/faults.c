// SPDX-License-Identifier: MIT
// Every backing call of every unit test fails. Each test runs as it is; then with its nth call of a
// backing refused, alone or with those after it, once with plain calls and once with their try_ twins: for
// every n, or for those that step_after takes.
//
// When a call fails because of that, fault_end checks that the failure was told as it should (try_:
// NULL; plain: one line through ss_set_fatal, left by a longjmp), that the stack is as it was, figures and
// contents, and that it can be used. Then nothing more is refused, the call is made again as it was
// written, and the test goes on to its end with its own checks. A refusal that fails no call, as of a
// resize, leaves the test to them, too.
#include "faults.h"

#include "check.h"
#include "valid.h"

#include <stdatomic.h>

typedef struct fault_totals {
  size_t refusals;  // runs with one
  size_t passed_over;
  atomic_size_t failures;
} fault_totals;

// So many calls of a test are all refused, one after the other. WebAssembly runs the same code behind the calls.
#ifdef __wasm__
enum { FIRST_CALLS = 4, FIRST_CALLS_OF_SLOW = 2 };
#else
enum { FIRST_CALLS = 10, FIRST_CALLS_OF_SLOW = 2 };
#endif
// Groups whose tests take long each time.
static const char *const slow_groups[] = {"growth",      "receive", "soak", "stats",
                                          "thread_exit", "threads", "warm"};

static fault_totals totals;
static size_t first_calls;  // of the running test
static fault_form form;
static size_t refusals_before;  // this test
static _Thread_local fault_attempt *current;

static void fail(const char *call, const char *what)
{
  if (check_fail(__FILE__, __LINE__)) fprintf(stderr, "%s: %s\n", call ? call : "try_", what);
}

bool fault_has_refused(void)
{
  return refusing_refusals() != refusals_before;
}

void fault_begin(fault_attempt *attempt, ss_stack *stack, const ss_buffer *buffer, const char *call)
{
  attempt->outer = current;
  attempt->stack = stack;
  attempt->buffer = buffer;
  attempt->call = call;
  attempt->is_plain = call && form == FAULT_PLAIN;
  attempt->is_partial = false;
  attempt->is_done = false;
  attempt->fatals = 0;
  attempt->refusals = refusing_own_refusals();
  attempt->before = snapshot_take(stack, buffer);
  current = attempt;
}

void fault_catch(const char *message)
{
  fault_attempt *attempt = current;
  if (attempt == NULL) return;
  // Misuse is fatal in both.
  if (!attempt->is_plain && strstr(message, "asked for")) {
    fail(attempt->call, "a try_ call was told as fatal");
  }
  attempt->fatals += 1;
  snprintf(attempt->message, sizeof attempt->message, "%s", message);
  longjmp(attempt->jump, 1);
}

static void check_message(const fault_attempt *attempt)
{
  char start[64];
  snprintf(start, sizeof start, "secondstack: %s: ", attempt->call);
  const bool is_line = strncmp(attempt->message, start, strlen(start)) == 0 &&
                       strchr(attempt->message, '\n') == NULL &&
                       strstr(attempt->message, "asked for");
  if (!is_line) fail(attempt->call, attempt->message);
}

static void check_unchanged(const fault_attempt *attempt)
{
  const snapshot now = snapshot_take(attempt->stack, attempt->buffer);
  const ss_stats *a = &attempt->before.stats;
  const ss_stats *b = &now.stats;
  if (a->used != b->used) fail(attempt->call, "a failure has changed what is used");
  if (attempt->before.contents != now.contents)
    fail(attempt->call, "a failure has changed contents");
  // With SS_DEBUG there may be room for a record and none for what it is of.
  if (attempt->is_partial || SS_DEBUG) return;
  // A row of lanes for a fifth open buffer may stay: tests/README.md.
  if (a->chunks != b->chunks || a->growths != b->growths || a->bytes_copied != b->bytes_copied ||
      (a->reserved != b->reserved && a->reserved + snapshot_row_bytes() != b->reserved)) {
    fail(attempt->call, "a failure has changed what is reserved");
  }
}

static void check_usable(const fault_attempt *attempt)
{
  ss_stack *stack = attempt->stack;
  // In a destructor that runs while a slice is kept the stack is between two states.
  if (stack->pin.is_active) return;
  const char *why = ss__why_invalid(stack);
  if (why) fail(attempt->call, why);
  const size_t used = ss_stack_stats(stack).used;
  const ss_mark mark = ss_stack_save(stack);
  char *slice = (char *)ss_stack_try_alloc(stack, 300, 64);
  if (slice) memset(slice, 0x6b, 300);
  ss_buffer buffer = ss_stack_try_buffer_open(stack);
  int *items = ss_try_extend(int, &buffer, 100);
  for (int i = 0; items && i < 100; i += 1) items[i] = i;
  const ss_slice closed = ss_buffer_close(&buffer);
  if (items) items = (int *)closed.data;
  // Where there is a limit it may be met.
  const bool has_room = slice && items;
  if (!has_room && stack->config.max_bytes == 0) fail(attempt->call, "no room after a failure");
  for (int i = 0; has_room && i < 300; i += 1) {
    if (slice[i] != 0x6b || (i < 100 && items[i] != i)) {
      fail(attempt->call, "the stack cannot be used after a failure");
      break;
    }
  }
  ss_stack_restore(stack, mark);
  why = ss__why_invalid(stack);
  if (why) fail(attempt->call, why);
  if (ss_stack_stats(stack).used != used) fail(attempt->call, "more is used after a failure");
}

void fault_end(fault_attempt *attempt)
{
  current = attempt->outer;
  const bool was_refused = refusing_own_refusals() != attempt->refusals;
  if (attempt->is_done || !was_refused) return;
  refusing_arm(0, false);
  atomic_fetch_add(&totals.failures, 1);
  if (attempt->is_plain && attempt->fatals == 0) fail(attempt->call, "returned from a failure");
  if (attempt->is_plain) check_message(attempt);
  check_unchanged(attempt);
  check_usable(attempt);
}

// True: call n was met.
static bool run_refusing(void (*test)(void), size_t n, bool is_on)
{
  const size_t refusals = refusing_refusals();
  const size_t blocks = refusing_live_blocks();
  refusing_arm(n, is_on);
  current = NULL;  // a longjmp of the test before may have left an attempt
  const int failures = check_failure_count();
  check_once(test);
  const bool was_met = refusing_refusals() != refusals;
  refusing_arm(0, false);
  if (refusing_live_blocks() != blocks) fail(NULL, "memory was not given back");
  if (check_failure_count() != failures) {
    fprintf(stderr, "  with call %zu%s refused, %s calls\n", n, is_on ? " and all after it" : "",
            form == FAULT_PLAIN ? "plain" : "try_");
  }
  return was_met;
}

// Tests that repeat themselves make thousands of calls: beyond the first it is each twice as far.
static size_t step_after(size_t n)
{
  if (getenv("FAULTS_EVERY_CALL")) return 1;
  const size_t step = n < first_calls ? 1 : n;
  totals.passed_over += step - 1;
  return step;
}

static bool is_slow(const char *group)
{
  for (size_t i = 0; i < sizeof slow_groups / sizeof slow_groups[0]; i += 1) {
    if (strcmp(slow_groups[i], group) == 0) return true;
  }
  return false;
}

void fault_run(void (*test)(void), const char *group)
{
  first_calls = is_slow(group) ? FIRST_CALLS_OF_SLOW : FIRST_CALLS;
  refusals_before = refusing_refusals();
  refusing_arm(0, false);
  current = NULL;
  check_once(test);
  for (form = FAULT_PLAIN; form <= FAULT_TRY; form += 1) {
    for (int is_on = 0; is_on <= 1; is_on += 1) {
      for (size_t n = 1; run_refusing(test, n, is_on != 0); n += step_after(n)) {
        totals.refusals += 1;
        if (check_failure_count() > 0) return;
      }
    }
  }
}

void fault_print_totals(void)
{
  printf("%zu runs with a refusal, %zu calls that failed; calls passed over: %zu at most\n",
         totals.refusals, atomic_load(&totals.failures), totals.passed_over);
}
