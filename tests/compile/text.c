// SPDX-License-Identifier: MIT
// Every call of secondstack_text.h once, in the common language of C and C++. It is compiled, never run.
#include "secondstack_text.h"

ss_slice text(ss_stack *stack, const char *const *names, size_t n);

ss_slice text(ss_stack *stack, const char *const *names, size_t n)
{
  ss_text own = ss_stack_text_open(stack);
  ss_text_append(&own, names[0]);
  (void)ss_text_close(&own);
  ss_text t = ss_text_open();
  ss_text_append_bytes(&t, names[0], 1);
  ss_text_format(&t, "%zu", ss_text_length(&t));
  ss_text_join(&t, names, n, ", ");
  return ss_text_close(&t);
}
