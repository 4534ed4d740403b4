// SPDX-License-Identifier: MIT
// A program that a debugger stops in `look`, with all that there is to see on its stack.
#include "secondstack.h"

#include <stdlib.h>

void look(ss_stack *own);
static void release(void *arg)
{
  free(arg);
}

__attribute__((noinline)) void look(ss_stack *own)
{
  __asm__ volatile("" ::"r"(own) : "memory");
}

int main(void)
{
  ss_stack *own = ss_stack_new(NULL);
  SS_SCOPE {
    ss_buffer wide = ss_buffer_open();
    for (int i = 0; i < 30; i++) *ss_push(int, &wide) = i;
    const ss_mark mark = ss_save();
    ss_slice numbers = {ss_zeroed_slice(int, 250), 250 * sizeof(int)};
    ss_defer(release, malloc(8));
    ss_buffer narrow = ss_buffer_open(), closed = ss_stack_buffer_open(own);
    *ss_push(char, &narrow) = 1;
    for (int i = 0; i < 100000; i++) *ss_push(int, &closed) = i;
    (void)ss_buffer_close(&closed);
    look(own);
    (void)ss_buffer_close(&narrow);
    ((char *)numbers.data)[0] = 1;
    ss_restore(mark);
    (void)ss_buffer_close(&wide);
  }
  ss_stack_free(own);
  return 0;
}
