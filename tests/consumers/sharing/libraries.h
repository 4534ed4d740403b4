// SPDX-License-Identifier: MIT
// Two libraries of different authors. Each takes its memory from a second stack, and neither knows
// of the other library.
#ifndef LIBRARIES_H
#define LIBRARIES_H

#include <stdint.h>

// Each function returns the address of its scratch memory, which it has released.
uintptr_t shapes_draw(int count);
uintptr_t text_draw(int count);

#endif
