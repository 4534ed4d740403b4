// SPDX-License-Identifier: MIT
// Formatted text at the end of a buffer. This is a file of its own because it links printf, which
// few programs want.
#include "internal.h"

#include <limits.h>
#include <stdio.h>

// Prints straight into the buffer's free capacity, and a second time only if the text did not fit.
// The NUL that printf writes lies behind the buffer's end.
char *ss__append_format(ss_buffer *buffer, const char *call, const char *format, ...)
{
  const size_t room = ss__buffer_room(buffer);
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  // POSIX allows vsnprintf to refuse a room that is larger than INT_MAX.
  const int length =
      vsnprintf(room ? buffer->top : NULL, room < INT_MAX ? room : INT_MAX, format, arguments);
  char *text = buffer->top;
  if (length < 0) {
    text = (char *)ss__fail(call, 0, "bytes", "the format cannot be written, bytes written are", 0);
  } else if ((size_t)length < room) {
    buffer->top += length;
  } else {
    text = (char *)ss__extend(buffer, (size_t)length + 1, 1, call);
    if (text) {
      (void)vsnprintf(text, (size_t)length + 1, format, again);
      buffer->top -= 1;
    }
  }
  va_end(again);
  va_end(arguments);
  return text;
}
