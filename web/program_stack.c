// SPDX-License-Identifier: MIT
// thread_stack.c compiled a second time, for programs without threads. Only this macro is removed;
// the compiler's options stay the same, so that the object file links into both kinds of program.
#undef __wasm_atomics__
#include "thread_stack.c"  // NOLINT(bugprone-suspicious-include): the same once more
