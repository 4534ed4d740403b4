// SPDX-License-Identifier: MIT
// The calling thread's stack, as the code of a program sees it. Where that lies depends on whether
// the code is compiled for threads. The archive serves both kinds of program, so it holds this code
// twice, from here and from program_stack.c, and bindings.c calls the function that fits.
#include "bindings.h"

#ifdef __wasm_atomics__
ss_stack *ss_js_stack_of_thread(void)
#else
ss_stack *ss_js_stack_of_program(void)
#endif
{
  return ss_thread_stack();
}
