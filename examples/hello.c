// SPDX-License-Identifier: MIT
// A slice, a buffer and a formatted text in one scope: all of it is released at the closing brace.
//
//   cc -I ../include hello.c ../src/*.c -pthread && ./a.out
//   emcc hello.c -lsecondstack && node a.out.js
#include <secondstack.h>
#include <stdio.h>

int main(void)
{
  SS_SCOPE {
    const size_t count = 10;
    int *squares = ss_uninit_slice(int, count);  // the size is known
    for (size_t i = 0; i < count; i++) squares[i] = (int)(i * i);

    ss_buffer even = ss_buffer_open();  // the size is not known
    for (size_t i = 0; i < count; i++) {
      if (squares[i] % 2 == 0) *ss_push(int, &even) = squares[i];
    }
    const ss_slice found = ss_buffer_close(&even);
    const int *values = found.data;

    const char *text = ss_format("%zu even squares", found.size / sizeof(int));
    printf("%s, the largest is %d\n", text, values[found.size / sizeof(int) - 1]);
  }
  return ss_thread_stats().used == 0 ? 0 : 1;
}
