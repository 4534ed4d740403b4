// SPDX-License-Identifier: MIT
// Lines of text for the reports about a stack. This is a file of its own because it links printf.
#include "records.h"

#include <stdio.h>

void ss__tell(const ss__listener *to, const char *format, ...)
{
  char text[640];
  va_list arguments;
  va_start(arguments, format);
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start in the line above initialises it
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (to->fn) {
    to->fn(to->context, text);
  } else {
    ss__platform_print(text);
  }
}
