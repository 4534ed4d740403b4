// SPDX-License-Identifier: MIT
// Formatted text. This is a file of its own because it links printf, which few programs want.
#include "internal.h"

#include <limits.h>
#include <stdio.h>

// Prints straight into the stack's free room, and a second time only if the text did not fit.
char *ss__format_into(ss_stack *stack, ss__text_alloc *alloc, void *context, const char *call,
                      const char *format, va_list arguments)
{
  char *room = stack->top;
  const size_t room_bytes = stack->watch ? 0 : (size_t)(stack->limit - room);
  va_list again;
  va_copy(again, arguments);
  // POSIX allows vsnprintf to refuse a room that is larger than INT_MAX.
  const size_t most_bytes = room_bytes < INT_MAX ? room_bytes : INT_MAX;
  const int length = vsnprintf(room_bytes ? room : NULL, most_bytes, format, arguments);
  char *text = NULL;
  if (length < 0) {
    text = (char *)ss__fail(call, 0, "bytes", "the format cannot be written, bytes written are", 0);
  } else {
    const size_t size = (size_t)length + 1;
    text = alloc(stack, size, context);
    if (text && (size > room_bytes || text != room)) (void)vsnprintf(text, size, format, again);
  }
  va_end(again);
  return text;
}

static char *alloc_text(ss_stack *stack, size_t size, void *call)
{
  return (char *)ss__alloc(stack, size, 1, (const char *)call);
}

char *ss__format(ss_stack *stack, const char *call, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  char *text = ss__format_into(stack, alloc_text, (void *)(uintptr_t)call, call, format, arguments);
  va_end(arguments);
  return text;
}
