// SPDX-License-Identifier: MIT
// The unit tests' program: its checks, its groups of tests, and `main`. check.h says how a test is
// written.
#include "check.h"

#include "valid.h"

#include <stdatomic.h>

// How many failures of one test are printed; the others are only counted.
enum { CHECK_FAILURES_SHOWN = 8 };

enum { STATUS_WELL = 0, STATUS_FAILED = 1, STATUS_WRONG_USE = 2 };

static atomic_int failures;  // of the running test, in all its threads
static _Thread_local check_fatal_state fatal_state;

// -------------------------------------------------------------------------------------------------
// What sanitizers ask a program for

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
  return "allocator_may_return_null=1:detect_stack_use_after_return=1";
}

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
  return "allocator_may_return_null=1:halt_on_error=1";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
  return "print_stacktrace=1";
}

// -------------------------------------------------------------------------------------------------
// Checks

bool check_fail(const char *file, int line)
{
  const int count = atomic_fetch_add(&failures, 1) + 1;
  if (count == CHECK_FAILURES_SHOWN + 1) fprintf(stderr, "  ... more of this test\n");
  if (count > CHECK_FAILURES_SHOWN) return false;
  fprintf(stderr, "  %s:%d: ", file, line);
  return true;
}

int check_failure_count(void)
{
  return atomic_load(&failures);
}

void check_failed(const char *text, const char *file, int line)
{
  if (check_fail(file, line)) fprintf(stderr, "%s\n", text);
}

// Figures that count chunks and calls may differ after a refusal; contents and what is used may
// not.
static bool may_differ(const char *text)
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

bool check_eq_size(size_t a, size_t b, const char *text, const char *file, int line)
{
  if (a == b || may_differ(text)) return true;
  if (check_fail(file, line)) fprintf(stderr, "%s: %zu, %zu\n", text, a, b);
  return false;
}

bool check_le_size(size_t a, size_t b, const char *text, const char *file, int line)
{
  if (a <= b || may_differ(text)) return true;
  if (check_fail(file, line)) fprintf(stderr, "%s: %zu, %zu\n", text, a, b);
  return false;
}

bool check_eq_int(long long a, long long b, const char *text, const char *file, int line)
{
  if (a != b && check_fail(file, line)) fprintf(stderr, "%s: %lld, %lld\n", text, a, b);
  return a == b;
}

bool check_eq_ptr(const void *a, const void *b, const char *text, const char *file, int line)
{
#if CHECK_FAULTS
  if (a && b && fault_has_refused()) return true;  // which place it is may differ, too
#endif
  if (a != b && check_fail(file, line)) fprintf(stderr, "%s: %p, %p\n", text, a, b);
  return a == b;
}

bool check_str(const char *a, const char *b, const char *text, const char *file, int line)
{
  const bool holds = a && b && strcmp(a, b) == 0;
  if (!holds && check_fail(file, line)) {
    fprintf(stderr, "%s: \"%s\", \"%s\"\n", text, a ? a : "(NULL)", b ? b : "(NULL)");
  }
  return holds;
}

bool check_contains(const char *whole, const char *part, const char *text, const char *file,
                    int line)
{
  const bool holds = strstr(whole, part) != NULL;
  if (!holds && check_fail(file, line)) {
    fprintf(stderr, "%s: no \"%s\" in \"%s\"\n", text, part, whole);
  }
  return holds;
}

bool check_aligned(const void *p, size_t align, const char *text, const char *file, int line)
{
  const bool holds = p != NULL && (uintptr_t)p % align == 0;
  if (!holds && check_fail(file, line)) fprintf(stderr, "%s: %p, %zu\n", text, p, align);
  return holds;
}

bool check_filled(const void *data, int byte, size_t size, const char *text, const char *file,
                  int line)
{
  const unsigned char *bytes = (const unsigned char *)data;
  size_t i = 0;
  while (i < size && bytes[i] == (unsigned char)byte) i += 1;
  if (i < size && check_fail(file, line)) {
    fprintf(stderr, "%s: byte %zu is 0x%02x, not 0x%02x\n", text, i, bytes[i], (unsigned char)byte);
  }
  return i == size;
}

