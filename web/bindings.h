// SPDX-License-Identifier: MIT
// What the C side of the JavaScript module shares.
#ifndef SECONDSTACK_BINDINGS_H
#define SECONDSTACK_BINDINGS_H

#include "secondstack.h"

// 1 in the module's own wasm, all of which is compiled in one way. Default: in the archive.
#ifndef SS_JS_ONE_STACK
#define SS_JS_ONE_STACK 0
#endif

// Kept when it is linked on its own; a program takes it from the archive by naming it in
// EXPORTED_FUNCTIONS.
#define EXPORT(name) __attribute__((export_name(#name)))

// The calling thread's stack in a program without threads, and in one with: see thread_stack.c.
ss_stack *ss_js_stack_of_program(void);
ss_stack *ss_js_stack_of_thread(void);

#endif
