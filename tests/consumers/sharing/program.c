// SPDX-License-Identifier: MIT
// Both libraries in each frame, beside the program's own use: what one of them has warmed up the other
// one finds warm, and the program as well.
#include "libraries.h"

#include <secondstack.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 200000 };

static void check(int holds, const char *what)
{
  if (holds) return;
  printf("not true: %s\n", what);
  exit(1);
}

int main(void)
{
  const uintptr_t shapes = shapes_draw(COUNT);
  const ss_stats warm = ss_thread_stats();
  check(warm.reserved > COUNT * sizeof(float), "the program sees what a library reserved");
  check(warm.used == 0, "a library gives back what it used");
  for (int frame = 0; frame < 10; frame++) {
    SS_SCOPE {
      const char *own = ss_copy_slice(char, "own", 4);
      const uintptr_t text = text_draw(COUNT / 2);
      check(text > (uintptr_t)own && text - (uintptr_t)own < 4096,
            "a library goes on where the program is");
      check(own[2] == 'n', "a library leaves alone what the program has");
    }
    check(shapes_draw(COUNT) == shapes, "a frame finds the memory of the frame before");
  }
  const ss_stats after = ss_thread_stats();
  check(after.reserved == warm.reserved && after.chunks == warm.chunks,
        "nobody reserves memory of his own");
  check(after.backing_calls == warm.backing_calls, "nobody asks for memory once it is warm");
  printf("one stack\n");
  return 0;
}
