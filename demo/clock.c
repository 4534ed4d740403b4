// SPDX-License-Identifier: MIT
#include "clock.h"

#include <emscripten/emscripten.h>

// JavaScript stores the time in memory and does not return it, because a double that it returns is
// garbage afterwards.
// clang-format off
EM_JS(void, demo_clock_read, (double *where), {
  HEAPF64[where / 8] = performance.now();
})
// clang-format on

double clock_ms(void)
{
  double now;
  demo_clock_read(&now);
  return now;
}
