// Formatted text. In a file of its own: it brings printf along.
#include "internal.h"

#include <limits.h>
#include <stdio.h>

// alloc NULL: the text is printed straight into the room, and again only if it did not fit.
char *ss__format(ss_stack *user, ss_stack *stack, ss__debug_alloc_fn *alloc, const char *call,
                 const char *format, ...)
{
  char *room = stack->top;
  const size_t room_bytes = alloc || stack->watch ? 0 : (size_t)(stack->limit - room);
  va_list arguments;
  va_start(arguments, format);
  // POSIX lets it refuse a larger room than this.
  const size_t most_bytes = room_bytes < INT_MAX ? room_bytes : INT_MAX;
  const int length = vsnprintf(room_bytes ? room : NULL, most_bytes, format, arguments);
  va_end(arguments);
  if (length < 0) {
    return (char *)ss__fail(call, 0, "bytes", "the format cannot be written, bytes written are", 0);
  }
  const size_t size = (size_t)length + 1;
  char *text =
      (char *)(alloc ? alloc(user, stack, size, 1, call) : ss__alloc(stack, size, 1, call));
  if (text && (size > room_bytes || text != room)) {
    va_start(arguments, format);
    (void)vsnprintf(text, size, format, arguments);
    va_end(arguments);
  }
  return text;
}
