// SPDX-License-Identifier: MIT
// Reads a byte of a slice whose scope has ended, and so must be stopped by tools; before, it takes memory in two places, of
// which massif knows the larger.
#include "secondstack.h"

#include <stdio.h>
#include <string.h>

static size_t take(void)
{
  char *large = ss_zeroed_slice(char, 300000);  // the large one
  return strlen(large);
}

int main(void)
{
  const volatile char *slice = NULL;
  size_t sum = 0;
  SS_SCOPE {
    sum += take();
    ss_buffer text = ss_buffer_open();
    for (int i = 0; i < 1000; i++) *ss_push(char, &text) = (char)i;
    const ss_slice all = ss_buffer_close(&text);
    sum += *((char *)all.data + 5);
  }
  SS_SCOPE {                            // the scope
    slice = ss_zeroed_slice(char, 77);  // the slice
  }
  sum += (size_t)slice[50];  // the use
  printf("%zu\n", sum);
  return 0;
}
