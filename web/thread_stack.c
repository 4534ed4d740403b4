// SPDX-License-Identifier: MIT
// The calling thread's stack, as the code of a program sees it. Where that lies depends on whether
// the code is compiled for threads, and the archive serves both kinds of program: it holds this
// file twice, here and in program_stack.c, and bindings.c asks the one that fits.
#include "bindings.h"

#ifdef __wasm_atomics__
ss_stack *ss_js_stack_of_thread(void)
#else
ss_stack *ss_js_stack_of_program(void)
#endif
{
  return ss_thread_stack();
}
