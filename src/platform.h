// SPDX-License-Identifier: MIT
// The contract between the library and the platform: all that the library wants of the system under it. One
// file implements it for each platform, and guards itself by #if, so that `cc -c src/*.c` is the library
// everywhere. Nothing above this header asks which platform it is.
//
//   memory            ss__platform_backing: acquire, resize in place, release
//   messages          ss__platform_print
//   thread exit       ss__at_thread_exit, in thread_exit.c
//   own stack         ss_thread_stack, in secondstack.h, thread.c and thread_dynamic.c: the fast path needs its
//                     address, and in WebAssembly that depends on how the caller was compiled
//   visible growth    SS__SEE_GROWTH, in secondstack.h: the caller may need it
#ifndef SECONDSTACK_PLATFORM_H
#define SECONDSTACK_PLATFORM_H

#include "secondstack.h"

// What a program may do without. In position-independent code, of which Emscripten's dynamic linking is made
// (-sMAIN_MODULE), old versions want every symbol that is referred to, so there all is linked.
#if defined(__wasm__) && defined(__PIC__)
#define SS__IS_DYNAMIC 1
#define SS__OPTIONAL
#elif defined(_WIN32) || defined(__APPLE__)
// Neither PE nor Mach-O has weak references that may stay without a definition.
#define SS__IS_DYNAMIC 0
#define SS__OPTIONAL
#else
#define SS__IS_DYNAMIC 0
#define SS__OPTIONAL __attribute__((weak))
#define SS__IS_LINKED(function) (&(function) != NULL)
#endif
// Does the program have it? Where nothing is optional, all is linked.
#ifndef SS__IS_LINKED
#define SS__IS_LINKED(function) true
#endif

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
void ss__platform_print(const char *message);

// Has `end` called with `argument` when the calling thread ends. Every caller passes the same `end`; a second
// call in a thread replaces the argument. It does nothing when no pthread key is left.
// Not asked for where the stack is found by a key, on Windows for one: the key's own destructor ends the stack.
// Optional: only a program with pthreads links it, since Wasm Workers have no pthread keys. The header of such a
// program refers to it.
// NOLINTNEXTLINE(readability-redundant-declaration): secondstack.h has it where pthreads are, and not as optional
void ss__at_thread_exit(ss_destructor *end, void *argument) SS__OPTIONAL;

#endif
