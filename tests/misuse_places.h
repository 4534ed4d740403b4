// SPDX-License-Identifier: MIT
// For tests of misuse: remembers the lines of the calls, and checks that a message names them.
//
//   AT(saved_line) const ss_mark mark = ss_save();
//   EXPECT_FATAL(AT(misused_line) ss_restore(mark));
//   CHECK_NAMES(saved_line);
#ifndef SS_TESTS_MISUSE_PLACES_H
#define SS_TESTS_MISUSE_PLACES_H

#include "check.h"

#include <ctype.h>

// Remembers in `variable` the line in which it stands.
#define AT(variable) variable = __LINE__;

// Checks that the last message names this file and `line`.
#define CHECK_NAMES(line) check_names((line), #line, __FILE__, __LINE__)

static inline bool names_place(const char *message, const char *path, int line)
{
  const char *slash = strrchr(path, '/');
  char place[128];
  const int length = snprintf(place, sizeof place, "%s:%d", slash ? slash + 1 : path, line);
  for (const char *at = message; (at = strstr(at, place)) != NULL; at += 1) {
    if (!isdigit((unsigned char)at[length])) return true;
  }
  return false;
}

static inline bool check_names(int line, const char *text, const char *file, int check_line)
{
  const bool holds = names_place(fatal_message(), file, line);
  if (!holds && check_fail(file, check_line)) {
    fprintf(stderr, "%s (line %d) is not named in \"%s\"\n", text, line, fatal_message());
  }
  return holds;
}

#endif
