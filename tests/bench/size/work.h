// SPDX-License-Identifier: MIT
// Declarations for the modules whose code size is measured.
#ifndef WORK_H
#define WORK_H

#include <emscripten.h>
#include <stdlib.h>

/// A function of JavaScript, so that the compiler cannot remove the data that is passed to it.
EM_JS(void, use, (void *data, size_t size), {})

#endif
