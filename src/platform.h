// SPDX-License-Identifier: MIT
// The contract between the library and the platform: everything that the library needs from the
// system. One file for each platform implements it and guards itself by #if, so that `cc -c
// src/*.c` compiles the library on every platform.
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

// Marks a function that a program need not link. Emscripten's dynamic linking (-sMAIN_MODULE) uses
// position-independent code, and its old versions require every symbol that is referred to, so
// there everything is linked.
#if defined(__wasm__) && defined(__PIC__)
#define SS__IS_DYNAMIC 1
#define SS__OPTIONAL
#elif defined(_WIN32) || defined(__APPLE__)
// In PE and Mach-O a weak reference needs a definition, so there everything is linked, too.
#define SS__IS_DYNAMIC 0
#define SS__OPTIONAL
#else
#define SS__IS_DYNAMIC 0
#define SS__OPTIONAL __attribute__((weak))
#define SS__IS_LINKED(function) (&(function) != NULL)
#endif
// Whether the program has linked the function. Where nothing is optional, everything is linked.
#ifndef SS__IS_LINKED
#define SS__IS_LINKED(function) true
#endif

// Memory for every stack whose ss_config.backing is NULL.
//   acquire   Returns a block of at least `size_bytes` (not 0), aligned to SS_ALIGN, or NULL. The
//             contents are indeterminate. resize and release are given the size that was asked for
//             here.
//   resize    Changes the size of a block from `old_bytes` to `new_bytes` in place. False: this is
//             not possible, and the block and its contents are unchanged. Shrinking may be refused,
//             too.
//   release   Takes a block of `size_bytes` back. Cannot fail.
// Several threads may call these functions at once, and a block may be resized or released by
// another thread than the one that acquired it.
extern const ss_backing ss__platform_backing;

// Writes one line and a newline to standard error. It allocates nothing, since there may be no
// memory left, and does not fail.
void ss__platform_print(const char *message);

// Arranges that `end` is called with `argument` when the calling thread ends. Every caller passes
// the same `end`; a second call in a thread replaces the argument. It does nothing when no pthread
// key is left. Not called where the stack is found by a key, for example on Windows: the key's own
// destructor ends the stack. Optional: only a program with pthreads links it, since Wasm Workers
// have no pthread keys. secondstack.h refers to it in a program that is compiled with pthreads.
// NOLINTNEXTLINE(readability-redundant-declaration): secondstack.h declares it, but not as optional
void ss__at_thread_exit(ss_destructor *end, void *argument) SS__OPTIONAL;

#endif
