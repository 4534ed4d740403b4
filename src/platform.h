// The contract between the library and the platform: all that the library wants of the system under it. One
// file implements it for each platform, and guards itself by #if, so that `cc -c src/*.c` is the library
// everywhere. Nothing above this header asks which platform it is.
//
//   memory            ss__platform_backing: acquire, resize in place, release
//   messages          ss__platform_print
//   thread exit       ss__hook_thread_exit          thread_exit.c; wherever there are pthreads
//   own stack         ss__thread, ss__dynamic_thread   thread.c, thread_dynamic.c
//   visible growth    SS__SEE_GROWTH                secondstack.h, since the fast path needs it
#ifndef SECONDSTACK_PLATFORM_H
#define SECONDSTACK_PLATFORM_H

#include "secondstack.h"

// Memory for every stack whose ss_config.backing is NULL.
//   acquire   Returns a block of at least `size_bytes` (not 0), aligned to SS_ALIGN, or NULL. The contents are
//             anything. What was asked for is what resize and release will be told.
//   resize    Makes a block of `old_bytes` one of `new_bytes` where it lies. False: it cannot, and block and
//             contents are as they were. Shrinking may be refused, too.
//   release   Takes a block of `size_bytes` back. Cannot fail.
// Each may be called by several threads at once, and by another thread than acquired the block.
extern const ss_backing ss__platform_backing;

// Writes one line and a line's end to standard error. It allocates nothing, since memory may have ended, and
// does not fail.
void ss__platform_print(const char *line);

#endif
