// SPDX-License-Identifier: MIT
// What the modules of code size have in common.
#ifndef WORK_H
#define WORK_H

#include <emscripten.h>
#include <stdlib.h>

/// A function of the page, so that the compiler cannot remove what is handed to it.
EM_JS(void, use, (void *data, size_t size), {})

#endif
