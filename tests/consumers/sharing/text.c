// SPDX-License-Identifier: MIT
// Slices, and a text.
#include "libraries.h"

#include <secondstack.h>

uintptr_t text_draw(int count)
{
  SS_GUARD();
  const char *title = ss_format("%d glyphs", count);
  float *glyphs = ss_uninit_slice(float, (size_t)count);
  for (int i = 0; i < count; i++) glyphs[i] = (float)title[0];
  return (uintptr_t)glyphs;
}
