// The one seam to the platform: where chunks come from and where the last message goes.
// CMake chooses backing_wasm.c or backing_native.c.
#ifndef SECONDSTACK_BACKING_H
#define SECONDSTACK_BACKING_H

#include "secondstack.h"

// Used by every stack whose ss_config.backing is NULL. May be called from several threads at once.
extern const ss_backing ss__platform_backing;

// Writes one line to standard error without allocating.
void ss__platform_print(const char *line);

#endif
