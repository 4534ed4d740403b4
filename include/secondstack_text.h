// SPDX-License-Identifier: MIT
// secondstack_text: a string that grows, on the second stack.
//
//   ss_text t = ss_text_open();
//   ss_text_append(&t, "vertices:");
//   for (int i = 0; i < count; i++) ss_text_format(&t, " %g", (double)x[i]);
//   const char *line = (const char *)ss_text_close(&t).data;   // ends in a NUL, lives until the scope ends
//
// Header only. A text is a buffer of bytes: ss_append, ss_truncate, ss_fill and all other calls for
// buffers work on &t.buffer. So do their try_ forms, which report failure where the calls below
// abort through ss_set_fatal.
#ifndef SECONDSTACK_TEXT_H
#define SECONDSTACK_TEXT_H

#include "secondstack.h"

/// A text that is still growing. Everything that holds for its buffer holds for the text.
typedef struct ss_text {
  ss_buffer buffer;
} ss_text;

/// ss_text ss_text_open(void): opens an empty text on the calling thread's own stack. It belongs to the
/// scope in which it is opened.
/// Errors:  aborts through ss_set_fatal when memory ends.
#define ss_text_open() ss__text_of(ss__open(ss_thread_stack(), SS__CALL("ss_text_open")))
/// ss_text ss_stack_text_open(ss_stack *stack): ss_text_open on a given stack.
#define ss_stack_text_open(stack) ss__text_of(ss__open((stack), SS__CALL("ss_stack_text_open")))

/// void ss_text_append(ss_text *text, const char *string): appends a string that ends in a NUL, which must
/// not lie in this text.
/// Errors:  aborts through ss_set_fatal when memory ends or the text is closed.
#define ss_text_append(text, string) ss__text_append((text), (string), SS__CALL("ss_text_append"))

/// void ss_text_append_bytes(ss_text *text, const char *bytes, size_t size_bytes): appends bytes, among
/// which may be NULs, and which must not lie in this text.
/// Errors:  as ss_text_append.
#define ss_text_append_bytes(text, bytes, size_bytes) \
  ((void)ss__append(&(text)->buffer, (bytes), (size_bytes), SS__CALL("ss_text_append_bytes")))

/// void ss_text_format(ss_text *text, const char *format, ...): appends the text that printf would write.
/// Errors:  as ss_text_append, and when the format cannot be written (EILSEQ).
#define ss_text_format(text, ...) \
  ((void)SS__APPEND_FORMAT(&(text)->buffer, SS__CALL("ss_text_format"), __VA_ARGS__))

/// void ss_text_join(ss_text *text, const char *const *strings, size_t n, const char *separator): appends
/// n strings with the separator between each two of them.
/// Errors:  as ss_text_append.
#define ss_text_join(text, strings, n, separator) \
  ss__text_join((text), (strings), (n), (separator), SS__CALL("ss_text_join"))

/// size_t ss_text_length(const ss_text *text): how many bytes the text has, without a NUL.
#define ss_text_length(text) ss__buffer_size(&(text)->buffer, SS__CALL("ss_text_length"))

/// ss_slice ss_text_close(ss_text *text): ends the growth.
/// Returns: the text; `data` ends in a NUL, which `size` does not count. The slice lives as long as
///          the scope that opened the text.
/// Errors:  aborts through ss_set_fatal when there is no memory for the NUL, or when the text is
///          closed already.
#define ss_text_close(text) ss__text_close((text), SS__CALL("ss_text_close"))

// -------------------------------------------------------------------------------------------------
// Behind the reference

SS__INLINE ss_text ss__text_of(ss_buffer buffer)
{
  ss_text text = {buffer};
  return text;
}

SS__INLINE void ss__text_append(ss_text *text, const char *string, ss__call call)
{
  (void)ss__append(&text->buffer, string, strlen(string), call);
}

SS__INLINE void ss__text_join(ss_text *text, const char *const *strings, size_t n,
                              const char *separator, ss__call call)
{
  const size_t gap = strlen(separator);
  for (size_t i = 0; i < n; i += 1) {
    if (i > 0) (void)ss__append(&text->buffer, separator, gap, call);
    (void)ss__append(&text->buffer, strings[i], strlen(strings[i]), call);
  }
}

SS__INLINE ss_slice ss__text_close(ss_text *text, ss__call call)
{
  *(char *)ss__extend(&text->buffer, 1, 1, call) = '\0';
  ss_slice slice = ss__close(&text->buffer, call);
  slice.size -= 1;
  return slice;
}

#endif