void check_valid(const ss_stack *stack, const char *file, int line)
{
  const char *broken = ss__why_invalid(stack);
  if (broken && check_fail(file, line)) fprintf(stderr, "the stack is invalid: %s\n", broken);
}

void check_same_stats(ss_stats a, ss_stats b, const char *file, int line)
{
  check_eq_size(a.used, b.used, "used", file, line);
  check_eq_size(a.reserved, b.reserved, "reserved", file, line);
  check_eq_size(a.chunks, b.chunks, "chunks", file, line);
  check_eq_size(a.growths, b.growths, "growths", file, line);
  check_eq_size(a.bytes_copied, b.bytes_copied, "bytes_copied", file, line);
}

// -------------------------------------------------------------------------------------------------
// Expecting a fatal

check_fatal_state *check_fatal(void)
{
  return &fatal_state;
}

void check_on_fatal(const char *message)
{
#if CHECK_FAULTS
  fault_catch(message);
#endif
  check_fatal_state *state = &fatal_state;
  if (!state->is_expected) {
    fprintf(stderr, "  unexpected fatal: %s\n", message);
    return;  // and so aborts
  }
  state->is_expected = false;
  state->was_raised = true;
  snprintf(state->message, sizeof state->message, "%s", message);
  longjmp(state->jump, 1);
}

// -------------------------------------------------------------------------------------------------
// Groups and tests

typedef enum action { ACTION_RUN, ACTION_LIST } action;

enum { MOST_EXCEPT = 8 };

typedef struct options {
  action action;
  bool is_traced;
  const char *filter;               // a group, or group.test; NULL: all
  const char *except[MOST_EXCEPT];  // groups that are passed over
  int except_count;
  const char *after;  // the group.test that is the last to be passed over; NULL: none
  char **words;
  int word_count;
} options;

static check_group *first_group;
static const check_group *group;  // the one that is running
static options chosen;
static int run_count, failed_count;

void check_add_group(check_group *added)
{
  // Keeps the groups in the order of their names, because the linker's order may be any.
  check_group **at = &first_group;
  while (*at && strcmp((*at)->name, added->name) < 0) at = &(*at)->next;
  added->next = *at;
  *at = added;
}

void check_note(const char *what)
{
  if (chosen.action == ACTION_RUN) printf("not checked: %s\n", what);
}

bool check_has_argument(const char *word)
{
  for (int i = 0; i < chosen.word_count; i += 1) {
    if (strcmp(chosen.words[i], word) == 0) return true;
  }
  return false;
}

int check_number_argument(int otherwise)
{
  for (int i = 0; i < chosen.word_count; i += 1) {
    const int number = (int)strtol(chosen.words[i], NULL, 10);
    if (number > 0) return number;
  }
  return otherwise;
}

// `filter` is the group's name, or its and the test's with a dot between them.
static bool is_chosen(const char *filter, const char *test)
{
  const size_t length = strlen(group->name);
  if (strncmp(filter, group->name, length) != 0) return false;
  return filter[length] == '\0' ||
         (filter[length] == '.' && (test == NULL || strcmp(filter + length + 1, test) == 0));
}

// Returns whether the group has a test that --filter names. Without --filter, groups that run alone
// are left out.
static bool is_group_chosen(void)
{
  for (int i = 0; i < chosen.except_count; i += 1) {
    if (strcmp(chosen.except[i], group->name) == 0) return false;
  }
  return chosen.filter ? is_chosen(chosen.filter, NULL) : group->alone == NULL;
}

void check_once(void (*test)(void))
{
  test();
  CHECK_VALID(ss_thread_stack());
  CHECK_EQ_SIZE(ss_thread_stats().used, 0);
  ss_trim(0);
  CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
}

