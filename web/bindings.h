// SPDX-License-Identifier: MIT
// What the C side of the JavaScript module shares.
#ifndef SECONDSTACK_BINDINGS_H
#define SECONDSTACK_BINDINGS_H

#include "secondstack.h"

// 1 in the module's own wasm, whose files are all compiled in the same way. Default: 0, in the
// archive, which programs with threads link, and programs without.
#ifndef SS_JS_ONE_STACK
#define SS_JS_ONE_STACK 0
#endif

// Exports a function from the module's own wasm, and from each program that links its file from the
// archive: secondstack_attach.h makes a program do so.
#define EXPORT(name) __attribute__((export_name(#name)))

// The calling thread's stack in a program without threads, and in one with: see thread_stack.c.
ss_stack *ss_js_stack_of_program(void);
ss_stack *ss_js_stack_of_thread(void);

#endif
