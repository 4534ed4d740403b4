// SPDX-License-Identifier: MIT
// Two libraries of other people's. Neither knows of the other, nor of what it takes its memory from.
#ifndef LIBRARIES_H
#define LIBRARIES_H

#include <stdint.h>

// Each returns where its scratch memory was, which it has given back.
uintptr_t shapes_draw(int count);
uintptr_t text_draw(int count);

#endif
