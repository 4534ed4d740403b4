// SPDX-License-Identifier: MIT
// Fatal errors: one line on standard error, then abort. This file allocates nothing and needs no
// stdio.
#include "internal.h"

#include <stdlib.h>

static ss_fatal_fn *fatal_handler;

ss_fatal_fn *ss_set_fatal(ss_fatal_fn *fn)
{
  ss_fatal_fn *before = fatal_handler;
  fatal_handler = fn;
  return before;
}

_Noreturn void ss__fatal(const char *message)
{
  if (fatal_handler) {
    fatal_handler(message);
  } else {
    ss__platform_print(message);
  }
  abort();
}

typedef struct fatal_line {
  char text[640];  // enough for the five places that profile.c names
  size_t length;
} fatal_line;

static void add_text(fatal_line *out, const char *text)
{
  while (*text && out->length < sizeof out->text - 1) out->text[out->length++] = *text++;
}

static void add_number(fatal_line *out, unsigned long long number)
{
  char digits[24];
  size_t at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number);
  add_text(out, &digits[at]);
}

static void *fail(const char *call, unsigned long long amount, const char *unit, const char *what,
                  size_t limit)
{
  if (call == NULL) return NULL;
  fatal_line out;
  out.length = 0;
  add_text(&out, "secondstack: ");
  add_text(&out, call);
  add_text(&out, ": ");
  add_number(&out, amount);
  add_text(&out, " ");
  add_text(&out, unit);
  add_text(&out, " asked for: ");
  add_text(&out, what);
  add_text(&out, " ");
  add_number(&out, limit);
  out.text[out.length] = 0;
  ss__fatal(out.text);
  return NULL;
}

void *ss__fail(const char *call, size_t amount, const char *unit, const char *what, size_t limit)
{
  return fail(call, amount, unit, what, limit);
}

void *ss__fail_count(unsigned long long n, size_t element_size, const char *call)
{
  const size_t most = element_size ? SIZE_MAX / element_size : SIZE_MAX;
  return fail(call, n, "elements", "size_t ends at as many as", most);
}
