// SPDX-License-Identifier: MIT
// Lines of text for those who look into a stack. In a file of its own: it brings printf along.
#include "records.h"

#include <stdio.h>

void ss__tell(const ss__listener *to, const char *format, ...)
{
  char text[640];
  va_list arguments;
  va_start(arguments, format);
  // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is, in the line above
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (to->fn) {
    to->fn(to->context, text);
  } else {
    ss__platform_print(text);
  }
}
