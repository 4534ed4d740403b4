// SPDX-License-Identifier: MIT
// A program that a debugger stops in `look`, with all that there is to see on its stack.
#include "secondstack_region.h"

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
  static char memory[4000];
  const ss_config config = {.memory = memory, .memory_bytes = sizeof memory};
  ss_stack *own = ss_stack_new(NULL), *other = ss_stack_new(&config);
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
    const ss_mark inner = ss_stack_save(other);
    (void)ss_stack_uninit_slice(other, char, 1000);
    const ss_region ended = ss_stack_region_open(other);
    ss_stack_restore(other, inner);
    const ss_region found = ss_stack_region_open(other);
    for (int i = 0; i < 3; i++) {
      SS_STACK_SCOPE(other) {
        (void)ss_region_slice(char, &found, 96);
      }
    }
    (void)ss_region_slice(char, &found, 4000000);  // in a second chunk, as the first cannot grow
    look(own);
    if (ended.stack != other) return 1;
    (void)ss_buffer_close(&narrow);
    ((char *)numbers.data)[0] = 1;
    ss_restore(mark);
    (void)ss_buffer_close(&wide);
  }
  ss_stack_free(own);
  ss_stack_free(other);
  return 0;
}