void check_run(void (*test)(void), const char *name)
{
  if (chosen.action == ACTION_LIST) {
    printf("%s.%s\n", group->name, name);
    return;
  }
  if (chosen.filter && !is_chosen(chosen.filter, name)) return;
  if (chosen.after) {
    if (is_chosen(chosen.after, name)) chosen.after = NULL;
    return;
  }
  if (chosen.is_traced) {
    printf("run %s.%s\n", group->name, name);
    fflush(stdout);
  }
  ss_set_fatal(check_on_fatal);
  atomic_store(&failures, 0);
#if CHECK_FAULTS
  fault_run(test, group->name);
#else
  check_once(test);
#endif
  run_count += 1;
  if (atomic_load(&failures) == 0) return;
  failed_count += 1;
  fprintf(stderr, "FAILED %s.%s (%d checks)\n", group->name, name, atomic_load(&failures));
  // Cleans up, so that the next test does not fail because of this one.
  ss_thread_free();
}

static void print_help(const char *program)
{
  printf(
      "Usage: %s [OPTION...] [WORD...]\n\n"
      "Runs the tests, all but those of groups that want a process of their own.\n\n"
      "  --filter GROUP        only this group's\n"
      "  --filter GROUP.TEST   only this test\n"
      "  --except GROUP        all but this group's; may be given up to eight times\n"
      "  --after GROUP.TEST    only those after this test\n"
      "  --list                print the tests, one to a line, instead of running them\n"
      "  --groups              print the groups; behind those with a process of their own, why\n"
      "  --trace               say before each test which it is\n\n"
      "Words are for the tests. Exit status: 0 all well; 1 a test failed; 2 wrong arguments.\n",
      program);
}

static void list_groups(void)
{
  for (group = first_group; group; group = group->next) {
    printf("%s%s%s\n", group->name, group->alone ? "\t" : "", group->alone ? group->alone : "");
  }
}

static int wrong_use(const char *problem, const char *what)
{
  fprintf(stderr, "check: %s: %s; --help lists the options\n", problem, what);
  return STATUS_WRONG_USE;
}

static bool has_value(const char *option)
{
  return strcmp(option, "--filter") == 0 || strcmp(option, "--except") == 0 ||
         strcmp(option, "--after") == 0;
}

// Returns where the value of an option is stored. Each --except has a place of its own.
static const char **option_value(const char *option)
{
  if (strcmp(option, "--filter") == 0) return &chosen.filter;
  if (strcmp(option, "--except") == 0) {
    return &chosen.except[chosen.except_count++];
  }
  return &chosen.after;
}

int main(int argc, char **argv)
{
  chosen.words = argv + argc;
  for (int i = 1; i < argc; i += 1) {
    const char *argument = argv[i];
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
      print_help(argv[0]);
      return STATUS_WELL;
    }
    if (strcmp(argument, "--groups") == 0) {
      list_groups();
      return STATUS_WELL;
    }
    if (strcmp(argument, "--list") == 0) {
      chosen.action = ACTION_LIST;
    } else if (strcmp(argument, "--trace") == 0) {
      chosen.is_traced = true;
    } else if (has_value(argument)) {
      if (i + 1 == argc) return wrong_use("nothing behind the option", argument);
      if (strcmp(argument, "--except") == 0 && chosen.except_count == MOST_EXCEPT) {
        return wrong_use("given too often", argument);
      }
      i += 1;
      *option_value(argument) = argv[i];
    } else if (argument[0] == '-') {
      return wrong_use("no such option", argument);
    } else {
      chosen.words = argv + i;
      chosen.word_count = argc - i;
      break;
    }
  }
  for (group = first_group; group; group = group->next) {
    if (chosen.action == ACTION_LIST || is_group_chosen()) group->run();
  }
  if (chosen.action == ACTION_LIST) return STATUS_WELL;
  if (chosen.after) return wrong_use("no such test", chosen.after);
  if (chosen.filter && run_count == 0) return wrong_use("no such test", chosen.filter);
#if CHECK_FAULTS
  fault_print_totals();
#endif
  printf("%d passed, %d failed\n", run_count - failed_count, failed_count);
  return failed_count == 0 ? STATUS_WELL : STATUS_FAILED;
}
